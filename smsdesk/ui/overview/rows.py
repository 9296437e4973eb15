"""Bars that lie below each other, each with its name before it and its figures behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from smsdesk.ui import plain, theme
from smsdesk.ui.picture import Picture, Place, Series
from smsdesk.ui.room import mirrored, scaled
from smsdesk.ui.theme import GRID

_BAR = 6
_LEAST = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: what it is of, how long its pieces are, and what is said of it."""

    title: str
    """Shown as it is, whoever wrote it."""
    amounts: Sequence[float]
    """The pieces, as one reads; as many as there are series."""
    value: str
    is_link: bool = False

    @property
    def words(self) -> str:
        return f"{plain.one_line(self.title)}: {self.value}"


class Rows(Picture):
    """Up and Down walk along the bars."""

    def __init__(self, name: str, accessible: str, series: Sequence[Series]) -> None:
        super().__init__(name, accessible)
        self._series = series
        self._rows: Sequence[Row] = ()

    def sizeHint(self) -> QSize:
        return QSize(scaled(320), self.count * self._row_height + GRID)

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(160), self.sizeHint().height())

    def show_rows(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.forget()

    # what is chosen

    @property
    def count(self) -> int:
        return len(self._rows)

    def words_of(self, place: Place) -> str:
        return self._rows[place[0]].words

    def pieces_of(self, number: int) -> list[int]:
        """The pieces of a bar that are not empty."""
        return [piece for piece, amount in enumerate(self._rows[number].amounts) if amount]

    def leads_on(self, place: Place) -> bool:
        return self._rows[place[0]].is_link

    def place_at(self, point: QPoint) -> Place | None:
        areas = (self.row_area(number) for number in range(self.count))
        return next(((n, None) for n, area in enumerate(areas) if area.contains(point)), None)

    def _step(self, key: Qt.Key) -> Place | None:
        return self._along(key, Qt.Key.Key_Up, Qt.Key.Key_Down)

    # where all lies, and painting

    @property
    def _row_height(self) -> int:
        return self.fontMetrics().height() + _BAR + GRID + GRID // 2

    def row_area(self, number: int) -> QRect:
        """Where a bar lies, its words included."""
        top = GRID // 2 + number * self._row_height
        return QRect(0, top, self.width(), self._row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        longest = max((sum(row.amounts) for row in self._rows), default=0)
        for number in range(self.count):
            self._paint_row(painter, number, longest)
        self.paint_focus(painter)

    def _paint_row(self, painter: QPainter, number: int, longest: float) -> None:
        row, colours = self._rows[number], theme.current()
        area = self.row_area(number)
        is_chosen = self.chosen is not None and self.chosen[0] == number
        if is_chosen:
            painter.fillRect(area, QColor(colours.raised))
        inside = area.adjusted(GRID // 2, 3, -GRID // 2, -3)
        words = QRect(inside.left(), inside.top(), inside.width(), self.fontMetrics().height())
        self._paint_words(painter, words, row, is_link=is_chosen and row.is_link)
        bar = QRect(inside.left(), inside.bottom() - _BAR, inside.width(), _BAR)
        painter.fillRect(bar, QColor(colours.base if is_chosen else colours.raised))
        left, seen = bar.left(), 0.0
        for piece in self.pieces_of(number):
            seen += row.amounts[piece]
            right = bar.left() + round(bar.width() * seen / longest)
            right = max(right, left + _LEAST)
            place = QRect(left, bar.top(), right - left, _BAR)
            self._series[piece].paint(painter, mirrored(self, place))
            left = right

    def _paint_words(self, painter: QPainter, area: QRect, row: Row, *, is_link: bool) -> None:
        colours, metrics = theme.current(), self.fontMetrics()
        title_width = min(metrics.horizontalAdvance(row.title), area.width() // 3)
        most = area.width() - title_width - GRID
        value_width = min(metrics.horizontalAdvance(row.value) + 2, most)
        value = QRect(area.right() + 1 - value_width, area.top(), value_width, area.height())
        room = area.width() - value_width - GRID
        title = metrics.elidedText(plain.one_line(row.title), Qt.TextElideMode.ElideRight, room)
        painter.setPen(QColor(colours.accent if is_link else colours.text))
        place = QRect(area.topLeft(), QSize(room, area.height()))
        painter.drawText(mirrored(self, place), 0, title)
        painter.setPen(QColor(colours.muted))
        told = metrics.elidedText(row.value, Qt.TextElideMode.ElideRight, value_width)
        painter.drawText(mirrored(self, value), int(Qt.AlignmentFlag.AlignRight), told)
