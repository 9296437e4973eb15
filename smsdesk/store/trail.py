"""What persons did, as a chain: each entry holds the hash of the one before.

An entry is written in the transaction of the act it tells of, and costs the same whether the act
was about one message or a hundred thousand. It names no number and no text, so that nothing in it
ever has to be erased: people appear as digests (`store.digests`), messages as ids and counts.

A chain shows that an entry was changed, taken out or put in between. It does not show that it was
written anew from some entry on, or cut off at its end, by somebody who can write the file: for
that its head is kept elsewhere (`read_head`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.store.errors import translated
from smsdesk.store.rows import from_ms, to_ms

if TYPE_CHECKING:
    from smsdesk.store.database import Actor, Database

BEGINNING = "0" * 64
"""What the first entry holds as the hash of the one before."""

Detail = Mapping[str, str | int | float | bool]


class Act(StrEnum):
    """The kinds of entries."""

    SENT = "sent"
    SENT_LIST = "sent_list"
    CANCELLED = "cancelled"
    SETTLED = "settled"
    RESCHEDULED = "rescheduled"
    LET_THROUGH = "let_through"
    BATCH_PAUSED = "batch_paused"
    BATCH_RESUMED = "batch_resumed"
    BATCH_CONFIRMED = "batch_confirmed"
    CONFIRMED_ELSEWHERE = "confirmed_elsewhere"
    """A batch of another profile, from this one."""
    BATCH_CANCELLED = "batch_cancelled"
    BATCH_WRONG_PIN = "batch_wrong_pin"
    CONFIRMATION_RULE = "confirmation_rule"
    OPTED_OUT = "opted_out"
    ALLOWED_AGAIN = "allowed_again"
    EXPORTED = "exported"
    FILE_SAVED = "file_saved"
    """Of something that somebody had sent along."""
    SETTING_CHANGED = "setting_changed"
    ACCOUNT_CHANGED = "account_changed"
    KEY_CHANGED = "key_changed"
    PROFILE_REMOVED = "profile_removed"
    ERASED = "erased"
    ERASURE_CHECKED = "erasure_checked"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    OLD_REMOVED = "old_removed"
    """Nobody's act but that of the daily removal, noted because it takes things away."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `detail` is a JSON object in its canonical form, as it was hashed."""

    id: int
    at: datetime
    who: str
    profile: str
    what: str
    detail: str
    previous: str
    hash: str

    def details(self) -> dict[str, object]:
        """`detail` as it is read; empty where it is no JSON object, for a file may be edited."""
        try:
            found = json.loads(self.detail)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries are meant; None is for all."""

    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How many entries fit, and the key of the last one of each full page."""

    count: int
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, from which all before follow."""

    id: int
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold. `code` is "missing" (entries before this
    one are gone), "link" (it does not follow from the one before) or "content" (it is not what
    was hashed)."""

    code: str
    id: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of going through the chain."""

    entries: int
    head: Head | None
    first_break: Break | None


class Trail:
    """Reads the trail, and writes acts that are not done in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, what: Act, detail: Detail, *, at: datetime) -> None:
        """Write one entry in a commit of its own. Raises StoreError."""
        with self._database.transaction() as connection:
            append(connection, self._database.actor, what, detail, at=at)

    def page(
        self, which: TrailFilter, *, before: int | None = None, limit: int = 200
    ) -> list[Entry]:
        """Entries from before `before` on, the newest first."""
        with translated():
            rows = self._database.connection.execute(
                _PAGE, _parameters(which) | {"before": before, "limit": limit}
            ).fetchall()
        return [_read(row) for row in rows]

    def outline(self, which: TrailFilter, *, size: int = 200) -> Outline:
        """How many entries fit, and where each page of `size` ends. Reads all keys once."""
        count, ends = 0, []
        with translated():
            for row in self._database.connection.execute(_KEYS, _parameters(which)):
                count += 1
                if count % size == 0:
                    ends.append(int(row["id"]))
        return Outline(count, tuple(ends))

    def entries(self, which: TrailFilter) -> Iterator[Entry]:
        """All entries that fit, the oldest first, read as they are asked for."""
        after = 0
        parameters = _parameters(which)
        while True:
            with translated():
                rows = self._database.connection.execute(
                    _FORWARD, parameters | {"after": after}
                ).fetchall()
            if not rows:
                return
            yield from map(_read, rows)
            after = int(rows[-1]["id"])

    def head(self) -> Head | None:
        """The last entry; None while there is none."""
        with translated():
            return _head(self._database.connection)

    def hash_of(self, entry_id: int) -> str | None:
        """The hash of one entry; None when there is no such entry."""
        with translated():
            row = self._database.connection.execute(
                "SELECT hash FROM trail WHERE id = ?", (entry_id,)
            ).fetchone()
        return None if row is None else str(row["hash"])

    def verify(self) -> Verdict:
        """Go through the whole chain, one entry at a time; some seconds for a million."""
        count, previous = 0, BEGINNING
        head: Head | None = None
        with translated():
            for row in self._database.connection.execute(_CHAIN):
                code = _trouble(row, count + 1, previous)
                if code is not None:
                    return Verdict(count, head, Break(code, int(row["id"]), _moment(row)))
                count, previous = count + 1, row["hash"]
                head = _make_head(row)
        return Verdict(count, head, None)


