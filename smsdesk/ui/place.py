"""Where a window was on the screens, for each set-up of them: at the desk with two monitors it
comes back to its place there, and on the laptop alone to its place on that.

What is kept is for the settings to keep. Wayland places windows itself; there it is their size.
"""

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

SETUPS_KEPT = 8
"""A laptop that is carried around meets a few; the rest are forgotten, the oldest first."""

_FRAME = QSize(8, 40)
"""For borders and title, of which nothing is known before the window is there."""

_NEWEST = "window"
"""The key of the place that the window had last, whatever the screens were."""
_OF_A_SETUP = "window at "


def restore(window: QWidget, kept: Mapping[str, str], *, first_size: QSize) -> None:
    """Put the window where it was when these screens were there, or else where it was last; a
    first window gets its first size. In any case it is seen whole."""
    room = QGuiApplication.primaryScreen().availableSize() - _FRAME
    window.resize(first_size.boundedTo(room))
    place = kept.get(_OF_A_SETUP + _setup(), kept.get(_NEWEST, ""))
    window.restoreGeometry(QByteArray.fromBase64(place.encode("ascii", "ignore")))
    keep_on_screen(window)


def remembered(window: QWidget, kept: Mapping[str, str]) -> dict[str, str]:
    """What is to be kept from now on: this set-up's place, and those of others."""
    place = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    now = _OF_A_SETUP + _setup()
    others = [key for key in kept if key.startswith(_OF_A_SETUP) and key != now]
    places = {key: kept[key] for key in others[-(SETUPS_KEPT - 1) :]}
    return {**places, now: place, _NEWEST: place}


def keep_on_screen(window: QWidget) -> None:
    """Bring back what lies beside all screens, or is larger than its own."""
    if window.isMaximized() or window.isFullScreen():
        return
    frame, inner = window.frameGeometry(), window.geometry()
    fitted = fit(frame, [screen.availableGeometry() for screen in QGuiApplication.screens()])
    if fitted != frame:
        window.resize(inner.size() + fitted.size() - frame.size())
        window.move(fitted.topLeft())


def fit(frame: QRect, screens: list[QRect]) -> QRect:
    """The frame, moved and made smaller as far as it takes to lie on one of the screens: the one
    that shows most of it, or the first."""

    def shown(screen: QRect) -> int:
        part = screen.intersected(frame)
        return part.width() * part.height()

    screen = max(screens, key=shown)
    size = frame.size().boundedTo(screen.size())
    left = min(max(frame.left(), screen.left()), screen.left() + screen.width() - size.width())
    top = min(max(frame.top(), screen.top()), screen.top() + screen.height() - size.height())
    return QRect(left, top, size.width(), size.height())


def _setup() -> str:
    """All screens by size and place, such as "1920x1080+0+0 2560x1440+1920+0"."""
    places = [screen.geometry() for screen in QGuiApplication.screens()]
    words = (f"{p.width()}x{p.height()}{p.x():+d}{p.y():+d}" for p in places)
    return " ".join(sorted(words))
