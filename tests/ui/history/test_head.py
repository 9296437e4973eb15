"""What stands above the list: chips, the panel with more filters, counts, saved searches."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import FILTER_GROUPS, HistoryFilter
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.ui.history.more_filters import FilterPanel
from smsdesk.ui.history.narrowing import Narrowing, narrowing_of
from smsdesk.ui.history.pane import HistoryPane
from smsdesk.ui.history.saved import SavedDialog
from smsdesk.ui.name_dialog import NameDialog
from smsdesk.ui.numbers import show_number
from tests.ui.conftest import Book


def open_panel(pane: HistoryPane) -> FilterPanel:
    pane.head.more_button.click()
    assert pane.head.panel is not None
    return pane.head.panel


def press(pane: HistoryPane, key: str) -> None:
    chip = pane.head.chips.button(key)
    assert chip is not None
    chip.click()


def chips(pane: HistoryPane) -> list[str]:
    return [words for _key, words in pane.head.narrowing.chips()]


def test_a_search_says_how_many_it_found(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    for text in ("depot A", "depot B", "hello"):
        book.add(text=text)
    assert not pane.head.chips.isVisible()

    pane.search.setText("depot")

    qtbot.waitUntil(lambda: pane.head.chips.count.text() == "2 messages")
    assert pane.head.chips.isVisible()


def test_each_condition_is_a_chip_and_goes_with_a_click(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(State.FAILED)
    book.reply()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)

    pane.head.narrow(
        Narrowing(
            HistoryFilter(
                direction=Direction.OUTBOUND,
                sender="ACME",
                failure="1210",
                since=datetime.now(UTC) - timedelta(days=1),
            )
        )
    )
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    assert [words.split()[0] for words in chips(pane)] == ["Sent", "Since", "From", "The"]

    for key in ("direction", "failure", "sender"):
        press(pane, key)
    assert [words.split()[0] for words in chips(pane)] == ["Since"]
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)

    chip = pane.head.chips.button("dates")
    assert chip is not None
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    assert pane.head.wanted == HistoryFilter()


def test_clear_all_takes_the_search_and_the_group_too(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(State.FAILED, text="depot")
    pane.search.setText("depot")
    pane.filter.setCurrentIndex(list(FILTER_GROUPS).index("failed"))
    pane.head.narrow(Narrowing(HistoryFilter(sender="ACME")))

    pane.head.chips._clear.click()

    assert pane.head.wanted == HistoryFilter()
    assert pane.search.text() == ""
    assert pane.head.group == "all"


def test_where_nothing_fits_it_says_what_to_clear_and_clears_it(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="depot")
    pane.head.narrow(Narrowing(HistoryFilter(sender="OTHER")))
    pane.search.setText("zebra")

    qtbot.waitUntil(lambda: "zebra" in pane.empty.sentence.text())
    assert "From OTHER" in pane.empty.sentence.text()
    pane.empty.button.click()

    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    assert pane.head.wanted == HistoryFilter()


def test_the_panel_offers_what_there_is_and_narrows_at_once(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(State.FAILED)
    book.reply()
    panel = open_panel(pane)
    qtbot.waitUntil(lambda: panel.senders.findData("ACME") > 0)
    assert not panel.channel.isVisible(), "there is only one"

    panel.senders.setCurrentIndex(panel.senders.findData("ACME"))
    panel.senders.activated.emit(panel.senders.currentIndex())
    panel.failure.setCurrentIndex(panel.failure.findData("1210"))
    panel.failure.activated.emit(panel.failure.currentIndex())
    panel.direction.setCurrentIndex(panel.direction.findData("outbound"))
    panel.direction.activated.emit(panel.direction.currentIndex())

    assert pane.head.wanted == HistoryFilter(
        sender="ACME", failure="1210", direction=Direction.OUTBOUND
    )
    QTest.keyClick(panel.dates, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is pane.head.more_button


def test_a_recipient_is_typed_as_people_write_numbers(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    pane.default_region = lambda: "GB"
    book.add(to="+447700900123")
    book.add(to="+447700900124")
    panel = open_panel(pane)
    qtbot.waitUntil(lambda: panel.senders.count() > 1)

    panel.to.setText("07700 900124")
    QTest.keyClick(panel.to, Qt.Key.Key_Return)

    assert pane.head.wanted == HistoryFilter(to="+447700900124")
    assert chips(pane) == [f"To {show_number('+447700900124')}"]
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    press(pane, "to")
    assert panel.to.text() == ""
    assert pane.head.wanted == HistoryFilter()


def test_dates_are_whole_days_where_we_are(pane: HistoryPane, qtbot: QtBot) -> None:
    panel = open_panel(pane)
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)

    panel.dates.setCurrentIndex(1)
    panel.dates.activated.emit(1)
    which = pane.head.narrowing.which
    assert which.since is not None
    assert which.until is not None
    assert which.since == today
    assert (which.until - timedelta(microseconds=1)).astimezone().date() == today.date()
    assert not panel.since.isVisible()

    other = panel.dates.count() - 1
    panel.dates.setCurrentIndex(other)
    panel.dates.activated.emit(other)
    assert panel.since.isVisible()
    panel.since.setDate(panel.since.date().addDays(-9))
    since = pane.head.narrowing.which.since
    assert since is not None
    assert since.astimezone().date() == (today - timedelta(days=9)).date()


def test_a_whole_filter_is_told_apart_from_its_group() -> None:
    failed = HistoryFilter(search="x", states=FILTER_GROUPS["failed"], sender="ACME")
    odd = HistoryFilter(states=frozenset({State.DELIVERED, State.UNKNOWN}))

    assert narrowing_of(failed) == (Narrowing(HistoryFilter(sender="ACME")), "failed")
    assert narrowing_of(odd) == (Narrowing(odd), "all")
    assert Narrowing(odd).chips() == [("states", "Needs review, Delivered")]


def test_every_condition_of_a_filter_is_shown_and_can_be_taken_back(pane: HistoryPane) -> None:
    """Of a saved search, or one that the command line could ask, nothing narrows unseen."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    whole = HistoryFilter(
        search="depot",
        states=frozenset({State.FAILED, State.REJECTED}),
        to="+447400123456",
        direction=Direction.OUTBOUND,
        since=at,
        until=at + timedelta(days=1),
        batch="B",
        failure="1210",
        sender="ACME",
        channel="viber",
    )
    assert all(getattr(whole, one.name) != one.default for one in fields(HistoryFilter))

    pane.head.show_wanted(whole)
    assert pane.head.wanted == whole
    for key, _words in pane.head.narrowing.chips():
        press(pane, key)
    assert pane.head.wanted == HistoryFilter(search="depot")


