"""A conversation is read from its newest page upwards, and moves row by row."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from smsdesk.desk.desk import Desk
from smsdesk.sms.state import State
from smsdesk.store.rows import to_ms
from smsdesk.ui.conversation.model import DAY_ROLE, MOST_TOUCHED, PAGE, ConversationModel
from tests.ui.conftest import OURS, Book

ANNA = "+447700900123"


@pytest.fixture
def model(desk: Desk) -> Iterator[ConversationModel]:
    model = ConversationModel(desk.conversations, desk.history)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    model.deleteLater()


def texts(model: ConversationModel) -> list[str]:
    messages = (model.message(row) for row in range(model.rowCount()))
    return [message.text for message in messages if message is not None]


def said(model: ConversationModel, row: int) -> str:
    return str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def test_the_newest_page_is_read_and_older_ones_when_asked_for(
    model: ConversationModel, book: Book
) -> None:
    for number in range(PAGE + 5):
        book.add(text=f"text {number}")

    model.load(ANNA)
    newest = texts(model)
    model.load_older()

    assert newest == [f"text {number}" for number in range(5, PAGE + 5)]
    assert texts(model) == [f"text {number}" for number in range(PAGE + 5)]
    assert not model.has_more


def test_news_of_this_person_comes_in_below_and_that_of_others_does_not(
    model: ConversationModel, book: Book
) -> None:
    book.add(text="one")
    model.load(ANNA)
    reply = book.reply("two")
    other = book.reply("not here", writer="+447700900999")

    model.touch(frozenset({reply.id, other.id}))

    assert texts(model) == ["one", "two"]
    assert model.has_unread
    assert model.answer.sender == OURS


def test_a_change_touches_its_own_row_only(model: ConversationModel, book: Book) -> None:
    first = book.add(text="one")
    book.add(text="two")
    model.load(ANNA)
    touched: list[int] = []
    model.dataChanged.connect(lambda index, _last: touched.append(index.row()))

    book.move(first, State.FAILED)
    model.touch(frozenset({first.id}))

    assert touched == [0]
    assert said(model, 0).startswith("Failed ")


def test_a_message_older_than_the_page_waits_for_its_page(
    model: ConversationModel, book: Book
) -> None:
    oldest = book.add(text="oldest")
    for number in range(PAGE):
        book.add(text=f"text {number}")
    model.load(ANNA)

    model.touch(frozenset({oldest.id}))

    assert "oldest" not in texts(model)


def test_very_many_changes_are_read_anew(model: ConversationModel, book: Book) -> None:
    book.add(text="one")
    model.load(ANNA)
    book.add(text="two")

    model.touch(frozenset(f"id {number}" for number in range(MOST_TOUCHED + 1)))

    assert texts(model) == ["one", "two"]


def test_the_first_message_of_a_day_carries_its_name(
    model: ConversationModel, book: Book
) -> None:
    messages = [book.add(text=text) for text in ("one", "two", "three")]
    long_ago = to_ms(messages[0].created_at - timedelta(days=3))
    book.database.connection.execute(
        "UPDATE message SET created_ms = ? WHERE id = ?", (long_ago, messages[0].id)
    )

    model.load(ANNA)

    assert [model.index(row, 0).data(DAY_ROLE) for row in range(3)] == [True, True, False]


def test_a_screen_reader_hears_state_time_and_text(
    model: ConversationModel, book: Book
) -> None:
    reply = book.reply("\u202eyes <b>")
    model.load(ANNA)

    time = f"{reply.created_at.astimezone():%H:%M}"
    assert said(model, 0) == f"Unread. Received {time}: ⟨202E⟩yes <b>"
    hover = str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert "To +44" in hover
