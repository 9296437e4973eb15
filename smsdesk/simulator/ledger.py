"""The ledger: one entry for every fully received request, written before it is answered.

It is the judge of what really reached "Vonage"; whoever is judged by it never writes here.
"""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smsdesk.simulator.wire import Request


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One received request. `body` stays in memory; the file holds its SHA-256 only."""

    at: str
    method: str
    path: str
    query: str
    connection: int
    body_sha256: str
    to: str | None
    client_ref: str | None
    channel: str | None
    application_id: str | None
    message_uuid: str | None
    answer_plan: str
    status: int | None
    """What was answered, or None when there was no answer at all."""
    body: bytes

    def to_json(self) -> dict[str, object]:
        """The line of the file, without the body and without what is None."""
        names = (name for name in self.__slots__ if name != "body")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class Ledger:
    """An append-only list, kept in memory and, where a path is given, as JSON lines."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: int | None = None
        self._entries: list[LedgerEntry] = []
        self._news = threading.Condition()

    def open(self) -> None:
        """Open the file, keeping what is in it. Raises OSError."""
        if self._path is not None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._file = os.open(self._path, flags, 0o600)

    def append(
        self,
        request: Request,
        *,
        now: float,
        answer_plan: str,
        status: int | None,
        application_id: str | None,
        message_uuid: str | None,
    ) -> None:
        """Write one entry. The line is with the operating system when this returns."""
        about = (request.json_object() if request.body else None) or {}
        entry = LedgerEntry(
            at=datetime.fromtimestamp(now, UTC).isoformat(timespec="microseconds"),
            method=request.method,
            path=request.path,
            query=request.target.partition("?")[2],
            connection=request.connection,
            body_sha256=hashlib.sha256(request.body).hexdigest(),
            to=_text(about.get("to")),
            client_ref=_text(about.get("client_ref")),
            channel=_text(about.get("channel")),
            application_id=application_id,
            message_uuid=message_uuid,
            answer_plan=answer_plan,
            status=status,
            body=request.body,
        )
        line = json.dumps(entry.to_json(), separators=(",", ":")).encode() + b"\n"
        with self._news:
            if self._file is not None:
                os.write(self._file, line)
            self._entries.append(entry)
            self._news.notify_all()

    @property
    def entries(self) -> list[LedgerEntry]:
        """A copy, oldest first."""
        with self._news:
            return list(self._entries)

    def wait_for(self, count: int, *, timeout_s: float, path: str = "") -> bool:
        """Wait until at least `count` requests to paths that begin with `path` were entered."""
        looked_at = found = 0

        def are_there() -> bool:
            nonlocal looked_at, found
            found += sum(entry.path.startswith(path) for entry in self._entries[looked_at:])
            looked_at = len(self._entries)
            return found >= count

        with self._news:
            return self._news.wait_for(are_there, timeout_s)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
