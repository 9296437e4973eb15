"""The log counted for the overview: what became of the messages of a period, and their cost.

It adds up and keeps nothing. What the sums mean, and which of them may be told, is the desk's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smsdesk.sms.state import State
from smsdesk.sms.suppression import ALL_SENDERS, SuppressionReason
from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.history_filter import places_between
from smsdesk.store.rows import from_ms, to_ms

QUARTER_MS = 15 * 60 * 1000
"""Days begin, and clocks change, at a quarter of an hour of UTC in every zone in use."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are counted: those written from `since` on and before `until`."""

    since: datetime
    until: datetime
    sender: str | None = None
    """A sender of ours; None for all."""


@dataclass(frozen=True, slots=True)
class Written:
    """So many messages of a quarter of an hour are in the same state."""

    quarter: int
    """Quarters of an hour since 1970 UTC."""
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Sent:
    """So many messages of one sender are in the same state and cost the same."""

    sender: str
    state: State
    currency: str
    price: str | None
    """A decimal as it came; None while nobody has said."""
    count: int


@dataclass(frozen=True, slots=True)
class Reached:
    """So many messages to numbers that begin alike cost the same."""

    example: str
    """One of the numbers."""
    prefix: str
    currency: str
    price: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Failed:
    """So many messages failed for the same reason."""

    state: State
    code: str | None
    title: str
    """As Vonage gave it to one of them."""
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in one stretch of the log."""

    written: Sequence[Written]
    sent: Sequence[Sent]
    """Of all senders, whichever is wanted."""
    reached: Sequence[Reached]
    failed: Sequence[Failed]
    seconds: Mapping[int, int]
    """How many were delivered after so many whole seconds."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    """When somebody on the suppression list came onto it, and why."""

    at: datetime
    reason: SuppressionReason


class OverviewCounts:
    """Counts a period, a stretch of the log at a time, so that it can be told how far it is and
    be given up; each stretch is read in tenths of a second, and no writer waits for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def span(self, wanted: Wanted) -> tuple[int, int] | None:
        """The first and the last place in the log with a message of the period, if there is one.

        A clock that was wrong once only makes the span longer than it need be.
        """
        with translated():
            connection = self._database.connection
            low, high = places_between(connection, wanted.since, wanted.until)
        (row,) = self._rows(_SPAN, _parameters(wanted) | {"low": low, "high": high})
        return None if row["first"] is None else (row["first"], row["last"])

    def count(self, wanted: Wanted, *, first: int, last: int) -> Counts:
        """The messages of the period in a stretch of the log, both ends included."""
        asked = {**_parameters(wanted), "first": first, "last": last}
        return Counts(
            written=[
                Written(row["quarter"], State(row["state"]), row["n"])
                for row in self._rows(_WRITTEN, asked | {"quarter_ms": QUARTER_MS})
            ],
            sent=[
                Sent(
                    row["sender"],
                    State(row["state"]),
                    row["currency"] or "",
                    row["price"],
                    row["n"],
                )
                for row in self._rows(_SENT, asked)
            ],
            reached=[
                Reached(
                    row["example"],
                    row["prefix"],
                    row["currency"] or "",
                    row["price"],
                    row["n"],
                )
                for row in self._rows(_REACHED, asked)
            ],
            failed=[
                Failed(State(row["state"]), row["failure_code"], row["title"] or "", row["n"])
                for row in self._rows(_FAILED, asked)
            ],
            seconds={row["seconds"]: row["n"] for row in self._rows(_SECONDS, asked)},
        )

    def opted_out(self, wanted: Wanted) -> Iterator[OptedOut]:
        """Who is on the suppression list since the period: for the sender wanted, or for all."""
        for row in self._rows(_OPTED_OUT, {**_parameters(wanted), "all": ALL_SENDERS}):
            yield OptedOut(from_ms(row["since_ms"]), SuppressionReason(row["reason"]))

    def begins(self) -> datetime | None:
        """When the oldest message that is still in the log was written."""
        rows = self._rows("SELECT created_ms FROM message ORDER BY seq LIMIT 1", {})
        return from_ms(rows[0]["created_ms"]) if rows else None

    def _rows(self, query: str, parameters: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def _parameters(wanted: Wanted) -> dict[str, object]:
    return {
        "since": to_ms(wanted.since),
        "until": to_ms(wanted.until),
        "sender": wanted.sender,
    }


_SPAN = """
SELECT min(seq) AS first, max(seq) AS last FROM message
WHERE seq BETWEEN :low AND :high AND +created_ms >= :since AND +created_ms < :until
"""

# The pluses, here and below, keep SQLite to the order of the table, in which a stretch lies in
# one piece.
_STRETCH = "seq BETWEEN :first AND :last AND +created_ms >= :since AND +created_ms < :until"
_OURS = f"{_STRETCH} AND direction = 'outbound' AND (:sender IS NULL OR sender = :sender)"

_WRITTEN = f"""
SELECT created_ms / :quarter_ms AS quarter, state, count(*) AS n FROM message
WHERE {_STRETCH} AND (:sender IS NULL OR :sender =
      CASE direction WHEN 'inbound' THEN recipient ELSE sender END)
GROUP BY quarter, state
"""

_SENT = f"""
SELECT sender, state, currency, price, count(*) AS n FROM message
WHERE {_STRETCH} AND direction = 'outbound' GROUP BY sender, state, currency, price
"""

# The country of a number is known from its first seven digits at most, and in North America,
# where every exchange would make a group of its own, from the area code.
_REACHED = f"""
SELECT substr(recipient, 1, CASE substr(recipient, 2, 1) WHEN '1' THEN 5 ELSE 8 END) AS prefix,
       max(recipient) AS example, currency, price, count(*) AS n FROM message
WHERE {_OURS} GROUP BY prefix, currency, price
"""

_FAILED = f"""
SELECT state, failure_code, max(failure_title) AS title, count(*) AS n FROM message
WHERE {_OURS} AND +state IN ('undeliverable', 'rejected', 'failed')
GROUP BY state, failure_code
"""

# From when it left here to when, by the carrier's account, it arrived. A message that was read
# has told when that was, and not when it arrived.
_SECONDS = f"""
SELECT (status_ms - (SELECT opened_ms FROM attempt
                     WHERE attempt.message = message.seq AND outcome = 'accepted'
                     ORDER BY n DESC LIMIT 1)) / 1000 AS seconds, count(*) AS n
FROM message WHERE {_OURS} AND +state = 'delivered' AND status_ms IS NOT NULL
GROUP BY seconds HAVING seconds IS NOT NULL
"""

_OPTED_OUT = """
SELECT since_ms, reason FROM suppression
WHERE since_ms >= :since AND since_ms < :until
  AND (:sender IS NULL OR sender IN (:sender, :all))
"""
