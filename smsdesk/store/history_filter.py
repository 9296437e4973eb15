"""Which messages a person wants to see, and how SQLite is asked for them by key.

What was typed to search for is left to `search`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store.rows import MESSAGE_COLUMNS, to_ms
from smsdesk.store.search import Conditions
from smsdesk.store.search_index import SMALL, read_blocks

if TYPE_CHECKING:
    from smsdesk.sms.message import Message


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which messages a person wants to see; an empty field asks for nothing."""

    search: str = ""
    """Read by `sms.search`: words that are all found, each of them anywhere."""
    states: frozenset[State] = frozenset()
    to: str | None = None
    """A number in E.164, or what the network gave for an inbound message."""
    direction: Direction | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch: str | None = None
    """The id of one Send."""
    failure: str | None = None
    """A code of `sms.failure`, or "" for none at all."""
    sender: str | None = None
    """Who a message went out as, or the number of ours that a reply came to."""
    channel: str | None = None

    def fits(self, message: Message) -> bool:
        """Whether a message is let through by everything but the search, which is for the log
        to say."""
        code = message.failure.code if message.failure is not None else ""
        ours = message.to if message.direction is Direction.INBOUND else message.sender
        return (
            (not self.states or message.state in self.states)
            and self.to in (None, message.to)
            and self.direction in (None, message.direction)
            and (self.since is None or message.created_at >= self.since)
            and (self.until is None or message.created_at < self.until)
            and self.batch in (None, message.batch_id)
            and self.failure in (None, code)
            and self.sender in (None, ours)
            and self.channel in (None, message.channel)
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """From where to where something goes in the log: the oldest and the newest message of it.

    Places follow each other nearly without gaps, so where a message stands among all can be
    told from its place.
    """

    oldest_seq: int
    oldest_at: datetime
    newest_seq: int
    newest_at: datetime

    def share_of(self, seq: int) -> float:
        """How far down a place is: 0 for the newest, 1 for the oldest; for a scroll bar."""
        span = self.newest_seq - self.oldest_seq
        return 0.0 if not span else min(1.0, max(0.0, (self.newest_seq - seq) / span))

    def seq_at(self, share: float) -> int:
        """The place that is so far down; there need not be a message at it."""
        return self.newest_seq - round(share * (self.newest_seq - self.oldest_seq))


@dataclass(frozen=True, slots=True)
class Query:
    """A filter as SQL: one ordered walk down an index, or several that are merged at the end.

    `state IN (…) ORDER BY seq` would make SQLite sort every row of those states; a walk each,
    cut at the limit, reads a page's worth.
    """

    walks: Sequence[str]
    """What each walk goes by: a condition with an index, or none but the key."""
    others: Sequence[str]
    """What is asked of each row on the way. Nothing in it may tempt SQLite to another index."""
    parameters: Mapping[str, object]

    @classmethod
    def of(
        cls,
        connection: sqlite3.Connection,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
    ) -> Query:
        """Choose the way: by that of the conditions with an index that fewest rows fulfil."""
        by_index = list(_by_index(which))
        counts = [_count(connection, one) for one in by_index] if len(by_index) > 1 else [0]
        best = by_index[counts.index(min(counts))] if by_index else None
        others, parameters = _plain(which)
        for one in by_index:
            parameters |= one.parameters
            if one is not best:
                others.append(one.unindexed)
        low, high = places_between(connection, which.since, which.until)
        parameters["low"] = low if after_seq is None else max(low, after_seq + 1)
        parameters["high"] = high if before_seq is None else min(high, before_seq - 1)
        return cls(best.walks if best else _BY_KEY, others, parameters)

    @property
    def conditions(self) -> Conditions:
        """All of it, for whoever has places already."""
        return Conditions(
            self.others,
            {
                name: value
                for name, value in self.parameters.items()
                if name not in ("low", "high")
            },
            () if self.walks == _BY_KEY else self.walks,
        )

    def few(self, connection: sqlite3.Connection) -> list[int] | None:
        """The places to look at, oldest first, if the way goes by so few; else None."""
        if self.walks == _BY_KEY:
            return None
        found: list[int] = []
        for walk in self.walks:
            query = f"SELECT seq FROM message WHERE {walk} LIMIT {_FEW + 1 - len(found)}"
            found += [row[0] for row in connection.execute(query, self.parameters)]
            if len(found) > _FEW:
                return None
        return sorted(found)

    def page(self, *, is_rising: bool, columns: str = MESSAGE_COLUMNS) -> str:
        """The rows at one end, ordered by key."""
        order = f"ORDER BY seq {'ASC' if is_rising else 'DESC'} LIMIT :limit"
        walks = [self._select(columns, walk) for walk in self.walks]
        if len(walks) == 1:
            return f"{walks[0]} {order}"
        merged = " UNION ALL ".join(f"SELECT * FROM ({walk} {order})" for walk in walks)
        return f"{merged} {order}"

    def counting(self) -> str:
        """How many rows there are, at most `:limit`."""
        walks = [f"SELECT * FROM ({self._select('1', w)} LIMIT :limit)" for w in self.walks]
        return f"SELECT count(*) FROM ({' UNION ALL '.join(walks)} LIMIT :limit)"

    def _select(self, columns: str, walk: str) -> str:
        conditions = " AND ".join((walk, *self.others, "seq BETWEEN :low AND :high"))
        return f"SELECT {columns} FROM message WHERE {conditions}"


@dataclass(frozen=True, slots=True)
class _ByIndex:
    """A condition for which there is an index, as walks that no row is in twice."""

    walks: Sequence[str]
    unindexed: str
    parameters: Mapping[str, object]


def _by_index(which: HistoryFilter) -> Sequence[_ByIndex]:
    found = []
    if which.batch is not None:
        found.append(_one("batch_id = :batch", {"batch": which.batch}))
    if which.to is not None:
        found.append(_one("recipient = :to", {"to": which.to}))
    if which.failure:
        found.append(_one("failure_code = :failure", {"failure": which.failure}))
    if which.channel is not None and which.channel != SMS:
        channel = {"channel": which.channel}
        found.append(_one(f"channel <> '{SMS}' AND channel = :channel", channel))
    if which.sender is not None:
        walks = (
            "direction = 'outbound' AND sender = :sender",
            "direction = 'inbound' AND recipient = :sender",
        )
        unindexed = "CASE direction WHEN 'inbound' THEN recipient ELSE sender END = :sender"
        found.append(_ByIndex(walks, unindexed, {"sender": which.sender}))
    if states := _states(which):
        named = {f"state_{number}": state.value for number, state in enumerate(sorted(states))}
        found.append(
            _ByIndex(
                [f"state = :{name}" for name in named],
                f"+state IN ({', '.join(f':{name}' for name in named)})",
                named,
            )
        )
    return found


def _one(condition: str, parameters: Mapping[str, object]) -> _ByIndex:
    unindexed = " AND ".join(f"+{part}" for part in condition.split(" AND "))
    return _ByIndex((condition,), unindexed, parameters)


def _states(which: HistoryFilter) -> frozenset[State]:
    """The states to look into; replies are all in one of them."""
    if which.direction is Direction.INBOUND and not which.states:
        return frozenset({State.RECEIVED})
    return which.states


def _plain(which: HistoryFilter) -> tuple[list[str], dict[str, object]]:
    """The conditions that no index helps with."""
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if which.direction is not None:
        conditions.append("+direction = :direction")
        parameters["direction"] = which.direction.value
    if which.since is not None:
        conditions.append("+created_ms >= :since")
        parameters["since"] = to_ms(which.since)
    if which.until is not None:
        conditions.append("+created_ms < :until")
        parameters["until"] = to_ms(which.until)
    if which.failure == "":
        conditions.append("failure_code IS NULL")
    if which.channel == SMS:
        conditions.append(f"+channel = '{SMS}'")
    return conditions, parameters


def _count(connection: sqlite3.Connection, one: _ByIndex) -> int:
    """How many rows a condition lets through, if they are few."""
    return sum(
        int(
            connection.execute(
                f"SELECT count(*) FROM (SELECT 1 FROM message WHERE {walk} LIMIT {_FEW})",
                one.parameters,
            ).fetchone()[0]
        )
        for walk in one.walks
    )


def places_between(
    connection: sqlite3.Connection, since: datetime | None, until: datetime | None
) -> tuple[int, int]:
    """The first and last place at which there can be messages of a time. The blocks of the
    search index say of which times theirs are, which holds for any clock that was ever wrong."""
    newest = int(connection.execute("SELECT coalesce(max(seq), 0) FROM message").fetchone()[0])
    if since is None and until is None:
        return 1, newest
    earliest = None if since is None else to_ms(since)
    end = None if until is None else to_ms(until)
    runs = [
        (first, last)
        for first, last, oldest_ms, newest_ms in _times(connection, newest)
        if (earliest is None or newest_ms >= earliest) and (end is None or oldest_ms < end)
    ]
    return (runs[0][0], runs[-1][1]) if runs else (1, 0)


def _times(connection: sqlite3.Connection, newest: int) -> Iterator[tuple[int, int, int, int]]:
    """Every run of places with its first and last time; of a long run that has no block, any."""
    place = 1
    for block in read_blocks(connection):
        yield from _times_of_gap(connection, place, block.first - 1)
        yield block.first, block.last, block.oldest_ms, block.newest_ms
        place = block.last + 1
    yield from _times_of_gap(connection, place, newest)


def _times_of_gap(
    connection: sqlite3.Connection, first: int, last: int
) -> Iterator[tuple[int, int, int, int]]:
    if first > last:
        return
    count, oldest, newest = connection.execute(_GAP, (first, last, SMALL + 1)).fetchone()
    if count > SMALL:
        yield first, last, 0, _NEVER_OVER
    elif count:
        yield first, last, oldest, newest


_GAP = """
SELECT count(*), min(created_ms), max(created_ms)
FROM (SELECT created_ms FROM message WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?)
"""

SMS = "sms"
_BY_KEY = ("1",)
_FEW = 1_000
_NEVER_OVER = 2**63 - 1
