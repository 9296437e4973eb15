"""The list as a widget: keyboard, mouse and scroll bar, and what stays in its place."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.desk.acting import Span
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.ui.background import Worker
from smsdesk.ui.history.model import HistoryModel
from smsdesk.ui.history.table import MessageTable
from tests.ui.conftest import Book

MANY = 300


@pytest.fixture
def table(desk: Desk, worker: Worker, qtbot: QtBot) -> Iterator[MessageTable]:
    numbers = "\n".join(f"+4477009{number:05d}" for number in range(MANY))
    desk.compose.send(Draft(sender="ACME", recipients=numbers, text="Hello"))
    model = HistoryModel(desk.history, worker=worker)
    table = MessageTable(model)
    qtbot.addWidget(table)
    table.resize(400, 10 * table.row_height)
    table.show()
    with qtbot.waitSignal(model.counted):
        model.show(HistoryFilter())
    yield table
    model.deleteLater()


def model_of(table: MessageTable) -> HistoryModel:
    model = table.model()
    assert isinstance(model, HistoryModel)
    return model


def choose(table: MessageTable, row: int) -> str:
    table.setCurrentIndex(table.model().index(row, 0))
    message = model_of(table).message(row)
    assert message is not None
    return message.id


def chosen(table: MessageTable) -> str | None:
    message = model_of(table).message(table.currentIndex().row())
    return None if message is None else message.id


def test_the_scroll_bar_is_as_long_as_the_log(table: MessageTable) -> None:
    bar = table.verticalScrollBar()

    assert bar.maximum() == MANY * table.row_height - table.viewport().height()
    bar.setValue(bar.maximum())
    assert table.indexAt(table.viewport().rect().bottomLeft()).row() == MANY - 1


def test_the_keyboard_reaches_every_row(table: MessageTable) -> None:
    choose(table, 0)
    reached = []
    for key in (
        Qt.Key.Key_Down,
        Qt.Key.Key_End,
        Qt.Key.Key_Up,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_Home,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_J,
        Qt.Key.Key_K,
    ):
        QTest.keyClick(table, key)
        reached.append(table.currentIndex().row())
        assert table.viewport().rect().contains(table.visualRect(table.currentIndex()).center())

    page = reached[5]
    assert page > 1
    assert reached == [1, MANY - 1, MANY - 2, MANY - 2 - page, 0, page, page + 1, page]


def test_coming_into_the_list_chooses_nothing(table: MessageTable) -> None:
    table.setFocus()
    assert table.hasFocus()
    assert not table.currentIndex().isValid()

    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 0


def test_a_click_chooses_the_row_under_it(table: MessageTable) -> None:
    table.verticalScrollBar().setValue(40 * table.row_height)
    place = table.visualRect(table.model().index(43, 0)).center()

    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert table.currentIndex().row() == 43
    assert table.selected_count == 1


def test_shift_and_control_select_several_and_control_a_all_of_them(
    table: MessageTable,
) -> None:
    choose(table, 2)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_count == 3
    place = table.visualRect(table.model().index(7, 0)).center()
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place
    )
    assert table.selected_count == 4
    keys = [message.seq for row in (2, 4, 7) if (message := model_of(table).message(row))]
    assert table.selected_spans() == [Span(keys[0], keys[1]), Span(keys[2], keys[2])]

    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    assert table.selected_count == MANY
    assert table.selected_spans() == [Span(MANY, 0)]


def test_control_a_also_means_what_is_still_being_counted(
    table: MessageTable, qtbot: QtBot
) -> None:
    model = model_of(table)
    with qtbot.waitSignal(model.counted):
        with qtbot.waitSignal(model.loaded):
            model.show(HistoryFilter(search="hello"))
        table.selectAll()
        assert table.selected_count < MANY

    assert table.selected_count == MANY


def test_what_is_chosen_stays_in_its_place_when_messages_come_in_above(
    table: MessageTable, book: Book
) -> None:
    wanted = choose(table, 3)
    place = table.visualRect(table.currentIndex())

    for _time in range(3):
        model_of(table).touch(frozenset({book.add().id}))

    assert chosen(table) == wanted
    assert table.currentIndex().row() == 6
    assert table.visualRect(table.currentIndex()) == place
    assert table.news.isVisible()
    assert table.news.text() == "3 new"

    QTest.mouseClick(table.news, Qt.MouseButton.LeftButton)
    assert table.verticalScrollBar().value() == 0
    assert not table.news.isVisible()
    assert chosen(table) == wanted


def test_at_the_top_with_nothing_chosen_the_newest_is_seen(
    table: MessageTable, book: Book
) -> None:
    new = book.add(text="the newest")
    model_of(table).touch(frozenset({new.id}))

    first = model_of(table).message(0)
    assert first is not None
    assert first.id == new.id
    assert table.verticalScrollBar().value() == 0
    assert not table.news.isVisible()


def test_what_is_selected_stays_selected_and_nothing_new_is(
    table: MessageTable, book: Book
) -> None:
    table.selectAll()
    model_of(table).touch(frozenset({book.add().id}))

    assert table.selected_count == MANY
    assert table.selected_spans() == [Span(MANY, 0)]


def test_after_all_was_read_anew_the_same_messages_are_seen_and_chosen(
    table: MessageTable, book: Book, qtbot: QtBot
) -> None:
    model = model_of(table)
    with qtbot.waitSignal(model.counted):
        model.show(HistoryFilter(states=FILTER_GROUPS["waiting"]))
    for row in (200, 290):
        message = model.message(row)
        assert message is not None
        book.move(message, State.UNKNOWN)
    model.reload()
    qtbot.waitUntil(lambda: model.rowCount() == MANY - 2)
    table.verticalScrollBar().setValue(100 * table.row_height + 7)
    wanted = choose(table, 104)
    table.selectionModel().select(
        table.model().index(102, 0), QItemSelectionModel.SelectionFlag.Select
    )
    place = table.visualRect(table.currentIndex())
    gone = model.message(20)
    assert gone is not None
    book.move(gone, State.UNKNOWN)

    with qtbot.waitSignal(model.renewed):
        model.touch(None)

    assert chosen(table) == wanted
    assert table.visualRect(table.currentIndex()) == place
    assert table.selected_count == 2


def test_dragging_the_scroll_bar_tells_the_day(table: MessageTable) -> None:
    bar = table.verticalScrollBar()

    bar.setSliderDown(True)
    bar.setSliderPosition(bar.maximum() // 2)
    bar.sliderMoved.emit(bar.maximum() // 2)
    assert table.day.isVisible()
    assert "Today" in table.day.text()

    bar.setSliderDown(False)
    assert not table.day.isVisible()


def test_rows_are_painted_where_they_are(table: MessageTable) -> None:
    bar = table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2 + 11)
    QApplication.processEvents()

    image = table.viewport().grab().toImage()

    colours = {
        image.pixelColor(x, y).name()
        for y in range(image.height())
        for x in range(0, image.width(), 3)
    }
    assert len(colours) > 10, "there are letters everywhere"
