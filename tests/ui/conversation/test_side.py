"""The conversation above the message being written: who is shown, what is read, how to answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.message import Message
from smsdesk.system.settings import UNDO_S
from smsdesk.ui.conversation.model import PAGE
from smsdesk.ui.conversation.view import ConversationView
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.main_window import MainWindow
from tests.ui.conftest import OURS, Book

ANNA, BOB = "+447700900123", "+447700900124"


@pytest.fixture
def view(window: MainWindow) -> ConversationView:
    window.activateWindow()
    return window.side.conversation


def choose(window: MainWindow, message: Message) -> None:
    """As a click or an arrow key in the list does."""
    window.history.touch(None)
    row = window.history.model.row_of(message.id)
    assert row is not None
    window.history.table.setCurrentIndex(window.history.model.index(row, 0))
    QApplication.processEvents()  # what appears gets its place


def texts(view: ConversationView) -> list[str]:
    messages = (view.model.message(row) for row in range(view.model.rowCount()))
    return [message.text for message in messages if message is not None]


def press_in_dialog(number: int) -> None:
    """Answer the next question with its button of this number."""

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, MessageDialog):
            dialog.buttons[number - 1].click()
        else:
            QTimer.singleShot(10, press)

    QTimer.singleShot(10, press)


# who is shown


def test_a_chosen_row_shows_its_person_both_ways(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    book.add(text="Are you in?", to=ANNA)
    reply = book.reply("Yes")
    book.reply("Another person", writer=BOB)

    choose(window, reply)

    assert view.isVisible()
    assert texts(view) == ["Are you in?", "Yes"]
    assert "+44 7700 900123" in view.accessibleDescription()
    assert window.compose.isVisible()


def test_one_number_in_the_to_field_shows_its_history_if_it_has_one(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    book.add(text="Earlier", to=ANNA)

    window.compose.recipients.add("07700 900123")
    qtbot.waitUntil(view.isVisible)
    assert texts(view) == ["Earlier"]
    window.compose.recipients.add(BOB)
    qtbot.waitUntil(view.isHidden)
    window.compose.recipients.set_text(BOB)
    QApplication.processEvents()

    assert view.isHidden(), "nothing was ever said to Bob"


def test_esc_closes_it_and_takes_the_offer_back(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    book.add(to=ANNA)
    choose(window, book.reply("Yes"))
    assert window.compose.draft().sender == OURS
    view.list.enter()

    QTest.keyClick(view.list, Qt.Key.Key_Escape)

    assert view.isHidden()
    assert window.compose.draft().recipients == ""
    assert window.compose.draft().sender == "ACME"


def test_closing_what_was_chosen_closes_it_unless_an_answer_was_begun(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    reply = book.reply("Yes")
    choose(window, reply)
    QTest.keyClick(window.history.table, Qt.Key.Key_Escape)
    assert view.isHidden()

    choose(window, reply)
    window.compose.text.set_text("An answer")
    QTest.keyClick(window.history.table, Qt.Key.Key_Escape)

    assert view.isVisible()
    assert window.compose.draft().recipients == ANNA


def test_a_reply_that_comes_is_shown_at_once(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    choose(window, book.add(text="Are you in?", to=ANNA))

    book.reply("Yes")

    qtbot.waitUntil(lambda: texts(view) == ["Are you in?", "Yes"])
    assert view.list.is_at_end


def test_a_long_conversation_is_read_page_by_page_and_keeps_its_place(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    for number in range(2 * PAGE + 10):
        book.add(text=f"text {number}", to=ANNA)
    choose(window, book.reply("newest"))
    bar = view.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    assert view.model.rowCount() == PAGE

    bar.setValue(0)

    assert view.model.rowCount() == 2 * PAGE
    assert bar.value() > 0, "what was read has not moved"
    book.reply("more news")
    qtbot.waitUntil(lambda: texts(view)[-1] == "more news")
    assert not view.list.is_at_end, "who reads above is not torn away"


# what has been read


def test_what_was_seen_for_a_moment_is_read(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    choose(window, book.reply("Yes"))

    qtbot.waitUntil(lambda: desk.conversations.unread_of(ANNA) == 0)
    book.reply("And no")

    qtbot.waitUntil(lambda: desk.conversations.unread_of(ANNA) == 0)
    qtbot.waitUntil(lambda: not view.model.has_unread)


def test_what_comes_while_another_window_is_in_front_is_read_on_return(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)

    choose(window, book.reply("Yes"))
    assert not view._seen_timer.isActive()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    qtbot.waitUntil(lambda: desk.conversations.unread_of(ANNA) == 0)


def test_what_is_marked_as_unread_stays_so_while_it_is_looked_at(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    choose(window, book.reply("Yes"))
    qtbot.waitUntil(lambda: not view.model.has_unread)
    view.list.enter()

    QTest.keyClick(view.list, Qt.Key.Key_U, Qt.KeyboardModifier.ControlModifier)

    qtbot.waitUntil(lambda: view.model.has_unread)
    assert not view._seen_timer.isActive()
    choose(window, book.add(to=BOB))
    choose(window, book.reply("Hello"))
    qtbot.waitUntil(lambda: desk.conversations.unread_of(ANNA) == 0)


# answering


def test_an_answer_is_offered_where_nothing_is_written(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    focus = window.history.table
    focus.setFocus()

    choose(window, book.reply("Are you in?", to="+447700900555"))

    draft = window.compose.draft()
    assert (draft.recipients, draft.sender, draft.text) == (ANNA, "+447700900555", "")
    assert focus.hasFocus(), "the keyboard stays where it was"
    assert view.reply_button.isHidden()


def test_walking_through_the_list_leaves_no_trace_in_the_draft(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    one, two = book.reply("one"), book.reply("two", writer=BOB)

    choose(window, one)
    choose(window, two)
    assert window.compose.draft().recipients == BOB
    window.compose.save()
    qtbot.waitUntil(lambda: desk.compose.load_draft().sender == "ACME")

    assert desk.compose.load_draft().recipients == ""


def test_somebody_entered_takes_the_place_of_the_offer(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    choose(window, book.reply("Yes"))

    window.compose.recipients.add(BOB)

    assert window.compose.draft().recipients == BOB
    qtbot.waitUntil(view.isHidden)


def test_a_draft_is_never_changed_without_a_word(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    window.compose.recipients.add(BOB)
    window.compose.text.set_text("Hello Bob")

    choose(window, book.reply("Yes"))

    draft = window.compose.draft()
    assert (draft.recipients, draft.sender, draft.text) == (BOB, "ACME", "Hello Bob")
    assert view.reply_button.isVisible()
    assert "not to" in view.line.text()


@pytest.mark.parametrize(
    ("button", "to", "text"), [(1, ANNA, "Hello Bob"), (2, ANNA, ""), (3, BOB, "Hello Bob")]
)
def test_reply_asks_what_becomes_of_a_draft(
    window: MainWindow, view: ConversationView, book: Book, button: int, to: str, text: str
) -> None:
    window.compose.recipients.add(BOB)
    window.compose.text.set_text("Hello Bob")
    choose(window, book.reply("Yes"))

    press_in_dialog(button)
    view.reply_button.click()

    draft = window.compose.draft()
    assert (draft.recipients, draft.text) == (to, text)


def test_an_answer_to_one_person_may_be_followed_by_another(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    choose(window, book.reply("Are you in?"))
    window.side.reply_action.trigger()
    assert window.compose.text.hasFocus()
    QTest.keyClicks(window.compose.text, "Yes")

    window.compose.send()

    qtbot.waitUntil(lambda: texts(view) == ["Are you in?", "Yes"])
    qtbot.waitUntil(lambda: window.compose.draft().text == "")
    draft = window.compose.draft()
    assert (draft.recipients, draft.sender) == (ANNA, OURS)
    assert window.compose.text.hasFocus()


def test_an_answer_that_is_taken_back_is_there_to_be_written_on(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.set(UNDO_S, 10)
    choose(window, book.reply("Are you in?"))
    window.side.reply_action.trigger()
    window.compose.text.set_text("Yes")
    window.compose.send()
    qtbot.waitUntil(window.compose.undo_action.isEnabled)

    window.compose.take_back()

    qtbot.waitUntil(lambda: window.compose.draft().text == "Yes")
    draft = window.compose.draft()
    assert (draft.recipients, draft.sender) == (ANNA, OURS)


def test_a_removed_text_is_said_to_be_gone(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    reply = book.reply("Are you in?")
    book.database.connection.execute(
        "UPDATE message SET text = '', text_kept_days = 90 WHERE id = ?", (reply.id,)
    )

    choose(window, book.reply("Hello?"))

    said = str(view.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Text removed after 90 days" in said
    view.list.setCurrentIndex(view.model.index(0, 0))
    menu = view.list.make_menu()
    assert view.list.copy_action not in menu.actions()
    menu.deleteLater()


def test_after_a_message_to_a_number_that_was_typed_the_to_field_is_free(
    window: MainWindow, view: ConversationView, qtbot: QtBot
) -> None:
    window.compose.recipients.add(BOB)
    window.compose.text.set_text("Hello Bob")

    window.compose.send()

    qtbot.waitUntil(view.isVisible)
    assert texts(view) == ["Hello Bob"]
    qtbot.waitUntil(lambda: window.compose.draft().recipients == "")
    assert view.reply_button.isVisible()


def test_who_has_a_name_for_a_number_cannot_be_answered(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    choose(window, book.reply("Your balance", writer="BANK"))

    assert "cannot be answered" in view.line.text()
    assert view.reply_button.isHidden()
    assert not window.side.reply_action.isEnabled()
    assert window.compose.draft().recipients == ""


def test_that_a_name_of_ours_cannot_be_answered_is_said(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    choose(window, book.add(to=ANNA))

    assert "ACME" in view.line.text()
    assert "not answer" in view.line.text()
    window.compose.sender_field.set_text(OURS)
    qtbot.waitUntil(view.line.isHidden)


# the keyboard


def test_a_key_leads_to_the_conversation_and_back(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    assert not window.side.go_action.isEnabled()
    choose(window, book.reply("Yes"))
    window.compose.text.setFocus()

    window.side.go_action.trigger()
    assert view.list.hasFocus()
    assert view.list.current() is not None
    window.side.go_action.trigger()

    assert window.compose.text.hasFocus()


def test_keys_walk_copy_and_open(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    first = book.add(text="first", to=ANNA)
    choose(window, book.reply("last"))
    view.list.enter()

    QTest.keyClick(view.list, Qt.Key.Key_Home)
    QTest.keyClick(view.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "first"
    QTest.keyClick(view.list, Qt.Key.Key_Return)

    shown = window.history.details.message
    assert shown is not None
    assert shown.id == first.id
    assert window.history.details.isVisible()
    view.list.enter()
    QTest.keyClick(view.list, Qt.Key.Key_End)
    current = view.list.current()
    assert current is not None
    assert current.text == "last"


def test_pages_are_turned_by_what_is_in_sight(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    for number in range(30):
        book.add(text=f"text {number}", to=ANNA)
    choose(window, book.reply("high " * 300))
    bar = view.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    view.list.enter()

    QTest.keyClick(view.list, Qt.Key.Key_PageUp)

    assert bar.maximum() - bar.value() == bar.pageStep()
    QTest.keyClick(view.list, Qt.Key.Key_PageDown)
    assert bar.value() == bar.maximum()


def test_the_menu_offers_what_fits_the_message(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    book.add(text="ours", to=ANNA)
    choose(window, book.reply("theirs"))
    qtbot.waitUntil(lambda: not view.model.has_unread)
    offered = []

    for row in (0, 1):
        view.list.setCurrentIndex(view.model.index(row, 0))
        menu = view.list.make_menu()
        offered.append([action.text().replace("&", "") for action in menu.actions()])
        menu.deleteLater()

    erase = ["", "Erase this person…"]
    assert offered == [
        ["Copy", "Details", *erase],
        ["Copy", "Details", "Mark as unread", *erase],
    ]


# size


def test_both_halves_keep_room_in_the_smallest_window(
    open_window: Callable[[Desk], MainWindow], desk: Desk, book: Book
) -> None:
    window = open_window(replace(desk, is_demo=True))
    view = window.side.conversation
    window.resize(window.minimumSize())
    for number in range(10):
        book.add(text=f"text {number}", to=ANNA)

    choose(window, book.reply("Yes"))
    QApplication.processEvents()

    assert window.size() == window.minimumSize()
    assert view.list.height() >= 3 * view.fontMetrics().height()
    in_sight = window.compose.text.visibleRegion().boundingRect().height()
    assert in_sight >= 2 * view.fontMetrics().height()
    assert window.compose.send_button.isVisible()


def test_its_share_of_the_window_is_remembered(
    open_window: Callable[[Desk], MainWindow], desk: Desk, book: Book
) -> None:
    first = open_window(desk)
    choose(first, book.reply("Yes"))
    first.side.setSizes([200, 400])
    kept = first.side.sizes()
    first._remember()

    second = open_window(replace(desk))
    choose(second, book.reply("Again"))

    assert abs(second.side.sizes()[0] - kept[0]) < 20


def test_every_button_says_what_it_is(view: ConversationView) -> None:
    for button in view.findChildren(QPushButton):
        assert button.accessibleName()
        assert button.objectName()
