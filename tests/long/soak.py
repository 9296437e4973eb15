"""`make soak`: the window open for half an hour while messages leave as fast as they can.

make soak                                    # half an hour
make soak ARGS="--minutes 3"                 # a short look, too short to judge memory by
make soak ARGS="--write --date 2027-01-31"   # and its part of docs/performance.md anew

It ends with 1 when the memory has grown by more than a twentieth, or the window has become later.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.children import ROOT, screen
from tests.benchmarks.far_side import far_side, make_account
from tests.benchmarks.figures import Budget, Figure, Section
from tests.benchmarks.page import MEASURED_APART, renew_page, write_table

SPANS = 30
_WARM_UP = SPANS // 10
"""Until then each thread has filled its cache of the log's pages (2 MB), and the upkeep, which
begins a minute after the start, has looked at all there is."""
_COMPARED = SPANS // 5
_MEMORY_MAY = 1.05
_LAG_MAY = 1.25
_METHOD = (
    "The main window on an empty log, list in sight, all services running, and always something "
    "to send, for {minutes:g} minutes; in the end the log had {sent:,} messages. The time is "
    "divided into {spans} spans. After a warm-up of {warm_up} of them, the next {compared} are "
    "the reference for the last {compared}. Memory is the proportional set size at the end of a "
    "span; late is meant as above. `make soak` takes these figures anew."
)
PAGE = ROOT / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--write", dest="is_written", action="store_true")
    parser.add_argument("--date", default="", help="the day to put on the page")
    options = parser.parse_args()
    spans = []
    for span in _soak(options.minutes * 60 / SPANS):
        spans.append(span)
        told = ", ".join(f"{name} {value:.1f}" for name, value in span.items())
        print(f"{len(spans):2} of {SPANS}: {told}", flush=True)
    if len(spans) < SPANS:
        print("The window has ended too early.")
        return 1
    section = _compare(spans, options.minutes)
    print(f"\n{write_table(section)}")
    if options.is_written:
        page = renew_page(PAGE.read_text("utf-8"), [section], date=options.date)
        PAGE.write_text(page, encoding="utf-8")
    return 1 if any(figure.is_met is False for figure in section.figures) else 0


def _soak(span_s: float) -> Iterator[dict[str, float]]:
    """What the window says of each span, as soon as it says it."""
    with tempfile.TemporaryDirectory(prefix="smsdesk-soak-") as name, screen() as shown:
        folder = Path(name)
        account = make_account(folder)
        with far_side(account) as url:
            question = {
                "api_url": url,
                "application_id": account.application_id,
                "private_key_path": str(account.private_key_path),
                "data_dir": str(folder / "log"),
                "per_second": 1_000_000.0,
                "lines": 4,
                "spans": SPANS,
                "span_s": span_s,
            }
            program = "tests.benchmarks.programs.soaking_window"
            with subprocess.Popen(
                [sys.executable, "-m", program, json.dumps(question)],
                cwd=ROOT,
                env={**os.environ, **shown},
                stdout=subprocess.PIPE,
                text=True,
            ) as process:
                assert process.stdout is not None
                for line in process.stdout:
                    yield json.loads(line)


def _compare(spans: list[dict[str, float]], minutes: float) -> Section:
    first, last = spans[_WARM_UP : _WARM_UP + _COMPARED], spans[-_COMPARED:]

    def figure(name: str, key: str, unit: str, budget: float | None = None) -> Figure:
        return Figure(
            name,
            unit,
            [span[key] for span in last],
            [span[key] for span in first],
            None if budget is None else Budget(budget),
        )

    sent = round(sum(span["per_second"] for span in spans) * minutes * 60 / SPANS)
    method = _METHOD.format(
        minutes=minutes, sent=sent, spans=SPANS, warm_up=_WARM_UP, compared=_COMPARED
    )
    figures = [
        figure("memory", "memory_mb", "MB", _MEMORY_MAY),
        figure("late, 99%", "p99_ms", "ms", _LAG_MAY),
        figure("late, worst", "worst_ms", "ms"),
        figure("sent a second", "per_second", "/s"),
    ]
    return Section(MEASURED_APART, method, "in the first minutes", figures)


if __name__ == "__main__":
    sys.exit(main())
