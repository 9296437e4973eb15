"""A row is painted inside its own place, whatever the text."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.state import State
from smsdesk.ui.background import Worker
from smsdesk.ui.history.delegate import MessageDelegate
from smsdesk.ui.history.model import HistoryModel
from smsdesk.ui.theme import Theme
from tests.ui.conftest import Book

WHITE = 0xFFFFFFFF


def paint(model: HistoryModel, view: QTableView, state: QStyle.StateFlag) -> QImage:
    """The first row, painted in the middle of a picture three rows high."""
    delegate = MessageDelegate(view)
    height = delegate.row_height
    image = QImage(300, 3 * height, QImage.Format.Format_ARGB32)
    image.fill(WHITE)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, height, 300, height)
    option.state = state
    painter = QPainter(image)
    delegate.paint(painter, option, model.index(0, 0))
    painter.end()
    return image


@pytest.mark.case("T13")
@pytest.mark.parametrize(
    "text", ["Z" + "\u0300" * 5000, "\u202eevil", "a\nb\nc", "x" * 10_000, "مرحبا <b>x</b>", ""]
)
def test_nothing_reaches_the_neighbours(
    desk: Desk, book: Book, worker: Worker, qtbot: QtBot, theme: Theme, text: str
) -> None:
    if not text:
        text = "\u200b"
    book.add(State.FAILED, text=text[:3000])
    model = HistoryModel(desk.history, worker=worker)
    model.show(HistoryFilter())
    view = QTableView()
    qtbot.addWidget(view)

    image = paint(model, view, QStyle.StateFlag.State_Selected)

    height = image.height() // 3
    outside = [*range(height), *range(2 * height, 3 * height)]
    assert all(image.pixel(x, y) == WHITE for y in outside for x in range(0, 300, 7))
    assert image.pixel(1, height + 2) != WHITE


def test_the_current_row_can_be_told_from_the_others(
    desk: Desk, book: Book, worker: Worker, qtbot: QtBot, theme: Theme
) -> None:
    book.add()
    model = HistoryModel(desk.history, worker=worker)
    model.show(HistoryFilter())
    view = QTableView()
    qtbot.addWidget(view)
    states = (
        QStyle.StateFlag.State_None,
        QStyle.StateFlag.State_MouseOver,
        QStyle.StateFlag.State_Selected,
        QStyle.StateFlag.State_HasFocus,
    )

    pictures = [paint(model, view, state) for state in states]

    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])