def test_a_search_is_kept_by_name_and_shown_again(
    pane: HistoryPane, book: Book, qtbot: QtBot, desk: Desk
) -> None:
    book.add(text="depot")
    pane.search.setText("depot")
    pane.head.narrow(Narrowing(HistoryFilter(sender="ACME")))

    pane.saved.save()
    dialog = pane.window().findChild(NameDialog)
    assert dialog is not None
    line = dialog.findChild(QLineEdit, "name_dialog.name")
    assert line is not None
    assert line.text() == "depot"
    line.setText("The <b>depot</b> & more")
    with qtbot.waitSignal(dialog.saved):
        dialog.act.click()

    pane.head.clear()
    pane.saved.drop.aboutToShow.emit()
    first = pane.saved.drop.actions()[0]
    assert "<b>depot</b> && more" in first.text()
    first.trigger()

    assert pane.head.wanted == HistoryFilter(search="depot", sender="ACME")
    assert [one.name for one in desk.history.saved.all()] == ["The <b>depot</b> & more"]


def test_a_name_that_is_taken_is_refused_in_words(
    pane: HistoryPane, qtbot: QtBot, desk: Desk
) -> None:
    desk.history.saved.save("Depot", HistoryFilter(search="depot"))
    pane.search.setText("other")

    pane.saved.save()
    dialog = pane.window().findChild(NameDialog)
    assert dialog is not None
    dialog.line.setText("DEPOT")
    dialog.act.click()

    qtbot.waitUntil(dialog.problem.isVisible)
    assert dialog.problem.text() == "Another saved search has this name."
    dialog.reject()


def test_saved_searches_are_renamed_and_removed(
    pane: HistoryPane, qtbot: QtBot, desk: Desk
) -> None:
    for name in ("A", "B"):
        desk.history.saved.save(name, HistoryFilter(search=name))

    pane.saved.manage()
    dialog = pane.window().findChild(SavedDialog)
    assert dialog is not None
    dialog.rename()
    naming = dialog.findChild(NameDialog)
    assert naming is not None
    naming.line.setText("Z")
    with qtbot.waitSignal(naming.saved):
        naming.act.click()
    assert [one.name for one in desk.history.saved.all()] == ["B", "Z"]

    remove = dialog.findChild(QPushButton, "saved.remove")
    assert remove is not None
    dialog.list.setCurrentRow(0)
    remove.click()
    qtbot.waitUntil(lambda: [one.name for one in desk.history.saved.all()] == ["Z"])
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.show_button.click()
    assert chosen.args == [HistoryFilter(search="A")]
