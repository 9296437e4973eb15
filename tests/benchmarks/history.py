"""Looking back: pages, filters, searches and scrolling, on ten thousand and a million messages.

The reference is the smaller log: what does not grow with the log has a ratio of about one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

SMALL = 10_000
METHOD = (
    f"Logs of {SMALL:,} and of {MILLION:,} messages of about 100 characters; a page is 100 "
    "messages. A search reads the log from the newest message on until a page is full: what "
    "stands in many messages is found at once, what stands in none costs the whole log. It runs "
    "beside the window, which goes on answering. A frame is one notch of the wheel, from the "
    "scroll bar's move until Qt has nothing left to paint, with the pages it asks for."
)


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    asked: Mapping[str, object]
    limit_ms: float | None = None
    p99: bool = True


_JOBS = (
    _Job("a page at any depth", {"wants": "depth", "count": 300}, limit_ms=16),
    _Job("a filter by state", {"wants": "filter", "count": 300}, limit_ms=16),
    _Job("a frame while scrolling", {"wants": "scroll", "count": 300}, limit_ms=16),
    _Job("a message added, 30 a commit", {"wants": "add", "count": 60}, 0.15, p99=False),
    _Job("search, a word in many messages", {"wants": "search", "word": "engineer"}),
    _Job("search, a word in ten", {"wants": "search", "word": ""}),
    _Job("search, in no message", {"wants": "search", "word": "zebra crossing"}),
)
_SEARCHES = 10


def measure(look: Look) -> Section:
    folders = {size: look.folder / f"history-{size}" for size in (SMALL, MILLION)}
    for size, folder in folders.items():
        put_log(folder / "smsdesk.db", size, shelf=look.folder)
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        for job in _JOBS:
            for size, folder in folders.items():
                answer = ask(
                    look,
                    "looking_back",
                    _question(job, size, folder),
                    environment=look.screen,
                )
                if number:
                    for name, value in answer.items():
                        taken[f"{job.name} {size} {name}"].append(value)
    return Section(
        f"Looking back at {MILLION:,} messages",
        METHOD,
        f"{SMALL:,} messages",
        list(_figures(taken)),
    )


def _question(job: _Job, size: int, folder: Path) -> dict[str, object]:
    return {
        "count": _SEARCHES,
        **job.asked,
        "messages": size,
        "data_dir": str(folder),
        "api_url": "http://127.0.0.1:9",
        "application_id": "",
        "private_key_path": "",
        "per_second": 1.0,
        "lines": 1,
    }


def _figures(taken: Mapping[str, list[float]]) -> Iterator[Figure]:
    for job in _JOBS:
        key = "p99_ms" if job.p99 else "median_ms"
        yield Figure(
            f"{job.name}, {'99%' if job.p99 else 'median'}",
            "ms",
            taken[f"{job.name} {MILLION} {key}"],
            taken[f"{job.name} {SMALL} {key}"],
            None if job.limit_ms is None else Budget(job.limit_ms, Of.VALUE),
        )
