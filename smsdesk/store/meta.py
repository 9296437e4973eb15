"""Small facts about the database itself, and about the run that owns it.

The epoch counts the runs that held the sender role. A copy of it is kept outside the file; a
database whose epoch is behind that copy is older than the one last used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.store.errors import translated

if TYPE_CHECKING:
    from smsdesk.store.database import Database

EPOCH_OF_A_COPY = -1
"""Behind every run: whoever puts a backup in place of the log, by whatever way, has a log that is
older than the one last used."""


class Meta:
    """Named texts in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> str | None:
        """The text under this name."""
        with translated():
            row = self._database.connection.execute(
                "SELECT value FROM meta WHERE key = ?", (key,)
            ).fetchone()
        return None if row is None else str(row["value"])

    def set(self, key: str, value: str) -> None:
        """Write one text, durably."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def get_or_set(self, key: str, value: str) -> str:
        """The text under this name, which becomes `value` if there was none."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
        found = self.get(key)
        return value if found is None else found

    @property
    def epoch(self) -> int:
        """How many runs of the sender this file has seen."""
        return int(self.get("epoch") or 0)

    def advance_epoch(self, at_least: int) -> int:
        """Begin a new run: one more than the file and the outside world have seen."""
        epoch = max(self.epoch, at_least) + 1
        self.set("epoch", str(epoch))
        return epoch
