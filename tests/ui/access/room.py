"""Finds in a place what has no room: words that are cut off, neighbours that overlap, and what
lies outside the part it belongs to.

What is cut by design is told whole in a tooltip, or is scrolled to.
"""

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QSizeGrip,
    QSplitterHandle,
    QTabBar,
    QWidget,
)

from smsdesk.ui.plain import ElidedLabel

_ARROW = 36
"""What a combo box needs beside its words, in pixels."""
_BESIDE = (QMenu, QScrollBar, QSizeGrip, QSplitterHandle)
"""Lie over other parts; Qt places them."""


def faults(place: QWidget, screen: QSize) -> list[str]:
    """Each of them in words: which part, and what is wrong with it."""
    shown = parts(place)
    found = [f"{called(part)}: {fault}" for part in shown for fault in cut(part)]
    found += overlaps(shown)
    found += lost(shown)
    if place.size().expandedTo(screen) != screen:
        found.append(f"{of_size(place.size())} is larger than the screen")
    return found


def parts(place: QWidget) -> list[QWidget]:
    """Every part of the place that is shown."""
    return [
        part
        for part in place.findChildren(QWidget)
        if part.isVisible()
        and part.window() is place.window()
        and not part.objectName().startswith("qt_scrollarea_")
        and not isinstance(part, _BESIDE)
    ]


def called(part: QWidget) -> str:
    """The name of the part, and of what it lies in."""
    around = None if part.isWindow() else part.parentWidget()
    name = part.objectName() or type(part).__name__
    return f"{name} in {around.objectName() or type(around).__name__}" if around else name


def of_size(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"


def cut(part: QWidget) -> Iterator[str]:
    """What of the part cannot be seen."""
    match part:
        case ElidedLabel():
            if not part.toolTip():
                yield from _short(part.text(), part.size(), part.sizeHint())
        case QLabel():
            yield from _cut_label(part) if part.text() else ()
        case QAbstractButton():
            yield from _short(part.text(), part.size(), part.sizeHint()) if part.text() else ()
        case QComboBox():
            words = "" if part.isEditable() else part.currentText()
            width = part.fontMetrics().horizontalAdvance(words) + _ARROW
            yield from _short(words, part.size(), QSize(width, part.sizeHint().height()))
        case QLineEdit():
            yield from _cut_line(part)
        case QTabBar():
            for n in range(part.count()):
                is_whole = part.rect().contains(part.tabRect(n)) or part.usesScrollButtons()
                if part.isTabVisible(n) and not is_whole:
                    yield f"the tab {part.tabText(n)!r} is cut"
        case QHeaderView():
            yield from _cut_titles(part)
        case QAbstractScrollArea():
            pass
        case _:
            yield from _short("", part.size(), _least(part))


def _short(words: str, has: QSize, needs: QSize) -> Iterator[str]:
    if needs.width() > has.width() or needs.height() > has.height():
        yield f"{words!r} has {of_size(has)} and needs {of_size(needs)}"


def _cut_label(label: QLabel) -> Iterator[str]:
    has = label.size()
    if not label.wordWrap():
        yield from _short(label.text(), has, label.sizeHint())
        return
    words = label.text().replace("\u200b", " ").split()
    widest = max(label.fontMetrics().horizontalAdvance(word) for word in words)
    yield from _short(label.text(), has, QSize(widest, label.heightForWidth(has.width())))


def _cut_line(line: QLineEdit) -> Iterator[str]:
    measure, inside = line.fontMetrics(), line.contentsRect().size()
    hint = "" if line.text() or line.toolTip() else line.placeholderText()
    yield from _short(hint, inside, QSize(measure.horizontalAdvance(hint), measure.height()))


def _cut_titles(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if header.orientation() is not Qt.Orientation.Horizontal or model is None:
        return
    for n in range(header.count()):
        needs = header.sectionSizeFromContents(n).width()
        tip = model.headerData(n, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        if not header.isSectionHidden(n) and needs > header.sectionSize(n) and not tip:
            title = model.headerData(n, Qt.Orientation.Horizontal)
            yield f"the title {title!r} has {header.sectionSize(n)} and needs {needs}"


def _least(part: QWidget) -> QSize:
    """What it says it needs; a side that was set for it is not its own to say."""
    needs = part.minimumSizeHint()
    if part.minimumWidth():
        needs.setWidth(part.minimumWidth())
    if part.minimumHeight():
        needs.setHeight(part.minimumHeight())
    return needs


def overlaps(shown: list[QWidget]) -> Iterator[str]:
    families: dict[QWidget | None, list[QWidget]] = {}
    for part in shown:
        families.setdefault(part.parentWidget(), []).append(part)
    for family in families.values():
        for one, other in combinations(family, 2):
            both = one.geometry() & other.geometry()
            if both.width() > 1 and both.height() > 1:
                yield f"{called(one)} and {called(other)} overlap by {of_size(both.size())}"


def lost(shown: list[QWidget]) -> Iterator[str]:
    for part in shown:
        around = part.parentWidget()
        assert around is not None
        area = around.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is around:
            sideways = area.horizontalScrollBar().maximum()
            if sideways and not isinstance(part, QHeaderView):
                yield f"{called(area)} scrolls sideways by {sideways}"
        elif not around.rect().adjusted(-1, -1, 1, 1).contains(part.geometry()):
            # by one pixel, Qt's own splitter is wrong where one reads from the right
            yield f"{called(part)} lies outside"
