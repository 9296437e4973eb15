"""What one key costs in a long text, from the key to the painted letter, in milliseconds.

In the real window with five hundred recipients, or in a bare editor of the same size.
"""

import json
import sys
import time
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

from smsdesk.sms.message import Draft
from tests.benchmarks.figures import percentile
from tests.benchmarks.texts import TEXTS

_LETTERS = "abcdefghij klmnopqrst uvwxyz "
_WARM_UP = 50
_AT_REST_AFTER_MS = 2_000
"""What the window does after its first paint is another benchmark's matter."""


def main() -> None:
    question = json.loads(sys.argv[1])
    app = QApplication(["typing"])
    if question["who"] == "bare":
        size, taken = _in_a_bare_editor(question)
    else:
        size, taken = _in_our_window(app, question)
    answer = {
        "median_ms": percentile(taken, 0.5),
        "p99_ms": percentile(taken, 0.99),
        "width": size.width(),
        "height": size.height(),
    }
    print(json.dumps(answer))


def _in_a_bare_editor(question: dict[str, Any]) -> tuple[QSize, list[float]]:
    window = QMainWindow()
    editor = QPlainTextEdit()
    window.setCentralWidget(editor)
    window.resize(int(question["width"]), int(question["height"]))
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    editor.setPlainText(TEXTS[question["text"]])
    editor.setFocus()
    editor.moveCursor(QTextCursor.MoveOperation.End)
    return editor.size(), _type(editor, question["count"])


def _in_our_window(app: QApplication, question: dict[str, Any]) -> tuple[QSize, list[float]]:
    from dataclasses import replace

    from smsdesk.ui.main_window import MainWindow
    from smsdesk.ui.theme import Theme
    from tests.benchmarks.programs.fast_desk import open_fast_desk

    desk, database = open_fast_desk(question)
    window = MainWindow(replace(desk, services=()), theme=Theme(app))
    recipients = "\n".join(f"+447700900{number:03}" for number in range(500))
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    QTest.qWait(_AT_REST_AFTER_MS)
    window.compose.show_draft(Draft("ACME", recipients, TEXTS[question["text"]]))
    window.compose.text.setFocus()
    taken = _type(window.compose.text, question["count"])
    size = window.compose.text.size()
    assert window.compose.text.text() != TEXTS[question["text"]]
    window.close()
    database.close_thread()
    return size, taken


def _type(editor: QPlainTextEdit, count: int) -> list[float]:
    """Type at the end of the text, and take the time of each key until it is painted."""
    taken = []
    for number in range(_WARM_UP + count):
        letter = _LETTERS[number % len(_LETTERS)]
        key = QKeyEvent(
            QEvent.Type.KeyPress,
            Qt.Key(ord(letter.upper())),
            Qt.KeyboardModifier.NoModifier,
            letter,
        )
        began = time.perf_counter()
        QApplication.sendEvent(editor, key)
        QApplication.processEvents()
        if number >= _WARM_UP:
            taken.append((time.perf_counter() - began) * 1000)
    return taken


main()
