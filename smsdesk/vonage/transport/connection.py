"""A connection that tells how far a request got, and keeps to one deadline for all of it.

It gives out the libraries' own exceptions; `wire` puts our words to them. With `wire` the one
place that knows urllib3 and ssl.
"""

import errno
import http.client
import io
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from functools import partial
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import allowed_gai_family, create_connection

from smsdesk.vonage.exchange import Phase

_LEAST_TRY_S = 1.0
_MOST_INTERIM_ANSWERS = 10


class PrivateAddressError(OSError):
    """The name leads into somebody's own network, and nothing was to be asked there."""


class Progress:
    """How far the exchange on a line got, and how long it may still take.

    Shared by a line and its connection. `abort` may be called from any thread. With
    `only_public` no connection is made to an address within somebody's own network.
    """

    def __init__(self, connect_s: float, *, only_public: bool = False) -> None:
        self.connect_s = connect_s
        self.only_public = only_public
        self.exchange_s = 0.0
        self.phase = Phase.IDLE
        self.step = ""  # of connecting: dns, tcp, proxy, tls
        self.used_at = 0.0
        self.is_aborted = False
        self._ends_at = 0.0
        self._handle: socket.socket | None = None

    def allow(self, seconds: float) -> None:
        """All that follows has this long, however often something arrives meanwhile."""
        self._ends_at = time.monotonic() + seconds

    def check(self) -> None:
        """Raises ConnectionAbortedError after an abort."""
        if self.is_aborted:
            raise ConnectionAbortedError(errno.ECONNABORTED, "aborted")

    def remaining_s(self) -> float:
        """What is left of the time. Raises TimeoutError, or ConnectionAbortedError."""
        self.check()
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the deadline has passed")
        return remaining

    def hold(self, sock: socket.socket) -> None:
        """Keeps a second handle on the connection: shutting it leaves its TLS state alone."""
        self.let_go()
        self._handle = sock.dup()

    def let_go(self) -> None:
        """Forgets the second handle, so that closing the connection really closes it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def abort(self) -> None:
        """Ends the exchange now: a thread that waits for the server wakes up."""
        self.is_aborted = True
        handle = self._handle
        if handle is not None:
            with suppress(OSError):  # already down, which is what was wanted
                handle.shutdown(socket.SHUT_RDWR)


class _TimedReader(io.RawIOBase):
    """Reads from a socket, never longer than what is left until the deadline.

    A socket's own timeout starts anew with each byte that arrives, so it is no deadline.
    """

    def __init__(self, sock: socket.socket, progress: Progress) -> None:
        self._sock = sock
        self._raw = cast(io.RawIOBase, sock.makefile("rb", buffering=0))
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._progress.remaining_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """As much of a socket as `http.client.HTTPResponse` asks for."""

    def __init__(self, sock: socket.socket, progress: Progress) -> None:
        self._sock = sock
        self._progress = progress

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._progress))


class _Response(http.client.HTTPResponse):
    """A response read under the deadline; a few interim answers before it are skipped."""

    def __init__(self, sock: socket.socket, *args: Any, progress: Progress, **kw: Any) -> None:
        super().__init__(cast(socket.socket, _TimedSocket(sock, progress)), *args, **kw)

    def _read_status(self) -> tuple[int, int, str]:
        for _ in range(_MOST_INTERIM_ANSWERS):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException("too many interim answers")


class TellingConnection(HTTPConnection):
    """A connection that writes down how far it got, and writes head and body at once."""

    def __init__(self, *args: Any, progress: Progress, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._progress = progress
        self._gathered: list[Any] | None = None
        self.response_class = partial(_Response, progress=progress)  # type: ignore[assignment]

    def connect(self) -> None:
        self._progress.phase = Phase.CONNECTING
        super().connect()
        self._progress.check()
        self._progress.phase = Phase.CONNECTED
        self._progress.used_at = time.monotonic()

    def close(self) -> None:
        super().close()
        self._progress.let_go()

    @property
    def is_connected(self) -> bool:
        """Whether the connection is open and silent.

        TLS 1.3 sends session tickets after the handshake, so bytes may lie there that are no
        word of the server's: only reading shows what they are.
        """
        if self.sock is None:
            return False
        self.sock.settimeout(0)
        try:
            self.sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False  # the server closed it, or speaks without being asked

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any
    ) -> None:
        if self.sock is None:
            self.connect()
        self._progress.phase = Phase.CONNECTED
        self._progress.allow(self._progress.exchange_s)
        self._gathered = []
        try:
            super().request(method, url, body, headers, **options)
            whole = b"".join(self._gathered)
        finally:
            self._gathered = None
        self.sock.settimeout(self._progress.remaining_s())
        self._progress.phase = Phase.WRITING
        self.send(whole)
        self._progress.phase = Phase.WRITTEN

    def send(self, data: Any) -> None:
        if self._gathered is None:
            super().send(data)
        else:
            self._gathered.append(data)

    def getresponse(self) -> Any:
        self._progress.phase = Phase.WAITING
        response = super().getresponse()
        self._progress.phase = Phase.HEADERS
        return response

    def _new_conn(self) -> socket.socket:
        """A TCP connection to the first address that answers, families taking turns.

        One silent address must not use up the time of the others (an IPv6 black hole).
        """
        progress = self._progress
        progress.step = "dns"
        addresses = _taking_turns(self._dns_host.strip("[]"), self.port)
        if progress.only_public and not all(is_public(host) for host, _port in addresses):
            raise PrivateAddressError(errno.EACCES, "a private address")
        progress.step = "tcp"
        progress.allow(progress.connect_s)
        try_s = max(progress.connect_s / len(addresses), _LEAST_TRY_S)
        for left, address in zip(reversed(range(len(addresses))), addresses, strict=True):
            try:
                sock = create_connection(
                    address,
                    min(try_s, progress.remaining_s()),
                    socket_options=self.socket_options,
                )
            except OSError:
                if left:
                    continue
                raise
            break
        progress.hold(sock)
        progress.allow(progress.connect_s)  # the same again for proxy and TLS
        try:
            sock.settimeout(progress.remaining_s())
        except OSError:  # aborted meanwhile, and nobody else knows of it yet
            sock.close()
            raise
        progress.step = "tls"
        return sock

    def _tunnel(self) -> None:
        self._progress.step = "proxy"
        super()._tunnel()
        self.sock.settimeout(self._progress.remaining_s())
        self._progress.step = "tls"


class TellingTlsConnection(TellingConnection, HTTPSConnection):
    """The same over TLS."""


_IPV4_WITHIN_IPV6 = ipaddress.ip_network("64:ff9b::/96")
"""Behind this prefix a network without IPv4 reaches the others (RFC 6052)."""


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody in the internet can be reached by."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found in _IPV4_WITHIN_IPV6:
            found = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF)
    return found.is_global and not found.is_multicast


def _taking_turns(host: str, port: int) -> list[tuple[str, int]]:
    """A name's addresses, IPv6 and IPv4 alternating, the system's first choice first."""
    found = socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM)
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "the name has no address")
    families: dict[int, list[tuple[str, int]]] = {}
    for family, _, _, _, address in found:
        families.setdefault(family, []).append((str(address[0]), port))
    rows = list(families.values())
    longest = max(map(len, rows))
    return [row[turn] for turn in range(longest) for row in rows if turn < len(row)]
