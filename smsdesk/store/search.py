"""Finds the messages that fit a search, block by block, so that the first ones come at once.

In each block the index says which messages may fit; those, and all that no block holds yet, are
read and compared with what was typed. It yields places of the log; what else they must fulfil
comes as a condition from `history`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.contact import folded
from smsdesk.store.contacts import numbers_called
from smsdesk.store.search_index import Piece, haystack, places_in, read_blocks

if TYPE_CHECKING:
    from smsdesk.sms.search import Search, Term
    from smsdesk.store.search_index import Block

_UNINDEXED_AT_ONCE = 512
_READ_AT_ONCE = 100
"""A page's worth; and then more and more, for of very many that may fit few are likely to."""
_MOST_READ_AT_ONCE = 500
_SIFT_FROM = 256
"""When more messages of a block may fit than this, the other conditions are asked first."""
_MOST_CALLED = 500
_MOST_REFERRED = 1_000
_LAST = "\U0010ffff"


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
    seqs: frozenset[int]
    """Messages with this reference or id."""
    failures: frozenset[str]
    """Codes of failures."""

    def may_fit(self, number: int) -> tuple[str, dict[str, object]]:
        """A condition on the letters of a message, with parameters of this number."""
        needle = max(self.term.pieces, key=len)
        return _MAY_FIT.format(n=number), {
            f"needle_{number}": needle if needle.isascii() else None,
            f"digits_{number}": self.term.digits or None,
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
        if row["seq"] in self.seqs or row["failure_code"] in self.failures:
            return True
        other = row["sender"] if row["direction"] == "inbound" else row["recipient"]
        return other in self.numbers


class Finder:
    """One search in one log, for as long as a page takes."""

    def __init__(
        self, connection: sqlite3.Connection, search: Search, conditions: Conditions
    ) -> None:
        self._connection = connection
        self._conditions = conditions
        self._pieces: dict[str, Piece] = {}
        self._meant = [_meant(connection, term) for term in search.terms]
        self._letters: list[str] = []
        self._letter_parameters: dict[str, object] = {}
        for number, meant in enumerate(self._meant):
            if meant.is_letters_alone:
                condition, parameters = meant.may_fit(number)
                self._letters.append(f" AND {condition}")
                self._letter_parameters |= parameters

    def newest_first(self, low: int, high: int) -> Iterator[int]:
        """The places of what fits, from `high` down to `low`, both included."""
        for first, last, block in reversed(self._ranges(low, high)):
            yield from self._fitting(first, last, block, is_rising=False)

    def oldest_first(self, low: int, high: int) -> Iterator[int]:
        """The places of what fits, from `low` up to `high`, both included."""
        for first, last, block in self._ranges(low, high):
            yield from self._fitting(first, last, block, is_rising=True)

    def among(self, places: Sequence[int]) -> Iterator[int]:
        """Those of some places where something fits, in their order. No index is needed."""
        at, size = 0, _READ_AT_ONCE
        while at < len(places):
            yield from self._verified(places[at : at + size])
            at, size = at + size, min(2 * size, _MOST_READ_AT_ONCE)

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

    def _fitting(
        self, first: int, last: int, block: Block | None, *, is_rising: bool
    ) -> Iterator[int]:
        start = first if block is None else block.first
        bits = _bits_between(first - start, last - start)
        for meant in self._meant:
            if not bits:
                return
            bits &= self._places(meant, start, first, last, block)
        if bits.bit_count() > _SIFT_FROM and self._conditions.where:
            bits &= self._let_through(start, first, last)
        places = [start + place for place in places_in(bits)]
        if not is_rising:
            places.reverse()
        yield from self.among(places)

    def _places(
        self, meant: _Meant, start: int, first: int, last: int, block: Block | None
    ) -> int:
        """Where a term may be met between two places, as bits from `start` on."""
        term = meant.term
        if block is None:
            bits = self._unread(meant, start, first, last)
        else:
            bits = self._indexed(term, block)
            bits |= _bits(
                start,
                self._connection.execute(
                    "SELECT seq FROM search_stale WHERE seq BETWEEN ? AND ?", (first, last)
                ),
            )
        for seq in meant.seqs:
            if first <= seq <= last:
                bits |= 1 << (seq - start)
        for query, values in (
            (_BY_RECIPIENT, meant.numbers),
            (_BY_WRITER, meant.numbers),
            (_BY_FAILURE, meant.failures),
        ):
            if values:
                marks = ", ".join("?" * len(values))
                rows = self._connection.execute(
                    f"{query} ({marks})", (first, last, *sorted(values))
                )
                bits |= _bits(start, rows)
        return bits

    def _indexed(self, term: Term, block: Block) -> int:
        bits = -1
        for piece in sorted(term.pieces, key=len, reverse=True):
            bits &= self._piece(piece).places(self._connection, block)
            if not bits:
                break
        if term.digits:
            bits |= self._piece(term.digits).places(self._connection, block)
        return bits

    def _piece(self, letters: str) -> Piece:
        return self._pieces.setdefault(letters, Piece(letters))

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

    def _verified(self, places: Sequence[int]) -> Iterator[int]:
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
        seqs=_referred(connection, term.reference) if term.reference else frozenset(),
        failures=_failures(connection, term),
    )


