"""Sending to a list: how long from a file to its preview, and how much memory that takes.

The reference is what a short script would do: the csv module and phonenumbers, row by row.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.benchmarks.children import Look, ask
from tests.benchmarks.far_side import Account, far_side, make_account
from tests.benchmarks.figures import Budget, Figure, Of, Section

ROWS = 100_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
METHOD = (
    f"A list of {ROWS:,} rows with a name, a British mobile number and a depot; half of the "
    "numbers are written the national way, one in twenty with blanks, one in five hundred is "
    "none. Read means: every number is read and every row is accounted for. The preview has each "
    "row's text, its encoding and parts, countries and opt-outs besides. The reference reads the "
    "same file with `csv.DictReader` and `phonenumbers` (parse, validity, format), in one process. "
    "Late is the window: a timer in its event loop is set to go off in 5 ms, again and again, "
    "while the CSV list is read and counted, all of it is stored, and all of it is taken back; "
    "the figure is by how much it was late in the worst case, that is, how long a key or a click "
    "would have had to wait."
)


def measure(look: Look) -> Section:
    text, book = look.folder / "list.csv", look.folder / "list.xlsx"
    streamed = look.folder / "streamed.xlsx"
    _write_text(text, look.scaled(ROWS))
    _write_book(book, look.scaled(ROWS))
    _write_streamed_book(streamed, look.scaled(ROWS))
    account = make_account(look.folder)
    taken: dict[str, list[float]] = defaultdict(list)
    with far_side(account) as url:
        for number in range(look.runs + 1):
            folder = look.folder / f"list-{number}"
            ours = {"who": "ours", "data_dir": str(folder)}
            asked: dict[str, dict[str, object]] = {
                "reference": {"who": "csv", "file": str(text)},
                "text": {**ours, "file": str(text), "queues": True},
                "book": {**ours, "file": str(book)},
                "streamed": {**ours, "file": str(streamed)},
            }
            found = {
                **{name: ask(look, "reading_a_list", one) for name, one in asked.items()},
                "window": _watch(look, text, folder / "window", account, url),
            }
            for what, answer in found.items():
                for name, value in answer.items():
                    if number:
                        taken[f"{what} {name}"].append(value)
    return Section("A list", METHOD, "`csv` and `phonenumbers`", _figures(taken))


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    reference = taken["reference read_s"]
    soon, small = Budget(300, Of.VALUE), Budget(300, Of.VALUE)
    figures = [
        Figure("CSV, read", "s", taken["text read_s"], reference, Budget(0.5)),
        Figure("CSV, to the preview", "s", taken["text plan_s"], reference, Budget(0.5)),
        Figure("CSV, the first 50 rows", "ms", taken["text head_ms"], (), soon),
        Figure("CSV, memory at its peak, queued", "MB", taken["text peak_mb"], (), small),
        Figure("CSV, queueing all in one commit", "s", taken["text queue_s"]),
        Figure("Excel, read", "s", taken["book read_s"], reference),
        Figure("Excel, the first 50 rows", "ms", taken["book head_ms"], (), soon),
        Figure("as a library writes it, first 50", "ms", taken["streamed head_ms"], (), soon),
        Figure("Excel, memory at its peak", "MB", taken["book peak_mb"], (), small),
    ]
    for act in ("reading", "storing", "taking back"):
        late = taken[f"window {act} worst_ms"]
        figures.append(Figure(f"late while {act}", "ms", late, (), Budget(100, Of.VALUE)))
    for act in ("opening the page", "leaving the page"):
        figures.append(Figure(f"late while {act}", "ms", taken[f"window {act} worst_ms"]))
    return figures


def _watch(
    look: Look, file: Path, folder: Path, account: Account, url: str
) -> dict[str, float]:
    question = {
        "api_url": url,
        "application_id": account.application_id,
        "private_key_path": str(account.private_key_path),
        "data_dir": str(folder),
        "per_second": 30.0,
        "lines": 4,
        "file": str(file),
    }
    return ask(look, "list_window", question, environment=look.screen)


def _write_text(file: Path, rows: int) -> None:
    lines = (",".join(row) for row in _rows(rows))
    file.write_text("Name,Mobile,Depot\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _write_streamed_book(file: Path, rows: int) -> None:
    """As libraries write one row after another: texts in the cells, and no word of the size."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Staff")
    sheet.append(["Name", "Mobile", "Depot"])
    for row in _rows(rows):
        sheet.append(list(row))
    book.save(file)


def _write_book(file: Path, rows: int) -> None:
    """As Excel writes: the texts in a table of their own, and the size of the sheet before it."""
    places: dict[str, int] = {}
    lines = [("Name", "Mobile", "Depot"), *_rows(rows)]
    sheet = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{column}{number}" t="s"><v>{places.setdefault(cell, len(places))}</v></c>'
            for column, cell in zip("ABC", line, strict=True)
        )
        + "</row>"
        for number, line in enumerate(lines, start=1)
    )
    texts = "".join(f"<si><t>{text}</t></si>" for text in places)
    parts = {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><dimension ref="A1:C'
        f'{len(lines)}"/><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}" count="{3 * len(lines)}" '
        f'uniqueCount="{len(places)}">{texts}</sst>',
    }
    _write_streamed_book(file, 0)
    with ZipFile(file) as package:
        parts |= {
            name: package.read(name).decode()
            for name in package.namelist()
            if name not in parts
        }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", override)
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def _rows(count: int) -> Iterator[tuple[str, str, str]]:
    chance = random.Random(1)
    for number in range(count):
        national = f"{chance.choice(('74', '75', '78', '79'))}{chance.randrange(10**8):08d}"
        mobile = f"0{national}" if number % 2 else f"+44{national}"
        if number % 20 == 0:
            mobile = f"{mobile[:5]} {mobile[5:]}"
        elif number % 500 == 1:
            mobile = "+44 12"
        yield f"Anna {number}", mobile, "ABC"[number % 3]
