"""A file becomes a table: its form is known by its first bytes, never by its name.

Slow for a large file: called on a thread that may wait, which can be told to stop.
"""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

from smsdesk.desk.sheets.columns import find_number_column, has_header
from smsdesk.desk.sheets.open_documents import PACKAGE_FAULTS, OpenDocument
from smsdesk.desk.sheets.table import (
    LARGEST_FILE_BYTES,
    MOST_ROWS,
    ReadingStoppedError,
    Row,
    SheetError,
    Table,
    name_columns,
    within_limits,
)
from smsdesk.desk.sheets.text_tables import TextTable
from smsdesk.desk.sheets.workbooks import Workbook

HEAD_ROWS = 50
LOOK_EVERY = 500
"""After so many rows somebody may stop the reading, and is told how far it is."""

_LARGEST_PACKED = 250_000_000
_LARGEST_TEXTS = 100_000_000
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def never() -> bool:
    """Nobody wants to stop."""
    return False


@contextmanager
def without_cycles() -> Iterator[None]:
    """While so many objects come about of which none refers to itself, looking for those that do
    would take a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person may say about a file; None is for finding out."""

    default_region: str | None = None
    """By which national numbers are read, to find their column."""
    has_header: bool | None = None
    number_column: str | None = None
    """A header, a placeholder's name, or the column's number from 1."""
    sheet: str | None = None
    encoding: str | None = None
    """Of a text file; a name that Python's codecs know."""
    delimiter: str | None = None
    """Of a text file."""


def read_bytes(path: Path, *, at_most: int = LARGEST_FILE_BYTES) -> bytes:
    """The file's bytes. Raises SheetError."""
    try:
        if not path.is_file():
            raise SheetError("not_a_file" if path.exists() else "missing", path)
        with path.open("rb") as file:
            data = file.read(at_most + 1)
    except OSError:
        raise SheetError("unreadable", path) from None
    if len(data) > at_most:
        raise SheetError("too_large", path)
    return data


def read_table(
    path: Path,
    options: ReadingOptions = ReadingOptions(),
    *,
    data: bytes | None = None,
    on_head: Callable[[Table], None] | None = None,
    on_progress: Callable[[int], None] | None = None,
    stop: Callable[[], bool] = never,
) -> Table:
    """Read a list whole. With `data` these bytes are the list, and `path` is only its name.

    `on_head` is given its first 50 rows as soon as they are there, `on_progress` the number of
    rows now and then, and `stop` is asked whether to go on. Raises SheetError, or
    ReadingStoppedError.
    """
    if data is None:
        data = read_bytes(path)
    opened = _open(data, path, options)
    rows: list[Row] = []
    source = within_limits(opened.rows, path)
    rows.extend(islice(source, HEAD_ROWS + 1))
    if on_head is not None and rows:
        on_head(_make_table(path, opened, rows, options))
    for row in source:
        rows.append(row)
        if len(rows) % LOOK_EVERY == 0:
            if stop():
                raise ReadingStoppedError
            if on_progress is not None:
                on_progress(len(rows))
    if not rows:
        raise SheetError("empty", path)
    table = _make_table(path, opened, rows, options, digest=sha256(data).hexdigest())
    if len(table.rows) > MOST_ROWS:
        raise SheetError("too_many_rows", path, rows[-1].place)
    return table


@dataclass(frozen=True, slots=True)
class _Opened:
    rows: Iterator[Row]
    form: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def _open(data: bytes, path: Path, options: ReadingOptions) -> _Opened:
    if not data.strip():
        raise SheetError("empty", path)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError("old_excel", path)
    if data.startswith(b"PK\x03\x04"):
        return _open_package(data, path, options.sheet)
    if data.startswith((b"%PDF", b"{\\rtf")):
        raise SheetError("not_a_table", path)
    text = TextTable(data, path, encoding=options.encoding, delimiter=options.delimiter)
    return _Opened(text.rows(), "text", text.encoding, text.delimiter)


def _open_package(data: bytes, path: Path, sheet: str | None) -> _Opened:
    form = _form_of_package(data, path)
    book = Workbook(data, path) if form == "xlsx" else OpenDocument(data, path)
    if sheet is not None and sheet not in book.sheets:
        raise SheetError("no_such_sheet", path)
    for name in book.sheets if sheet is None else (sheet,):
        rows = book.rows(name)
        first = next(rows, None)
        if first is not None:
            return _Opened(_with_first(first, rows), form, sheet=name, sheets=book.sheets)
    raise SheetError("empty", path)


def _with_first(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _form_of_package(data: bytes, path: Path) -> str:
    """ "xlsx" or "ods". Raises SheetError for all else, and for what would fill the memory."""
    try:
        with ZipFile(io.BytesIO(data)) as package:
            sizes = {entry.filename: entry.file_size for entry in package.infolist()}
            kind = package.read("mimetype")[:100] if sizes.get("mimetype", 0) < 200 else b""
    except KeyError:
        kind = b""
    except PACKAGE_FAULTS:
        raise SheetError("damaged", path) from None
    # zipfile gives out no more of a member than it says it holds.
    texts = sizes.get("xl/sharedStrings.xml", 0)
    if sum(sizes.values()) > _LARGEST_PACKED or texts > _LARGEST_TEXTS:
        raise SheetError("too_large", path)
    if kind.strip() == _ODS:
        return "ods"
    if "xl/workbook.xml" in sizes:
        return "xlsx"
    raise SheetError("not_a_table", path)


def _make_table(
    path: Path, opened: _Opened, rows: list[Row], options: ReadingOptions, *, digest: str = ""
) -> Table:
    with_header = has_header(rows) if options.has_header is None else options.has_header
    headers = rows[0].cells if with_header else ()
    body = tuple(rows[1:] if with_header else rows)
    width = len(headers)
    if not with_header or opened.form != "text":
        # In a spreadsheet nothing can slip into another column, named or not.
        width = max(width, max((len(row.cells) for row in body), default=0))
    columns = name_columns(headers, width)
    table = Table(
        path=path,
        columns=columns,
        rows=body,
        has_header=with_header,
        number_column=find_number_column(headers, body, default_region=options.default_region),
        form=opened.form,
        sha256=digest,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        sheet=opened.sheet,
        sheets=opened.sheets,
    )
    if options.number_column is None:
        return table
    return choose_number_column(table, options.number_column)


def choose_number_column(table: Table, wanted: str) -> Table:
    """The table with another column of numbers. Raises SheetError if there is no such one."""
    column = table.find_column(wanted)
    if column is None:
        raise SheetError("no_such_column", table.path)
    return replace(table, number_column=column)
