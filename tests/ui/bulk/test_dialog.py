"""The page that sends to a list: what is read is shown, what is wrong is said, nothing is lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.state import State
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.system.settings import CONFIRM_COUNT_ABOVE, UNDO_S, Settings
from smsdesk.ui.bulk.dialog import CHECK, LIST, TEXT, BulkDialog
from smsdesk.ui.bulk.list_page import MEND, MERGED, OPTED_OUT
from smsdesk.ui.main_window import MainWindow
from tests.desk.sheets.books import xlsx
from tests.ui.conftest import Book

A, B, C = "+447400123456", "+447400123457", "+4915123456789"
LIST_TEXT = f"Name,Mobile,Depot\nAnna,{A},B\nBen,07400 123457,C\nCy,{C},B\n"
TEXT_TO_ALL = "Hi {name}, depot {depot} is closed."

Open = Callable[[str], BulkDialog]


@pytest.fixture
def page(window: MainWindow) -> BulkDialog:
    window.list_action.trigger()
    assert window.lists.page is not None
    return window.lists.page


@pytest.fixture
def open_list(page: BulkDialog, tmp_path: Path, qtbot: QtBot) -> Open:
    def read(content: str = LIST_TEXT) -> BulkDialog:
        file = tmp_path / "staff.csv"
        file.write_text(content, "utf-8")
        page.read_file(file)
        settle(page, qtbot)
        return page

    return read


def settle(page: BulkDialog, qtbot: QtBot) -> None:
    """Wait until everything has been read and counted."""
    qtbot.waitUntil(
        lambda: (
            not (page._reading.is_busy or page._planning.is_busy or page._plan_timer.isActive())
            and not page._looking.is_busy
        ),
        timeout=20_000,
    )


def write(page: BulkDialog, text: str, qtbot: QtBot) -> None:
    page.text.text.set_text(text)
    settle(page, qtbot)


def stored(desk: Desk) -> list[Message]:
    return desk.history.page(HistoryFilter(), limit=1000)


def column(model: object, place: int) -> list[str]:
    return [model.text(row, place) for row in range(model.rowCount())]  # type: ignore[attr-defined]


def test_a_list_is_read_counted_and_queued_whole(
    open_list: Open, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    assert column(page.list.rows, 2) == [
        "+44 7400 123456",
        "+44 7400 123457",
        "+49 1512 3456789",
    ]
    assert column(page.list.rows, 3) == ["Anna", "Ben", "Cy"]

    write(page, TEXT_TO_ALL, qtbot)
    page._go(CHECK)
    assert page.send.text() == "&Send 3 messages"
    assert stored(desk) == []

    page.send.click()
    qtbot.waitUntil(lambda: len(stored(desk)) == 3)
    qtbot.waitUntil(lambda: window.lists.page is None)

    assert {m.text for m in stored(desk)} == {
        "Hi Anna, depot B is closed.",
        "Hi Ben, depot C is closed.",
        "Hi Cy, depot B is closed.",
    }
    assert window.compose.done.text() == "Queued 3 messages."


def test_ctrl_enter_goes_through_the_parts_and_sends(
    open_list: Open, desk: Desk, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    for part in (TEXT, CHECK):
        page._act()
        assert page.pages.currentIndex() == part
    page._act()
    assert page.pages.currentIndex() == TEXT  # there is no text yet
    assert page.text.beside["text"].isVisible()

    write(page, "All depots are closed.", qtbot)
    page._act()
    page._act()
    qtbot.waitUntil(lambda: len(stored(desk)) == 3)


@pytest.mark.case("T16", "T27")
def test_above_the_threshold_the_number_is_typed(
    open_list: Open, desk: Desk, settings: Settings, qtbot: QtBot
) -> None:
    settings.set(CONFIRM_COUNT_ABOVE, 1000)
    rows = "".join(f"07400 {123000 + n}\n" for n in range(1234))
    page = open_list("Mobile\n" + rows)
    write(page, "All depots are closed.", qtbot)
    page._go(CHECK)
    assert page.check.typed.isVisible()
    assert page.check.typed.hasFocus()

    page.send.click()
    assert page.check.said.text().startswith("Type the number of messages first.")
    QTest.keyClicks(page.check.typed, "1233")
    page.send.click()
    assert page.check.said.text() == "That is not the number of messages."
    assert stored(desk) == []

    page.check.typed.selectAll()
    QTest.keyClicks(page.check.typed, "1,234")
    QTest.keyClick(page.check.typed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.history.counts()["waiting"] == 1234)


def test_who_is_left_out_is_seen_with_the_reason(
    open_list: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.opt_outs.bring_in(
        [Suppression(C, "", datetime.now(UTC), SuppressionReason.PERSON, "rang up")]
    )
    page = open_list(LIST_TEXT + "Di,4.4770E+11,A\n" + f"Ann,{A},B\n")
    write(page, TEXT_TO_ALL, qtbot)

    for group, row, why in (
        (MEND, "5", "has shortened"),
        (MERGED, "6", "stands in row 2 already"),
        (OPTED_OUT, "4", "has opted out"),
    ):
        assert page.list.tabs.isTabVisible(group)
        page.list.tabs.setCurrentIndex(group)
        assert column(page.list.left_out, 0) == [row]
        assert why in column(page.list.left_out, 2)[0]
    assert "opted out" in column(page.list.rows, 2)[2]
    assert [m.number.e164 for m in page._outlook.plan.messages] == [A, B]  # type: ignore[union-attr]

    page._go(CHECK)
    assert "1 row to mend" in page.check.left_out.text()
    page.check.show_button.click()
    assert page.pages.currentIndex() == LIST
    assert page.list.tabs.currentIndex() == MEND


def test_problems_are_saved_mended_and_read_again(
    open_list: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT + "Di,4.4770E+11,A\n")
    file = tmp_path / "problems.csv"
    page.save_problems(file)
    qtbot.waitUntil(page.said.isVisible)
    assert "problems.csv" in page.said.text()

    kept = file.read_text("utf-8-sig")
    file.write_text(kept.replace("4.4770E+11", "447400123460"), "utf-8-sig")
    page.read_file(file)
    settle(page, qtbot)

    assert column(page.list.rows, 2) == ["+44 7400 123460"]
    assert not page.list.tabs.isTabVisible(MEND)


def test_a_file_that_cannot_be_read_loses_neither_list_nor_text(
    open_list: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    write(page, TEXT_TO_ALL, qtbot)
    bad = tmp_path / "old.xls"
    bad.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 50)

    page.read_file(bad)
    qtbot.waitUntil(page.list.said.isVisible)

    assert "old Excel file" in page.list.said.text()
    assert "still" in page.list.said.text()
    assert "staff.csv" in page.list.name.text()
    assert page.text.text.text() == TEXT_TO_ALL
    assert page.go_on.isEnabled()


def test_the_column_and_the_country_can_be_chosen(open_list: Open, qtbot: QtBot) -> None:
    page = open_list("Name,Mobile,Second\nAnna,07400 123456,07400 123457\n")
    combo = page.list.column.combo
    combo.setCurrentIndex(2)
    combo.activated.emit(2)
    settle(page, qtbot)
    assert column(page.list.rows, 2) == ["+44 7400 123457"]

    region = page.list.region.combo
    region.setCurrentIndex(region.findData("DE"))
    region.activated.emit(region.currentIndex())
    settle(page, qtbot)
    assert column(page.list.rows, 2)[0].startswith("+49")
    assert page.list.column.combo.currentText().strip("\u2068\u2069") == "Second"


def test_the_encoding_and_the_separator_can_be_chosen(
    page: BulkDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "names.csv"
    file.write_bytes("Mobile;Name\n07400123456;Иван\n".encode("cp1251"))
    page.read_file(file)
    settle(page, qtbot)
    combo = page.list.encoding.combo
    combo.setCurrentIndex(combo.findData("cp1251"))
    combo.activated.emit(combo.currentIndex())
    settle(page, qtbot)
    assert column(page.list.rows, 3) == ["Иван"]

    combo = page.list.delimiter.combo
    combo.setCurrentIndex(combo.findData(","))
    combo.activated.emit(combo.currentIndex())
    settle(page, qtbot)
    assert page.list.rows.titles[3].strip("\u2068\u2069") == "Mobile;Name"


def test_reading_a_very_long_list_can_be_cancelled(
    page: BulkDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "long.csv"
    with file.open("w", encoding="ascii") as out:
        out.write("Mobile,Name\n")
        out.writelines(f"+4474{n:08},A\n" for n in range(100_000))
    page.read_file(file)
    qtbot.waitUntil(lambda: page.list.rows.rowCount() > 0, timeout=20_000)
    assert page.list.rows.rowCount() == 50  # the head is there early
    page.list.cancel.click()

    assert page.list.said.text() == "Not read to its end."
    assert page.list.rows.rowCount() == 0
    assert not page.go_on.isEnabled()
    page.read_file(tmp_path / "nowhere.csv")  # the worker is free again
    qtbot.waitUntil(lambda: "no such file" in page.list.said.text(), timeout=20_000)


def test_a_store_that_fails_keeps_everything(
    open_list: Open, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    write(page, TEXT_TO_ALL, qtbot)
    page._go(CHECK)
    connection = book.database.connection
    connection.execute("BEGIN IMMEDIATE")  # somebody else writes, and does not come to an end
    page.send.click()
    qtbot.waitUntil(page.said.isVisible, timeout=20_000)

    assert page.isVisible()
    assert page.send.isEnabled()
    assert page.text.text.text() == TEXT_TO_ALL
    assert stored(desk) == []
    assert page.said.text()
    connection.execute("ROLLBACK")
    page.send.click()
    qtbot.waitUntil(lambda: len(stored(desk)) == 3)


def test_all_of_it_is_taken_back_and_the_page_comes_again(
    open_list: Open, window: MainWindow, desk: Desk, settings: Settings, qtbot: QtBot
) -> None:
    settings.set(UNDO_S, 30)
    page = open_list(LIST_TEXT)
    write(page, TEXT_TO_ALL, qtbot)
    page._go(CHECK)
    page.send.click()
    qtbot.waitUntil(window.compose.undo.isVisible)
    assert {m.state for m in stored(desk)} == {State.SCHEDULED}

    window.compose.undo.button.click()
    qtbot.waitUntil(lambda: window.lists.page is not None and window.lists.page is not page)

    assert {m.state for m in stored(desk)} == {State.CANCELLED}
    again = window.lists.page
    assert again is not None
    qtbot.waitUntil(lambda: again.list.rows.rowCount() == 3)
    settle(again, qtbot)
    assert again.text.text.text() == TEXT_TO_ALL


def test_rows_are_walked_through(open_list: Open, qtbot: QtBot) -> None:
    page = open_list(f"Name,Mobile\nAnna,{A}\n,07400 123458\nZhōu,{B}\n{'Long' * 50},{C}\n")
    page._go(TEXT)
    write(page, "Hi {name}", qtbot)
    text = page.text
    assert text.shown.text() == "Hi Anna"
    text.next.click()
    assert "nothing in the column" in text.measured.text()
    text.to_ucs2.click()
    assert text.shown.text() == "Hi Zhōu"
    text.to_longest.click()
    assert text.who.text().startswith("Row 5")
    text.to_blank.click()
    assert text.who.text().startswith("Row 3")

    text.blank.click()
    settle(page, qtbot)
    assert page._outlook is not None
    assert page._outlook.count == 4


def test_dear_characters_are_replaced_in_all(open_list: Open, desk: Desk, qtbot: QtBot) -> None:
    page = open_list(LIST_TEXT)
    page._go(TEXT)
    write(page, "Hi {name}, we’re closed. " + "Bring your keys. " * 5, qtbot)
    assert page.text.replace.text() == "Replace in &all: saves 3 parts"
    page.text.replace.click()
    settle(page, qtbot)
    assert page._outlook is not None
    assert page._outlook.in_ucs2 == 0
    assert "we're" in page.text.shown.text()

    page.text.keep.click()
    settle(page, qtbot)
    assert page._outlook.in_ucs2 == 3
    assert "we’re" in page.text.text.text()


def test_a_column_is_put_in_by_its_button(open_list: Open, qtbot: QtBot) -> None:
    page = open_list(LIST_TEXT)
    page._go(TEXT)
    write(page, "Hi ", qtbot)
    button = page.findChild(QPushButton, "bulk.insert.name")
    assert isinstance(button, QPushButton)
    button.click()
    assert page.text.text.text() == "Hi {name}"
    assert page.text.shown.text() == "Hi Anna"


def test_a_placeholder_that_the_list_has_not_is_said_beside_the_text(
    open_list: Open, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    write(page, "Hi {nmae}", qtbot)
    page._go(CHECK)
    page.send.click()
    assert page.pages.currentIndex() == TEXT
    assert "{nmae}" in page.text.beside["text"].text()


def test_a_table_is_pasted(page: BulkDialog, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("Name\tMobile\nAnna\t07400 123456\n")
    page.list.paste.click()
    settle(page, qtbot)
    assert column(page.list.rows, 2) == ["+44 7400 123456"]


def test_a_file_is_dropped_on_the_message(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(LIST_TEXT, "utf-8")
    dragged = QMimeData()
    dragged.setUrls([QUrl.fromLocalFile(str(file))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none, place = Qt.KeyboardModifier.NoModifier, window.compose.text.viewport()
    over = QDragEnterEvent(QPoint(5, 5), copy, dragged, left, none)
    QApplication.sendEvent(place, over)
    assert over.isAccepted()
    QApplication.sendEvent(place, QDropEvent(QPointF(5, 5), copy, dragged, left, none))

    assert window.compose.draft().text == ""
    assert window.lists.page is not None
    settle(window.lists.page, qtbot)
    assert window.lists.page.list.rows.rowCount() == 3


def test_it_begins_with_the_text_that_is_being_written(window: MainWindow) -> None:
    window.compose.show_draft(Draft("ACME", "", "Depot {B} is closed"))
    window.compose.import_button.click()
    assert window.lists.page is not None
    assert window.lists.page.text.written().text == "Depot {{B}} is closed"
    assert window.lists.page.text.written().sender == "ACME"


def test_leaving_with_something_made_asks_once(
    open_list: Open, window: MainWindow, leaves: list[str]
) -> None:
    page = open_list(LIST_TEXT)
    page.reject()
    assert leaves == ["Leave without sending?"]
    assert window.lists.page is None


def test_leaving_an_empty_page_asks_nothing(page: BulkDialog, leaves: list[str]) -> None:
    page.reject()
    assert leaves == []


@pytest.mark.case("T12", "F88")
def test_hostile_cells_are_plain_text(open_list: Open, qtbot: QtBot) -> None:
    evil = "<img src=file:///etc/passwd>"
    page = open_list(f'Mobile,"<b>&Name</b>"\n{A},{evil}\n{evil},x\n{B},\u202eevil\n')
    write(page, "Hi {b_name_b}", qtbot)
    for part in (LIST, TEXT, CHECK):
        page._go(part)
        for label in page.findChildren(QLabel):
            if label.text():
                assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
    assert evil in page.text.shown.text()
    assert "\u202e" not in str(page.list.rows.index(2, 3).data())
    tip = str(page.list.rows.index(0, 3).data(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in tip


def test_every_control_can_be_named(open_list: Open, qtbot: QtBot) -> None:
    page = open_list(LIST_TEXT + "Di,4.4770E+11,A\n")
    write(page, TEXT_TO_ALL, qtbot)
    for part in (LIST, TEXT, CHECK):
        page._go(part)
        keys: list[str] = []
        for button in page.findChildren(QAbstractButton):
            if button.isVisible() and button.objectName() != "qt_toolbar_ext_button":
                assert button.accessibleName() or button.text(), button.objectName()
                assert button.objectName()
                keys += mnemonic(button.text())
        for label in page.findChildren(QLabel):
            if label.isVisible() and label.buddy() is not None:
                keys += mnemonic(label.text())
        keys += [mnemonic(page.tabs.tabText(place))[0] for place in range(3)]
        assert len(keys) == len(set(keys)), keys


def mnemonic(text: str) -> list[str]:
    bare = text.replace("&&", "")
    return [bare[bare.index("&") + 1].lower()] if "&" in bare else []


def test_another_sheet_of_a_workbook_can_be_chosen(
    page: BulkDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "staff.xlsx"
    file.write_bytes(xlsx([("Mobile",), (A,)], Night=[("Mobile",), (B,), (C,)]))
    page.read_file(file)
    settle(page, qtbot)
    assert page.list.sheet.isVisible()
    assert not page.list.encoding.isVisible()

    combo = page.list.sheet.combo
    combo.setCurrentIndex(combo.findData("Night"))
    combo.activated.emit(combo.currentIndex())
    settle(page, qtbot)
    assert column(page.list.rows, 2) == ["+44 7400 123457", "+49 1512 3456789"]


def test_for_india_the_two_ids_are_asked_for_and_go_along(
    open_list: Open, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    write(page, TEXT_TO_ALL, qtbot)
    assert page.text.dlt.isHidden()

    page = open_list(LIST_TEXT + "Dev,+919876543210,B\n")
    settle(page, qtbot)
    assert not page.text.dlt.isHidden()
    page.text.dlt.entity_id.setText("12o1")
    settle(page, qtbot)
    page._go(CHECK)
    page.send.click()
    assert page.pages.currentIndex() == TEXT
    assert "digits" in page.text.dlt.problems["entity_id"].text()
    assert page.text.dlt.entity_id.hasFocus()
    assert stored(desk) == []

    page.text.dlt.entity_id.setText("1201159100000001234")
    page.text.dlt.content_id.setText("1707161234567890123")
    settle(page, qtbot)
    page._go(CHECK)
    page.send.click()
    qtbot.waitUntil(lambda: window.lists.page is None, timeout=20_000)
    assert {m.to: (m.entity_id, m.content_id) for m in stored(desk)} == {
        A: (None, None),
        B: (None, None),
        C: (None, None),
        "+919876543210": ("1201159100000001234", "1707161234567890123"),
    }


@pytest.mark.case("T27", "F85")
def test_the_same_file_is_known_again_before_it_is_sent_to_twice(
    open_list: Open, window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_list(LIST_TEXT)
    write(page, TEXT_TO_ALL, qtbot)
    page._go(CHECK)
    assert not warned(page, "was sent to on")
    page.send.click()
    qtbot.waitUntil(lambda: window.lists.page is None, timeout=20_000)

    again = window.lists.open()
    again.read_file(tmp_path / "staff.csv")
    settle(again, qtbot)
    write(again, "All depots are closed.", qtbot)
    again._go(CHECK)

    assert warned(again, "was sent to on")
    assert warned(again, "(3 messages)")
    assert again.send.isEnabled()


def warned(page: BulkDialog, words: str) -> bool:
    return any(words in label.text() for label in page.check.warnings.findChildren(QLabel))
