"""OpenDocument spreadsheets (.ods), read row by row from their one XML file.

The form is OASIS' OpenDocument 1.3, part 3, chapter 9. No library that is still looked after
reads it without holding the whole document.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from smsdesk.desk.sheets.table import MOST_COLUMNS, Row, SheetError, clean_cell
from smsdesk.desk.sheets.workbooks import write_value

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "currency", "percentage")
PACKAGE_FAULTS = (
    *(BadZipFile, zlib.error, LZMAError, EOFError),
    *(KeyError, ValueError, OSError, NotImplementedError, RuntimeError),
)
"""What zipfile and the packers behind it raise for a package that is damaged or locked."""
_FAULTS = (ElementTree.ParseError, *PACKAGE_FAULTS)


class OpenDocument:
    """The sheets of an .ods file. Raises SheetError."""

    def __init__(self, data: bytes, path: Path) -> None:
        self._path = path
        self._data = data
        names = dict.fromkeys(name for name, _row in self._elements(only_names=True))
        self.sheets = tuple(names)

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row of a sheet that is not empty."""
        place = 1
        for name, element in self._elements(only_names=False):
            if name != sheet or element is None:
                continue
            try:
                repeated = _count(element, "number-rows-repeated")
                cells = list(_read_cells(element, self._path, place))
            except (ValueError, OverflowError, RecursionError):
                raise SheetError("damaged", self._path, place) from None
            texts = tuple(text for text, _is_exact in cells)
            inexact = frozenset(n for n, (_text, is_exact) in enumerate(cells) if not is_exact)
            for _ in range(repeated if any(texts) else 0):
                yield Row(place, texts, inexact)
                place += 1
            if not any(texts):
                place += repeated

    def close(self) -> None:
        """Nothing is held open."""

    def _elements(
        self, *, only_names: bool
    ) -> Iterator[tuple[str, ElementTree.Element | None]]:
        """The name of every sheet as it begins, and then its rows one by one."""
        name = ""
        depth = 0
        try:
            with ZipFile(io.BytesIO(self._data)) as package:
                if b"encryption-data" in package.read("META-INF/manifest.xml"):
                    raise SheetError("password", self._path)
                with package.open("content.xml") as content:
                    for event, element in ElementTree.iterparse(content, ("start", "end")):
                        if element.tag == f"{_TABLE}table":
                            depth += 1 if event == "start" else -1
                            if event == "start" and depth == 1:
                                name = element.get(f"{_TABLE}name") or ""
                                yield name, None
                            elif event == "end":
                                element.clear()
                        elif element.tag == f"{_TABLE}table-row" and event == "end":
                            if not only_names and depth == 1:
                                yield name, element
                            element.clear()
        except _FAULTS as error:
            raise SheetError("damaged", self._path) from error


def _read_cells(row: ElementTree.Element, path: Path, place: int) -> Iterator[tuple[str, bool]]:
    """Text and exactness of each cell, up to the last that is not empty."""
    waiting = 0  # empty cells: they count only if something comes behind them
    column = 0
    for element in row:
        if element.tag not in _CELLS:
            continue
        repeated = _count(element, "number-columns-repeated")
        text, is_exact = _read_cell(element)
        if not text:
            waiting += repeated
            continue
        column += waiting + repeated
        if column > MOST_COLUMNS:
            raise SheetError("too_many_columns", path, place)
        for _ in range(waiting):
            yield "", True
        waiting = 0
        for _ in range(repeated):
            yield clean_cell(text), is_exact


def _read_cell(cell: ElementTree.Element) -> tuple[str, bool]:
    kind = cell.get(f"{_OFFICE}value-type")
    value = cell.get(f"{_OFFICE}value")
    if kind in _NUMBERS and value is not None:
        return write_value(float(value))
    text = "\n".join("".join(_read_text(part)) for part in cell.findall(f"{_TEXT}p"))
    return text, kind in (None, "string")


def _read_text(part: ElementTree.Element) -> Iterator[str]:
    yield part.text or ""
    for child in part:
        if child.tag == f"{_TEXT}s":
            yield " " * min(int(child.get(f"{_TEXT}c", "1")), 100)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif not child.tag.startswith(_OFFICE):  # a remark is not what the cell says
            yield from _read_text(child)
        yield child.tail or ""


def _count(element: ElementTree.Element, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}{name}", "1")))
