"""A whole log into a file: how long it takes in each form, and how much memory.

The reference is the least that anybody could do: the table's columns as they are, row by row.
"""

from __future__ import annotations

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

METHOD = (
    f"A log of {MILLION:,} messages of about 100 characters, written whole by a process that "
    "does nothing else, from its start to the file's name. The memory is the most that the "
    "process ever held, the program's own included. The reference is `sqlite3` and `csv` alone: "
    "it writes the columns of the table as they are. A run takes so long that each is made once."
)
MOST_MB = 100
_FEWER = (10_000, 100_000)
_FORMS = {
    "xlsx": "Excel workbook",
    "csv": "CSV for a spreadsheet",
    "csv-raw": "CSV for programs",
    "jsonl": "JSON Lines",
}


def measure(look: Look) -> Section:
    messages = look.scaled(MILLION)
    least = _export(look, messages, "")
    figures = []
    for form, title in _FORMS.items():
        taken = {name: [value] for name, value in _export(look, messages, form).items()}
        figures += [
            Figure(title, "s", taken["s"], [least["s"]]),
            Figure(
                *(f"{title}, memory at its peak", "MB", taken["peak_mb"], ()),
                Budget(MOST_MB, Of.VALUE),
            ),
            *(
                Figure(
                    f"{title}, memory at its peak, {fewer:,} messages",
                    *("MB", [_export(look, fewer, form)["peak_mb"]]),
                )
                for fewer in _FEWER
            ),
            Figure(f"{title}, size of the file", "MB", taken["file_mb"]),
        ]
    return Section(f"Exporting {messages:,} messages", METHOD, "`sqlite3` and `csv`", figures)


def _export(look: Look, messages: int, form: str) -> dict[str, float]:
    data_dir = look.folder / f"export-{messages}"
    if not data_dir.exists():
        put_log(data_dir / "smsdesk.db", messages, shelf=look.folder)
    asked = {"data_dir": str(data_dir), "file": str(look.folder / "exported")}
    return ask(look, "exporting", {**asked, "messages": messages, "form": form})
