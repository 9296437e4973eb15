"""Says aloud, through a screen reader, what others see happen: what became of messages, and that
sending stopped or goes on.

Nothing is asked or said where no screen reader listens. What comes close together is said in one,
and never so soon that it would interrupt what came before.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from smsdesk.desk import wording_alerts
from smsdesk.desk.fresh_turns import FreshTurns
from smsdesk.desk.history import History, Turn
from smsdesk.sms.state import State
from smsdesk.system.clock import Clock
from smsdesk.ui import aloud, names
from smsdesk.ui.background import Worker

TOLD = frozenset(
    {
        *(State.ACCEPTED, State.DELIVERED, State.READ, State.RECEIVED),
        *(State.UNDELIVERABLE, State.REJECTED, State.FAILED, State.UNKNOWN),
    }
)
"""Where a message stays for a while; what it only passes through is not worth a word."""

_GATHER_MS = 700
_REST_MS = 4000
"""After something was said, further news waits longer: a sentence takes its time."""


class Announcer(QObject):
    """Hears the window's news of messages."""

    def __init__(self, history: History, *, window: QWidget, worker: Worker) -> None:
        super().__init__(window)
        self._window = window
        self._worker = worker
        self._fresh = FreshTurns(history, TOLD, Clock())
        self._waiting: set[str] = set()
        self._was_held: bool | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._look)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)

    def close(self) -> None:
        self._gather.stop()
        self._waiting.clear()

    def hear_messages(self, ids: frozenset[str] | None) -> None:
        """Messages have moved on. What is told without ids is an act on all of them, of which the
        person knows."""
        if not ids or not aloud.is_heard():
            return
        self._waiting |= ids
        if not self._gather.isActive():
            self._gather.start(max(_GATHER_MS, self._rest.remainingTime()))

    def hear_sender(self, sentence: str, *, is_held: bool) -> None:
        """The sender does something else than before; `sentence` says what."""
        if self._was_held is not None and self._was_held != is_held:
            aloud.say(self._window, sentence)
        self._was_held = is_held

    def _look(self) -> None:
        ids, self._waiting = self._waiting, set()
        # From a log that cannot be read comes no news, and the window says why.
        self._worker.run(lambda: self._fresh.look(ids), self._say, lambda _error: None)

    def _say(self, turns: list[Turn]) -> None:
        if not turns:
            return
        self._rest.start(_REST_MS)
        names.ask(turn.other for turn in turns[: wording_alerts.SAID_ONE_BY_ONE])
        aloud.say(self._window, wording_alerts.said_sentence(turns, names.show_person))
