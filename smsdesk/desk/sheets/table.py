"""What a list is: rows of cells, each with its place in the file; and how large it may be.

Where rows come from is known to `text_tables`, `workbooks` and `open_documents`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from smsdesk.sms.template import normalise_name

LARGEST_FILE_BYTES = 50_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_CHARACTERS = 40_000_000
"""Of all cells together. A file that is packed may unfold to far more than its own size."""

FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")
"""How a cell begins that a spreadsheet takes for a formula
(https://owasp.org/www-community/attacks/CSV_Injection)."""


class SheetError(Exception):
    """A file cannot be read as a list, or cannot be written; `code` is for wording, `place` the
    line or row."""

    def __init__(self, code: str, path: Path, place: int | None = None) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path
        self.place = place


class ReadingStoppedError(Exception):
    """Somebody did not want to wait for the rest."""


class Row(NamedTuple):
    """One row that is not empty."""

    place: int
    """The line of a text file on which it begins, or the row of a spreadsheet; from 1."""
    cells: tuple[str, ...]
    """Without the blanks around them."""
    inexact: frozenset[int] = frozenset()
    """Which cells hold something that is no text and no whole number: fractions, dates, numbers
    with more digits than a spreadsheet keeps. Never read as phone numbers."""

    def cell(self, column: int) -> str:
        """What stands in a column; "" where the row ends before."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as a person sees it and as a text names it."""

    header: str
    """As it stands in the file; "" without a header."""
    name: str
    """What stands in braces for it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A list as it was read."""

    path: Path
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    has_header: bool
    number_column: int | None
    """Where the phone numbers are; None if no column looks like it."""
    form: str
    """"text", "xlsx" or "ods"."""
    sha256: str = ""
    """Of the file's bytes, by which the same file is known again."""
    encoding: str = ""
    """Of a text file."""
    delimiter: str = ""
    """Of a text file."""
    sheet: str = ""
    """Which of `sheets` was read."""
    sheets: tuple[str, ...] = ()
    """The visible sheets of a spreadsheet."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names that a text may have in braces: every column but that of the numbers."""
        return tuple(
            column.name
            for place, column in enumerate(self.columns)
            if place != self.number_column
        )

    def find_column(self, wanted: str) -> int | None:
        """The column of that header or name, or of that number, counted from 1."""
        name = normalise_name(wanted)
        for place, column in enumerate(self.columns):
            if wanted == column.header or (name and name == column.name):
                return place
        if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(self.columns):
            return int(wanted) - 1
        return None


def name_columns(headers: Sequence[str], width: int) -> tuple[Column, ...]:
    """Columns with names of their own each; those without a header are counted."""
    taken: set[str] = set()
    columns = []
    for place in range(width):
        header = headers[place] if place < len(headers) else ""
        name = normalise_name(header) or f"column_{place + 1}"
        columns.append(Column(header, _unlike(name, taken)))
    return tuple(columns)


def _unlike(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if there is one like it already."""
    found, count = name, 1
    while found in taken:
        count += 1
        found = f"{name}_{count}"
    taken.add(found)
    return found


def clean_cell(text: str) -> str:
    """A cell as it is meant: without blanks around it, and without the apostrophe that keeps a
    spreadsheet from taking text for a formula."""
    text = text.strip()
    if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS):
        return text[1:]
    return text


def within_limits(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """The rows, or SheetError once there are too many of them, or too much in them.

    One more than `MOST_ROWS` passes, for the header.
    """
    characters = 0
    for count, row in enumerate(rows):
        characters += sum(map(len, row.cells))
        if count > MOST_ROWS:
            raise SheetError("too_many_rows", path, row.place)
        if characters > MOST_CHARACTERS:
            raise SheetError("too_large", path, row.place)
        if len(row.cells) > MOST_COLUMNS:
            raise SheetError("too_many_columns", path, row.place)
        yield row
