"""The scheduled messages whose time was missed by far: the computer slept, or the program was
closed. They are on hold as `stale`, and a person decides about all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.message_log import LET_GO, OnChange
from smsdesk.store.rows import from_ms, to_ms
from smsdesk.store.waiting import PlannedTime, write_local

_STALE = "state = 'held' AND held_reason = 'stale'"


@dataclass(frozen=True, slots=True)
class OverdueCount:
    """How many there are, and between which moments they should have left."""

    count: int
    first: datetime
    last: datetime


class OverdueMessage(NamedTuple):
    """As little of one as a new time needs."""

    seq: int
    to: str


class NewTime(NamedTuple):
    """The time that one of them gets."""

    seq: int
    time: PlannedTime
    expires_at: datetime


class OverdueLog:
    """Counts them, and writes what a person decides, each in one commit."""

    def __init__(self, database: Database, on_change: OnChange) -> None:
        self._database = database
        self._on_change = on_change

    def count(self) -> OverdueCount | None:
        """None when no message is overdue."""
        with translated():
            row = self._database.connection.execute(
                "SELECT count(*) AS n, min(due_ms) AS first, max(due_ms) AS last "
                f"FROM message WHERE {_STALE}"
            ).fetchone()
        if not row["n"]:
            return None
        return OverdueCount(row["n"], from_ms(row["first"]), from_ms(row["last"]))

    def all(self) -> list[OverdueMessage]:
        """Every one of them, oldest first."""
        with translated():
            rows = self._database.connection.execute(
                f"SELECT seq, recipient FROM message WHERE {_STALE} ORDER BY seq"
            ).fetchall()
        return [OverdueMessage(row["seq"], row["recipient"]) for row in rows]

    def release(self, *, at: datetime) -> int:
        """Queue all of them now; returns how many."""
        return self._decide(f"UPDATE message SET {LET_GO} WHERE {_STALE}", "sent_late", at=at)

    def cancel(self, *, at: datetime) -> int:
        """Stop all of them; returns how many."""
        return self._decide(
            "UPDATE message SET state = 'cancelled', held_reason = NULL, updated_ms = :now "
            f"WHERE {_STALE}",
            "cancelled",
            at=at,
        )

    def reschedule(self, times: Iterable[NewTime], *, at: datetime) -> int:
        """Give each of these another time; what does not wait for one any more is passed over.
        Returns how many there were."""
        moved = 0
        with self._database.transaction() as connection:
            for seq, time, expires_at in times:
                parameters = {
                    "seq": seq,
                    "due": to_ms(time.due_at),
                    "local": write_local(time.local),
                    "zone": time.zone,
                    "expires": to_ms(expires_at),
                    "now": to_ms(at),
                }
                if connection.execute(_RESCHEDULE, parameters).rowcount:
                    moved += 1
                    connection.execute(f"{_NOTE} WHERE seq = :seq", {**parameters, **_AGAIN})
        if moved:
            self._on_change(None)
        return moved

    def _decide(self, statement: str, what: str, *, at: datetime) -> int:
        parameters = {"now": to_ms(at), "what": what}
        with self._database.transaction() as connection:
            connection.execute(f"{_NOTE} WHERE {_STALE}", parameters)
            count = connection.execute(statement, parameters).rowcount
        if count:
            self._on_change(None)
        return count


_AGAIN = {"what": "rescheduled"}

_NOTE = """
INSERT INTO audit (message, at_ms, who, what) SELECT seq, :now, 'person', :what FROM message
"""

_RESCHEDULE = f"""
UPDATE message SET state = 'scheduled', held_reason = NULL, due_ms = :due, due_local = :local,
                   due_zone = :zone, expires_ms = :expires, updated_ms = :now
WHERE seq = :seq AND {_STALE}
"""
