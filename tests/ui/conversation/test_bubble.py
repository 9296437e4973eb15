"""A message is painted inside its own row, whatever the text, at the side of who wrote it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.state import State
from smsdesk.ui.conversation.bubble import BubbleDelegate
from smsdesk.ui.conversation.model import ConversationModel
from smsdesk.ui.theme import Theme
from tests.ui.conftest import Book

ANNA = "+447700900123"
WHITE = 0xFFFFFFFF
WIDE = 420
HOSTILE = (
    "Z" + "\u0300" * 10_000,
    "Z" + "\u0489\u0335\u0300" * 3_000,
    "\u202eevil\u2066",
    "a\nb\r\nc\u2028d\u2029e",
    "x" * 10_000,
    "مرحبا <b>x</b> <img src=file:///etc/passwd>",
    "\n" * 500 + "below",
    "\u200b",
    "\x00\x1b[31m",
    "👨‍👩‍👧‍👦" * 500,
)


@pytest.fixture
def model(desk: Desk) -> Iterator[ConversationModel]:
    model = ConversationModel(desk.conversations, desk.history)
    yield model
    model.deleteLater()


@pytest.fixture
def delegate(qtbot: QtBot, theme: Theme) -> BubbleDelegate:
    view = QListView()
    qtbot.addWidget(view)
    delegate = BubbleDelegate(view)
    delegate.set_room(WIDE)
    return delegate


def paint(
    delegate: BubbleDelegate,
    model: ConversationModel,
    state: QStyle.StateFlag = QStyle.StateFlag.State_None,
) -> tuple[QImage, QRect]:
    """The last row, painted with as much room above and below; and its place."""
    index = model.index(model.rowCount() - 1, 0)
    height = delegate.sizeHint(QStyleOptionViewItem(), index).height()
    option = QStyleOptionViewItem()
    option.rect = QRect(0, height, WIDE, height)
    option.state = state
    image = QImage(WIDE, 3 * height, QImage.Format.Format_ARGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    delegate.paint(painter, option, index)
    painter.end()
    return image, QRect(0, height, WIDE, height)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_reaches_the_neighbours(
    delegate: BubbleDelegate, model: ConversationModel, book: Book, text: str
) -> None:
    book.reply(text)
    model.load(ANNA)

    image, row = paint(delegate, model)

    outside = [*range(row.top()), *range(row.bottom() + 1, image.height())]
    assert all(image.pixel(x, y) == WHITE for y in outside for x in range(0, WIDE, 7))
    assert row.height() < 1000, "a row has a limit"
    assert delegate.bubble_rect(row, model.index(0, 0)).right() < WIDE


def test_theirs_is_at_the_left_and_ours_at_the_right(
    delegate: BubbleDelegate, model: ConversationModel, book: Book
) -> None:
    book.reply("theirs")
    book.add(text="ours")
    model.load(ANNA)
    row = QRect(0, 0, WIDE, 100)

    theirs, ours = (delegate.bubble_rect(row, model.index(number, 0)) for number in (0, 1))

    assert theirs.right() < WIDE // 2 < ours.left()
    assert theirs.left() == WIDE - 1 - ours.right()


def test_a_long_text_wraps_and_a_short_one_does_not(
    delegate: BubbleDelegate, model: ConversationModel, book: Book
) -> None:
    book.add(text="short")
    book.add(text="a long text with many words in it " * 8)
    model.load(ANNA)
    row = QRect(0, 0, WIDE, 400)

    short, long = (delegate.bubble_rect(row, model.index(number, 0)) for number in (0, 1))

    assert long.height() > 3 * short.height()
    assert long.width() < 0.8 * WIDE


def test_failure_and_doubt_the_unread_and_the_current_look_different(
    delegate: BubbleDelegate, model: ConversationModel, book: Book, desk: Desk
) -> None:
    pictures = []
    for state in (State.ACCEPTED, State.FAILED, State.UNKNOWN):
        book.add(state, text="same")
        model.load(ANNA)
        pictures.append(paint(delegate, model)[0])
    book.reply("same")
    model.load(ANNA)
    pictures.append(paint(delegate, model)[0])
    desk.conversations.mark_read(ANNA)
    model.load(ANNA)
    pictures += [
        paint(delegate, model, state)[0]
        for state in (
            QStyle.StateFlag.State_None,
            QStyle.StateFlag.State_Selected,
            QStyle.StateFlag.State_HasFocus,
        )
    ]

    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])
