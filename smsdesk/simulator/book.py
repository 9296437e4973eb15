"""Every message the simulator knows, in memory and, where a path is given, on disk.

What happens to a message is decided by `carrier`; how it is shown, by `reports`.
"""

import contextlib
import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path

from smsdesk.simulator.wire import Json

FINAL = frozenset({"delivered", "read", "undeliverable", "rejected"})


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One message, either way. Numbers are digits; times are seconds since the epoch."""

    message_uuid: str
    direction: str
    channel: str
    to: str
    sender: str
    text: str
    parts: int
    received_at: float
    status: str = "accepted"
    error_code: str | None = None
    client_ref: str | None = None
    application_id: str | None = None
    webhook_url: str | None = None
    finalized_at: float | None = None
    price: str = "0.0000"
    """What it costs in all; charged once it is submitted."""
    is_charged: bool = False
    outcome: str = "delivered"
    entity_id: str | None = None
    content_id: str | None = None
    message_type: str = "text"
    workflow_id: str | None = None
    """Set for one of several channels that are tried in turn."""
    workflow_item: int = 1
    workflow_items: int = 1
    others: tuple[Json, ...] = ()
    """The submissions that are tried when this one is refused, field by field."""
    in_reply_to: str | None = None
    """The message that an inbound one answers."""

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


class MessageBook:
    """The newest version of each message, by message_uuid. Thread-safe.

    On disk each version is one JSON line, appended; reading takes the last line of each id.
    A last line that a crash cut short is dropped, and one of another version passed over.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._news = threading.Condition()
        self._records: dict[str, MessageRecord] = {}
        self._spent = Decimal(0)
        self._path = path
        self._file: int | None = None

    def open(self) -> None:
        """Read what the file holds and go on writing at its end. Raises OSError."""
        if self._path is not None:
            self._load(self._path)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._file = os.open(self._path, flags, 0o600)

    def add(self, record: MessageRecord) -> None:
        with self._news:
            self._keep(record)

    def change(
        self, message_uuid: str, act: Callable[[MessageRecord], MessageRecord]
    ) -> tuple[MessageRecord, MessageRecord]:
        """Replace a record by what `act` makes of it; returns it as it was and as it is."""
        with self._news:
            old = self._records[message_uuid]
            new = act(old)
            if new != old:
                self._keep(new)
            return old, new

    def find(self, message_uuid: str) -> MessageRecord | None:
        return self._records.get(message_uuid)

    @property
    def records(self) -> list[MessageRecord]:
        """A copy of all, oldest first."""
        with self._news:
            return list(self._records.values())

    @property
    def spent(self) -> Decimal:
        """What all charged messages cost together."""
        return self._spent

    def wait_for(
        self, holds: Callable[[list[MessageRecord]], bool], *, timeout_s: float
    ) -> bool:
        """Wait until `holds` says so of all records; it is asked after every change."""
        with self._news:
            return self._news.wait_for(lambda: holds(list(self._records.values())), timeout_s)

    def close(self) -> None:
        with self._news:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _keep(self, record: MessageRecord) -> None:
        self._remember(record)
        self._news.notify_all()
        if self._file is not None:
            line = json.dumps(asdict(record), separators=(",", ":"))
            os.write(self._file, line.encode() + b"\n")

    def _load(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return
        whole, newline, _cut = content.rpartition(b"\n")
        os.truncate(path, len(whole) + len(newline))
        for line in whole.splitlines():
            with contextlib.suppress(ValueError, TypeError):
                self._remember(MessageRecord(**json.loads(line)))

    def _remember(self, record: MessageRecord) -> None:
        old = self._records.get(record.message_uuid)
        if record.is_charged and not (old and old.is_charged):
            self._spent += Decimal(record.price)
        self._records[record.message_uuid] = record


def settle(record: MessageRecord, status: str, *, code: str | None, at: float) -> MessageRecord:
    """The record after a status. What is final stays as it is.

    Vonage charges for a message when it becomes submitted.
    """
    if status in ("submitted", "delivered"):
        record = replace(record, is_charged=True)
    if record.is_final and not (record.status == "delivered" and status == "read"):
        return record
    finalized_at = at if status in FINAL else None
    return replace(record, status=status, error_code=code, finalized_at=finalized_at)
