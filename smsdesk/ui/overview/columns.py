"""Bars that stand side by side over time, stacked of pieces, on lines that say how many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from smsdesk.system.i18n import grouped
from smsdesk.ui import theme
from smsdesk.ui.picture import Picture, Place, Series, paint_chosen
from smsdesk.ui.room import mirrored, scaled
from smsdesk.ui.theme import GRID

_LEAST = 2
"""A single message among thousands is seen too."""
_WIDEST = 48
_LINES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One bar."""

    title: str
    """What stands below it, where there is room."""
    counts: Sequence[int]
    """The pieces, the lowest first; as many as there are series."""
    tell: Callable[[int | None], str]
    """Gives a piece in words, or the whole bar."""


class Columns(Picture):
    """Left and Right walk along the bars, Up and Down through the pieces of one."""

    def __init__(
        self,
        name: str,
        accessible: str,
        series: Sequence[Series],
        *,
        height: int,
        is_link: bool = True,
    ) -> None:
        super().__init__(name, accessible)
        self._series = series
        self._height = height
        self._is_link = is_link
        self._columns: Sequence[Column] = ()
        self._top = 1
        """The highest line: a round number, and no bar above it."""
        self._numbers: int | None = None
        """How much room its number takes; measured once, for every bar asks where it lies."""

    def sizeHint(self) -> QSize:
        return QSize(320, scaled(self._height))

    def show_columns(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        tallest = max((sum(column.counts) for column in columns), default=0)
        step = round_step(tallest)
        self._top = -(-tallest // step) * step or 1
        self._numbers = None
        self.forget()

    # what is chosen

    @property
    def count(self) -> int:
        return len(self._columns)

    def words_of(self, place: Place) -> str:
        number, piece = place
        return self._columns[number].tell(piece)

    def pieces_of(self, number: int) -> list[int]:
        """The pieces of a bar that are not empty."""
        return [piece for piece, count in enumerate(self._columns[number].counts) if count]

    def leads_on(self, place: Place) -> bool:
        return self._is_link and bool(self.pieces_of(place[0]))

    def place_at(self, point: QPoint) -> Place | None:
        for number in range(self.count):
            slot = self._slot(number)
            if slot.left() <= point.x() <= slot.right():
                pieces = self.pieces_of(number)
                hit = (
                    one for one in pieces if self._reaches(self.piece_area(number, one), point)
                )
                return number, next(hit, None)
        return None

    @staticmethod
    def _reaches(area: QRect, point: QPoint) -> bool:
        return area.top() <= point.y() <= area.bottom()

    def _step(self, key: Qt.Key) -> Place | None:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.chosen is not None:
            return self._climb(self.chosen, up=key is Qt.Key.Key_Up)
        return self._along_the_line(key)

    def _climb(self, chosen: Place, *, up: bool) -> Place:
        """From the whole bar to its lowest piece, and on; down again to the whole."""
        number, piece = chosen
        rungs = [None, *self.pieces_of(number)]
        rung = rungs.index(piece) + (1 if up else -1)
        return number, rungs[max(0, min(rung, len(rungs) - 1))]

    # where all lies

    def _plot(self) -> QRect:
        """Where the bars stand, reckoned from the left."""
        line = self.fontMetrics().height()
        if self._numbers is None:
            self._numbers = self.fontMetrics().horizontalAdvance(grouped(self._top)) + GRID
        return self.rect().adjusted(self._numbers + 2, line // 2 + 2, -3, -line - GRID)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._numbers = None

    def _slot(self, number: int) -> QRect:
        plot = self._plot()
        width = min(plot.width() / max(self.count, 1), float(_WIDEST))
        left = plot.left() + round(number * width)
        right = plot.left() + round((number + 1) * width)
        slot = QRect(left, plot.top(), max(1, right - left), plot.height())
        return mirrored(self, slot)

    def _bar(self, number: int) -> QRect:
        """The bar's own part of its slot; the gap shrinks with the room there is."""
        slot = self._slot(number)
        gap = 1 if slot.width() > 3 else 0
        gap = 3 if slot.width() > 24 else gap
        return slot.adjusted(gap, 0, -gap, 0)

    def piece_area(self, number: int, piece: int) -> QRect:
        """Where a piece of a bar lies."""
        bar, counts, top = self._bar(number), self._columns[number].counts, self._top
        bottom = bar.bottom() + 1
        for place, count in enumerate(counts[: piece + 1]):
            if not count:
                continue
            seen = sum(counts[: place + 1])
            upper = bar.bottom() + 1 - round(bar.height() * seen / top)
            upper = min(upper, bottom - _LEAST)
            if place == piece:
                return QRect(bar.left(), upper, bar.width(), bottom - upper)
            bottom = upper
        return QRect()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = theme.current()
        plot = self._plot()
        self._paint_lines(painter, plot)
        for number in range(self.count):
            if self.chosen is not None and number == self.chosen[0]:
                painter.fillRect(self._slot(number), QColor(colours.raised))
            for piece in self.pieces_of(number):
                self._series[piece].paint(painter, self.piece_area(number, piece))
        ground = QRect(plot.left(), plot.bottom() + 1, plot.width(), 1)
        painter.fillRect(mirrored(self, ground), QColor(colours.field_line))
        if self.chosen is not None and self.chosen[1] is not None:
            paint_chosen(painter, self.piece_area(self.chosen[0], self.chosen[1]))
        self._paint_titles(painter, plot)
        self.paint_focus(painter)

    def _paint_lines(self, painter: QPainter, plot: QRect) -> None:
        colours, metrics = theme.current(), self.fontMetrics()
        step = round_step(self._top)
        for value in range(0, self._top + 1, step):
            y = plot.bottom() + 1 - round(plot.height() * value / self._top)
            line = QRect(plot.left(), y, plot.width(), 1)
            painter.fillRect(mirrored(self, line), QColor(colours.line))
            painter.setPen(QColor(colours.muted))
            words = QRect(2, y - metrics.height() // 2, plot.left() - GRID, metrics.height())
            painter.drawText(
                mirrored(self, words), int(Qt.AlignmentFlag.AlignRight), grouped(value)
            )

    def _paint_titles(self, painter: QPainter, plot: QRect) -> None:
        """As many as fit beside each other."""
        metrics = self.fontMetrics()
        painter.setPen(QColor(theme.current().muted))
        free = 0
        for number, column in enumerate(self._columns):
            slot = mirrored(self, self._slot(number))  # reckoned from the left again
            if slot.right() < free:
                continue
            width = metrics.horizontalAdvance(column.title) + 2
            left = max(0, min(slot.center().x() - width // 2, self.width() - width))
            if left < free:
                continue
            area = QRect(left, plot.bottom() + GRID // 2, width, metrics.height())
            painter.drawText(
                mirrored(self, area), int(Qt.AlignmentFlag.AlignHCenter), column.title
            )
            free = left + width + 2 * GRID


def round_step(most: int) -> int:
    """The distance of a few lines up to `most`: 1, 2 or 5, or that with zeros."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * step * _LINES:
                return factor * step
        step *= 10
