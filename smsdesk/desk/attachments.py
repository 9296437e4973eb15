"""Saving what somebody has sent along: by what name, from whose host, whole or not at all.

Nothing is fetched before a person has asked for it, and nothing is opened at all. Which addresses
may be asked is known to `vonage.media`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from unicodedata import category, normalize
from urllib.parse import urlsplit

from smsdesk.desk.account import Account, AccountError
from smsdesk.desk.answers import cause_of
from smsdesk.desk.sheets.writing import whole_file
from smsdesk.sms.channels.received import Attachment
from smsdesk.vonage.errors import CredentialsError, MediaError, TransportError
from smsdesk.vonage.media import LARGEST_FILE, MediaFetch, check_address

__all__ = ["LARGEST_FILE", "Attachments", "NotSavedError", "Offer", "Saving"]

_LONGEST_NAME, _LONGEST_ENDING = 80, 12
_WITHIN = frozenset(" ._-()+,")
"""What a name may have besides letters and digits."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", "clock$"})
"""Names that Windows takes for a device, whatever their ending."""
_PORTS = frozenset("123456789")
_PROGRAMS = frozenset(
    f".{ending}"
    for ending in (
        *("app", "apk", "appimage", "bat", "chm", "cmd", "com", "cpl", "deb", "desktop"),
        *("dmg", "docm", "exe", "hta", "htm", "html", "iso", "jar", "js", "jse", "lnk"),
        *("msi", "pif", "pkg", "ps1", "py", "reg", "rpm", "run", "scr", "sh", "svg", "url"),
        *("vbe", "vbs", "wsf", "xlsm"),
    )
)
"""What may act by itself when it is opened."""
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "audio/aac": ".aac",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "application/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "video/3gpp": ".3gp",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
"""For a name that has none. Another system's own table might say something else."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be told of a thing before anybody is asked for it."""

    host: str
    name: str
    """What its sender has called it, as far as a file may be called that; "" for nothing."""
    ending: str
    """How it ends where it has no name, if its address tells; "" if that is to be seen."""
    is_program: bool
    """It may act by itself when it is opened."""
    problem: str = ""
    """Why it is not to be fetched, as a code of `vonage.media`; "" if it may be."""


class NotSavedError(Exception):
    """Nothing was saved. Codes: those of `vonage.media.MediaFetch`; transport, with our word for
    the cause; account."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".rstrip())
        self.code = code
        self.detail = detail


class Attachments:
    """What is done with what came along. `on_saved` is told the id of the message, the kind of
    the thing and its bytes."""

    def __init__(self, account: Account, *, on_saved: Callable[[str, str, int], None]) -> None:
        self._account = account
        self._on_saved = on_saved

    def look(self, attachment: Attachment) -> Offer:
        """From whom it is fetched and what it may be called. Quick; nothing is asked."""
        name = harmless_name(attachment.name)
        own = self._account.own_origin()
        try:
            check_address(attachment.url, own_origin=own)
            problem = ""
        except MediaError as error:
            problem = error.code
        host, ending = _host_and_ending(attachment.url)
        return Offer(host, name, ending, is_program(name), problem)

    def saving(self, message_id: str, attachment: Attachment) -> Saving:
        """What a person has asked to be saved; nothing is asked of the network yet."""

        def note(size: int) -> None:
            self._on_saved(message_id, attachment.kind, size)

        return Saving(self._account, attachment, on_saved=note)


class Saving:
    """One thing on its way into a file. `save` is called once, on a thread that may wait;
    `cancel` from any."""

    def __init__(
        self, account: Account, attachment: Attachment, *, on_saved: Callable[[int], None]
    ) -> None:
        self._account = account
        self._attachment = attachment
        self._on_saved = on_saved
        self._guard = threading.Lock()
        self._fetch: MediaFetch | None = None
        self._is_cancelled = False

    def save(
        self,
        path: Path,
        *,
        may_replace: bool = False,
        tell: Callable[[int, int | None], None] = lambda _done, _of: None,
    ) -> Path:
        """Fetch it into this file, which is there whole or not at all; returns its path.

        A name without an ending gets that of what comes. `tell` hears how many bytes have come,
        and of how many if that is known. Raises NotSavedError and SheetError.
        """
        try:
            with self._begin().opened() as coming:
                path = with_ending(path, coming.content_type)
                size = 0
                with whole_file(path, may_replace=may_replace) as file:
                    for piece in coming.pieces:
                        file.write(piece)
                        size += len(piece)
                        tell(size, coming.length)
        except MediaError as error:
            detail = str(error.status) if error.status else ""
            raise NotSavedError(error.code, detail) from None
        except TransportError as error:
            code = "private_host" if error.reason == "private" else "transport"
            raise NotSavedError(code, cause_of(error)) from None
        except (AccountError, CredentialsError) as error:
            raise NotSavedError("account", error.code) from None
        self._on_saved(size)
        return path

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        with self._guard:
            self._is_cancelled = True
            fetch = self._fetch
        if fetch is not None:
            fetch.cancel()

    def _begin(self) -> MediaFetch:
        fetch = self._account.fetch_media(self._attachment.url, self._attachment.kind)
        with self._guard:
            self._fetch = fetch
            is_cancelled = self._is_cancelled
        if is_cancelled:
            fetch.cancel()
        return fetch


def harmless_name(told: str) -> str:
    """A name that a stranger has given, as it may stand in a folder of any system: no folders,
    nothing hidden, nothing that is taken for something else. "" where nothing is left of it."""
    last = PureWindowsPath(told.replace("/", "\\")).name  # it knows both kinds of slashes
    kept = "".join(_harmless(char) for char in normalize("NFC", last))
    name = " ".join(kept.split()).strip(". ")
    suffix = PurePosixPath(name).suffix
    suffix = suffix if len(suffix) <= _LONGEST_ENDING else ""
    stem = name.removesuffix(suffix)[:_LONGEST_NAME].rstrip(". ")
    first = stem.partition(".")[0].strip().casefold()
    if first in _DEVICES or (first[:3] in ("com", "lpt") and first[3:] in _PORTS):
        stem = f"_{stem}"
    return f"{stem}{suffix}" if stem.strip("_-.() ") else ""


def is_program(name: str) -> bool:
    """Whether a file of that name may act by itself when it is opened."""
    return PurePosixPath(name).suffix.lower() in _PROGRAMS


def with_ending(path: Path, content_type: str) -> Path:
    """The path with the ending of what comes, unless it has one already."""
    if path.suffix:
        return path
    return path.with_name(path.name + _ENDINGS.get(content_type, ""))


def _host_and_ending(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        ending = PurePosixPath(parts.path).suffix.lower()
        return parts.hostname or "", ending if ending in _ENDINGS.values() else ""
    except ValueError:
        return "", ""


def _harmless(char: str) -> str:
    """A character of a name, or what stands in its place: nothing for one that is not seen, such
    as those that turn the direction of writing."""
    kind = category(char)
    if char.isspace():
        return " "
    if kind.startswith("C"):
        return ""
    return char if kind[0] in "LNM" or char in _WITHIN else "_"
