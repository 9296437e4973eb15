"""Connections: requests read whole from a socket, answers written, and all that breaks there.

What to answer is asked of the server's `exchange`; nothing here knows what a message is.
"""

import contextlib
import logging
import socket
import socketserver
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from smsdesk.simulator.outcomes import Fault
from smsdesk.simulator.wire import Reply, Request

LARGEST_BODY = 1_000_000
IDLE_TIMEOUT_S = 75.0
IDLE_CLOSE_S = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a request gets: a reply, a fault on its way, a wait (before scaling) ahead of it.

    `reply` is None where the fault leaves no answer.
    """

    reply: Reply | None
    fault: Fault = Fault.NONE
    delay_s: float = 0.0


class HttpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One thread a connection; `close()` ends them all and waits for them."""

    allow_reuse_address = True
    request_queue_size = 256

    def __init__(
        self,
        address: tuple[str, int],
        *,
        exchange: Callable[[Request], Exchange],
        on_connect: Callable[[], str],
        now: Callable[[], float],
        pace: float,
        tls: ssl.SSLContext | None,
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.exchange = exchange
        self.on_connect = on_connect
        self.now = now
        self.pace = pace
        self.tls = tls
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._connections: list[threading.Thread] = []
        self._count = 0
        super().__init__(address, Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection on a thread of its own, remembered so that it can be ended."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="simulator-connection",
            daemon=True,
        )
        with self._lock:
            self._connections = [t for t in self._connections if t.is_alive()]
            self._connections.append(thread)
            thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close without more ado: a polite shutdown would spoil the reset asked for."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are our trade; anything else is a fault of the simulator."""
        if not isinstance(sys.exception(), OSError):
            _log.exception("the simulator failed at a request")

    def opened(self, sock: socket.socket) -> int:
        """A connection has begun; returns its number."""
        with self._lock:
            self._sockets.add(sock)
            self._count += 1
            if self.stopping.is_set():
                _hang_up(sock)
            return self._count

    def closed(self, sock: socket.socket) -> None:
        with self._lock:
            self._sockets.discard(sock)

    def close(self) -> None:
        """End the listener and every connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            connections = list(self._connections)
            for sock in self._sockets:
                _hang_up(sock)
        for thread in connections:
            thread.join()


class Connection(BaseHTTPRequestHandler):
    """One connection, kept alive as HTTP/1.1 has it."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    disable_nagle_algorithm = True
    server: HttpServer

    def setup(self) -> None:
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
        self.number = self.server.opened(self.request)
        super().setup()

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            if self._is_served():
                super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        self.server.closed(self.connection)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the ledger tells everything."""

    def _is_served(self) -> bool:
        """Meet the new connection as the scenario asks, and begin TLS where there is any."""
        match self.server.on_connect():
            case "hang":
                self._wait_until_gone()
                return False
            case "reset":
                self._reset()
                return False
            case "close":
                return False
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()
        return True

    def _serve(self) -> None:
        body = self._read_body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self.number)
        exchange = self.server.exchange(request)
        if exchange.delay_s:
            self.server.stopping.wait(exchange.delay_s * self.server.pace)
        self._answer(exchange)

    # The base class looks for these names.
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _read_body(self) -> bytes | None:
        """The whole body; None when it can't be had, with the connection given up."""
        if "Transfer-Encoding" in self.headers:
            self.send_error(411)
            self.close_connection = True
            return None
        try:
            length = int(self.headers.get("Content-Length", 0))
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST_BODY:
            self.send_error(400 if length < 0 else 413)
            self.close_connection = True
            return None
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _answer(self, exchange: Exchange) -> None:
        if exchange.fault is not Fault.NONE:
            self.close_connection = True
        if exchange.reply is None:
            if exchange.fault is Fault.SILENCE:
                self._wait_until_gone()
            elif exchange.fault is Fault.RESET:
                self._reset()
            return
        # A connection that is to be closed while idle must promise to stay open.
        keeps = not self.close_connection or exchange.fault is Fault.IDLE_CLOSE
        head = exchange.reply.head(now=self.server.now(), keep_alive=keeps)
        body = b"" if self.command == "HEAD" else exchange.reply.body
        if exchange.fault is Fault.CUT:
            self.wfile.write(head + body[: len(body) // 2])
        elif exchange.fault is Fault.DRIP:
            self._drip(head + body)
        else:
            self.wfile.write(head + body)
        if exchange.fault is Fault.IDLE_CLOSE:
            self.server.stopping.wait(IDLE_CLOSE_S * self.server.pace)

    def _drip(self, content: bytes) -> None:
        for byte in content:
            self.wfile.write(bytes((byte,)))
            if self.server.stopping.wait(1.0 * self.server.pace):
                return

    def _wait_until_gone(self) -> None:
        """Say nothing until the other side hangs up or the simulator stops."""
        self.connection.settimeout(None)
        while socket.socket.recv(self.connection, 4096):  # below any TLS
            pass

    def _reset(self) -> None:
        """Close so that the other side reads "connection reset by peer"."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _hang_up(sock: socket.socket) -> None:
    """Wake whoever reads this socket. A TLS socket's own shutdown is passed by on purpose: it
    would pull the rug from under that reader."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
