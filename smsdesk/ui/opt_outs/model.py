"""The opt-out list as a table: of any length, but only the pages that are looked at are held.

An outline of the list (its length, and where each page ends) is read on the worker; a page is
then read by key when the view comes to it, in a few milliseconds at any depth.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.opt_outs import Key, OptOuts, OptOutStoreError, Outline, key_of
from smsdesk.sms.suppression import ALL_SENDERS, Suppression
from smsdesk.system.i18n import _
from smsdesk.ui import plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.numbers import show_number

PAGE = 200
PAGES_HELD = 20
NUMBER, SENDER, SINCE, WHY = range(4)

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class OptOutModel(QAbstractTableModel):
    """`show` reads the list, or what a search leaves of it; `look_again` follows a change."""

    # Emitted when the rows of a search, or the list anew, are in.
    loaded = Signal()
    # Emitted with the error when they could not be read.
    failed = Signal(object)

    def __init__(
        self, opt_outs: OptOuts, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._opt_outs = opt_outs
        self._worker = worker
        self._search = ""
        self._shown_search = ""
        self._outline = Outline(0, ())
        self._pages: OrderedDict[int, Sequence[Suppression]] = OrderedDict()
        self._asked = 0
        self._titles = (_("Number"), _("Sender"), _("Since"), _("Why"))

    @property
    def search(self) -> str:
        """What the rows that are shown were searched for."""
        return self._shown_search

    def show(self, search: str) -> None:
        self._search = search.strip()
        self.look_again()

    def look_again(self) -> None:
        self._asked += 1
        ticket, search, opt_outs = self._asked, self._search, self._opt_outs

        def read() -> tuple[Outline, list[Suppression]]:
            return opt_outs.outline(search=search, size=PAGE), opt_outs.page(
                search=search, limit=PAGE
            )

        def show(found: tuple[Outline, list[Suppression]]) -> None:
            if ticket == self._asked:  # else the person has typed on
                self._replace(search, *found)

        self._worker.run(read, show, self.failed.emit)

    def _replace(self, search: str, outline: Outline, first: list[Suppression]) -> None:
        self.beginResetModel()
        self._shown_search = search
        self._outline = outline
        self._pages.clear()
        self._pages[0] = first
        self.endResetModel()
        self.loaded.emit()

    def entry(self, row: int) -> Suppression | None:
        """The entry of a row; None when it has gone since the list was read."""
        if not 0 <= row < self._outline.count:
            return None
        number, place = divmod(row, PAGE)
        page = self._page(number)
        return page[place] if place < len(page) else None

    def row_of(self, key: Key) -> int | None:
        """Where an entry is, if it is there."""
        number = bisect_left(self._outline.ends, key)
        for place, entry in enumerate(self._page(number)):
            if key_of(entry) == key:
                return number * PAGE + place
        return None

    def _page(self, number: int) -> Sequence[Suppression]:
        if number in self._pages:
            self._pages.move_to_end(number)
            return self._pages[number]
        after = self._outline.ends[number - 1] if number else None
        try:
            page = self._opt_outs.page(search=self._shown_search, after=after, limit=PAGE)
        except OptOutStoreError:
            return ()  # the next news, or the next search, reads it again
        self._pages[number] = page
        if len(self._pages) > PAGES_HELD:
            self._pages.popitem(last=False)
        return page

    # what the view asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._outline.count

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
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role not in _ROLES:
            return None
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(entry, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[index.column()]}: {_shown(entry, index.column())}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(_hover(entry, index.column()))
        is_quiet = index.column() == SINCE or (
            index.column() == SENDER and entry.sender == ALL_SENDERS
        )
        return QBrush(QColor(theme.current().muted)) if is_quiet else None


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
    }
)


def _shown(entry: Suppression, column: int) -> str:
    if column == NUMBER:
        return plain.one_line(show_number(entry.number))
    if column == SENDER:
        return plain.one_line(wording_opt_outs.sender_word(_sender(entry)))
    if column == SINCE:
        return short_time(entry.since, now=datetime.now(UTC))
    return plain.one_line(wording_opt_outs.reason_sentence(entry))


def _sender(entry: Suppression) -> str:
    return show_number(entry.sender) if entry.sender.startswith("+") else entry.sender


def _hover(entry: Suppression, column: int) -> str:
    if column == SINCE:
        return whole_time(entry.since)
    return wording_opt_outs.reason_sentence(entry) if column == WHY else ""
