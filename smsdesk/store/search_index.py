"""The search index: in which messages of a block three letters stand side by side.

A block is a run of places in the log, and is indexed as a whole once it is full, beside the
work and in one commit. So queueing a message costs nothing for it, what has no block yet is
read as it stands, and a kill loses at most the block that was being made. Each block holds its
letters in rows of ordinary tables, so that what is removed is overwritten like everything else.
Why not FTS5: docs/decisions/0017.

What is found here is only where to look; `search` reads the messages themselves.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.contact import folded
from smsdesk.store.errors import translated

if TYPE_CHECKING:
    from smsdesk.store.database import Database

SMALL = 1_024
"""Messages in a block of the newest ones."""
LARGE = 16_384
"""Messages in a block when so many small ones have come together. Both are aligned: a block
begins at a multiple of its size."""
READ_AT_ONCE = 256
"""Messages read between two looks at whether to go on; some milliseconds."""
_FEW = 24
"""Up to so many places are kept one by one, more as bits."""
_FEW_LEFT = 8
"""So few messages are sooner read than the next gram is asked for."""
_COMMON = 0.75
"""A gram that is in more of a block than this is not worth asking for beside a rarer one."""
_LAST = "\U0010ffff"
"""Behind everything that begins alike."""
_END = "\n\n"
"""Behind the last letter, so that it begins a gram too; no folded text has it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of places that is indexed."""

    first: int
    size: int
    oldest_ms: int
    newest_ms: int

    @property
    def last(self) -> int:
        return self.first + self.size - 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the log is indexed, in places; the newest are always read as they stand."""

    done: int
    of: int

    @property
    def is_complete(self) -> bool:
        return self.done >= self.of


class SearchIndex:
    """Makes the blocks, the newest first, and makes those anew of which a text has changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self) -> Progress:
        """How far the index has come."""
        with translated():
            connection = self._database.connection
            newest, oldest = _ends(connection)
            blocks = read_blocks(connection)
        wanted = _wanted(oldest, newest)
        lowest = wanted[-1][0] if wanted else 0
        done = sum(block.size for block in blocks if block.first >= lowest)
        return Progress(done, sum(size for _first, size in wanted))

    def step(self, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Make the block that is missed most; False when none is missing.

        `go_on` is called again and again while the messages are read, which nobody has to wait
        for; when it says no, the block is left for another time. Raises StoreError.
        """
        with translated():
            missing = self._next()
        if missing is None:
            return False
        first, size = missing
        made = self._read(first, size, go_on)
        if made is None:
            return True
        with self._database.transaction() as connection:
            _write(connection, first, size, made)
        return True

    def _next(self) -> tuple[int, int] | None:
        connection = self._database.connection
        stale = connection.execute(_ONE_STALE).fetchone()
        if stale is not None:
            return int(stale["first"]), int(stale["size"])
        newest, oldest = _ends(connection)
        there = {(block.first, block.size) for block in read_blocks(connection)}
        return next((one for one in _wanted(oldest, newest) if one not in there), None)

    def _read(self, first: int, size: int, go_on: Callable[[], bool]) -> _Made | None:
        made = _Made(defaultdict(list), [], {})
        for start in range(first, first + size, READ_AT_ONCE):
            if not go_on():
                return None
            with translated():
                rows = self._database.connection.execute(
                    _READ, (start, min(start + READ_AT_ONCE, first + size) - 1)
                ).fetchall()
            for row in rows:
                made.add(row, first)
        return made


@dataclass(frozen=True, slots=True)
class _Made:
    """A block that is not written yet."""

    places: defaultdict[str, list[int]]
    times: list[int]
    texts: dict[int, str]
    """As they were when they were read: what changed since is noticed under the write lock."""

    def add(self, row: sqlite3.Row, first: int) -> None:
        place, text = row["seq"] - first, haystack(row)
        for gram in grams(text):
            self.places[gram].append(place)
        self.times.append(row["created_ms"])
        self.texts[row["seq"]] = row["text"]


def haystack(row: sqlite3.Row) -> str:
    """All of a message in which words are looked for, folded, each field on a line."""
    return "\n".join(
        (folded(row["text"]), row["recipient"], folded(row["sender"]), folded(row["ref"] or ""))
    )


