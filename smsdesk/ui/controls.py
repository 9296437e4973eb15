"""Small controls that Qt's style sheets cannot draw by themselves, or that come with a habit."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QHeaderView,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from smsdesk.ui import icons, theme
from smsdesk.ui.room import mirrored, scaled
from smsdesk.ui.theme import GRID

_ARROW = 14
_ARROW_ROOM = 8
"""What our arrow takes more than the one that Qt leaves room for."""
_TICK = 12

STILL_THERE = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""A field loses the focus for these reasons although the person has not left it."""


class ComboBox(QComboBox):
    """A combo box with our arrow. The wheel scrolls the page below it, never its value."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrow(self, 9)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DateEdit(QDateEdit):
    """A date with a calendar behind our arrow."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrow(self, 9)


class DropButton(QPushButton):
    """A button that opens the menu `drop`, with our arrow."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.setProperty("drops", True)
        self.drop = QMenu(self)
        self.setMenu(self.drop)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(scaled(_ARROW) - _ARROW + scaled(_ARROW_ROOM), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrow(self, 10)


class ClippedDelegate(QStyledItemDelegate):
    """Draws each cell within its own place: heaps of marks must not reach the neighbours."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.save()
        painter.setClipRect(option.rect, Qt.ClipOperation.IntersectClip)
        super().paint(painter, option, index)
        painter.restore()


class CheckBox(QCheckBox):
    """A check box with our tick, in the colour that its ground asks for."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.isChecked():
            return
        from PySide6.QtWidgets import QStyle  # start-up time: it has many enumerations

        option = QStyleOptionButton()
        self.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        box = self.style().subElementRect(part, option, self)
        side = scaled(_TICK)
        tick = icons.picture("check", theme.current().on_accent, side, self.devicePixelRatioF())
        corner = box.center() - QRect(0, 0, side, side).center()
        QPainter(self).drawPixmap(corner, tick)


def fit_column(columns: QHeaderView, column: int, widest: str) -> None:
    """Have a column as wide as such a text, and as its title."""
    columns.ensurePolished()
    width = columns.fontMetrics().horizontalAdvance(widest) + 3 * GRID
    columns.resizeSection(column, max(width, columns.sectionSizeHint(column)))


def _paint_arrow(widget: QWidget, edge: int) -> None:
    """Where a line ends, so many pixels from the edge."""
    colours, side = theme.current(), scaled(_ARROW)
    colour = colours.text if widget.isEnabled() else colours.field_line
    arrow = icons.picture("chevron-down", colour, side, widget.devicePixelRatioF())
    place = QRect(widget.width() - side - edge, (widget.height() - side) // 2, side, side)
    QPainter(widget).drawPixmap(mirrored(widget, place).topLeft(), arrow)


def push_button(title: str, name: str, *, small: bool = False) -> QPushButton:
    """A button of a page or dialog in which Enter presses none by itself."""
    button = QPushButton(title)
    button.setObjectName(name)
    button.setAccessibleName(title.replace("&", "").rstrip("…"))
    button.setAutoDefault(False)
    if small:
        button.setProperty("small", True)
    return button
