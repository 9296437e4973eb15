"""Which messages wait for news, when to ask again, and what asking has shown so far.

It keeps the timetable of the questions; asking them is left to `delivery.reports`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.state import State
from smsdesk.store.errors import translated
from smsdesk.store.rows import from_ms, optional_moment, to_ms

if TYPE_CHECKING:
    from smsdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose outcome is not known yet."""

    seq: int
    id: str
    to: str
    state: State
    message_uuid: str | None
    client_refs: tuple[str, ...]
    lookups: int
    opened_at: datetime
    finished_at: datetime | None
    refused_at: datetime | None = None
    """When the last channel that we heard of has refused it; the next was tried then."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One question that found nothing, and how far that can be trusted."""

    at: datetime
    is_complete: bool
    control_found: bool


class LookupTable:
    """The timetable of questions, one row a waiting message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, *, at: datetime, limit: int, is_known: bool) -> list[Waiting]:
        """Messages whose next question is due, the longest overdue first.

        `is_known` ones can be asked for by their message_uuid; the others are in doubt.
        """
        with translated():
            rows = self._database.connection.execute(
                _DUE, {"now": to_ms(at), "limit": limit, "is_known": is_known}
            ).fetchall()
        return [self._waiting(row) for row in rows]

    def next_due(self) -> datetime | None:
        """When the next question is due, if any waits."""
        with translated():
            row = self._database.connection.execute(
                "SELECT min(lookup_ms) AS next FROM message WHERE lookup_ms IS NOT NULL"
            ).fetchone()
        return optional_moment(row["next"])

    def questions_left(self, at_most_each: int) -> tuple[int, int]:
        """How many messages are asked about, and how many questions may yet be put."""
        with translated():
            row = self._database.connection.execute(
                "SELECT count(*) AS open, coalesce(sum(max(1, :most - lookups)), 0) AS questions "
                "FROM message WHERE lookup_ms IS NOT NULL",
                {"most": at_most_each},
            ).fetchone()
        return int(row["open"]), int(row["questions"])

    def schedule(self, asked: Sequence[tuple[int, datetime | None]]) -> None:
        """Count one question for each message and set the time of the next, or none."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE message SET lookups = lookups + 1, lookup_ms = ? "
                "WHERE seq = ? AND lookup_ms IS NOT NULL",
                [(None if at is None else to_ms(at), seq) for seq, at in asked],
            )

    def ask_now(self, message_id: str, *, at: datetime) -> bool:
        """Make the next question about a message in doubt due; False when it is no doubt.

        It takes its turn with what is due anyway, so that the pace is kept.
        """
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE message SET lookup_ms = ? WHERE id = ? AND state = 'unknown'",
                (to_ms(at), message_id),
            )
        return cursor.rowcount == 1

    def start(self, *, at: datetime) -> None:
        """Give a first question to accepted and unknown messages that never had one.

        Messages accepted while no one could ask (no API secret) catch up by this.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE message SET lookup_ms = ? WHERE lookup_ms IS NULL AND lookups = 0 "
                "AND state IN ('accepted', 'submitted', 'unknown')",
                (to_ms(at),),
            )

    def note_empty(
        self, seq: int, *, at: datetime, is_complete: bool, control_found: bool
    ) -> None:
        """Remember a question that did not find the message."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO lookup (message, at_ms, is_complete, control_found) "
                "VALUES (?, ?, ?, ?)",
                (seq, to_ms(at), int(is_complete), int(control_found)),
            )

    def empty_lookups(self, message_id: str) -> list[Lookup]:
        """The questions that did not find this message, oldest first."""
        with translated():
            rows = self._database.connection.execute(
                "SELECT at_ms, is_complete, control_found FROM lookup "
                "JOIN message ON message.seq = lookup.message WHERE message.id = ? "
                "ORDER BY lookup.id",
                (message_id,),
            ).fetchall()
        return [
            Lookup(from_ms(row["at_ms"]), bool(row["is_complete"]), bool(row["control_found"]))
            for row in rows
        ]

    def accepted_between(self, start: datetime, end: datetime) -> list[str]:
        """Some ids surely accepted in the window: the control of an empty answer."""
        with translated():
            rows = self._database.connection.execute(
                _ACCEPTED_BETWEEN, {"start": to_ms(start), "end": to_ms(end)}
            ).fetchall()
        return [row["message_uuid"] for row in rows]

    def _waiting(self, row: sqlite3.Row) -> Waiting:
        refs = self._database.connection.execute(
            "SELECT client_ref FROM attempt WHERE message = ? ORDER BY n", (row["seq"],)
        ).fetchall()
        return Waiting(
            seq=row["seq"],
            id=row["id"],
            to=row["asked_recipient"],
            state=State(row["state"]),
            message_uuid=row["asked_uuid"],
            client_refs=tuple(ref["client_ref"] for ref in refs),
            lookups=row["lookups"],
            opened_at=from_ms(row["opened_ms"] or row["updated_ms"]),
            finished_at=optional_moment(row["finished_ms"]),
            refused_at=optional_moment(row["refused_ms"]),
        )


# Of several channels the one is asked about that is being tried now. When the last that we
# heard of has failed, the id of the next is not known yet: it is found by its recipient and our
# reference.
_ASKED_UUID = """
CASE message.legs WHEN 0 THEN message.message_uuid ELSE (
    SELECT message_uuid FROM leg WHERE leg.message = message.seq AND message_uuid IS NOT NULL
    AND state NOT IN ('rejected', 'undeliverable') ORDER BY n DESC LIMIT 1) END
"""
_ASKED_RECIPIENT = """
CASE message.legs WHEN 0 THEN message.recipient ELSE coalesce((
    SELECT recipient FROM leg WHERE leg.message = message.seq
    AND coalesce(state, '') NOT IN ('rejected', 'undeliverable') ORDER BY n LIMIT 1),
    message.recipient) END
"""

_REFUSED = """
CASE message.legs WHEN 0 THEN NULL ELSE (
    SELECT max(coalesce(status_ms, updated_ms)) FROM leg WHERE leg.message = message.seq
    AND state IN ('rejected', 'undeliverable')) END
"""

_DUE = f"""
SELECT message.seq, message.id, {_ASKED_RECIPIENT} AS asked_recipient, message.state,
       {_ASKED_UUID} AS asked_uuid, {_REFUSED} AS refused_ms,
       message.lookups, message.updated_ms, attempt.opened_ms, attempt.finished_ms
FROM message
LEFT JOIN attempt ON attempt.message = message.seq AND attempt.n = message.attempts
WHERE message.lookup_ms <= :now AND (asked_uuid IS NOT NULL) = :is_known
ORDER BY message.lookup_ms LIMIT :limit
"""

_ACCEPTED_BETWEEN = """
SELECT message_uuid FROM attempt
WHERE outcome = 'accepted' AND opened_ms BETWEEN :start AND :end AND message_uuid IS NOT NULL
LIMIT 20
"""
