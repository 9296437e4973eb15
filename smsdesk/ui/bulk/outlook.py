"""What the page shows of a list and of a plan, worked out on the worker: going through a hundred
thousand rows takes a moment that the window has not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from smsdesk.desk import wording_bulk, wording_list
from smsdesk.desk.bulk_plan import BulkPlan, Sheet
from smsdesk.desk.sheets.numbers import Duplicate, Entry, RowProblem, read_numbers
from smsdesk.desk.sheets.table import Table
from smsdesk.desk.wording_places import countries_by_name, country_name
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.phone import calling_code

Fate = Entry | RowProblem | Duplicate


@cache
def all_regions() -> tuple[tuple[str, str], ...]:
    """Every country by its name and code. The library reads a file for each of them, so the
    first to ask has to be the worker."""
    return tuple(
        (f"{country_name(code)} (+{calling_code(code)})", code) for code in countries_by_name()
    )


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list as it was read, and what became of each of its rows."""

    sheet: Sheet
    fates: Mapping[int, Fate]
    """By the row's place in the file."""
    is_whole: bool = True

    def groups(self) -> Iterable[Iterable[object]]:
        """All its rows and what became of them, to be let go in pieces."""
        return _groups_of(self.sheet)


def look_at_sheet(sheet: Sheet) -> ReadList:
    all_regions()
    return ReadList(sheet, _fates(sheet))


def _fates(sheet: Sheet) -> Mapping[int, Fate]:
    numbers = sheet.numbers
    fates: dict[int, Fate] = {}
    for group in (numbers.entries, numbers.problems, numbers.duplicates):
        for fate in group:
            fates[fate.row.place] = fate
    return fates


def look_at_head(table: Table, region: str | None) -> ReadList:
    """The first rows, while the others are still being read."""
    numbers = read_numbers(table, default_region=region)
    sheet = Sheet(table, numbers, region)
    return ReadList(sheet, _fates(sheet), is_whole=False)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan, with what takes long to find in it. Rows are told by their place among the sheet's
    entries."""

    plan: BulkPlan
    count: int
    parts: int
    in_ucs2: int
    summary: str
    saved_by_replacing: int
    dearest: int | None
    blank: tuple[int, ...]
    """Rows that get no message because a cell that the text names is empty."""
    ucs2: tuple[int, ...]
    opted_out: frozenset[int]
    """The places of their rows in the file."""
    worst: str
    """Which message is the longest, and which the dearest."""

    def groups(self) -> Iterable[Iterable[object]]:
        """All its messages, and the list they were made from, to be let go in pieces."""
        return self.plan.messages, self.plan.row_problems, *_groups_of(self.plan.sheet)


def _groups_of(sheet: Sheet) -> tuple[Iterable[object], ...]:
    numbers = sheet.numbers
    return sheet.table.rows, numbers.entries, numbers.problems, numbers.duplicates


def look_at_plan(plan: BulkPlan) -> Outlook:
    entries = plan.sheet.numbers.entries
    index = {entry.row.place: place for place, entry in enumerate(entries)}
    parts = plan.parts
    dearest = max(plan.messages, key=lambda one: (one.parts, len(one.text)), default=None)
    blank = [
        index[problem.row.place]
        for problem in plan.row_problems
        if problem.code == "missing_value" and problem.row.place in index
    ]
    ucs2 = [
        index[message.row.place]
        for message in plan.messages
        if message.encoding is Encoding.UCS2 and plan.channel.has_parts
    ]
    return Outlook(
        plan=plan,
        count=len(plan.messages),
        parts=parts,
        in_ucs2=len(ucs2),
        summary=wording_bulk.plan_sentence(plan),
        saved_by_replacing=parts - plan.parts_if_replaced,
        dearest=None if dearest is None else index[dearest.row.place],
        blank=tuple(blank),
        ucs2=tuple(ucs2),
        opted_out=frozenset(entry.row.place for entry in plan.opted_out),
        worst=wording_list.worst_sentence(plan),
    )
