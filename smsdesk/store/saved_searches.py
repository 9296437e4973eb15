"""Searches that somebody has given a name, each as the filter it stands for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.contact import fold
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store.errors import NameTakenError, translated
from smsdesk.store.history_filter import HistoryFilter

if TYPE_CHECKING:
    from smsdesk.store.database import Database


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A filter with a name."""

    id: int
    name: str
    which: HistoryFilter


class SavedSearchShelf:
    """Reads and writes the saved searches. They may hold numbers and texts of people, so they
    are looked through when somebody is erased."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[SavedSearch]:
        """Every one, by name."""
        with translated():
            rows = self._database.connection.execute(_ALL).fetchall()
        return [_read(row) for row in rows]

    def find(self, name: str) -> SavedSearch | None:
        """The one of this name, whatever its case or accents."""
        with translated():
            row = self._database.connection.execute(_BY_NAME, (fold(name),)).fetchone()
        return None if row is None else _read(row)

    def put(self, name: str, which: HistoryFilter) -> SavedSearch:
        """Keep a filter under a name, in place of what had it before."""
        with self._database.transaction() as connection:
            row = connection.execute(_PUT, (name, fold(name), _write_filter(which))).fetchone()
        return SavedSearch(row["id"], name, which)

    def rename(self, search_id: int, name: str) -> bool:
        """Give one another name; False when it is gone. Raises NameTakenError."""
        with self._database.transaction() as connection:
            taken = connection.execute(_BY_NAME, (fold(name),)).fetchone()
            if taken is not None and taken["id"] != search_id:
                raise NameTakenError("another saved search has this name")
            renamed = connection.execute(_RENAME, (name, fold(name), search_id)).rowcount
        return bool(renamed)

    def delete(self, search_id: int) -> bool:
        """Remove one; False when it was gone already."""
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM saved_search WHERE id = ?", (search_id,))
        return bool(gone.rowcount)


def _read(row: sqlite3.Row) -> SavedSearch:
    return SavedSearch(row["id"], row["name"], _read_filter(json.loads(row["wanted"])))


def _write_filter(which: HistoryFilter) -> str:
    """What is asked for, and nothing about the rest."""
    wanted = {
        "search": which.search or None,
        "states": sorted(which.states) or None,
        "to": which.to,
        "direction": which.direction,
        "since": which.since and which.since.isoformat(),
        "until": which.until and which.until.isoformat(),
        "batch": which.batch,
        "failure": which.failure,
        "sender": which.sender,
        "channel": which.channel,
    }
    return json.dumps({name: value for name, value in wanted.items() if value is not None})


def _read_filter(wanted: Mapping[str, object]) -> HistoryFilter:
    """A state that a later version wrote and this one does not know is left out."""
    known = {state.value for state in State}
    states, direction = wanted.get("states"), _text(wanted.get("direction"))
    return HistoryFilter(
        search=_text(wanted.get("search")) or "",
        states=frozenset(
            State(one) for one in (states if isinstance(states, list) else []) if one in known
        ),
        to=_text(wanted.get("to")),
        direction=None if direction is None else Direction(direction),
        since=_moment(wanted.get("since")),
        until=_moment(wanted.get("until")),
        batch=_text(wanted.get("batch")),
        failure=_text(wanted.get("failure")),
        sender=_text(wanted.get("sender")),
        channel=_text(wanted.get("channel")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


_ALL = "SELECT id, name, wanted FROM saved_search ORDER BY folded"

_BY_NAME = "SELECT id, name, wanted FROM saved_search WHERE folded = ?"

_PUT = """
INSERT INTO saved_search (name, folded, wanted) VALUES (?, ?, ?)
ON CONFLICT (folded) DO UPDATE SET name = excluded.name, wanted = excluded.wanted
RETURNING id
"""

_RENAME = "UPDATE saved_search SET name = ?, folded = ? WHERE id = ?"
