"""Doubt is settled by a person, one by one or together, and never by Enter alone."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import SETTLED_AT_ONCE
from smsdesk.desk.wording_evidence import choice_sentence
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.state import State
from smsdesk.store.errors import DiskFullError
from smsdesk.store.lookups import LookupTable
from smsdesk.store.message_log import MessageLog
from smsdesk.system.settings import RECEIPTS
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.history.review import MOST_SHOWN, ReviewCard
from smsdesk.ui.main_window import MainWindow
from tests.ui.conftest import Book


@pytest.fixture
def doubtful(book: Book) -> list[Message]:
    return [book.add(State.UNKNOWN, to=f"+44770090010{number}") for number in range(2)]


@pytest.fixture
def review(doubtful: list[Message], window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with its review open; two messages are in it."""
    qtbot.waitUntil(window.history._banner.isVisible)
    window.history._banner.button.click()
    return window


def cards(window: MainWindow) -> list[ReviewCard]:
    return [card for card in window.findChildren(ReviewCard) if not card.isHidden()]


def press(window: MainWindow, name: str, place: int = 0) -> None:
    found = [
        button
        for button in window.history.review.findChildren(QPushButton, name)
        if button.isVisible()
    ]
    found[place].click()


def answer(number: int, said: list[str]) -> None:
    """As soon as the question is open, note its words and press a button of it."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, MessageDialog)
        said.extend(button.text() for button in dialog.buttons)
        dialog.done(number)

    QTimer.singleShot(0, act)


def test_the_banner_opens_the_review(review: MainWindow) -> None:
    assert review.history.review.isVisible()
    assert not review.history._banner.isVisible()
    assert len(cards(review)) == 2
    words = " ".join(label.text() for label in cards(review)[0].findChildren(QLabel))
    assert "may or may not have been sent" in words
    assert "Vonage has not been asked about it yet." in words
    assert cards(review)[0].sent.hasFocus()


def test_treat_as_sent_settles_one(
    review: MainWindow, doubtful: list[Message], desk: Desk, qtbot: QtBot
) -> None:
    press(review, "history.review.sent")

    qtbot.waitUntil(lambda: len(cards(review)) == 1)
    states = [desk.history.get(message.id) for message in doubtful]
    assert sorted(m.state for m in states if m) == [State.ACCEPTED, State.UNKNOWN]


def test_send_again_asks_first_and_names_the_count(
    review: MainWindow, doubtful: list[Message], desk: Desk, qtbot: QtBot
) -> None:
    said: list[str] = []
    answer(1, said)

    press(review, "history.review.again")

    assert said == ["Send again to 1 person who may already have it", "Cancel"]
    qtbot.waitUntil(lambda: len(cards(review)) == 1)
    assert len(desk.history.queued()) == 1


@pytest.mark.parametrize("number", [0, 2], ids=["escape", "cancel"])
def test_no_means_no(
    review: MainWindow, doubtful: list[Message], desk: Desk, number: int
) -> None:
    answer(number, [])

    press(review, "history.review.all_again")

    assert desk.history.queued() == []
    assert len(cards(review)) == 2


def test_all_can_be_sent_again_together(review: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    said: list[str] = []
    answer(1, said)

    press(review, "history.review.all_again")

    assert said[0] == "Send again to 2 people who may already have it"
    qtbot.waitUntil(lambda: len(desk.history.queued()) == 2)
    qtbot.waitUntil(lambda: not review.history.review.isVisible())


def test_all_can_be_treated_as_sent_and_the_list_comes_back(
    review: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    press(review, "history.review.all_sent")

    qtbot.waitUntil(review.history.table.isVisible)
    assert desk.history.review() == []
    assert not review.history._banner.isVisible()


def test_what_is_left_alone_stays_unknown_and_comes_again(
    review: MainWindow, doubtful: list[Message], desk: Desk, qtbot: QtBot
) -> None:
    press(review, "history.review.leave")
    assert len(cards(review)) == 1

    press(review, "history.review.leave")

    qtbot.waitUntil(review.history.table.isVisible)
    assert len(desk.history.review()) == 2
    review.review_action.trigger()
    assert len(cards(review)) == 2


def test_a_receipt_settles_a_card_by_itself(
    review: MainWindow, doubtful: list[Message], desk: Desk, qtbot: QtBot
) -> None:
    desk.history.settle_as_sent(doubtful[0].id)

    qtbot.waitUntil(lambda: len(cards(review)) == 1)


def test_escape_goes_back_to_the_list(review: MainWindow) -> None:
    QTest.keyClick(cards(review)[0].sent, Qt.Key.Key_Escape)

    assert not review.history.review.isVisible()
    assert review.history._banner.isVisible()


def test_of_very_many_the_first_are_shown(book: Book, window: MainWindow) -> None:
    for _number in range(MOST_SHOWN + 1):
        book.add(State.UNKNOWN)

    window.history.open_review()

    assert len(cards(window)) == MOST_SHOWN
    headings = [label.text() for label in window.history.review.findChildren(QLabel)]
    assert f"{MOST_SHOWN + 1} messages need review" in headings


def test_a_card_says_what_was_found_out_since_it_was_opened(
    doubtful: list[Message], review: MainWindow, book: Book
) -> None:
    card = cards(review)[0]
    before = [label.text() for label in card.findChildren(QLabel)]

    LookupTable(book.database).note_empty(
        doubtful[0].seq, at=datetime.now(UTC), is_complete=True, control_found=False
    )
    review.history.review.refresh()

    after = [label.text() for label in card.findChildren(QLabel)]
    assert "Vonage has not been asked about it yet." in before
    assert any("was asked once" in text for text in after)


def words(card: ReviewCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if not label.isHidden()]


def test_a_card_shows_its_evidence_line_by_line(
    doubtful: list[Message], review: MainWindow, book: Book
) -> None:
    table = LookupTable(book.database)
    for is_complete, control_found in ((False, False), (True, True)):
        table.note_empty(
            doubtful[0].seq,
            at=datetime.now(UTC),
            is_complete=is_complete,
            control_found=control_found,
        )
    review.history.review.refresh()

    said = words(cards(review)[0])
    assert "Handed over to Vonage." in said
    assert any("was not whole" in line for line in said)
    assert "Not found, while another message of that time was." in said
    assert "No receipt has come." in said


def test_each_choice_says_what_it_means(review: MainWindow) -> None:
    card = cards(review)[0]

    for choice, button in (("sent", card.sent), ("again", card.again), ("leave", card.leave)):
        assert choice_sentence(choice) in words(card)
        assert button.accessibleDescription() == choice_sentence(choice)


def test_vonage_is_asked_at_once_when_a_person_wants_it(
    review: MainWindow, book: Book, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(review.history.said) as said:
        press(review, "history.review.ask")

    assert said.args == ["Vonage is being asked about it."]
    due = LookupTable(book.database).due(at=datetime.now(UTC), limit=9, is_known=False)
    assert cards(review)[0].message.id in [one.id for one in due]


def test_where_nobody_can_ask_that_is_said_with_what_to_do(
    doubtful: list[Message], desk: Desk, window: MainWindow
) -> None:
    desk.settings.set(RECEIPTS, "off")
    window.history.open_review()

    card = cards(window)[0]
    assert not card.ask.isEnabled()
    assert any("Nobody can find out" in line and "in Settings" in line for line in words(card))


def test_very_many_are_settled_without_showing_or_holding_them(
    book: Book, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    book.add_doubts(10_000)
    window.history.open_review()
    page = window.history.review
    assert page._all_sent.text() == "Treat all 10,000 as sent"

    with qtbot.waitSignal(page.said, timeout=30_000) as said:
        page._all_sent.click()
        assert page._progress.isVisible()
        assert page._progress.stop.hasFocus()

    assert said.args == ["10,000 messages count as sent."]
    assert desk.history.count_in_doubt() == 0
    assert not window.history.review.isVisible()
    assert len(page._cards) == 0


def test_a_person_may_stop_and_the_rest_stays_in_doubt(
    book: Book, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    book.add_doubts(1_000)
    window.history.open_review()
    page = window.history.review

    with qtbot.waitSignal(page.said, timeout=30_000):
        page._all_sent.click()
        page._progress.stop.click()

    left = desk.history.count_in_doubt()
    assert left == 1_000 - SETTLED_AT_ONCE
    assert len(cards(window)) == MOST_SHOWN
    assert page._all_sent.text() == f"Treat all {left} as sent"


def test_who_has_opted_out_is_left_and_that_is_said(
    review: MainWindow, doubtful: list[Message], desk: Desk, qtbot: QtBot
) -> None:
    desk.opt_outs.add(doubtful[0].to, sender="", why="rang up", default_region=None)
    said: list[str] = []
    answer(1, said)

    with qtbot.waitSignal(review.history.said) as told:
        press(review, "history.review.all_again")

    assert told.args == ["1 message is queued again. 1 has opted out meanwhile and was left."]
    assert [card.message.id for card in cards(review)] == [doubtful[0].id]
    assert review.history.review._result.text() == told.args[0]
    assert desk.history.count_in_doubt() == 1


def test_what_was_left_alone_is_not_settled_with_the_rest(
    book: Book, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    messages = [book.add(State.UNKNOWN, to=f"+44770090020{number}") for number in range(3)]
    window.history.open_review()
    press(window, "history.review.leave")
    assert window.history.review._all_sent.text() == "Treat all 2 as sent"

    press(window, "history.review.all_sent")

    qtbot.waitUntil(window.history.table.isVisible)
    assert [message.id for message in desk.history.review()] == [messages[0].id]


def test_a_disk_that_is_full_is_said_and_nothing_is_settled(
    review: MainWindow, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(MessageLog, "treat_many_as_sent", fail)
    press(review, "history.review.all_sent")

    qtbot.waitUntil(review.history.review._result.isVisible)
    assert "the disk is full" in review.history.review._result.text()
    assert len(cards(review)) == 2


def test_the_next_card_has_the_focus_when_one_is_settled(
    review: MainWindow, qtbot: QtBot
) -> None:
    cards(review)[0].sent.setFocus()
    press(review, "history.review.sent")

    qtbot.waitUntil(lambda: len(cards(review)) == 1)
    assert cards(review)[0].sent.hasFocus()


def test_a_card_says_what_went_and_by_which_channel(
    book: Book, window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.compose.channels.switch_on(["sms", "whatsapp"])
    template = Content(template=ApprovedTemplate("order_ready", "en_GB", ("Anna",)))
    draft = Draft("+447700900001", "+447700900123", "", channel="whatsapp", content=template)
    book.move(desk.compose.send(draft).messages[0], State.UNKNOWN)
    qtbot.waitUntil(window.history._banner.isVisible)

    window.history._banner.button.click()

    (card,) = cards(window)
    told = " ".join(label.text() for label in card.findChildren(QLabel))
    assert "WhatsApp · " in told
    assert "Template “order_ready” (en_GB): Anna" in told
