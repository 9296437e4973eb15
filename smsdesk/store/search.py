"""Finds the messages that fit a search, block by block, so that the first ones come at once.

In each block the index says which messages may fit; those, and all that no block holds yet, are
read and compared with what was typed. It yields places of the log; what else they must fulfil
comes as a condition from `history`.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.contact import folded
from smsdesk.store.contacts import numbers_called
from smsdesk.store.search_index import (
    SMALL,
    GramReader,
    Piece,
    haystack,
    places_in,
    read_blocks,
)

if TYPE_CHECKING:
    from smsdesk.sms.search import Search, Term
    from smsdesk.store.search_index import Block

_UNINDEXED_AT_ONCE = 512
_READ_AT_ONCE = (10, 100, 250, 500)
"""Somebody may ask for one, and most for a page."""
_SIFT_FROM = 256
"""When more messages of a block may fit than this, the other conditions are asked first."""
_MANY_CALLED = 500
"""So many people are looked for in each block; of more, all messages are found at once."""
_AT_ONCE = 500
"""Values in one statement; old SQLite takes 999."""
_LAST = "\U0010ffff"
_NO_END = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a message must fulfil beside the search: SQL of this room, and its parameters."""

    sql: Sequence[str]
    parameters: Mapping[str, object]
    walks: Sequence[str] = ()
    """Conditions with an index each that leads on by place, if there are any: a message must
    fulfil one of them, and none fulfils two."""

    @property
    def where(self) -> str:
        one_of_walks = " OR ".join(f"({walk})" for walk in self.walks)
        every = [*self.sql, f"({one_of_walks})"] if self.walks else self.sql
        return "".join(f" AND {one}" for one in every)

    @property
    def by_walks(self) -> Sequence[str]:
        """The same for each walk, to be asked one after the other."""
        rest = "".join(f" AND {one}" for one in self.sql)
        return [f" AND {walk}{rest}" for walk in self.walks] or [rest]


@dataclass(frozen=True, slots=True)
class _Meant:
    """A term, with what it can mean beside letters of a message."""

    term: Term
    numbers: frozenset[str]
    """Of contacts that are called so."""
    seqs: Sequence[int]
    """Messages with this reference or id, in order."""
    failures: frozenset[str]
    """Codes of failures."""

    def may_fit(self, number: int) -> tuple[str, dict[str, object]]:
        """A condition on the letters of a message, with parameters of this number."""
        needle = max(self.term.pieces, key=len)
        return _MAY_FIT.format(n=number), {
            f"needle_{number}": needle if needle.isascii() else None,
            f"digits_{number}": self.term.digits or None,
            f"has_blank_{number}": " " in needle,
        }

    @property
    def is_letters_alone(self) -> bool:
        return not (self.numbers or self.seqs or self.failures)

    def fits(self, row: sqlite3.Row, text: str) -> bool:
        if all(piece in text for piece in self.term.pieces):
            return True
        if self.term.digits and (
            self.term.digits in row["recipient"] or self.term.digits in row["sender"]
        ):
            return True
        if row["failure_code"] in self.failures or self._is_referred(row["seq"]):
            return True
        other = row["sender"] if row["direction"] == "inbound" else row["recipient"]
        return other in self.numbers

    def _is_referred(self, seq: int) -> bool:
        at = bisect_left(self.seqs, seq)
        return at < len(self.seqs) and self.seqs[at] == seq


