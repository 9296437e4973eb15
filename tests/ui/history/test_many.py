"""Several messages are selected, and something is done with all of them."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.acting import STEP, Copied
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.sms.state import State
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.history.pane import HistoryPane
from tests.ui.conftest import Book


@pytest.fixture
def said(pane: HistoryPane) -> list[str]:
    told: list[str] = []
    pane.said.connect(told.append)
    return told


def fill(pane: HistoryPane, book: Book, qtbot: QtBot, *states: State) -> None:
    for number, state in enumerate(states):
        book.add(state, to=f"+4477009001{number:02}", text=f"text {number}")
    qtbot.waitUntil(lambda: pane.model.rowCount() == len(states))


def answer(number: int, seen: list[MessageDialog]) -> None:
    """Press a button of the question that is coming."""

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, MessageDialog):
            seen.append(dialog)
            dialog.done(number)
        else:
            QTimer.singleShot(10, press)

    QTimer.singleShot(10, press)


def test_several_have_a_line_of_acts_in_place_of_the_details(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    fill(pane, book, qtbot, *[State.FAILED] * 3)
    pane.table.setCurrentIndex(pane.model.index(0, 0))
    assert pane.details.isVisible()
    assert not pane.many.isVisible()

    pane.table.selectAll()

    assert pane.many.isVisible()
    assert pane.many.words.text() == "3 selected"
    assert not pane.details.isVisible()

    pane.many.close_button.click()
    assert not pane.many.isVisible()
    assert pane.table.selected_count == 0


def test_nothing_is_selected_in_another_list(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    fill(pane, book, qtbot, *[State.FAILED] * 3)
    pane.search.setText("text")
    pane.head.tell_now()
    pane.table.selectAll()
    assert pane.many.selection() is None, "the rows are of the list before"

    qtbot.waitUntil(lambda: not pane.model.is_waiting)

    assert not pane.many.isVisible()


def test_what_was_not_sent_goes_again_without_a_question(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str]
) -> None:
    fill(pane, book, qtbot, *[State.FAILED] * 3)
    pane.table.selectAll()

    pane.many.again.click()

    qtbot.waitUntil(lambda: said == ["3 sent again."])
    qtbot.waitUntil(lambda: pane.model.rowCount() == 6)


def test_what_may_have_been_sent_is_asked_about_once(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str], desk: Desk
) -> None:
    fill(pane, book, qtbot, State.FAILED, State.ACCEPTED, State.UNKNOWN)
    pane.table.selectAll()
    seen: list[MessageDialog] = []

    answer(2, seen)
    pane.many.again.click()

    qtbot.waitUntil(lambda: bool(said))
    assert said == ["1 sent again, 2 left out: may have it already."]
    assert [button.text() for button in seen[0].buttons] == [
        "Send all 3 again",
        "Only the 1 not sent",
        "Cancel",
    ]
    assert seen[0].text.text().startswith("2 messages were sent already, or may have been")
    doubts = desk.history.page(HistoryFilter(states=FILTER_GROUPS["review"]))
    assert len(doubts) == 1, "doubt is never sent again by itself"


def test_nothing_is_sent_when_the_question_is_left(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str], desk: Desk
) -> None:
    fill(pane, book, qtbot, State.FAILED, State.ACCEPTED)
    pane.table.selectAll()
    seen: list[MessageDialog] = []

    answer(0, seen)
    pane.many.again.click()

    qtbot.waitUntil(lambda: bool(seen))
    qtbot.waitUntil(lambda: not pane.many.is_busy)
    assert said == []
    assert desk.history.newest_seq() == 2


def test_what_waits_is_cancelled_and_what_is_in_doubt_settled(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str]
) -> None:
    fill(pane, book, qtbot, State.QUEUED, State.QUEUED, State.UNKNOWN)
    pane.table.selectAll()

    pane.many.cancel_action.trigger()
    qtbot.waitUntil(lambda: said == ["2 cancelled, 1 left out: too late."])
    pane.many.settle_action.trigger()

    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1] == "1 counts as sent, 2 left out: not in doubt."


def test_numbers_texts_and_rows_are_copied(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str]
) -> None:
    fill(pane, book, qtbot, State.FAILED, State.ACCEPTED)
    pane.table.selectAll()
    clipboard = QApplication.clipboard()

    pane.many.copy_all(Copied.NUMBERS)
    qtbot.waitUntil(lambda: said == ["2 lines copied."])
    assert clipboard.text().splitlines() == ["+447700900101", "+447700900100"]

    pane.many.copy_all(Copied.ROWS)
    qtbot.waitUntil(lambda: len(said) == 2)
    rows = [line.split("\t") for line in clipboard.text().splitlines()]
    assert [(row[2], row[3], row[-1]) for row in rows] == [
        ("Accepted", "447700900101", "text 1"),
        ("Failed", "447700900100", "text 0"),
    ]


def test_all_that_fit_are_meant_also_those_that_were_not_read(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str], desk: Desk
) -> None:
    count = 2 * STEP + 50
    book.add_doubts(count)
    qtbot.waitUntil(lambda: pane.model.rowCount() == count)
    pane.table.selectAll()
    assert pane.many.words.text() == f"{count} selected"

    pane.many.settle_action.trigger()

    qtbot.waitUntil(lambda: said == [f"{count} count as sent."])
    assert desk.history.count_in_doubt() == 0


def test_a_long_act_can_be_stopped_and_says_what_is_done(
    pane: HistoryPane, book: Book, qtbot: QtBot, said: list[str], desk: Desk
) -> None:
    book.add_doubts(4 * STEP)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 4 * STEP)
    pane.table.selectAll()

    pane.many.settle_action.trigger()
    qtbot.waitUntil(pane.many.stop_button.isVisible)
    pane.many.stop_button.click()

    qtbot.waitUntil(lambda: bool(said))
    assert said[0].startswith("Stopped. ")
    assert 0 < desk.history.count_in_doubt() < 4 * STEP


def test_an_export_is_given_the_filter_or_what_is_selected(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    fill(pane, book, qtbot, *[State.FAILED] * 4)
    asked: list[tuple[HistoryFilter | tuple[str, ...], int]] = []
    pane.add_export(lambda what, count: asked.append((what, count)))

    pane.export_action.trigger()
    pane.table.selectAll()
    pane.many.export_action.trigger()
    pane.table.setCurrentIndex(pane.model.index(1, 0))
    pane.table.selectionModel().select(
        pane.model.index(3, 0), pane.table.selectionModel().SelectionFlag.Select
    )
    pane.many.export_action.trigger()

    qtbot.waitUntil(lambda: len(asked) == 3)
    assert asked[:2] == [(HistoryFilter(), 4), (HistoryFilter(), 4)]
    chosen = [message.id for row in (1, 3) if (message := pane.model.message(row))]
    assert asked[2] == (tuple(chosen), 2)


def test_while_what_is_selected_is_being_read_nothing_else_is_exported_in_its_place(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    fill(pane, book, qtbot, *[State.FAILED] * 4)
    asked: list[HistoryFilter | tuple[str, ...]] = []
    said: list[str] = []
    pane.add_export(lambda what, _count: asked.append(what))
    pane.said.connect(said.append)
    pane.table.setCurrentIndex(pane.model.index(1, 0))
    pane.table.selectionModel().select(
        pane.model.index(3, 0), pane.table.selectionModel().SelectionFlag.Select
    )
    pane.many.selection = lambda: None

    pane.export_button.click()

    assert asked == []
    assert said == ["The list is still being read. Try again in a moment."]
