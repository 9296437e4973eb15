"""Tells which of many messages have newly come into a state that somebody is waiting to hear of.

Each turn once, and nothing that was so already when the program started. To whom it is told, and in
which words, is for those who ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from smsdesk.desk.history import History, Turn
from smsdesk.sms.state import State
from smsdesk.system.clock import Clock

REMEMBERED = 20_000
"""How many messages are remembered as told; what is forgotten is old news by its time."""

_A_MOMENT = timedelta(milliseconds=1)
_TOLD_AT_START = "crash"
"""What the last run left in doubt is told by the window as it opens."""


class FreshTurns:
    """What has happened from now on. `look` reads the log, so it is called where one may wait,
    and by one thread."""

    def __init__(self, history: History, states: Collection[State], clock: Clock) -> None:
        self._history = history
        self._states = states
        self._clock = clock
        self._told: dict[str, Turn] = {}
        self._since = self._now()
        self._after_seq = history.newest_seq()

    def look(self, ids: Iterable[str]) -> list[Turn]:
        """Those of the messages that have come to one of the states and were not told yet,
        oldest first. Raises StoreError."""
        self._since = min(self._since, self._now())  # somebody may have set the clock back
        fresh = [turn for turn in self._history.turns(ids, self._states) if self._is_new(turn)]
        for turn in fresh:
            self._told.pop(turn.id, None)
            self._told[turn.id] = turn
        self._forget()
        return fresh

    def _is_new(self, turn: Turn) -> bool:
        """Replies have a place of their own in the log, which tells old from new; of the others
        the time of their last step does. A message may come to the same state twice."""
        known = self._told.get(turn.id)
        if turn.state is State.RECEIVED:
            return known is None and turn.seq > self._after_seq
        if turn.unknown_reason == _TOLD_AT_START and turn.state is State.UNKNOWN:
            return False
        is_known = known is not None and (known.state, known.at) == (turn.state, turn.at)
        return not is_known and turn.at >= self._since

    def _forget(self) -> None:
        """Let go of what was told long ago: whatever is as old is old news from now on."""
        while len(self._told) > REMEMBERED:
            oldest = self._told.pop(next(iter(self._told)))
            if oldest.state is State.RECEIVED:
                self._after_seq = max(self._after_seq, oldest.seq)
            else:
                self._since = max(self._since, oldest.at + _A_MOMENT)

    def _now(self) -> datetime:
        """In whole milliseconds, as the log keeps its times."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
