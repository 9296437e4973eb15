"""Texts that are written again and again, and how often each has been used."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.contact import fold
from smsdesk.sms.message import Draft
from smsdesk.store.drafts import with_channels, write_channels
from smsdesk.store.errors import NameTakenError, translated
from smsdesk.store.rows import from_ms, to_ms

if TYPE_CHECKING:
    from smsdesk.store.database import Database

SMS_ALONE = Draft()
"""Goes out as a plain SMS."""


@dataclass(frozen=True, slots=True)
class Template:
    """One text with a name."""

    id: int
    name: str
    text: str
    updated_at: datetime
    used: int
    """How often it has been used."""
    ways: Draft = SMS_ALONE
    """How it goes out: of this draft, only the channel, the content and what is tried next."""


class TemplateShelf:
    """Reads and edits the templates; `on_change` is told after each commit."""

    def __init__(self, database: Database, on_change: Callable[[], None]) -> None:
        self._database = database
        self._on_change = on_change

    def all(self) -> list[Template]:
        """Every template, the most used first; of those used alike the one used last."""
        with translated():
            rows = self._database.connection.execute(_ALL).fetchall()
        return [
            Template(
                row["id"],
                row["name"],
                row["text"],
                from_ms(row["updated_ms"]),
                row["used"],
                with_channels(Draft(), row["channels"]),
            )
            for row in rows
        ]

    def add(self, name: str, text: str, *, at: datetime, ways: Draft = SMS_ALONE) -> int:
        """Keep a text under a new name; returns its id. Raises NameTakenError."""
        with self._database.transaction() as connection:
            _expect_free(connection, name, but=-1)
            row = connection.execute(
                "INSERT INTO template (name, folded, text, channels, updated_ms) "
                "VALUES (?, ?, ?, ?, ?) RETURNING id",
                (name, fold(name), text, write_channels(ways), to_ms(at)),
            ).fetchone()
        self._on_change()
        return int(row["id"])

    def change(
        self, template_id: int, name: str, text: str, *, at: datetime, ways: Draft = SMS_ALONE
    ) -> bool:
        """Rewrite a template; False when it is gone. Raises NameTakenError."""
        with self._database.transaction() as connection:
            _expect_free(connection, name, but=template_id)
            changed = connection.execute(
                "UPDATE template SET name = ?, folded = ?, text = ?, channels = ?, "
                "updated_ms = ? WHERE id = ?",
                (name, fold(name), text, write_channels(ways), to_ms(at), template_id),
            ).rowcount
        if changed:
            self._on_change()
        return bool(changed)

    def remove(self, template_id: int) -> bool:
        """Remove a template; False when it is gone already."""
        with self._database.transaction() as connection:
            removed = connection.execute(
                "DELETE FROM template WHERE id = ?", (template_id,)
            ).rowcount
        if removed:
            self._on_change()
        return bool(removed)

    def note_use(self, template_id: int, *, at: datetime) -> None:
        """It has been used once more."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE template SET used = used + 1, used_ms = ? WHERE id = ?",
                (to_ms(at), template_id),
            )
        self._on_change()


def _expect_free(connection: sqlite3.Connection, name: str, *, but: int) -> None:
    taken = connection.execute(
        "SELECT 1 FROM template WHERE folded = ? AND id <> ?", (fold(name), but)
    ).fetchone()
    if taken is not None:
        raise NameTakenError("another template has this name")


_ALL = """
SELECT id, name, text, updated_ms, used, channels FROM template
ORDER BY used DESC, coalesce(used_ms, updated_ms) DESC, folded
"""