def append(
    connection: sqlite3.Connection, actor: Actor, what: Act, detail: Detail, *, at: datetime
) -> None:
    """One entry, inside the caller's transaction."""
    last = connection.execute("SELECT id, hash FROM trail ORDER BY id DESC LIMIT 1").fetchone()
    row = (
        1 if last is None else last["id"] + 1,
        to_ms(at),
        actor.who,
        actor.profile,
        what.value,
        json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        BEGINNING if last is None else last["hash"],
    )
    connection.execute(_INSERT, (*row, hash_of_row(row)))


def carry_over(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add the entries of another copy of the same chain, inside the caller's transaction."""
    connection.executemany(
        _INSERT,
        (
            (
                *(one.id, to_ms(one.at), one.who, one.profile),
                *(one.what, one.detail, one.previous, one.hash),
            )
            for one in entries
        ),
    )


def hash_of_row(row: Sequence[str | int]) -> str:
    """The SHA-256 of an entry's canonical bytes: its columns but the hash, in their order, as a
    JSON array in UTF-8 without white space."""
    import hashlib  # start-up time: OpenSSL comes with it

    text = json.dumps(list(row), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_head(path: Path) -> Head | None:
    """The last entry in another file, such as a backup, of which no byte is changed; None for a
    file from before there was a trail. Raises StoreError."""
    with translated():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            has_trail = connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'trail'"
            ).fetchone()
            return _head(connection) if has_trail else None
        finally:
            connection.close()


def _head(connection: sqlite3.Connection) -> Head | None:
    row = connection.execute(
        "SELECT id, at_ms, hash FROM trail ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else _make_head(row)


def _make_head(row: sqlite3.Row) -> Head:
    return Head(row["id"], _moment(row) or from_ms(0), row["hash"])


def _trouble(row: sqlite3.Row, expected: int, previous: str) -> str | None:
    if row["id"] != expected:
        return "missing"
    if row["previous"] != previous:
        return "link"
    return None if row["hash"] == hash_of_row(tuple(row)[:-1]) else "content"


def _moment(row: sqlite3.Row) -> datetime | None:
    """When a broken entry says it was; it may say anything."""
    try:
        return from_ms(row["at_ms"])
    except OverflowError:
        return None


def _read(row: sqlite3.Row) -> Entry:
    return Entry(
        id=row["id"],
        at=_moment(row) or from_ms(0),
        who=row["who"],
        profile=row["profile"],
        what=row["what"],
        detail=row["detail"],
        previous=row["previous"],
        hash=row["hash"],
    )


def _parameters(which: TrailFilter) -> dict[str, object]:
    return {
        "what": which.what,
        "since": None if which.since is None else to_ms(which.since),
        "until": None if which.until is None else to_ms(which.until),
    }


_COLUMNS = "id, at_ms, who, profile, what, detail, previous, hash"

_FITS = """
(:what IS NULL OR what = :what) AND (:since IS NULL OR at_ms >= :since)
AND (:until IS NULL OR at_ms < :until)
"""

_PAGE = f"""
SELECT {_COLUMNS} FROM trail WHERE (:before IS NULL OR id < :before) AND {_FITS}
ORDER BY id DESC LIMIT :limit
"""

_KEYS = f"SELECT id FROM trail WHERE {_FITS} ORDER BY id DESC"

_FORWARD = f"""
SELECT {_COLUMNS} FROM trail WHERE id > :after AND {_FITS} ORDER BY id LIMIT 500
"""

_CHAIN = f"SELECT {_COLUMNS} FROM trail ORDER BY id"

_INSERT = f"INSERT INTO trail ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
