"""Runs the programs that are measured, each in a process of its own, and reads what they say.

A program gets one JSON object as its argument and prints one. What it measures is its affair.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_RUN_S = 300.0


@dataclass(frozen=True, slots=True)
class Look:
    """How closely to look, and where to work."""

    folder: Path
    """Empty at first, and thrown away at the end."""
    runs: int
    """How many times each figure is taken, after one round that only warms up."""
    is_quick: bool
    screen: Mapping[str, str]
    """The environment in which a window is painted."""

    def scaled(self, count: int) -> int:
        """`count`, or a fifth of it for a short look."""
        return max(1, count // 5) if self.is_quick else count


class ProgramError(Exception):
    """A measured program failed; the text is what it had to say."""


def ask(
    look: Look,
    program: str,
    question: Mapping[str, object],
    *,
    environment: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Run a program of `programs` and return its answer. Raises ProgramError."""
    # The moment is put down last: it is the one from which a start-up is counted.
    command = [sys.executable, "-m", f"tests.benchmarks.programs.{program}"]
    told = {**question, "started": time.monotonic()}
    done = subprocess.run(
        [*command, json.dumps(told)],
        cwd=ROOT,
        env=_as_installed(look) | dict(environment or {}),
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN_S,
        check=False,
    )
    if done.returncode:
        raise ProgramError(f"{program} {dict(question)}: {done.stderr[-2000:]}")
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _as_installed(look: Look) -> dict[str, str]:
    """Our environment, in which modules are compiled once, as those of installed programs are."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(look.folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """The environment of a virtual X11 screen, or of none where Xvfb is not installed."""
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        try:
            number = server.stdout.readline().strip()
            yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}
        finally:
            server.terminate()
