"""Decides which news deserves to be told to somebody who is not looking.

A reply, a message that did not arrive, a message in doubt: each once, several together, and
nothing that was so already when the program started. In which words, is in `wording_alerts`;
how it is shown, the window decides.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.desk.fresh_turns import FreshTurns
from smsdesk.desk.history import History, Turn
from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.system.clock import Clock
from smsdesk.system.settings import NOTIFY, Settings


class AlertKind(StrEnum):
    """What an alert is about."""

    REPLY = "reply"
    FAILED = "failed"
    DOUBT = "doubt"


KINDS: Mapping[State, AlertKind] = MappingProxyType(
    {
        State.RECEIVED: AlertKind.REPLY,
        State.UNDELIVERABLE: AlertKind.FAILED,
        State.REJECTED: AlertKind.FAILED,
        State.FAILED: AlertKind.FAILED,
        State.UNKNOWN: AlertKind.DOUBT,
    }
)
"""The states that somebody ought to hear of."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person is looking at just now; nothing need be told of that."""

    other: str | None = None
    """With whom the message was exchanged that is open."""
    is_review: bool = False


NOTHING_SEEN = Seen()


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to tell, and how many messages it is true of by now."""

    kind: AlertKind
    count: int
    newest: Message
    is_private: bool
    """Neither number nor text may be shown."""

    @property
    def target(self) -> str:
        """What to open: the id of a message, or a kind for all of that kind."""
        is_one = self.count == 1 or self.kind is AlertKind.REPLY
        return self.newest.id if is_one else self.kind.value


class Alerts:
    """Hears all news of messages, and says on request what of it is to be told.

    `look` reads the log, so it is called on a thread that may wait; the other methods may be
    called from any thread.
    """

    def __init__(
        self,
        *,
        history: History,
        settings: Settings,
        changes: Changes,
        clock: Clock | None = None,
    ) -> None:
        self._history = history
        self._settings = settings
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._counts: dict[AlertKind, int] = {}
        self._fresh = FreshTurns(history, KINDS, clock or Clock())
        self.close = changes.subscribe(self._note)
        """Hear nothing more."""

    def begin_anew(self) -> None:
        """The person has come to the window: count from here."""
        with self._lock:
            self._counts.clear()

    def look(self, seen: Seen = NOTHING_SEEN) -> tuple[Alert, ...]:
        """What is to be told of all that has changed since the last look. Raises StoreError."""
        with self._lock:
            ids, self._waiting = self._waiting, set()
        wanted = self._settings.get(NOTIFY)
        found: dict[AlertKind, list[Turn]] = {}
        for turn in self._fresh.look(ids):
            if wanted != "off" and not _is_seen(turn, seen):
                found.setdefault(KINDS[turn.state], []).append(turn)
        alerts = (
            self._gather(kind, found[kind], wanted) for kind in AlertKind if kind in found
        )
        return tuple(alert for alert in alerts if alert is not None)

    def _note(self, change: Change) -> None:
        """Called on whatever thread made the change. What is told without ids (a pause, a hold)
        brings no message into a state that anybody must hear of."""
        if change.kind is ChangeKind.MESSAGES and change.ids:
            with self._lock:
                self._waiting |= change.ids

    def _gather(self, kind: AlertKind, turns: list[Turn], wanted: str) -> Alert | None:
        with self._lock:
            count = self._counts[kind] = self._counts.get(kind, 0) + len(turns)
        newest = self._history.get(turns[-1].id)
        if newest is None:
            return None  # erased this moment
        return Alert(kind, count, newest, is_private=wanted == "private")


def _is_seen(turn: Turn, seen: Seen) -> bool:
    if turn.state is State.UNKNOWN and seen.is_review:
        return True
    return turn.other == seen.other
