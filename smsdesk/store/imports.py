"""Which files have been sent to before, as long as the log remembers their batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.rows import from_ms


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """One time that a file was sent to."""

    batch_id: str
    at: datetime
    size: int
    """How many messages it came to."""
    name: str


class Imports:
    """Looks a file up by its digest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, source_sha256: str, *, limit: int = 10) -> list[EarlierImport]:
        """The batches that were made from these very bytes, the last one first."""
        with translated():
            rows = self._database.connection.execute(
                "SELECT id, created_ms, size, name FROM batch WHERE source_sha256 = ? "
                "ORDER BY created_ms DESC, id DESC LIMIT ?",
                (source_sha256, limit),
            ).fetchall()
        return [
            EarlierImport(row["id"], from_ms(row["created_ms"]), row["size"], row["name"] or "")
            for row in rows
        ]
