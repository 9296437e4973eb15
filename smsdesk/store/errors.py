"""What may go wrong between us and the database file.

    StoreError
    ├── DatabaseBusyError       another program holds the file longer than we wait
    ├── DiskFullError           nothing more can be written
    ├── ReadOnlyError           the file or its folder may not be written
    ├── DatabaseIOError         the disk answered a read, a write or a sync with an error
    ├── DatabaseDamagedError    the file is not a sound SQLite database
    ├── ForeignDatabaseError    a sound database, but not one of ours
    ├── NewerDatabaseError      one of ours, written by a later version
    ├── SuppressedError         somebody has opted out of what was to be queued
    ├── NumberTakenError        another contact has this number
    ├── NameTakenError          another group or template has this name
    ├── UnsureError             a commit failed, and whether it happened cannot be asked
    └── IllegalMoveError        a message was not in the state the caller believed

Sentences for people are made from these in `desk.wording`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsdesk.sms.contact import Contact


class StoreError(Exception):
    """Any failure of this room."""

    code = "store"


class DatabaseBusyError(StoreError):
    """Another program held the file for longer than the busy time-out."""

    code = "busy"


class DiskFullError(StoreError):
    """SQLite answered `SQLITE_FULL`; what was committed before is safe."""

    code = "disk_full"


class ReadOnlyError(StoreError):
    """The database or its folder cannot be written."""

    code = "read_only"


class DatabaseIOError(StoreError):
    """The disk failed; the connection must be closed and the file checked."""

    code = "io_error"


class DatabaseDamagedError(StoreError):
    """The file is malformed, or no database at all."""

    code = "damaged"


class ForeignDatabaseError(StoreError):
    """The file is a database that another program made."""

    code = "foreign"


class NewerDatabaseError(StoreError):
    """The file has a schema that this version does not know."""

    code = "newer"


class UnsureError(StoreError):
    """A commit failed, and so did the question whether it happened all the same."""

    code = "unsure"


class SuppressedError(StoreError):
    """Recipients have opted out of messages from this sender; nothing was stored."""

    code = "suppressed"

    def __init__(self, numbers: tuple[str, ...]) -> None:
        super().__init__(f"{len(numbers)} recipients have opted out")
        self.numbers = numbers


class NumberTakenError(StoreError):
    """Another contact has this number; nothing was changed."""

    code = "number_taken"

    def __init__(self, taken_by: Contact) -> None:
        super().__init__("another contact has this number")
        self.taken_by = taken_by


class NameTakenError(StoreError):
    """Another group or template has this name; nothing was changed."""

    code = "name_taken"


class IllegalMoveError(StoreError):
    """A guarded step found the row in another state; nothing was changed."""

    code = "illegal_move"


_BY_PRIMARY_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusyError,
    sqlite3.SQLITE_LOCKED: DatabaseBusyError,
    sqlite3.SQLITE_FULL: DiskFullError,
    sqlite3.SQLITE_READONLY: ReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: ReadOnlyError,
    sqlite3.SQLITE_PERM: ReadOnlyError,
    sqlite3.SQLITE_IOERR: DatabaseIOError,
    sqlite3.SQLITE_CORRUPT: DatabaseDamagedError,
    sqlite3.SQLITE_NOTADB: DatabaseDamagedError,
}

NOT_UTF_8 = "Could not decode to UTF-8"
"""Python's own words, without a code (Modules/_sqlite/cursor.c)."""
_BAD_HEADER = "unsupported file format"
"""SQLite's words for a schema format that none of its versions writes; the code says no more
than "error" (src/prepare.c)."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn SQLite's operational errors inside the block into ours.

    Programming mistakes (a wrong column, a broken constraint) pass unchanged: they are bugs
    and should look like bugs.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        # SQLite's complaint about a damaged schema quotes the damage.
        raise DatabaseDamagedError("the schema is no text") from error
    except sqlite3.DatabaseError as error:
        if str(error).startswith(NOT_UTF_8):
            raise DatabaseDamagedError("a text is no text") from error
        if str(error) == _BAD_HEADER:
            raise DatabaseDamagedError(_BAD_HEADER) from error
        # The low byte is the primary result code: https://www.sqlite.org/rescode.html. Errors
        # that Python itself found (a closed connection, a wrong binding) carry none.
        ours = _BY_PRIMARY_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if ours is None:
            raise
        raise ours(str(error)) from error
