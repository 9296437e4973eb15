"""Receiving: genuine receipts verified, stored and answered a second, and what slow clients do.

Whoever calls is a process of its own, which has signed everything before the clock starts.
"""

from __future__ import annotations

from collections import defaultdict

from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

CALLERS = 16
SLOW = 500
METHOD = (
    f"Receipts for messages in the log come over {CALLERS} connections at a time, a new one for "
    "each, as no connection is kept. Each is verified (HS256 and the hash of the body), moves its "
    "message in a commit that is on the disk when it returns, and is answered after that. Then "
    f"{SLOW} clients connect, send half a head and fall silent, and genuine receipts come one "
    "after another between them; the figure is the longest that one of those waited."
)


def measure(look: Look) -> Section:
    folder = look.folder / "receiving"
    folder.mkdir()
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        answer = ask(
            look,
            "our_receiver",
            {
                "data_dir": str(folder / str(number)),
                "count": look.scaled(3000),
                "callers": CALLERS,
                "slow": SLOW,
            },
        )
        for name, value in answer.items():
            if number:
                taken[name].append(value)
    return Section("Receiving", METHOD, "", _figures(taken))


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    return [
        Figure(
            "receipts verified, stored and answered a second",
            "/s",
            taken["per_second"],
            budget=Budget(500, Of.VALUE, is_floor=True),
        ),
        Figure("99 of 100 were answered within", "ms", taken["slow_ms"]),
        Figure(
            f"longest wait of a genuine one among {SLOW} slow clients",
            "ms",
            taken["longest_ms"],
            budget=Budget(1000, Of.VALUE),
        ),
        Figure("memory that the slow clients cost", "MB", taken["memory_mb"]),
    ]
