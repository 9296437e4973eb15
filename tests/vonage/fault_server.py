"""A server on loopback that misbehaves as told, and keeps every request it got in full.

It answers on raw sockets, so that it can do what no web server would.
"""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
ACCEPTED_BODY = b'{"message_uuid":"' + UUID.encode() + b'"}'


def answer(
    status: str = "202 Accepted",
    body: bytes = ACCEPTED_BODY,
    *,
    length: int | None = None,
    headers: str = "",
) -> bytes:
    """A whole HTTP answer; `length` may promise more than the body holds."""
    said = len(body) if length is None else length
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        f"{headers}Content-Length: {said}\r\n\r\n"
    )
    return head.encode("ascii") + body


class Peer:
    """One connection, seen from the server."""

    def __init__(self, sock: socket.socket, server: "FaultServer") -> None:
        self.sock = sock
        self._server = server

    def read_request(self) -> bytes:
        """The next whole request, or b"" when the client closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            some = self.sock.recv(65_536)
            if not some:
                return b""
            data += some
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += self.sock.recv(65_536)
        self._server.requests.append(head + b"\r\n\r\n" + body)
        return self._server.requests[-1]

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait_closed(self) -> None:
        """Waits until the client goes away."""
        while self.sock.recv(65_536):
            pass

    def reset(self) -> None:
        """Closes with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Behaviour = Callable[[Peer], None]


class FaultServer:
    """Runs a behaviour for every connection, each on a thread of its own."""

    def __init__(self, behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self._behave = behave
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        self.requests: list[bytes] = []
        self.connections = 0
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(sock)
            self._start(lambda sock=sock: self._serve(sock))  # type: ignore[misc]

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(sock):
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
            with contextlib.closing(sock):
                self._behave(Peer(sock, self))


def serve_all(reply: bytes = b"") -> Behaviour:
    """Answers every request on the connection with the same reply."""

    def behave(peer: Peer) -> None:
        while peer.read_request():
            peer.send(reply or answer())

    return behave


def reply_once(reply: bytes) -> Behaviour:
    """Sends these bytes after the first request, and closes."""

    def behave(peer: Peer) -> None:
        peer.read_request()
        peer.send(reply)

    return behave


def silent(peer: Peer) -> None:
    """Takes the request and never says a word."""
    peer.read_request()
    peer.wait_closed()


def reset_after_request(peer: Peer) -> None:
    peer.read_request()
    peer.reset()
