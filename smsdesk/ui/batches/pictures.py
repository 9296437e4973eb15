"""What became of a batch as pictures: one slim bar of shares, and bars over time.

Colour is never the only sign: the numbers stand beside the slim bar, and the bars over time are
hatched where something went wrong, told on hover and by the arrow keys, and described in words.
"""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Bars, Outcome
from smsdesk.system.i18n import _
from smsdesk.ui import plain, theme
from smsdesk.ui.history.when import short_time
from smsdesk.ui.room import mirrored, reads_from_right, scaled
from smsdesk.ui.theme import GRID

TONES: Mapping[Outcome, str] = {
    Outcome.DELIVERED: "good",
    Outcome.SENT: "accent",
    Outcome.REVIEW: "warn",
    Outcome.FAILED: "bad",
    Outcome.WAITING: "line",
}
"""The colour of `theme.Colours` for each group."""

HATCHES = {
    Outcome.FAILED: Qt.BrushStyle.BDiagPattern,
    Outcome.REVIEW: Qt.BrushStyle.Dense4Pattern,
}
_SLIM = 6
_HEIGHT = 112
_LEAST = 2
"""A single message among thousands is seen too."""


def colour_of(outcome: Outcome) -> QColor:
    return QColor(getattr(theme.current(), TONES[outcome]))


def paint_shares(
    painter: QPainter,
    area: QRect,
    outcomes: Mapping[Outcome, int],
    direction: Qt.LayoutDirection,
) -> None:
    """The groups side by side as one reads, each as wide as its share."""
    total = sum(outcomes.values())
    painter.fillRect(area, QColor(theme.current().raised))
    if not total:
        return
    left, seen = area.left(), 0
    end = area.left() + area.width()
    for outcome in Outcome:
        count = outcomes.get(outcome, 0)
        if not count:
            continue
        seen += count
        right = area.left() + round(area.width() * seen / total)
        right = min(end, max(right, left + _LEAST))
        share = QRect(left, area.top(), right - left, area.height())
        painter.fillRect(QStyle.visualRect(direction, area, share), colour_of(outcome))
        left = right


class ShareBar(QWidget):
    """How far a batch is, as one slim bar; the words beside it say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._outcomes: Mapping[Outcome, int] = {}
        self.setFixedHeight(_SLIM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_outcomes(self, outcomes: Mapping[Outcome, int]) -> None:
        self._outcomes = outcomes
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_shares(painter, self.rect(), self._outcomes, self.layoutDirection())


class Swatch(QWidget):
    """A small square in the colour and the hatching of a group."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome
        self.setFixedSize(scaled(12), scaled(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        _fill(painter, self.rect(), self._outcome)


class BarsPicture(QWidget):
    """Bars over time, stacked by group. The pointer or the arrow keys choose one."""

    # Emitted with the chosen bar in words, or "" when none is.
    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batch.bars")
        self.setAccessibleName(_("When the messages came to where they are"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bars: Bars | None = None
        self._times: list[str] = []
        self._chosen: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(320, scaled(_HEIGHT))

    def show_bars(self, bars: Bars, *, now: datetime) -> None:
        self._bars = bars
        self._times = [
            short_time(bars.start + place * bars.width, now=now)
            for place in range(len(bars.bars))
        ]
        if bars.width.total_seconds() < 60:
            self._times = [
                f"{(bars.start + place * bars.width).astimezone():%H:%M:%S}"
                for place in range(len(bars.bars))
            ]
        if self._chosen is not None and self._chosen >= len(bars.bars):
            self._chosen = None
        self.setAccessibleDescription(wording_batches.bars_sentence(bars, times=self._times))
        self._tell()
        self.update()

    @property
    def chosen_words(self) -> str:
        """The chosen bar in words."""
        if self._bars is None or self._chosen is None:
            return ""
        time = self._times[self._chosen]
        return wording_batches.bar_sentence(self._bars, self._chosen, time=time)

    def _choose(self, place: int | None) -> None:
        if place != self._chosen:
            self._chosen = place
            self._tell()
            self.update()

    def _tell(self) -> None:
        words = self.chosen_words
        plain.set_tip(self, words)
        self.told.emit(words)

    def place_at(self, point: QPoint) -> int | None:
        """Which bar is there."""
        count = len(self._bars.bars) if self._bars is not None else 0
        for place in range(count):
            column = self._column(place)
            if column.left() - 1 <= point.x() <= column.right() + 1:
                return place
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(self.place_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = len(self._bars.bars) if self._bars is not None else 0
        on = -1 if reads_from_right(self) else 1
        step = {Qt.Key.Key_Left: -on, Qt.Key.Key_Right: on}.get(Qt.Key(event.key()))
        if step is None or not count:
            super().keyPressEvent(event)
            return
        first = 0 if step > 0 else count - 1
        wanted = first if self._chosen is None else self._chosen + step
        self._choose(max(0, min(wanted, count - 1)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._choose(None)
        self.update()

    def leaveEvent(self, event: object) -> None:
        if not self.hasFocus():
            self._choose(None)

    # painting

    def _plot(self) -> QRect:
        below = self.fontMetrics().height() + GRID // 2
        return self.rect().adjusted(2, 2, -2, -below)

    def _column(self, place: int) -> QRect:
        plot = self._plot()
        count = len(self._bars.bars) if self._bars is not None else 1
        wide = min(plot.width() / max(count, 1), 40.0)
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
            if place == self._chosen:
                painter.fillRect(column.adjusted(-1, 0, 1, 0), QColor(colours.raised))
            self._paint_bar(painter, column, bar, tallest)
        painter.setPen(QColor(colours.field_line))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        if bars:
            self._paint_times(painter, plot)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

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
            top = min(top, bottom - _LEAST)
            _fill(painter, QRect(column.left(), top, column.width(), bottom - top), outcome)
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


def _fill(painter: QPainter, area: QRect, outcome: Outcome) -> None:
    colour = colour_of(outcome)
    hatch = HATCHES.get(outcome)
    if hatch is None:
        painter.fillRect(area, colour)
        return
    painter.fillRect(area, QColor(theme.current().base))
    painter.fillRect(area, QBrush(colour, hatch))
    painter.setPen(colour)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0, 0, -1, -1))
