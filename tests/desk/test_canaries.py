"""Twelve secrets through two hundred failures: none is found anywhere afterwards (G8).

Whatever fails is logged as an error nobody foresaw, with its traceback, which is the worst that
can happen to it.
"""

import base64
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.system.logs import open_logs
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault
from smsdesk.vonage.client import Client
from tests.desk.office import Office
from tests.vonage import keys
from tests.vonage.fault_server import Behaviour, FaultServer, Peer, answer

OURS = logging.getLogger("smsdesk.tests")
OLD_SECRET, SECRET = "canary-old-api-secret", "canary-new-api-secret"
OLD_SIGNATURE, SIGNATURE = "canary-old-signature-" + "o" * 43, "canary-signature-" + "n" * 47
WRONG_PASSPHRASE = "canary-passphrase-mistyped"
FAILURES = 200

STATUSES = (
    *("200 OK", "202 Accepted", "299 Odd", "302 Found", "307 Temporary Redirect"),
    *("400 Bad", "401 No", "402 Pay", "403 No", "404 None", "413 Large", "418 Teapot"),
    *("422 Wrong", "429 Many", "500 Broken", "502 Bad", "503 Away", "504 Late", "511 Sign in"),
)


def echo(status: str) -> Behaviour:
    """An answer that repeats in head and body all that it was asked with."""

    def behave(peer: Peer) -> None:
        head = peer.read_request().split(b"\r\n\r\n")[0].decode("latin-1")
        asked = " ".join(head.split("\r\n"))
        peer.send(answer(status, head.encode(), headers=f"X-Asked: {asked}\r\n"))

    return behave


def echo_garbage(peer: Peer) -> None:
    peer.send(peer.read_request())


def echo_and_reset(peer: Peer) -> None:
    peer.send(answer("202 Accepted", peer.read_request(), length=1_000_000))
    peer.reset()


def reset(peer: Peer) -> None:
    peer.read_request()
    peer.reset()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose log hides what it is told to hide, as the program's own does."""
    office = Office(tmp_path / "data")
    office.paths.logs.mkdir(parents=True, mode=0o700)
    logs = open_logs(office.paths.logs)
    desk = open_desk(
        paths=office.paths,
        settings=Settings(office.paths.settings),
        vault=SessionVault(),
        profile="default",
        hide=logs.add_secret,
    )
    yield desk
    desk.close()
    logs.close()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    return keys.write_key(folder, keys.pkcs8(is_locked=True))


class Failures:
    """Provokes failures, and logs each as if nobody had foreseen it."""

    def __init__(self) -> None:
        self.count = 0
        self.told: list[str] = []

    def provoke(self, deed: Callable[[], object]) -> None:
        """Do what fails, or comes to an answer that is none; both are told."""
        self.count += 1
        try:
            OURS.error("came to %r", deed())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked through
            OURS.exception("failed")
            self.told.append("".join(traceback.format_exception(error)))

    def submit(self, client: Client) -> None:
        with closing(client.line()) as line:

            def send() -> object:
                line.open()
                return client.submit(line, b"{}")

            self.provoke(send)


@pytest.mark.case("G8", "T6")
def test_twelve_secrets_through_two_hundred_failures_are_found_nowhere(
    desk: Desk, key_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    form = AccountForm(
        application_id="aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
        private_key_path=str(key_file),
        passphrase=keys.PASSPHRASE,
        api_key="abcd1234",
        api_secret=OLD_SECRET,
        signature_secret=OLD_SIGNATURE,
        sender="SMSDesk",
    )
    desk.account.save(form)
    desk.account.save(replace(form, api_secret=SECRET, signature_secret=SIGNATURE))
    failures = Failures()
    tokens = set()
    for behave in (*map(echo, STATUSES), echo_garbage, echo_and_reset, reset):
        with FaultServer(behave) as server:
            desk.account.save(replace(form, api_url=server.url, api_secret=SECRET))
            client = desk.account.connect()
            tokens.add(client.tokens.bearer())
            for _ in range(4):
                failures.submit(client)
            for ask in (client.balance, client.probe) * 2:
                failures.provoke(ask)
            client.close()
        for wrong in (
            replace(form, api_key=SECRET),
            replace(form, passphrase=WRONG_PASSPHRASE),
        ):
            failures.provoke(partial(desk.account.save, wrong))

    assert failures.count >= FAILURES
    pem = key_file.read_text("ascii").splitlines()
    canaries = [
        *(OLD_SECRET, SECRET, OLD_SIGNATURE, SIGNATURE, WRONG_PASSPHRASE, keys.PASSPHRASE),
        *(pem[1], pem[len(pem) // 2], pem[-2]),
        *(
            base64.b64encode(f"abcd1234:{one}".encode()).decode()
            for one in (OLD_SECRET, SECRET)
        ),
        *tokens,
    ]
    assert len(canaries) >= 12
    written = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    process = [Path("/proc/self/cmdline"), Path("/proc/self/environ")]
    places = {str(path): path.read_bytes() for path in [*written, *process] if path.exists()}
    places["errors"] = "".join(failures.told).encode()
    places["output"] = "".join(capfd.readouterr()).encode()
    places["the account in words"] = repr(desk.account.load()).encode()
    log = b"".join(content for name, content in places.items() if name.endswith(".log"))
    assert log.count(b"failed") > FAILURES // 4
    assert log.count(b"authorization") + log.count(b"Authorization") > FAILURES // 4, "echoed"
    found = [
        (name, canary[:20])
        for name, content in places.items()
        for canary in canaries
        if canary.encode() in content
    ]
    assert found == []
