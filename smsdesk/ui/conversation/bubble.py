"""Paints one message of a conversation: theirs where a line begins, ours where it ends, time and
state below it, the day above the first of a day.

Which messages there are is the model's.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from smsdesk.desk import wording
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import State
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.conversation.model import DAY_ROLE, MESSAGE_ROLE, TEXT_ROLE, VIA_ROLE
from smsdesk.ui.history.look import look_of
from smsdesk.ui.history.when import clock_time, day_word, listed_time, short_time
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_LONGEST_SHOWN = 4000
_MOST_LINES = 24
"""What is longer ends in "…"; the details have all of it."""
_WIDEST = 480
_SHARE = 0.78
_SIDE, _PAD = GRID + GRID // 2, GRID - 1
_ROUND = 9
_ICON = 14
_DOT = 8
_KEPT = 200
_MOST_HEIGHTS = 5000

_GROUNDS = {
    State.UNKNOWN: "warn_ground",
    State.HELD: "warn_ground",
    State.FAILED: "bad_ground",
    State.REJECTED: "bad_ground",
    State.UNDELIVERABLE: "bad_ground",
}
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A text, broken into lines for one width."""

    layout: QTextLayout
    width: int
    height: int
    indent: float
    """Lines that run from right to left begin at the right of the widest place; this much of
    it is empty."""


