"""The window while it sends: how long would a key have to wait?

The real main window on a log of a million messages, its live list in sight, all its services
running; the sender at rest, at thirty a second, and as fast as it can.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.far_side import Account, far_side, make_account
from tests.benchmarks.figures import Budget, Figure, Of, Section

METHOD = (
    f"The main window on {MILLION:,} messages, list in sight, all services running. A timer in "
    "its event loop is set to go off in 5 ms, again and again; the figure is how much later it "
    "does. Each run begins once the window has been open for a few seconds. The reference is "
    "the same window with nothing to send."
)
_WARM_UP_S = 4.0


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    per_second: float
    queued_a_second: int
    p99_ms: float
    worst_ms: float


_CASES = (
    _Case("at 30/s", 30.0, 40, p99_ms=4, worst_ms=16),
    _Case("at full speed", 1_000_000.0, 3_000, p99_ms=16, worst_ms=50),
)
_IDLE = _Case("at rest", 30.0, 0, p99_ms=0, worst_ms=0)


def measure(look: Look) -> Section:
    folder = look.folder / "responsiveness"
    put_log(folder / "log" / "smsdesk.db", MILLION, shelf=look.folder)
    account = make_account(folder)
    taken: dict[str, list[float]] = defaultdict(list)
    with far_side(account) as url:
        for number in range(look.runs + 1):
            for case in (_IDLE, *_CASES):
                answer = _watch(look, case, account, url, folder / "log")
                for name, value in answer.items():
                    if number:
                        taken[f"{case.name} {name}"].append(value)
    return Section("The window while it sends", METHOD, "at rest", _figures(taken))


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    figures = []
    for case in _CASES:
        limits = {"median": None, "p99": case.p99_ms, "worst": case.worst_ms}
        for name, limit in limits.items():
            figures.append(
                Figure(
                    f"late {case.name}, {'99%' if name == 'p99' else name}",
                    "ms",
                    taken[f"{case.name} {name}_ms"],
                    taken[f"{_IDLE.name} {name}_ms"],
                    None if limit is None else Budget(limit, Of.VALUE),
                )
            )
        sent = taken[f"{case.name} per_second"]
        figures.append(Figure(f"sent meanwhile, {case.name}", "/s", sent))
    return figures


def _watch(
    look: Look, case: _Case, account: Account, url: str, folder: Path
) -> dict[str, float]:
    seconds = look.scaled(15)
    return ask(
        look,
        "window_lag",
        {
            "api_url": url,
            "application_id": account.application_id,
            "private_key_path": str(account.private_key_path),
            "data_dir": str(folder),
            "per_second": case.per_second,
            "lines": 4,
            "queued": int(case.queued_a_second * (seconds + 2 * _WARM_UP_S)),
            "seconds": seconds,
            "warm_up_s": _WARM_UP_S,
        },
        environment=look.screen,
    )
