"""The web server: cheroot, made strict, silent and patient with nobody.

It is imported late. Slow clients cost no thread: what comes is gathered by the one thread that
watches all connections, and only a request that is here in full is given to a worker. So a
flood of slow ones holds up nobody else. What is answered is decided by `receiver`.
"""

from __future__ import annotations

import contextlib
import email.utils
import errno
import io
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from cheroot.server import Gateway, HTTPConnection, HTTPRequest, HTTPServer
from cheroot.workers.threadpool import ThreadPool

from smsdesk.webhooks.arrival import LARGEST_BODY, LARGEST_HEAD, Arrival
from smsdesk.webhooks.routes import Call

_log = logging.getLogger(__name__)

HOST = "127.0.0.1"
WHOLE_REQUEST_S = 5
"""From the first moment of a connection to the last byte of its request."""
AT_WORK = 16
"""Requests that are looked at, or wait to be stored, at the same time."""
QUEUED = 64
"""Whole requests that wait for that; further ones are told to come again."""
ARRIVING = 64
"""Connections whose request is not here in full. One more, and the oldest is cut: what is
genuine arrives in one go."""
_READ_SIZE = 64 * 1024
_COMPLAINT_EVERY_S = 10.0
_ONCE_ONLY = frozenset(
    {b"Host", b"Authorization", b"Origin", b"Content-Length", b"Transfer-Encoding"}
)
_EXTRA_HEADERS = {401: b"WWW-Authenticate: Bearer\r\n", 405: b"Allow: POST\r\n"}


class WebhookServer(HTTPServer):
    """Listens on loopback alone. `prepare` opens the port and raises OSError, `serve` works
    until `stop` is called from another thread."""

    request_queue_size = 128
    max_request_header_size = LARGEST_HEAD
    max_request_body_size = LARGEST_BODY
    timeout = WHOLE_REQUEST_S

    def __init__(self, port: int, answer: Callable[[Call], int]) -> None:
        super().__init__((HOST, port), _Gateway)
        self.ConnectionClass = _Connection
        self.requests = ThreadPool(
            self,
            min=AT_WORK,
            max=AT_WORK,
            accepted_queue_size=QUEUED,
            accepted_queue_timeout=0,
        )
        self.answer = answer
        self.errno: int | None = None
        """Why the port could not be opened; cheroot's own error does not say."""
        self._arriving: dict[_Connection, None] = {}  # the oldest first
        self._complained_at: float | None = None

    @property
    def port(self) -> int:
        port: int = self.bind_addr[1]
        return port

    @property
    def is_taken(self) -> bool:
        """Whether another program has the port. Windows says "no right" of one held fast."""
        is_held_fast = sys.platform == "win32" and self.errno == errno.EACCES
        return self.errno == errno.EADDRINUSE or is_held_fast

    def prepare(self) -> None:
        # Left by systemd for whoever it started; cheroot would take it for its own port.
        os.environ.pop("LISTEN_PID", None)
        super().prepare()

    @classmethod
    def prepare_socket(cls, *arguments: Any, **options: Any) -> socket.socket:
        prepared: socket.socket = super().prepare_socket(*arguments, **options)
        if sys.platform == "win32":
            # Else another program may take over a port that is in use.
            prepared.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        return prepared

    def bind(self, *arguments: Any, **options: Any) -> socket.socket:
        try:
            bound: socket.socket = super().bind(*arguments, **options)
        except OSError as error:
            self.errno = error.errno
            raise
        return bound

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def process_conn(self, conn: _Connection) -> None:
        """Called on the one watching thread: for a new connection, and when bytes have come."""
        conn.gather()
        if conn.is_dead:
            conn.close()
        elif conn.is_whole:
            self.forget(conn)
            super().process_conn(conn)
        else:
            self._arriving[conn] = None
            if len(self._arriving) > ARRIVING:
                oldest = next(iter(self._arriving))
                self.forget(oldest)
                oldest.hang_up()
            self.put_conn(conn)

    def forget(self, conn: _Connection) -> None:
        self._arriving.pop(conn, None)

    def wake(self) -> None:
        """Let the watching thread look up; else it notices a stop only after half a second."""
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port), timeout=0.1).close()

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:
        """Note that something was wrong, and of what kind; messages may quote a stranger."""
        now = time.monotonic()
        if self._complained_at is None or now - self._complained_at > _COMPLAINT_EVERY_S:
            self._complained_at = now
            kind = sys.exc_info()[0]
            _log.warning("the web server met %s", kind.__name__ if kind else "an error")


