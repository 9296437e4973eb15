"""`make bench`: measures what the design promises, and says which budgets are kept.

make bench                                    # the tables
make bench ARGS="--quick --only history"      # a short look at one thing
make bench ARGS="--write --date 2027-01-31"   # docs/performance.md anew
make bench ARGS="--only history --write"      # one of its sections anew
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks import (
    compose,
    export,
    going_through,
    history,
    lists,
    overview,
    pace,
    receiving,
    responsiveness,
    sending,
    start_up,
)
from tests.benchmarks.children import ROOT, Look, screen
from tests.benchmarks.figures import Section
from tests.benchmarks.page import describe_machine, renew_page, write_page, write_table

BENCHMARKS: Mapping[str, Callable[[Look], Section]] = {
    "start-up": start_up.measure,
    "sending": sending.measure,
    "pace": pace.measure,
    "receiving": receiving.measure,
    "responsiveness": responsiveness.measure,
    "compose": compose.measure,
    "history": history.measure,
    "going-through": going_through.measure,
    "lists": lists.measure,
    "overview": overview.measure,
    "export": export.measure,
}
PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    """Measure and show. A missed budget is told, and is no error of this program."""
    options = _parse()
    runs = options.runs or (2 if options.is_quick else 5)
    print(describe_machine(), flush=True)
    sections = []
    with tempfile.TemporaryDirectory(prefix="smsdesk-bench-") as folder, screen() as shown:
        look = Look(Path(folder), runs, options.is_quick, shown)
        for name in options.only or BENCHMARKS:
            began = time.monotonic()
            section = BENCHMARKS[name](look)
            sections.append(section)
            print(f"\n{write_table(section)}\n  ({time.monotonic() - began:.0f} s)", flush=True)
    if options.is_written:
        former = PAGE.read_text("utf-8")
        page = (
            renew_page(former, sections, date=options.date)
            if options.only
            else write_page(sections, runs=runs, date=options.date, former=former)
        )
        PAGE.write_text(page, encoding="utf-8")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", dest="is_quick", action="store_true", help="a short look")
    parser.add_argument("--only", nargs="+", choices=list(BENCHMARKS), help="some of them")
    parser.add_argument("--runs", type=int, help="how often each figure is taken")
    parser.add_argument(
        "--write", dest="is_written", action="store_true", help="write docs/performance.md"
    )
    parser.add_argument("--date", default="", help="the day to put on the page")
    options = parser.parse_args()
    if options.is_written and options.is_quick:
        parser.error("the page is written of what was looked at closely")
    return options


if __name__ == "__main__":
    sys.exit(main())
