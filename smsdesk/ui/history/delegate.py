"""Paints one message of the list on two lines: who and what became of it; what was written."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from smsdesk.desk import wording
from smsdesk.desk.conversations import peer_of
from smsdesk.sms.message import Message
from smsdesk.ui import icons, marks, names, plain, theme
from smsdesk.ui.history.look import look_of
from smsdesk.ui.history.model import MESSAGE_ROLE, VIA_ROLE
from smsdesk.ui.history.when import listed_time, short_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_ICON = 18
_DOT = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = (
    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
)


class MessageDelegate(QStyledItemDelegate):
    """A fixed height for every row; each part is clipped to its own place."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._font = QFont(view.font())
        self._bold = plain.sized(self._font, 0, weight=QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._font)
        self._bold_metrics = QFontMetrics(self._bold)
        self.search = ""
        """What was searched for; it is marked where it stands."""

    @property
    def row_height(self) -> int:
        return 2 * self._metrics.height() + 2 * GRID + GRID // 2

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self.row_height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        message = index.data(MESSAGE_ROLE)
        painter.save()
        painter.setClipRect(option.rect)
        self._paint_ground(painter, option)
        if isinstance(message, Message):
            self._paint_message(painter, option, message, index.data(VIA_ROLE))
        else:
            self._paint_promise(painter, option)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colours = theme.current()
        area, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(colours.selected))
            edge = QRect(area.left(), area.top(), 3, area.height())
            painter.fillRect(
                QStyle.visualRect(option.direction, area, edge), QColor(colours.accent)
            )
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(colours.raised))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        line = area.adjusted(2 * GRID + scaled(_ICON) + GRID, area.height() - 1, 0, 0)
        painter.fillRect(QStyle.visualRect(option.direction, area, line), QColor(colours.line))

    def _paint_message(
        self, painter: QPainter, option: QStyleOptionViewItem, message: Message, via: str
    ) -> None:
        """All is reckoned from the left, and each part put where it lies as one reads."""
        colours = theme.current()
        look = look_of(message)
        area, side, height = option.rect, scaled(_ICON), self._metrics.height()

        def put(place: QRect) -> QRect:
            return QStyle.visualRect(option.direction, area, place)

        first = QRect(
            area.left() + 2 * GRID, area.top() + GRID, area.width() - 4 * GRID, height
        )
        device = painter.device()
        scale = device.devicePixelRatioF() if device is not None else 1.0
        icon = icons.picture(look.icon, look.colour, side, scale)
        place = QRect(first.left(), first.top() + (height - side) // 2, side, side)
        painter.drawPixmap(put(place).topLeft(), icon)
        first.setLeft(first.left() + side + GRID)
        second = first.translated(0, height + GRID // 2)

        time = short_time(listed_time(message), now=datetime.now(UTC))
        word = wording.message_word(message)
        painter.setFont(self._font)
        painter.setPen(QColor(colours.muted))
        painter.drawText(put(first), int(_RIGHT), time)
        first.setRight(first.right() - self._metrics.horizontalAdvance(time) - GRID)
        painter.setPen(QColor(look.colour))
        painter.drawText(put(first), int(_RIGHT), word)
        first.setRight(first.right() - self._metrics.horizontalAdvance(word) - GRID)

        peer = peer_of(message)
        name = names.name_of(peer)
        who = plain.one_line(name or show_number(peer))
        mark = marks.in_name if name else marks.in_number
        self._draw_line(painter, put(first), who, mark, self._bold, colours.text)
        font, colour = self._font, colours.muted
        if message.is_unread:
            dot = QRect(second.right() - _DOT + 1, second.center().y() - _DOT // 2, _DOT, _DOT)
            self._paint_dot(painter, put(dot))
            second.setRight(second.right() - _DOT - GRID)
            font, colour = self._bold, colours.text
        if via:
            word = self._metrics.elidedText(
                via, Qt.TextElideMode.ElideRight, second.width() // 2
            )
            painter.setFont(self._font)
            painter.setPen(QColor(colours.muted))
            painter.drawText(put(second), int(_RIGHT), word)
            second.setRight(second.right() - self._metrics.horizontalAdvance(word) - GRID)
        text = wording.message_text(message)
        if self.search:
            room = second.width() // self._metrics.averageCharWidth()
            text = marks.excerpt(self.search, text, room)
        line = plain.one_line(text)
        self._draw_line(painter, put(second), line, marks.in_text, font, colour)

    def _paint_promise(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """The message is being read: two bars where its lines will be."""
        height = self._metrics.height()
        area = option.rect
        left = area.left() + 2 * GRID + scaled(_ICON) + GRID
        room = area.width() - left - 2 * GRID
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().raised))
        for line, share in enumerate((0.3, 0.7)):
            top = area.top() + GRID + line * (height + GRID // 2) + height // 4
            bar = QRect(left, top, round(room * share), height // 2)
            painter.drawRoundedRect(QStyle.visualRect(option.direction, area, bar), 3, 3)

    @staticmethod
    def _paint_dot(painter: QPainter, place: QRect) -> None:
        """Nobody has read it: a dot at the end of the line."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().accent))
        painter.drawEllipse(place)
        painter.restore()

    def _draw_line(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        mark: Callable[[str, str], Sequence[tuple[int, int]]],
        font: QFont,
        colour: str,
    ) -> None:
        """Clipped as well as elided: heaps of marks must not reach the neighbours."""
        metrics = self._bold_metrics if font is self._bold else self._metrics
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        spans = mark(self.search, line)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        if spans:
            marks.draw(painter, area, line, spans, font, colour)
        else:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(area, int(_LEFT), line)
        painter.restore()
