"""One SQLite file: how it is opened, locked and committed.

It knows connections and transactions. What the tables mean is left to the other files.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smsdesk.store.errors import (
    DatabaseDamagedError,
    ForeignDatabaseError,
    NewerDatabaseError,
    translated,
)

APPLICATION_ID = 0x534D5344
"""`SMSD`, in the header field that SQLite keeps for this purpose."""

BUSY_TIMEOUT_MS = 5_000
SHORT_BUSY_TIMEOUT_MS = 100
"""For what may as well be done later."""

OPERATIONS_BETWEEN_LOOKS = 50_000
"""Of SQLite's own; some milliseconds."""
CHECKED_AT_OPENING_BYTES = 16 * 1024 * 1024
"""Up to this size a file is checked whole before it is shown; a larger one soon after."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who made the file, and with which version of the schema."""

    application_id: int
    user_version: int


@dataclass(frozen=True, slots=True)
class Actor:
    """In whose name this process writes; "" where nobody asked for it."""

    who: str = ""
    """The name of the person's account on this computer."""
    profile: str = ""


class Database:
    """The file at `path`, with one connection for each thread that asks.

    `actor` is whom the trail names for what is done through it.

    Every commit is durable when it returns (`synchronous=FULL` in WAL mode); that is what the
    promise "nothing queued is lost" rests on. No other code may open the file, not even to
    read its bytes: closing any descriptor drops the POSIX locks of the whole process
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """

    def __init__(self, path: Path, *, actor: Actor = Actor()) -> None:
        self.path = path
        self.actor = actor
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened on first use."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with translated():
                connection = _connect(self.path)
            self._local.connection = connection
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit everything in the block, or nothing.

        `BEGIN IMMEDIATE` takes the write lock at once, so a block never fails half-way
        because somebody else began to write.
        """
        connection = self.connection
        with translated():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # After SQLITE_FULL or SQLITE_IOERR SQLite may have rolled back by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        with translated():
            row = self.connection.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def empty_wal(self) -> bool:
        """Move everything from the write-ahead log into the file, and cut it to nothing, so
        that what was deleted is in neither; False while somebody else reads or writes.

        The copying blocks nobody, and the rest is given up after a moment, because writers
        wait as long as it is tried (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
        """
        connection = self.connection
        with translated():
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            connection.execute(f"PRAGMA busy_timeout={SHORT_BUSY_TIMEOUT_MS}")
            try:
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        return int(row[0]) == 0

    def close_thread(self) -> None:
        """Close this thread's connection; a thread calls it before it ends."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            connection.close()


def create_file(path: Path) -> None:
    """Make the empty file that SQLite will fill, readable by nobody but us."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def read_header(path: Path) -> Header:
    """Read who made the file, without changing a byte of it.

    SQLite reads it, not we: a header still in the write-ahead log is seen too.

    Raises DatabaseDamagedError when the file is no database.
    """
    with translated():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            application_id = connection.execute("PRAGMA application_id").fetchone()[0]
            user_version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        finally:
            connection.close()
    return Header(int(application_id), int(user_version))


def check_header(path: Path, *, newest: int) -> None:
    """Refuse a file that is not ours to open.

    Raises ForeignDatabaseError, NewerDatabaseError or DatabaseDamagedError.
    """
    if path.stat().st_size == 0:
        raise ForeignDatabaseError("the database file is empty")
    header = read_header(path)
    if header.application_id != APPLICATION_ID:
        raise ForeignDatabaseError("the database was made by another program")
    if header.user_version > newest:
        raise NewerDatabaseError(f"schema {header.user_version} is newer than {newest}")


def quick_check(database: Database) -> None:
    """Raise DatabaseDamagedError when SQLite finds a page out of order."""
    _expect_ok(database, "PRAGMA quick_check(1)")


def integrity_check(database: Database) -> None:
    """The thorough and slower sister of `quick_check`; it also compares the indexes."""
    _expect_ok(database, "PRAGMA integrity_check(1)")


@contextmanager
def watched(
    connection: sqlite3.Connection, operations: int, on_progress: Callable[[float], None]
) -> Iterator[None]:
    """While the block has SQLite do about so many of its own operations, tell again and again how
    much of them is done, from 0 to 1."""
    done = 0

    def look() -> None:
        nonlocal done
        done += OPERATIONS_BETWEEN_LOOKS
        on_progress(min(1.0, done / max(operations, 1)))

    connection.set_progress_handler(look, OPERATIONS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def operations_of_a_check(connection: sqlite3.Connection) -> int:
    """About how many of its own operations SQLite needs for `integrity_check`: two for each value,
    and three to find a row in each index. Counted with SQLite 3.40, and right within 5%; 0 for a
    file that is too damaged to be asked, of which the check has to tell."""
    try:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return sum(_operations_of(connection, str(row[0])) for row in tables.fetchall())
    except sqlite3.Error:
        return 0


def _operations_of(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    rows = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]
    columns = connection.execute("SELECT count(*) FROM pragma_table_info(?)", (table,))
    indexes = connection.execute("SELECT count(*) FROM pragma_index_list(?)", (table,))
    return int(rows * (2 * columns.fetchone()[0] + 3 * indexes.fetchone()[0]))


def _expect_ok(database: Database, pragma: str) -> None:
    with translated():
        answer = database.connection.execute(pragma).fetchone()[0]
    if answer != "ok":
        raise DatabaseDamagedError(str(answer))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000, cached_statements=256
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA mmap_size=0")
        connection.execute("PRAGMA secure_delete=ON")
        if sys.platform == "darwin":
            # A plain fsync on macOS does not reach the platter.
            connection.execute("PRAGMA fullfsync=ON")
            connection.execute("PRAGMA checkpoint_fullfsync=ON")
    except BaseException:
        connection.close()
        raise
    return connection
