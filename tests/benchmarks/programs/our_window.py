"""The program's own start, by its own front door, until its window has been painted.

Says when, in milliseconds from the start of the process, and how much memory it then took; or,
asked for "key", when a letter typed as soon as the window is ready stood in the message; asked
for "all", when the history was there and every service had been begun.
"""

import sys
import time

from smsdesk.__main__ import load_window, main

load_window()  # as the front door does: what it leaves out must not be loaded here

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QKeyEvent, QPaintEvent  # noqa: E402

from smsdesk import app  # noqa: E402
from smsdesk.ui.main_window import MainWindow  # noqa: E402


class WatchedWindow(MainWindow):
    """The window, asked to tell what the benchmark wants to know."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self._is_seen = False
        if '"wants": "key"' in sys.argv[1]:
            self.painted.connect(lambda: type_letter(self))
        if '"wants": "all"' in sys.argv[1]:
            self.settled.connect(lambda: report({"all_ms": time.monotonic()}))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if not self._is_seen and '"wants": "memory"' in sys.argv[1]:
            self._is_seen = True
            QTimer.singleShot(0, note_paint)  # as in the bare window
        super().paintEvent(event)


def note_paint() -> None:
    painted = time.monotonic()
    # Loaded only now, for it is no part of the program.
    from tests.benchmarks.programs.memory import pss_mb

    report({"paint_ms": painted, "memory_mb": pss_mb()})


def type_letter(window: WatchedWindow) -> None:
    def note_letter() -> None:
        if window.compose.text.text() == "x":
            report({"key_ms": time.monotonic()})

    window.compose.text.textChanged.connect(note_letter)
    letter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
    QCoreApplication.postEvent(window.compose.text, letter)


def report(answer: dict[str, float]) -> None:
    """Say it and be gone: how the program ends is no part of how it starts."""
    import json
    import os

    started = json.loads(sys.argv[1])["started"]
    told = {
        name: (value - started) * 1000 if name.endswith("_ms") else value
        for name, value in answer.items()
    }
    print(json.dumps(told), flush=True)
    os._exit(0)


app.MainWindow = WatchedWindow  # type: ignore[attr-defined]
main(["--demo"] if '"demo": true' in sys.argv[1] else [])
