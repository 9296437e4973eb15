"""CSV and its relatives: encoding and separator are found out, and quotes are taken seriously.

The libraries that guess encodings take what Windows wrote in the west for something else; a byte
order mark, then strict UTF-8, then Windows-1252 is right more often. What can be read in two ways
is refused with its line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from smsdesk.desk.sheets.table import Row, SheetError, clean_cell

_BLOCK = 1 << 20
_HEAD_BYTES = 64 * 1024
_SAMPLE_ROWS = 50
_SEPARATORS = (",", ";", "\t", "|")
_NUMBER_LIKE = re.compile(r"['\"(+]*[0-9](?:[0-9 ()./-]{5,}|[.,][0-9]+E\+?[0-9]+)")
_SAYS_ITSELF = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)


class TextTable:
    """The rows of a text file; encoding and separator are as somebody says, or found out.

    Raises SheetError if it is no text.
    """

    def __init__(
        self,
        data: bytes,
        path: Path,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        self._data = data
        self._path = path
        if encoding is not None and (fault := _fault_in(data, encoding)) is not None:
            raise SheetError("not_text", path, data.count(b"\n", 0, fault) + 1)
        self.encoding = encoding or _find_encoding(data, path)
        # Enough of it to see what it is.
        self.head = data[:_HEAD_BYTES].decode(self.encoding, "ignore")
        lines = io.StringIO(self.head, newline="").readlines()
        says = _SAYS_ITSELF.fullmatch(lines[0]) if lines else None
        self._skipped = 1 if says else 0
        self.delimiter = delimiter or (says[1] if says else _find_separator(lines))

    def text(self) -> str:
        """The whole text as it stands, for one that is no table. Raises SheetError."""
        return "".join(self._lines())

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty. Raises SheetError at the first that cannot be read."""
        lines = self._lines()
        next(islice(lines, self._skipped, self._skipped), None)
        reader = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True, strict=True)
        while True:
            place = reader.line_num + 1 + self._skipped
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                is_long = "field limit" in str(error)
                code = "field_too_long" if is_long else "quotes"
                raise SheetError(code, self._path, place) from None
            if any(cells):
                cleaned = tuple(map(clean_cell, cells))
                if any(cleaned):
                    yield Row(place, cleaned)

    def _lines(self) -> Iterator[str]:
        number = 0
        text = io.TextIOWrapper(io.BytesIO(self._data), self.encoding, newline="")
        while True:
            try:
                line = text.readline()
            except UnicodeError:
                raise SheetError("not_text", self._path, number + 1) from None
            if not line:
                return
            number += 1
            if "\0" in line:
                raise SheetError("nul", self._path, number)
            yield line


def _find_encoding(data: bytes, path: Path) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _fault_in(data, "utf-8") is None:
        return "utf-8-sig"
    fault = _fault_in(data, "cp1252")
    if data.startswith(codecs.BOM_UTF8) or fault is not None:
        place = _fault_in(data, "utf-8") or 0
        raise SheetError("not_text", path, data.count(b"\n", 0, place) + 1)
    return "cp1252"


def _fault_in(data: bytes, encoding: str) -> int | None:
    """About where the bytes cease to be text, found without a second copy of them all."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data) + 1, _BLOCK):
        try:
            decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK > len(data))
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def _find_separator(lines: Sequence[str]) -> str:
    """The one by which a column of numbers appears, and the rows are equally long."""
    return max(_SEPARATORS, key=lambda separator: _fitness(lines, separator))


def _fitness(lines: Sequence[str], separator: str) -> tuple[float, float, int]:
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # a long field; what stands before it will do
        rows.extend(row for row in islice(reader, _SAMPLE_ROWS) if row)
    if not rows:
        return (0.0, 0.0, 0)
    width, as_wide = Counter(map(len, rows)).most_common(1)[0]
    numbers = Counter(
        column
        for row in rows
        for column, cell in enumerate(row)
        if _NUMBER_LIKE.fullmatch(cell.strip())
    )
    with_number = max(numbers.values(), default=0)
    return (with_number / len(rows), as_wide / len(rows) if width > 1 else 0.0, width)