class BubbleDelegate(QStyledItemDelegate):
    """Rows of different heights; each part is clipped to its own place."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self._font = QFont(view.font())
        self._small = plain.sized(self._font, -1)
        self._day = plain.sized(self._font, -1, weight=QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._font)
        self._small_metrics = QFontMetrics(self._small)
        self._room = 400
        self._sheets: OrderedDict[tuple[str, int], _Sheet] = OrderedDict()
        self._heights: dict[tuple[str, int], int] = {}

    def set_room(self, width: int) -> bool:
        """How wide a row is; True if every row has to be measured anew."""
        if width == self._room:
            return False
        self._room = width
        return True

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        message = index.data(MESSAGE_ROLE)
        if not isinstance(message, Message):
            return QSize(0, 0)
        height = (
            self._bubble_height(index.data(TEXT_ROLE)) + self._meta_height + GRID + GRID // 2
        )
        if index.data(DAY_ROLE):
            height += self._day_height
        return QSize(0, height)

    def bubble_rect(self, row: QRect, index: _Index) -> QRect:
        """Where in its row the bubble is."""
        message = index.data(MESSAGE_ROLE)
        assert isinstance(message, Message)
        sheet = self._sheet(index.data(TEXT_ROLE))
        top = row.top() + (self._day_height if index.data(DAY_ROLE) else 0)
        width = sheet.width + 2 * _SIDE
        left = row.left() + 2 * GRID
        if message.direction is Direction.OUTBOUND:
            left = row.left() + self._room - 2 * GRID - width
        place = QRect(left, top + GRID // 2, width, sheet.height + 2 * _PAD)
        return QStyle.visualRect(self._direction, self._row(row), place)

    def _row(self, row: QRect) -> QRect:
        """The part of a row that the bubbles lie in."""
        return QRect(row.left(), row.top(), self._room, row.height())

    @property
    def _direction(self) -> Qt.LayoutDirection:
        return self._view.layoutDirection()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        message = index.data(MESSAGE_ROLE)
        if not isinstance(message, Message):
            return
        painter.save()
        painter.setClipRect(option.rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(DAY_ROLE):
            self._paint_day(painter, option.rect, message)
        bubble = self.bubble_rect(option.rect, index)
        sheet = self._sheet(index.data(TEXT_ROLE))
        self._paint_bubble(painter, bubble, message, sheet, option.state)
        self._paint_meta(painter, bubble, message, index.data(VIA_ROLE))
        painter.restore()

    # the parts

    @property
    def _day_height(self) -> int:
        return self._small_metrics.height() + 2 * GRID

    @property
    def _meta_height(self) -> int:
        return max(self._small_metrics.height(), scaled(_ICON)) + 2

    def _bubble_height(self, text: str) -> int:
        """Asked for every row whenever the list is laid out; a row painted is one of a few."""
        key = (text, self._widest)
        height = self._heights.get(key)
        if height is None:
            if len(self._heights) >= _MOST_HEIGHTS:
                self._heights.clear()
            height = self._heights[key] = self._sheet(text).height + 2 * _PAD
        return height

    def _paint_day(self, painter: QPainter, row: QRect, message: Message) -> None:
        painter.setFont(self._day)
        painter.setPen(QColor(theme.current().muted))
        place = QRect(row.left(), row.top(), self._room, self._day_height)
        word = day_word(message.created_at, now=datetime.now(UTC))
        painter.drawText(place, int(_MIDDLE | Qt.AlignmentFlag.AlignHCenter), word)

    def _paint_bubble(
        self,
        painter: QPainter,
        place: QRect,
        message: Message,
        sheet: _Sheet,
        state: QStyle.StateFlag,
    ) -> None:
        colours = theme.current()
        ours = message.direction is Direction.OUTBOUND
        ground = _GROUNDS.get(message.state, "selected" if ours else "raised")
        is_current = state & QStyle.StateFlag.State_Selected
        has_focus = state & QStyle.StateFlag.State_HasFocus
        painter.setBrush(QColor(getattr(colours, ground)))
        if has_focus:
            painter.setPen(QPen(QColor(colours.accent), 2))
        elif is_current:
            painter.setPen(QPen(QColor(colours.field_line), 1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
        painter.save()
        painter.setClipRect(place, Qt.ClipOperation.IntersectClip)
        painter.setPen(QColor(colours.text))
        sheet.layout.draw(
            painter, QPointF(place.left() + _SIDE - sheet.indent, place.top() + _PAD)
        )
        painter.restore()

    def _paint_meta(self, painter: QPainter, bubble: QRect, message: Message, via: str) -> None:
        """Icon, word, time and channel in one line below the bubble, at its own side."""
        colours, look = theme.current(), look_of(message)
        word, at = wording.message_word(message), listed_time(message)
        is_now = at == message.created_at
        time = clock_time(at) if is_now else short_time(at, now=datetime.now(UTC))
        time = f"{time} · {via}" if via else time
        if message.is_unread:
            word = _("Unread")
        measure = self._small_metrics.horizontalAdvance
        gap = GRID // 2
        side = scaled(_ICON)
        width = side + gap + measure(word) + GRID + measure(time)
        is_at_left = (message.direction is Direction.INBOUND) != (
            self._direction is Qt.LayoutDirection.RightToLeft
        )
        left = bubble.left() + 2 if is_at_left else bubble.right() - 2 - width
        whole = QRect(left, bubble.bottom() + 2, width, self._meta_height)

        def put(place: QRect) -> QRect:
            return QStyle.visualRect(self._direction, whole, place)

        line = QRect(left, whole.top(), side, whole.height())
        self._paint_sign(painter, put(line), message)
        painter.setFont(self._small)
        painter.setPen(QColor(look.colour))
        line = QRect(line.right() + 1 + gap, line.top(), measure(word), line.height())
        painter.drawText(put(line), int(_MIDDLE), word)
        painter.setPen(QColor(colours.muted))
        line = QRect(line.right() + 1 + GRID, line.top(), measure(time) + 2, line.height())
        painter.drawText(put(line), int(_MIDDLE), time)

    @staticmethod
    def _paint_sign(painter: QPainter, place: QRect, message: Message) -> None:
        look = look_of(message)
        if message.is_unread:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().accent))
            middle = QRect(0, 0, _DOT, _DOT)
            middle.moveCenter(place.center())
            painter.drawEllipse(middle)
            return
        device = painter.device()
        scale = device.devicePixelRatioF() if device is not None else 1.0
        side = place.width()
        top = place.top() + (place.height() - side) // 2
        painter.drawPixmap(
            place.left(), top, icons.picture(look.icon, look.colour, side, scale)
        )

    # the text

    @property
    def _widest(self) -> int:
        return min(scaled(_WIDEST), max(120, int(self._room * _SHARE))) - 2 * _SIDE

    def _sheet(self, text: str) -> _Sheet:
        """The text in lines; kept, since a list measures its rows again and again."""
        key = (text, self._widest)
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = _lay_out(key[0], self._font, self._widest)
            self._sheets[key] = sheet
            if len(self._sheets) > _KEPT:
                self._sheets.popitem(last=False)
        else:
            self._sheets.move_to_end(key)
        return sheet


def _lay_out(text: str, font: QFont, widest: int) -> _Sheet:
    """Break a text into lines. It is laid out by itself: whatever direction it runs in, and
    whatever it is heaped up with, its neighbours do not notice."""
    shown = plain.visible(text[:_LONGEST_SHOWN].rstrip("\n"))
    is_cut = len(text) > _LONGEST_SHOWN
    sheet, end = _break(shown, font, widest)
    if end < len(shown) or is_cut:
        sheet, _end = _break(shown[: max(0, end - 2)].rstrip() + "…", font, widest)
    return sheet


def _break(text: str, font: QFont, widest: int) -> tuple[_Sheet, int]:
    """The lines, and how many characters they hold."""
    lines = text.replace("\n", "\u2028").replace("\u2029", "\u2028")
    layout = QTextLayout(lines, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    height, width, end, indent = 0.0, 0.0, 0, float(widest)
    spacing = QFontMetrics(font).lineSpacing()
    layout.beginLayout()
    for _number in range(_MOST_LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(widest)
        line.setPosition(QPointF(0, height))
        height += min(line.height(), 2 * spacing)
        width = max(width, line.naturalTextWidth())
        indent = min(indent, line.naturalTextRect().left())
        end = line.textStart() + line.textLength()
    layout.endLayout()
    size = min(widest, int(width) + 1), max(int(height + 0.5), spacing)
    return _Sheet(layout, *size, indent), _characters(lines, end)


def _characters(text: str, units: int) -> int:
    """Qt counts UTF-16 units; how many characters that many units are."""
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
