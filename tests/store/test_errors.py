"""SQLite's words become ours; programming mistakes stay what they are."""

import sqlite3
from contextlib import closing

import pytest

from smsdesk.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseIOError,
    DiskFullError,
    ReadOnlyError,
    StoreError,
    translated,
)


def sqlite_error(code: int) -> sqlite3.DatabaseError:
    error = sqlite3.OperationalError("words of SQLite's")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        (sqlite3.SQLITE_BUSY, DatabaseBusyError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseBusyError),
        (sqlite3.SQLITE_LOCKED, DatabaseBusyError),
        (sqlite3.SQLITE_FULL, DiskFullError),
        (sqlite3.SQLITE_READONLY, ReadOnlyError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, ReadOnlyError),
        (sqlite3.SQLITE_CANTOPEN, ReadOnlyError),
        (sqlite3.SQLITE_PERM, ReadOnlyError),
        (sqlite3.SQLITE_IOERR, DatabaseIOError),
        (sqlite3.SQLITE_IOERR_FSYNC, DatabaseIOError),
        (sqlite3.SQLITE_CORRUPT, DatabaseDamagedError),
        (sqlite3.SQLITE_NOTADB, DatabaseDamagedError),
    ],
)
def test_the_result_code_decides_and_extended_codes_count(
    code: int, ours: type[StoreError]
) -> None:
    with pytest.raises(ours, match="words of SQLite's"), translated():
        raise sqlite_error(code)


def test_every_error_of_the_room_has_a_code_of_its_own() -> None:
    kinds = StoreError.__subclasses__()

    assert len({kind.code for kind in kinds} | {StoreError.code}) == len(kinds) + 1


def test_a_broken_constraint_passes_unchanged() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE one (n INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO one VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError), translated():
            connection.execute("INSERT INTO one VALUES (1)")


def test_a_mistake_that_sqlite_never_saw_passes_unchanged() -> None:
    """Python's own errors of this family carry no result code at all."""
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(sqlite3.ProgrammingError, match="binding"),
        translated(),
    ):
        connection.execute("SELECT ?", ())
