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
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
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
LEAST, LONGEST = 3, 5
"""Letters in a gram; more than the least where the block has very many of them."""
_SPLIT_AT_ONCE = 4 * READ_AT_ONCE
"""They are at hand by then; some milliseconds as well."""
_SPLIT_FROM = 1 / 32
"""A gram that is in more of a block than this is told apart by the letter behind it."""
_FEW = 24
"""Up to so many places are kept one by one, more as bits."""
_FEW_LEFT = 8
"""So few messages are sooner read than the next gram is asked for."""
_LONGER = "\1"
"""Before a longer gram, so that it does not lie among those of three letters."""
_ONE_BY_ONE, _BITS, _SPLIT = b"\0", b"\1", b"\2"
"""How the places of a gram are written; `_SPLIT` are bits, and there are longer grams."""
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

    def step(self, go_on: Callable[[], bool] = lambda: True, *, at_most: int = LARGE) -> bool:
        """Make the block that is missed most, of those of at most so many messages; False when
        none is missing.

        `go_on` is called again and again while the messages are read, which nobody has to wait
        for; when it says no, the block is left for another time. Raises StoreError.
        """
        with translated():
            missing = self._next(at_most)
        if missing is None:
            return False
        first, size = missing
        made = self._read(first, size, go_on)
        if made is None or not made.split_common(size, go_on):
            return True
        with self._database.transaction() as connection:
            _write(connection, first, size, made)
        return True

    def _next(self, at_most: int) -> tuple[int, int] | None:
        connection = self._database.connection
        stale = connection.execute(_ONE_STALE).fetchone()
        if stale is not None and stale["size"] <= at_most:
            return int(stale["first"]), int(stale["size"])
        newest, oldest = _ends(connection)
        there = {(block.first, block.size) for block in read_blocks(connection)}
        wanted = (one for one in _wanted(oldest, newest) if one[1] <= at_most)
        return next((one for one in wanted if one not in there), None)

    def _read(self, first: int, size: int, go_on: Callable[[], bool]) -> _Made | None:
        made = _Made()
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


class _Made:
    """A block that is not written yet."""

    def __init__(self) -> None:
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        """Of each gram."""
        self.split: set[str] = set()
        """The grams that are told apart by the letter behind them too."""
        self.times: list[int] = []
        self.texts: dict[int, str] = {}
        """As they were when they were read: what changed since is noticed under the write lock."""
        self._haystacks: list[tuple[int, str]] = []

    def add(self, row: sqlite3.Row, first: int) -> None:
        place, text = row["seq"] - first, haystack(row)
        for gram in grams(text):
            self.places[gram].append(place)
        self.times.append(row["created_ms"])
        self.texts[row["seq"]] = row["text"]
        self._haystacks.append((place, text))

    def split_common(self, size: int, go_on: Callable[[], bool]) -> bool:
        """Give every gram that is in so much of the block that it hardly tells anything one
        letter more, again and again; False when that was broken off."""
        limit = max(_FEW, int(size * _SPLIT_FROM))
        common = {
            gram for gram, places in self.places.items() if _is_common(gram, places, limit)
        }
        for length in range(LEAST + 1, LONGEST + 1):
            self.split |= common
            longer: defaultdict[str, list[int]] = defaultdict(list)
            for start in range(0, len(self._haystacks) if common else 0, _SPLIT_AT_ONCE):
                if not go_on():
                    return False
                for place, text in self._haystacks[start : start + _SPLIT_AT_ONCE]:
                    for gram in longer_grams(text, length, common):
                        longer[gram].append(place)
            self.places.update(longer)
            common = {
                gram for gram, places in longer.items() if _is_common(gram, places, limit)
            }
        return True


def _is_common(gram: str, places: Sequence[int], limit: int) -> bool:
    return len(places) > limit and gram[2] == " " and gram[-1] != "\n"


def haystack(row: sqlite3.Row) -> str:
    """All of a message in which words are looked for, folded, each field on a line."""
    return "\n".join(
        (folded(row["text"]), row["recipient"], folded(row["sender"]), folded(row["ref"] or ""))
    )


def grams(text: str) -> set[str]:
    """Every three letters that stand side by side, up to the end of the text."""
    text += _END
    return {text[start : start + 3] for start in range(len(text) - 2)}


def longer_grams(text: str, length: int, split: Container[str]) -> set[str]:
    """What of a text begins with a split gram, which has a blank as its third letter, and is so
    long."""
    found, start = set(), text.find(" ", 2) - 2
    while 0 <= start <= len(text) - length:
        if text[start : start + length - 1] in split:
            found.add(text[start : start + length])
        start = text.find(" ", start + 3) - 2
    return found


def read_blocks(connection: sqlite3.Connection) -> list[Block]:
    """Every block, the oldest first."""
    return [Block(*row) for row in connection.execute(_BLOCKS)]


class GramReader:
    """The grams of one block, each read once: the parts of a search often have some in common."""

    def __init__(self, connection: sqlite3.Connection, block: Block) -> None:
        self._connection = connection
        self._first = block.first
        self.size = block.size
        self._read: dict[str, tuple[int, bool] | None] = {}

    def places_of(self, gram: str) -> tuple[int, bool] | None:
        """Where it stands, as bits, the lowest of which is the first place; and whether it is
        split. None for a gram that the block does not have."""
        if gram not in self._read:
            row = self._connection.execute(_GRAM, (self._first, _key(gram))).fetchone()
            self._read[gram] = (
                None if row is None else (_read_places(row[0]), _is_split(row[0]))
            )
        return self._read[gram]

    def places_beginning(self, letters: str) -> int:
        """Where grams stand that begin so."""
        bits = 0
        last = letters + _LAST
        for row in self._connection.execute(_GRAMS_FROM, (self._first, letters, last)):
            bits |= _read_places(row[0])
        return bits


