"""The details tell a message's whole life, each receipt as it came, and where an error is
explained."""

from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.ui.history.pane import HistoryPane
from tests.ui.conftest import Book

RAW = '{"status": "submitted", "note": "<b>\u202e</b>"}'


def hear(book: Book, message: Message, *, raw: str = RAW) -> None:
    """A webhook has told something."""
    with book.database.transaction() as connection:
        connection.execute(
            "INSERT INTO event (dedupe_key, message, received_ms, provider_ms, source, status, "
            "error_title, applied, raw) VALUES ('a', ?, ?, ?, 'webhook', 'submitted', "
            "'<i>Odd</i>', 1, ?)",
            (message.seq, 4_000_000_000_000, 1_772_442_000_000, raw),
        )


def open_one(pane: HistoryPane, message: Message) -> None:
    pane.show_message(message.id)
    assert pane.details.isVisible()


def told(pane: HistoryPane) -> list[str]:
    return [label.text() for label in pane.details._story.findChildren(QLabel)]


def button(pane: HistoryPane, name: str) -> QPushButton:
    found = pane.details.findChild(QPushButton, f"history.details.{name}")
    assert found is not None
    return found


def test_attempts_have_their_reference_and_receipts_their_time(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    message = book.add(State.ACCEPTED)
    hear(book, message)
    open_one(pane, message)

    lines = told(pane)
    assert f"Attempt 1, reference {message.id}-1" in lines
    assert any(line.startswith("Told by a webhook · Vonage's time 20") for line in lines)
    assert "<i>Odd</i>" in lines


def test_a_receipt_is_shown_as_it_came_and_copied_so(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    message = book.add(State.ACCEPTED)
    hear(book, message)
    open_one(pane, message)

    button(pane, "raw").click()
    text = pane.details.findChild(QPlainTextEdit, "history.details.raw.text")
    assert text is not None
    assert text.isVisible()
    assert text.toPlainText() == RAW.replace("\u202e", "⟨202E⟩")
    copy = [
        one
        for one in pane.details.findChildren(QPushButton)
        if one.accessibleName() == "Copy the receipt"
    ]
    copy[0].click()
    assert QApplication.clipboard().text() == RAW

    pane.details.show_again()
    again = pane.details.findChild(QPlainTextEdit, "history.details.raw.text")
    assert again is not None
    qtbot.waitUntil(again.isVisible)  # it stays open


def test_a_receipt_whose_text_is_gone_has_nothing_to_open(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    message = book.add(State.ACCEPTED)
    hear(book, message, raw="")
    open_one(pane, message)

    assert pane.details.findChild(QPushButton, "history.details.raw") is None


def test_vonages_id_is_copied(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    message = book.add(State.ACCEPTED)
    open_one(pane, message)

    button(pane, "copy_uuid").click()

    assert QApplication.clipboard().text() == f"uuid-of-{message.id}"


def test_an_error_leads_to_where_vonage_explains_it_on_a_click_only(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    failed, fine = book.add(State.FAILED), book.add(State.ACCEPTED)
    with patch.object(QDesktopServices, "openUrl") as opened:
        open_one(pane, fine)
        assert not button(pane, "source").isVisible()
        open_one(pane, failed)
        opened.assert_not_called()

        button(pane, "source").click()

    (url,) = opened.call_args.args
    assert url.toString() == "https://developer.vonage.com/en/api-errors/messages#1210"


def test_alt_and_arrows_lead_from_message_to_message(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    messages = [book.add(text=f"text {number}") for number in range(3)]
    qtbot.waitUntil(lambda: pane.model.rowCount() == 3)
    pane.activateWindow()
    open_one(pane, messages[2])
    button(pane, "copy").setFocus()

    seen = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, Qt.KeyboardModifier.AltModifier)
        assert pane.details.message is not None
        seen.append(pane.details.message.text)

    assert seen == ["text 1", "text 0", "text 0", "text 1"]


def test_what_was_searched_for_is_marked_in_the_text(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="😀 Müller waits at the depot")
    pane.search.setText("muller")
    pane.head.tell_now()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    pane.table.setCurrentIndex(pane.model.index(0, 0))

    text = pane.details.findChild(QPlainTextEdit, "history.details.text")
    assert text is not None
    marked = [one.cursor.selectedText() for one in text.extraSelections()]
    assert marked == ["Müller"]


def test_a_short_text_is_shown_whole_and_has_nothing_to_scroll(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    open_one(pane, book.add(text="Thanks!"))

    text = pane.details.findChild(QPlainTextEdit, "history.details.text")
    assert text is not None
    assert text.verticalScrollBar().maximum() == 0
    assert text.viewport().height() >= text.fontMetrics().lineSpacing()
