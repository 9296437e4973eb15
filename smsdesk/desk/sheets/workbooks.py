"""Excel workbooks, row by row.

openpyxl, to which `excel` is the door, streams a sheet, so a file that claims a cell in its last
corner costs nothing; quicker readers make room for the whole rectangle at once, and take the
process with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from smsdesk.desk.sheets.table import MOST_COLUMNS, Row, SheetError, clean_cell

LARGEST_INTEGER = 2**53
"""Up to here every whole number is exact in a spreadsheet, which keeps them as binary fractions."""

_WHOLE = frozenset[int]()


class Workbook:
    """The visible sheets of an .xlsx file. Raises SheetError."""

    def __init__(self, data: bytes, path: Path) -> None:
        self._path = path
        self._book = _load(data, path)
        visible = [one for one in self._book.worksheets if one.sheet_state == "visible"]
        self._sheets = {str(one.title): one for one in visible}

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(self._sheets)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row of a sheet that is not empty."""
        source = self._sheets[sheet].iter_rows(values_only=True)
        try:
            for place, values in enumerate(source, start=1):
                if any(value is not None for value in values):
                    row = _make_row(place, values, self._path)
                    if row is not None:
                        yield row
        except SheetError:
            raise
        except Exception as error:
            raise SheetError("damaged", self._path) from error

    def close(self) -> None:
        self._book.close()


def _load(data: bytes, path: Path) -> Any:
    # late: it takes long, and few files need it
    from smsdesk.desk.sheets.excel import open_workbook

    try:
        return open_workbook(data)
    except Exception as error:
        raise SheetError("damaged", path) from error


def _make_row(place: int, values: tuple[Any, ...], path: Path) -> Row | None:
    if len(values) > MOST_COLUMNS and any(one is not None for one in values[MOST_COLUMNS:]):
        raise SheetError("too_many_columns", path, place)
    texts = []
    inexact = []
    for column, value in enumerate(values[:MOST_COLUMNS]):
        text, is_exact = write_value(value)
        texts.append(clean_cell(text))
        if not is_exact:
            inexact.append(column)
    if not any(texts):
        return None
    return Row(place, tuple(texts), frozenset(inexact) if inexact else _WHOLE)


def write_value(value: object) -> tuple[str, bool]:
    """A cell's value as text, and whether nothing was lost on the way from what was typed."""
    match value:
        case None:
            return "", True
        case str():
            return value, True
        case bool():
            return ("TRUE" if value else "FALSE"), False
        case int():
            return str(value), 0 <= value < LARGEST_INTEGER
        case float():
            if value.is_integer() and abs(value) < LARGEST_INTEGER:
                return str(int(value)), value >= 0
            return format(value, ".15g"), False  # a spreadsheet shows no more digits either
        case datetime():
            is_day = value.time() == time.min
            shown = value.date() if is_day else value.replace(second=0, microsecond=0)
            return shown.isoformat(*(() if is_day else (" ", "minutes"))), False
        case date():
            return value.isoformat(), False
        case time():
            return value.isoformat("minutes"), False
        case timedelta():
            minutes = int(value.total_seconds() // 60)
            return f"{minutes // 60}:{minutes % 60:02d}", False
    return str(value), False
