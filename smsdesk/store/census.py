"""How much there is of everything in the log, without a word of what it says."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from smsdesk.store.database import Database
from smsdesk.store.errors import translated


def library_version() -> str:
    """Which SQLite this is."""
    return sqlite3.sqlite_version


def count_rows(database: Database) -> Mapping[str, int]:
    """The rows of each table, by its name. As slow as reading the file. Raises StoreError."""
    with translated():
        names = database.connection.execute(
            "SELECT name FROM pragma_table_list "
            "WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "ORDER BY name"
        ).fetchall()
        # The names are those of our own schema, and no place for a parameter.
        return {
            str(name): _count(database, f'SELECT count(*) FROM "{name}"') for (name,) in names
        }


def count_states(database: Database) -> Mapping[str, int]:
    """The messages in each state, by its code. Raises StoreError."""
    with translated():
        rows = database.connection.execute(
            "SELECT state, count(*) FROM message GROUP BY state ORDER BY state"
        ).fetchall()
    return {str(state): int(count) for state, count in rows}


def _count(database: Database, query: str) -> int:
    return int(database.connection.execute(query).fetchone()[0])
