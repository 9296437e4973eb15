"""The icon in the system's tray: the program's own, and a mark for what a person ought to know.

What is known is told by the window; here it is only drawn, said, and asked about.
"""

from enum import StrEnum

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain

SIDES = (16, 22, 24, 32, 44, 48, 64)
"""In pixels: what panels ask for, at their usual sizes and doubled."""


class Mark(StrEnum):
    """What the icon says at a glance; the tooltip says it in words."""

    READY = "ready"
    HELD = "held"
    """Nothing is sent: paused, or waiting for a condition."""
    UNREAD = "unread"
    REVIEW = "review"


# A panel may be light or dark whatever the theme is, so a mark brings its own ground, with an
# empty ring around it. Its form tells it apart, and not its colour alone.
_GROUNDS = {
    Mark.HELD: QColor("#5a6472"),
    Mark.UNREAD: QColor("#d92d3a"),
    Mark.REVIEW: QColor("#ffbf3f"),
}
_INK = QColor("#1a1f26")
_BLUE = "#2457d6"
_PLAIN_BELOW = 32
"""In pixels: smaller, the ticks in the program's icon are only a blur, and are left out."""


def is_there_a_tray() -> bool:
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """The icon, its tooltip and its menu."""

    # Emitted when the person wants to see the window.
    show_asked = Signal()
    # Emitted when they want sending to pause, or to go on.
    pause_asked = Signal()
    # Emitted when they want the program to end.
    quit_asked = Signal()
    # Emitted when they have clicked what `say` showed.
    said_clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._mark: Mark | None = None
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu(parent)
        self.menu.setObjectName("tray.menu")
        self.show_action = self.menu.addAction(_("&Show SMS Desk"))
        self.pause_action = self.menu.addAction(_("&Pause sending"))
        self.menu.addSeparator()
        self.quit_action = self.menu.addAction(_("&Quit"))
        self.menu.setDefaultAction(self.show_action)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._hear_click)
        self.icon.messageClicked.connect(self.said_clicked)
        self.show_action.triggered.connect(self.show_asked)
        self.pause_action.triggered.connect(self.pause_asked)
        self.quit_action.triggered.connect(self.quit_asked)
        self.show_state(Mark.READY, (), is_held=False)

    def show_state(self, mark: Mark, lines: tuple[str, ...], *, is_held: bool) -> None:
        if mark is not self._mark:
            self._mark = mark
            self.icon.setIcon(tray_icon(mark))
        said = "\n".join((_("SMS Desk"), *(plain.visible(line) for line in lines)))
        if said != self.icon.toolTip():
            self.icon.setToolTip(said)
        self.pause_action.setText(_("&Resume sending") if is_held else _("&Pause sending"))

    def show(self) -> None:
        self.icon.show()

    def hide(self) -> None:
        self.icon.hide()

    def say(self, title: str, text: str) -> None:
        """A notification of the system's, where the tray is the way to one."""
        self.icon.showMessage(title, text, icons.program_icon())

    def _hear_click(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        clicks = QSystemTrayIcon.ActivationReason
        if reason in (clicks.Trigger, clicks.DoubleClick):
            self.show_asked.emit()


def tray_icon(mark: Mark) -> QIcon:
    drawn = QIcon()
    for side in SIDES:
        drawn.addPixmap(picture(mark, side))
    return drawn


def picture(mark: Mark, side: int) -> QPixmap:
    """The icon in `side` pixels."""
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if side < _PLAIN_BELOW:
        _draw_plain(painter, side)
    else:
        painter.drawPixmap(0, 0, icons.picture("smsdesk", _BLUE, side, 1.0))
    if mark is not Mark.READY:
        _draw_mark(painter, mark, side)
    painter.end()
    return drawn


def _draw_plain(painter: QPainter, side: int) -> None:
    """The program's icon without its ticks, every edge on a whole pixel."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_BLUE))
    painter.drawRoundedRect(QRectF(0, 0, side, side), side * 0.22, side * 0.22)
    edge, top = round(side * 0.19), round(side * 0.22)
    wide, high = side - 2 * edge, round(side * 0.44)
    painter.setBrush(Qt.GlobalColor.white)
    painter.drawRoundedRect(QRectF(edge, top, wide, high), 1.5, 1.5)
    foot, tail = edge + round(side * 0.12), round(side * 0.2)
    painter.drawPolygon(
        [
            QPointF(foot, top + high),
            QPointF(foot + tail, top + high),
            QPointF(foot, top + high + tail),
        ]
    )


def _draw_mark(painter: QPainter, mark: Mark, side: int) -> None:
    """At the lower right, on whole pixels: at 16 a pixel is all there is of a stroke."""
    across = 2 * round(side * 0.31)
    place = QRectF(side - across, side - across, across, across)
    gap = max(1.0, side / 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setBrush(Qt.GlobalColor.black)
    painter.drawEllipse(place.adjusted(-gap, -gap, gap, gap))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    painter.setBrush(_GROUNDS[mark])
    painter.drawEllipse(place)
    stroke = max(2, 2 * round(across / 10))
    if mark is Mark.HELD:
        painter.setBrush(Qt.GlobalColor.white)
        high = 2 * round(across * 0.27)
        top, left = place.center().y() - high / 2, place.center().x() - 1.5 * stroke
        painter.drawRect(QRectF(left, top, stroke, high))
        painter.drawRect(QRectF(left + 2 * stroke, top, stroke, high))
    elif mark is Mark.REVIEW:
        painter.setBrush(_INK)
        high, space = round(across * 0.36), max(1, stroke // 2)
        top = place.center().y() - (high + space + stroke) // 2
        left = place.center().x() - stroke / 2
        painter.drawRect(QRectF(left, top, stroke, high))
        painter.drawRect(QRectF(left, top + high + space, stroke, stroke))