def grams(text: str) -> set[str]:
    """Every three letters that stand side by side, up to the end of the text."""
    text += _END
    return {text[start : start + 3] for start in range(len(text) - 2)}


def read_blocks(connection: sqlite3.Connection) -> list[Block]:
    """Every block, the oldest first."""
    return [Block(*row) for row in connection.execute(_BLOCKS)]


class Piece:
    """Letters that are looked for in one block after the other.

    What was rare in one block is asked for first in the next: a block without it costs one look.
    What hardly narrows the search any more is not asked for.
    """

    def __init__(self, letters: str) -> None:
        self._letters = letters
        self._grams = sorted({letters[at : at + 3] for at in range(len(letters) - 2)})
        self._shares: dict[str, float] = {}
        """In how much of the block that was last asked each of them stands."""

    def places(self, connection: sqlite3.Connection, block: Block) -> int:
        """Where in a block the letters may stand, as bits: the lowest is the first place."""
        if not self._grams:
            return self._places_of_few(connection, block)
        bits = -1
        for gram in self._grams:
            if bits >= 0 and (
                bits.bit_count() <= _FEW_LEFT or self._shares.get(gram, 0.0) > _COMMON
            ):
                break
            row = connection.execute(_GRAM, (block.first, gram)).fetchone()
            found = 0 if row is None else _read_places(row[0])
            self._shares[gram] = found.bit_count() / block.size
            bits &= found
        self._grams.sort(key=lambda gram: self._shares.get(gram, 1.0))
        return bits

    def _places_of_few(self, connection: sqlite3.Connection, block: Block) -> int:
        """One or two letters begin many grams, of which any will do."""
        bits = 0
        last = self._letters + _LAST
        for row in connection.execute(_GRAMS_FROM, (block.first, self._letters, last)):
            bits |= _read_places(row[0])
        return bits


@contextmanager
def index_follows(connection: sqlite3.Connection, seqs: Iterable[int]) -> Iterator[None]:
    """Keep the index in step with what the block does to the texts of these messages, or to the
    messages themselves, inside the transaction it is done in.

    What is in none of them afterwards is not in the index either, and not in its bytes: the
    rows that held it are written anew, or removed, and SQLite overwrites them
    (`secure_delete`). The write-ahead log is for the caller to empty, after the commit.
    """
    wanted = list(seqs)
    indexed = [
        (block, theirs)
        for block in read_blocks(connection)
        if (theirs := [seq for seq in wanted if block.first <= seq <= block.last])
    ]
    before = _haystacks(connection, (seq for _block, theirs in indexed for seq in theirs))
    yield
    after = _haystacks(connection, before)
    for block, theirs in indexed:
        _correct(connection, block, [seq for seq in theirs if seq in before], before, after)
    connection.executemany("DELETE FROM search_stale WHERE seq = ?", [(one,) for one in before])


def _correct(
    connection: sqlite3.Connection,
    block: Block,
    seqs: Iterable[int],
    before: Mapping[int, str],
    after: Mapping[int, str],
) -> None:
    gone: defaultdict[str, int] = defaultdict(int)
    come: defaultdict[str, int] = defaultdict(int)
    for seq in seqs:
        old = grams(before[seq])
        new = grams(after[seq]) if seq in after else set()
        bit = 1 << (seq - block.first)
        for gram in old - new:
            gone[gram] |= bit
        for gram in new - old:
            come[gram] |= bit
    for gram in gone.keys() | come.keys():
        row = connection.execute(_GRAM, (block.first, gram)).fetchone()
        bits = 0 if row is None else _read_places(row[0])
        bits = bits & ~gone[gram] | come[gram]
        if bits:
            connection.execute(_PUT, (block.first, gram, _write_bits(bits)))
        else:
            connection.execute(_TAKE, (block.first, gram))


def _haystacks(connection: sqlite3.Connection, seqs: Iterable[int]) -> dict[int, str]:
    found = {}
    for seq in seqs:
        row = connection.execute(_READ, (seq, seq)).fetchone()
        if row is not None:
            found[seq] = haystack(row)
    return found