class Piece:
    """Letters that are looked for in one block after the other.

    What was rare in one block is asked for first in the next: a block without it costs one look.
    What hardly narrows the search any more is not asked for.
    """

    def __init__(self, letters: str) -> None:
        self._letters = letters
        self._starts = list(range(len(letters) - LEAST + 1))
        """Where grams begin, the rarest first."""
        self._lengths = [LEAST] * len(self._starts)
        """How long the gram was that was found there in the block that was last asked."""
        self._shares = [0.0] * len(self._starts)
        """In how much of that block it stands."""
        self._kept = [0.0] * len(self._starts)
        """How much it left of what those before it had left: letters that mostly come together
        tell hardly more than the first of them."""

    def places(self, block: GramReader, among: int) -> int:
        """At which of some places of a block the letters may stand, as bits: the lowest is the
        first place."""
        if not self._starts:
            return among & block.places_beginning(self._letters)
        bits, left = among, among.bit_count()
        if not left:
            return 0
        asked: list[tuple[int, int]] = []
        for start in self._starts:
            if left * (1 - self._kept[start]) <= _FEW_LEFT:
                continue
            end = start + self._lengths[start]
            if any(first <= start and end <= last for first, last in asked):
                continue
            found = self._narrowest(block, start)
            self._shares[start] = found.bit_count() / block.size
            bits &= found
            before, left = left, bits.bit_count()
            self._kept[start] = left / before
            if not left:
                break
            asked.append((start, start + self._lengths[start]))
        self._starts.sort(key=self._shares.__getitem__)
        return bits

    def _narrowest(self, block: GramReader, start: int) -> int:
        """The places of the longest gram that the block has there. One that it does not have is
        nowhere, if the one that is a letter shorter is split."""
        longest = min(LONGEST, len(self._letters) - start)
        length = self._lengths[start]
        found = block.places_of(self._letters[start : start + length])
        is_missing = found is None
        while found is None and length > LEAST:
            length -= 1
            found = block.places_of(self._letters[start : start + length])
        if found is None or (is_missing and found[1]):
            return 0
        while found[1] and length < longest:
            longer = block.places_of(self._letters[start : start + length + 1])
            if longer is None:
                return 0
            found, length = longer, length + 1
        self._lengths[start] = length
        return found[0]


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
    """From the shortest grams to the longest, as far as they are split."""
    split: set[str] = set()
    for length in range(LEAST, LONGEST + 1):
        gone: defaultdict[str, int] = defaultdict(int)
        come: defaultdict[str, int] = defaultdict(int)
        met: set[str] = set()
        for seq in seqs:
            old = _grams_of(before[seq], length, split)
            new = _grams_of(after[seq], length, split) if seq in after else set()
            bit = 1 << (seq - block.first)
            for gram in old - new:
                gone[gram] |= bit
            for gram in new - old:
                come[gram] |= bit
            met |= old | new
        split = {
            gram
            for gram in met
            if _change(connection, block, gram, gone=gone[gram], come=come[gram])
        }
        if not split:
            return


def _grams_of(text: str, length: int, split: Container[str]) -> set[str]:
    return grams(text) if length == LEAST else longer_grams(text, length, split)


def _change(
    connection: sqlite3.Connection, block: Block, gram: str, *, gone: int, come: int
) -> bool:
    """Take some places from a gram, and give it others; says whether it is split."""
    place = (block.first, _key(gram))
    row = connection.execute(_GRAM, place).fetchone()
    is_split = row is not None and _is_split(row[0])
    if not gone and not come:
        return is_split
    bits = 0 if row is None else _read_places(row[0])
    bits = bits & ~gone | come
    if bits:
        connection.execute(_PUT, (*place, _write_bits(bits, is_split)))
    else:
        connection.execute(_TAKE, place)
    return is_split


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
    keys = {_key(gram): gram for gram in made.places}
    connection.executemany(
        _PUT,
        (
            (first, key, _write_places(made.places[keys[key]], keys[key] in made.split))
            for key in sorted(keys)
        ),
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


def _key(gram: str) -> str:
    """What a gram is stored under: those of three letters lie together, the longer ones apart."""
    return gram if len(gram) == LEAST else f"{_LONGER}{gram}"


def _write_places(places: Sequence[int], is_split: bool) -> bytes:
    """Few as pairs of bytes, many as packed bits. They are in order."""
    if len(places) <= _FEW and not is_split:
        return _ONE_BY_ONE + b"".join(place.to_bytes(2, "little") for place in places)
    bits = bytearray(places[-1] // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return (_SPLIT if is_split else _BITS) + zlib.compress(bytes(bits), 1)


def _write_bits(bits: int, is_split: bool) -> bytes:
    """The same of bits that are set already."""
    if bits.bit_count() <= _FEW and not is_split:
        return _write_places(places_in(bits), is_split)
    packed = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    return (_SPLIT if is_split else _BITS) + zlib.compress(packed, 1)


def _is_split(blob: bytes) -> bool:
    return blob[:1] == _SPLIT


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
