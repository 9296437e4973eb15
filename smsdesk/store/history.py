"""History is a view of the log: pages, counts and the story of one message.

Every query is ordered by key, so that a page costs the same at any depth of a log of any
length. It writes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from smsdesk.sms.message import LONGEST_UNDO, MessageEvent
from smsdesk.sms.search import parse_search
from smsdesk.sms.state import State
from smsdesk.store.errors import translated
from smsdesk.store.history_filter import Extent, HistoryFilter, Query, places_between
from smsdesk.store.legs import legs_of
from smsdesk.store.message_log import find_by_id
from smsdesk.store.rows import MESSAGE_COLUMNS, from_ms, optional_moment, read_message
from smsdesk.store.search import Finder

if TYPE_CHECKING:
    from smsdesk.sms.message import Message
    from smsdesk.sms.search import Search
    from smsdesk.store.database import Database
    from smsdesk.store.legs import LegNews

__all__ = ["Attempt", "Extent", "HistoryFilter", "HistoryView", "Receipt", "Turn"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try on the wire."""

    n: int
    client_ref: str
    opened_at: datetime
    finished_at: datetime | None
    outcome: str | None
    http_status: int | None
    error_type: str | None
    message_uuid: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a webhook or a report said of one message."""

    id: int
    at: datetime
    """When we heard it."""
    provider_at: datetime | None
    """The time that it gives itself."""
    source: str
    """"webhook" or "report"."""
    status: str
    message_uuid: str | None
    error_code: str | None
    error_title: str | None
    error_detail: str | None
    raw: str
    """As it came; "" once it has been removed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that has come to a state, told as briefly as can be."""

    id: str
    seq: int
    state: State
    at: datetime
    """When it came to it."""
    other: str
    """Whom it went to, or who wrote it."""
    unknown_reason: str | None


_AT_ONCE = 500
"""Ids asked for in one statement; old SQLite takes 999 parameters."""

_LAST_NETWORK = """
    SELECT network FROM (
        SELECT seq, network FROM message WHERE recipient = ? ORDER BY seq DESC LIMIT 20
    ) WHERE network IS NOT NULL ORDER BY seq DESC LIMIT 1
