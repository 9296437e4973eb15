"""The numbers of a list: each one read in plain sight, or left out with the reason.

What a number looks like is known to `sms.phone`. A list asks for more care than one number that a
person types and sees: what could belong to two countries is not sent to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from smsdesk.desk.sheets.reading import LOOK_EVERY, never
from smsdesk.desk.sheets.table import ReadingStoppedError, Row, Table
from smsdesk.sms.phone import PhoneNumber, PhoneNumberError, PhoneProblem, parse_phone


class Entry(NamedTuple):
    """One row that can be written to."""

    row: Row
    typed: str
    number: PhoneNumber


class RowProblem(NamedTuple):
    """One row that is left out, and why; the code is for wording."""

    row: Row
    typed: str
    """What it is about: the number as it stands in the file, or a column's name."""
    field: str
    """"to", "text" or "row"."""
    code: str
    value: int | None = None


class Duplicate(NamedTuple):
    """A row with a number that an earlier row has; it gets no message of its own."""

    row: Row
    typed: str
    e164: str
    first: int
    """The place of the row that is kept."""


class Numbers(NamedTuple):
    """What the numbers of a table came to, in the order of its rows."""

    entries: tuple[Entry, ...]
    problems: tuple[RowProblem, ...]
    duplicates: tuple[Duplicate, ...]

    @property
    def unassigned(self) -> tuple[Entry, ...]:
        """Numbers that can exist, but lie in no range that is known to be in use."""
        return tuple(entry for entry in self.entries if not entry.number.is_valid)


def read_numbers(
    table: Table,
    *,
    default_region: str | None,
    on_progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = never,
) -> Numbers:
    """Read the column of numbers. Raises ReadingStoppedError."""
    entries: list[Entry] = []
    problems: list[RowProblem] = []
    duplicates: list[Duplicate] = []
    first: dict[str, int] = {}
    column = table.number_column
    width = len(table.columns)
    for count, row in enumerate(table.rows, start=1):
        if count % LOOK_EVERY == 0:
            if stop():
                raise ReadingStoppedError
            if on_progress is not None:
                on_progress(count)
        place, cells, inexact = row
        typed = cells[column] if column is not None and column < len(cells) else ""
        if len(cells) > width and any(cells[width:]):
            problems.append(RowProblem(row, typed, "row", "too_many_cells"))
            continue
        if column in inexact:
            problems.append(RowProblem(row, typed, "to", PhoneProblem.SPREADSHEET))
            continue
        try:
            number = read_number(typed, default_region=default_region)
        except PhoneNumberError as error:
            problems.append(RowProblem(row, typed, "to", error.problem))
            continue
        except TwoReadingsError as error:
            problems.append(RowProblem(row, typed, "to", error.code))
            continue
        kept = first.setdefault(number.e164, place)
        if kept != place:
            duplicates.append(Duplicate(row, typed, number.e164, kept))
            continue
        entries.append(Entry(row, typed, number))
    return Numbers(tuple(entries), tuple(problems), tuple(duplicates))


class TwoReadingsError(ValueError):
    """A cell may mean one number or another; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_MOBILE = ("mobile", "fixed_line_or_mobile")
_PERHAPS_TWO = re.compile(r"[/,;|&\n]|[0-9)]\s*\+|[0-9]\s+[^\W\d]+\s+[+0-9]")
_BETWEEN = re.compile(r"[/,;|&\n]|(?<=[0-9)])\s*(?=\+)|\s+[^\W\d]+\s+")


def read_number(typed: str, *, default_region: str | None) -> PhoneNumber:
    """One number of a list. Raises PhoneNumberError or TwoReadingsError."""
    is_plain = typed[1:].isdecimal()  # most are, and nothing in them could divide two numbers
    if (
        not is_plain
        and _PERHAPS_TWO.search(typed)
        and _count_numbers(typed, default_region) > 1
    ):
        raise TwoReadingsError("two_numbers")
    number = parse_phone(typed, default_region=default_region)
    if number.kind not in _MOBILE and _is_foreign(typed, number):
        raise TwoReadingsError("two_countries")
    return number


def _count_numbers(typed: str, default_region: str | None) -> int:
    found = 0
    for piece in _BETWEEN.split(typed):
        try:
            parse_phone(piece, default_region=default_region)
        except PhoneNumberError:
            continue
        found += 1
    return found


def _is_foreign(typed: str, number: PhoneNumber) -> bool:
    """Whether digits that were read as a national number, and are no mobile one, are a good
    number with its country's code whose plus a spreadsheet took."""
    digits = re.sub(r"[^0-9+]", "", typed)
    if digits.startswith(("+", "0")) or number.e164 == f"+{digits}":
        return False
    try:
        other = parse_phone(f"+{digits}", default_region=None)
    except PhoneNumberError:
        return False
    return other.is_valid and (other.kind in _MOBILE or not number.is_valid)
