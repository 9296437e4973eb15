"""One connection to one origin: how an exchange goes, and our word for what breaks it.

The one file that knows requests and truststore (and, with `connection`, urllib3 and ssl).
"""

import errno
import http.client
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import requests
import truststore
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from smsdesk.vonage.errors import NoAnswer, NotSent, TransportError
from smsdesk.vonage.exchange import BODY_CAP, Answer, Phase
from smsdesk.vonage.transport.connection import (
    PrivateAddressError,
    Progress,
    TellingConnection,
    TellingTlsConnection,
)

_BREAKS: tuple[type[Exception], ...] = (
    OSError,  # with it ssl.SSLError and all of requests' own
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    ValueError,  # a header or an address that cannot be written
)
_CHUNK = 65_536
_LOCAL = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EACCES, errno.EPERM}


class Wire:
    """One connection to one origin, kept open between requests. Raises NotSent and NoAnswer.

    It speaks to requests' adapter without a Session around it: that would look for proxies and
    passwords in the environment, keep cookies, and follow redirects, which would send a POST a
    second time. Without it a message also costs a sixth less.
    """

    def __init__(
        self,
        origin: str,
        *,
        proxy: str,
        connect_timeout_s: float,
        deadline_s: float,
        trust: ssl.SSLContext | None,
        only_public: bool = False,
    ) -> None:
        # A proxy finds the address by itself, and may well stand in a network of one's own.
        self.progress = Progress(connect_timeout_s, only_public=only_public and not proxy)
        self._adapter = _Adapter(self.progress, trust or system_trust())
        self._origin = origin
        self._proxies = {"https": proxy} if proxy else {}
        self._deadline_s = deadline_s
        self._ready = self._prepare("GET", "/")

    def warm(self, *, longest_rest_s: float) -> None:
        """Opens the connection, unless it is open, silent and was used a moment ago."""
        self.progress.phase = Phase.IDLE
        try:
            self._warm(longest_rest_s)
        except _BREAKS as error:
            raise self._told(error) from None

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline_s: float | None = None,
        body_cap: int = BODY_CAP,
    ) -> Answer:
        """Writes one request and reads its answer, all of it before the deadline."""
        self.progress.phase = Phase.IDLE
        self.progress.exchange_s = self._deadline_s if deadline_s is None else deadline_s
        try:
            response = self._request(method, path, headers=headers, body=body)
        except _BREAKS as error:
            raise self._told(error) from None
        answer = _read(response, body_cap)
        self.progress.used_at = time.monotonic()
        self.progress.phase = Phase.DONE
        return answer

    def stream(
        self, path: str, *, headers: Mapping[str, str], deadline_s: float, stall_s: float
    ) -> "Stream":
        """Asks for something large: gives its head, and lets its body be read in pieces.

        All of it has until the deadline, and the head and each piece no longer than `stall_s`.
        """
        self.progress.phase = Phase.IDLE
        self.progress.exchange_s = min(stall_s, deadline_s)
        ends_at = time.monotonic() + deadline_s
        try:
            response = self._request("GET", path, headers=headers, body=None)
        except _BREAKS as error:
            raise self._told(error) from None

        def allow_piece() -> None:
            self.progress.allow(min(stall_s, ends_at - time.monotonic()))

        return Stream(response, allow_piece=allow_piece, told=self._told)

    def close(self) -> None:
        """Closes the connection."""
        self._adapter.close()

    def _warm(self, longest_rest_s: float) -> None:
        # Only urllib3's pools know the way through a proxy, and only the pool's own connection
        # is used by the request that follows: hence their inner methods.
        pool: Any = self._adapter.get_connection_with_tls_context(
            self._ready, True, proxies=self._proxies
        )
        connection = pool._get_conn()
        try:
            self.progress.check()
            if time.monotonic() - self.progress.used_at > longest_rest_s:
                connection.close()
            if connection.is_closed and self._proxies:
                pool._prepare_proxy(connection)
            elif connection.is_closed:
                connection.connect()
        except BaseException:
            connection.close()
            raise
        finally:
            pool._put_conn(connection)
        self.progress.phase = Phase.CONNECTED

    def _request(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> requests.Response:
        request = self._ready
        if (request.method, request.url) != (method, self._origin + path):
            request = self._ready = self._prepare(method, path)
        request.headers = CaseInsensitiveDict(headers)
        request.body = body
        if body is not None:
            request.headers["Content-Length"] = str(len(body))
        return self._adapter.send(
            request,
            stream=True,
            timeout=(self.progress.connect_s, self.progress.exchange_s),
            proxies=self._proxies,
        )

    def _prepare(self, method: str, path: str) -> requests.PreparedRequest:
        """A request to be used again and again: only its headers and body will change."""
        prepared = requests.PreparedRequest()
        prepared.prepare(method=method, url=self._origin + path)
        return prepared

    def _told(self, error: Exception) -> TransportError:
        """Our word for an exception of the libraries', which may hold the request and token."""
        phase = self.progress.phase
        kind = NotSent if phase < Phase.WRITING else NoAnswer
        return kind(phase, *_reason_of(error, self.progress, is_proxied=bool(self._proxies)))


class Stream:
    """An answer whose head has come; its body is read piece by piece, as long as one likes.
    To be closed by whoever asked."""

    def __init__(
        self,
        response: requests.Response,
        *,
        allow_piece: Callable[[], None],
        told: Callable[[Exception], TransportError],
    ) -> None:
        self.status = response.status_code
        self.headers = _lower(response.headers)
        """Under lower-case names."""
        self.length: int | None = response.raw.length_remaining
        """How many bytes the body has, if that was said."""
        self._response = response
        self._allow_piece = allow_piece
        self._told = told

    def pieces(self) -> Iterator[bytes]:
        """The body. Raises NoAnswer where it is cut, or where nothing shows that it was not."""
        try:
            while True:
                self._allow_piece()
                if not (piece := self._response.raw.read(_CHUNK)):
                    break
                yield piece
        except _BREAKS as error:
            raise self._told(error) from None
        if not _tells_its_end(self.headers):
            raise NoAnswer(Phase.HEADERS, "cut")

    def close(self) -> None:
        """Lets go of the connection, and of what was not read."""
        self._response.close()


class _Pool(HTTPConnectionPool):
    ConnectionCls = TellingConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = TellingTlsConnection


class _Adapter(HTTPAdapter):
    """requests' way to urllib3: one connection, no retry, our classes, the system's trust."""

    def __init__(self, progress: Progress, trust: ssl.SSLContext) -> None:
        self.pool: Any = None
        self._trust = trust
        self._classes = {
            "http": partial(_Pool, progress=progress),
            "https": partial(_TlsPool, progress=progress),
        }
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kw: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._trust, **kw)
        self.poolmanager.pool_classes_by_scheme = self._classes

    def proxy_manager_for(self, proxy: str, **kw: Any) -> Any:
        manager = super().proxy_manager_for(
            proxy, ssl_context=self._trust, proxy_ssl_context=self._trust, **kw
        )
        manager.pool_classes_by_scheme = self._classes
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kw: Any) -> Any:
        """The one pool, found once: this adapter serves one origin."""
        if self.pool is None:
            self.pool = super().get_connection_with_tls_context(*args, **kw)
        return self.pool

    def close(self) -> None:
        """Closes the connection now; urllib3 would leave that to the garbage collector."""
        if self.pool is not None:
            self.pool.close()
        super().close()

    def cert_verify(self, *args: Any) -> None:
        """Adds no bundle of its own: the context knows whom this computer trusts."""


