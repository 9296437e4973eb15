"""The history pane: search, filters, details, acts on a message."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import History, HistoryFilter
from smsdesk.sms.state import State
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.store.errors import DatabaseBusyError
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.suppression import SuppressionList
from smsdesk.ui import numbers, plain
from smsdesk.ui.history.pane import HistoryPane
from smsdesk.ui.history.warning_line import WarningLine
from tests.support import NOW
from tests.ui.conftest import Book


def choose(pane: HistoryPane, group: str) -> None:
    for index in range(pane.filter.count()):
        if pane.filter.tabData(index) == group:
            pane.filter.setCurrentIndex(index)


def texts(pane: HistoryPane) -> list[str]:
    messages = (pane.model.message(row) for row in range(pane.model.rowCount()))
    return [message.text for message in messages if message is not None]


def button(pane: QWidget, name: str) -> QPushButton:
    found = pane.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def select(pane: HistoryPane, row: int = 0) -> None:
    pane.table.setCurrentIndex(pane.model.index(row, 0))


def test_each_filter_shows_its_group(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    for state in (State.QUEUED, State.ACCEPTED, State.FAILED, State.UNKNOWN):
        book.add(state, text=state.value)
    qtbot.waitUntil(lambda: len(texts(pane)) == 4)

    shown = {}
    for group in ("waiting", "sent", "delivered", "failed", "review", "all"):
        choose(pane, group)
        shown[group] = texts(pane)

    assert shown == {
        "waiting": ["queued"],
        "sent": ["accepted"],
        "delivered": [],
        "failed": ["failed"],
        "review": ["unknown"],
        "all": ["unknown", "failed", "accepted", "queued"],
    }


def test_what_waits_and_what_needs_review_is_counted(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add()
    book.add(State.UNKNOWN)

    qtbot.waitUntil(lambda: pane._banner.isVisible())

    titles = [pane.filter.tabText(index) for index in range(pane.filter.count())]
    assert "Waiting 1" in titles
    assert "Needs review 1" in titles
    assert pane._banner.words.text() == "1 message needs review"


def test_typing_searches_and_enter_leads_into_the_list(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="depot B")
    book.add(text="hello")
    pane.search.setFocus()

    QTest.keyClicks(pane.search, "depot")
    qtbot.waitUntil(lambda: texts(pane) == ["depot B"])

    QTest.keyClick(pane.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(texts(pane)) == 2)
    assert pane.search.text() == ""


def test_an_empty_list_says_why(pane: HistoryPane, qtbot: QtBot) -> None:
    assert pane.empty.isVisible()
    assert "No messages yet" in pane.empty.heading.text()

    pane.search.setText("<b>zzz</b>")
    qtbot.waitUntil(lambda: "Nothing found" in pane.empty.heading.text())
    assert "<b>zzz</b>" in pane.empty.sentence.text()

    pane.search.clear()
    choose(pane, "failed")
    assert "Nothing here" in pane.empty.heading.text()


def test_without_an_account_the_first_act_is_offered(pane: HistoryPane, qtbot: QtBot) -> None:
    pane.set_has_account(False)

    assert pane.empty.button.isVisible()
    with qtbot.waitSignal(pane.account_asked):
        pane.empty.button.click()


def test_the_details_tell_a_messages_life(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    book.add(State.FAILED, text="<b>Hi</b>\u202e")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)

    select(pane)

    assert pane.details.isVisible()
    sentence = pane.details.findChild(QLabel, "history.details.sentence")
    assert isinstance(sentence, QLabel)
    assert "spam" in sentence.text()
    assert "1210" in sentence.text()
    text = pane.details.findChild(QPlainTextEdit, "history.details.text")
    assert isinstance(text, QPlainTextEdit)
    assert text.toPlainText() == "<b>Hi</b>⟨202E⟩"
    said = [label.text() for label in pane.details._story.findChildren(QLabel)]
    assert len(said) >= 4


def test_escape_closes_the_details_and_goes_back_to_the_list(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(State.FAILED)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)
    pane.table.setFocus()
    QTest.keyClick(pane.table, Qt.Key.Key_Return)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert pane.details.isAncestorOf(focused)

    QTest.keyClick(focused, Qt.Key.Key_Escape)

    assert not pane.details.isVisible()
    assert pane.table.hasFocus()


def test_a_waiting_message_can_be_cancelled(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    message = book.add()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)
    assert not button(pane, "history.details.send_again").isVisible()

    with qtbot.waitSignal(pane.said) as said:
        button(pane, "history.details.cancel").click()

    assert "will not be sent" in said.args[0]
    assert book.get(message.id).state is State.CANCELLED
    qtbot.waitUntil(lambda: not button(pane, "history.details.cancel").isVisible())


def test_cancelling_too_late_is_told(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    message = book.add()
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)
    cancel = button(pane, "history.details.cancel")

    with qtbot.waitSignal(pane.said) as said:
        book.move(message, State.SENDING)
        cancel.click()

    assert "Too late" in said.args[0]


def test_a_failed_message_can_be_sent_again(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    failed = book.add(State.FAILED)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)

    button(pane, "history.details.send_again").click()

    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)
    again = pane.model.message(0)
    assert again is not None
    assert again.resend_of == failed.id
    assert again.state is State.QUEUED


def test_nobody_who_opted_out_is_sent_a_message_again(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    failed = book.add(State.FAILED)
    entry = Suppression(failed.to, failed.sender, NOW, SuppressionReason.PERSON)
    SuppressionList(book.database, lambda _ids: None, lambda: None).add([entry], at=NOW)
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)

    with qtbot.waitSignal(pane.said) as said:
        button(pane, "history.details.send_again").click()

    assert "opted out" in said.args[0]
    assert pane.model.rowCount() == 1


def remove_texts(book: Book, pane: HistoryPane) -> None:
    removal = Retention(book.database, pane.touch)
    later = datetime.now(UTC) + timedelta(days=91)
    assert removal.run(KeptDays(texts=90, messages=0, events=0), at=later, go_on=lambda: True)


def test_a_removed_text_is_named_and_cannot_be_used_again(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(State.FAILED, text="Words")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)
    remove_texts(book, pane)

    text = pane.details.findChild(QPlainTextEdit, "history.details.text")
    assert isinstance(text, QPlainTextEdit)
    assert text.toPlainText() == "Text removed after 90 days"
    assert "removed after 90 days" in str(pane.model.index(0, 0).data())
    assert not button(pane, "history.details.send_again").isVisible()
    menu = button(pane, "history.details.copy").menu()
    assert menu is not None
    assert not menu.actions()[0].isVisible()


def test_a_text_removed_between_the_click_and_the_deed_is_told(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    failed = book.add(State.FAILED)
    remove_texts(book, pane)
    with qtbot.waitSignal(pane.said) as said:
        pane.details.send_again_asked.emit(failed.id)

    assert "removed after 90 days" in said.args[0]


def test_number_text_and_id_can_be_copied(pane: HistoryPane, book: Book, qtbot: QtBot) -> None:
    message = book.add(State.ACCEPTED, text="a\u00a0b")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    select(pane)
    menu = button(pane, "history.details.copy").menu()
    assert menu is not None

    copied = []
    for action in menu.actions():
        action.trigger()
        copied.append(QApplication.clipboard().text())

    assert copied == ["a\u00a0b", message.to, message.message_uuid]


def test_the_details_stay_with_a_message_that_leaves_the_list(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    chosen, _other = book.add(text="chosen"), book.add(text="other")
    choose(pane, "waiting")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)
    select(pane, 1)

    book.move(chosen, State.ACCEPTED)

    qtbot.waitUntil(lambda: pane.model.rowCount() == 1)
    shown = pane.details.message
    assert shown is not None
    assert (shown.text, shown.state) == ("chosen", State.ACCEPTED)
    assert pane.details.isVisible()


def test_who_has_scrolled_down_keeps_reading_where_they_are(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    for number in range(40):
        book.add(text=f"text {number}")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 40)
    pane.table.verticalScrollBar().setValue(300)
    top = pane.table.indexAt(pane.table.rect().topLeft()).data()

    book.add(text="new")

    qtbot.waitUntil(lambda: pane.model.rowCount() == 41)
    assert pane.table.indexAt(pane.table.rect().topLeft()).data() == top


def test_reading_the_list_anew_keeps_the_chosen_message(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="one")
    book.add(text="two")
    qtbot.waitUntil(lambda: pane.model.rowCount() == 2)
    select(pane, 1)

    pane.touch(None)

    assert pane.table.currentIndex().row() == 1
    assert pane.details.isVisible()


# replies


def test_a_reply_shows_who_wrote_and_that_nobody_has_read_it(
    pane: HistoryPane, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    numbers.warm()
    book.reply("Thanks!")
    qtbot.waitUntil(lambda: texts(pane) == ["Thanks!"])
    index = pane.model.index(0, 0)

    def said() -> str:
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    assert said().startswith("Unread, Received, +44 7700 900123, Thanks!")
    desk.conversations.mark_read("+447700900123")
    qtbot.waitUntil(lambda: said().startswith("Received"))


def test_replies_have_a_filter_that_counts_the_unread(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="sent")
    for text in ("one", "two"):
        book.reply(text)

    choose(pane, "replies")

    assert texts(pane) == ["two", "one"]
    index = pane.filter.currentIndex()
    qtbot.waitUntil(lambda: pane.filter.tabText(index) == "Replies 2")
    book.reply("three")
    qtbot.waitUntil(lambda: texts(pane) == ["three", "two", "one"])


def test_no_replies_yet_is_said(pane: HistoryPane) -> None:
    choose(pane, "replies")

    said = [label.text() for label in pane.empty.findChildren(QLabel)]
    assert "No replies yet" in said


def test_replies_are_found_by_the_number_of_who_wrote(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="sent", to="+447700900999")
    book.reply("Thanks!")

    pane.search.setText("07700 900123")

    qtbot.waitUntil(lambda: texts(pane) == ["Thanks!"])


def test_the_details_of_a_reply_tell_where_it_came_from(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    numbers.warm()
    book.reply("Thanks!")
    qtbot.waitUntil(lambda: texts(pane) == ["Thanks!"])
    select(pane)

    said = "\n".join(
        label.text() for label in pane.details.findChildren(QLabel) if label.isVisible()
    )
    said = said.replace(plain.ISOLATE, "").replace(plain.POP_ISOLATE, "")

    for part in (
        "+44 7700 900123",
        "wrote to",
        "+44 7700 900001",
        "Network 23410",
        "Price €0.0043",
        "Brought by a webhook",
    ):
        assert part in said
    for name in ("send_again", "cancel", "review"):
        assert not button(pane, f"history.details.{name}").isVisible()


def test_copying_the_number_of_a_reply_copies_who_wrote(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.reply("Thanks!")
    qtbot.waitUntil(lambda: texts(pane) == ["Thanks!"])
    select(pane)

    copy = button(pane, "history.details.copy").menu()
    copy.actions()[1].trigger()

    assert QApplication.clipboard().text() == "+447700900123"


def test_a_message_may_be_opened_that_the_list_does_not_hold(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    sent = book.add(text="sent")
    book.reply("Thanks!")
    choose(pane, "replies")

    told: list[str] = []
    pane.person_chosen.connect(told.append)
    pane.open_message(sent.id)

    assert pane.details.isVisible()
    assert pane.details.message is not None
    assert pane.details.message.id == sent.id
    assert texts(pane) == ["Thanks!", "sent"], "the filter would have hidden it"
    assert set(told) == {sent.to}
    focused = pane.focusWidget()
    assert focused is not None
    assert pane.details.isAncestorOf(focused)


def test_the_person_of_a_chosen_row_is_told_and_of_one_found_again_is_not(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.reply("Thanks!")
    qtbot.waitUntil(lambda: texts(pane) == ["Thanks!"])
    told: list[str] = []
    pane.person_chosen.connect(told.append)

    select(pane)
    pane.touch(None)

    assert told == ["+447700900123"]
    assert pane.table.currentIndex().isValid()


def test_a_list_that_cannot_be_read_says_so_until_it_can_be(
    pane: HistoryPane, book: Book, qtbot: QtBot
) -> None:
    book.add(text="parcel")
    line = pane.findChild(WarningLine, "history.trouble")
    assert line is not None
    with patch.object(History, "page", side_effect=DatabaseBusyError("database is locked")):
        pane.show_search(HistoryFilter(search="parcel"))
        qtbot.waitUntil(line.isVisible)
    assert "The message log is busy" in line.words.text()

    button(pane, "history.trouble.again").click()

    qtbot.waitUntil(line.isHidden)
    assert pane.model.rowCount() == 1
