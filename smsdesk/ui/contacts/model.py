"""The address book as a table: of any length, but only the pages that are looked at are held.

An outline of the list (its length, and where each page ends) is read on the worker; a page is
then read by key when the view comes to it, in a few milliseconds at any depth.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor

from smsdesk.desk.contacts import BookError, Contacts, Outline, key_of
from smsdesk.sms.contact import Contact
from smsdesk.system.i18n import _
from smsdesk.ui import plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.numbers import show_number

PAGE = 200
PAGES_HELD = 20
NAME, NUMBER, NOTE = range(3)

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ContactsModel(QAbstractTableModel):
    """`show` reads the list, or what a search and a group leave of it; `look_again` follows a
    change."""

    # Emitted when the rows of a search, or the list anew, are in.
    loaded = Signal()
    # Emitted with the error when they could not be read.
    failed = Signal(object)

    def __init__(
        self, contacts: Contacts, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._worker = worker
        self._wanted: tuple[str, int | None] = ("", None)
        self._shown: tuple[str, int | None] = ("", None)
        self._outline = Outline(0, ())
        self._pages: OrderedDict[int, Sequence[Contact]] = OrderedDict()
        self._asked = 0
        self._titles = (_("Name"), _("Number"), _("Note"))

    @property
    def search(self) -> str:
        """What the rows that are shown were searched for."""
        return self._shown[0]

    @property
    def group(self) -> int | None:
        """The group whose members are shown; None for everybody."""
        return self._shown[1]

    def show(self, search: str, group: int | None) -> None:
        self._wanted = (search.strip(), group)
        self.look_again()

    def look_again(self) -> None:
        self._asked += 1
        ticket, (search, group), contacts = self._asked, self._wanted, self._contacts

        def read() -> tuple[Outline, list[Contact]]:
            outline = contacts.outline(search=search, group=group, size=PAGE)
            return outline, contacts.page(search=search, group=group, limit=PAGE)

        def show(found: tuple[Outline, list[Contact]]) -> None:
            if ticket == self._asked:  # else the person has typed on
                self._replace((search, group), *found)

        self._worker.run(read, show, self.failed.emit)

    def _replace(
        self, shown: tuple[str, int | None], outline: Outline, first: list[Contact]
    ) -> None:
        self.beginResetModel()
        self._shown = shown
        self._outline = outline
        self._pages.clear()
        self._pages[0] = first
        self.endResetModel()
        self.loaded.emit()

    def contact(self, row: int) -> Contact | None:
        """The contact of a row; None when it has gone since the list was read."""
        if not 0 <= row < self._outline.count:
            return None
        number, place = divmod(row, PAGE)
        page = self._page(number)
        return page[place] if place < len(page) else None

    def row_of(self, contact: Contact) -> int | None:
        """Where somebody is, if they are there."""
        number = bisect_left(self._outline.ends, key_of(contact))
        for place, one in enumerate(self._page(number)):
            if one.id == contact.id:
                return number * PAGE + place
        return None

    def _page(self, number: int) -> Sequence[Contact]:
        if number in self._pages:
            self._pages.move_to_end(number)
            return self._pages[number]
        search, group = self._shown
        after = (
            self._outline.ends[number - 1] if 0 < number <= len(self._outline.ends) else None
        )
        try:
            page = self._contacts.page(search=search, group=group, after=after, limit=PAGE)
        except BookError:
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
        contact = self.contact(index.row())
        if contact is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _shown(contact, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._titles[index.column()]}: {_shown(contact, index.column())}"
        if role == Qt.ItemDataRole.ToolTipRole:
            hover = {NAME: contact.name, NOTE: contact.note}.get(index.column(), "")
            return plain.tip(hover)
        return QBrush(QColor(theme.current().muted)) if index.column() == NOTE else None


_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
    }
)


def _shown(contact: Contact, column: int) -> str:
    if column == NAME:
        return plain.one_line(contact.name)
    if column == NUMBER:
        return plain.one_line(show_number(contact.number))
    return plain.one_line(contact.note) if contact.note else ""