def _read(response: requests.Response, cap: int) -> Answer:
    """The answer whose head has come, with as much of its body as came and is allowed."""
    headers = _lower(response.headers)
    body = bytearray()
    is_whole = False
    try:
        while not is_whole and len(body) <= cap:
            some = response.raw.read(_CHUNK)
            body += some
            is_whole = not some
    except _BREAKS:
        pass  # cut, or too slow: the head has told the status
    finally:
        response.close()
    return Answer(
        status=response.status_code,
        headers=headers,
        body=bytes(body[:cap]),
        is_complete=is_whole and _tells_its_end(headers),
    )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _tells_its_end(headers: Mapping[str, str]) -> bool:
    """Where only the end of the connection ends the body, nothing shows that it was not cut."""
    return not headers.keys().isdisjoint(("content-length", "transfer-encoding"))


def system_trust() -> ssl.SSLContext:
    """TLS 1.2 or later, host names checked, authorities only those the system trusts.

    OpenSSL would let two variables of the environment replace the system's authorities. The
    plain constructor, unlike `ssl.create_default_context`, does not obey SSLKEYLOGFILE.
    """
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        os.environ.pop(name, None)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _reason_of(
    error: BaseException, progress: Progress, *, is_proxied: bool
) -> tuple[str, str]:
    """One word for what broke, as listed at `errors.TransportError`, and a few more words."""
    if progress.is_aborted:
        return "aborted", ""
    cause = next(_causes(error), None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "certificate", cause.verify_message
    if progress.phase >= Phase.CONNECTED:
        return _reason_in_exchange(cause), ""
    if is_proxied and progress.step != "tls":
        status = re.match(r"Tunnel connection failed: (\d+)", str(cause))
        if status is None:
            return "proxy", _reason_in_connecting(cause, progress.step)
        return ("proxy_auth" if status[1] == "407" else "proxy"), status[1]
    return _reason_in_connecting(cause, progress.step), ""


def _reason_in_connecting(cause: BaseException | None, step: str) -> str:
    match cause:
        case PrivateAddressError():
            return "private"
        case socket.gaierror() | UnicodeError():
            return "dns"
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():  # before the next: its errno is a number of OpenSSL's
            return "tls"
        case OSError() if cause.errno in _LOCAL:
            return "local"
        case _ if step == "tls":
            return "tls"
        case ConnectionRefusedError():
            return "refused"
        case OSError() if step == "dns":
            return "dns"
        case ConnectionError():
            return "closed"
        case http.client.HTTPException():
            return "garbled"
        case OSError():
            return "unreachable"
        case _:
            return "local"


def _reason_in_exchange(cause: BaseException | None) -> str:
    match cause:
        case TimeoutError():
            return "deadline"
        case http.client.RemoteDisconnected() | ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "closed"
        case ConnectionError():
            return "reset"
        case ssl.SSLError():
            return "tls"
        case http.client.IncompleteRead():
            return "cut"
        case http.client.HTTPException():
            return "garbled"
        case OSError():
            return "reset"
        case _:
            return "local"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """What lies under the libraries' own exceptions, the outermost first."""
    while error is not None:
        is_theirs = isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError)
        if not is_theirs or isinstance(error, http.client.IncompleteRead):
            yield error
        error = error.__cause__ or error.__context__
