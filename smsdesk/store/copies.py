"""Copies of the log: backups, and logs that were set aside. What is in one, how a person is taken
out of one, and how one is made ready to take the log's place.

A copy is never changed in its place: a new file is made beside it, checked, and given its name.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smsdesk.store import migrations
from smsdesk.store.database import (
    Actor,
    Database,
    check_header,
    create_file,
    integrity_check,
)
from smsdesk.store.digests import read_key
from smsdesk.store.erasure import Erasure, Person, people_of
from smsdesk.store.errors import DatabaseDamagedError, StoreError, translated
from smsdesk.store.meta import EPOCH_OF_A_COPY
from smsdesk.store.rows import optional_moment
from smsdesk.store.trail import Act, Detail, Trail, TrailFilter, append, carry_over
from smsdesk.store.upkeep import backups, sync

_COMPANIONS = ("-wal", "-shm")
_ALL = TrailFilter()


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy, as its name and size tell it."""

    path: Path
    made_at: datetime
    why: str
    """Why it was made: "daily", "by-hand", "before-migration"; "replaced" or "damaged" for a log
    that was set aside."""
    size: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in a copy."""

    messages: int
    newest_at: datetime | None
    """When its newest message was made."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A copy that is ready to take the log's place."""

    messages: int
    is_continued: bool
    """The trail of the log before goes on in it."""
    has_opt_outs: bool
    """Who has opted out since is known to it."""
    erased_again: int
    """Persons who had been erased since the copy was made, and are so again."""


class OtherKeyError(StoreError):
    """Who was erased cannot be told to the copy: its digests are made with another key."""

    code = "other_key"


def copies(database: Path, folder: Path) -> list[Copy]:
    """All there are, newest first."""
    found = [_read_name(path) for path in (*backups(folder), *asides(database))]
    return sorted((one for one in found if one), key=lambda one: one.made_at, reverse=True)


def asides(database: Path) -> list[Path]:
    """The logs that were set aside."""
    return sorted(
        path
        for kind in ("damaged", "replaced")
        for path in database.parent.glob(f"{database.stem}-{kind}-*{database.suffix}")
    )


def look_into(path: Path) -> Inside:
    """Check a copy, and count what is in it; not a byte of it is changed. As slow as the check.

    Raises StoreError: it is damaged, of a newer version, or no copy of ours.
    """
    check_header(path, newest=migrations.NEWEST)
    with translated():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            integrity_check_of(connection)
            row = connection.execute(
                "SELECT count(*) AS n, max(created_ms) AS newest FROM message"
            ).fetchone()
        finally:
            connection.close()
    return Inside(row["n"], optional_moment(row["newest"]))


def key_of(log: Database) -> str:
    """The key of the digests in a log."""
    with translated():
        return read_key(log.connection)


def take_person_out(copy: Path, person: Person, *, key: str, at: datetime) -> bool:
    """Make a copy anew without a person; says whether there was anything of them in it. `key` is
    that of the log's digests.

    Raises StoreError when the copy cannot be read, or OSError.
    """
    unfinished = copy.with_name(copy.name + ".part")
    with _copied(copy, unfinished) as database:
        migrations.migrate(database)
        _adopt_key(database, key)
        is_held = Erasure(database).erase_from_copy(person, at=at)
        if is_held:
            _vacuum(database)
            integrity_check(database)
            _close_whole(database)
            _take_the_place(unfinished, copy)
    return is_held


def write_anew(copy: Path) -> None:
    """Write a copy anew, with nothing in its free room. Raises StoreError or OSError."""
    unfinished = copy.with_name(copy.name + ".part")
    with _copied(copy, unfinished) as database:
        _vacuum(database)
        integrity_check(database)
        _close_whole(database)
        _take_the_place(unfinished, copy)


def make_ready(
    source: Path, target: Path, *, log: Database | None, actor: Actor, at: datetime
) -> Restored:
    """Make at `target` what may take the place of the log, out of a copy that is left as it is.

    From `log`, which is to be replaced and can be read, comes what must not go back in time: the
    trail, who has opted out, and who was erased. Without it the trail says that it does not go
    on. Raises StoreError when the copy is not fit, or OSError; then there is nothing at `target`.
    """
    unfinished = target.with_name(target.name + ".part")
    with _copied(source, unfinished) as database:
        database.actor = actor
        check_header(unfinished, newest=migrations.NEWEST)
        integrity_check(database)
        migrations.migrate(database)
        migrations.check_schema(database)
        if log is not None:
            _adopt_key(database, key_of(log))
        erased = _erased_since(database, log)
        for person in erased:
            Erasure(database).erase_from_copy(person, at=at)
        if erased:
            _vacuum(database)
        # The name of a file that somebody has chosen may hold anything.
        name = source.name if _read_name(source) else "another file"
        restored = _finish_copy(database, log, name, len(erased), at=at)
        _close_whole(database)
        sync(unfinished)
        unfinished.replace(target)
    return restored


def remove_unfinished(database: Path, folder: Path) -> None:
    """Delete what a run left that ended while it made a copy."""
    for place, pattern in (
        (folder, "smsdesk-*.part*"),
        (database.parent, f"{database.stem}*.part*"),
        (database.parent, f"{database.name}.restored"),
    ):
        for leftover in place.glob(pattern):
            leftover.unlink(missing_ok=True)


