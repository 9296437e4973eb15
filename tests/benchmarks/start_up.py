"""Start-up: from the start of the process to a painted window, and to the first letter typed.

The reference is a bare PySide6 window with one label. Ours opens its default profile as it does
for everybody, with an empty log, with a million messages, and as a demo.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import ROOT, Look, ask
from tests.benchmarks.figures import Budget, Figure, Section

METHOD = (
    "Each start is a new process on a virtual screen, files in the system's cache, and counts "
    "from the moment the process is begun. The first paint shows the menus and the message "
    "being written; the history comes in the next turns of the event loop, then what works "
    "behind the window: when all of that has been begun is told too. Memory is the "
    "proportional set size just after the first paint; it says something only while no other "
    "Qt program runs, with which Qt's pages would be shared. The letter is typed as soon as "
    "the window says it is ready, and counts as accepted when it stands in the message. In "
    "the demo the simulator runs in the same process and makes a new RSA key first, which "
    "takes a different time at each start. The built program (`make frozen`) is watched from "
    "outside: the time ends when its window is to be seen on the screen; its reference is the "
    "bare window watched in the same way."
)
BUILT = ROOT / "dist" / "smsdesk" / "smsdesk"
_CASES = ("an empty log", f"{MILLION:,} messages", "the demo")


def measure(look: Look) -> Section:
    homes = {case: look.folder / f"home-{n}" for n, case in enumerate(_CASES)}
    for case, home in homes.items():
        _prepare(look, home, messages=MILLION if case == _CASES[1] else 0)
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        for name, value in _round(look, homes).items():
            if number:  # the first round only warms up
                taken[name].append(value)
    figures = [*_figures(taken), *(_figures_of_built(taken) if _is_built(look) else ())]
    return Section("Start-up", METHOD, "bare PySide6 window", figures)


def _is_built(look: Look) -> bool:
    """There is a built program, and a screen to look at."""
    return BUILT.exists() and "DISPLAY" in look.screen


def _figures_of_built(taken: dict[str, list[float]]) -> list[Figure]:
    return [
        Figure(
            f"{name}, built, an empty log",
            unit,
            taken[f"built {key}"],
            taken[f"watched {key}"],
            Budget(1.5),
        )
        for key, name, unit in (
            ("paint_ms", "first paint", "ms"),
            ("memory_mb", "memory at first paint", "MB"),
        )
    ]


def _figures(taken: dict[str, list[float]]) -> list[Figure]:
    bare = taken["bare paint_ms"]
    figures = []
    for case in _CASES:
        is_promised = case != "the demo"
        for key, name, unit, reference, limit in (
            ("paint_ms", "first paint", "ms", bare, 1.5),
            ("key_ms", "first letter accepted", "ms", bare, 1.7),
            ("all_ms", "history there, all begun", "ms", bare, None),
            ("memory_mb", "memory at first paint", "MB", taken["bare memory_mb"], 1.5),
        ):
            budget = Budget(limit) if is_promised and limit is not None else None
            values = taken[f"{case} {key}"]
            figures.append(Figure(f"{name}, {case}", unit, values, reference, budget))
    return figures


def _round(look: Look, homes: dict[str, Path]) -> dict[str, float]:
    """One start of each kind, one after another."""
    at_first = {**look.screen, **_at_home(homes[_CASES[0]])}
    bare = ask(look, "bare_window", {}, environment=at_first)
    found = {f"bare {key}": value for key, value in bare.items()}
    for case, home in homes.items():
        for wants in ("memory", "key", "all"):
            question = {"wants": wants, "demo": case == "the demo"}
            at_home = {**look.screen, **_at_home(home)}
            answer = ask(look, "our_window", question, environment=at_home)
            found |= {f"{case} {key}": value for key, value in answer.items()}
    if _is_built(look):
        for name, command in (
            ("watched", [sys.executable, "-m", "tests.benchmarks.programs.bare_window"]),
            ("built", [str(BUILT)]),
        ):
            answer = ask(look, "watching", {"command": command}, environment=at_first)
            found |= {f"{name} {key}": value for key, value in answer.items()}
    return found


def _prepare(look: Look, home: Path, *, messages: int) -> None:
    temporary = home / "tmp"
    temporary.mkdir(parents=True)
    if messages:
        put_log(home / "share" / "smsdesk" / "smsdesk.db", messages, shelf=look.folder)


def _at_home(home: Path) -> dict[str, str]:
    """The environment of somebody who lives there, and who has no keyring running."""
    return {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "share"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "TMPDIR": str(home / "tmp"),
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    }
