"""A disk that loses what was not synced, and one that fails: `disk.c` between SQLite and libc.

A power cut is played afterwards: from the note of all writes and syncs the files are made again
as a disk may have left them at some moment, with what was synced by then and nothing else, or
with some of the rest.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smsdesk.store import migrations
from smsdesk.store.database import Database, integrity_check
from tests.support import Log

needs_disk = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)
ROOT = Path(__file__).parents[2]
_HEAD = struct.Struct("=cqqq")


@dataclass(frozen=True, slots=True)
class Step:
    """A write, a truncation or a sync, and where its note ends in the journal."""

    kind: str
    path: str
    offset: int
    data: bytes
    end: int

    def do(self, content: bytearray) -> None:
        """To the content of its file."""
        if self.kind == "t":
            del content[self.offset :]
        needed = self.offset + len(self.data)
        content.extend(bytes(max(0, needed - len(content))))
        content[self.offset : needed] = self.data


def build(folder: Path) -> Path:
    """Compile the disk into a folder; gives the library for LD_PRELOAD."""
    library = folder / "disk.so"
    source = Path(__file__).with_name("disk.c")
    command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return library


def run_on(library: Path, folder: Path, program: str, *arguments: str, **settings: str) -> str:
    """Run a program of ours whose files in `folder` lie on that disk; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "DISK_FOLDER": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **settings,
        },
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def new_log(folder: Path) -> Path:
    """An empty log, closed, on a disk without faults."""
    folder.mkdir()
    path = folder / "smsdesk.db"
    migrations.create(path)
    return path


def read_journal(path: Path) -> Iterator[Step]:
    """The steps in their order."""
    data = path.read_bytes()
    place = 0
    while place < len(data):
        kind, offset, length, name = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        file = data[place : place + name].decode()
        place += name
        written = data[place : place + length] if kind == b"w" else b""
        place += len(written)
        yield Step(kind.decode(), file, offset, written, place)


def cut_power(
    before: Path, journal: list[Step], at: int, to: Path, *, rng: random.Random | None = None
) -> None:
    """Make the files as they may be after a cut at this place of the journal.

    Without `rng` all that was not synced is gone, with it some of that has reached the disk. The
    shared memory beside the log is gone in any case.
    """
    shutil.copytree(before, to)
    unsynced: dict[str, list[Step]] = defaultdict(list)
    contents = {path.name: bytearray(path.read_bytes()) for path in to.iterdir()}
    for step in journal:
        if step.end > at:
            break
        if step.kind != "s":
            unsynced[step.path].append(step)
            continue
        content = contents.setdefault(step.path, bytearray())
        for earlier in unsynced.pop(step.path, []):
            earlier.do(content)
    for path, steps in unsynced.items():
        for step in steps:
            if rng is not None and rng.random() < 0.5:
                step.do(contents.setdefault(path, bytearray()))
    for name, content in contents.items():
        if not name.endswith("-shm"):
            (to / name).write_bytes(content)


def missing_from(path: Path, said: list[tuple[str, str]]) -> list[str]:
    """Of what was said to be stored, what is not there."""
    log = Log(Database(path))
    try:
        integrity_check(log.database)
        missing = []
        for what, message_id in said:
            message = log.view.get(message_id)
            is_there = (
                message is not None
                and {
                    "queued": True,
                    "claimed": message.attempts == 1,
                    "accepted": message.message_uuid is not None,
                }[what]
            )
            if not is_there:
                missing.append(f"{what} {message_id}")
        return missing
    finally:
        log.database.close_thread()
