"""One recipient in the To field: the country, the name or number, a cross to remove it.

What is wrong with a recipient is told by the desk's sentences; a chip only shows that and which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from smsdesk.desk import wording
from smsdesk.desk.wording_places import country_name
from smsdesk.sms.message import Problem
from smsdesk.system.i18n import _
from smsdesk.ui import icons, names, plain, theme
from smsdesk.ui.room import mirrored, reads_from_right, scaled

if TYPE_CHECKING:
    from smsdesk.sms.recipients import RecipientEntry

_CROSS = 12
_PADDING = 8
_LONGEST = 320


def chip_height(widget: QWidget) -> int:
    """How high a chip in the widget's font is."""
    return widget.fontMetrics().height() + _PADDING


def problem_of(entry: RecipientEntry) -> Problem | None:
    """What is wrong with, or odd about, this recipient."""
    if entry.problem is not None:
        return Problem(field="to", input=entry.input, code=entry.problem.value)
    if entry.is_duplicate:
        return Problem(field="to", input=entry.input, code="duplicate", is_warning=True)
    return None


class Chip(QAbstractButton):
    """A small flat button. Delete, Backspace and the cross remove it; Enter edits it."""

    # Emitted when the person wants this recipient gone; True if the next chip is to be
    # the current one, False for the one before.
    removed = Signal(bool)
    # Emitted when the person wants to type the recipient anew.
    edited = Signal()
    # Emitted when the person wants to give the number a name, or another one.
    contact_asked = Signal()
    # Emitted with -1 or +1 when the person walks to the neighbour.
    walked = Signal(int)

    def __init__(self, entry: RecipientEntry, parent: QWidget) -> None:
        super().__init__(parent)
        self.entry = entry
        problem = problem_of(entry)
        self._is_wrong = entry.address is None
        self._is_odd = problem is not None and not self._is_wrong
        region = entry.number.region if entry.number else None
        self._country = region or ""
        self.name = names.name_of(entry.address) if entry.address else ""
        shown = entry.number.international if entry.number else entry.input
        self._shown = plain.one_line(self.name or shown)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

        facts = [country_name(region)] if region else []
        if problem is not None:
            facts.append(wording.problem_sentence(problem))
        if self.name:
            facts.insert(0, shown)
            shown = self.name
        self.setAccessibleName(", ".join([plain.visible(shown), *facts]))
        self.setAccessibleDescription(_("Delete removes this recipient, Enter edits it."))
        plain.set_tip(self, "\n".join([shown, *facts]))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._shown) + 2 * _PADDING + 6 + scaled(_CROSS)
        if self._country:
            width += metrics.horizontalAdvance(self._country) + 6
        return QSize(min(width, scaled(_LONGEST)), chip_height(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        ink, ground = colours.text, colours.raised
        if self._is_wrong:
            ink, ground = colours.bad, colours.bad_ground
        elif self._is_odd:
            ink, ground = colours.warn, colours.warn_ground
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(QColor(colours.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen
        painter.setPen(edge)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 5, 5)

        side = scaled(_CROSS)
        room = self.rect().adjusted(_PADDING, 0, -(_PADDING + side + 6), 0)
        if self._country:
            painter.setPen(QColor(ink if self._is_odd else colours.muted))
            painter.drawText(mirrored(self, room), Qt.AlignmentFlag.AlignVCenter, self._country)
            room.setLeft(
                room.left() + painter.fontMetrics().horizontalAdvance(self._country) + 6
            )
        painter.setPen(QColor(ink))
        shown = painter.fontMetrics().elidedText(
            self._shown, Qt.TextElideMode.ElideRight, room.width() + 1
        )
        room = mirrored(self, room.adjusted(0, 0, 2, 0))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        cross = icons.picture("x", ink, side, self.devicePixelRatioF())
        painter.drawPixmap(self._cross().topLeft(), cross)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._cross().adjusted(-6, -6, 6, 6).contains(event.position().toPoint()):
            self.removed.emit(True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edited.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Delete:
                self.removed.emit(True)
            case Qt.Key.Key_Backspace:
                self.removed.emit(False)
            case Qt.Key.Key_Up:
                self.walked.emit(-1)
            case Qt.Key.Key_Down:
                self.walked.emit(+1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
                is_on = (key == Qt.Key.Key_Right) != reads_from_right(self)
                self.walked.emit(+1 if is_on else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_F2 if not event.modifiers():
                self.edited.emit()
            case _:
                super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setObjectName("compose.to.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.entry.number is not None:
            title = _("Edit &contact…") if self.name else _("Save as &contact…")
            menu.addAction(title, self.contact_asked.emit)
        menu.addAction(_("&Edit"), self.edited.emit)
        menu.addAction(_("&Remove"), lambda: self.removed.emit(True))
        menu.popup(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _cross(self) -> QRect:
        side = scaled(_CROSS)
        top = (self.height() - side) // 2
        place = QRect(QPoint(self.width() - _PADDING - side, top), QSize(side, side))
        return mirrored(self, place)
