"""Workbooks as openpyxl, which has no part in writing them, reads them."""

import io
import re
import tracemalloc
from collections.abc import Iterator
from zipfile import ZipFile

import openpyxl
import pytest

from smsdesk.desk.sheets import workbook_writing
from smsdesk.desk.sheets.workbook_writing import (
    MOST_IN_CELL,
    Head,
    within_cell,
    workbook_into,
)
from tests.desk.sheets.spreadsheet import HOSTILE, unescape

HEADS = [Head("Time", 20), Head("=Text", 40)]


def write(rows: list[list[str]], *, title: str = "Messages") -> io.BytesIO:
    file = io.BytesIO()
    assert workbook_into(file, HEADS, rows, title=title) == len(rows)
    file.seek(0)
    return file


def test_every_cell_is_text_as_it_was() -> None:
    rows = [[text, "+447700900123"] for text in HOSTILE]

    sheet = openpyxl.load_workbook(write(rows))["Messages"]

    found = list(sheet.iter_rows())
    assert [cell.value for cell in found[0]] == ["Time", "=Text"]
    assert {cell.data_type for row in found for cell in row} == {"s"}
    assert {cell.number_format for row in found for cell in row} == {"@"}
    read = [[unescape(cell.value) for cell in row] for row in found[1:]]
    assert read == rows
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["B"].width == 40


@pytest.mark.case("T15", "F86")
def test_no_cell_is_a_formula_in_the_bytes_either() -> None:
    with ZipFile(write([[text, text] for text in HOSTILE])) as archive:
        assert archive.testzip() is None
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_every_cell_says_where_it_is() -> None:
    """Gnumeric finds it by that alone."""
    with ZipFile(write([["a", "b"], ["", "c"]])) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()

    assert re.findall('<c r="([A-Z0-9]+)"', sheet) == ["A1", "B1", "A2", "B2", "B3"]
    assert re.findall('<row r="([0-9]+)"', sheet) == ["1", "2", "3"]


def test_without_rows_there_is_one_sheet_with_its_heads() -> None:
    book = openpyxl.load_workbook(write([]), read_only=True)

    assert book.sheetnames == ["Messages"]
    assert list(book["Messages"].values) == [("Time", "=Text")]


@pytest.mark.parametrize(
    ("count", "sizes"), [(4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])]
)
def test_a_full_sheet_is_followed_by_another(
    monkeypatch: pytest.MonkeyPatch, count: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(workbook_writing, "MOST_ROWS", 5)

    book = openpyxl.load_workbook(write([[str(n), "x"] for n in range(count)], title="A & B"))

    assert book.sheetnames == ["A & B", "A & B 2", "A & B 3"][: len(sizes)]
    tables = [list(sheet.values) for sheet in book]
    assert [table[0] for table in tables] == [("Time", "=Text")] * len(sizes)
    assert [len(table) - 1 for table in tables] == sizes
    assert [row[0] for table in tables for row in table[1:]] == [str(n) for n in range(count)]


@pytest.mark.parametrize(
    ("text", "length"),
    [("x" * MOST_IN_CELL, MOST_IN_CELL), ("x" * 40_000, MOST_IN_CELL), ("😀" * 20_000, 16_384)],
)
def test_a_cell_holds_what_excel_takes(text: str, length: int) -> None:
    cut = within_cell(text)

    assert len(cut) == length
    assert len(cut.encode("utf-16-le")) <= 2 * MOST_IN_CELL
    assert cut == text or (cut[-1] == "…" and text.startswith(cut[:-1]))


def test_nothing_of_a_row_is_kept() -> None:
    def many() -> Iterator[list[str]]:
        for number in range(20_000):
            yield [str(number), "x" * 500]

    class Sink(io.BytesIO):
        """Forgets what is written, and remembers where it is."""

        def write(self, data: object) -> int:
            size = len(bytes(data))  # type: ignore[call-overload]
            self.seek(size, io.SEEK_CUR)
            return int(size)

    tracemalloc.start()
    workbook_into(Sink(), HEADS, many(), title="Messages")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 3_000_000
