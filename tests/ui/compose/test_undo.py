"""Taking a Send back: what is stopped, and what becomes of the draft."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.compose import Compose, NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.system.settings import UNDO_S
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.pane import ComposePane
from tests.ui.conftest import Book

THREE = "+447700900123\n+447700900124\n+447700900125"


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> ComposePane:
    desk.settings.set(UNDO_S, 60)
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


def send(pane: ComposePane, qtbot: QtBot, *, to: str = THREE, text: str = "Hello") -> None:
    pane.recipients.set_text(to)
    pane.text.set_text(text)
    with qtbot.waitSignal(pane.stored):
        pane.send()


def take_back(pane: ComposePane, qtbot: QtBot) -> str:
    pane.undo.button.click()
    qtbot.waitUntil(pane.done.isVisible)
    return pane.done.text()


def states(desk: Desk) -> list[State]:
    return [message.state for message in desk.history.page(HistoryFilter())]


def press_undo(widget: QWidget) -> None:
    QTest.keyClick(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_after_send_it_is_stored_and_may_be_taken_back(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    send(pane, qtbot)

    assert states(desk) == [State.SCHEDULED] * 3
    assert pane.undo.isVisible()
    assert pane.undo.words.text().startswith("Sending to 3 people in ")
    assert not pane.done.isVisible()
    assert pane.draft() == Draft(sender="ACME")


@pytest.mark.case("T27")
def test_undo_stops_all_of_it_and_gives_the_draft_back(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    send(pane, qtbot)

    said = take_back(pane, qtbot)

    assert said == "Stopped. Nothing was sent."
    assert states(desk) == [State.CANCELLED] * 3
    assert pane.draft() == Draft("ACME", THREE, "Hello")
    assert not pane.undo.isVisible()
    qtbot.waitUntil(lambda: desk.compose.load_draft().text == "Hello")


def test_a_draft_that_was_begun_meanwhile_stays(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    send(pane, qtbot)
    pane.text.set_text("Another")

    said = take_back(pane, qtbot)

    assert said.startswith("Stopped. Nothing was sent. Your new draft stays")
    assert states(desk) == [State.CANCELLED] * 3
    assert pane.text.text() == "Another"


def test_nobody_who_was_sent_it_stays_on_the_draft(
    pane: ComposePane, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    send(pane, qtbot)
    book.let_it_be_time()
    book.move(desk.history.queued()[0], State.ACCEPTED)

    said = take_back(pane, qtbot)

    assert said == "2 of 3 were stopped; 1 had left."
    assert pane.recipients.text() == "+447700900124\n+447700900125"


def test_only_the_latest_send_can_be_taken_back(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    send(pane, qtbot, to="+447700900123", text="First")
    send(pane, qtbot, to="+447700900124", text="Second")

    take_back(pane, qtbot)

    assert [(m.text, m.state) for m in desk.history.page(HistoryFilter())] == [
        ("Second", State.CANCELLED),
        ("First", State.SCHEDULED),
    ]


def test_ctrl_z_in_an_empty_field_takes_the_send_back(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    for field in (pane.recipients.line, pane.text):
        send(pane, qtbot, to="+447700900123")
        field.setFocus()
        press_undo(field)
        qtbot.waitUntil(pane.done.isVisible)
        assert pane.text.text() == "Hello"
        pane.show_draft(Draft("ACME"))

    assert states(desk) == [State.CANCELLED] * 2


def test_ctrl_z_in_a_field_with_words_takes_back_words(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    send(pane, qtbot, to="+447700900123")
    pane.text.setFocus()
    QTest.keyClicks(pane.text, "Another")

    press_undo(pane.text)

    assert pane.text.text() != "Another"
    assert states(desk) == [State.SCHEDULED]
    assert pane.undo.isVisible()


def test_when_the_time_is_over_the_line_is_gone(
    pane: ComposePane, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(UNDO_S, 1)
    send(pane, qtbot)
    assert pane.undo_action.isEnabled()

    qtbot.waitUntil(lambda: not pane.undo.isVisible())

    assert not pane.undo_action.isEnabled()
    pane.take_back()
    assert states(desk) == [State.SCHEDULED] * 3


def test_a_log_that_does_not_answer_lets_one_try_again(
    pane: ComposePane, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Compose, _batch_id: str) -> None:
        raise NotStoredError("busy")

    send(pane, qtbot)
    with monkeypatch.context() as patched:
        patched.setattr(Compose, "undo", refuse)
        pane.undo.button.click()
        qtbot.waitUntil(pane.problems.isVisible)
    assert pane.undo.isVisible()

    take_back(pane, qtbot)

    assert states(desk) == [State.CANCELLED] * 3