def _numbers_called(connection: sqlite3.Connection, term: Term) -> frozenset[str]:
    """The numbers of contacts with words that begin so. What more than some hundreds are called
    is hardly meant as a name."""
    parameters: dict[str, object] = {"limit": _MOST_CALLED}
    query = numbers_called(" ".join(term.pieces), parameters)
    if query is None:
        return frozenset()
    rows = connection.execute(f"{query} LIMIT :limit", parameters)
    return frozenset(row[0] for row in rows)


def _referred(connection: sqlite3.Connection, typed: str) -> frozenset[int]:
    """Messages whose id, Vonage's id or reference on the wire begins so."""
    found: set[int] = set()
    for query, begins in (
        (_BY_UUID, typed.lower()),
        (_BY_ID, typed.upper()),
        (_BY_CLIENT_REF, typed.upper()),
    ):
        rows = connection.execute(query, (begins, begins + _LAST, _MOST_REFERRED))
        found.update(row[0] for row in rows)
    return frozenset(found)


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


def _bits(start: int, rows: Iterator[sqlite3.Row]) -> int:
    places = [row[0] - start for row in rows]
    if not places:
        return 0
    bits = bytearray(max(places) // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _bits_between(first: int, last: int) -> int:
    return (1 << (last + 1)) - (1 << first)


_LET_THROUGH = "SELECT seq FROM message WHERE seq BETWEEN :first AND :last"

_CANDIDATES = """
SELECT seq, direction, text, recipient, sender, ref, failure_code FROM message WHERE seq IN
"""

# Whether a term may be in a message, by what SQLite can tell quickly. Letters that are not ASCII
# may be folded to those that are looked for, and blanks to one: that is left for us to see.
_MAY_FIT = """
(:needle_{n} IS NULL OR instr(lower(text), :needle_{n}) OR instr(recipient, :needle_{n})
 OR instr(lower(sender), :needle_{n}) OR instr(lower(ref), :needle_{n})
 OR instr(recipient, :digits_{n}) OR instr(sender, :digits_{n})
 OR text GLOB '*[^ -~]*' OR instr(text, '  ')
 OR sender GLOB '*[^ -~]*' OR ref GLOB '*[^ -~]*' OR instr(ref, '  '))
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
SELECT seq FROM message WHERE message_uuid >= ? AND message_uuid < ? LIMIT ?
"""

_BY_ID = "SELECT seq FROM message WHERE id >= ? AND id < ? LIMIT ?"

_BY_CLIENT_REF = "SELECT message FROM attempt WHERE client_ref >= ? AND client_ref < ? LIMIT ?"

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
