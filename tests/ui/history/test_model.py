"""The list is read page by page and moves row by row."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import FILTER_GROUPS, History, HistoryFilter
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.ui.background import Worker
from smsdesk.ui.history.model import MOST_TOUCHED, HistoryModel
from smsdesk.ui.history.outline import BLOCK
from tests.ui.conftest import Book

ALL = HistoryFilter()
ROOT = QModelIndex()


@pytest.fixture
def model(desk: Desk, worker: Worker) -> Iterator[HistoryModel]:
    model = HistoryModel(desk.history, worker=worker)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    model.deleteLater()


def fill(desk: Desk, count: int) -> None:
    numbers = "\n".join(f"+4477009{number:05d}" for number in range(count))
    desk.compose.send(Draft(sender="ACME", recipients=numbers, text="Hello"))


def recipients(model: HistoryModel) -> list[str]:
    messages = (model.message(row) for row in range(model.rowCount()))
    return [message.to for message in messages if message is not None]


def test_the_newest_come_first_and_the_rest_is_counted(
    model: HistoryModel, desk: Desk, qtbot: QtBot
) -> None:
    fill(desk, 2 * BLOCK + 50)

    with qtbot.waitSignal(model.counted):
        model.show(ALL)
        assert model.rowCount() == BLOCK
        assert not model.is_counted

    assert model.rowCount() == 2 * BLOCK + 50
    assert recipients(model)[0] == f"+4477009{2 * BLOCK + 49:05d}"
    assert recipients(model) == sorted(recipients(model), reverse=True)


def test_a_new_message_comes_in_at_the_top(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    book.add(text="first")
    model.show(ALL)
    new = book.add(text="second")

    with qtbot.waitSignal(model.rowsInserted):
        model.touch(frozenset({new.id}))

    assert "second" in model.index(0, 0).data()


def test_a_changed_message_changes_in_its_place(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    message = book.add()
    book.add()
    model.show(ALL)
    book.move(message, State.UNKNOWN)

    with qtbot.waitSignal(model.dataChanged) as changed:
        model.touch(frozenset({message.id}))

    assert changed.args[0].row() == 1
    assert "Needs review" in model.index(1, 0).data()


def test_only_the_touched_rows_are_read(model: HistoryModel, book: Book) -> None:
    message = book.add()
    model.show(ALL)

    with (
        patch.object(History, "get_many", autospec=True, return_value=[]) as read,
        patch.object(History, "page", autospec=True) as page,
    ):
        model.touch(frozenset({message.id}))

    assert read.call_args.args[1] == {message.id}
    page.assert_not_called()


def test_a_message_that_leaves_the_filter_leaves_the_list(
    model: HistoryModel, book: Book
) -> None:
    message = book.add()
    model.show(HistoryFilter(states=FILTER_GROUPS["waiting"]))
    assert model.rowCount() == 1

    book.move(message, State.ACCEPTED)
    model.touch(frozenset({message.id}))

    assert model.rowCount() == 0


def test_a_message_that_comes_into_the_filter_takes_its_place(
    model: HistoryModel, book: Book
) -> None:
    old, middle, new = (book.add(text=text) for text in ("old", "middle", "new"))
    book.move(old, State.UNKNOWN)
    book.move(new, State.UNKNOWN)
    model.show(HistoryFilter(states=FILTER_GROUPS["review"]))

    book.move(middle, State.UNKNOWN)
    model.touch(frozenset({middle.id}))

    shown = [model.message(row) for row in range(3)]
    assert [message.text for message in shown if message] == ["new", "middle", "old"]


def test_a_flood_of_changes_reads_what_is_seen_anew(
    model: HistoryModel, desk: Desk, book: Book
) -> None:
    fill(desk, 3)
    model.show(ALL)
    message = model.message(2)
    assert message is not None
    book.move(message, State.UNKNOWN)

    model.touch(frozenset(f"id{number}" for number in range(MOST_TOUCHED + 1)))

    assert model.rowCount() == 3
    assert "Needs review" in model.index(2, 0).data()


def test_a_search_is_answered_by_the_worker(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    book.add(text="the depot is closed")
    book.add(text="hello")

    with qtbot.waitSignal(model.loaded):
        model.show(HistoryFilter(search="depot"))

    assert model.rowCount() == 1


def test_of_two_searches_only_the_later_is_shown(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    book.add(text="depot")
    book.add(text="hello")
    model.show(HistoryFilter(search="depot"))

    with qtbot.waitSignal(model.loaded):
        model.show(HistoryFilter(search="hello"))

    assert "hello" in model.index(0, 0).data()


def test_a_new_message_in_a_search_asks_the_log(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(model.loaded):
        model.show(HistoryFilter(search="depot"))
    other, fitting = book.add(text="hello"), book.add(text="depot")

    with qtbot.waitSignal(model.arrived):
        model.touch(frozenset({other.id, fitting.id}))

    assert model.rowCount() == 1


def test_a_row_speaks_to_a_screen_reader_and_hovers_without_markup(
    model: HistoryModel, book: Book
) -> None:
    book.add(State.FAILED, text="<b>Hi</b>")
    model.show(ALL)
    index = model.index(0, 0)

    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Failed, +44")
    assert "<b>Hi</b>" in spoken
    assert "Not sent." in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in index.data(Qt.ItemDataRole.ToolTipRole)
