"""Choosing a date and a time, and what is said about it meanwhile."""

from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QTime
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Draft
from smsdesk.sms.schedule import Plan
from smsdesk.ui.background import Worker
from smsdesk.ui.time_dialog import TimeDialog


def open_dialog(qtbot: QtBot, desk: Desk, worker: Worker, to: str, plan: Plan) -> TimeDialog:
    timing = desk.compose.timing
    numbers = desk.compose.preview(Draft(recipients=to)).numbers
    dialog = TimeDialog(
        plan,
        lambda chosen: timing.outlook(numbers, chosen),
        now=timing.now_here(),
        act="Choose",
        worker=worker,
    )
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def tomorrow(desk: Desk) -> datetime:
    now = desk.compose.timing.now_here()
    return (now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


def test_it_starts_with_the_plan_and_gives_the_one_that_is_chosen(
    qtbot: QtBot, desk: Desk, worker: Worker, tomorrow: datetime
) -> None:
    dialog = open_dialog(qtbot, desk, worker, "+447400123456", Plan(tomorrow, True))
    assert dialog.plan == Plan(tomorrow, is_recipients=True)

    dialog.time.setTime(QTime(17, 30))
    dialog.ours.setChecked(True)
    assert dialog.plan == Plan(tomorrow.replace(hour=17, minute=30))
    assert dialog.words.text().endswith("17:30 (our time)")


def test_what_is_uncertain_and_what_the_clocks_do_is_said_at_once(
    qtbot: QtBot, desk: Desk, worker: Worker, tomorrow: datetime
) -> None:
    to = "+447400123456\n+61412345678"
    dialog = open_dialog(qtbot, desk, worker, to, Plan(tomorrow, True))
    qtbot.waitUntil(lambda: "Perth" in dialog.doubts.text())

    sundays = (QDate(dialog.date.minimumDate().year() + 1, 3, 31 - days) for days in range(7))
    dialog.date.setDate(next(day for day in sundays if day.dayOfWeek() == 7))
    dialog.time.setTime(QTime(1, 30))
    qtbot.waitUntil(lambda: "forward over 01:30" in dialog.doubts.text())


def test_a_time_that_is_over_cannot_be_chosen(
    qtbot: QtBot, desk: Desk, worker: Worker, tomorrow: datetime
) -> None:
    over = desk.compose.timing.now_here() - timedelta(hours=2)
    dialog = open_dialog(qtbot, desk, worker, "+447400123456", Plan(over))
    if dialog.plan.local.date() == over.date():
        qtbot.waitUntil(lambda: not dialog.act_button.isEnabled())

    dialog.date.setDate(QDate(tomorrow.year, tomorrow.month, tomorrow.day))
    qtbot.waitUntil(dialog.act_button.isEnabled)
