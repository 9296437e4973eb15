"""How late an event loop is: how long a key or a click would have had to wait."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

_GAP_MS = 5


class Probe(QObject):
    """Sets a timer, again and again, and notes by how much it is late."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GAP_MS)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        self._due = time.perf_counter() + _GAP_MS / 1000
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def take(self) -> list[float]:
        """What was noted since this was asked last; how late it is just now is noted first."""
        if self._timer.isActive():
            self._note()
        else:
            self.start()
        taken, self.late_ms = self.late_ms, []
        return taken

    def _note(self) -> None:
        self.late_ms.append(max(0.0, (time.perf_counter() - self._due) * 1000))
        self.start()
