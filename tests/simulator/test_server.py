"""Starting, stopping, the ledger and the usual way of a message."""

import hashlib
import json
import os
import socket
import threading
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import (
    APPLICATION_ID,
    BASIC,
    Keys,
    Start,
    bearer,
    message,
    send,
    wait_until_delivered,
)


def test_an_accepted_message_is_submitted_and_then_delivered(start: Start) -> None:
    simulator = start()

    answer = send(simulator)

    assert answer.status_code == 202
    assert answer.headers["Content-Type"] == "application/json"
    assert len(answer.headers["X-Request-Id"]) == 36
    wait_until_delivered(simulator)


def test_the_date_header_shows_the_simulators_clock(start: Start) -> None:
    simulator = start(now=lambda: time.time() - 600)

    date = parsedate_to_datetime(send(simulator).headers["Date"])

    assert 590 < time.time() - date.timestamp() < 660


def test_the_ledger_has_a_line_for_each_request_before_it_is_answered(
    start: Start, keys: Keys, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    simulator = start(ledger=ledger)
    body = json.dumps(message(client_ref="ref-1")).encode()

    answer = requests.post(
        f"{simulator.url}/v1/messages", body, headers=bearer(keys), timeout=10
    )

    [line] = ledger.read_text().splitlines()
    entry = json.loads(line)
    assert entry["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert entry["client_ref"] == "ref-1"
    assert entry["to"] == "447700900000"
    assert entry["application_id"] == APPLICATION_ID
    assert entry["message_uuid"] == answer.json()["message_uuid"]
    assert (entry["method"], entry["path"]) == ("POST", "/v1/messages")
    assert (entry["answer_plan"], entry["status"]) == ("delivered", 202)
    assert "van is here" not in line
    if os.name == "posix":
        assert ledger.stat().st_mode & 0o077 == 0


def test_the_ledger_is_continued_not_replaced(start: Start, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    for _ in range(2):
        with Simulator(ledger=ledger) as simulator:
            send(simulator)

    assert len(ledger.read_text().splitlines()) == 2


def test_half_a_request_is_not_in_the_ledger(start: Start) -> None:
    simulator = start()
    parts = urlsplit(simulator.url)

    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(b"POST /v1/messages HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(100) == b""

    assert simulator.requests == []


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 1000001", b"413"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: many", b"400"),
        (b"Transfer-Encoding: chunked", b"411"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    start: Start, head: bytes, status: bytes
) -> None:
    simulator = start()
    parts = urlsplit(simulator.url)

    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(b"POST /v1/messages HTTP/1.1\r\n" + head + b"\r\n\r\n")
        answer = line.recv(100)

    assert answer.split()[1] == status
    assert simulator.requests == []


def test_connections_are_kept_alive_and_numbered(start: Start) -> None:
    simulator = start()

    with requests.Session() as session:
        for _ in range(3):
            session.post(f"{simulator.url}/v1/messages", json=message(), auth=BASIC)
    send(simulator)

    assert [entry.connection for entry in simulator.requests] == [1, 1, 1, 2]


def test_many_connections_are_served_at_once(start: Start) -> None:
    simulator = start()
    together = threading.Barrier(20)

    def work() -> None:
        together.wait(10)
        assert send(simulator).status_code == 202

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({record.message_uuid for record in simulator.messages}) == 20


def test_it_can_be_stopped_and_started_again_on_the_same_port(start: Start) -> None:
    simulator = start()
    url = simulator.url
    send(simulator)

    simulator.stop()
    with pytest.raises(requests.ConnectionError):
        send(simulator)
    simulator.start()

    assert simulator.url == url
    assert send(simulator).status_code == 202
    assert len(simulator.requests) == 2


def test_it_stops_at_once_while_connections_and_delays_are_pending(start: Start) -> None:
    simulator = start(pace=1000.0)
    for number in ("447700900602", "447700900703", "447700900704"):
        with pytest.raises(requests.RequestException):
            requests.post(
                f"{simulator.url}/v1/messages",
                json=message(to=number),
                auth=BASIC,
                timeout=0.05,
            )
    simulator.wait_for_requests(3)

    began = time.monotonic()
    simulator.stop()

    assert time.monotonic() - began < 5


def test_the_url_is_not_known_before_the_start() -> None:
    with pytest.raises(RuntimeError):
        _ = Simulator().url


def test_a_taken_port_is_reported_and_nothing_is_left_open(start: Start) -> None:
    port = urlsplit(start().url).port
    assert port is not None

    with pytest.raises(OSError, match="in use"):
        Simulator(port=port).start()


def test_unknown_paths_and_methods_are_told_apart(start: Start) -> None:
    simulator = start()

    def status(method: str, path: str) -> int:
        return requests.request(
            method, simulator.url + path, auth=BASIC, timeout=10
        ).status_code

    assert status("GET", "/nowhere") == 404
    assert status("GET", "/v1/messages") == 405
    assert status("PATCH", "/v1/messages/aaaa") == 404
    assert status("HEAD", "/account/get-balance") == 404


def test_waiting_for_requests_says_when_they_did_not_come(start: Start) -> None:
    simulator = start()

    assert not simulator.wait_for_requests(1, timeout_s=0.01)
    send(simulator)
    assert simulator.wait_for_requests(1, path="/v1/messages")
