"""Icons of one family (Lucide), drawn in a colour of the scheme in use.

Which icon stands for which state or act is decided by whoever shows it.
"""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from smsdesk.system.paths import resource
from smsdesk.ui import theme
from smsdesk.ui.room import scaled

_SCALES = (1.0, 2.0, 3.0)
_GAP = 4
"""Between an icon and the words of its button, in pixels; Qt leaves almost none."""


@cache
def picture(name: str, colour: str, side: int, scale: float) -> QPixmap:
    """The icon as a square of `side` pixels at `scale`, its strokes in `colour`."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour.encode())))
    pixels = round(side * scale)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def icon(name: str, colour: str, side: int = 16, *, gap: int = 0) -> QIcon:
    """The icon, with `gap` empty pixels on the side of the words."""
    drawn = QIcon()
    for scale in _SCALES:
        square = picture(name, colour, side, scale)
        wide = QPixmap(round((side + gap) * scale), round(side * scale))
        wide.fill(Qt.GlobalColor.transparent)
        wide.setDevicePixelRatio(scale)
        painter = QPainter(wide)
        is_after = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
        painter.drawPixmap(gap if is_after else 0, 0, square)
        painter.end()
        drawn.addPixmap(wide)
    return drawn


def dress(button: QAbstractButton, name: str, tone: str = "text", side: int = 16) -> None:
    """Give the button an icon that follows the scheme, and is as much larger as the letters are;
    `tone` names a colour of `Colours`."""
    gap = _GAP if button.text() else 0
    button.setProperty("icon_name", name)
    button.setProperty("icon_tone", tone)
    button.setProperty("icon_side", side)
    drawn = scaled(side)
    button.setIconSize(QSize(drawn + gap, drawn))
    button.setIcon(icon(name, getattr(theme.current(), tone), drawn, gap=gap))


def undress(button: QAbstractButton) -> None:
    """Take the button's icon away, for good."""
    button.setProperty("icon_name", "")
    button.setIcon(QIcon())


def dress_again() -> None:
    """Draw every button's icon anew, after the scheme has changed."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QAbstractButton) and (name := widget.property("icon_name")):
            dress(widget, name, widget.property("icon_tone"), widget.property("icon_side"))


def program_icon() -> QIcon:
    drawn = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        drawn.addPixmap(picture("smsdesk", "#2457d6", side, 1.0))
    return drawn


@cache
def _source(name: str) -> bytes:
    return resource(f"icons/{name}.svg").read_bytes()
