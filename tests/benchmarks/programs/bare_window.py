"""The reference of a start-up: a PySide6 main window with one label in it.

Says when it had been painted, in milliseconds from the start of the process, and how much
memory it then took. Asked for nothing, it stays, to be looked at.
"""

import os
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow


class BareWindow(QMainWindow):
    """Takes note of its first paint as the program's own window does."""

    def __init__(self) -> None:
        super().__init__()
        self._is_painted = False
        self.setCentralWidget(QLabel("SMS Desk"))
        self.resize(1120, 720)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            if sys.argv[1:]:
                QTimer.singleShot(0, report)


def report() -> None:
    painted = time.monotonic()
    # Loaded only now, for they are no part of a bare window.
    import json

    from tests.benchmarks.programs.memory import pss_mb

    started = json.loads(sys.argv[1])["started"]
    print(json.dumps({"paint_ms": (painted - started) * 1000, "memory_mb": pss_mb()}))
    sys.stdout.flush()
    os._exit(0)


app = QApplication(["bare"])
window = BareWindow()
window.show()
app.exec()
