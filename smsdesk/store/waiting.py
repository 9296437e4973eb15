"""The rows that wait for a time: for one that a person chose, or for the end of quiet hours.

Which time that is, the caller reckons; here it is written down, guarded by the state a row must
be in. What becomes of a row when its time has come is in `message_log`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.store.errors import translated
from smsdesk.store.message_log import LET_GO
from smsdesk.store.rows import optional_moment, to_ms
from smsdesk.store.trail import Act, append

if TYPE_CHECKING:
    from smsdesk.store.database import Database
    from smsdesk.store.message_log import OnChange

LET_THROUGH = "let_through"
"""The note of a person who sends in spite of quiet hours."""
_HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True)
class PlannedTime:
    """A time that messages wait for, as it was chosen and as it was reckoned."""

    local: datetime
    zone: str
    due_at: datetime


class WaitingRoom:
    """Reads and writes what rows wait for."""

    def __init__(self, database: Database, on_change: OnChange) -> None:
        self._database = database
        self._on_change = on_change

    # A time that was chosen -----------------------------------------------------------

    def planned(self) -> list[PlannedTime]:
        """Every different time by the clock of a zone that messages wait for."""
        with translated():
            rows = self._database.connection.execute(
                "SELECT DISTINCT due_local, due_zone, due_ms FROM message "
                "WHERE state = 'scheduled' AND due_zone IS NOT NULL"
            ).fetchall()
        return [
            PlannedTime(datetime.fromisoformat(row["due_local"]), row["due_zone"], due_at)
            for row in rows
            if (due_at := optional_moment(row["due_ms"])) is not None
        ]

    def move(self, old: PlannedTime, due_at: datetime, *, at: datetime) -> int:
        """The clocks of the zone go by other rules: the same time is another moment now.

        How long a message may wait after its time stays as it was.
        """
        with self._database.transaction() as connection:
            count = connection.execute(
                "UPDATE message SET due_ms = :due, expires_ms = expires_ms + :due - due_ms, "
                "updated_ms = :now WHERE state = 'scheduled' AND due_zone = :zone "
                "AND due_local = :local AND due_ms = :old",
                {
                    "due": to_ms(due_at),
                    "now": to_ms(at),
                    "zone": old.zone,
                    "local": write_local(old.local),
                    "old": to_ms(old.due_at),
                },
            ).rowcount
        if count:
            self._on_change(None)
        return count

    def reschedule(
        self, message_id: str, to: PlannedTime, *, expires_at: datetime, at: datetime
    ) -> bool:
        """A person chooses another time for a message that waits; False when it is too late."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE message SET state = 'scheduled', held_reason = NULL, due_ms = :due, "
                "due_local = :local, due_zone = :zone, expires_ms = :expires, "
                "updated_ms = :now WHERE id = :id "
                "AND (state = 'scheduled' OR held_reason IN ('stale', 'quiet_hours'))",
                {
                    "id": message_id,
                    "due": to_ms(to.due_at),
                    "local": write_local(to.local),
                    "zone": to.zone,
                    "expires": to_ms(expires_at),
                    "now": to_ms(at),
                },
            )
            is_in_time = cursor.rowcount == 1
            if is_in_time:
                _note(connection, message_id, "rescheduled", at=at)
                append(
                    connection,
                    self._database.actor,
                    Act.RESCHEDULED,
                    {"message": message_id},
                    at=at,
                )
        if is_in_time:
            self._on_change(frozenset({message_id}))
        return is_in_time

    # Quiet hours ----------------------------------------------------------------------

    def hold_back(self, waits: Sequence[tuple[int, datetime]], *, at: datetime) -> int:
        """Put queued messages on hold, each until its recipient's quiet hours are over.

        The time for which a message may wait begins again after them.
        """
        now = to_ms(at)
        with self._database.transaction() as connection:
            moved = [
                row["id"]
                for seq, until in waits
                for row in connection.execute(
                    _HOLD_BACK, {"seq": seq, "until": to_ms(until), "now": now}
                ).fetchall()
            ]
            for message_id in moved:
                _note(connection, message_id, _HELD_BACK, at=at, who="sender")
        if moved:
            self._on_change(frozenset(moved))
        return len(moved)

    def next_end(self) -> datetime | None:
        """When the first of the messages that are held back may go."""
        with translated():
            row = self._database.connection.execute(
                "SELECT min(due_ms) AS due_ms FROM message "
                "WHERE state = 'held' AND held_reason = 'quiet_hours'"
            ).fetchone()
        return optional_moment(row["due_ms"])

    def release_ended(self, *, at: datetime) -> int:
        """Queue what was held back until now."""
        return self._release("AND due_ms <= :now", at=at)

    def release_all(self, *, at: datetime) -> int:
        """Quiet hours hold nothing back any more, or are others: queue it all, to be looked at
        again."""
        return self._release("", at=at)

    def let_through(self, message_id: str, *, at: datetime) -> bool:
        """A person sends one message in spite of quiet hours; False when it does not wait for
        their end any more."""
        return bool(self._let("id = :which", message_id, "message", at=at))

    def let_batch_through(self, batch_id: str, *, at: datetime) -> int:
        """The same for all that is held back of one Send; returns how many it was."""
        return len(self._let("batch_id = :which", batch_id, "batch", at=at))

    def may_pass(self, seqs: Collection[int]) -> set[int]:
        """Those of these messages that a person has let through."""
        with translated():
            return {
                seq
                for seq in seqs
                if self._database.connection.execute(
                    "SELECT 1 FROM audit WHERE message = ? AND what = ?", (seq, LET_THROUGH)
                ).fetchone()
            }

    def count_held_back(self, batch_id: str) -> int:
        """How many messages of one Send wait for the end of quiet hours."""
        with translated():
            row = self._database.connection.execute(
                "SELECT count(*) FROM message "
                "WHERE batch_id = ? AND held_reason = 'quiet_hours'",
                (batch_id,),
            ).fetchone()
        return int(row[0])

    def _release(self, condition: str, *, at: datetime) -> int:
        with self._database.transaction() as connection:
            count = connection.execute(
                f"UPDATE message SET {LET_GO} WHERE state = 'held' "
                f"AND held_reason = 'quiet_hours' {condition}",
                {"now": to_ms(at)},
            ).rowcount
        if count:
            self._on_change(None)
        return count

    def _let(self, condition: str, which: str, kind: str, *, at: datetime) -> list[str]:
        with self._database.transaction() as connection:
            rows = connection.execute(
                f"UPDATE message SET {LET_GO} WHERE {condition} "
                "AND held_reason = 'quiet_hours' RETURNING id",
                {"which": which, "now": to_ms(at)},
            ).fetchall()
            ids = [str(row["id"]) for row in rows]
            for message_id in ids:
                _note(connection, message_id, LET_THROUGH, at=at)
            if ids:
                append(
                    connection,
                    self._database.actor,
                    Act.LET_THROUGH,
                    {kind: which, "messages": len(ids)},
                    at=at,
                )
        if ids:
            self._on_change(frozenset(ids))
        return ids


def write_local(local: datetime) -> str:
    """A time on the wall, to the minute or the second."""
    return local.replace(tzinfo=None).isoformat(timespec="seconds")


def _note(
    connection: sqlite3.Connection,
    message_id: str,
    what: str,
    *,
    at: datetime,
    who: str = "person",
) -> None:
    connection.execute(
        "INSERT INTO audit (message, at_ms, who, what) "
        "SELECT seq, :now, :who, :what FROM message WHERE id = :id "
        "AND NOT (:who = 'sender' AND EXISTS "
        "(SELECT 1 FROM audit WHERE message = seq AND what = :what))",
        {"id": message_id, "now": to_ms(at), "who": who, "what": what},
    )


_HOLD_BACK = """
UPDATE message SET state = 'held', held_reason = 'quiet_hours', due_ms = :until,
                   expires_ms = expires_ms + :until - :now, updated_ms = :now
WHERE seq = :seq AND state = 'queued' RETURNING id
"""
