"""The bars over time on the page of a batch.

What went wrong is hatched in them, told on hover and by the arrow keys, and described in words.
"""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Bars, Outcome
from smsdesk.system.i18n import _
from smsdesk.ui import theme
from smsdesk.ui.batches.pictures import LEAST, paint_group
from smsdesk.ui.history.when import short_time
from smsdesk.ui.picture import Picture, Place
from smsdesk.ui.room import mirrored, scaled
from smsdesk.ui.theme import GRID

_HEIGHT = 112


class BarsPicture(Picture):
    """Bars over time, stacked by group. Left and Right walk along them; none leads on."""

    def __init__(self) -> None:
        super().__init__("batch.bars", _("When the messages came to where they are"))
        self._bars: Bars | None = None
        self._times: list[str] = []

    def sizeHint(self) -> QSize:
        return QSize(320, scaled(_HEIGHT))

    def show_bars(self, bars: Bars, *, now: datetime) -> None:
        """They are counted anew while the batch is sent, so what is chosen stays chosen."""
        self._bars = bars
        begins = [bars.start + place * bars.width for place in range(len(bars.bars))]
        if bars.width.total_seconds() < 60:
            self._times = [f"{at.astimezone():%H:%M:%S}" for at in begins]
        else:
            self._times = [short_time(at, now=now) for at in begins]
        self.setAccessibleDescription(wording_batches.bars_sentence(bars, times=self._times))
        if self.chosen is not None and self.chosen[0] >= self.count:
            self.choose(None)
        self.tell()
        self.update()

    # what is chosen

    @property
    def chosen_words(self) -> str:
        """The chosen bar in words, or ""."""
        return "" if self.chosen is None else self.words_of(self.chosen)

    @property
    def count(self) -> int:
        return len(self._bars.bars) if self._bars is not None else 0

    def words_of(self, place: Place) -> str:
        assert self._bars is not None
        number, _piece = place
        return wording_batches.bar_sentence(self._bars, number, time=self._times[number])

    def leads_on(self, place: Place) -> bool:
        return False

    def place_at(self, point: QPoint) -> Place | None:
        for number in range(self.count):
            column = self._column(number)
            if column.left() - 1 <= point.x() <= column.right() + 1:
                return number, None
        return None

    def _step(self, key: Qt.Key) -> Place | None:
        return self._along_the_line(key)

    # painting

    def _plot(self) -> QRect:
        below = self.fontMetrics().height() + GRID // 2
        return self.rect().adjusted(2, 2, -2, -below)

    def _column(self, place: int) -> QRect:
        plot = self._plot()
        wide = min(plot.width() / max(self.count, 1), 40.0)
        left = plot.left() + round(place * wide)
        right = plot.left() + round((place + 1) * wide) - 2
        bar = QRect(left, plot.top(), max(2, right - left), plot.height())
        return mirrored(self, bar)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = theme.current()
        plot = self._plot()
        bars = self._bars.bars if self._bars is not None else ()
        tallest = max((sum(bar.values()) for bar in bars), default=0)
        for place, bar in enumerate(bars):
            column = self._column(place)
            if self.chosen is not None and place == self.chosen[0]:
                painter.fillRect(column.adjusted(-1, 0, 1, 0), QColor(colours.raised))
            self._paint_bar(painter, column, bar, tallest)
        painter.setPen(QColor(colours.field_line))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        if bars:
            self._paint_times(painter, plot)
        self.paint_focus(painter)

    def _paint_bar(
        self, painter: QPainter, column: QRect, bar: Mapping[Outcome, int], tallest: int
    ) -> None:
        bottom, seen = column.bottom(), 0
        for outcome in Outcome:
            count = bar.get(outcome, 0)
            if not count:
                continue
            seen += count
            top = column.bottom() - round((column.height() - GRID) * seen / tallest)
            top = min(top, bottom - LEAST)
            paint_group(
                painter, QRect(column.left(), top, column.width(), bottom - top), outcome
            )
            bottom = top

    def _paint_times(self, painter: QPainter, plot: QRect) -> None:
        """The time of the first bar, and of the last where there is room."""
        painter.setPen(QColor(theme.current().muted))
        line = QRect(plot.left(), plot.bottom() + 3, plot.width(), self.fontMetrics().height())
        first, last = self._times[0], self._times[-1]
        painter.drawText(line, int(Qt.AlignmentFlag.AlignLeft), first)
        metrics = self.fontMetrics()
        right = mirrored(self, self._column(len(self._times) - 1)).right()
        start = right - metrics.horizontalAdvance(last)
        if start > plot.left() + metrics.horizontalAdvance(first) + 2 * GRID:
            line.setRight(right)
            painter.drawText(mirrored(self, line), int(Qt.AlignmentFlag.AlignRight), last)
