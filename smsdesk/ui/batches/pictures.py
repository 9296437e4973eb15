"""What became of a batch: how each group looks, and one slim bar of their shares.

Colour is never the only sign: the numbers stand beside the slim bar, and what went wrong is
hatched.
"""

from collections.abc import Mapping

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from smsdesk.desk.batches import Outcome
from smsdesk.ui import theme
from smsdesk.ui.room import scaled

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
LEAST = 2
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
        right = min(end, max(right, left + LEAST))
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
        paint_group(painter, self.rect(), self._outcome)


def paint_group(painter: QPainter, area: QRect, outcome: Outcome) -> None:
    """A piece of a bar in the look of its group."""
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
