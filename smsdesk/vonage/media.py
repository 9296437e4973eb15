"""Fetches one file that somebody has sent us, when a person has asked for it.

Only over https from a host that anybody can reach, for the address was written by strangers; the
one exception is the host that the account itself names, which is a simulator. A token goes to
Vonage's own hosts alone: with "secure inbound media" they ask for one
(https://developer.vonage.com/en/messages/concepts/secure-inbound-media). Where the bytes go is
not known here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from smsdesk.sms.channels.checks import is_private_host
from smsdesk.vonage.auth import TokenSource
from smsdesk.vonage.errors import MediaError, TransportError
from smsdesk.vonage.hosts import OWN_ORIGINS
from smsdesk.vonage.transport import Line, Transport

if TYPE_CHECKING:
    import ssl

    from smsdesk.vonage.transport.wire import Stream

LARGEST_FILE = 100_000_000
"""Bytes. WhatsApp's largest document is 100 MB, and nothing else that comes in is larger
(https://developer.vonage.com/en/messages/concepts/whatsapp)."""
MOST_REDIRECTS = 3
STALL_S = 30.0
"""So long nothing, or less than 64 KiB, and it is given up."""
DEADLINE_S = 1800.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_STARTS = (b"<!doctype html", b"<html")
_FAMILIES = {
    "image": ("image/",),
    "sticker": ("image/",),
    "audio": ("audio/", "video/", "application/ogg"),
    "video": ("video/", "application/mp4"),
}
"""What each kind may be said to be; anything else, a page excepted, may be a file."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that has begun to come."""

    content_type: str
    """The media type alone, "" when the server named none."""
    length: int | None
    """Bytes in all, if that was said."""
    pieces: Iterator[bytes]
    """Raises MediaError, NotSent or NoAnswer where it does not come whole."""


class MediaFetch:
    """One file, asked for once. `cancel` may be called from any thread; all else is for one."""

    def __init__(
        self,
        url: str,
        kind: str,
        *,
        own_origin: str,
        tokens: TokenSource | None,
        proxy_of: Callable[[str], str | None],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`kind` is that of the attachment, `own_origin` the host that the account names, or "".
        `proxy_of` says by which proxy an origin is reached; `trust` is for tests."""
        self._url = url
        self._kind = kind
        self._own_origin = own_origin
        self._tokens = tokens
        self._proxy_of = proxy_of
        self._trust = trust
        self._guard = threading.Lock()
        self._line: Line | None = None
        self._is_cancelled = False

    @contextmanager
    def opened(self) -> Iterator[Incoming]:
        """Ask for it, and hand out what comes.

        Raises MediaError, NotSent or NoAnswer. Codes: those of `check_address`; many_redirects;
        gone (Vonage keeps a file for 48 hours); refused (it wants a token that we lack);
        answered, with the status; too_large; other_kind, where a page comes for a picture;
        cancelled.
        """
        url = self._url
        for _turn in range(MOST_REDIRECTS + 1):
            place = check_address(url, own_origin=self._own_origin)
            with (
                closing(self._begin(place.origin)) as line,
                closing(self._ask(line, place)) as stream,
            ):
                if stream.status not in _REDIRECTS:
                    yield self._incoming(stream)
                    return
                url = urljoin(url, stream.headers.get("location", ""))
        raise MediaError("many_redirects")

    def cancel(self) -> None:
        """Nobody waits for it any more: whoever reads it wakes up with `cancelled`."""
        with self._guard:
            self._is_cancelled = True
            if self._line is not None:
                self._line.abort()

    def _begin(self, origin: str) -> Line:
        transport = Transport(
            origin,
            proxy=self._proxy_of(origin),
            trust=self._trust,
            only_public=origin != self._own_origin,
        )
        line = transport.line()
        with self._guard:
            self._line = line
            if self._is_cancelled:
                line.abort()
        return line

    def _ask(self, line: Line, place: Place) -> Stream:
        headers = {"Accept": "*/*", "User-Agent": "SMSDesk"}
        is_vonage = place.origin == self._own_origin or place.origin in OWN_ORIGINS
        if is_vonage and self._tokens is not None:
            headers["Authorization"] = f"Bearer {self._tokens.bearer()}"
        with self._told():
            line.open()
            return line.stream(
                place.path, headers=headers, deadline_s=DEADLINE_S, stall_s=STALL_S
            )

    def _incoming(self, stream: Stream) -> Incoming:
        if stream.status in (404, 410):
            raise MediaError("gone")
        if stream.status in (401, 403):
            raise MediaError("refused", stream.status)
        packing = stream.headers.get("content-encoding", "").strip().lower()
        if stream.status != 200 or packing not in ("", "identity"):
            raise MediaError("answered", stream.status)
        if stream.length is not None and stream.length > LARGEST_FILE:
            raise MediaError("too_large")
        content_type = stream.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not _fits(self._kind, content_type):
            raise MediaError("other_kind")
        return Incoming(content_type, stream.length, self._pieces(stream))

    def _pieces(self, stream: Stream) -> Iterator[bytes]:
        size = 0
        with self._told():
            for piece in stream.pieces():
                is_page = piece[:100].lstrip().lower().startswith(_PAGE_STARTS)
                if size == 0 and is_page and self._kind != "file":
                    raise MediaError("other_kind")
                size += len(piece)
                if size > LARGEST_FILE:
                    raise MediaError("too_large")
                yield piece

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What `cancel` breaks is no broken line."""
        try:
            yield
        except TransportError:
            if self._is_cancelled:
                raise MediaError("cancelled") from None
            raise


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies."""

    origin: str
    path: str


def check_address(url: str, *, own_origin: str = "") -> Place:
    """The parts of an address that may be asked. Nothing is asked of the network.

    Raises MediaError: malformed, not_https, has_password, private_host. The host that the
    account itself names may be asked whatever it is.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise MediaError("malformed") from None
    host = (parts.hostname or "").lower()
    is_strange = not url.isascii() or any(char <= " " or char == "\x7f" for char in url)
    if is_strange or not host or "\\" in url or "%" in host:
        raise MediaError("malformed")
    shown = f"[{host}]" if ":" in host else host
    is_usual = port in (None, 443 if parts.scheme == "https" else 80)
    origin = f"{parts.scheme}://{shown}" + ("" if is_usual else f":{port}")
    if parts.username is not None or parts.password is not None:
        raise MediaError("has_password")
    if origin != own_origin:
        if parts.scheme != "https":
            raise MediaError("not_https")
        if is_private_host(host.rstrip(".")):
            raise MediaError("private_host")
    return Place(origin, _path_of(parts))


def _path_of(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _fits(kind: str, content_type: str) -> bool:
    """Whether that can be what was announced."""
    if content_type in _PAGES:
        return False
    families = _FAMILIES.get(kind)
    return families is None or content_type in _UNTOLD or content_type.startswith(families)
