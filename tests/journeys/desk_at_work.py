"""A window on a real desk, whose services run, before a simulator: the whole way, for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk import wording
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opening import open_desk
from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import DEFAULT_REGION, RECEIPTS, UNDO_S, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Choice, Theme

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
PACE = 0.05
WAIT_MS = 20_000


@dataclass(frozen=True, slots=True)
class Account:
    """A simulator and the credentials that it knows."""

    simulator: Simulator
    key_path: Path

    def vault(self) -> SessionVault:
        return SessionVault(
            {
                "application_id": APPLICATION_ID,
                "private_key_path": str(self.key_path),
                "api_key": "demo",
                "api_secret": "demo",
            }
        )


@contextmanager
def open_account(folder: Path) -> Iterator[Account]:
    """A simulator in a hurry, running until the end; it may be stopped and started between."""
    private, public = make_key_pair()
    key_path = folder / "private.key"
    key_path.touch(mode=0o600)
    key_path.write_text(private, encoding="ascii")
    simulator = Simulator(
        application_id=APPLICATION_ID, public_key_pem=public, pace=PACE, port=0
    )
    with simulator:
        yield Account(simulator, key_path)


def open_real_desk(folder: Path, account: Account, *, receipts: str = "reports") -> Desk:
    """The desk of the journey; it asks for receipts at once, as in the demo, and sends at once."""
    settings = Settings(None)
    settings.set(DEFAULT_REGION, "GB")
    settings.set(RECEIPTS, receipts)
    settings.set(UNDO_S, 0)
    return open_desk(
        paths=find_paths(data_dir=folder, profile="default"),
        settings=settings,
        vault=account.vault(),
        profile="default",
        is_demo=True,
        api_url=account.simulator.url,
    )


class Person:
    """Somebody at the window, who types, presses and reads."""

    def __init__(self, window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
        self.window = window
        self.desk = desk
        self._qtbot = qtbot

    def write(self, *, to: str, text: str, sender: str = "ACME") -> None:
        """Fill the three fields by keyboard."""
        self._type("compose.from", sender)
        self._type("compose.to.entry", to)
        self._type("compose.text", text)

    def press_send(self) -> None:
        """Ctrl+Enter, as in every messenger."""
        self._take_the_keyboard()
        editor = self.find("compose.text")
        QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def send(self, *, to: str, text: str) -> Message:
        """Write, send, and wait until the pane is clear; gives the newest message."""
        before = len(self.messages())
        self.write(to=to, text=text)
        self.press_send()
        self.wait_until(lambda: len(self.messages()) > before)
        self.wait_until(lambda: not self.window.compose.draft().text)
        return self.messages()[0]

    def messages(self) -> list[Message]:
        """The log, newest first."""
        return self.desk.history.page(HistoryFilter())

    def wait_for(self, state: State, *, row: int = 0) -> Message:
        """Wait until the list, not only the log, shows a message in this state."""
        word = wording.state_word(state)
        self.wait_until(lambda: word in self.row(row))
        return self.messages()[row]

    def row(self, row: int) -> str:
        """What a screen reader says of a row of the list."""
        model = self.window.history.table.model()
        said = model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        return str(said or "")

    def open_details(self, row: int = 0) -> str:
        """Choose a row; gives everything its details say."""
        table = self.window.history.table
        table.setCurrentIndex(table.model().index(row, 0))
        return self.details()

    def details(self) -> str:
        """All that stands in the details just now."""
        labels = self.find("history.details").findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def press(self, name: str) -> None:
        button = self.find(name)
        assert isinstance(button, QPushButton)
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press_and_confirm(self, name: str) -> str:
        """Press a button, and the first one of the dialog that it opens; gives the dialog."""
        said: list[str] = []

        def confirm() -> None:
            dialog = QApplication.activeModalWidget()
            if dialog is None:
                QTimer.singleShot(10, confirm)
                return
            act = dialog.findChildren(QPushButton)
            primary = next(button for button in act if button.property("primary"))
            said.append(primary.text())
            primary.click()

        QTimer.singleShot(10, confirm)
        self.press(name)
        return said[0]

    def notice(self) -> str:
        """What the bar above the panes says."""
        labels = self.window.notice.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def status(self, name: str) -> str:
        """What a part of the status bar says, in full."""
        return self.find(f"status.{name}").accessibleName()

    def find(self, name: str) -> QWidget:
        found = [one for one in self.window.findChildren(QWidget, name) if one.isVisible()]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_true, timeout=WAIT_MS)

    def _take_the_keyboard(self) -> None:
        """Without a window manager a list that popped up takes the keyboard along when it goes."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.wait_until(self.window.isActiveWindow)

    def _type(self, name: str, text: str) -> None:
        self._take_the_keyboard()
        field = self.find(name)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)


@contextmanager
def at_the_window(desk: Desk, qtbot: QtBot, qapp: QApplication) -> Iterator[Person]:
    """The window, open and painted; at the end it is closed as a person closes it."""
    with ExitStack() as stack:
        theme = Theme(qapp, Choice.LIGHT)
        stack.callback(theme.deleteLater)
        stack.callback(qapp.styleHints().colorSchemeChanged.disconnect)
        window = MainWindow(desk, theme=theme)
        stack.callback(window.deleteLater)
        stack.callback(window.close)
        window.resize(1000, 640)
        with qtbot.waitSignal(window.settled, timeout=WAIT_MS):
            window.show()
        qtbot.waitUntil(lambda: bool(window.status.account.text()), timeout=WAIT_MS)
        yield Person(window, desk, qtbot)
    desk.close()
