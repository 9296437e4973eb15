"""The list is read page by page and moves row by row."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import FILTER_GROUPS, History, HistoryFilter
from smsdesk.sms.message import Draft, DraftLeg, Message
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseBusyError, DatabaseDamagedError
from smsdesk.ui.background import Worker
from smsdesk.ui.history.model import MOST_TOUCHED, PAGES_HELD, VIA_ROLE, HistoryModel
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


@pytest.mark.case("T12", "F88")
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


def shown_ids(model: HistoryModel) -> list[str]:
    messages = (model.message(row) for row in range(model.rowCount()))
    return [message.id for message in messages if message is not None]


def fitting_ids(desk: Desk, which: HistoryFilter) -> list[str]:
    return [message.id for message in desk.history.page(which, limit=10_000)]


def test_only_the_pages_around_what_is_seen_are_held(
    model: HistoryModel, desk: Desk, qtbot: QtBot
) -> None:
    fill(desk, (PAGES_HELD + 5) * BLOCK)
    with qtbot.waitSignal(model.counted):
        model.show(ALL)

    for row in range(0, model.rowCount(), 10):
        assert model.message(row) is not None

    assert len(model._pages) == PAGES_HELD
    model.kept_rows = lambda: (0,)
    first = model.message(0)
    for row in range(0, model.rowCount(), 10):
        model.message(row)
    with patch.object(History, "page", autospec=True) as page:
        assert model.message(0) is first
    page.assert_not_called()


def test_many_new_messages_come_in_at_the_top_unread(
    model: HistoryModel, desk: Desk, qtbot: QtBot
) -> None:
    fill(desk, 3)
    model.show(ALL)
    fill(desk, 5 * BLOCK)

    with qtbot.waitSignal(model.arrived) as arrived:
        model.touch(None)

    assert arrived.args == [5 * BLOCK]
    assert shown_ids(model) == fitting_ids(desk, ALL)


def test_a_filter_far_down_the_log_loses_and_gains_rows_where_they_belong(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    fill(desk, 4 * BLOCK)
    waiting = HistoryFilter(states=FILTER_GROUPS["waiting"])
    with qtbot.waitSignal(model.counted):
        model.show(waiting)
    oldest, middle = model.message(4 * BLOCK - 1), model.message(2 * BLOCK + 3)
    assert oldest is not None
    assert middle is not None

    for message in (oldest, middle):
        book.move(message, State.UNKNOWN)
    model.touch(frozenset({oldest.id, middle.id}))

    assert model.rowCount() == 4 * BLOCK - 2
    assert shown_ids(model) == fitting_ids(desk, waiting)


def test_a_list_that_grows_from_nothing_is_divided_into_blocks(
    model: HistoryModel, desk: Desk, book: Book
) -> None:
    fill(desk, 3 * BLOCK)
    doubts = HistoryFilter(states=FILTER_GROUPS["review"])
    model.show(doubts)
    assert model.rowCount() == 0

    queued = desk.history.page(ALL, limit=3 * BLOCK)
    for start in range(0, len(queued), 100):
        some = queued[start : start + 100]
        for message in some:
            book.move(message, State.UNKNOWN)
        model.touch(frozenset(message.id for message in some))

    assert model.rowCount() == 3 * BLOCK
    assert len(model._outline) > 1
    assert shown_ids(model) == fitting_ids(desk, doubts)


def test_a_search_counts_on_beside_the_window_and_says_when_it_is_done(
    model: HistoryModel, desk: Desk, qtbot: QtBot
) -> None:
    fill(desk, 5 * BLOCK)

    with qtbot.waitSignal(model.counted):
        with qtbot.waitSignal(model.loaded):
            model.show(HistoryFilter(search="hello"))
        assert model.rowCount() == BLOCK

    assert model.rowCount() == 5 * BLOCK
    far = model.index(4 * BLOCK + 3, 0)
    assert far.data(Qt.ItemDataRole.DisplayRole) is None, "it is on its way"
    qtbot.waitUntil(lambda: far.data(Qt.ItemDataRole.DisplayRole) is not None)


def test_news_that_come_while_a_list_is_read_are_not_lost(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    kept, gone = book.add(text="depot A"), book.add(text="depot B")
    is_read, page = threading.Event(), desk.history.page

    def note(which: HistoryFilter, *, limit: int) -> list[Message]:
        found = page(which, limit=limit)
        is_read.set()
        return found

    with patch.object(desk.history, "page", note):
        model.show(HistoryFilter(search="depot", states=FILTER_GROUPS["waiting"]))
        assert is_read.wait(10)
    book.move(gone, State.UNKNOWN)
    new, other = book.add(text="depot C"), book.add(text="no place")
    model.touch(frozenset({gone.id, new.id, other.id}))

    qtbot.waitUntil(lambda: shown_ids(model) == [new.id, kept.id])


def test_a_message_in_a_search_that_stops_fitting_leaves_it(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    kept, gone = book.add(text="depot A"), book.add(text="depot B")
    with qtbot.waitSignal(model.loaded):
        model.show(HistoryFilter(search="depot", states=FILTER_GROUPS["waiting"]))

    book.move(gone, State.UNKNOWN)
    model.touch(frozenset({gone.id}))

    qtbot.waitUntil(lambda: shown_ids(model) == [kept.id])


def test_what_is_erased_in_the_middle_of_the_log_leaves_the_list(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    fill(desk, 8 * BLOCK)
    with qtbot.waitSignal(model.counted):
        model.show(ALL)
    gone = model.message(3 * BLOCK)
    assert gone is not None
    with book.database.transaction() as connection:
        connection.execute("DELETE FROM message WHERE seq = ?", (gone.seq,))

    model.message(0)

    with qtbot.waitSignal(model.renewed):
        model.touch(None)

    assert model.rowCount() == 8 * BLOCK - 1
    assert shown_ids(model) == fitting_ids(desk, ALL)


def test_a_list_of_several_pages_is_counted_anew_after_everything_changed(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    fill(desk, 8 * BLOCK)
    waiting = HistoryFilter(states=FILTER_GROUPS["waiting"])
    with qtbot.waitSignal(model.counted):
        model.show(waiting)
    for row in (0, 100, 300):
        message = model.message(row)
        assert message is not None
        book.move(message, State.UNKNOWN)

    with qtbot.waitSignal(model.renewed):
        model.touch(None)

    assert shown_ids(model) == fitting_ids(desk, waiting)


def test_whatever_moves_while_a_list_is_shown_the_list_is_what_the_log_says(
    model: HistoryModel, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    rng = random.Random(3)
    fill(desk, 3 * BLOCK)
    waiting = HistoryFilter(states=FILTER_GROUPS["waiting"])
    with qtbot.waitSignal(model.counted):
        model.show(waiting)

    for _round in range(40):
        moved = set()
        for row in rng.sample(range(model.rowCount()), 3):
            message = model.message(row)
            assert message is not None
            if message.state is State.QUEUED:
                book.move(message, rng.choice((State.UNKNOWN, State.ACCEPTED, State.SENDING)))
                moved.add(message.id)
        moved.add(book.add().id)
        model.touch(frozenset(moved))

    assert shown_ids(model) == fitting_ids(desk, waiting)


def test_what_could_not_be_read_is_read_again_by_itself(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    model._pause_ms = 1
    book.add(text="parcel")
    with (
        patch.object(History, "page", side_effect=DatabaseBusyError("database is locked")),
        qtbot.waitSignal(model.troubled),
    ):
        model.show(HistoryFilter(search="parcel"))
    assert isinstance(model.trouble, DatabaseBusyError)

    qtbot.waitUntil(lambda: model.trouble is None)

    assert model.rowCount() == 1


def test_a_page_that_could_not_be_read_comes_when_it_can_be(
    model: HistoryModel, desk: Desk, qtbot: QtBot
) -> None:
    fill(desk, 2 * BLOCK)
    with qtbot.waitSignal(model.counted):
        model.show(ALL)
    with patch.object(History, "page", side_effect=DatabaseDamagedError("malformed")):
        assert model.message(2 * BLOCK - 1) is None
        model.try_again()
        qtbot.waitUntil(lambda: model._retry.isActive())
    assert model.trouble is not None
    assert model.message(0) is not None

    with qtbot.waitSignal(model.troubled):
        model.try_again()

    assert model.trouble is None
    assert len(recipients(model)) == 2 * BLOCK


def test_what_could_not_be_read_is_forgotten_with_its_list(
    model: HistoryModel, book: Book, qtbot: QtBot
) -> None:
    book.add()
    with patch.object(History, "page", side_effect=DatabaseBusyError("database is locked")):
        model.show(ALL)
    assert model.trouble is not None

    model.show(HistoryFilter(states=FILTER_GROUPS["waiting"]))

    assert model.trouble is None
    assert not model._retry.isActive()
    assert model.rowCount() == 1


def test_a_row_says_its_channel_as_soon_as_there_is_more_than_sms(
    model: HistoryModel, desk: Desk, book: Book
) -> None:
    book.add()
    book.reply("Yes", channel="whatsapp")
    desk.compose.channels.switch_on(["sms", "viber_service"])
    viber = Draft("16273", "+447700900123", "Hello", channel="viber_service")
    desk.compose.send(replace(viber, failover=(DraftLeg("sms", "ACME"),)))
    model.show(ALL)

    def vias() -> list[str]:
        return [str(model.index(row, 0).data(VIA_ROLE)) for row in range(model.rowCount())]

    assert vias() == ["Viber, then SMS", "WhatsApp", ""]
    model.names_channels = lambda: True
    assert vias() == ["Viber, then SMS", "WhatsApp", "SMS"]
    spoken = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Unread, WhatsApp, ")
