"""Many scheduled messages whose time was missed: one line above the list, and one question."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.history.overdue import CANCEL, LEAVE, OTHER_TIME, SEND, OverdueSide
from smsdesk.ui.history.pane import HistoryPane
from smsdesk.ui.time_dialog import TimeDialog
from tests.support import Log
from tests.ui.conftest import Book

PATIENCE_MS = 20_000

Miss = Callable[[int], OverdueSide]


@pytest.fixture
def miss(qtbot: QtBot, desk: Desk, book: Book, worker: Worker) -> Miss:
    """So many times were missed while the program was closed; and then the list is opened."""

    def miss(count: int) -> OverdueSide:
        log, now = Log(book.database), datetime.now(UTC)
        for n in range(count):
            due = now - timedelta(hours=2, minutes=n)
            log.queue(at=due, state=State.SCHEDULED, due_at=due, due_zone=None)
        log.log.promote_due(at=now, late_after_ms=30 * 60 * 1000)
        pane = HistoryPane(desk.history, worker=worker, reader=worker)
        qtbot.addWidget(pane)
        pane.resize(600, 600)
        pane.load(has_account=True)
        pane.show()
        side = OverdueSide(desk.overdue, desk.compose.timing, pane, worker=worker)
        qtbot.waitUntil(lambda: side._seen is not None, timeout=PATIENCE_MS)
        return side

    return miss


def stored(desk: Desk) -> list[Message]:
    return desk.history.page(HistoryFilter(), limit=100)


def press(number: int) -> list[str]:
    """Press a button of the question that is about to be asked; what it says is kept."""
    asked: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, MessageDialog):
            QTimer.singleShot(20, look)
            return
        asked.extend([dialog.heading.text(), dialog.text.text()])
        asked.extend(button.text() for button in dialog.buttons if button.isDefault())
        dialog.buttons[number - 1].click()

    QTimer.singleShot(0, look)
    return asked


def test_a_few_are_settled_one_by_one(miss: Miss) -> None:
    assert miss(20).line.isHidden()


def test_many_are_one_question_and_nothing_is_the_default(miss: Miss, desk: Desk) -> None:
    side = miss(21)
    assert side.line.isVisible()
    assert side.line.words.text() == "21 scheduled messages are overdue"

    asked = press(LEAVE)
    side.line.button.click()
    assert asked[0] == "21 scheduled messages are overdue"
    assert asked[1].startswith("The times were from ")
    assert asked[2] == "&Leave on hold"
    assert {one.held_reason for one in stored(desk)} == {HeldReason.STALE}


@pytest.mark.parametrize(
    ("number", "state", "told"),
    [
        (SEND, State.QUEUED, "21 overdue messages are sent now."),
        (CANCEL, State.CANCELLED, "21 overdue messages cancelled; they are not sent."),
    ],
)
def test_all_of_them_are_sent_or_cancelled_at_once(
    number: int, state: State, told: str, miss: Miss, desk: Desk, qtbot: QtBot
) -> None:
    side = miss(21)
    press(number)
    with qtbot.waitSignal(side.said, timeout=PATIENCE_MS) as said:
        side.line.button.click()

    assert said.args == [told]
    assert {one.state for one in stored(desk)} == {state}
    side.hear()
    qtbot.waitUntil(side.line.isHidden, timeout=PATIENCE_MS)


def test_all_of_them_get_another_time(miss: Miss, desk: Desk, qtbot: QtBot) -> None:
    side = miss(21)
    press(OTHER_TIME)

    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, TimeDialog):
            dialog.act_button.click()
        else:
            QTimer.singleShot(20, choose)

    QTimer.singleShot(0, choose)
    with qtbot.waitSignal(side.said, timeout=PATIENCE_MS) as said:
        side.line.button.click()

    assert said.args is not None
    assert str(said.args[0]).startswith("Scheduled 21 messages for ")
    assert {one.state for one in stored(desk)} == {State.SCHEDULED}
