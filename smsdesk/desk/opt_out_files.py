"""Files of opt-outs: a list from elsewhere is read line by line, and ours is written whole.

Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from smsdesk.desk.opt_outs import OptOutEntryError, OptOuts, read_sender
from smsdesk.desk.sheets.reading import read_bytes
from smsdesk.desk.sheets.table import Row, SheetError
from smsdesk.desk.sheets.text_tables import TextTable
from smsdesk.desk.sheets.writing import harmless, write_csv
from smsdesk.sms.phone import PhoneNumberError, PhoneProblem, parse_phone
from smsdesk.sms.suppression import Suppression, SuppressionReason

LARGEST_FILE_BYTES = 20_000_000
COLUMNS = ("number", "sender", "since", "reason", "detail")
REST = 500
"""As many lines are read between two looks at whether it is still wanted."""
_OWN_CODES = {"missing": "unreadable", "not_a_file": "unreadable", "nul": "not_text"}


class OptOutFileError(Exception):
    """A file of opt-outs cannot be read or written; `code` is for wording, `line` where."""

    def __init__(self, code: str, path: Path, line: int | None = None) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a file that was left out."""

    line: int
    text: str
    problem: PhoneProblem | str


@dataclass(frozen=True, slots=True)
class OptOutFile:
    """What a file would bring in, before anything is stored."""

    entries: tuple[Suppression, ...]
    bad: tuple[BadLine, ...]
    repeated: int
    """Lines that say what an earlier one says."""


Progress = Callable[[int, int], None]
"""Told how many of how many lines have been read; what it raises ends the reading."""


def read_file(
    path: Path,
    *,
    now: datetime,
    default_region: str | None,
    progress: Progress = lambda _read, _all: None,
) -> OptOutFile:
    """What a file would bring in: one number a line, or CSV with a column of numbers.

    A file that this program wrote comes back as it was. Slow for a large one. Raises
    OptOutFileError.
    """
    try:
        data = read_bytes(path, at_most=LARGEST_FILE_BYTES)
        table = TextTable(data, path)
        rows = _watched(table.rows(), progress, lines=data.count(b"\n") + 1)
        return _read_lines(rows, now=now, default_region=default_region)
    except SheetError as error:
        code = _OWN_CODES.get(error.code, error.code)
        raise OptOutFileError(code, path, error.place) from None


def write_file(opt_outs: OptOuts, path: Path) -> int:
    """Write the whole list as CSV, readable by this user only; returns how many entries.

    The file is there whole or not at all. Raises OptOutFileError, or OptOutStoreError
    when the list cannot be read.
    """
    count = _write(path, _rows(opt_outs)) - 1
    opt_outs.on_exported(count)
    return count


def write_bad_lines(
    bad: Sequence[BadLine], path: Path, *, tell: Callable[[BadLine], str]
) -> None:
    """Write what was left out of a list as CSV, with what `tell` says about each.

    The file is there whole or not at all. Raises OptOutFileError.
    """
    rows = ((str(one.line), harmless(one.text), harmless(tell(one))) for one in bad)
    _write(path, chain([("line", "text", "problem")], rows))


def _write(path: Path, rows: Iterable[Sequence[str]]) -> int:
    try:
        return write_csv(path, rows)
    except SheetError as error:
        raise OptOutFileError(error.code, path) from None


def _watched(rows: Iterable[Row], progress: Progress, *, lines: int) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count % REST == 0:
            progress(min(row.place, lines), lines)
        yield row


def _rows(opt_outs: OptOuts) -> Iterator[Sequence[str]]:
    yield COLUMNS
    after: Suppression | None = None
    while entries := opt_outs.page(after=after, limit=500):
        yield from map(as_cells, entries)
        after = entries[-1]


def as_cells(entry: Suppression) -> tuple[str, ...]:
    """An entry as a row below `COLUMNS`; `read_file` reads it back."""
    return (
        entry.number,  # a plus and digits: no spreadsheet makes a formula of it
        entry.sender,  # a number like that, or letters and digits
        entry.since.isoformat(timespec="seconds"),
        entry.reason.value,
        harmless(entry.detail),
    )


def _read_lines(
    rows: Iterable[Row], *, now: datetime, default_region: str | None
) -> OptOutFile:
    entries: dict[tuple[str, str], Suppression] = {}
    bad: list[BadLine] = []
    columns: dict[str, int] = {"number": 0}
    repeated = 0
    for place, (line, row, _inexact) in enumerate(rows):
        if place == 0 and (named := _header(row)):
            columns = named
            continue
        typed = _cell(row, columns, "number")
        try:
            number = parse_phone(typed, default_region=default_region).e164
            sender = read_sender(_cell(row, columns, "sender"), default_region)
        except PhoneNumberError as error:
            bad.append(BadLine(line, typed[:100], error.problem))
            continue
        except OptOutEntryError as error:
            bad.append(BadLine(line, _cell(row, columns, "sender")[:100], error.code))
            continue
        if (number, sender) in entries:
            repeated += 1
            continue
        entries[number, sender] = Suppression(
            number,
            sender,
            _moment(_cell(row, columns, "since"), now),
            SuppressionReason.IMPORT,
            _cell(row, columns, "detail")[:200],
        )
    return OptOutFile(tuple(entries.values()), tuple(bad), repeated)


def _header(row: Sequence[str]) -> dict[str, int]:
    """Where the columns are, if the first line names them."""
    names = [cell.strip().casefold() for cell in row]
    known = {name: names.index(name) for name in COLUMNS if name in names}
    if "number" in known:
        return known
    if any(character.isdecimal() for cell in row for character in cell):
        return {}
    for other in ("phone", "mobile", "telephone", "msisdn", "recipient", "to"):
        if other in names:
            return {**known, "number": names.index(other)}
    return {"number": 0}


def _cell(row: Sequence[str], columns: dict[str, int], name: str) -> str:
    place = columns.get(name)
    return row[place].strip() if place is not None and place < len(row) else ""


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    return moment if moment.tzinfo is not None and moment < now else now
