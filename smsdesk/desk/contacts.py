"""The address book: whose number that is, who may be meant, and keeping both up to date.

Files of contacts are read and written in `contact_files`. What the window does with a name is
its own affair; it is foreign text.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.contact import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Contact,
    ContactEntry,
    fold,
    tidy,
)
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.store.contacts import (
    Key,
    Merged,
    Outline,
    key_of,
)
from smsdesk.store.errors import NameTakenError, NumberTakenError, StoreError

if TYPE_CHECKING:
    from smsdesk.sms.contact import (
        ContactGroup,
    )
    from smsdesk.store.contacts import (
        ContactBook,
    )

__all__ = [
    "BookError",
    "Completion",
    "ContactError",
    "Contacts",
    "Key",
    "Merged",
    "Outline",
    "key_of",
]

NAMES_KEPT = 20_000
_GROUPS_SHOWN = 3


class ContactError(Exception):
    """A field of a contact or group is wrong; `field` and `code` are for wording."""

    def __init__(self, field: str, code: str, *, taken_by: Contact | None = None) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.taken_by = taken_by


class BookError(Exception):
    """The log could not be read or written; nothing was changed. `code` is a StoreError's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Completion:
    """Somebody, or a group, that may be meant by what was typed."""

    contact: Contact | None = None
    address: str = ""
    """How the contact is called on the channel it is offered for, unless that is its number."""
    group: ContactGroup | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What bringing in entries would do."""

    new: int
    changed: tuple[tuple[Contact, ContactEntry], ...]
    """Numbers that are here under another name or with another note."""
    same: int


class Contacts:
    """The address book of one profile. May be asked from any thread."""

    def __init__(
        self, book: ContactBook, *, on_exported: Callable[[int], None] = lambda _count: None
    ) -> None:
        """`on_exported` is told how many contacts have been written to a file."""
        self.on_exported = on_exported
        self._book = book
        self._lock = threading.Lock()
        self._names: dict[str, str | None] = {}
        self._edition = 0

    # Whose number is that --------------------------------------------------------

    def names_of(self, numbers: Iterable[str]) -> dict[str, str]:
        """The names of those numbers that have one; the rest is left out.

        Remembered until the book changes. Never raises: from a log that cannot be read come no
        names.
        """
        wanted = dict.fromkeys(numbers)
        with self._lock:
            edition, known = self._edition, self._names
            missing = [number for number in wanted if number not in known]
        if missing:
            try:
                found = self._book.names_of(missing)
            except StoreError:
                return {}
            with self._lock:
                if edition == self._edition:  # else it may be an old name already
                    if len(known) > NAMES_KEPT:
                        known.clear()
                    known.update((number, found.get(number)) for number in missing)
        else:
            found = {}
        names = ((number, found.get(number) or known.get(number)) for number in wanted)
        return {number: name for number, name in names if name}

    def forget_answers(self) -> None:
        """The book is another now. Called from any thread."""
        with self._lock:
            self._edition += 1
            self._names = {}

    def find(self, number: str) -> Contact | None:
        """The contact that has this number. Raises BookError."""
        with _told():
            return self._book.find(number)

    # Who may be meant ------------------------------------------------------------

    def complete(self, typed: str, *, limit: int = 8) -> tuple[Completion, ...]:
        """Contacts, then groups, that may be meant by what was typed. Quick; made for every
        keystroke. Raises BookError."""
        if not typed.strip():
            return ()
        with _told():
            groups = self._book.complete_group(typed, limit=_GROUPS_SHOWN)
            contacts = self._book.complete(typed, limit=limit - len(groups))
        return (
            *(Completion(contact=one) for one in contacts),
            *(Completion(group=one) for one in groups),
        )

    def members(self, group: ContactGroup) -> list[Contact]:
        """Everybody in a group, by name. Raises BookError."""
        with _told():
            return self._book.members(group.id)

    # The list --------------------------------------------------------------------

    def page(
        self,
        *,
        search: str = "",
        group: int | None = None,
        after: Key | None = None,
        limit: int = 200,
    ) -> list[Contact]:
        """Contacts by name, from behind `after` on. Raises BookError."""
        with _told():
            return self._book.page(search=search, group=group, after=after, limit=limit)

    def outline(
        self, *, search: str = "", group: int | None = None, size: int = 200
    ) -> Outline:
        """How long the list is, and where its pages end. Raises BookError."""
        with _told():
            return self._book.outline(search=search, group=group, size=size)

    def groups(self) -> list[ContactGroup]:
        """Every group, by name. Raises BookError."""
        with _told():
            return self._book.groups()

    def groups_of(self, contact: Contact) -> tuple[str, ...]:
        """The names of the groups that somebody is in. Raises BookError."""
        with _told():
            return self._book.groups_of(contact.id)

    def groups_of_many(self, contacts: Sequence[Contact]) -> Mapping[int, tuple[str, ...]]:
        """The names of the groups of each, by id. Raises BookError."""
        with _told():
            return self._book.groups_of_many([one.id for one in contacts])

    # Changing it -----------------------------------------------------------------

    def save(
        self,
        contact: Contact | None,
        *,
        name: str,
        number: str,
        note: str = "",
        groups: Sequence[str] = (),
        default_region: str | None,
    ) -> Contact:
        """Enter somebody, or rewrite `contact`. Raises ContactError or BookError."""
        entry = read_entry(
            name=name, number=number, note=note, groups=groups, default_region=default_region
        )
        try:
            with _told():
                if contact is None:
                    return self._book.add(entry)
                if self._book.change(contact.id, entry):
                    return Contact(contact.id, entry.name, entry.number, entry.note)
                return self._book.add(entry)  # erased meanwhile: what was typed is kept
        except NumberTakenError as error:
            raise ContactError("number", "taken", taken_by=error.taken_by) from None

    def erase(self, contacts: Iterable[Contact]) -> int:
        """Remove people and all that the book knows of them; returns how many.

        Raises BookError.
        """
        with _told():
            return self._book.erase(one.id for one in contacts)

    def compare(self, entries: Sequence[ContactEntry]) -> Comparison:
        """What bringing these in would change. Raises BookError."""
        with _told():
            known = self._book.known(entry.number for entry in entries)
        changed = []
        same = 0
        for entry in entries:
            contact = known.get(entry.number)
            if contact is None:
                continue
            is_same = entry.name == contact.name and entry.note in ("", contact.note)
            same += is_same
            if not is_same:
                changed.append((contact, entry))
        return Comparison(len(entries) - same - len(changed), tuple(changed), same)

    def bring_in(
        self,
        entries: Sequence[ContactEntry],
        *,
        replaces: bool,
        go_on: Callable[[], bool] = lambda: True,
    ) -> Merged:
        """Store what a file said, a thousand at a time; may be repeated. Raises BookError."""
        with _told():
            return self._book.merge(entries, replaces=replaces, go_on=go_on)

    # Groups ----------------------------------------------------------------------

    def add_group(self, name: str) -> ContactGroup:
        """Make a group. Raises ContactError or BookError."""
        with _group_told():
            return self._book.add_group(_group_name(name))

    def rename_group(self, group: ContactGroup, name: str) -> bool:
        """Give a group another name; False when it is gone. Raises ContactError or BookError."""
        with _group_told():
            return self._book.rename_group(group.id, _group_name(name))

    def remove_group(self, group: ContactGroup) -> bool:
        """Remove a group; nobody in it is erased. Raises BookError."""
        with _told():
            return self._book.remove_group(group.id)

    def put_in(self, group: ContactGroup, contacts: Iterable[Contact]) -> int:
        """Put people into a group; returns how many are new in it. Raises BookError."""
        with _told():
            return self._book.put_in(group.id, (one.id for one in contacts))

    def take_out(self, group: ContactGroup, contacts: Iterable[Contact]) -> int:
        """Take people out of a group; returns how many were in it. Raises BookError."""
        with _told():
            return self._book.take_out(group.id, (one.id for one in contacts))


def read_entry(
    *,
    name: str,
    number: str,
    note: str = "",
    groups: Iterable[str] = (),
    default_region: str | None,
) -> ContactEntry:
    """What was typed, or read from a file, as an entry. Raises ContactError."""
    kept = tidy(name)
    if not fold(kept):  # nothing in it that can be seen
        raise ContactError("name", "empty")
    if len(kept) > LONGEST_NAME:
        raise ContactError("name", "too_long")
    try:
        found = parse_phone(number, default_region=default_region)
    except PhoneNumberError as error:
        raise ContactError("number", error.problem) from None
    kept_note = tidy(note)
    if len(kept_note) > LONGEST_NOTE:
        raise ContactError("note", "too_long")
    names = dict.fromkeys(_group_name(one) for one in groups if tidy(one))
    return ContactEntry(kept, found.e164, kept_note, tuple(names))


def _group_name(name: str) -> str:
    kept = tidy(name)
    if not fold(kept):
        raise ContactError("group", "empty")
    if len(kept) > LONGEST_NAME:
        raise ContactError("group", "too_long")
    return kept


@contextmanager
def _told() -> Iterator[None]:
    """The store's errors as ours; what somebody else has already is for the caller."""
    try:
        yield
    except (NumberTakenError, NameTakenError):
        raise
    except StoreError as error:
        raise BookError(error.code) from error


@contextmanager
def _group_told() -> Iterator[None]:
    try:
        with _told():
            yield
    except NameTakenError:
        raise ContactError("group", "taken") from None
