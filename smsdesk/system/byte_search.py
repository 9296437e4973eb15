"""Looks for bytes in files, from a process of its own.

Of its own because of the database: when a process closes any descriptor of a file, it loses all
POSIX locks that SQLite holds on that file (https://www.sqlite.org/howtocorrupt.html, 2.2). What is
looked for goes through a pipe, since arguments can be read by others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

VERB = "search-bytes"
_PIECE = 4 * 1024 * 1024
_LONGEST_S = 3600


class SearchError(Exception):
    """The other process gave no answer."""


def search_files(files: Iterable[Path], needles: Sequence[bytes]) -> dict[Path, list[int]]:
    """Which of the needles, by their places in the sequence, are in which file; a file with none
    is not named, nor is one that is gone. As slow as reading the files. Raises SearchError."""
    question = {
        "files": [str(path) for path in files],
        "needles": [needle.hex() for needle in needles],
    }
    try:
        answer = subprocess.run(
            _command(),
            input=json.dumps(question),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST_S,
            check=True,
        )
        return {Path(path): found for path, found in json.loads(answer.stdout).items()}
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        # Neither the question nor what the process printed may get into a log.
        raise SearchError(type(error).__name__) from None


def answer_search(question: TextIO, answer: TextIO) -> None:
    """The other side of `search_files`: reads what is asked, and writes what was found."""
    asked = json.load(question)
    needles = [bytes.fromhex(needle) for needle in asked["needles"]]
    found = {}
    for name in asked["files"]:
        try:
            with Path(name).open("rb") as file:
                places = _find(file, needles)
        except FileNotFoundError:
            continue
        if places:
            found[name] = places
    json.dump(found, answer)


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, VERB]
    # -P: the folder we happen to be in must not bring a module of its own.
    return [sys.executable, "-P", "-m", "smsdesk", VERB]


def _find(file: BinaryIO, needles: Sequence[bytes]) -> list[int]:
    """A piece begins with the end of the one before, lest a needle lie across the two."""
    overlap = max((len(needle) for needle in needles), default=1) - 1
    found = set[int]()
    tail = b""
    while piece := file.read(_PIECE):
        window = tail + piece
        found.update(place for place, needle in enumerate(needles) if needle in window)
        tail = window[-overlap:] if overlap else b""
    return sorted(found)
