"""Files of contacts: lists from elsewhere are read entry by entry, and ours is written whole.

CSV as spreadsheets and the large address books export it, and vCard; how a card is read is in
`vcards`. Nothing is stored here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from smsdesk.desk.contacts import ContactError, Contacts, key_of, read_entry
from smsdesk.desk.sheets.reading import read_bytes
from smsdesk.desk.sheets.table import Row, SheetError
from smsdesk.desk.sheets.text_tables import TextTable
from smsdesk.desk.sheets.writing import harmless, whole_file, write_csv
from smsdesk.desk.vcards import BadCard, looks_like_cards, read_cards, write_cards
from smsdesk.sms.contact import LONGEST_NOTE, ContactEntry, tidy

LARGEST_FILE_BYTES = 20_000_000
COLUMNS = ("name", "number", "note", "groups")
_OWN_CODES = {"missing": "unreadable", "not_a_file": "unreadable", "nul": "not_text"}
_SHOWN = 100


class ContactFileError(Exception):
    """A file of contacts cannot be read or written; `code` is for wording, `line` where."""

    def __init__(self, code: str, path: Path, line: int | None = None) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path
        self.line = line


class NotWantedError(Exception):
    """Nobody wants the file any more."""


@dataclass(frozen=True, slots=True)
class BadEntry:
    """A line of a table, or a number of a card, that was left out; `line` is where it stands."""

    line: int
    text: str
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class ContactFile:
    """What a file would bring in, before anything is stored."""

    entries: tuple[ContactEntry, ...]
    bad: tuple[BadEntry, ...]
    repeated: int
    """Numbers that stand earlier in the file; the first name counts."""
    without_number: int
    """People of whom the file knows no number at all."""
    several: int
    """People who come in more than once, since they have more than one number."""
    is_cards: bool


def read_file(
    path: Path,
    *,
    default_region: str | None,
    go_on: Callable[[], bool] = lambda: True,
) -> ContactFile:
    """What a file would bring in. Slow for a large one.

    Raises ContactFileError, or NotWantedError once `go_on` says no.
    """
    try:
        table = TextTable(read_bytes(path, at_most=LARGEST_FILE_BYTES), path)
        is_cards = looks_like_cards(table.head)
        people = _people_of_cards(table.text()) if is_cards else _people_of_table(table.rows())
        return _gather(people, default_region=default_region, go_on=go_on, is_cards=is_cards)
    except SheetError as error:
        code = _OWN_CODES.get(error.code, error.code)
        raise ContactFileError(code, path, error.place) from None


def write_file(contacts: Contacts, path: Path, *, group: int | None = None) -> int:
    """Write the book, or one group of it, as vCard if `path` ends in ".vcf", else as CSV;
    readable by this user only. Returns how many contacts.

    The file is there whole or not at all. Raises ContactFileError or BookError.
    """
    entries = _entries(contacts, group)
    try:
        if path.suffix.casefold() == ".vcf":
            count = _write_cards(path, entries)
        else:
            count = write_csv(path, chain([COLUMNS], map(_as_cells, entries))) - 1
    except SheetError as error:
        raise ContactFileError(error.code, path) from None
    contacts.on_exported(count)
    return count


# Reading ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Person:
    """One line of a table, or one card."""

    line: int
    name: str
    numbers: tuple[str, ...]
    note: str = ""
    groups: tuple[str, ...] = ()
    bad: tuple[BadEntry, ...] = ()


def _gather(
    people: Iterator[_Person],
    *,
    default_region: str | None,
    go_on: Callable[[], bool],
    is_cards: bool,
) -> ContactFile:
    entries: dict[str, ContactEntry] = {}
    bad: list[BadEntry] = []
    repeated = without_number = several = 0
    for place, person in enumerate(people):
        if place % 200 == 0 and not go_on():
            raise NotWantedError
        bad += person.bad
        if not person.numbers:
            without_number += not person.bad
            continue
        taken = 0
        for number in person.numbers:
            try:
                entry = read_entry(
                    name=person.name,
                    number=number,
                    note=tidy(person.note)[:LONGEST_NOTE],
                    groups=person.groups,
                    default_region=default_region,
                )
            except ContactError as error:
                text = number if error.field == "number" else person.name or number
                bad.append(BadEntry(person.line, text[:_SHOWN], error.field, str(error.code)))
                continue
            taken += 1
            if entry.number in entries:
                repeated += 1
            else:
                entries[entry.number] = entry
        several += taken > 1
    return ContactFile(
        tuple(entries.values()), tuple(bad), repeated, without_number, several, is_cards
    )


def _people_of_cards(text: str) -> Iterator[_Person]:
    for card in read_cards(text):
        if isinstance(card, BadCard):
            yield _Person(card.line, "", (), bad=(BadEntry(card.line, "", "card", card.code),))
            continue
        faxes = tuple(
            BadEntry(card.line, number.value[:_SHOWN], "number", "fax")
            for number in card.numbers
            if number.is_fax
        )
        numbers = tuple(number.value for number in card.numbers if not number.is_fax)
        yield _Person(card.line, card.name, numbers, card.note, card.groups, faxes)


def _people_of_table(rows: Iterable[Row]) -> Iterator[_Person]:
    columns: Mapping[str, Sequence[int]] | None = None
    for place, (line, row, _inexact) in enumerate(rows):
        if place == 0 and (named := _header(row)):
            columns = named
            continue
        if columns is None:
            yield _person_without_header(line, row)
            continue
        name = _joined(row, columns["name"]) or _joined(row, columns["part"])
        numbers = tuple(
            number
            for cell in _cells(row, columns["number"])
            for number in cell.split(":::")  # so Google joins several
            if number.strip()
        )
        groups = tuple(
            group.strip().removeprefix("* ")  # so Google marks its own
            for cell in _cells(row, columns["groups"])
            for group in re.split(r":::|;", cell)
            if group.strip() and group.strip() != "* myContacts"
        )
        note = _joined(row, columns["note"])
        yield _Person(line, name or _joined(row, columns["company"]), numbers, note, groups)


def _person_without_header(line: int, row: Sequence[str]) -> _Person:
    """The first cell with digits enough is the number, the first of the others the name."""
    number = next((cell for cell in row if sum(map(str.isdecimal, cell)) >= 5), "")
    name = next((cell for cell in row if cell and cell != number), "")
    return _Person(line, name, (number,) if number else ())


_NAMES = ("name", "full name", "display name", "contact", "file as")
_PARTS = ("first name", "given name", "middle name", "additional name", "last name",
          "family name", "surname")  # fmt: skip
_COMPANIES = ("company", "organization", "organisation", "organization name")
_NUMBER = re.compile(
    r"number|phone|mobile|cell|telephone|tel|msisdn|recipient|to|gsm"
    r"|(?:phone|mobile|cell|telephone)(?: ?number| no\.?)"
    r"|phone \d+ - value"
    r"|(?:primary|mobile|business|home|other|car|company main|work)(?: 2)? (?:phone|mobile)(?: 2)?"
)
_NOTES = ("note", "notes", "comment", "comments")
_GROUPS = ("groups", "group", "labels", "group membership", "categories")


def _header(row: Sequence[str]) -> Mapping[str, Sequence[int]] | None:
    """Where the columns are, if the first line names them."""
    names = [" ".join(cell.casefold().replace("_", " ").split()) for cell in row]
    found = {
        "name": [names.index(one) for one in _NAMES if one in names][:1],
        "part": [place for one in _PARTS for place, name in enumerate(names) if name == one],
        "company": [names.index(one) for one in _COMPANIES if one in names][:1],
        "number": [place for place, name in enumerate(names) if _NUMBER.fullmatch(name)],
        "note": [names.index(one) for one in _NOTES if one in names][:1],
        "groups": [place for place, name in enumerate(names) if name in _GROUPS],
    }
    return found if found["number"] else None


def _cells(row: Sequence[str], places: Sequence[int]) -> list[str]:
    return [row[place] for place in places if place < len(row)]


def _joined(row: Sequence[str], places: Sequence[int]) -> str:
    return " ".join(cell for cell in _cells(row, places) if cell)


# Writing ------------------------------------------------------------------------------


def _write_cards(path: Path, entries: Iterable[ContactEntry]) -> int:
    count = 0
    with whole_file(path) as file:
        for entry in entries:
            file.writelines(line.encode() for line in write_cards([entry]))
            count += 1
    return count


def _as_cells(entry: ContactEntry) -> tuple[str, ...]:
    """An entry as a row below `COLUMNS`; `read_file` reads it back."""
    groups = "; ".join(one.replace(";", ",") for one in entry.groups)
    return (
        harmless(entry.name),
        entry.number,  # a plus and digits: no spreadsheet makes a formula of it
        harmless(entry.note),
        harmless(groups),
    )


def _entries(contacts: Contacts, group: int | None) -> Iterator[ContactEntry]:
    after = None
    while page := contacts.page(group=group, after=after, limit=500):
        groups = contacts.groups_of_many(page)
        for one in page:
            yield ContactEntry(one.name, one.number, one.note, groups.get(one.id, ()))
        after = key_of(page[-1])
