"""The address book as a table: its columns, and how a page of it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from smsdesk.desk.contacts import BookError, Contacts, Key, Outline, key_of
from smsdesk.sms.contact import Contact
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.numbers import show_number
from smsdesk.ui.paged_model import PAGE, PagedModel

NAME, NUMBER, NOTE = range(3)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Who is left by a search, of a group or of everybody."""

    contacts: Contacts
    search: str = ""
    group: int | None = None

    def outline(self) -> Outline:
        return self.contacts.outline(search=self.search, group=self.group, size=PAGE)

    def page(self, after: Key | None) -> list[Contact]:
        return self.contacts.page(search=self.search, group=self.group, after=after, limit=PAGE)


class ContactsModel(PagedModel[_Rows, Contact]):
    """`show` reads the list, or what a search and a group leave of it; `look_again` follows a
    change."""

    def __init__(
        self, contacts: Contacts, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(
            _Rows(contacts),
            titles=(_("Name"), _("Number"), _("Note")),
            unreadable=BookError,
            worker=worker,
            parent=parent,
        )

    @property
    def group(self) -> int | None:
        """The group whose members are shown; None for everybody."""
        return self._shown.group

    def show(self, search: str, group: int | None) -> None:
        self.ask(replace(self._wanted, search=search.strip(), group=group))

    def row_of(self, contact: Contact) -> int | None:
        """Where somebody is, if they are there."""
        return self._find(key_of(contact), lambda one: one.id == contact.id)

    def _text(self, item: Contact, column: int) -> str:
        if column == NAME:
            return plain.one_line(item.name)
        if column == NUMBER:
            return plain.one_line(show_number(item.number))
        return plain.one_line(item.note) if item.note else ""

    def _hover(self, item: Contact, column: int) -> str:
        return {NAME: item.name, NOTE: item.note}.get(column, "")

    def _is_quiet(self, item: Contact, column: int) -> bool:
        return column == NOTE
