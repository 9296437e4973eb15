"""Faults on the wire are told apart by how far the request got (F15 to F25, F28, F41, F43)."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from smsdesk.vonage.errors import NoAnswer, NotSent, TransportError
from smsdesk.vonage.transport import BODY_CAP, Answer, Line, Phase, Transport
from tests.vonage.authority import Authority
from tests.vonage.fault_server import (
    ACCEPTED_BODY,
    FaultServer,
    Peer,
    answer,
    reply_once,
    reset_after_request,
    serve_all,
    silent,
)

SHORT_S = 0.3
LONG_S = 30.0
BODY = b'{"text":"hello"}'


def post(line: Line) -> Answer:
    return line.post("/v1/messages", body=BODY, headers={"Authorization": "Bearer secret"})


@contextmanager
def line_to(url: str, **options: Any) -> Iterator[Line]:
    with closing(Transport(url, **options).line()) as line:
        yield line


def not_opened(url: str, **options: Any) -> NotSent:
    with line_to(url, **options) as line, pytest.raises(NotSent) as caught:
        line.open()
    assert caught.value.phase is Phase.CONNECTING
    return caught.value


def failed_post(url: str, **options: Any) -> TransportError:
    with line_to(url, **options) as line:
        line.open()
        with pytest.raises(TransportError) as caught:
            post(line)
    return caught.value


def start_aborting(line: Line, when: threading.Event) -> threading.Thread:
    def abort() -> None:
        when.wait(LONG_S)
        line.abort()

    thread = threading.Thread(target=abort)
    thread.start()
    return thread


@pytest.mark.case("F15")
def test_a_refused_connection_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert not_opened(f"http://127.0.0.1:{port}").reason == "refused"


@pytest.mark.case("F14")
def test_a_name_that_is_not_found_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    assert not_opened("http://nowhere.invalid").reason == "dns"


def test_a_name_that_cannot_be_one_sends_nothing() -> None:
    assert not_opened("http://" + "a" * 70 + ".invalid").reason == "dns"


@pytest.mark.case("F15")
def test_an_unreachable_network_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kw: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr("smsdesk.vonage.transport.connection.create_connection", fail)

    assert not_opened("http://127.0.0.1:9").reason == "unreachable"


@pytest.mark.case("F16")
def test_a_handshake_that_hangs_ends_in_time_and_sends_nothing(authority: Authority) -> None:
    def hang(peer: Peer) -> None:
        peer.wait_closed()

    with FaultServer(hang) as server:
        error = not_opened(
            server.url.replace("http:", "https:"),
            trust=authority.trust(),
            connect_timeout_s=SHORT_S,
        )

    assert error.reason == "timeout"
    assert server.requests == []


@pytest.mark.case("F17")
def test_a_handshake_that_is_reset_sends_nothing(authority: Authority) -> None:
    def reset(peer: Peer) -> None:
        peer.sock.recv(1)
        peer.reset()

    with FaultServer(reset) as server:
        error = not_opened(server.url.replace("http:", "https:"), trust=authority.trust())

    assert error.reason == "tls"


@pytest.mark.case("F19")
def test_plain_http_on_the_tls_port_sends_nothing(authority: Authority) -> None:
    def speak_http(peer: Peer) -> None:
        peer.sock.recv(1)
        peer.send(answer("200 OK", b"<html>Sign in to the network</html>"))

    with FaultServer(speak_http) as server:
        error = not_opened(server.url.replace("http:", "https:"), trust=authority.trust())

    assert error.reason == "tls"


@pytest.mark.case("F18")
@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"is_self_signed": True}, "self-signed"),
        ({"is_expired": True}, "expired"),
        ({"host": "elsewhere.example"}, "localhost"),
    ],
)
def test_a_wrong_certificate_is_named_and_nothing_is_sent(
    authority: Authority, fault: dict[str, Any], named: str
) -> None:
    with FaultServer(serve_all(), tls=authority.server(**fault)) as server:
        error = not_opened(server.url, trust=authority.trust())

    assert error.reason == "certificate"
    assert named in error.detail
    assert server.requests == []


@pytest.mark.case("T5", "F18")
def test_an_authority_the_system_does_not_know_is_not_trusted(authority: Authority) -> None:
    with FaultServer(serve_all(), tls=authority.server()) as server:
        error = not_opened(server.url)

    assert error.reason == "certificate"
    assert server.requests == []


@pytest.mark.case("F28")
def test_a_black_hole_among_the_addresses_does_not_use_up_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with FaultServer(serve_all()) as server:
        target = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
        holes = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (f"100::{n}", server.port, 0, 0))
            for n in (1, 2)
        ]
        tried: list[tuple[str, float]] = []
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [*holes, target])

        def connect(address: tuple[str, int], timeout: float, **_: object) -> socket.socket:
            tried.append((address[0], timeout))
            if ":" in address[0]:
                raise TimeoutError
            sock = socket.socket()
            sock.connect(address)
            return sock

        monkeypatch.setattr("smsdesk.vonage.transport.connection.create_connection", connect)
        with line_to(server.url, connect_timeout_s=9.0) as line:
            line.open()

    assert [address for address, _ in tried] == ["100::1", "127.0.0.1"]
    assert tried[0][1] <= 3.0


@pytest.mark.case("F21", "F22")
@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (reply_once(b""), "closed"),
        (reset_after_request, "reset"),
        (reply_once(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "garbled"),
        (reply_once(b"HTTP/1.1 100 Continue\r\n\r\n" * 20), "garbled"),
    ],
)
def test_what_breaks_after_the_request_may_have_been_sent(behave: Any, reason: str) -> None:
    with FaultServer(behave) as server:
        error = failed_post(server.url)

    assert isinstance(error, NoAnswer)
    assert error.phase is Phase.WAITING
    assert error.reason == reason
    assert len(server.requests) == 1
    assert server.connections == 1


@pytest.mark.case("F23")
@pytest.mark.parametrize("is_tls", [False, True])
def test_a_silent_server_is_given_up_at_the_deadline(
    authority: Authority, is_tls: bool
) -> None:
    tls = authority.server() if is_tls else None
    with FaultServer(silent, tls=tls) as server:
        error = failed_post(server.url, trust=authority.trust(), deadline_s=SHORT_S)

    assert isinstance(error, NoAnswer)
    assert error.reason == "deadline"
    assert len(server.requests) == 1


@pytest.mark.case("F24")
@pytest.mark.parametrize("is_tls", [False, True])
def test_an_answer_that_drips_is_given_up_at_the_deadline(
    authority: Authority, is_tls: bool
) -> None:
    """Each byte comes in time; all of them together do not."""
    gone = threading.Event()

    def drip(peer: Peer) -> None:
        peer.read_request()
        try:
            for byte in answer(headers="X-Long: " + "x" * 5000 + "\r\n"):
                peer.send(bytes([byte]))
                gone.wait(0.02)
        finally:
            gone.set()

    with FaultServer(drip, tls=authority.server() if is_tls else None) as server:
        error = failed_post(server.url, trust=authority.trust(), deadline_s=SHORT_S)
        gone.wait(LONG_S)

    assert isinstance(error, NoAnswer)
    assert error.reason == "deadline"


@pytest.mark.case("F24")
def test_a_body_that_drips_leaves_an_answer_with_its_status() -> None:
    gone = threading.Event()

    def drip(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(body=b"", length=5000))
        try:
            while not gone.wait(0.02):
                peer.send(b" ")
        except OSError:
            gone.set()
            raise

    with FaultServer(drip) as server, line_to(server.url, deadline_s=SHORT_S) as line:
        line.open()
        got = post(line)
        gone.wait(LONG_S)

    assert (got.status, got.is_complete) == (202, False)


@pytest.mark.parametrize(
    "reply",
    [
        answer(length=500),
        b"HTTP/1.1 202 Accepted\r\n\r\n" + ACCEPTED_BODY,
        b"HTTP/1.1 202 Acc",
        b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{}",
    ],
)
def test_a_cut_body_is_an_incomplete_answer(reply: bytes) -> None:
    with FaultServer(reply_once(reply)) as server, line_to(server.url) as line:
        line.open()
        got = post(line)

    assert (got.status, got.is_complete) == (202, False)
    assert len(server.requests) == 1


@pytest.mark.case("F43")
def test_a_huge_body_is_read_up_to_the_cap() -> None:
    huge = answer("400 Bad Request", b"x" * (5 * BODY_CAP))
    with FaultServer(reply_once(huge)) as server, line_to(server.url) as line:
        line.open()
        got = post(line)

    assert (got.status, len(got.body), got.is_complete) == (400, BODY_CAP, False)


@pytest.mark.case("F41")
@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_a_redirect_is_an_answer_and_not_followed(status: str) -> None:
    with FaultServer(serve_all()) as elsewhere:
        reply = answer(status, b"x" * 100, headers=f"Location: {elsewhere.url}/v1/messages\r\n")
        with FaultServer(serve_all(reply)) as server, line_to(server.url) as line:
            line.open()
            got = post(line)

    assert got.status == int(status[:3])
    assert len(server.requests) == 1
    assert elsewhere.connections == 0


def test_interim_answers_are_skipped() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    with FaultServer(serve_all(early + answer())) as server, line_to(server.url) as line:
        line.open()
        got = post(line)

    assert (got.status, got.body) == (202, ACCEPTED_BODY)


def test_an_abort_from_another_thread_ends_the_waiting() -> None:
    taken = threading.Event()

    def take(peer: Peer) -> None:
        peer.read_request()
        taken.set()
        peer.wait_closed()

    with FaultServer(take) as server, line_to(server.url, deadline_s=LONG_S) as line:
        line.open()
        aborter = start_aborting(line, taken)
        with pytest.raises(NoAnswer) as caught:
            post(line)
        aborter.join()
        with pytest.raises(NotSent) as afterwards:
            line.open()

    assert caught.value.reason == "aborted"
    assert afterwards.value.reason == "aborted"


def test_an_abort_ends_a_handshake_too(authority: Authority) -> None:
    taken = threading.Event()

    def hang(peer: Peer) -> None:
        peer.sock.recv(1)
        taken.set()
        peer.wait_closed()

    with (
        FaultServer(hang) as server,
        line_to(
            server.url.replace("http:", "https:"),
            trust=authority.trust(),
            connect_timeout_s=LONG_S,
        ) as line,
    ):
        aborter = start_aborting(line, taken)
        with pytest.raises(NotSent) as caught:
            line.open()
        aborter.join()

    assert caught.value.reason == "aborted"


def test_a_header_that_cannot_be_written_sends_nothing_and_is_not_repeated() -> None:
    with FaultServer(serve_all()) as server, line_to(server.url) as line:
        line.open()
        with pytest.raises(NotSent) as caught:
            line.post("/", body=b"", headers={"Authorization": "Bearer canary\nsecret"})

    assert caught.value.reason == "local"
    assert "canary" not in repr(caught.value) + str(caught.value)
    assert server.requests == []
