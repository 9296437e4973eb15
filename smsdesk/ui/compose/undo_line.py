"""The line after Send that counts the seconds down in which the Send can be taken back.

It only counts and asks; what is stopped, and what becomes of the draft, is for the pane.
"""

import math
from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from smsdesk.desk import wording
from smsdesk.system.i18n import _
from smsdesk.ui import aloud, plain
from smsdesk.ui.theme import GRID


class UndoLine(QWidget):
    """Hidden while there is nothing to take back."""

    # Emitted when the person wants the Send taken back.
    asked = Signal()
    # Emitted when the time is over.
    over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = plain.label(name="compose.undo.words", wraps=True)
        self.button = QPushButton(_("&Undo"))
        self.button.setObjectName("compose.undo")
        self.button.setAccessibleName(_("Undo Send"))
        self.button.setProperty("small", True)
        plain.set_tip(self.button, _("Take the message back (Ctrl+Z in an empty field)"))
        self._people = 0
        self._left: Callable[[], timedelta] = timedelta
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        # A coarse timer may come early, and the same second would be shown twice.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        self._timer.timeout.connect(self._count)
        self.button.clicked.connect(self.asked)
        self.hide()

    def begin(self, people: int, left: Callable[[], timedelta]) -> None:
        """Count down what `left` says is left; a count that was going on is forgotten."""
        self._people, self._left = people, left
        self.show()
        self._count()
        aloud.say(self, self.words.text())  # once: who counts aloud says nothing else

    @property
    def said_at_the_end(self) -> str:
        """What becomes of the Send when the program is quit now; "" if nothing waits here."""
        return wording.not_left_sentence(self._people) if self._timer.isActive() else ""

    def stop(self) -> None:
        """There is nothing to take back any more."""
        self._timer.stop()
        self.hide()

    def _count(self) -> None:
        left_ms = self._left() / timedelta(milliseconds=1)
        if left_ms <= 0:
            self.stop()
            self.over.emit()
            return
        seconds = math.ceil(left_ms / 1000)
        self.words.setText(wording.undo_sentence(self._people, seconds))
        # Look again when the second that is shown is over.
        self._timer.start(math.ceil(left_ms - 1000 * (seconds - 1)) + 1)
