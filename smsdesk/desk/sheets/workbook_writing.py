"""Excel workbooks of text, written row by row in one go; in a workbook, a text is never a formula.

Why openpyxl, which reads them, does not write them: docs/decisions/0019-workbooks-written-here.md.
What is written here: ECMA-376 (Office Open XML), Part 1, 18.3 and 18.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from string import ascii_uppercase
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

MOST_ROWS = 1_048_576
MOST_IN_CELL = 32_767
"""UTF-16 units. Both are limits of Excel's own: "Excel specifications and limits"."""

_COMPRESSION = 1
"""Half as slow as the usual 6, and a seventh larger."""
_AT_ONCE = 200
_COLUMNS = (*ascii_uppercase, *map("".join, product(ascii_uppercase, repeat=2)))
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML has no character for, or would change on the way, and what looks like our stand-in.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Head:
    """One column: what stands above it, and how wide it is, in characters."""

    title: str
    width: int


def workbook_into(
    file: BinaryIO, heads: Sequence[Head], rows: Iterable[Sequence[str]], *, title: str
) -> int:
    """Write rows of text into an open file; returns how many. Nothing is kept of them.

    Where a sheet is full another one follows: `title`, `title` 2, and so on.
    """
    count = sheets = 0
    left, rest = iter(rows), list[Sequence[str]]()
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        while rest or not sheets:
            sheets += 1
            some = islice(chain(rest, left), MOST_ROWS - 1)
            count += _write_sheet(archive, f"xl/worksheets/sheet{sheets}.xml", heads, some)
            rest = list(islice(left, 1))
        for name, text in _other_parts(title, sheets):
            archive.writestr(name, _PROLOG + text)
    return count


def within_cell(text: str) -> str:
    """The text as far as a spreadsheet takes it; what is cut ends in "…".

    Excel refuses a workbook with more in a cell. From CSV it takes it, but continues in a new
    row, which could begin with a formula.
    """
    if 2 * len(text) <= MOST_IN_CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_IN_CELL:
        return text
    return units[: 2 * (MOST_IN_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def _write_sheet(
    archive: ZipFile, name: str, heads: Sequence[Head], rows: Iterable[Sequence[str]]
) -> int:
    count = 0
    # Its size is not known beforehand, and may be more than the old form of zip has room for.
    with archive.open(name, "w", force_zip64=True) as sheet:
        sheet.write((_PROLOG + _sheet_top(heads)).encode())
        left = enumerate(rows, start=2)
        while some := list(islice(left, _AT_ONCE)):
            sheet.write("".join(_row(place, cells) for place, cells in some).encode())
            count += len(some)
        sheet.write(
            # Excel need not point out that a text looks like a number.
            f'</sheetData><ignoredErrors><ignoredError sqref="A1:XFD{MOST_ROWS}" '
            'numberStoredAsText="1"/></ignoredErrors></worksheet>'.encode()
        )
    return count


def _sheet_top(heads: Sequence[Head]) -> str:
    """Everything above the first row: the heads stay in sight, the columns have their widths."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{head.width}" customWidth="1"/>'
        for place, head in enumerate(heads, start=1)
    )
    titles = _row(1, [head.title for head in heads], style=2)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>{titles}"
    )


def _row(place: int, cells: Sequence[str], *, style: int = 1) -> str:
    """A row without its empty cells. Each of the others says where it is: the format does not
    ask for that, but Gnumeric does."""
    written = "".join(
        _cell(f"{column}{place}", text, style)
        for column, text in zip(_COLUMNS, cells, strict=False)
        if text
    )
    return f'<row r="{place}">{written}</row>'


def _cell(place: str, text: str, style: int) -> str:
    """A cell that holds a text, and is one for whoever changes it in the spreadsheet too."""
    if _UNWRITABLE.search(text):
        text = _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(text)}</t></is></c>"
    )


def _other_parts(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """Name and text of every part that is no sheet."""
    numbers = range(1, sheets + 1)
    names = [title if number == 1 else f"{title} {number}" for number in numbers]
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, names, strict=True)
        )
        + "</sheets></workbook>",
    )
    targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")])
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")])
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
            f'ContentType="{_TYPE}.worksheet+xml"/>'
            for number in numbers
        )
        + "</Types>",
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


# Number format 49 is "@", text: 0 as Excel has it, 1 text, 2 text in bold.
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" '
    'applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
