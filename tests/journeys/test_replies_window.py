"""Whole stories of being answered, through the window: the simulator's people write back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.session import DEMO_HINTS, DEMO_SENDERS, Profile, open_session
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.ui import plain
from smsdesk.ui.compose.pane import ComposePane
from tests.journeys.desk_at_work import (
    Account,
    Person,
    at_the_window,
    open_account,
    open_real_desk,
)

ANSWERS, ALWAYS_STOPS = "07700 900200", "07700 900201"
ANSWERING = "+447700900200"
OURS = "+44 7700 900000"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


def spoken(person: Person) -> list[str]:
    """What a screen reader says of each row of the conversation."""
    model = person.window.side.conversation.model
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]


def wait_for_answers(person: Person, count: int) -> None:
    person.wait_until(lambda: sum("Thanks!" in row for row in spoken(person)) == count)


def is_read(person: Person) -> bool:
    """Whether the newest reply is read; the window is looked at all the while."""
    if not person.window.isActiveWindow():
        person.window.activateWindow()
    return person.row(0).startswith("Received")


def test_a_message_is_sent_answered_seen_and_answered_back(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    with at_the_window(open_real_desk(tmp_path / "data", account), qtbot, qapp) as person:
        person.write(to=ANSWERS, text="Is Thursday fine?", sender=OURS)
        person.press_send()
        person.wait_until(person.window.side.conversation.isVisible)
        wait_for_answers(person, 1)

        answer = person.messages()[0]
        assert answer.direction is Direction.INBOUND
        assert "Received" in person.row(0)
        assert "+44 7700 900200" in person.row(0), "who wrote, and not our number"
        person.wait_until(lambda: is_read(person))

        person.window.side.reply_action.trigger()
        text = person.find("compose.text")
        assert text.hasFocus()
        QTest.keyClicks(text, "See you then")
        person.press_send()
        person.wait_until(lambda: any("See you then" in row for row in spoken(person)))
        wait_for_answers(person, 2)

        ours = [one for one in person.messages() if one.direction is Direction.OUTBOUND]
        assert {one.to for one in ours} == {ANSWERING}
        assert ours[0].sender == answer.to, "from the number that they wrote to"
        told = person.open_details().replace(plain.ISOLATE, "").replace(plain.POP_ISOLATE, "")
        assert "wrote to +44 7700 900000" in told
        assert "Found in Vonage's reports" in told


def test_what_nobody_has_read_is_unread_after_a_restart(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    folder = tmp_path / "data"
    with at_the_window(open_real_desk(folder, account), qtbot, qapp) as person:
        person.write(to=ANSWERS, text="Is Thursday fine?", sender=OURS)
        person.press_send()
        person.wait_until(person.window.side.conversation.isVisible)
        QTest.keyClick(person.window.side.conversation, Qt.Key.Key_Escape)
        person.wait_until(lambda: person.desk.history.counts()["replies"] == 1)

    with at_the_window(open_real_desk(folder, account), qtbot, qapp) as person:
        person.wait_until(lambda: person.row(0).startswith("Unread, Received"))
        tabs = person.window.history.filter
        person.wait_until(
            lambda: "Replies 1" in [tabs.tabText(index) for index in range(tabs.count())]
        )
        person.open_details()
        person.wait_until(lambda: is_read(person))


def test_who_says_stop_is_not_written_to_again(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> None:
    with at_the_window(open_real_desk(tmp_path / "data", account), qtbot, qapp) as person:
        person.write(to=ALWAYS_STOPS, text="An offer", sender=OURS)
        person.press_send()
        person.wait_until(person.window.side.conversation.isVisible)
        person.wait_until(lambda: any("STOP" in row for row in spoken(person)))

        person.window.side.reply_action.trigger()
        QTest.keyClicks(person.find("compose.text"), "Why?")
        person.press_send()

        person.wait_until(person.window.compose.problems.isVisible)
        assert len([one for one in person.messages() if one.text == "Why?"]) == 0


def test_the_demo_begins_with_a_number_that_is_answered(
    tmp_path: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    profile = Profile(data_dir=tmp_path / "data", is_demo=True)
    with (
        open_session(profile) as session,
        at_the_window(session.desk, qtbot, qapp) as person,
    ):
        assert ANSWERING.lstrip("+") in DEMO_HINTS
        assert any("answers" in sentence for _number, sentence in session.desk.demo_hints)
        compose = person.window.compose
        assert isinstance(compose, ComposePane)
        assert compose.draft().sender == DEMO_SENDERS[0]
        assert session.desk.compose.remembered_senders() == list(DEMO_SENDERS)

        compose.add_recipient(ANSWERING)
        QTest.keyClicks(compose.text, "Hello")
        problems = session.desk.compose.preview(compose.draft()).problems
        assert [problem for problem in problems if problem.field == "from"] == []
        person.press_send()
        person.wait_for(State.RECEIVED)

        wait_for_answers(person, 1)
