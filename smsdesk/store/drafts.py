"""The draft in the compose pane, kept so that it survives a restart."""

from __future__ import annotations

from datetime import datetime

from smsdesk.sms.message import Draft
from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.rows import to_ms


class DraftShelf:
    """Keeps one draft."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Draft:
        """The draft as it was last saved, or an empty one."""
        with translated():
            row = self._database.connection.execute(
                "SELECT sender, recipients, text, ref, entity_id, content_id FROM draft "
                "WHERE id = 1"
            ).fetchone()
        return Draft(**dict(row)) if row is not None else Draft()

    def save(self, draft: Draft, *, at: datetime) -> None:
        """Replace the saved draft.

        A lone surrogate cannot be stored as UTF-8; a question mark is kept in its place.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO draft (id, sender, recipients, text, ref, entity_id, "
                "content_id, updated_ms) VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _storable(draft.sender),
                    _storable(draft.recipients),
                    _storable(draft.text),
                    _storable(draft.ref),
                    _storable(draft.entity_id),
                    _storable(draft.content_id),
                    to_ms(at),
                ),
            )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
