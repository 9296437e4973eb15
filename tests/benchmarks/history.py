"""Looking back: pages, jumps, filters, searches and scrolling, on logs of three sizes.

The reference is the smallest log: what does not grow with the log has a ratio of about one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

SMALL, MIDDLE = 10_000, 100_000
SIZES = (SMALL, MIDDLE, MILLION)
METHOD = (
    f"Logs of {SMALL:,}, {MIDDLE:,} and {MILLION:,} messages of about 100 characters, indexed "
    "as the program does it beside its work; a page is 100 messages, and opening reads the "
    "first one on a new connection. A search is asked as it is typed, letter after letter from "
    "the third one on (or the first two), and each letter is timed. Growth is the median against "
    "that of the smallest log. A frame is one notch of the wheel, from the scroll bar's move "
    "until Qt has nothing left to paint, with the pages it asks for."
)


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    asked: Mapping[str, object]
    limit_ms: float | None = 16.0
    p99: bool = True
    most_growth: float | None = None


def _search(name: str, *typed: str, limit_ms: float | None = 16.0, **which: object) -> _Job:
    asked = {"wants": "search", "typed": typed, **which}
    return _Job(f"search, {name}", asked, limit_ms, most_growth=8 if limit_ms else None)


_JOBS = (
    _Job("opening", {"wants": "open", "count": 100}),
    _Job("a page at any depth", {"wants": "depth", "count": 300}),
    _Job("a jump to a date", {"wants": "jump", "count": 300}),
    _Job("a filter by state", {"wants": "filter", "count": 300}),
    _Job("a filter by sender, batch, channel or date", {"wants": "other_filter", "count": 300}),
    _Job("a frame while scrolling", {"wants": "scroll", "count": 300}),
    _Job("a message added, 30 a commit", {"wants": "add", "count": 60}, 0.15, p99=False),
    _search("words in many messages", "engineer", "depot noon", "your parcel"),
    _search("a word in ten messages of a million", "quinquereme"),
    _search("words in no message", "zebra crossing", "xylophone"),
    _search("part of a number", "07700 912", "+44 7700 955555", "934567"),
    _search("a word and a number", "depot 07700 912"),
    _search("a word among the failed", "engineer", states=["failed", "rejected"]),
    _search("one and two letters", "e", "q", "zq", "en", "9", "45", shortest=1),
    _search("a phrase in quotes", '"your parcel"', '"noon office noon"'),
    _search(
        "a phrase that is nowhere, its parts in 15,000",
        '"noon noon noon noon"',
        limit_ms=None,
        shortest=20,
    ),
)


def measure(look: Look) -> Section:
    folders = {size: look.folder / f"history-{size}" for size in SIZES}
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
        what = f"{job.name}, {'99%' if job.p99 else 'median'}"
        budget = None if job.limit_ms is None else Budget(job.limit_ms, Of.VALUE)
        small = taken[f"{job.name} {SMALL} {key}"]
        yield Figure(f"{what}, {MIDDLE:,}", "ms", taken[f"{job.name} {MIDDLE} {key}"], small)
        yield Figure(what, "ms", taken[f"{job.name} {MILLION} {key}"], small, budget)
        if job.most_growth is not None:
            yield Figure(
                f"{job.name}, median and growth",
                "ms",
                taken[f"{job.name} {MILLION} median_ms"],
                taken[f"{job.name} {SMALL} median_ms"],
                Budget(job.most_growth),
            )
