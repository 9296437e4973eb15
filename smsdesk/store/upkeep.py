"""Backups, and a reserve of disk space for the moment it runs out.

When they are made is decided in `desk.opening` and `delivery.sender`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.store.database import operations_of_a_check, watched
from smsdesk.store.errors import DatabaseDamagedError, translated
from smsdesk.store.meta import EPOCH_OF_A_COPY

if TYPE_CHECKING:
    from smsdesk.store.database import Database

KEPT_BACKUPS = 7
BALLAST_BYTES = 8 * 1024 * 1024
_PAGES_AT_ONCE = 2_048
_COPIED = 0.15
"""How much of a backup is done when it is copied; the rest is the check, which takes longer."""


def back_up(
    database: Database,
    folder: Path,
    *,
    at: datetime,
    why: str,
    on_progress: Callable[[float], None] = lambda _share: None,
) -> Path:
    """Make a verified copy of the database and return where it is. `on_progress` hears, again
    and again, how much of that is done: from 0 to 1.

    The copy gets its final name only once it is complete and checked; of old copies the newest
    seven stay. Raises StoreError, or OSError for the folder itself.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = folder / f"smsdesk-{at:%Y%m%dT%H%M%S%f}-{why}.db"
    unfinished = final.with_suffix(".part")
    _create_private(unfinished)
    try:
        _copy(database, unfinished, on_progress)
        sync(unfinished)
        unfinished.replace(final)
    finally:
        unfinished.unlink(missing_ok=True)
    for old in backups(folder)[KEPT_BACKUPS:]:
        old.unlink(missing_ok=True)
    return final


def backups(folder: Path) -> list[Path]:
    """The finished copies, newest first."""
    return sorted(folder.glob("smsdesk-*.db"), reverse=True)


def newest_backup_at(folder: Path) -> float | None:
    """When the newest copy was made, in seconds since 1970."""
    found = backups(folder)
    return found[0].stat().st_mtime if found else None


def forget_copies(
    database: Path, folder: Path, *, backups_before: float, aside_before: float
) -> None:
    """Delete backups made before a moment, and damaged logs last written before another, both
    in seconds since 1970. The newest backup stays, whatever its age."""
    for old in backups(folder)[1:]:
        if old.stat().st_mtime < backups_before:
            old.unlink(missing_ok=True)
    for kind in ("damaged", "replaced"):
        for old in database.parent.glob(f"{database.stem}-{kind}-*"):
            if old.stat().st_mtime < aside_before:
                old.unlink(missing_ok=True)


def ready_copy(path: Path) -> Path:
    """The copy that is about to take the place of the database at `path` (`store.copies`)."""
    return path.with_name(path.name + ".restored")


def set_aside(path: Path, *, at: datetime, why: str = "damaged") -> Path:
    """Move a database out of the way that is damaged or replaced, together with its -wal and
    -shm.

    Nothing is deleted: what can still be read from it may matter.
    """
    aside = path.with_name(f"{path.stem}-{why}-{at:%Y%m%dT%H%M%S%f}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + suffix))
    return aside


class Ballast:
    """A file that only takes room, to be given back when the disk is full.

    On a full disk SQLite cannot even delete; with the room of this file the results of
    messages already on the wire can still be written down.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> None:
        """Take the room; on a nearly full disk take none."""
        if self._path.exists() and self._path.stat().st_size >= BALLAST_BYTES:
            return
        try:
            self.drop()
            _create_private(self._path)
            with self._path.open("wb") as file:
                file.write(bytes(BALLAST_BYTES))
                os.fsync(file.fileno())
        except OSError:
            self.drop()

    def drop(self) -> None:
        """Give the room back."""
        self._path.unlink(missing_ok=True)


def _copy(database: Database, target: Path, on_progress: Callable[[float], None]) -> None:
    def copied(_status: int, remaining: int, total: int) -> None:
        on_progress(_COPIED * (total - remaining) / max(total, 1))

    def checked(share: float) -> None:
        on_progress(_COPIED + (1 - _COPIED) * share)

    with translated():
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            database.connection.backup(copy, pages=_PAGES_AT_ONCE, progress=copied)
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA secure_delete=ON")
            # What waits in the copy may be sent any minute after it was made.
            copy.execute(
                "INSERT OR REPLACE INTO meta VALUES ('epoch', ?)", (str(EPOCH_OF_A_COPY),)
            )
            # The name of somebody who is being erased just now stays in the log alone.
            copy.execute("DELETE FROM meta WHERE key = 'erasing'")
            with watched(copy, operations_of_a_check(copy), checked):
                answer = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        finally:
            copy.close()
    if answer != "ok":
        raise DatabaseDamagedError(f"the copy does not pass the check: {answer}")


def _create_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def sync(path: Path) -> None:
    """Have on the disk a file that no SQLite connection holds, or the names in a folder.
    Windows knows no such thing for folders."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