class Finder:
    """One search in one log, for as long as a page takes."""

    def __init__(
        self, connection: sqlite3.Connection, search: Search, conditions: Conditions
    ) -> None:
        self._connection = connection
        self._conditions = conditions
        self._pieces: dict[str, Piece] = {}
        self._meant = [_meant(connection, term) for term in search.terms]
        self._of_people: dict[frozenset[str], int] = {}
        """All places of messages to and from very many people, as bits."""
        self._has_stale = connection.execute(_HAS_STALE).fetchone() is not None
        self._letters: list[str] = []
        self._letter_parameters: dict[str, object] = {}
        for number, meant in enumerate(self._meant):
            if meant.is_letters_alone:
                condition, parameters = meant.may_fit(number)
                self._letters.append(f" AND {condition}")
                self._letter_parameters |= parameters

    def newest_first(self, low: int, high: int) -> Iterator[int]:
        """The places of what fits, from `high` down to `low`, both included."""
        ranges = reversed(self._ranges(low, high))
        return self._verified(self._fitting(*one)[::-1] for one in ranges)

    def oldest_first(self, low: int, high: int) -> Iterator[int]:
        """The places of what fits, from `low` up to `high`, both included."""
        return self._verified(self._fitting(*one) for one in self._ranges(low, high))

    def among(self, places: Sequence[int]) -> Iterator[int]:
        """Those of some places where something fits, in their order. No index is needed."""
        return self._verified([places])

    def _ranges(self, low: int, high: int) -> list[tuple[int, int, Block | None]]:
        """All of the log between two places, cut into blocks and what has none."""
        found: list[tuple[int, int, Block | None]] = []
        place = low
        for block in read_blocks(self._connection):
            if block.last < place or block.first > high:
                continue
            found += _gaps(place, block.first - 1)
            found.append((max(place, block.first), min(high, block.last), block))
            place = block.last + 1
        return [*found, *_gaps(place, high)]

    def _fitting(self, first: int, last: int, block: Block | None) -> list[int]:
        """The places where all may be met, in order."""
        start = first if block is None else block.first
        indexed = None if block is None else GramReader(self._connection, block)
        bits = _bits_between(first - start, last - start)
        for meant in self._meant:
            if not bits:
                return []
            bits &= self._places(meant, start, first, last, indexed, bits)
        if bits.bit_count() > _SIFT_FROM and self._conditions.where:
            bits &= self._let_through(start, first, last)
        return [start + place for place in places_in(bits)]

    def _places(
        self,
        meant: _Meant,
        start: int,
        first: int,
        last: int,
        indexed: GramReader | None,
        among: int,
    ) -> int:
        """Where a term may be met between two places, as bits from `start` on; of what is not
        among those that are wanted any way, nothing is said."""
        if indexed is None:
            bits = self._unread(meant, start, first, last)
        else:
            bits = self._indexed(meant.term, indexed, among)
            if self._has_stale:
                bits |= _bits(start, self._connection.execute(_STALE, (first, last)))
        referred = meant.seqs[bisect_left(meant.seqs, first) : bisect_right(meant.seqs, last)]
        bits |= _bits_at(seq - start for seq in referred)
        bits |= self._of(_BY_FAILURE, meant.failures, start, first, last)
        if meant.numbers:
            bits |= self._of_those(meant.numbers, start, first, last)
        return bits

    def _of(
        self, query: str, values: Collection[str], start: int, first: int, last: int
    ) -> int:
        bits, wanted = 0, sorted(values)
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            rows = self._connection.execute(f"{query} ({marks})", (first, last, *some))
            bits |= _bits(start, rows)
        return bits

    def _of_those(self, numbers: frozenset[str], start: int, first: int, last: int) -> int:
        """Messages to and from some people. Of very many, a short stretch is sooner read; it is
        where a search begins, and mostly ends."""
        by_index = (_BY_RECIPIENT, _BY_WRITER)
        if len(numbers) <= _MANY_CALLED:
            return self._of(by_index[0], numbers, start, first, last) | self._of(
                by_index[1], numbers, start, first, last
            )
        if last - first < SMALL:
            rows = self._connection.execute(_PEERS, (first, last))
            return _bits_at(seq - start for seq, other in rows if other in numbers)
        if numbers not in self._of_people:
            self._of_people[numbers] = self._of(by_index[0], numbers, 0, 0, _NO_END) | self._of(
                by_index[1], numbers, 0, 0, _NO_END
            )
        return self._of_people[numbers] >> start & _bits_between(first - start, last - start)

    def _indexed(self, term: Term, block: GramReader, among: int) -> int:
        bits = among
        for piece in sorted(term.pieces, key=len, reverse=True):
            if not bits:
                break
            bits = self._piece(piece).places(block, bits)
        if term.digits:
            bits |= self._piece(term.digits).places(block, among)
        return bits

    def _piece(self, letters: str) -> Piece:
        if letters not in self._pieces:
            self._pieces[letters] = Piece(letters)
        return self._pieces[letters]

    def _unread(self, meant: _Meant, start: int, first: int, last: int) -> int:
        condition, parameters = meant.may_fit(0)
        query = f"{_LET_THROUGH} AND {condition}"
        rows = self._connection.execute(query, {**parameters, "first": first, "last": last})
        return _bits(start, rows)

    def _let_through(self, start: int, first: int, last: int) -> int:
        query = " UNION ALL ".join(
            f"{_LET_THROUGH}{where}" for where in self._conditions.by_walks
        )
        parameters = {**self._conditions.parameters, "first": first, "last": last}
        return _bits(start, self._connection.execute(query, parameters))

    def _verified(self, found: Iterable[Sequence[int]]) -> Iterator[int]:
        """Those of some places where something fits. They are read in groups, whichever blocks
        they come from: a few first, and then more and more, for of very many that may fit few
        are likely to."""
        group: list[int] = []
        sizes = iter(_READ_AT_ONCE)
        size = next(sizes)
        for places in found:
            group += places
            while len(group) >= size:
                yield from self._read(group[:size])
                group = group[size:]
                size = next(sizes, size)
        yield from self._read(group)

    def _read(self, places: Sequence[int]) -> Iterator[int]:
        if not places:
            return
        numbered = {f"place_{number}": place for number, place in enumerate(places)}
        marks = ", ".join(f":{name}" for name in numbered)
        query = f"{_CANDIDATES}({marks}){self._conditions.where}{''.join(self._letters)}"
        parameters = {**self._conditions.parameters, **self._letter_parameters, **numbered}
        rows = {row["seq"]: row for row in self._connection.execute(query, parameters)}
        for place in places:
            if (row := rows.get(place)) is not None:
                text = haystack(row)
                if all(meant.fits(row, text) for meant in self._meant):
                    yield place


