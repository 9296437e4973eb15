"""Services are started with the window, and waited for at its end."""

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.ui.main_window import MainWindow


class Slow:
    """Goes on for a while after it was asked to stop, as with a request on the wire."""

    name = "slow"

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
