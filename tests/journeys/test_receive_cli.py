"""`smsdesk receive`: a process of its own that webhooks are brought to."""

from __future__ import annotations

import json
import signal
import socket
import sys
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET, Simulator
from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.signature import derive_path
from tests.journeys.conftest import Keys
from tests.journeys.program import Program
from tests.support import until
from tests.webhooks.station import claims, inbound_body, sign

DEMO_PATH = derive_path(Secret(DEMO_SIGNATURE_SECRET))


def post(url: str, body: bytes) -> int:
    token = sign(
        claims(body, api_key="demo", application_id=None), secret=DEMO_SIGNATURE_SECRET
    )
    request = urllib.request.Request(url, body, {"Authorization": token}, method="POST")
    try:
        with closing(urllib.request.urlopen(request, timeout=20)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with closing(error):
            return error.code


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_what_is_brought_is_in_the_history_afterwards(demo: Program) -> None:
    with demo.running("receive", "--port", "0") as receiver:
        assert receiver.stdout is not None
        addresses = json.loads(receiver.stdout.readline())
        assert set(addresses) == {"inbound_url", "status_url"}
        assert addresses["status_url"].endswith(f"/{DEMO_PATH}/status")
        assert post(addresses["inbound_url"], inbound_body(text="Where is it?")) == 200
        assert post(addresses["inbound_url"] + "x", inbound_body()) == 404

        receiver.send_signal(signal.SIGINT)
        out, err = receiver.communicate(timeout=20)
        assert (receiver.returncode, out, err) == (0, "", "")

    (kept,) = demo.run("history", "--direction", "in", "--format", "json").json
    assert (kept["text"], kept["state"]) == ("Where is it?", "received")


def test_a_public_address_that_is_set_is_the_one_that_is_printed(demo: Program) -> None:
    folder = demo.data_dir / "profiles" / "demo"
    folder.mkdir(parents=True, mode=0o700)
    settings = {"public_url": "https://sms.example.com"}
    (folder / "settings.json").write_text(json.dumps(settings), "ascii")

    with demo.running("receive", "--port", "0") as receiver:
        assert receiver.stdout is not None
        addresses = json.loads(receiver.stdout.readline())

    assert addresses["inbound_url"] == f"https://sms.example.com/{DEMO_PATH}/inbound"


def test_a_taken_port_is_one_sentence(demo: Program) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        answer = demo.run("receive", "--port", str(port))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert f"port {port}" in answer.err


@pytest.mark.parametrize("port", ["-1", "65536"])
def test_a_port_that_cannot_be_is_one_sentence(demo: Program, port: str) -> None:
    answer = demo.run("receive", f"--port={port}")

    assert (answer.code, answer.err.count("\n")) == (2, 1)


@pytest.mark.keyring
def test_without_a_signature_secret_it_says_so(configured: Program) -> None:
    answer = configured.run("receive", "--port", "0")

    assert (answer.code, answer.out) == (3, "")
    assert "signature secret" in answer.err


@pytest.mark.keyring
def test_what_the_simulator_brings_is_in_the_history(
    configured: Program, vonage: Simulator, keys: Keys
) -> None:
    """From the keyring to the log: sent by one process, delivered by webhook to another."""
    stored = configured.run(
        "configure", "--signature-secret-stdin", stdin=f"{DEMO_SIGNATURE_SECRET}\n"
    )
    assert stored.code == 0, stored.err
    with configured.running("receive", "--port", "0") as receiver:
        assert receiver.stdout is not None
        addresses = json.loads(receiver.stdout.readline())
        told = configured.run(
            *("configure", "--application-id", keys.application_id),
            *("--inbound-url", addresses["inbound_url"]),
            *("--status-url", addresses["status_url"]),
        )
        assert told.code == 0, told.err
        sent = configured.run("send", "--to", "+447400123456", "--text", "hi", "--json")
        assert (sent.code, sent.states) == (0, ["accepted"])

        until(lambda: configured.run("history", "--format", "json").states == ["delivered"])
        assert {call.status for call in vonage.webhook_calls} == {200}
