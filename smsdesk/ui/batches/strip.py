"""The lines above the list: one for each batch that is running, or has run lately.

What they show is counted elsewhere; a line leads to the page of its batch.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import BatchPhase, Progress
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.batches.pictures import paint_shares
from smsdesk.ui.room import mirrored, scaled, set_margins
from smsdesk.ui.theme import GRID

MOST = 3
_ROOMY = 600
"""In a lower window the list keeps the room of the other lines."""
_SLIM = 4
_ICON = 16
_LEFT = int(
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
)
_ICONS = {
    BatchPhase.UNCONFIRMED: ("circle-pause", "warn"),
    BatchPhase.PAUSED: ("circle-pause", "warn"),
    BatchPhase.SENDING: ("arrow-up-right", "accent"),
    BatchPhase.WAITING: ("clock", "muted"),
    BatchPhase.DONE: ("check", "muted"),
}


class BatchStrip(QFrame):
    """Hidden while there is no batch to tell of."""

    # Emitted with the id of the batch whose line was pressed.
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batches.strip")
        self.setAccessibleName(_("Batches"))
        self._dismissed: set[str] = set()
        self._is_covered = False
        self._lines: dict[str, BatchLine] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID // 2)
        self.hide()

    def show_progress(self, found: Sequence[Progress]) -> None:
        """Lines stay where they are, so that the one with the focus keeps it."""
        most = MOST if self.window().height() >= _ROOMY else 1
        shown = [one for one in found if one.batch.id not in self._dismissed][:most]
        wanted = {one.batch.id for one in shown}
        for batch_id in [one for one in self._lines if one not in wanted]:
            self._remove(batch_id)
        for place, progress in enumerate(shown):
            row = self._lines.get(progress.batch.id)
            if row is None:
                row = self._add(progress)
            if self._layout.indexOf(row) != place:
                self._layout.insertWidget(place, row)
            row.show_progress(progress)
        self._appear()

    def cover(self, is_covered: bool) -> None:
        """Another page is shown in place of the list, and needs the room."""
        self._is_covered = is_covered
        self._appear()

    def _appear(self) -> None:
        self.setVisible(bool(self._lines) and not self._is_covered)

    def lines(self) -> list["BatchLine"]:
        return list(self._lines.values())

    def _add(self, progress: Progress) -> "BatchLine":
        batch_id = progress.batch.id
        row = BatchLine()
        row.clicked.connect(lambda: self.opened.emit(batch_id))
        row.close_button.clicked.connect(lambda: self._dismiss(batch_id))
        self._lines[batch_id] = row
        return row

    def _dismiss(self, batch_id: str) -> None:
        self._dismissed.add(batch_id)
        self._remove(batch_id)
        self._appear()

    def _remove(self, batch_id: str) -> None:
        row = self._lines.pop(batch_id)
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()


class BatchLine(QAbstractButton):
    """The name of a batch and how far it is, in words and as a slim bar; pressed, it opens."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batches.line")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.progress: Progress | None = None
        self.close_button = QToolButton()
        self.close_button.setObjectName("batches.dismiss")
        plain.set_tip(self.close_button, _("Do not show this line any more"))
        icons.dress(self.close_button, "x", "muted")
        inside = QHBoxLayout(self)
        set_margins(inside, 0, GRID // 2, GRID // 2, GRID + GRID // 2)
        inside.addStretch()
        inside.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def show_progress(self, progress: Progress) -> None:
        if progress == self.progress:
            return
        self.progress = progress
        name = plain.visible(wording_batches.batch_name(progress.batch))
        said = wording_batches.progress_sentence(progress)
        self.setAccessibleName(f"{name}: {said}")
        self.close_button.setAccessibleName(_("Dismiss {name}").replace("{name}", name))
        self.close_button.setVisible(progress.phase is BatchPhase.DONE)
        plain.set_tip(self, f"{name}\n{said}")
        self.update()

    @property
    def words(self) -> str:
        """What stands beside the name."""
        return "" if self.progress is None else wording_batches.progress_sentence(self.progress)

    def sizeHint(self) -> QSize:
        height = 2 * self.fontMetrics().height() + _SLIM + 2 * GRID + GRID // 2
        return QSize(320, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(scaled(160), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.progress is None:
            return
        painter = QPainter(self)
        colours = theme.current()
        area = self.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_lit = self.underMouse() or self.isDown()
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else colours.line), 1))
        painter.setBrush(QColor(colours.raised if is_lit else colours.window))
        painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 6, 6)
        inside = area.adjusted(GRID + GRID // 2, GRID // 2 + 2, -GRID - GRID // 2, -GRID)
        self._paint_words(painter, inside, self.progress)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        bar = QRect(inside.left(), inside.bottom() - _SLIM, inside.width(), _SLIM)
        paint_shares(painter, bar, self.progress.outcomes, self.layoutDirection())

    def _paint_words(self, painter: QPainter, inside: QRect, progress: Progress) -> None:
        colours = theme.current()
        bold = plain.sized(self.font(), 0, weight=QFont.Weight.DemiBold)
        height = self.fontMetrics().height()
        first = QRect(inside.left(), inside.top(), inside.width(), height)
        icon, tone = _ICONS[progress.phase]
        scale = self.devicePixelRatioF()
        side = scaled(_ICON)
        picture = icons.picture(icon, getattr(colours, tone), side, scale)
        place = QRect(first.left(), first.top() + (height - side) // 2, side, side)
        painter.drawPixmap(mirrored(self, place).topLeft(), picture)
        first.setLeft(first.left() + side + GRID // 2)
        if not self.close_button.isHidden():
            first.setRight(mirrored(self, self.close_button.geometry()).left() - GRID)
        name = plain.one_line(wording_batches.batch_name(progress.batch))
        painter.setFont(bold)
        painter.setPen(QColor(colours.text))
        metrics = QFontMetrics(bold)
        painter.drawText(
            mirrored(self, first),
            _LEFT,
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, first.width()),
        )
        second = first.translated(0, height + 2)
        painter.setFont(self.font())
        painter.setPen(QColor(colours.muted))
        said = self.fontMetrics().elidedText(
            wording_batches.progress_sentence(progress),
            Qt.TextElideMode.ElideRight,
            second.width(),
        )
        painter.drawText(mirrored(self, second), _LEFT, said)