def _meant(connection: sqlite3.Connection, term: Term) -> _Meant:
    return _Meant(
        term,
        numbers=_numbers_called(connection, term),
        seqs=_referred(connection, term.reference) if term.reference else (),
        failures=_failures(connection, term),
    )


def _numbers_called(connection: sqlite3.Connection, term: Term) -> frozenset[str]:
    """The numbers of contacts with words that begin so."""
    parameters: dict[str, object] = {}
    query = numbers_called(" ".join(term.pieces), parameters)
    if query is None:
        return frozenset()
    return frozenset(row[0] for row in connection.execute(query, parameters))


def _referred(connection: sqlite3.Connection, typed: str) -> Sequence[int]:
    """Messages whose id, Vonage's id or reference on the wire begins so, in order. Ids begin with
    the time, so those of some minutes begin alike."""
    found: set[int] = set()
    for query, begins in (
        (_BY_UUID, typed.lower()),
        (_BY_ID, typed.upper()),
        (_BY_CLIENT_REF, typed.upper()),
    ):
        rows = connection.execute(query, (begins, begins + _LAST))
        found.update(row[0] for row in rows)
    return sorted(found)


def _failures(connection: sqlite3.Connection, term: Term) -> frozenset[str]:
    """The codes of failures that have all pieces in the code or in Vonage's title for it."""
    if any(len(piece) < 3 for piece in term.pieces):
        return frozenset()
    return frozenset(
        row["failure_code"]
        for row in connection.execute(_FAILURES)
        if all(
            piece in folded(f"{row['failure_code'].replace('_', ' ')}\n{row['title']}")
            for piece in term.pieces
        )
    )


