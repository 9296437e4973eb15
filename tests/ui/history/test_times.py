"""Second thoughts about the time of a message, from its details."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.schedule import Plan
from smsdesk.sms.state import State
from smsdesk.store.waiting import WaitingRoom
from smsdesk.ui.background import Worker
from smsdesk.ui.history.pane import HistoryPane
from smsdesk.ui.history.when import listed_time
from smsdesk.ui.time_dialog import TimeDialog
from tests.ui.conftest import Book


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> HistoryPane:
    pane = HistoryPane(desk.history, worker=worker, reader=worker)
    qtbot.addWidget(pane)
    pane.resize(600, 600)
    pane.load(has_account=True)
    pane.show()
    return pane


def button(pane: HistoryPane, name: str) -> QPushButton:
    found = pane.details.findChild(QPushButton, f"history.details.{name}")
    assert found is not None
    return found


def schedule(desk: Desk, ahead: timedelta) -> Message:
    plan = Plan(desk.compose.timing.now_here().replace(microsecond=0) + ahead)
    draft = Draft(sender="ACME", recipients="+447400123456", text="Hello")
    return desk.compose.send(draft, plan=plan).messages[0]


def answer(press: object) -> None:
    """Press in the dialog that is about to open."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(20, look)
        else:
            press(dialog)  # type: ignore[operator]

    QTimer.singleShot(0, look)


def test_a_scheduled_message_is_given_another_time(
    pane: HistoryPane, desk: Desk, qtbot: QtBot
) -> None:
    message = schedule(desk, timedelta(days=1))
    pane.show_message(message.id)
    assert button(pane, "time").isVisible()

    def two_days(dialog: TimeDialog) -> None:
        dialog.date.setDate(dialog.date.date().addDays(2))
        dialog.act_button.click()

    answer(two_days)
    with qtbot.waitSignal(pane.said) as said:
        button(pane, "time").click()

    moved = desk.history.get(message.id)
    assert moved is not None
    assert moved.due_local is not None
    assert message.due_local is not None
    assert moved.due_local.date() == message.due_local.date() + timedelta(days=2)
    assert said.args[0].startswith("It will be sent ")


def test_what_leaves_in_a_moment_has_no_time_to_change(
    pane: HistoryPane, desk: Desk, book: Book
) -> None:
    undo = desk.compose.send(
        Draft(sender="ACME", recipients="+447400123456", text="Hello"),
        undo=timedelta(seconds=10),
    ).messages[0]
    pane.show_message(undo.id)

    assert undo.is_about_to_leave
    assert not button(pane, "time").isVisible()
    assert not button(pane, "anyway").isVisible()


def test_what_quiet_hours_hold_may_be_sent_anyway_one_or_all(
    pane: HistoryPane, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    sent = desk.compose.send(
        Draft(sender="ACME", recipients="+447400123456\n+447400123457", text="Hello")
    ).messages
    room = WaitingRoom(book.database, desk.changes.announce_messages)
    until = datetime.now(UTC) + timedelta(hours=7)
    room.hold_back([(message.seq, until) for message in sent], at=datetime.now(UTC))
    pane.show_message(sent[0].id)
    held = pane.details.message
    assert held is not None
    assert listed_time(held) == held.due_at
    assert button(pane, "anyway").isVisible()

    answer(lambda dialog: dialog.buttons[1].click())
    with qtbot.waitSignal(pane.said) as said:
        button(pane, "anyway").click()

    assert said.args[0].startswith("2 messages queued")
    assert {m.state for m in desk.history.get_many(m.id for m in sent)} == {State.QUEUED}


def test_the_list_shows_the_time_that_a_message_waits_for(desk: Desk) -> None:
    later = schedule(desk, timedelta(days=1))
    now = desk.compose.send(Draft("ACME", "+447400123456", "Hello")).messages[0]

    assert listed_time(later) == later.due_at
    assert listed_time(now) == now.created_at
