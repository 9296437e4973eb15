"""News that some rows moved on, passed to whoever shows them.

It only passes on. Moving the news to the GUI thread, and gathering it, is the window's affair.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What the news is about."""

    MESSAGES = "messages"
    SENDER = "sender"
    RECEIPTS = "receipts"
    ACCOUNT = "account"
    PRICES = "prices"
    GLANCE = "glance"
    OPT_OUTS = "opt_outs"
    RECEIVER = "receiver"
    WAY_IN = "way_in"
    CONTACTS = "contacts"
    TEMPLATES = "templates"
    SEARCH_INDEX = "search_index"
    TRAIL = "trail"


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of news, told after the commit it is about."""

    kind: ChangeKind
    ids: frozenset[str] | None = None
    """The messages that moved on; None says "look at everything again"."""


Listener = Callable[[Change], None]


class Changes:
    """Passes news to its listeners, on the thread where it happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with all further news; the answer ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def announce(self, change: Change) -> None:
        """Pass on news; a listener must be quick and must not raise."""
        for listener in self._listeners:
            listener(change)

    def announce_messages(self, ids: frozenset[str] | None) -> None:
        """News of messages, in the form in which the log tells it."""
        if ids is None or ids:
            self.announce(Change(ChangeKind.MESSAGES, ids))
