"""Services are started with the window, and waited for at its end."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk, SenderControl
from smsdesk.sms.message import Draft
from smsdesk.ui import services
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.services import is_any_left_behind
from smsdesk.ui.theme import Theme


class Slow:
    """Goes on for a while after it was asked to stop, as with a request on the wire."""

    name = "sender"

    def __init__(self) -> None:
        self.is_running = threading.Event()
        self.may_end = threading.Event()
        self.has_ended = False

    def run(self, stop: threading.Event) -> None:
        self.is_running.set()
        stop.wait()
        self.may_end.wait(10)
        self.has_ended = True


def test_services_run_from_the_first_paint_to_the_close(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    service = Slow()
    service.may_end.set()
    window = open_window(replace(desk, services=(service,)))
    assert service.is_running.wait(5)

    window.close()

    assert service.has_ended


def test_a_letter_can_be_typed_before_any_service_has_begun(
    desk: Desk, theme: Theme, qtbot: QtBot
) -> None:
    service = Slow()
    service.may_end.set()
    desk.compose.save_draft(Draft(recipients="+447700900123", text="Hello"))
    window = MainWindow(replace(desk, services=(service,)), theme=theme)
    qtbot.addWidget(window)
    seen: list[tuple[str, bool]] = []
    widths: list[int] = []

    def type_letter() -> None:
        widths.extend(window.split.sizes())
        QTest.keyClicks(window.compose.text, "!")
        seen.append((window.compose.text.text(), service.is_running.is_set()))

    window.painted.connect(type_letter)
    with qtbot.waitSignal(window.settled):
        window.show()

    assert seen == [("Hello!", False)]
    assert window.history.isVisible()
    assert window.split.sizes() == widths, "the room was kept for it"
    assert service.is_running.wait(5)
    window.close()


def test_while_something_is_on_the_wire_the_end_is_counted_down(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    service = Slow()
    window = open_window(replace(desk, services=(service,)))
    seen: list[str] = []

    def look() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if w.objectName() == "finishing"]
        if any(dialog.isVisible() for dialog in dialogs):
            seen.append("countdown")
            assert not window.isVisible()
            window.close()  # once more, as an impatient person would
            service.may_end.set()
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)
    window.close()

    assert seen == ["countdown"]
    assert service.has_ended


def as_soon_as_asked(act: Callable[[QWidget], None]) -> None:
    """Act on the window that counts the seconds, once it is there."""

    def look() -> None:
        dialogs = [w for w in QApplication.topLevelWidgets() if w.objectName() == "finishing"]
        shown = [dialog for dialog in dialogs if dialog.isVisible()]
        if shown:
            act(shown[0])
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def test_nobody_has_to_wait_and_what_it_costs_is_said_first(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    service = Slow()
    given_up: list[str] = []

    class Control:
        """The desk's own sender, but for what is asked of it at the end."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.sender, name)

        def give_up(self) -> None:
            given_up.append("given up")

    control = cast(SenderControl, Control())
    window = open_window(replace(desk, services=(service,), sender=control))
    window.compose.undo.begin(3, lambda: timedelta(seconds=9))
    said: list[str] = []

    def quit_now(dialog: QWidget) -> None:
        said.extend(label.text() for label in dialog.findChildren(QLabel))
        button = dialog.findChild(QPushButton, "finishing.quit")
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    as_soon_as_asked(quit_now)
    with qtbot.waitSignal(window.closed):
        window.close()

    assert window.is_cut_short
    assert not service.has_ended
    assert is_any_left_behind()
    assert given_up == ["given up"]
    assert any("need your review" in text and "nothing is sent twice" in text for text in said)
    assert any(text.startswith("3 messages that can still be taken back") for text in said)
    service.may_end.set()
    qtbot.waitUntil(lambda: not is_any_left_behind())
    assert service.has_ended


def test_neither_enter_nor_escape_ends_the_waiting(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    service = Slow()
    window = open_window(replace(desk, services=(service,)))

    def press(dialog: QWidget) -> None:
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
            QTest.keyClick(dialog, key)
        dialog.close()
        assert dialog.isVisible()
        QTimer.singleShot(0, service.may_end.set)

    as_soon_as_asked(press)
    window.close()

    assert service.has_ended
    assert not window.is_cut_short


def test_the_offer_is_reached_by_keyboard(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    service = Slow()
    window = open_window(replace(desk, services=(service,)))

    def press(dialog: QWidget) -> None:
        QTest.keyClick(dialog, Qt.Key.Key_Tab)
        focused = dialog.focusWidget()
        assert focused is not None
        assert focused.objectName() == "finishing.quit"
        assert focused.accessibleName()
        QTest.keyClick(focused, Qt.Key.Key_Space)

    as_soon_as_asked(press)
    window.close()

    assert window.is_cut_short
    service.may_end.set()
    qtbot.waitUntil(lambda: not is_any_left_behind())


def test_a_question_without_answer_holds_up_nobody_and_asks_nothing(
    open_window: Callable[[Desk], MainWindow],
    desk: Desk,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Receipts are asked for again at the next start; nobody is to wait for that."""
    monkeypatch.setattr(services, "_GRACE_MS", 50)
    monkeypatch.setattr(services, "_FinishingDialog", lambda: pytest.fail("a question"))
    receipts = Slow()
    receipts.name = "receipts"
    window = open_window(replace(desk, services=(receipts,)))
    assert receipts.is_running.wait(5)

    window.close()

    assert not receipts.has_ended
    assert not window.is_cut_short
    assert is_any_left_behind()
    receipts.may_end.set()
    qtbot.waitUntil(lambda: not is_any_left_behind())


def test_a_service_that_falls_over_is_told_of(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    class Clumsy(Slow):
        def run(self, stop: threading.Event) -> None:
            if not self.is_running.is_set():
                self.is_running.set()
                raise RuntimeError("oh")
            super().run(stop)

    service = Clumsy()
    service.may_end.set()

    window = open_window(replace(desk, services=(service,)))

    qtbot.waitUntil(window.notice.isVisible)
    window.close()
