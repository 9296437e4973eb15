"""Shows figures: as a table in the terminal, and as docs/performance.md.

What is shown was measured elsewhere; here it is only rounded.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from itertools import compress

from PySide6 import __version__ as qt_version

from tests.benchmarks.figures import Budget, Figure, Of, Section

INTRODUCTION = """\
# Performance

What the program promises, and what was measured. `make bench` takes every figure anew.

## How it is measured

- Each figure is taken in a process of its own. A first round only warms up; then the program \
and its reference take turns, {runs} times.
- The tables give the median and, behind it, the lowest and the highest run. A ratio is the \
median against the median of the reference in the same run: it says more than the milliseconds, \
which belong to one machine and one day.
- 99% is the time that ninety-nine of a hundred events of one run kept to.
- No test asserts a time. A budget that is missed is a finding, and stands here as one.

Measured{when} on {machine}.
"""
MEASURED_APART = "A long time at full speed"
"""What `make soak` measures; a page that is written anew keeps it."""
_HEADS = ("what", "median", "lowest to highest", "reference", "ratio", "budget", "")
_WORDS = {True: "met", False: "**missed**", None: ""}


def describe_machine() -> str:
    """The machine in a few neutral words."""
    return (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"PySide6 {qt_version}, SQLite {sqlite3.sqlite_version}"
    )


def write_page(sections: Sequence[Section], *, runs: int, date: str, former: str) -> str:
    """The whole page, in Markdown; of the former one only what is measured apart stays."""
    when = f" on {date}" if date else ""
    parts = [INTRODUCTION.format(runs=runs, when=when, machine=describe_machine())]
    page = "\n".join([*parts, *map(_write_section, sections)])
    for other in former.split("\n## "):
        if other.startswith(f"{MEASURED_APART}\n"):
            page += f"\n## {other}"
    return page.rstrip("\n") + "\n"


def renew_page(page: str, sections: Sequence[Section], *, date: str) -> str:
    """The page with these sections in place of their older selves, or at the end where they are
    new; the rest stays as it is."""
    beginning, *others = page.split("\n## ")
    for section in sections:
        written = _write_section(section, measured=f"Measured on {date}. " if date else "")
        written = written.removeprefix("## ").removesuffix("\n") + "\n"
        titles = [other.partition("\n")[0] for other in others]
        if section.title in titles:
            others[titles.index(section.title)] = written
        else:
            others.append(written)
    return "\n## ".join([beginning, *others]).rstrip("\n") + "\n"


def _write_section(section: Section, *, measured: str = "") -> str:
    return f"## {section.title}\n\n{measured}{section.method}\n\n{_markdown(section)}"


def write_table(section: Section) -> str:
    """One section for the terminal."""
    rows = _rows(section)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([section.title, *(f"  {line}" for line in lines)]).replace("**", "")


def _markdown(section: Section) -> str:
    heads, *rows = _rows(section)
    rules = ["---", *["---:"] * (len(heads) - 2), "---"]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rules, *rows))


def _rows(section: Section) -> list[list[str]]:
    """Heads and figures, without the columns that this section has no use for."""
    heads = [section.reference if head == "reference" else head for head in _HEADS]
    figures = [_row(figure) for figure in section.figures]
    used = [any(row[column] for row in figures) for column in range(len(heads))]
    return [list(compress(row, used)) for row in (heads, *figures)]


def _row(figure: Figure) -> list[str]:
    unit = "" if figure.unit in ("", "/s") else f" {figure.unit}"
    ends = f"{_show(min(figure.values))} to {_show(max(figure.values))}"
    reference = figure.reference_median
    return [
        figure.name,
        f"{_show(figure.median)}{unit}",
        ends,
        "" if reference is None else f"{_show(reference)}{unit}",
        "" if figure.ratio is None else f"{_show(figure.ratio)} ×",
        "" if figure.budget is None else _show_budget(figure.budget, unit),
        _WORDS[figure.is_met],
    ]


def _show_budget(budget: Budget, unit: str) -> str:
    sign = "≥" if budget.is_floor else "≤"
    return f"{sign} {_show(budget.limit)}{' ×' if budget.of is Of.RATIO else unit}"


def _show(value: float) -> str:
    """Three figures that mean something, and no more."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 0.1 else f"{value:.3f}"