def _write(connection: sqlite3.Connection, first: int, size: int, made: _Made) -> None:
    """Put a block in place of those that it covers."""
    last = first + size - 1
    changed = [
        seq
        for seq, text in connection.execute(
            "SELECT seq, text FROM message WHERE seq BETWEEN ? AND ?", (first, last)
        )
        if made.texts.pop(seq, None) != text
    ]
    if changed or made.texts:
        return  # A text has changed, or gone, since it was read: read it again.
    covered = [
        (block.first,)
        for block in read_blocks(connection)
        if block.first <= last and block.last >= first
    ]
    connection.executemany("DELETE FROM search_gram WHERE block = ?", covered)
    connection.executemany("DELETE FROM search_block WHERE first = ?", covered)
    connection.execute("DELETE FROM search_stale WHERE seq BETWEEN ? AND ?", (first, last))
    times = made.times or [0]
    connection.execute(
        "INSERT INTO search_block (first, size, oldest_ms, newest_ms) VALUES (?, ?, ?, ?)",
        (first, size, min(times), max(times)),
    )
    # In the order of the key, so that one page after the other is filled.
    connection.executemany(
        _PUT, ((first, gram, _write_places(made.places[gram])) for gram in sorted(made.places))
    )


def _ends(connection: sqlite3.Connection) -> tuple[int, int]:
    row = connection.execute(
        "SELECT coalesce(max(seq), 0), coalesce((SELECT min(seq) FROM message), 0) FROM message"
    ).fetchone()
    return int(row[0]), int(row[1])


def _wanted(oldest: int, newest: int) -> list[tuple[int, int]]:
    """The blocks that a log of this extent should have, the newest first."""
    large_end = (newest + 1) // LARGE * LARGE
    small_end = (newest + 1) // SMALL * SMALL
    lowest = oldest // LARGE * LARGE
    return [
        *((first, SMALL) for first in range(small_end - SMALL, large_end - 1, -SMALL)),
        *((first, LARGE) for first in range(large_end - LARGE, lowest - 1, -LARGE)),
    ]


def _write_places(places: Sequence[int]) -> bytes:
    """Few as pairs of bytes, many as packed bits. They are in order."""
    if len(places) <= _FEW:
        return b"\0" + b"".join(place.to_bytes(2, "little") for place in places)
    bits = bytearray(places[-1] // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return b"\1" + zlib.compress(bytes(bits), 1)


def _write_bits(bits: int) -> bytes:
    """The same of bits that are set already."""
    if bits.bit_count() <= _FEW:
        return _write_places(places_in(bits))
    return b"\1" + zlib.compress(bits.to_bytes(bits.bit_length() // 8 + 1, "little"), 1)


def _read_places(blob: bytes) -> int:
    if blob[0]:
        return int.from_bytes(zlib.decompress(blob[1:]), "little")
    bits = 0
    for start in range(1, len(blob), 2):
        bits |= 1 << (blob[start] | blob[start + 1] << 8)
    return bits


def places_in(bits: int) -> list[int]:
    """The places that bits stand for, the lowest first."""
    text = bin(bits)[:1:-1]
    found, place = [], text.find("1")
    while place >= 0:
        found.append(place)
        place = text.find("1", place + 1)
    return found


_BLOCKS = "SELECT first, size, oldest_ms, newest_ms FROM search_block ORDER BY first"

_READ = """
SELECT seq, text, recipient, sender, ref, created_ms FROM message
WHERE seq BETWEEN ? AND ? ORDER BY seq
"""

_GRAM = "SELECT places FROM search_gram WHERE block = ? AND gram = ?"

_GRAMS_FROM = "SELECT places FROM search_gram WHERE block = ? AND gram >= ? AND gram < ?"

_PUT = "INSERT OR REPLACE INTO search_gram (block, gram, places) VALUES (?, ?, ?)"

_TAKE = "DELETE FROM search_gram WHERE block = ? AND gram = ?"

_ONE_STALE = """
SELECT first, size FROM search_stale JOIN search_block
ON first = (SELECT max(first) FROM search_block WHERE first <= seq) AND seq < first + size
LIMIT 1
"""
