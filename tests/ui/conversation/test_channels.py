"""One person on several channels: what came how, and how it is answered."""

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.channels.received import Attachment, Received
from smsdesk.sms.state import State
from smsdesk.ui.conversation.model import TEXT_ROLE, VIA_ROLE
from smsdesk.ui.conversation.view import ConversationView
from smsdesk.ui.main_window import MainWindow
from tests.ui.conftest import OURS, Book

ANNA, PAGE_ID = "+447700900123", "5550123456789"


@pytest.fixture
def window(window: MainWindow, desk: Desk) -> MainWindow:
    desk.compose.channels.switch_on(["sms", "whatsapp", "messenger"])
    window.compose.show_settings()
    window.activateWindow()
    return window


@pytest.fixture
def view(window: MainWindow) -> ConversationView:
    return window.side.conversation


def rows(view: ConversationView, role: int) -> list[str]:
    model = view.model
    return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]


def join(desk: Desk) -> None:
    contact = desk.contacts.save(None, name="Anna", number=ANNA, note="", default_region="GB")
    desk.conversations.join(contact.id, "messenger", PAGE_ID)


def test_sms_alone_names_no_channel(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    book.add(State.ACCEPTED)
    book.reply("Yes")

    window.side.choose(ANNA)

    assert rows(view, VIA_ROLE) == ["", ""]
    assert not view.channel_box.isVisible()


def test_each_bubble_says_how_it_came(
    window: MainWindow, view: ConversationView, book: Book, qtbot: QtBot
) -> None:
    book.add(State.ACCEPTED)
    book.reply("Yes", channel="whatsapp")

    window.side.choose(ANNA)

    assert rows(view, VIA_ROLE) == ["SMS", "WhatsApp"]
    qtbot.waitUntil(lambda: not view.grab().isNull())


def test_an_answer_goes_by_the_channel_of_their_last_words(
    window: MainWindow, book: Book
) -> None:
    book.reply("By SMS")
    book.reply("By WhatsApp", channel="whatsapp")

    window.side.choose(ANNA)

    draft = window.compose.draft()
    assert (draft.channel, draft.sender, draft.recipients) == ("whatsapp", OURS, ANNA)
    assert window.compose.ways.window_line.text().startswith("Free text until")


def test_on_a_channel_that_is_off_an_answer_goes_by_sms(
    window: MainWindow, book: Book, desk: Desk
) -> None:
    desk.compose.channels.switch_on(["sms"])
    window.compose.show_settings()
    book.reply("By WhatsApp", channel="whatsapp")

    window.side.choose(ANNA)

    assert window.compose.draft().channel == "sms"
    assert not window.compose.ways.isVisible()


def test_an_id_on_a_channel_that_is_off_cannot_be_answered(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk
) -> None:
    desk.compose.channels.switch_on(["sms"])
    window.compose.show_settings()
    book.reply("Hi", writer=PAGE_ID, to="104", channel="messenger")

    window.side.choose(PAGE_ID)

    assert view.line.text() == (
        "Messenger is not switched on for this account, so it cannot be answered here."
    )
    assert not window.side.reply_action.isEnabled()
    assert window.compose.draft().recipients == ""


def test_identities_are_kept_apart_until_they_are_joined(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk
) -> None:
    book.reply("By SMS")
    book.reply("By Messenger", writer=PAGE_ID, to="104", channel="messenger")
    window.side.choose(ANNA)
    assert rows(view, TEXT_ROLE) == ["By SMS"]

    join(desk)
    window.side.choose(PAGE_ID)

    assert rows(view, TEXT_ROLE) == ["By SMS", "By Messenger"]
    draft = window.compose.draft()
    assert (draft.channel, draft.sender, draft.recipients) == ("messenger", "104", PAGE_ID)


def test_what_comes_from_a_joined_id_is_shown_as_it_comes(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    book.reply("By SMS")
    join(desk)
    window.side.choose(ANNA)

    book.reply("By Messenger", writer=PAGE_ID, to="104", channel="messenger")

    qtbot.waitUntil(lambda: rows(view, TEXT_ROLE) == ["By SMS", "By Messenger"])


def test_one_channel_can_be_looked_at_alone(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    book.reply("By SMS")
    book.reply("By WhatsApp", channel="whatsapp")
    window.side.choose(ANNA)
    box = view.channel_box
    assert [box.itemText(row).strip("\u2068\u2069") for row in range(box.count())] == [
        "All channels",
        "SMS",
        "WhatsApp",
    ]

    box.setCurrentIndex(1)
    box.activated.emit(1)
    book.reply("More by WhatsApp", channel="whatsapp")

    assert rows(view, TEXT_ROLE) == ["By SMS"]
    assert window.compose.draft().channel == "sms"

    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert rows(view, TEXT_ROLE) == ["By SMS", "By WhatsApp", "More by WhatsApp"]


def test_what_is_more_than_a_text_is_told_in_words_with_what_it_answers(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    ours = book.add(State.ACCEPTED, text="Which part is it?")
    picture = (Attachment("image", "https://media.example/cat.jpg"),)
    for text, received in (
        ("This", Received("image", picture, reply_to=ours.message_uuid or "")),
        ("And this", Received("text", reply_to="of-long-ago")),
        ("", Received("location", latitude="51.5", longitude="-0.12", place="Mill Lane")),
        ("", Received("unsupported")),
    ):
        book.reply(text, channel="whatsapp", received=received)

    window.side.choose(ANNA)

    assert rows(view, TEXT_ROLE)[1:] == [
        "In reply to “Which part is it?”:\nPicture\nThis",
        "In reply to an earlier message:\nAnd this",
        "Location: Mill Lane (51.5, -0.12)",
        "Something that this channel cannot pass on",
    ]


def test_what_came_along_is_in_the_menu_of_its_bubble(
    window: MainWindow, view: ConversationView, book: Book
) -> None:
    picture = (Attachment("image", "https://media.example/cat.jpg"),)
    book.reply("This", channel="whatsapp", received=Received("image", picture))
    window.side.choose(ANNA)
    view.list.enter()

    menu = view.list.make_menu()
    titles = [one.text().strip("\u2068\u2069") for one in menu.actions()]
    menu.deleteLater()

    assert "Copy address" in titles
    assert any("media.example" in title for title in titles)


def test_what_is_joined_meanwhile_comes_into_the_open_conversation(
    window: MainWindow, view: ConversationView, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    book.add(State.ACCEPTED, to=ANNA, text="Hello")
    book.reply("By Messenger", writer=PAGE_ID, to="104", channel="messenger")
    window.side.choose(ANNA)
    assert rows(view, TEXT_ROLE) == ["Hello"]

    join(desk)
    qtbot.waitUntil(lambda: rows(view, TEXT_ROLE) == ["Hello", "By Messenger"])

    desk.conversations.part("messenger", PAGE_ID)
    qtbot.waitUntil(lambda: rows(view, TEXT_ROLE) == ["Hello"])
