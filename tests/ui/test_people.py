"""Names stand where numbers stood, all over the window, and lead to the address book."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.state import State
from smsdesk.ui import names
from smsdesk.ui.compose.chip import Chip
from smsdesk.ui.compose.recipients_dialog import RecipientsDialog
from smsdesk.ui.contacts.contact_dialog import ContactDialog
from smsdesk.ui.main_window import MainWindow
from tests.ui.conftest import Book

ANNA = "+447700900123"
HOSTILE = [
    "<b>bold</b><img src='file:///etc/passwd'>",
    "\u202eevil\u202c",
    "a" + "\u0301" * 99,
    "\u200bx",
    "=1+1",
]


def name_it(desk: Desk, name: str, number: str = ANNA) -> None:
    desk.contacts.save(
        desk.contacts.find(number), name=name, number=number, default_region=None
    )


def spoken(window: MainWindow, row: int = 0) -> str:
    model = window.history.model
    return str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def choose_first(window: MainWindow) -> None:
    window.history.table.setCurrentIndex(window.history.model.index(0, 0))


def contact_dialog(window: MainWindow, qtbot: QtBot) -> ContactDialog:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(ContactDialog)))
    return next(one for one in window.findChildren(ContactDialog) if one.isVisible())


def test_a_row_the_details_and_a_chip_have_the_name_as_soon_as_it_is_known(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    book.add()
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    choose_first(window)
    window.compose.recipients.set_text(ANNA)
    assert "+44 7700 900123" in spoken(window)

    name_it(desk, "Anna Meyer")

    qtbot.waitUntil(lambda: window.history.details._who.text() == "\u2068Anna Meyer\u2069")
    assert ", Anna Meyer, " in spoken(window)
    hover = window.history.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "+44 7700 900123" in str(hover)
    assert "+44 7700 900123" in window.history.details._facts.text()
    assert window.side.conversation._who.text() == "\u2068Anna Meyer\u2069"
    chip = next(one for one in window.findChildren(Chip) if one.isVisible())
    assert chip.accessibleName().startswith("Anna Meyer, +44")


def test_a_reply_has_the_name_of_who_wrote_it(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    name_it(desk, "Anna Meyer")
    book.reply()

    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    assert ", Anna Meyer, " in spoken(window)


def test_a_message_in_doubt_and_the_list_of_recipients_have_name_and_number(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    name_it(desk, "Anna Meyer")
    book.add(State.UNKNOWN)
    window.history.open_review()
    window.compose.recipients.set_text(ANNA)
    listed = RecipientsDialog(window.compose.recipients.entries(), window)

    shown = str(listed._model.index(0).data())
    assert "Anna Meyer (+44 7700 900123)" in shown
    listed.deleteLater()


@pytest.mark.case("T12", "T13", "F88")
@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_markup_or_turns_anything_round(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot, name: str
) -> None:
    name_it(desk, name)
    book.add()
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    choose_first(window)
    window.compose.recipients.set_text(ANNA)
    window.grab()

    for text in (
        spoken(window),
        window.history.details._who.text().strip("\u2068\u2069"),
        window.compose.recipients.findChildren(Chip)[0].accessibleName(),
    ):
        assert "\u202e" not in text
        assert text.count("\u0301") <= 5
    assert "<img" not in window.history.details._who.toolTip()


@pytest.mark.qt_log_ignore("does not support", extend=True)
def test_a_row_and_its_details_lead_to_a_new_contact(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    book.add()
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    choose_first(window)
    rect = window.history.table.visualRect(window.history.model.index(0, 0))
    window.history.table.customContextMenuRequested.emit(rect.center())
    menu = window.findChild(QMenu, "history.menu")
    assert isinstance(menu, QMenu)
    assert [one.text() for one in menu.actions()][:2] == ["&Details", "&Save as contact…"]
    menu.close()

    button = window.findChild(QToolButton, "history.details.contact")
    assert isinstance(button, QToolButton)
    assert button.accessibleName() == "Save as contact"
    button.click()
    dialog = contact_dialog(window, qtbot)
    assert dialog.number.text() == "+44 7700 900123"
    QTest.keyClicks(dialog.name, "Anna")
    dialog.save.click()

    qtbot.waitUntil(lambda: names.name_of(ANNA) == "Anna")
    qtbot.waitUntil(lambda: button.accessibleName() == "Edit contact")
    button.click()
    assert contact_dialog(window, qtbot).name.text() == "Anna"


def test_a_chip_leads_to_a_new_contact_with_the_name_that_was_typed(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.compose.recipients.set_text("Bob <+447700900999>")
    window.findChildren(Chip)[0].contact_asked.emit()

    dialog = contact_dialog(window, qtbot)
    assert (dialog.name.text(), dialog.number.text()) == ("Bob", "+44 7700 900999")


def test_the_address_book_opens_by_its_key_and_fills_in_who_is_written_to(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    name_it(desk, "Anna Meyer")
    window.contacts_action.trigger()
    book = window.books.open_contacts()
    assert window.contacts_action.shortcut().toString() == "Ctrl+Shift+B"
    qtbot.waitUntil(lambda: book.model.rowCount() == 1)
    book.table.selectRow(0)

    book.write_button.click()

    assert window.compose.recipients.text() == f"Anna Meyer <{ANNA}>"
    qtbot.waitUntil(lambda: window.books.contacts is None)


def test_templates_open_from_the_menu_and_go_into_the_message(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.templates.save(None, name="A", text="Hi {name}")
    window.templates_action.trigger()
    dialog = window.books.open_templates()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1)

    dialog.insert_button.click()

    assert window.compose.text.text() == "Hi {name}"
    assert window.compose.text.textCursor().selectedText() == "{name}"
    qtbot.waitUntil(lambda: desk.templates.all()[0].used == 1)


def test_the_window_closes_with_its_dialogs_open(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.books.open_contacts()
    window.books.edit_contact(ANNA)
    contact_dialog(window, qtbot)

    window.close()

    assert not window.isVisible()
    assert names.name_of(ANNA) == ""
