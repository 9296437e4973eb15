"""Searches with a name, kept in the log they search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.desk.not_stored import NotStoredError
from smsdesk.sms.contact import tidy
from smsdesk.store.errors import NameTakenError, StoreError
from smsdesk.store.saved_searches import SavedSearch

if TYPE_CHECKING:
    from smsdesk.store.history import HistoryFilter
    from smsdesk.store.saved_searches import SavedSearchShelf

__all__ = ["LONGEST_NAME", "NameTakenError", "SavedSearch", "SavedSearches"]

LONGEST_NAME = 60


class SavedSearches:
    """What the history pane and `smsdesk history --saved` ask for.

    A name is free if no other search has it, whatever its case or accents. Each method that
    writes raises NotStoredError when the log could not take it.
    """

    def __init__(self, shelf: SavedSearchShelf) -> None:
        self._shelf = shelf

    def all(self) -> list[SavedSearch]:
        """Every saved search, by name."""
        return self._shelf.all()

    def find(self, name: str) -> SavedSearch | None:
        """The search of this name, however it is written."""
        return self._shelf.find(name)

    def save(self, name: str, which: HistoryFilter) -> SavedSearch:
        """Keep a filter under a name, in place of what had it before. Raises ValueError where
        there is no name."""
        try:
            return self._shelf.put(_name(name), which)
        except StoreError as error:
            raise NotStoredError(error.code) from error

    def rename(self, search_id: int, name: str) -> bool:
        """Give a search another name; False when it is gone. Raises NameTakenError, or
        ValueError where there is no name."""
        try:
            return self._shelf.rename(search_id, _name(name))
        except NameTakenError:
            raise
        except StoreError as error:
            raise NotStoredError(error.code) from error

    def delete(self, search_id: int) -> bool:
        """Forget a search; False when it was gone already."""
        try:
            return self._shelf.delete(search_id)
        except StoreError as error:
            raise NotStoredError(error.code) from error


def _name(typed: str) -> str:
    name = tidy(typed)[:LONGEST_NAME].strip()
    if not name:
        raise ValueError("a saved search needs a name")
    return name
