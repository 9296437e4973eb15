"""When the messages of a list leave: chosen, looked at and taken back on the last page."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Message
from smsdesk.sms.schedule import OURS, Plan
from smsdesk.sms.state import State
from smsdesk.system.settings import QUIET_HOURS, QUIET_MODE, UNDO_S, Settings
from smsdesk.ui.bulk.dialog import CHECK, BulkDialog
from smsdesk.ui.bulk.when import DoubtfulDialog
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.time_dialog import TimeDialog
from tests.ui.clocks import just_now, tomorrow

LONDON, PERTH = "+447400123456", "+61412345678"

PATIENCE_MS = 20_000

OpenAt = Callable[..., BulkDialog]


@pytest.fixture
def check(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> OpenAt:
    """The last page, for a list of these numbers."""

    def open_at(*numbers: str) -> BulkDialog:
        file = tmp_path / "staff.csv"
        file.write_text("Mobile\n" + "".join(f"{one}\n" for one in numbers), "utf-8")
        page = window.lists.open()
        page.read_file(file)
        page.text.text.set_text("The depot is closed.")
        qtbot.waitUntil(
            lambda: page._outlook is not None and page._outlook.count > 0, timeout=PATIENCE_MS
        )
        page._go(CHECK)
        return page

    return open_at


def stored(desk: Desk) -> dict[str, Message]:
    return {one.to: one for one in desk.history.page(HistoryFilter(), limit=100)}


def send(page: BulkDialog, window: MainWindow, qtbot: QtBot) -> None:
    page.send.click()
    qtbot.waitUntil(lambda: window.lists.page is None, timeout=PATIENCE_MS)


def test_at_once_until_a_time_is_chosen_and_again_when_it_is_dropped(
    check: OpenAt, desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    page = check(LONDON, PERTH)
    assert page.when._at_once.isVisible()
    assert page.send.text() == "&Send 2 messages"

    page.when.later.chosen.emit(tomorrow(desk))
    assert not page.when._at_once.isVisible()
    assert page.when.line.words.text().endswith("(our time)")
    assert page.send.text() == "&Schedule 2 messages"

    page.when.line.drop_button.click()
    assert page.when._at_once.isVisible()
    send(page, window, qtbot)
    assert {one.state for one in stored(desk).values()} == {State.QUEUED}


def test_a_list_is_scheduled_and_no_undo_is_offered(
    check: OpenAt, desk: Desk, settings: Settings, window: MainWindow, qtbot: QtBot
) -> None:
    settings.set(UNDO_S, 10)
    page = check(LONDON, PERTH)
    page.when.choose(plan := tomorrow(desk))
    send(page, window, qtbot)

    assert {(m.state, m.due_local, m.due_zone) for m in stored(desk).values()} == {
        (State.SCHEDULED, plan.local, OURS)
    }
    assert window.compose.done.text().startswith("Scheduled 2 messages for ")
    assert not window.compose.undo.isVisible()


def test_by_their_clocks_the_uncertain_rows_are_shown(
    check: OpenAt, desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    page = check(LONDON, PERTH, "+80012345678")
    assert not page.when.rows.isVisible()
    page.when.choose(tomorrow(desk, is_recipients=True))
    qtbot.waitUntil(page.when.rows.isVisible, timeout=PATIENCE_MS)
    assert "Perth" in page.when.line.doubts.text()
    assert page.when.line.notes.text().startswith("By our clock:")

    page.when.rows.click()
    qtbot.waitUntil(lambda: page.findChild(DoubtfulDialog) is not None, timeout=PATIENCE_MS)
    dialog = page.findChild(DoubtfulDialog)
    assert isinstance(dialog, DoubtfulDialog)
    assert [dialog.model.text(row, 0) for row in range(dialog.model.rowCount())] == ["3", "4"]
    assert dialog.model.text(0, 3).startswith("In one of several time zones; Perth")
    assert dialog.model.text(1, 3) == "No time zone is known; our time is taken."
    dialog.accept()

    send(page, window, qtbot)
    assert {to: m.due_zone for to, m in stored(desk).items()} == {
        LONDON: "Europe/London",
        PERTH: "Australia/Perth",
        "+80012345678": OURS,
    }


def test_a_time_is_written_down_and_what_it_means_is_said_there(
    check: OpenAt, desk: Desk, qtbot: QtBot
) -> None:
    page = check(LONDON, PERTH)
    seen: list[str] = []

    def choose() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, TimeDialog) or not dialog.doubts.text():
            if isinstance(dialog, TimeDialog):
                dialog.theirs.setChecked(True)
                dialog.date.setDate(dialog.date.date().addDays(2))
            QTimer.singleShot(400, choose)
            return
        seen.append(dialog.doubts.text())
        dialog.act_button.click()

    QTimer.singleShot(0, choose)
    page.when.pick()

    assert "Perth" in seen[0]
    assert page.when.plan is not None
    assert page.when.plan.is_recipients


def test_a_time_that_is_over_is_refused_and_all_of_it_stays(
    check: OpenAt, desk: Desk, qtbot: QtBot
) -> None:
    page = check(LONDON, PERTH)
    page.when.choose(Plan(desk.compose.timing.now_here() - timedelta(hours=1)))
    qtbot.waitUntil(lambda: "over" in page.when.line.doubts.text(), timeout=PATIENCE_MS)
    page.send.click()
    qtbot.waitUntil(page.said.isVisible, timeout=PATIENCE_MS)

    assert page.said.text() == "That time is over. Choose a later one."
    assert page.isVisible()
    assert page.send.isEnabled()
    assert stored(desk) == {}


def test_quiet_hours_are_said_by_country_with_their_end(
    check: OpenAt, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(QUIET_HOURS, {"GB": just_now()})
    page = check(LONDON, "+447400123457", "+4915123456789")

    qtbot.waitUntil(lambda: bool(page.when.line.quiet.text()), timeout=PATIENCE_MS)
    assert "United Kingdom: 2 messages come in quiet hours" in page.when.line.quiet.text()
    assert not page.when.line.anyway.isVisible()


def test_where_they_hold_what_is_urgent_may_go_anyway(
    check: OpenAt, desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    desk.settings.set(QUIET_MODE, "hold")
    desk.settings.set(QUIET_HOURS, {"GB": just_now()})
    page = check(LONDON, PERTH)
    qtbot.waitUntil(page.when.line.anyway.isVisible, timeout=PATIENCE_MS)
    assert "1 message waits until quiet hours" in page.when.line.quiet.text()
    page.when.line.anyway.setChecked(True)
    send(page, window, qtbot)

    events = [event.status for event in desk.history.events(stored(desk)[LONDON].id)]
    assert "let_through" in events


def test_while_a_long_list_is_looked_at_that_is_said(
    check: OpenAt, desk: Desk, qtbot: QtBot
) -> None:
    page = check(LONDON, PERTH)
    settled = page.when.line
    qtbot.waitUntil(lambda: settled._answered == settled._asked, timeout=PATIENCE_MS)
    page.when.choose(tomorrow(desk, is_recipients=True))
    settled._say_looking()  # as after more than half a second
    assert settled.notes.text() == "Looking at time zones and quiet hours…"

    qtbot.waitUntil(lambda: settled._answered == settled._asked, timeout=PATIENCE_MS)
    assert settled.notes.text().startswith("By our clock:")
