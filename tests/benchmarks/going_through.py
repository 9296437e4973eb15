"""Going through the list: frames while scrolling, jumps, and rows that move on, at three sizes.

The reference is the smallest log: what does not grow with the log has a ratio of about one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

SMALL, MIDDLE = 10_000, 100_000
SIZES = (SMALL, MIDDLE, MILLION)
METHOD = (
    f"The main window on logs of {SMALL:,}, {MIDDLE:,} and {MILLION:,} messages, all of them in "
    "the list. A frame is timed from what begins it until Qt has nothing left to paint: three "
    "rows further by the scroll bar, a place anywhere in the log, a message in sight that has "
    "changed and is read again, a new one at the top. Memory is what all of that adds to the "
    "most that the process ever held before."
)
_JOBS: Mapping[str, str] = {
    "turn": "three rows further",
    "jump": "a jump anywhere",
    "change": "a row that changes",
    "add": "a message that comes in, with its commit",
}
_LIMIT_MS = 16.0
_FRAMES = 300


def measure(look: Look) -> Section:
    folders = {size: look.folder / f"going-through-{size}" for size in SIZES}
    for size, folder in folders.items():
        put_log(folder / "smsdesk.db", size, shelf=look.folder)
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        for size, folder in folders.items():
            question = {
                "messages": size,
                "count": look.scaled(_FRAMES),
                "data_dir": str(folder),
                "api_url": "http://127.0.0.1:9",
                "application_id": "",
                "private_key_path": "",
                "per_second": 1.0,
                "lines": 1,
            }
            answer = ask(look, "going_through", question, environment=look.screen)
            if number:
                for name, value in answer.items():
                    taken[f"{size} {name}"].append(value)
    return Section(
        f"Going through {MILLION:,} messages", METHOD, f"{SMALL:,} messages", [*_figures(taken)]
    )


def _figures(taken: Mapping[str, list[float]]) -> Iterator[Figure]:
    for key, name in _JOBS.items():
        for share, shown in (("median", "median"), ("p99", "99%")):
            small = taken[f"{SMALL} {key}_{share}_ms"]
            middle = taken[f"{MIDDLE} {key}_{share}_ms"]
            yield Figure(f"{name}, {shown}, {MIDDLE:,}", "ms", middle, small)
            large = taken[f"{MILLION} {key}_{share}_ms"]
            budget = Budget(_LIMIT_MS, Of.VALUE) if share == "p99" else None
            yield Figure(f"{name}, {shown}", "ms", large, small, budget)
    grown = taken[f"{MILLION} grown_mb"]
    yield Figure("memory", "MB", grown, budget=Budget(16, Of.VALUE))