def remove_copy(copy: Path) -> None:
    """Delete a copy with its companions."""
    for suffix in ("", *_COMPANIONS):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def integrity_check_of(connection: sqlite3.Connection) -> None:
    """The thorough check, on a connection that is nobody's."""
    answer = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if answer != "ok":
        raise DatabaseDamagedError(str(answer))


@contextmanager
def _copied(source: Path, unfinished: Path) -> Iterator[Database]:
    """A private copy of the file and what its write-ahead log holds, gone when the block ends
    unless it has been given another name."""
    remove_copy(unfinished)
    database = Database(unfinished)
    try:
        for suffix in ("", "-wal"):
            companion = source.with_name(source.name + suffix)
            if companion.exists():
                place = unfinished.with_name(unfinished.name + suffix)
                create_file(place)
                shutil.copyfile(companion, place)
        yield database
    finally:
        database.close_thread()
        remove_copy(unfinished)


def _close_whole(database: Database) -> None:
    """Everything is in the one file, and nothing beside it."""
    with translated():
        database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.connection.execute("PRAGMA journal_mode=DELETE")
    database.close_thread()


def _vacuum(database: Database) -> None:
    """Write the file anew, with nothing in its free room."""
    with translated():
        database.connection.execute("VACUUM")


def _take_the_place(unfinished: Path, copy: Path) -> None:
    """As old as the one whose place it takes, so that it goes when that one would have gone."""
    stat = copy.stat()
    os.utime(unfinished, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    sync(unfinished)
    for suffix in _COMPANIONS:
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    unfinished.replace(copy)
    sync(copy.parent)


def _adopt_key(copy: Database, key: str) -> None:
    """A copy from before there were digests gets the key of the log. Raises OtherKeyError."""
    with copy.transaction() as connection:
        if read_key(connection) == key:
            return
        if _rows_of(connection, "erased_opt_out"):
            raise OtherKeyError("the digests of the copy are made with another key")
        connection.execute("UPDATE meta SET value = ? WHERE key = 'digest_key'", (key,))


def _erased_since(copy: Database, log: Database | None) -> list[Person]:
    """Who in a copy was erased from the log after the copy was made."""
    if log is None:
        return []
    after = _common(Trail(copy), Trail(log)) or 0
    entries = Trail(log).entries(TrailFilter(what=Act.ERASED))
    erased = {
        (str(told.get("person")), *str(told.get("also", "")).split())
        for told in (one.details() for one in entries if one.id > after)
    }
    with translated():
        known = people_of(
            copy.connection, (one for each in erased for one in each), key_of(log)
        )
    found = ([known[one] for one in each if one in known] for each in sorted(erased))
    return [Person(first, tuple(more)) for first, *more in filter(None, found)]


def _finish_copy(
    copy: Database, log: Database | None, name: str, erased: int, *, at: datetime
) -> Restored:
    with copy.transaction() as connection:
        is_continued = log is not None and _carry_over(connection, Trail(copy), log)
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (_EPOCH,))
        count = int(connection.execute("SELECT count(*) FROM message").fetchone()[0])
        detail: Detail = {
            "copy": name,
            "messages": count,
            "continued": is_continued,
            "erased_again": erased,
        }
        append(connection, copy.actor, Act.RESTORED, detail, at=at)
    return Restored(count, is_continued, log is not None, erased)


def _carry_over(connection: sqlite3.Connection, trail: Trail, log: Database) -> bool:
    """Take over from the log what must not go back in time; says whether the trail was.

    The trail is only if the copy's is its beginning. Opt-outs are added to those of the copy.
    """
    with translated():
        rows = {table: _rows_of(log.connection, table) for table in _KEPT_TABLES}
    for table, statement in _KEPT_TABLES.items():
        connection.executemany(statement, rows[table])
    past = Trail(log)
    after = _common(trail, past)
    if after is None or past.verify().first_break is not None:
        return False
    carry_over(connection, (one for one in past.entries(_ALL) if one.id > after))
    return True


def _common(trail: Trail, past: Trail) -> int | None:
    """Up to which entry the log's trail is the copy's; None when they are two different ones."""
    head = trail.head()
    if head is None:
        return 0
    return head.id if past.hash_of(head.id) == head.hash else None


def _rows_of(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(f"SELECT * FROM {table}")]


def _read_name(path: Path) -> Copy | None:
    found = _BACKUP.fullmatch(path.name) or _ASIDE.fullmatch(path.name)
    if found is None:
        return None
    form = "%Y%m%dT%H%M%S%f" if len(found["at"]) > _TO_THE_SECOND else "%Y%m%dT%H%M%S"
    try:
        made_at = datetime.strptime(found["at"], form).replace(tzinfo=UTC)
        return Copy(path, made_at, found["why"], path.stat().st_size)
    except (ValueError, OSError):
        return None


_EPOCH = str(EPOCH_OF_A_COPY)

_TO_THE_SECOND = len("20260101T000000")
_BACKUP = re.compile(r"smsdesk-(?P<at>[0-9]{8}T[0-9]{6,12})-(?P<why>[a-z-]+)\.db")
_ASIDE = re.compile(r"[^-]+-(?P<why>damaged|replaced)-(?P<at>[0-9]{8}T[0-9]{6,12})\.db")

_KEPT_TABLES = {
    "suppression": "INSERT OR IGNORE INTO suppression VALUES (?, ?, ?, ?, ?)",
    "erased_opt_out": "INSERT OR IGNORE INTO erased_opt_out VALUES (?, ?, ?, ?)",
    "erased_mark": "INSERT OR IGNORE INTO erased_mark VALUES (?, ?)",
}
