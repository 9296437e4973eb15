"""The overview in the window: what it tells, where a press leads, and what is taken from it."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.overview_figures import Outcome
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.ui.background import Worker
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.overview.dialog import OverviewDialog
from smsdesk.ui.picture import Picture
from smsdesk.ui.theme import Choice, Theme
from tests.ui.conftest import OURS, Book

LEFT = Qt.MouseButton.LeftButton
SENT = list(Outcome).index(Outcome.SENT)
FAILED = list(Outcome).index(Outcome.FAILED)
TODAY = 29
"""The last of thirty bars."""


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk, worker: Worker, theme: Theme) -> Iterator[OverviewDialog]:
    made = OverviewDialog(desk.overview, worker=worker)
    qtbot.addWidget(made)
    yield made
    made.reject()


def count(qtbot: QtBot, dialog: OverviewDialog) -> None:
    """Count, and wait for the figures, and until each part has its place."""
    dialog.show()
    dialog.figures = None
    dialog.count()
    qtbot.waitUntil(lambda: dialog.figures is not None)
    QApplication.processEvents()


def middle_of(dialog: OverviewDialog, number: int, piece: int) -> QPoint:
    return dialog.page.days.picture.piece_area(number, piece).center()


def click(picture: QWidget, point: QPoint) -> None:
    QTest.mouseClick(picture, LEFT, pos=point)


def told(dialog: OverviewDialog) -> str:
    label = dialog.findChild(QWidget, "overview.days.told")
    assert label is not None
    return str(label.property("text"))


def test_an_empty_log_is_told_in_words_and_draws_nothing(
    qtbot: QtBot, dialog: OverviewDialog
) -> None:
    count(qtbot, dialog)

    page = dialog.page
    assert page.tiles["written"].value.text() == "0"
    assert page.tiles["delivered"].value.text() == "–"
    assert page.days.picture.isHidden()
    assert page.opt_outs.picture.isHidden()
    assert dialog.counting.text() == ""


def test_the_figures_say_of_how_many_they_speak(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    for state in (State.ACCEPTED, State.ACCEPTED, State.UNKNOWN, State.FAILED):
        book.add(state)

    count(qtbot, dialog)

    tile = dialog.page.tiles["open"]
    assert (tile.value.text(), tile.base.text()) == (
        "3",
        "2 sent without an answer, 1 needs review",
    )
    assert tile.accessibleName().startswith("Not known yet: 3, 2 sent")


def test_the_pointer_tells_a_piece_of_a_bar(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    book.add(State.ACCEPTED)
    book.add(State.FAILED)
    count(qtbot, dialog)
    picture = dialog.page.days.picture

    QTest.mouseMove(picture, middle_of(dialog, TODAY, SENT))

    qtbot.waitUntil(lambda: told(dialog).endswith("Sent, no answer yet 1"))
    assert "Sent, no answer yet 1" in picture.toolTip()
    assert picture.cursor().shape() is Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(picture, QPoint(picture.width() // 2, 40))
    qtbot.waitUntil(lambda: told(dialog).endswith("no messages"))
    assert picture.cursor().shape() is Qt.CursorShape.ArrowCursor


def test_arrow_keys_walk_along_the_bars_and_read_them_out(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    book.add(State.ACCEPTED)
    book.add(State.FAILED)
    count(qtbot, dialog)
    picture = dialog.page.days.picture
    picture.setFocus()

    for key, chosen in (
        (Qt.Key.Key_Left, (TODAY, None)),
        (Qt.Key.Key_Left, (TODAY - 1, None)),
        (Qt.Key.Key_Up, (TODAY - 1, None)),
        (Qt.Key.Key_Home, (0, None)),
        (Qt.Key.Key_End, (TODAY, None)),
        (Qt.Key.Key_Right, (TODAY, None)),
        (Qt.Key.Key_Up, (TODAY, SENT)),
        (Qt.Key.Key_Up, (TODAY, FAILED)),
        (Qt.Key.Key_Up, (TODAY, FAILED)),
        (Qt.Key.Key_Down, (TODAY, SENT)),
    ):
        QTest.keyClick(picture, key)
        assert picture.chosen == chosen

    assert told(dialog).endswith("Sent, no answer yet 1")
    with qtbot.waitSignal(dialog.asked) as asked:
        QTest.keyClick(picture, Qt.Key.Key_Return)
    assert asked.args is not None
    assert asked.args[0].states == frozenset({State.ACCEPTED, State.SUBMITTED})
    lines = picture.accessibleDescription().splitlines()
    assert lines[0].startswith("Arrow keys")
    assert "Sent, no answer yet 1, Did not get it 1 (Failed 1)" in lines[-1]


def ask(qtbot: QtBot, dialog: OverviewDialog, picture: Picture, place: Any) -> HistoryFilter:
    """Press a bar; what is asked for then."""
    with qtbot.waitSignal(dialog.asked) as asked:
        picture.picked.emit(*place)
    assert asked.args is not None
    assert dialog.isHidden()
    wanted = asked.args[0]
    assert isinstance(wanted, HistoryFilter)
    return wanted


def test_each_bar_leads_to_exactly_what_it_counts(
    qtbot: QtBot, dialog: OverviewDialog, book: Book, desk: Desk
) -> None:
    accepted, failed = book.add(State.ACCEPTED), book.add(State.FAILED)
    answer = book.reply(to=OURS)
    count(qtbot, dialog)
    page = dialog.page

    def found(picture: Picture, place: Any) -> set[str]:
        return {m.id for m in desk.history.page(ask(qtbot, dialog, picture, place))}

    assert found(page.days.picture, (TODAY, None)) == {accepted.id, failed.id}
    assert found(page.days.picture, (TODAY, SENT)) == {accepted.id}
    assert found(page.days.picture, (TODAY - 1, None)) == set()
    assert found(page.failures.picture, (0, None)) == {failed.id}
    assert found(page.senders.picture, (0, None)) == {accepted.id, failed.id}
    assert found(page.replies.picture, (TODAY, 0)) == {answer.id}


def test_a_press_where_nothing_can_be_shown_leads_nowhere(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    priced = book.add(State.ACCEPTED, to="+4915123456789")
    book.database.connection.execute(
        "UPDATE message SET price = '0.07', currency = 'EUR' WHERE id = ?", (priced.id,)
    )
    count(qtbot, dialog)
    countries = dialog.page.countries.picture
    days = dialog.page.days.picture

    with qtbot.assertNotEmitted(dialog.asked):
        click(countries, countries.row_area(0).center())
        click(days, days.rect().center())

    assert countries.words_of((0, None)).endswith("Germany\u2069: €0.07 for 1 message")
    assert countries.cursor().shape() is Qt.CursorShape.ArrowCursor
    assert dialog.isVisible()


def test_only_the_last_choice_is_shown(
    qtbot: QtBot, dialog: OverviewDialog, worker: Worker
) -> None:
    may_go_on = threading.Event()
    worker.run(may_go_on.wait)
    dialog.show()

    dialog.count()
    assert not dialog.page.isVisible()
    assert not dialog.save_button.isEnabled()
    for days in (7, 90, 365):
        dialog.period.setCurrentIndex(dialog.period.findData(days))
    assert dialog.counting.text() == "Counting… 0%"
    may_go_on.set()

    qtbot.waitUntil(lambda: dialog.figures is not None)
    assert dialog.figures is not None
    assert len(dialog.figures.period.days) == 365
    assert dialog.page.isVisible()
    assert dialog.save_button.isEnabled()


def test_a_closed_overview_is_not_counted_for(
    qtbot: QtBot, dialog: OverviewDialog, worker: Worker
) -> None:
    may_go_on, is_done = threading.Event(), threading.Event()
    worker.run(may_go_on.wait)
    dialog.show()
    dialog.count()

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    worker.run(is_done.set)
    may_go_on.set()
    qtbot.waitUntil(is_done.is_set)

    assert dialog.isHidden()
    assert dialog.figures is None


def test_days_of_ones_own_are_counted_and_must_be_in_order(
    qtbot: QtBot, dialog: OverviewDialog
) -> None:
    count(qtbot, dialog)
    assert dialog.first.isHidden()
    dialog.figures = None

    dialog.period.setCurrentIndex(dialog.period.count() - 1)
    dialog.first.setDate(QDate(2026, 3, 1))
    dialog.last.setDate(QDate(2026, 3, 31))

    assert dialog.first.isVisible()
    qtbot.waitUntil(
        lambda: dialog.figures is not None and len(dialog.figures.period.days) == 31
    )
    dialog.last.setDate(QDate(2026, 2, 1))
    qtbot.waitUntil(dialog.outcome.isVisible)
    assert "must not come before" in dialog.outcome.text()


def test_one_sender_may_be_looked_at_alone(
    qtbot: QtBot, dialog: OverviewDialog, book: Book, desk: Desk
) -> None:
    book.add(State.ACCEPTED)
    count(qtbot, dialog)
    offered = [dialog.whose.itemData(row) for row in range(dialog.whose.count())]
    assert offered == [None, "ACME"]
    dialog.figures = None

    dialog.whose.setCurrentIndex(1)

    qtbot.waitUntil(lambda: dialog.figures is not None)
    assert dialog.page.title.text().endswith("from \u2068ACME\u2069")
    wanted = ask(qtbot, dialog, dialog.page.days.picture, (TODAY, None))
    assert (wanted.sender, wanted.direction) == ("ACME", Direction.OUTBOUND)


def test_the_figures_are_copied_as_a_table(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    book.add(State.ACCEPTED)
    count(qtbot, dialog)

    QTest.mouseClick(dialog.copy_button, LEFT)

    copied = QGuiApplication.clipboard().text()
    assert "Sender\tMessages\tDelivered\tWith a final answer\nACME\t1\t0\t0" in copied
    assert dialog.outcome.text().startswith("Copied.")


@pytest.mark.parametrize("choice", [Choice.LIGHT, Choice.DARK])
def test_the_whole_page_is_saved_at_twice_its_size(
    qtbot: QtBot,
    dialog: OverviewDialog,
    book: Book,
    theme: Theme,
    tmp_path: Path,
    choice: Choice,
) -> None:
    theme.choose(choice)
    book.add(State.ACCEPTED)
    dialog.resize(1040, 360)
    count(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.page.height() > dialog.height())
    size = dialog.page.size()

    dialog.save_picture(tmp_path / "overview.png")

    qtbot.waitUntil(lambda: dialog.outcome.text() == "Saved.")
    image = QImage(str(tmp_path / "overview.png"))
    assert image.size() == size * 2
    assert (image.pixelColor(0, 0).lightness() < 128) is (choice is Choice.DARK)
    assert [path.name for path in tmp_path.glob("*.png*")] == ["overview.png"]


def test_a_picture_that_cannot_be_written_is_told(
    qtbot: QtBot, dialog: OverviewDialog, tmp_path: Path
) -> None:
    count(qtbot, dialog)

    dialog.save_picture(tmp_path / "nowhere" / "overview.png")

    qtbot.waitUntil(lambda: "cannot be written" in dialog.outcome.text())


def test_a_name_from_outside_turns_nothing_round(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    message = book.add(State.FAILED)
    book.database.connection.execute(
        "UPDATE message SET failure_code = '77777', failure_title = ? WHERE id = ?",
        ("<b>a\u202e\nb</b>" * 60, message.id),
    )

    count(qtbot, dialog)

    words = dialog.page.failures.picture.words_of((0, None))
    assert "\u202e" not in words
    assert "\n" not in words
    dialog.page.failures.picture.grab()


def test_a_narrow_page_puts_its_parts_below_each_other(
    qtbot: QtBot, dialog: OverviewDialog, book: Book
) -> None:
    book.add(State.ACCEPTED)
    count(qtbot, dialog)
    page = dialog.page

    dialog.resize(1040, 700)
    qtbot.waitUntil(lambda: page.senders.y() == page.failures.y())
    dialog.resize(480, 700)

    qtbot.waitUntil(lambda: page.senders.y() > page.failures.y())
    assert page.width() <= dialog.width()


# in the window


def test_the_menu_opens_it_and_a_press_leads_to_the_list(
    qtbot: QtBot, window: MainWindow, book: Book
) -> None:
    accepted = book.add(State.ACCEPTED)
    book.add(State.FAILED)
    window.overview_action.trigger()
    dialog = window.open_overview()
    qtbot.waitUntil(lambda: dialog.figures is not None)
    QApplication.processEvents()

    click(dialog.page.days.picture, middle_of(dialog, TODAY, SENT))

    history = window.history
    qtbot.waitUntil(lambda: history.model.rowCount() == 1)
    shown = history.model.message(0)
    assert shown is not None
    assert shown.id == accepted.id
    assert history.head.chips.isVisible()
    assert history.head.group == "sent"
    history.head.clear()
    qtbot.waitUntil(lambda: history.model.rowCount() == 2)


def test_what_comes_later_joins_the_list_only_where_it_is_counted(
    qtbot: QtBot, window: MainWindow, book: Book
) -> None:
    book.add(State.ACCEPTED)
    dialog = window.open_overview()
    qtbot.waitUntil(lambda: dialog.figures is not None)
    dialog.page.senders.picture.picked.emit(0, None)

    book.reply()
    book.add(State.QUEUED)

    qtbot.waitUntil(lambda: window.history.model.rowCount() == 2)
    filtered = window.history.model.filter
    assert all(
        (message := window.history.model.message(row)) and filtered.fits(message)
        for row in range(2)
    )


def test_opt_outs_lead_to_their_list(qtbot: QtBot, window: MainWindow, desk: Desk) -> None:
    desk.opt_outs.add("+447400123456", sender="", why="By letter", default_region=None)
    dialog = window.open_overview()
    qtbot.waitUntil(lambda: dialog.figures is not None)

    dialog.page.opt_outs.picture.picked.emit(TODAY, 1)

    assert window.books.open_opt_outs().isVisible()
    assert dialog.isHidden()


def test_it_comes_back_as_it_was_left_and_counts_anew(
    qtbot: QtBot, window: MainWindow, book: Book
) -> None:
    dialog = window.open_overview()
    dialog.period.setCurrentIndex(0)
    qtbot.waitUntil(lambda: dialog.figures is not None)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    book.add(State.ACCEPTED)

    again = window.open_overview()

    assert again is dialog
    assert dialog.period.currentData() == 7
    qtbot.waitUntil(lambda: dialog.figures is not None and dialog.figures.written == 1)
