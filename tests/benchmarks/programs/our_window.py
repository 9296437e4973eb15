"""The program's own start, by its own front door, until its window has been painted.

Says when, in milliseconds from the start of the process, and how much memory it then took; or,
asked for "key", when a letter typed at that moment stood in the message.
"""

import sys
import time

from smsdesk.ui import main_window  # first of all, for Qt comes first in the program too


class WatchedWindow(main_window.MainWindow):
    """The window, asked to tell what the benchmark wants to know."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        self.painted.connect(lambda: note_paint(self))


def note_paint(window: WatchedWindow) -> None:
    painted = time.monotonic()
    import json  # loaded only now, in case the program does without

    question = json.loads(sys.argv[1])
    if question["wants"] == "memory":
        from tests.benchmarks.programs.memory import pss_mb

        answer = {"paint_ms": (painted - question["started"]) * 1000, "memory_mb": pss_mb()}
        report(answer)
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    def note_letter() -> None:
        if window.compose.text.text() == "x":
            report({"key_ms": (time.monotonic() - question["started"]) * 1000})

    window.compose.text.textChanged.connect(note_letter)
    letter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
    QCoreApplication.postEvent(window.compose.text, letter)


def report(answer: dict[str, float]) -> None:
    """Say it and be gone: how the program ends is no part of how it starts."""
    import json
    import os

    print(json.dumps(answer), flush=True)
    os._exit(0)


def main() -> None:
    is_demo = '"demo": true' in sys.argv[1]
    main_window.MainWindow = WatchedWindow  # type: ignore[misc]
    from smsdesk.__main__ import main as start

    start(["--demo"] if is_demo else [])


main()
