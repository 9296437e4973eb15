"""A line that works: what it writes, when it is kept, what it never listens to (T5, F20, F25)."""

import base64
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from smsdesk.vonage.errors import NotSent
from smsdesk.vonage.transport import Line, Phase, Transport
from tests.vonage.authority import Authority
from tests.vonage.fault_server import (
    ACCEPTED_BODY,
    Behaviour,
    FaultServer,
    Peer,
    answer,
    serve_all,
)

BODY = '{"text":"Grüße 👋"}'.encode()
HEADERS = {"Authorization": "Bearer a.b.c", "Content-Type": "application/json"}


def post(line: Line) -> int:
    line.open()
    return line.post("/v1/messages", body=BODY, headers=HEADERS).status


def test_a_post_carries_head_and_body_as_they_are() -> None:
    with FaultServer(serve_all()) as server, closing(Transport(server.url).line()) as line:
        line.open()
        opened = line.phase
        got = line.post("/v1/messages", body=BODY, headers=HEADERS)
        done = line.phase

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /v1/messages HTTP/1.1"
    assert b"Authorization: Bearer a.b.c" in lines
    assert f"Content-Length: {len(BODY)}".encode() in lines
    assert b"Accept-Encoding: identity" in lines
    assert body == BODY
    assert (got.status, got.body, got.is_complete) == (202, ACCEPTED_BODY, True)
    assert got.content_type == "application/json"
    assert (opened, done) == (Phase.CONNECTED, Phase.DONE)


def test_head_and_body_leave_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    sendall = socket.socket.sendall

    def watch(self: socket.socket, data: bytes) -> None:
        if b"POST" in data or BODY in data:
            writes.append(len(data))
        sendall(self, data)

    with FaultServer(serve_all()) as server, closing(Transport(server.url).line()) as line:
        line.open()
        monkeypatch.setattr(socket.socket, "sendall", watch)
        line.post("/v1/messages", body=BODY, headers=HEADERS)
        monkeypatch.undo()

    assert len(writes) == 1


@pytest.mark.parametrize("is_tls", [False, True])
def test_one_connection_carries_many_messages(authority: Authority, is_tls: bool) -> None:
    """TLS 1.3 leaves session tickets to be read on a line that was only opened."""
    tls = authority.server() if is_tls else None
    with (
        FaultServer(serve_all(), tls=tls) as server,
        closing(Transport(server.url, trust=authority.trust()).line()) as line,
    ):
        line.open()
        statuses = [post(line) for _ in range(20)]

    assert statuses == [202] * 20
    assert server.connections == 1


@pytest.mark.case("F25")
def test_a_connection_the_server_closed_is_replaced_before_the_message() -> None:
    """Nothing becomes unknown because a server closes what rests (F25)."""
    closed = threading.Semaphore(0)

    def answer_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        peer.sock.shutdown(socket.SHUT_RDWR)
        closed.release()

    with FaultServer(answer_once) as server, closing(Transport(server.url).line()) as line:
        for _ in range(100):
            assert post(line) == 202
            closed.acquire()

    assert server.connections == 100


@pytest.mark.case("F25")
def test_a_connection_on_which_the_server_spoke_unasked_is_replaced() -> None:
    answered = threading.Semaphore(0)
    spoken = threading.Semaphore(0)

    def chatter(peer: Peer) -> None:
        while peer.read_request():
            peer.send(answer())
            answered.acquire()
            peer.send(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
            spoken.release()

    with FaultServer(chatter) as server, closing(Transport(server.url).line()) as line:
        assert post(line) == 202
        answered.release()
        spoken.acquire()
        assert post(line) == 202
        answered.release()

    assert server.connections == 2


def test_a_connection_that_rested_too_long_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("smsdesk.vonage.transport.line.LONGEST_REST_S", -1.0)
    with FaultServer(serve_all()) as server, closing(Transport(server.url).line()) as line:
        statuses = [post(line), post(line)]

    assert statuses == [202, 202]
    assert server.connections == 2


def test_a_server_that_closes_after_each_answer_costs_no_message() -> None:
    def polite(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(headers="Connection: close\r\n"))

    with FaultServer(polite) as server, closing(Transport(server.url).line()) as line:
        statuses = [post(line) for _ in range(5)]

    assert statuses == [202] * 5
    assert len(server.requests) == 5


@pytest.mark.case("T5")
def test_the_authorities_of_the_environment_are_not_listened_to(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(authority.root_file))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.root_file.parent))
    with (
        FaultServer(serve_all(), tls=authority.server()) as server,
        closing(Transport(server.url).line()) as line,
        pytest.raises(NotSent) as caught,
    ):
        line.open()

    assert caught.value.reason == "certificate"
    assert server.requests == []


