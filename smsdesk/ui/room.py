"""Measures that follow the size of the letters, which is the platform's to choose, and places
that follow the direction in which the language is read.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLayout, QStyle, QWidget

_USUAL = 14
"""How high a line was, in pixels, when the measures of the window were chosen."""
_LINE = 32
_SHARE = 0.95
"""Of the screen, at most, for a window that grows with the letters."""


def scaled(pixels: int) -> int:
    """As many pixels with letters of the usual size; more with larger ones, never fewer."""
    height = QFontMetrics(QApplication.font()).height()
    return max(pixels, round(pixels * height / _USUAL))


def on_screen(width: int, height: int) -> QSize:
    """A window's size, which grows with the letters, but not beyond the screen."""
    usual = QSize(width, height)
    return QSize(scaled(width), scaled(height)).boundedTo(screen_room()).expandedTo(usual)


def screen_room() -> QSize:
    """What a window may take of the screen at first."""
    return screen() * _SHARE


def screen() -> QSize:
    return QGuiApplication.primaryScreen().availableSize()


def keep_least(window: QWidget, least: QSize) -> None:
    """Keep a window as large as what is in it needs, and at least this; but not larger than the
    screen. Qt lets it become lower than what wrapped words need at its width."""
    layout = window.layout()
    if layout is None:
        return
    least = layout.totalMinimumSize().expandedTo(least)
    if layout.hasHeightForWidth():
        width = max(window.width(), least.width())
        least = least.expandedTo(QSize(0, layout.totalMinimumHeightForWidth(width)))
    least = least.boundedTo(screen())
    if least != window.minimumSize():
        window.setMinimumSize(least)


def with_wrapped(widget: QWidget, least: QSize) -> QSize:
    """The least size of a part whose words and buttons are wrapped. A splitter does not ask how
    high such a part must be at its width."""
    layout = widget.layout()
    if layout is None or not layout.hasHeightForWidth():
        return least
    width = max(widget.width(), least.width())
    return least.expandedTo(QSize(0, layout.totalMinimumHeightForWidth(width)))


def line_height(widget: QWidget) -> int:
    """How high a line to type in is, and what stands beside it."""
    return max(_LINE, widget.fontMetrics().height() + _LINE // 2)


def mirrored(widget: QWidget, place: QRect) -> QRect:
    """Where a part of a widget lies that was reckoned from the left: where one reads from the
    right, as far from the right."""
    return QStyle.visualRect(widget.layoutDirection(), widget.rect(), place)


def set_margins(inside: QLayout | QWidget, start: int, top: int, end: int, bottom: int) -> None:
    """Margins in the direction of reading, in which Qt does not turn them."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        start, end = end, start
    inside.setContentsMargins(start, top, end, bottom)


def reads_from_right(widget: QWidget) -> bool:
    return widget.layoutDirection() is Qt.LayoutDirection.RightToLeft
