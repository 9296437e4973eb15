"""A list of any length as a table, of which only the pages that are looked at are held.

An outline of the list (its length, and where each page ends) is read on the worker; a page is
then read by key when the view comes to it, in a few milliseconds at any depth. Which columns
there are, and how a page is read, is for the tables that are made of this one.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor

from smsdesk.ui import plain, theme
from smsdesk.ui.background import Worker

PAGE = 200
PAGES_HELD = 20

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Outline(Protocol):
    """How long a list is, and the key of the last row of each full page."""

    @property
    def count(self) -> int: ...

    @property
    def ends(self) -> Sequence[Any]: ...


class Rows(Protocol):
    """The rows that were asked for, read on any thread. Never changes: who asks for others makes
    another one."""

    @property
    def search(self) -> str: ...

    def outline(self) -> Outline: ...

    def page(self, after: Any) -> Sequence[Any]:
        """`PAGE` rows from behind a key on; None for the first page."""


_Rows = TypeVar("_Rows", bound=Rows)
_Item = TypeVar("_Item")


class PagedModel(QAbstractTableModel, Generic[_Rows, _Item]):
    """`ask` reads other rows; `look_again` reads the same ones anew after a change."""

    # Emitted when the rows that were asked for are in.
    loaded = Signal()
    # Emitted with the error when they could not be read.
    failed = Signal(object)

    def __init__(
        self,
        rows: _Rows,
        *,
        titles: Sequence[str],
        unreadable: type[Exception],
        worker: Worker,
        parent: QObject | None = None,
    ) -> None:
        """Nothing is read yet. `unreadable` is what reading a page may raise."""
        super().__init__(parent)
        self._wanted = rows
        self._shown = rows
        self._titles = titles
        self._unreadable = unreadable
        self._worker = worker
        self._count = 0
        self._ends: Sequence[Any] = ()
        self._pages: OrderedDict[int, Sequence[_Item]] = OrderedDict()
        self._asked = 0

    @property
    def search(self) -> str:
        """What the rows that are shown were searched for."""
        return self._shown.search

    def ask(self, rows: _Rows) -> None:
        self._wanted = rows
        self.look_again()

    def look_again(self) -> None:
        self._asked += 1
        ticket, wanted = self._asked, self._wanted

        def read() -> tuple[Outline, Sequence[_Item]]:
            return wanted.outline(), wanted.page(None)

        def show(found: tuple[Outline, Sequence[_Item]]) -> None:
            if ticket == self._asked:  # else the person has typed on
                self._replace(wanted, *found)

        self._worker.run(read, show, self.failed.emit)

    def _replace(self, shown: _Rows, outline: Outline, first: Sequence[_Item]) -> None:
        self.beginResetModel()
        self._shown = shown
        self._count, self._ends = outline.count, outline.ends
        self._pages.clear()
        self._pages[0] = first
        self.endResetModel()
        self.loaded.emit()

    def entry(self, row: int) -> _Item | None:
        """What stands in a row; None when it has gone since the list was read."""
        if not 0 <= row < self._count:
            return None
        number, place = divmod(row, PAGE)
        page = self._page(number)
        return page[place] if place < len(page) else None

    def _find(self, key: Any, is_meant: Callable[[_Item], bool]) -> int | None:
        """The row on the page where `key` belongs, if it is there."""
        number = bisect_left(self._ends, key)
        for place, item in enumerate(self._page(number)):
            if is_meant(item):
                return number * PAGE + place
        return None

    def _page(self, number: int) -> Sequence[_Item]:
        if number in self._pages:
            self._pages.move_to_end(number)
            return self._pages[number]
        if number > len(self._ends):
            return ()  # rows went while they were counted; the next news counts them again
        try:
            page: Sequence[_Item] = self._shown.page(self._ends[number - 1] if number else None)
        except self._unreadable:
            return ()  # the next news, or the next search, reads it again
        self._pages[number] = page
        if len(self._pages) > PAGES_HELD:
            self._pages.popitem(last=False)
        return page

    # what a table says of a cell

    def _text(self, item: _Item, column: int) -> str:
        """In one line."""
        raise NotImplementedError

    def _hover(self, item: _Item, column: int) -> str:
        """What is said in full when the mouse rests on it; "" for nothing."""
        raise NotImplementedError

    def _is_quiet(self, item: _Item, column: int) -> bool:
        """Whether it is shown in the colour of what matters less."""
        raise NotImplementedError

    # what the view asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(self._titles[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _ROLES:
            return None
        column, item = index.column(), self.entry(index.row())
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[column]}: {self._text(item, column)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(self._hover(item, column))
        return QBrush(QColor(theme.current().muted)) if self._is_quiet(item, column) else None


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
    }
)
