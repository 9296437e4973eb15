"""Excel files give their first rows before all of them has been read."""

import io
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.sheets.workbooks import Workbook
from tests.desk.sheets.books import xlsx

PATH = Path("list.xlsx")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def with_table(texts: str, cells: list[list[str]]) -> bytes:
    """A workbook as Excel writes it: its cells say which of the texts they mean."""
    rows = "".join(
        "<row>" + "".join(f'<c t="s"><v>{cell}</v></c>' for cell in row) + "</row>"
        for row in cells
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    table = f'<sst xmlns="{MAIN}">{texts}</sst>'
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}"/></Types>'
    out = io.BytesIO()
    with (
        ZipFile(io.BytesIO(xlsx([]))) as made,
        ZipFile(out, "w", ZIP_DEFLATED) as package,
    ):
        for name in made.namelist():
            content = made.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                content = sheet
            elif name == "[Content_Types].xml":
                content = content.replace("</Types>", override)
            package.writestr(name, content)
        package.writestr("xl/sharedStrings.xml", table)
    return out.getvalue()


def read(data: bytes) -> list[tuple[str, ...]]:
    book = Workbook(data, PATH)
    return [row.cells for row in book.rows(book.sheets[0])]


def test_a_cell_finds_its_text_in_the_table_whatever_the_order() -> None:
    texts = "<si><t>Name</t></si><si><t>Anna</t></si><si><t>Mobile</t></si>"

    assert read(with_table(texts, [["2", "0"], ["1", "1"]])) == [
        ("Mobile", "Name"),
        ("Anna", "Anna"),
    ]


def test_a_text_is_told_without_its_looks_and_without_how_it_is_pronounced() -> None:
    texts = (
        "<si><r><rPr><b/></rPr><t>An</t></r><r><t>na</t></r></si>"
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>'
        "<si/>"
    )

    assert read(with_table(texts, [["0", "1", "2", "0"]])) == [("Anna", "東京", "", "Anna")]


def test_the_first_rows_come_before_the_table_has_been_read_to_its_end() -> None:
    texts = "<si><t>Mobile</t></si><si><t>+447400123456</t></si>"
    # More than one piece of it, for it is read in pieces.
    spoilt = texts + 10_000 * "<si><t>Anna</t></si>" + "<si><t>B"
    book = Workbook(with_table(spoilt, [["0"], ["1"], ["9000"], ["10002"]]), PATH)
    rows = book.rows(book.sheets[0])

    first = [row.cells for row in islice(rows, 3)]

    assert first == [("Mobile",), ("+447400123456",), ("Anna",)]
    with pytest.raises(SheetError, match="damaged"):
        next(rows)


@pytest.mark.parametrize("place", ["1", "-1", "99999999999", "x"])
def test_a_cell_whose_text_is_not_in_the_table_is_damage(place: str) -> None:
    with pytest.raises(SheetError, match="damaged"):
        read(with_table("<si><t>Anna</t></si>", [[place]]))


def test_a_sheet_of_pictures_is_passed_over() -> None:
    made = openpyxl.Workbook()
    made.create_chartsheet("Chart", 0)
    made.worksheets[0].append(["Mobile"])
    out = io.BytesIO()
    made.save(out)

    book = Workbook(out.getvalue(), PATH)

    assert book.sheets == ("Sheet",)
    assert [row.cells for row in book.rows("Sheet")] == [("Mobile",)]
