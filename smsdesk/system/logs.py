"""Knows how the log is written: to a small private file, with secrets and numbers masked.

What is worth a line is left to the rooms, which log row ids and never a number, a text or a
key; the masks here are the second fence, for what a library or an exception says.
"""

import base64
import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, quote_plus

FILE_NAME = "smsdesk.log"
LARGEST_BYTES = 1_000_000
FILES = 5

HIDDEN = "[hidden]"
SHORTEST_SECRET = 4

_OURS = "smsdesk"


class Logs:
    """The open log. Made by open_logs; one at a time."""

    def __init__(self, file: logging.Handler, redactor: "Redactor") -> None:
        self._file = file
        self._redactor = redactor

    def add_secret(self, value: str) -> None:
        """From now on `value` is masked wherever it would be written."""
        self._redactor.add(value)

    def redact(self, text: str) -> str:
        """The text as it would be written, for whatever else leaves the program."""
        return self._redactor.redact(text)

    def close(self) -> None:
        """Writes no more."""
        logging.getLogger().removeHandler(self._file)
        logging.getLogger(_OURS).setLevel(logging.NOTSET)
        self._file.close()


def open_logs(folder: Path, *, secrets: Iterable[str] = ()) -> Logs:
    """Opens the log in `folder`: five files of 1 MB, readable by this user only.

    From then on our own loggers write from INFO up, those of libraries from WARNING up.
    Raises OSError when the file cannot be opened.
    """
    redactor = Redactor(secrets)
    file = _PrivateFile(
        folder / FILE_NAME,
        maxBytes=LARGEST_BYTES,
        backupCount=FILES - 1,
        encoding="utf-8",
        errors="backslashreplace",
    )
    file.setFormatter(_RedactingFormatter(redactor))
    file.addFilter(_is_worth_a_line)
    logging.getLogger().addHandler(file)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    return Logs(file, redactor)


def log_uncaught(on_uncaught: Callable[[BaseException], None]) -> Callable[[], None]:
    """Logs every exception that nobody caught, on any thread, and then tells `on_uncaught`.

    Nothing is printed, since a message may quote a secret and standard error is not redacted.
    Returns a function that puts the former hooks back.
    """
    former = sys.excepthook, threading.excepthook, sys.unraisablehook
    logger = logging.getLogger(_OURS)

    def report(error: BaseException, place: str) -> None:
        logger.critical("uncaught in %s", place, exc_info=error)
        on_uncaught(error)

    def in_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error, "the main thread")

    def in_thread(facts: threading.ExceptHookArgs) -> None:
        if facts.exc_value is not None and not isinstance(facts.exc_value, SystemExit):
            report(facts.exc_value, facts.thread.name if facts.thread else "a thread")

    def in_nowhere(facts: "sys.UnraisableHookArgs") -> None:
        if facts.exc_value is not None:
            report(facts.exc_value, "a place that cannot raise")

    def put_back() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = former

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_main, in_thread, in_nowhere
    return put_back


def keep_secrets_out_of_dumps() -> None:
    """Tells the system to write no core file if the program crashes: memory holds the key."""
    if sys.platform != "win32":
        import resource  # there is none on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Redactor:
    """Masks what must not be read by others: the secrets it was told, by value, and whatever
    has the form of one. Of a number the last two digits stay, to tell it from another."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._guard = threading.Lock()
        self._spellings: set[str] = set()
        self._by_value: re.Pattern[str] | None = None
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Also masks the spellings that a URL, JSON, Python or Base64 give to `secret`.

        Shorter than four characters it would be found in every other word, and is not masked.
        """
        if len(secret) < SHORTEST_SECRET:
            return
        with self._guard:
            self._spellings |= _spellings(secret)
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._by_value = re.compile("|".join(map(re.escape, longest_first)))

    def redact(self, text: str) -> str:
        """The text with everything masked, and lines after the first set in, so that no text
        from outside can pass for a line of the log."""
        if self._by_value is not None:
            text = self._by_value.sub(HIDDEN, text)
        for pattern in _FORMS:
            text = pattern.sub(_hide, text)
        text = _NUMBER.sub(_mask_number, text)
        return _CONTROL.sub("?", text).replace("\n", "\n    ")


# What stands before the secret, in the group, may stay.
_FORMS = (
    # a PEM block, also one whose line ends are spelled \n, and one that was cut
    re.compile(r"()-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|\Z)", re.DOTALL),
    # a JWT: two or three parts of base64url, the first of which is JSON ("{" gives "e")
    re.compile(r"()\be[wy][\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"),
    re.compile(r"(authorization['\"]?\s*[:=,]\s*)[^\r\n]+", re.IGNORECASE),
    re.compile(r"(\b(?:bearer|basic)\s+)[^\s'\",]+", re.IGNORECASE),
    re.compile(
        r"(\b(?:api_secret|password|passphrase|secret|sig|token)=)[^\s&]+", re.IGNORECASE
    ),
    re.compile(r"(://)[^\s/@]+(?=@)"),
)

# An id may hold a long run of digits and must stay whole; else seven digits in a run, or a
# number as people write it, with + or 0 in front.
_NUMBER = re.compile(
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"
    r"|(?P<number>\+?\d{7,}|(?<![\w.:-])[+0](?:[ \xa0().-]{0,2}\d){7,})",
    re.IGNORECASE,
)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def _hide(found: re.Match[str]) -> str:
    return found[1] + HIDDEN


def _mask_number(found: re.Match[str]) -> str:
    return "…" + found[0][-2:] if found["number"] else found[0]


def _spellings(secret: str) -> set[str]:
    raw = secret.encode("utf-8", "surrogatepass")
    return {
        secret,
        quote(raw),
        quote(raw, safe=""),
        quote_plus(raw),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
        base64.b64encode(raw).decode("ascii").rstrip("="),
    }


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    is_ours = record.name == _OURS or record.name.startswith(_OURS + ".")
    return is_ours or record.levelno >= logging.WARNING


class _RedactingFormatter(logging.Formatter):
    """Redacts the whole entry, traceback included; a traceback here never shows locals."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
        self.converter = time.gmtime
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.redact(super().format(record))


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only this user can read."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        descriptor = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Says nothing: the default prints the entry, unmasked, and a full disk is no reason
        to stop sending."""