class _Connection(HTTPConnection):
    """One connection, for one request."""

    def __init__(self, server: WebhookServer, sock: socket.socket, makefile: object) -> None:
        self._arrival = Arrival()
        self._began = time.monotonic()
        self.is_dead = False
        super().__init__(server, sock, _file_of)
        self.RequestHandlerClass = _Request
        sock.setblocking(False)

    @property
    def is_whole(self) -> bool:
        return self._arrival.is_over

    @property
    def last_used(self) -> float:
        """What cheroot judges by whether a connection has had its time: when it began, whatever
        came since, by a clock that nobody sets."""
        return time.time() - (time.monotonic() - self._began)

    @last_used.setter
    def last_used(self, moment: float | None) -> None:
        pass

    def gather(self) -> None:
        """Take in what has come, without waiting."""
        try:
            data = self.socket.recv(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.is_dead = True
            return
        self._arrival.feed(data)
        if self._arrival.is_over:
            self.socket.settimeout(WHOLE_REQUEST_S)
            self.rfile = _Arrived(self._arrival.request)
        elif not data or time.monotonic() - self._began > WHOLE_REQUEST_S:
            self.is_dead = True
        elif self._arrival.wants_go_ahead:
            self._arrival.wants_go_ahead = False
            with contextlib.suppress(OSError):
                self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def communicate(self) -> bool:
        """Answer, on a worker's thread; the connection is never kept."""
        if self._arrival.refusal is not None:
            with contextlib.suppress(OSError):
                self.wfile.write(_answer(self._arrival.refusal))
            return False
        super().communicate()  # type: ignore[no-untyped-call]
        return False

    def hang_up(self) -> None:
        """Cut it; the watching thread then finds it closed."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.server.forget(self)
        self.linger = False
        with contextlib.suppress(OSError):
            super().close()
        self.socket.close()


class _Arrived(io.BytesIO):
    """A request that is here in full, as a file to read."""

    bytes_read = 0

    def has_data(self) -> bool:
        return False


class _Outlet:
    """Where an answer is written."""

    bytes_written = 0

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def write(self, data: bytes) -> int:
        self._socket.sendall(data)
        return len(data)


def _file_of(sock: socket.socket, mode: str, _size: int) -> _Arrived | _Outlet:
    return _Arrived() if "r" in mode else _Outlet(sock)


class _Headers(dict[bytes, bytes]):
    """The headers of one request. One that may stand there only once, and stands there twice,
    is an attempt to be read in two ways."""

    def __setitem__(self, name: bytes, value: bytes) -> None:
        if name == b"Expect":
            return  # the body is here already
        if name in self and name in _ONCE_ONLY:
            raise ValueError("a header stands there twice")
        super().__setitem__(name, value)


class _Request(HTTPRequest):
    """One request. Its answer has a status and nothing else."""

    close_connection = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.inheaders = _Headers()

    def simple_response(self, status: object, msg: str = "") -> None:
        """Answer; what cheroot would say to a stranger is left out."""
        self.sent_headers = True
        with contextlib.suppress(OSError):
            self.conn.wfile.write(_answer(int(str(status)[:3])))


class _Gateway(Gateway):
    """Hands a request over as a `Call`."""

    def respond(self) -> None:
        request = self.req
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in request.inheaders.items()
        }
        call = Call(
            method=request.method.decode("latin-1"),
            target=request.uri.decode("latin-1"),
            headers=headers,
            body=request.rfile.read(),
        )
        request.simple_response(request.server.answer(call))


def _answer(status: int) -> bytes:
    """A whole answer. It has no body, and says nothing of what answers."""
    length = b"" if status == HTTPStatus.NO_CONTENT else b"Content-Length: 0\r\n"
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Date: {email.utils.formatdate(usegmt=True)}\r\n"
        "Connection: close\r\n"
    )
    return head.encode("ascii") + length + _EXTRA_HEADERS.get(status, b"") + b"\r\n"


def serve_on_a_thread(server: WebhookServer) -> threading.Thread:
    """Let a prepared server work on a thread of its own, which ends when it does."""

    def serve() -> None:
        try:
            server.serve()
        except BaseException:  # noqa: BLE001 - what a worker died of is raised here again
            server.error_log()

    thread = threading.Thread(target=serve, name="webhooks", daemon=True)
    thread.start()
    return thread
