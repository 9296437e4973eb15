"""What bars of every kind have in common: one of them is chosen by the pointer or the keyboard,
is told in words, and leads to what it counts.

How the bars lie, and how they are painted, is for `overview.columns`, `overview.rows` and
`batches.bars`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QBrush,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from smsdesk.desk.overview_figures import Outcome
from smsdesk.desk.wording_overview import keys_words
from smsdesk.ui import plain, theme
from smsdesk.ui.batches.pictures import HATCHES, TONES
from smsdesk.ui.room import reads_from_right, scaled

Place = tuple[int, int | None]
"""Which bar, and which piece of it; None for the whole."""


@dataclass(frozen=True, slots=True)
class Series:
    """How the pieces of one kind look: a colour of `theme.Colours`, and a hatching, so that the
    colour is never the only sign."""

    tone: str
    hatch: Qt.BrushStyle | None = None

    def paint(self, painter: QPainter, area: QRect) -> None:
        colours = theme.current()
        colour = QColor(getattr(colours, self.tone))
        if self.hatch is None:
            painter.fillRect(area, colour)
            return
        painter.fillRect(area, QColor(colours.base))
        painter.fillRect(area, QBrush(colour, self.hatch))
        painter.setPen(colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(0, 0, -1, -1))


OUTCOME_SERIES: Mapping[Outcome, Series] = {
    outcome: Series(TONES[outcome], HATCHES.get(outcome)) for outcome in Outcome
} | {
    Outcome.SENT: Series("accent", Qt.BrushStyle.FDiagPattern),
    Outcome.WAITING: Series("field_line", Qt.BrushStyle.HorPattern),
}


class Swatch(QWidget):
    """A small square that looks like a piece of a bar."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self._series = series
        self.setFixedSize(scaled(12), scaled(12))

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        self._series.paint(painter, self.rect())


class Picture(QWidget):
    """Bars, of which one may be chosen."""

    # Emitted with the chosen bar in words, or "" when none is.
    told = Signal(str)
    # Emitted with the number of a bar, and of its piece or None, when what it counts is wanted.
    picked = Signal(int, object)

    def __init__(self, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chosen: Place | None = None

    # what each kind of bars does in its own way

    @property
    def count(self) -> int:
        """How many bars there are."""
        raise NotImplementedError

    def words_of(self, place: Place) -> str:
        """A bar, or a piece of it, in words."""
        raise NotImplementedError

    def leads_on(self, place: Place) -> bool:
        """Whether what it counts can be shown."""
        raise NotImplementedError

    def place_at(self, point: QPoint) -> Place | None:
        """What is there."""
        raise NotImplementedError

    def _step(self, key: Qt.Key) -> Place | None:
        """Where a key leads from what is chosen; None where it leads nowhere."""
        raise NotImplementedError

    def _along(self, key: Qt.Key, back: Qt.Key, on: Qt.Key) -> Place | None:
        """Where a key leads along the bars; None for one that leads elsewhere."""
        last = self.count - 1
        at = None if self.chosen is None else self.chosen[0]
        leads = {
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            back: last if at is None else max(0, at - 1),
            on: 0 if at is None else min(at + 1, last),
        }
        return (leads[key], None) if key in leads else None

    def _along_the_line(self, key: Qt.Key) -> Place | None:
        """The same for bars that stand side by side, in the direction of reading."""
        ways = Qt.Key.Key_Left, Qt.Key.Key_Right
        back, on = reversed(ways) if reads_from_right(self) else ways
        return self._along(key, back, on)

    # choosing

    def forget(self) -> None:
        """After the bars have become others."""
        self.choose(None)
        said = [self.words_of((number, None)) for number in range(self.count)]
        self.setAccessibleDescription("\n".join((keys_words(), *said)))
        self.updateGeometry()
        self.update()

    def choose(self, place: Place | None) -> None:
        if place == self.chosen:
            return
        self.chosen = place
        self.tell()
        is_link = place is not None and self.leads_on(place)
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def tell(self) -> None:
        """Say the chosen bar in words."""
        words = "" if self.chosen is None else self.words_of(self.chosen)
        plain.set_tip(self, words)
        self.told.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick()
            return
        place = self._step(key) if self.count else None
        if place is None:
            super().keyPressEvent(event)
            return
        self.choose(place)
        QAccessible.updateAccessibility(
            QAccessibleAnnouncementEvent(self, self.words_of(place))
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.choose(self.place_at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.choose(self.place_at(event.position().toPoint()))
            self._pick()
            event.accept()

    def _pick(self) -> None:
        if self.chosen is not None and self.leads_on(self.chosen):
            self.picked.emit(*self.chosen)

    def leaveEvent(self, event: object) -> None:
        if not self.hasFocus():
            self.choose(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.choose(None)
        self.update()

    # painting

    def paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


def paint_chosen(painter: QPainter, area: QRect) -> None:
    """A frame around the piece that is chosen."""
    painter.setPen(QPen(QColor(theme.current().text), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0, 0, -1, -1))
