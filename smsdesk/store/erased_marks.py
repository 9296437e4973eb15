"""What Vonage may still send about messages that were erased: known by digests of their ids, so
that a late receipt or a repeated reply does not bring a person back. `retention` forgets them when
nothing can come any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from smsdesk.store.rows import to_ms


def mark_erased(connection: sqlite3.Connection, ids: Iterable[str], *, at: datetime) -> None:
    """Know these ids of Vonage's or ours again, inside the caller's transaction."""
    connection.executemany(
        "INSERT OR IGNORE INTO erased_mark VALUES (?, ?)",
        [(_digest(one), to_ms(at)) for one in ids],
    )


def is_erased(connection: sqlite3.Connection, *ids: str | None) -> bool:
    """Whether one of these ids belonged to a message that was erased."""
    return any(
        connection.execute(
            "SELECT 1 FROM erased_mark WHERE digest = ?", (_digest(one),)
        ).fetchone()
        is not None
        for one in ids
        if one is not None
    )


def _digest(value: str) -> str:
    """The ids are random, so nobody finds one by its digest."""
    import hashlib  # start-up time: OpenSSL comes with it

    return hashlib.sha256(value.encode()).hexdigest()