@pytest.mark.case("T5")
def test_the_secrets_of_a_tls_session_are_written_nowhere(tmp_path: Path) -> None:
    """In a process of its own: some libraries read the variable when they are imported."""
    log = tmp_path / "keys.log"
    script = (
        "from smsdesk.vonage.transport import Transport\n"
        "from smsdesk.vonage.errors import NotSent\n"
        "line = Transport('https://127.0.0.1:9').line()\n"
        "try: line.open()\n"
        "except NotSent: pass\n"
    )

    subprocess.run([sys.executable, "-c", script], env={"SSLKEYLOGFILE": str(log)}, check=True)

    assert not log.exists()


@pytest.mark.case("T5")
def test_proxies_and_passwords_of_the_environment_are_not_listened_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login canary password canary\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with FaultServer(serve_all()) as proxy, FaultServer(serve_all()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        with closing(Transport(server.url).line()) as line:
            post(line)

    assert proxy.connections == 0
    assert b"Authorization: Bearer a.b.c" in server.requests[0]


@pytest.mark.case("T5")
def test_tls_older_than_1_2_is_not_spoken(authority: Authority) -> None:
    old = authority.server()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        FaultServer(serve_all(), tls=old) as server,
        closing(Transport(server.url).line()) as line,
        pytest.raises(NotSent) as caught,
    ):
        line.open()

    assert caught.value.reason == "tls"


def tunnel(target: FaultServer, seen: list[bytes]) -> Behaviour:
    """A proxy that answers CONNECT and then carries bytes."""

    def behave(peer: Peer) -> None:
        seen.append(peer.read_request())
        with socket.create_connection(("127.0.0.1", target.port)) as onward:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=carry, args=(onward, peer.sock))
            back.start()
            carry(peer.sock, onward)
            back.join()

    return behave


def carry(source: socket.socket, drain: socket.socket) -> None:
    try:
        while some := source.recv(65_536):
            drain.sendall(some)
        drain.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def test_a_proxy_is_used_when_it_was_asked_for(authority: Authority) -> None:
    seen: list[bytes] = []
    with (
        FaultServer(serve_all(), tls=authority.server()) as server,
        FaultServer(tunnel(server, seen)) as proxy,
    ):
        address = proxy.url.replace("http://", "http://user:pass@")
        transport = Transport(server.url, proxy=address, trust=authority.trust())
        with closing(transport.line()) as line:
            statuses = [post(line), post(line)]

    assert statuses == [202, 202]
    assert len(seen) == 1
    assert seen[0].startswith(f"CONNECT localhost:{server.port} ".encode())
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:pass") in seen[0]
    assert b"Bearer" not in seen[0]
    assert b"Proxy-Authorization" not in server.requests[0]
    assert "pass" not in repr(transport)


@pytest.mark.case("F20")
@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy_auth", "407"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "proxy", "502"),
        (b"", "proxy", "closed"),
        (b"what?\r\n\r\n", "proxy", "garbled"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "tls", ""),
    ],
)
def test_a_proxy_that_does_not_let_through_is_named(
    authority: Authority, reply: bytes, reason: str, detail: str
) -> None:
    def refuse(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply)

    with FaultServer(refuse) as proxy:
        transport = Transport("https://api.example", proxy=proxy.url, trust=authority.trust())
        with closing(transport.line()) as line, pytest.raises(NotSent) as caught:
            line.open()

    assert (caught.value.reason, caught.value.detail) == (reason, detail)


@pytest.mark.case("F20")
def test_a_proxy_that_is_not_there_is_named(authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    transport = Transport("https://api.example", proxy=address, trust=authority.trust())

    with closing(transport.line()) as line, pytest.raises(NotSent) as caught:
        line.open()

    assert (caught.value.reason, caught.value.detail) == ("proxy", "refused")


def test_a_question_uses_a_resting_connection_again() -> None:
    with FaultServer(serve_all(answer("200 OK", b"{}"))) as server:
        transport = Transport(server.url)
        with closing(transport):
            transport.request("GET", "/a", query={"ids": "x,y z"})
            transport.request("GET", "/b")

    assert server.connections == 1
    assert [r.split(b" ")[:2] for r in server.requests] == [
        [b"GET", b"/a?ids=x%2Cy+z"],
        [b"GET", b"/b"],
    ]


def test_questions_of_several_threads_do_not_meet() -> None:
    together = threading.Barrier(4, timeout=30)

    def meet(peer: Peer) -> None:
        path = peer.read_request().split(b" ")[1]
        together.wait()
        peer.send(answer("200 OK", path))

    got: dict[str, bytes] = {}
    with FaultServer(meet) as server, closing(Transport(server.url)) as transport:

        def ask(path: str) -> None:
            got[path] = transport.request("GET", path).body

        threads = [threading.Thread(target=ask, args=(f"/{n}",)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert got == {f"/{n}": f"/{n}".encode() for n in range(4)}


def test_nothing_heavy_loads_before_the_first_line() -> None:
    script = (
        "import sys, smsdesk.vonage.client\n"
        "heavy = {'requests', 'urllib3', 'truststore', 'jwt', 'cryptography'}\n"
        "sys.exit(repr(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)\n"
    )

    subprocess.run([sys.executable, "-c", script], check=True)