"""


class HistoryView:
    """Reads the log for people and scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int = 100,
    ) -> list[Message]:
        """The newest messages that fit, or those next to a place; newest first in any case.

        With `before_seq` they are the next older ones, with `after_seq` the next newer ones:
        of many messages newer than a place, those nearest to it. With both, the newest between.
        """
        is_rising = after_seq is not None and before_seq is None
        found = self._walk(
            which, before_seq=before_seq, after_seq=after_seq, limit=limit, is_rising=is_rising
        )
        return [read_message(row) for row in found]

    def keys(
        self,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int,
    ) -> list[int]:
        """The places of the newest messages that fit, between two others if they are given;
        newest first. Nothing else is read of them."""
        search = parse_search(which.search)
        with translated():
            if search.terms:
                found = self._search(which, search, before_seq=before_seq, after_seq=after_seq)
                return list(islice(found, limit))
            connection = self._database.connection
            query = Query.of(connection, which, before_seq=before_seq, after_seq=after_seq)
            rows = connection.execute(
                query.page(is_rising=False, columns="seq"),
                {**query.parameters, "limit": limit},
            ).fetchall()
        return [row["seq"] for row in rows]

    def size(self) -> int:
        """How many messages the log holds; an index is walked through for it."""
        return int(self._rows("SELECT count(*) AS n FROM message", {})[0]["n"])

    def count_fitting(self, which: HistoryFilter, *, at_most: int) -> int:
        """How many messages fit; counting stops at `at_most`."""
        search = parse_search(which.search)
        with translated():
            if search.terms:
                return sum(1 for _ in islice(self._search(which, search), at_most))
            query = Query.of(self._database.connection, which)
            row = self._database.connection.execute(
                query.counting(), {**query.parameters, "limit": at_most}
            ).fetchone()
        return int(row[0])

    def extent(self, which: HistoryFilter) -> Extent | None:
        """From where to where the messages that fit go; None where none does."""
        newest = self._walk(which, limit=1)
        if not newest:
            return None
        (oldest,) = self._walk(which, after_seq=0, limit=1, is_rising=True) or newest
        return Extent(
            oldest["seq"],
            from_ms(oldest["created_ms"]),
            newest[0]["seq"],
            from_ms(newest[0]["created_ms"]),
        )

    def first_seq_at(self, which: HistoryFilter, moment: datetime) -> int | None:
        """The place where the fitting messages from `moment` on begin: that of the first one;
        None where all are older."""
        since = moment if which.since is None else max(moment, which.since)
        found = self._walk(replace(which, since=since), after_seq=0, limit=1, is_rising=True)
        return found[0]["seq"] if found else None

    def senders(self) -> list[str]:
        """Who messages have gone out as, and our numbers that replies have come to; sorted."""
        return sorted({row["name"] for row in self._rows(_SENDERS, {})})

    def failures(self) -> list[str]:
        """The codes with which messages have failed, sorted."""
        return [row["code"] for row in self._rows(_FAILURES, {})]

    def channels(self) -> list[str]:
        """The channels that messages have gone or come by, sorted."""
        return sorted({row["name"] for row in self._rows(_CHANNELS, {})})

    def _walk(
        self,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int,
        is_rising: bool = False,
    ) -> list[sqlite3.Row]:
        """Rows of messages, newest first: the first `limit` of those that fit, from the older
        end if `is_rising`, else from the newer."""
        search = parse_search(which.search)
        with translated():
            connection = self._database.connection
            if search.terms:
                places = self._search(
                    which,
                    search,
                    before_seq=before_seq,
                    after_seq=after_seq,
                    is_rising=is_rising,
                )
                seqs = sorted(islice(places, limit), reverse=True)
                return [
                    row
                    for start in range(0, len(seqs), _AT_ONCE)
                    for row in _rows_at(connection, seqs[start : start + _AT_ONCE])
                ]
            query = Query.of(connection, which, before_seq=before_seq, after_seq=after_seq)
            rows = connection.execute(
                query.page(is_rising=is_rising), {**query.parameters, "limit": limit}
            ).fetchall()
        return rows[::-1] if is_rising else rows

    def _search(
        self,
        which: HistoryFilter,
        search: Search,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        is_rising: bool = False,
    ) -> Iterator[int]:
        connection = self._database.connection
        low, high = places_between(connection, which.since, which.until)
        low = low if after_seq is None else max(low, after_seq + 1)
        high = high if before_seq is None else min(high, before_seq - 1)
        query = Query.of(connection, which)
        finder = Finder(connection, search, query.conditions)
        few = query.few(connection)
        if few is not None:
            places = [place for place in few if low <= place <= high]
            return finder.among(places if is_rising else places[::-1])
        return finder.oldest_first(low, high) if is_rising else finder.newest_first(low, high)

    def networks_of(self, recipients: Sequence[str]) -> dict[str, str]:
        """The network in which a message last arrived, for those recipients where it is known."""
        found = {}
        with translated():
            for recipient in recipients:
                row = self._database.connection.execute(_LAST_NETWORK, (recipient,)).fetchone()
                if row is not None:
                    found[recipient] = str(row["network"])
        return found

    def get(self, message_id: str) -> Message | None:
        """One message by its id."""
        return next(iter(self.get_many([message_id])), None)

    def get_many(self, ids: Iterable[str]) -> list[Message]:
        """Messages by their ids, oldest first."""
        return find_by_id(self._database, ids)

    def conversation(
        self,
        peer: str,
        *,
        before_seq: int | None = None,
        limit: int = 100,
        channel: str | None = None,
    ) -> list[Message]:
        """The newest messages to and from one address, or those older than `before_seq`; newest
        first. `channel` leaves only those of one channel."""
        rows = self._rows(
            _CONVERSATION,
            {
                "peer": peer,
                "limit": limit,
                "before": before_seq or _NO_SEQ,
                "channel": channel,
            },
        )
        return [read_message(row) for row in rows]

    def unread_of(self, peer: str, *, at_most: int = 100) -> int:
        """How many replies of one person nobody has read; counting stops at `at_most`."""
        rows = self._rows(
            "SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE sender = :peer "
            "AND direction = 'inbound' AND read_ms IS NULL LIMIT :limit)",
            {"peer": peer, "limit": at_most},
        )
        return int(rows[0]["n"])

    def batch(self, batch_id: str) -> list[Message]:
        """The messages of one Send, in its order."""
        return [
            read_message(row)
            for row in self._rows(
                f"SELECT {MESSAGE_COLUMNS} FROM message WHERE batch_id = :batch ORDER BY seq",
                {"batch": batch_id},
            )
        ]

    def in_states(self, states: Iterable[State], *, limit: int) -> list[Message]:
        """The oldest messages in these states, oldest first."""
        found = [
            read_message(row)
            for state in states
            for row in self._rows(
                f"SELECT {MESSAGE_COLUMNS} FROM message WHERE state = :state "
                "ORDER BY seq LIMIT :limit",
                {"state": state.value, "limit": limit},
            )
        ]
        return sorted(found, key=lambda message: message.seq)[:limit]

    def seqs_in(self, state: State) -> list[int]:
        """The keys of all messages in a state, oldest first: a few bytes each, and no message."""
        return [
            row["seq"]
            for row in self._rows(
                "SELECT seq FROM message WHERE state = :state ORDER BY seq",
                {"state": state.value},
            )
        ]

    def count(self, states: Iterable[State], *, at_most: int) -> int:
        """How many messages are in these states; counting stops at `at_most`."""
        return sum(
            int(
                self._rows(
                    "SELECT count(*) AS n FROM "
                    "(SELECT 1 FROM message WHERE state = :state LIMIT :limit)",
                    {"state": state.value, "limit": at_most},
                )[0]["n"]
            )
            for state in states
        )

    def unread(self, *, at_most: int) -> int:
        """How many replies nobody has read yet; counting stops at `at_most`."""
        rows = self._rows(
            "SELECT count(*) AS n FROM (SELECT 1 FROM message "
            "WHERE direction = 'inbound' AND read_ms IS NULL LIMIT :limit)",
            {"limit": at_most},
        )
        return int(rows[0]["n"])

    def last_heard(self, peer: str, channel: str) -> datetime | None:
        """When somebody last wrote to us on a channel; None for never."""
        rows = self._rows(
            "SELECT created_ms FROM message WHERE sender = :peer AND direction = 'inbound' "
            "AND channel = :channel ORDER BY seq DESC LIMIT 1",
            {"peer": peer, "channel": channel},
        )
        return from_ms(rows[0]["created_ms"]) if rows else None

    def newest_seq(self) -> int:
        """The place of the last row of the log; 0 in an empty one."""
        return int(self._rows("SELECT coalesce(max(seq), 0) AS n FROM message", {})[0]["n"])

    def turns(self, ids: Iterable[str], states: Iterable[State]) -> list[Turn]:
        """Those of the messages that are in one of the states, and no read replies, oldest
        first. Made for very many ids of which few are in such a state."""
        wanted = [state.value for state in states]
        todo, found = list(ids), list[sqlite3.Row]()
        with translated():
            for start in range(0, len(todo), _AT_ONCE):
                some = todo[start : start + _AT_ONCE]
                query = _TURNS.format(ids=_marks(some), states=_marks(wanted))
                found += self._database.connection.execute(query, (*some, *wanted)).fetchall()
        turns = [
            Turn(
                id=row["id"],
                seq=row["seq"],
                state=State(row["state"]),
                at=from_ms(row["updated_ms"]),
                other=row["other"],
                unknown_reason=row["unknown_reason"],
            )
            for row in found
        ]
        return sorted(turns, key=lambda turn: turn.seq)

    def attempts(self, message_id: str) -> list[Attempt]:
        """Every try on the wire, the first one first."""
        return [
            Attempt(
                n=row["n"],
                client_ref=row["client_ref"],
                opened_at=from_ms(row["opened_ms"]),
                finished_at=optional_moment(row["finished_ms"]),
                outcome=row["outcome"],
                http_status=row["http_status"],
                error_type=row["error_type"],
                message_uuid=row["message_uuid"],
            )
            for row in self._rows(_ATTEMPTS, {"id": message_id})
        ]

    def receipts(self, message_id: str) -> list[Receipt]:
        """Everything that webhooks and reports have said of a message, in the order in which it
        came."""
        return [
            Receipt(
                id=row["id"],
                at=from_ms(row["received_ms"]),
                provider_at=optional_moment(row["provider_ms"]),
                source=row["source"],
                status=row["status"],
                message_uuid=row["message_uuid"],
                error_code=row["error_code"],
                error_title=row["error_title"],
                error_detail=row["error_detail"],
                raw=row["raw"],
            )
            for row in self._rows(_RECEIPTS, {"id": message_id})
        ]

    def legs(self, seq: int) -> list[LegNews]:
        """The channels that a message tries in turn; none where there is only the one."""
        return legs_of(self._database, seq)

    def client_refs(self, message_seqs: Iterable[int]) -> Mapping[int, list[str]]:
        """The references used on the wire, by message."""
        refs: dict[int, list[str]] = {seq: [] for seq in message_seqs}
        todo = list(refs)
        with translated():
            for start in range(0, len(todo), _AT_ONCE):
                some = todo[start : start + _AT_ONCE]
                query = _CLIENT_REFS.format(seqs=_marks(some))
                for row in self._database.connection.execute(query, some):
                    refs[row["message"]].append(row["client_ref"])
        return refs

    def events(self, message_id: str) -> list[MessageEvent]:
        """The life of one message so far, oldest first, with codes for `desk.wording`."""
        undo_ms = LONGEST_UNDO // timedelta(milliseconds=1)
        rows = self._rows(_LIFE, {"id": message_id, "undo": undo_ms})
        return [
            MessageEvent(
                at=from_ms(row["at_ms"]),
                source=row["source"],
                status=row["status"],
                detail=row["detail"],
            )
            for row in rows
        ]

    def _rows(self, query: str, parameters: Mapping[str, object]) -> list[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def _rows_at(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[sqlite3.Row]:
    """What is at these places still, newest first."""
    return connection.execute(_AT.format(seqs=_marks(seqs)), seqs).fetchall()


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


_TURNS = """
SELECT id, seq, state, updated_ms, unknown_reason,
       CASE direction WHEN 'inbound' THEN sender ELSE recipient END AS other
FROM message WHERE id IN ({ids}) AND +state IN ({states})
  AND (direction = 'outbound' OR read_ms IS NULL)
"""
# The plus keeps SQLite from walking down the states instead of looking up the ids.

_AT = f"SELECT {MESSAGE_COLUMNS} FROM message WHERE seq IN ({{seqs}}) ORDER BY seq DESC"

# From one name to the next, whatever the number of messages.
_SENDERS = """
WITH RECURSIVE
ours (name) AS (
    SELECT min(sender) FROM message WHERE direction = 'outbound'
    UNION ALL
    SELECT (SELECT min(sender) FROM message WHERE direction = 'outbound' AND sender > name)
    FROM ours WHERE name IS NOT NULL
),
called (name) AS (
    SELECT min(recipient) FROM message WHERE direction = 'inbound'
    UNION ALL
    SELECT (SELECT min(recipient) FROM message WHERE direction = 'inbound' AND recipient > name)
    FROM called WHERE name IS NOT NULL
)
SELECT name FROM ours WHERE name IS NOT NULL
UNION SELECT name FROM called WHERE name IS NOT NULL
"""

_FAILURES = """
WITH RECURSIVE failure (code) AS (
    SELECT min(failure_code) FROM message WHERE failure_code IS NOT NULL
    UNION ALL
    SELECT (SELECT min(failure_code) FROM message WHERE failure_code > code)
    FROM failure WHERE code IS NOT NULL
)
SELECT code FROM failure WHERE code IS NOT NULL
"""

_CHANNELS = """
WITH RECURSIVE other (name) AS (
    SELECT min(channel) FROM message WHERE channel <> 'sms'
    UNION ALL
    SELECT (SELECT min(channel) FROM message WHERE channel <> 'sms' AND channel > name)
    FROM other WHERE name IS NOT NULL
)
SELECT name FROM other WHERE name IS NOT NULL
UNION ALL
SELECT * FROM (SELECT 'sms' FROM message WHERE channel = 'sms' LIMIT 1)
"""

_NO_SEQ = 2**63 - 1

# What was written to a person and what they wrote: a walk down each index, cut at the limit.
_CONVERSATION = f"""
SELECT * FROM (SELECT {MESSAGE_COLUMNS} FROM message
               WHERE recipient = :peer AND direction = 'outbound' AND seq < :before
                 AND (:channel IS NULL OR channel = :channel)
               ORDER BY seq DESC LIMIT :limit)
UNION ALL
SELECT * FROM (SELECT {MESSAGE_COLUMNS} FROM message
               WHERE sender = :peer AND direction = 'inbound' AND seq < :before
                 AND (:channel IS NULL OR channel = :channel)
               ORDER BY seq DESC LIMIT :limit)
ORDER BY seq DESC LIMIT :limit
"""

_ATTEMPTS = """
SELECT n, client_ref, opened_ms, finished_ms, outcome, http_status, error_type,
       attempt.message_uuid
FROM attempt JOIN message ON message.seq = attempt.message
WHERE message.id = :id ORDER BY n
"""

_RECEIPTS = """
SELECT id, received_ms, provider_ms, source, status, message_uuid, error_code, error_title,
       error_detail, raw
FROM event WHERE message = (SELECT seq FROM message WHERE id = :id) ORDER BY received_ms, id
"""

_CLIENT_REFS = (
    "SELECT message, client_ref FROM attempt WHERE message IN ({seqs}) ORDER BY message, n"
)

# The story is told from what the tables hold anyway; nothing is written a second time for it.
_LIFE = """
WITH this AS (SELECT * FROM message WHERE id = :id)
SELECT at_ms, source, status, detail FROM (
    SELECT created_ms AS at_ms, 0 AS place, 'desk' AS source,
           CASE WHEN direction = 'inbound' THEN 'received'
                WHEN due_zone IS NOT NULL THEN 'scheduled'
                WHEN due_ms - created_ms > :undo AND NOT EXISTS
                     (SELECT 1 FROM audit WHERE message = seq AND what = 'held_back')
                THEN 'scheduled' ELSE 'queued' END AS status,
           '' AS detail FROM this
    UNION ALL
    SELECT opened_ms, 1, 'sender', 'sending', client_ref
    FROM attempt WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT finished_ms, 2, 'sender', outcome,
           coalesce(message_uuid, error_type, CAST(http_status AS TEXT), '')
    FROM attempt WHERE message = (SELECT seq FROM this) AND finished_ms IS NOT NULL
    UNION ALL
    SELECT received_ms, 3, source, status, coalesce(error_code, '')
    FROM event WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT at_ms, 4, who, what, detail FROM audit WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT updated_ms, 5, 'desk', failure_code, '' FROM this
    WHERE state = 'failed' AND failure_code IN ('expired', 'opted_out')
    UNION ALL
    SELECT updated_ms, 5, 'desk', 'held', held_reason FROM this WHERE state = 'held'
) ORDER BY at_ms, place
"""
