"""A layout that sets its items in lines, like words, and starts a new line where one is full."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QStyle, QWidget


class FlowLayout(QLayout):
    """Items keep their size hints; one that may expand takes the rest of its line."""

    def __init__(self, parent: QWidget, *, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._around = parent

    def insert(self, position: int, widget: QWidget) -> None:
        self.addWidget(widget)
        self._items.insert(position, self._items.pop())

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem:
        # Qt walks until it gets nothing; its stubs know no "nothing"
        return self._items[index] if 0 <= index < len(self._items) else None  # type: ignore[return-value]

    def takeAt(self, index: int) -> QLayoutItem:
        return self._items.pop(index) if 0 <= index < len(self._items) else None  # type: ignore[return-value]

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), is_trial=True)

    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._arrange(area, is_trial=False)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        margins = self.contentsMargins()
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size.grownBy(margins)

    def _arrange(self, area: QRect, *, is_trial: bool) -> int:
        inside = area.marginsRemoved(self.contentsMargins())
        direction = self._around.layoutDirection()
        x, y, line_height = inside.x(), inside.y(), 0
        line: list[tuple[QLayoutItem, QRect]] = []
        for item in self._items:
            if item.isEmpty():  # hidden
                continue
            hint = item.sizeHint()
            if x > inside.x() and x + hint.width() > inside.right() + 1:
                _set_line(line, line_height)
                x, y, line_height = inside.x(), y + line_height + self._gap, 0
            width = min(hint.width(), inside.width())
            if item.expandingDirections() & Qt.Orientation.Horizontal:
                width = inside.right() + 1 - x
            if not is_trial:
                place = QRect(QPoint(x, y), QSize(width, hint.height()))
                line.append((item, QStyle.visualRect(direction, inside, place)))
            x += width + self._gap
            line_height = max(line_height, hint.height())
        _set_line(line, line_height)
        return y + line_height + self.contentsMargins().bottom() - area.y()


def _set_line(line: list[tuple[QLayoutItem, QRect]], height: int) -> None:
    """Put the items of a line side by side, all at its middle; and begin with an empty one."""
    for item, place in line:
        item.setGeometry(place.translated(0, (height - place.height()) // 2))
    line.clear()


def may_expand(widget: QWidget) -> None:
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def flowing(parts: Iterable[QWidget], *, gap: int) -> QWidget:
    """A widget with these in lines."""
    row = QWidget()
    flow = FlowLayout(row, gap=gap)
    flow.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        flow.addWidget(part)
    return row
