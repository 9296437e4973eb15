"""Every fault of the line, met with plain sockets and a plain client."""

import contextlib
import json
import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from smsdesk.simulator.scenarios import Scenario
from smsdesk.simulator.server import Simulator
from tests.simulator.customer import BASIC, Start, message, send, wait_until_delivered


def raw_request(to: str) -> bytes:
    body = json.dumps(message(to=to)).encode()
    head = (
        "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Basic ZGVtbzpkZW1v\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def connect(simulator: Simulator) -> socket.socket:
    parts = urlsplit(simulator.url)
    line = socket.create_connection((parts.hostname, parts.port))
    line.settimeout(10)
    return line


def read_all(line: socket.socket) -> bytes:
    return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.mark.parametrize("to", ["447700900600", "447700900700"])
def test_a_closed_connection_gives_no_answer(start: Start, to: str) -> None:
    simulator = start()

    with connect(simulator) as line:
        line.sendall(raw_request(to))
        answer = read_all(line)

    assert answer == b""
    assert len(simulator.requests) == 1
    assert simulator.requests[0].status is None


def test_a_reset_connection_is_reset(start: Start) -> None:
    simulator = start()

    with connect(simulator) as line:
        line.sendall(raw_request("447700900601"))
        with pytest.raises(ConnectionResetError):
            line.recv(100)

    assert [entry.answer_plan for entry in simulator.requests] == ["reset"]
    assert simulator.messages == []


@pytest.mark.parametrize(("to", "is_taken"), [("447700900602", False), ("447700900701", True)])
def test_silence_lasts_and_the_ledger_knows_the_request(
    start: Start, to: str, is_taken: bool
) -> None:
    simulator = start()

    with connect(simulator) as line:
        line.sendall(raw_request(to))
        assert simulator.wait_for_requests(1)
        line.settimeout(0.05)
        with pytest.raises(TimeoutError):
            line.recv(100)

    assert bool(simulator.messages) == is_taken


def test_a_lost_answer_belongs_to_a_message_that_is_delivered(start: Start) -> None:
    simulator = start()

    with pytest.raises(requests.ConnectionError):
        send(simulator, to="447700900700")

    wait_until_delivered(simulator)


def test_a_cut_answer_ends_in_the_middle_of_its_body(start: Start) -> None:
    simulator = start()

    with connect(simulator) as line:
        line.sendall(raw_request("447700900702"))
        head, _, body = read_all(line).partition(b"\r\n\r\n")

    assert b"202" in head.splitlines()[0]
    assert b"Content-Length: 55" in head
    assert 0 < len(body) < 55
    assert len(simulator.messages) == 1


def test_a_dripping_answer_comes_byte_by_byte_but_whole(start: Start) -> None:
    simulator = start(pace=0.0001)

    assert "message_uuid" in send(simulator, to="447700900703").json()


def test_a_late_answer_comes_late(start: Start) -> None:
    simulator = start(pace=0.01)
    began = time.monotonic()

    assert send(simulator, to="447700900704").status_code == 202
    assert time.monotonic() - began >= 0.1


def test_an_idle_connection_is_closed_after_a_promise_to_keep_it(start: Start) -> None:
    simulator = start()

    with connect(simulator) as line:
        line.sendall(raw_request("447700900710"))
        answer = read_all(line)

    assert b"Connection: keep-alive" in answer
    assert b"message_uuid" in answer


@pytest.mark.parametrize(
    ("to", "status", "content_type", "beginning"),
    [
        ("447700900705", 202, "text/html; charset=utf-8", "<html>"),
        ("447700900706", 202, None, ""),
        ("447700900707", 202, "application/json", "{}"),
        ("447700900708", 299, None, ""),
        ("447700900709", 202, "text/plain", '{"message_uuid"'),
    ],
)
def test_a_strange_answer_belongs_to_a_message_that_was_taken(
    start: Start, to: str, status: int, content_type: str | None, beginning: str
) -> None:
    simulator = start()

    answer = send(simulator, to=to)

    assert answer.status_code == status
    assert answer.headers.get("Content-Type") == content_type
    assert answer.text.startswith(beginning)
    assert bool(answer.text) == bool(beginning)
    assert len(simulator.messages) == 1


@pytest.mark.parametrize(
    ("to", "status", "size"),
    [
        ("447700900603", 307, 0),
        ("447700900604", 200, None),
        ("447700900605", 511, None),
        ("447700900505", 500, 5_000_000),
        ("447700900506", 500, 100_000),
        ("447700900599", 599, 0),
    ],
)
def test_a_strange_network_answers_whoever_asks(
    start: Start, to: str, status: int, size: int | None
) -> None:
    simulator = start()

    answer = requests.post(
        f"{simulator.url}/v1/messages",
        json=message(to=to),
        allow_redirects=False,
        timeout=10,
    )

    assert answer.status_code == status
    assert size is None or len(answer.content) == size
    assert simulator.messages == []


def test_a_new_connection_may_be_left_hanging(start: Start) -> None:
    simulator = start(scenario=Scenario(on_connect="hang"))

    with pytest.raises(requests.ReadTimeout):
        requests.get(simulator.url, timeout=0.05, auth=BASIC)

    assert simulator.requests == []


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_new_connection_may_be_dropped(start: Start, how: str) -> None:
    simulator = start(scenario=Scenario(on_connect=how))

    with connect(simulator) as line, contextlib.suppress(ConnectionResetError):
        assert line.recv(100) == b""

    assert simulator.requests == []


def test_it_speaks_tls_with_a_certificate(start: Start, certificate: tuple[Path, Path]) -> None:
    simulator = start(certificate=certificate)
    parts = urlsplit(simulator.url)
    context = ssl.create_default_context()
    context.load_verify_locations(certificate[0])

    with (
        socket.create_connection((parts.hostname, parts.port)) as line,
        context.wrap_socket(line, server_hostname="127.0.0.1") as safe,
    ):
        safe.settimeout(10)
        safe.sendall(raw_request("447700900000"))
        answer = safe.recv(4096)

    assert parts.scheme == "https"
    assert b"202" in answer.splitlines()[0]


def test_a_tls_handshake_may_hang(start: Start, certificate: tuple[Path, Path]) -> None:
    simulator = start(certificate=certificate, scenario=Scenario(on_connect="hang"))
    parts = urlsplit(simulator.url)
    context = ssl.create_default_context()

    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.settimeout(0.05)
        with pytest.raises(TimeoutError):
            context.wrap_socket(line, server_hostname="127.0.0.1")


def test_a_client_that_refuses_the_certificate_sends_nothing(
    start: Start, certificate: tuple[Path, Path]
) -> None:
    simulator = start(certificate=certificate)

    with pytest.raises(requests.exceptions.SSLError):
        send(simulator)

    assert simulator.requests == []