def _gaps(first: int, last: int) -> Iterator[tuple[int, int, None]]:
    """Pieces end where a multiple begins, so that the newest one is the shortest."""
    while first <= last:
        end = min(
            last, first // _UNINDEXED_AT_ONCE * _UNINDEXED_AT_ONCE + _UNINDEXED_AT_ONCE - 1
        )
        yield first, end, None
        first = end + 1


def _bits(start: int, rows: Iterable[sqlite3.Row]) -> int:
    return _bits_at(row[0] - start for row in rows)


def _bits_at(places: Iterable[int]) -> int:
    found = list(places)
    if not found:
        return 0
    bits = bytearray(max(found) // 8 + 1)
    for place in found:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _bits_between(first: int, last: int) -> int:
    return (1 << (last + 1)) - (1 << first)


_LET_THROUGH = "SELECT seq FROM message WHERE seq BETWEEN :first AND :last"

_CANDIDATES = """
SELECT seq, direction, text, recipient, sender, ref, failure_code FROM message WHERE seq IN
"""

# Whether a term may be in a message, by what SQLite can tell quickly. Letters that are not ASCII
# may be folded to those that are looked for, and blanks of all kinds to one: that is left for us
# to see.
_MAY_FIT = """
(:needle_{n} IS NULL OR instr(lower(text), :needle_{n}) OR instr(recipient, :needle_{n})
 OR instr(lower(sender), :needle_{n}) OR instr(lower(ref), :needle_{n})
 OR instr(recipient, :digits_{n}) OR instr(sender, :digits_{n})
 OR length(text) <> length(CAST(text AS BLOB))
 OR :has_blank_{n} AND (text GLOB '*[^ -~]*' OR instr(text, '  '))
 OR sender GLOB '*[^ -~]*' OR ref GLOB '*[^ -~]*' OR instr(ref, '  '))
"""

_HAS_STALE = "SELECT 1 FROM search_stale LIMIT 1"

_STALE = "SELECT seq FROM search_stale WHERE seq BETWEEN ? AND ?"

_PEERS = """
SELECT seq, CASE direction WHEN 'inbound' THEN sender ELSE recipient END FROM message
WHERE seq BETWEEN ? AND ?
"""

_BY_RECIPIENT = """
SELECT seq FROM message INDEXED BY message_by_recipient
WHERE seq BETWEEN ? AND ? AND recipient IN
"""

_BY_WRITER = """
SELECT seq FROM message INDEXED BY message_by_writer
WHERE direction = 'inbound' AND seq BETWEEN ? AND ? AND sender IN
"""

_BY_FAILURE = """
SELECT seq FROM message INDEXED BY message_by_failure
WHERE seq BETWEEN ? AND ? AND failure_code IN
"""

_BY_UUID = """
SELECT seq FROM message WHERE message_uuid >= ? AND message_uuid < ?
"""

_BY_ID = "SELECT seq FROM message WHERE id >= ? AND id < ?"

_BY_CLIENT_REF = "SELECT message FROM attempt WHERE client_ref >= ? AND client_ref < ?"

# From one code to the next, with the newest title of each.
_FAILURES = """
WITH RECURSIVE code (failure_code) AS (
    SELECT min(failure_code) FROM message WHERE failure_code IS NOT NULL
    UNION ALL
    SELECT (SELECT min(failure_code) FROM message WHERE message.failure_code > code.failure_code)
    FROM code WHERE code.failure_code IS NOT NULL
)
SELECT failure_code, (
    SELECT coalesce(failure_title, '') FROM message
    WHERE message.failure_code = code.failure_code ORDER BY seq DESC LIMIT 1
) AS title
FROM code WHERE failure_code IS NOT NULL
"""
