"""Excel files as openpyxl streams them, without what it would read before the first row; the one
door to openpyxl.

Left to itself openpyxl reads the table of all texts first, and a sheet that does not say how large
it is from end to end. Here a text is read when the first cell refers to it, and nobody asks a sheet
for its size. What a package is made of is ECMA-376, part 1, 18.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

_ITEM, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))

# What it does not know of a workbook (rules for input, styles) is nothing to us.
warnings.filterwarnings("ignore", module=r"openpyxl\.")


def open_workbook(data: bytes) -> Any:
    """The workbook, whose sheets give out their rows one by one. Raises whatever openpyxl does
    for a file that is damaged."""
    package = _Package(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    package.read()
    return package.wb


class _Package(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """Reads what the rows need: texts, number formats and sheets."""

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)  # tells dates from numbers
        self.read_worksheets()

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            self.shared_strings = Texts(self.archive.open(part.PartName[1:]))

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            if relation.target not in self.valid_files or "chartsheet" in relation.Type:
                continue
            made = _Sheet(self.wb, sheet.name, relation.target, self.shared_strings)
            made.sheet_state = sheet.state
            self.wb._sheets.append(made)


class _Sheet(ReadOnlyWorksheet):  # type: ignore[misc]  # openpyxl has no types
    def _get_size(self) -> None:
        """Not asked for: what a file says of it may be wrong, and where it says nothing the whole
        sheet would be gone through."""


class Texts:
    """The texts that cells refer to by their place, read as far as somebody has asked.

    Programs number them in the order in which the cells need them, so the first rows need but
    the beginning.
    """

    def __init__(self, source: IO[bytes]) -> None:
        self._unread = _read_texts(source)
        self._read: list[str] = []

    def __getitem__(self, place: int) -> str:
        """Raises IndexError if there are not so many."""
        if place < 0:
            raise IndexError(place)
        while place >= len(self._read):
            text = next(self._unread, None)
            if text is None:
                raise IndexError(place)
            self._read.append(text)
        return self._read[place]


def _read_texts(source: IO[bytes]) -> Iterator[str]:
    with source:
        events = ElementTree.iterparse(source, ("start", "end"))
        _event, table = next(events)
        for event, element in events:
            if event == "end" and element.tag == _ITEM:
                yield _text_of(element)
                table.clear()


def _text_of(item: ElementTree.Element) -> str:
    """Without how it looks, and how it is pronounced (`rPh`)."""
    plain = item.findtext(_TEXT) or ""
    runs = (run.findtext(_TEXT) or "" for run in item.findall(_RUN))
    # Part 1, 22.9.2.19: an underscore that would begin an escape is written as one itself.
    return "".join((plain, *runs)).replace("x005F_", "")
