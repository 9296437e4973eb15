"""Sending to a list: how long from a file to its preview, and how much memory that takes.

The reference is what a short script would do: the csv module and phonenumbers, row by row.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

ROWS = 100_000
METHOD = (
    f"A list of {ROWS:,} rows with a name, a British mobile number and a depot; half of the "
    "numbers are written the national way, one in twenty with blanks, one in five hundred is "
    "none. Read means: every number is read and every row is accounted for. The preview has each "
    "row's text, its encoding and parts, countries and opt-outs besides. The reference reads the "
    "same file with `csv.DictReader` and `phonenumbers` (parse, validity, format), in one process."
)


def measure(look: Look) -> Section:
    rows = look.scaled(ROWS)
    text, book = look.folder / "list.csv", look.folder / "list.xlsx"
    _write_text(text, rows)
    _write_book(book, rows)
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        data_dir = str(look.folder / f"list-{number}")
        asked = {"who": "ours", "data_dir": data_dir}
        found = {
            "reference": ask(look, "reading_a_list", {"who": "csv", "file": str(text)}),
            "text": ask(look, "reading_a_list", {**asked, "file": str(text), "queues": True}),
            "book": ask(look, "reading_a_list", {**asked, "file": str(book), "queues": False}),
        }
        for what, answer in found.items():
            for name, value in answer.items():
                if number:
                    taken[f"{what} {name}"].append(value)
    reference = taken["reference read_s"]
    figures = [
        Figure("CSV, read", "s", taken["text read_s"], reference, Budget(0.5)),
        Figure("CSV, to the preview", "s", taken["text plan_s"], reference, Budget(0.5)),
        Figure(
            *("CSV, the first 50 rows", "ms", taken["text head_ms"], ()),
            Budget(300, Of.VALUE),
        ),
        Figure(
            *("CSV, memory at its peak, queued", "MB", taken["text peak_mb"], ()),
            Budget(300, Of.VALUE),
        ),
        Figure("CSV, queueing all in one commit", "s", taken["text queue_s"]),
        Figure("Excel, read", "s", taken["book read_s"], reference),
        Figure(
            *("Excel, the first 50 rows", "ms", taken["book head_ms"], ()),
            Budget(300, Of.VALUE),
        ),
        Figure(
            *("Excel, memory at its peak", "MB", taken["book peak_mb"], ()),
            Budget(300, Of.VALUE),
        ),
    ]
    return Section("A list", METHOD, "`csv` and `phonenumbers`", figures)


def _write_text(file: Path, rows: int) -> None:
    lines = (",".join(row) for row in _rows(rows))
    file.write_text("Name,Mobile,Depot\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _write_book(file: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Staff")
    sheet.append(["Name", "Mobile", "Depot"])
    for row in _rows(rows):
        sheet.append(list(row))
    book.save(file)


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
