"""How late the window's event loop is while a list is read, stored, and taken back."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from smsdesk.system.settings import UNDO_S
from smsdesk.ui.bulk.dialog import CHECK, BulkDialog
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk
from tests.benchmarks.programs.probe import Probe

QUESTION = json.loads(sys.argv[1])
TEXT = "Hi {name}, depot {depot} is closed today. Please report to the gate at eight instead."
_LOOK_MS = 20
_SETTLE_MS = 1500
"""What follows from an act (news, counting anew, letting go of a list) belongs to it."""


class Story:
    """One act after another; what is late meanwhile goes by the act's name."""

    def __init__(self, window: MainWindow, app: QApplication) -> None:
        self.answer: dict[str, float] = {}
        self._window = window
        self._app = app
        self._probe = Probe(window)
        self._name = ""
        self._until: Callable[[], bool] = lambda: True
        self._then: Callable[[], None] = lambda: None
        self._look = QTimer(window)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._see)

    def open(self) -> None:
        self._act("opening the page", self._is_open, self.read)
        dialog = self._window.lists.open()
        dialog.text.sender_field.setEditText("ACME")
        dialog.text.text.setPlainText(TEXT)

    def read(self) -> None:
        self._act("reading", lambda: self.dialog.send.isEnabled(), self.store)
        self.dialog.read_file(Path(QUESTION["file"]))

    def store(self) -> None:
        self.dialog.tabs.setCurrentIndex(CHECK)
        count = "".join(filter(str.isdecimal, self.dialog.send.text()))
        self.dialog.check.typed.setText(count)
        self._act("storing", lambda: self._window.compose.undo.isVisible(), self.take_back)
        self.dialog.send_all()

    def take_back(self) -> None:
        self._act("taking back", self._is_open, self.leave)
        self._window.compose.take_back()

    def leave(self) -> None:
        self._act("leaving the page", lambda: not self._is_open(), self.end)
        self.dialog.finish()

    def end(self) -> None:
        self._probe.stop()
        self._window.close()
        self._app.quit()

    @property
    def dialog(self) -> BulkDialog:
        """The page that is open; after a list was taken back it is another one."""
        return next(one for one in self._window.findChildren(BulkDialog) if one.isVisible())

    def _is_open(self) -> bool:
        return any(one.isVisible() for one in self._window.findChildren(BulkDialog))

    def _act(self, name: str, until: Callable[[], bool], then: Callable[[], None]) -> None:
        self._name, self._until, self._then = name, until, then
        self._probe.take()
        self._look.start()

    def _see(self) -> None:
        if self._until():
            self._look.stop()
            QTimer.singleShot(_SETTLE_MS, self._end_act)

    def _end_act(self) -> None:
        late = self._probe.take()
        self.answer[f"{self._name} worst_ms"] = max(late)
        self.answer[f"{self._name} p99_ms"] = percentile(late, 0.99)
        self._then()


def main() -> None:
    desk, database = open_fast_desk(QUESTION)
    desk.settings.set(UNDO_S, 60)
    app = QApplication(["list"])
    window = MainWindow(desk, theme=Theme(app))
    story = Story(window, app)
    window.painted.connect(lambda: QTimer.singleShot(3000, story.open))
    window.show()
    app.exec()
    database.close_thread()
    print(json.dumps(story.answer))


main()
