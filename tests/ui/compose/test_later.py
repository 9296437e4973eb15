"""Later: choosing a time, seeing what it means, taking it back, and scheduling."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Message
from smsdesk.sms.schedule import Plan
from smsdesk.sms.state import State
from smsdesk.system.settings import QUIET_HOURS, QUIET_MODE, UNDO_S
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane
from tests.ui.clocks import just_now, tomorrow


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> ComposePane:
    pane = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(pane)
    pane.resize(500, 600)
    pane.show_draft(desk.compose.load_draft())
    pane.show()
    return pane


def write(pane: ComposePane, to: str = "+447400123456") -> None:
    pane.recipients.set_text(to)
    pane.text.set_text("Hello")


def stored(pane: ComposePane, qtbot: QtBot) -> list[Message]:
    with qtbot.waitSignal(pane.stored) as signal:
        pane.send_button.click()
    return list(signal.args[0])


def test_the_menu_offers_times_by_our_clock_and_by_theirs(
    pane: ComposePane, qtbot: QtBot
) -> None:
    menu = pane.later_button.menu()
    menu.aboutToShow.emit()
    titles = [action.text().replace("&", "") for action in menu.actions() if action.text()]

    assert titles[0].startswith("In 1 hour (")
    assert "Tomorrow 09:00" in titles
    assert titles[-2:] == ["By each recipient’s clock", "Pick date and time…"]
    with qtbot.waitSignal(pane.later_button.chosen) as chosen:
        menu.actions()[0].trigger()
    assert not chosen.args[0].is_recipients


def test_a_chosen_time_is_shown_and_send_becomes_schedule(
    pane: ComposePane, desk: Desk
) -> None:
    pane.choose_time(tomorrow(desk))

    assert pane.when.isVisible()
    assert pane.when.words.text().endswith("(our time)")
    assert pane.send_button.text() == "Schedule"
    assert pane.send_action.text() == "&Schedule"


def test_a_chosen_time_may_be_taken_back(pane: ComposePane, desk: Desk, qtbot: QtBot) -> None:
    write(pane)
    pane.choose_time(tomorrow(desk))
    pane.when.drop_button.click()

    assert not pane.when.isVisible()
    assert pane.send_button.text() == "Send"
    assert [message.state for message in stored(pane, qtbot)] == [State.QUEUED]


def test_ctrl_enter_schedules_and_the_next_draft_leaves_at_once(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(UNDO_S, 10)
    write(pane)
    pane.choose_time(plan := tomorrow(desk))
    with qtbot.waitSignal(pane.stored) as signal:
        QTest.keyClick(pane.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (message,) = signal.args[0]

    assert (message.state, message.due_local) == (State.SCHEDULED, plan.local)
    assert pane.done.text().startswith("Scheduled 1 message for ")
    assert not pane.undo.isVisible()
    assert pane.when.plan is None
    assert pane.send_button.text() == "Send"


def test_by_their_clocks_the_uncertain_are_named_before_sending(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane, "+61412345678\n+447400123456")
    pane.choose_time(tomorrow(desk, is_recipients=True))

    qtbot.waitUntil(lambda: "Perth" in pane.when.doubts.text())
    assert pane.when.notes.text().startswith("By our clock:")
    assert {message.due_zone for message in stored(pane, qtbot)} == {
        "Australia/Perth",
        "Europe/London",
    }


def test_a_time_that_is_over_is_refused_and_the_draft_stays(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane)
    pane.choose_time(Plan(desk.compose.timing.now_here() - timedelta(hours=1)))
    qtbot.waitUntil(lambda: "over" in pane.when.doubts.text())
    pane.send_button.click()

    qtbot.waitUntil(pane.problems.isVisible)
    assert pane.problems.text() == "That time is over. Choose a later one."
    assert pane.text.text() == "Hello"
    assert pane.when.plan is not None


def test_quiet_hours_are_said_before_send_and_only_there(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(QUIET_HOURS, {"GB": just_now()})
    write(pane, "+447400123456\n+33612345678")

    qtbot.waitUntil(lambda: "quiet hours" in pane.when.quiet.text())
    assert not pane.when.anyway.isVisible()
    pane.recipients.set_text("")
    qtbot.waitUntil(lambda: not pane.when.isVisible())


def test_where_they_hold_what_is_urgent_may_go_anyway(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(QUIET_MODE, "hold")
    desk.settings.set(QUIET_HOURS, {"GB": just_now()})
    write(pane)
    qtbot.waitUntil(pane.when.anyway.isVisible)
    pane.when.anyway.setChecked(True)
    (message,) = stored(pane, qtbot)

    events = [event.status for event in desk.history.events(message.id)]
    assert "let_through" in events


def test_the_chosen_time_is_there_again_after_a_restart(
    pane: ComposePane, desk: Desk, worker: Worker, qtbot: QtBot
) -> None:
    write(pane)
    pane.choose_time(plan := tomorrow(desk, is_recipients=True))
    pane.save()
    qtbot.waitUntil(lambda: desk.compose.load_draft().when == plan)
    again = ComposePane(
        desk.compose,
        contacts=desk.contacts,
        templates=desk.templates,
        prices=desk.prices,
        worker=worker,
    )
    qtbot.addWidget(again)
    again.restore(desk.compose.load_draft())

    assert again.when.plan == plan
    assert again.send_button.text() == "Schedule"
    assert again.draft().text == "Hello"


def test_what_was_scheduled_leaves_no_time_behind(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    write(pane)
    pane.choose_time(tomorrow(desk))
    stored(pane, qtbot)

    assert pane.when.plan is None
    qtbot.waitUntil(lambda: desk.compose.load_draft().text == "")
    assert desk.compose.load_draft().when is None
