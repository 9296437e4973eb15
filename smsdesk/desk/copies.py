"""Backups as a person meets them: made now, listed, looked into, and put back in place.

The daily one is `delivery.upkeep`'s. To put one back, the log must be closed: it is asked of
`restore`, by whoever has no desk open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from smsdesk.desk.trail import AuditTrail
from smsdesk.store import copies as store
from smsdesk.store.copies import Copy, Inside, Restored
from smsdesk.store.database import Actor, Database, check_header, quick_check
from smsdesk.store.erasure import Erasure
from smsdesk.store.errors import StoreError
from smsdesk.store.migrations import NEWEST, migrate
from smsdesk.store.trail import Act
from smsdesk.store.upkeep import back_up, ready_copy, set_aside, sync
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from smsdesk.system.os_user import user_name
from smsdesk.system.paths import LEAST_FREE_BYTES, Paths, free_bytes

__all__ = ["Copies", "CopiesError", "Copy", "Inside", "Restored", "restore"]


class CopiesError(Exception):
    """A copy cannot be made, read or put back; `code` is for wording. The log is as it was."""

    def __init__(self, code: str, path: Path | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.path = path


class Copies:
    """The copies of one profile's log. What fails raises CopiesError."""

    def __init__(
        self, paths: Paths, database: Database, trail: AuditTrail, clock: Clock
    ) -> None:
        self._paths = paths
        self._database = database
        self._trail = trail
        self._clock = clock

    @property
    def folder(self) -> Path:
        """Where the backups are."""
        return self._paths.backups

    def list(self) -> list[Copy]:
        """All there are, newest first. Quick."""
        return store.copies(self._paths.database, self._paths.backups)

    def look_into(self, path: Path) -> Inside:
        """Check one, and count what is in it. As slow as reading it."""
        with told(path):
            return store.look_into(path)

    def back_up(self) -> Copy:
        """Make one now. As slow as copying the log."""
        with told(self._paths.backups), copies_lock(self._paths):
            size = self._paths.database.stat().st_size
            if free_bytes(self._paths.home) < 2 * size + LEAST_FREE_BYTES:
                raise CopiesError("no_room", self._paths.backups)
            path = back_up(
                self._database, self._paths.backups, at=self._clock.now(), why="by-hand"
            )
            self._trail.note(Act.BACKED_UP, copy=path.name)
        (made,) = [copy for copy in self.list() if copy.path == path]
        return made


def restore(paths: Paths, source: Path, *, clock: Clock | None = None) -> Restored:
    """Put a copy in the place of the log, which is set aside; nothing is deleted.

    What waits in it comes back on hold, for it may have been sent since: the sender sees that the
    epoch is behind. Killed at any moment, the log is the old one or the new one: the copy is made
    ready beside it, and an opening that finds no log takes the one that is ready.

    No desk of this profile may be open here, and nobody else may send. Raises CopiesError.
    """
    clock = clock or Clock()
    with ExitStack() as stack:
        stack.enter_context(told(source))
        stack.enter_context(_nobody_sends(paths))
        stack.enter_context(copies_lock(paths))
        if not source.is_file():
            raise CopiesError("not_there", source)
        if free_bytes(paths.home) < 2 * source.stat().st_size + LEAST_FREE_BYTES:
            raise CopiesError("no_room", source)
        if paths.database.exists() and source.samefile(paths.database):
            raise CopiesError("is_the_log", source)
        return put_in_place(paths, source, clock=clock)


def put_in_place(
    paths: Paths, source: Path, *, clock: Clock, is_log_damaged: bool = False
) -> Restored:
    """`restore`, for whoever has seen to it that nobody else is at work. Raises StoreError or
    OSError."""
    actor = Actor(user_name(), paths.profile)
    log = None if is_log_damaged else _readable_log(paths)
    ready = ready_copy(paths.database)
    try:
        if log is not None and Erasure(log).unfinished() is not None:
            # What has to be taken out of the copies is known to this log alone.
            raise CopiesError("erasure_unfinished", source)
        restored = store.make_ready(source, ready, log=log, actor=actor, at=clock.now())
        if log is not None:
            # With all of it in one file nothing is lost when the files are renamed one by one.
            log.empty_wal()
    finally:
        if log is not None:
            log.close_thread()
    why = "damaged" if log is None else "replaced"
    set_aside(paths.database, at=clock.now(), why=why)
    ready.rename(paths.database)
    sync(paths.home)
    return restored


@contextmanager
def copies_lock(paths: Paths) -> Iterator[None]:
    """Nobody else makes, changes or puts back a copy. Raises CopiesError."""
    with _locked(paths.copies_lock, "copies_busy"):
        yield


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Errors of the store and of the disk as this room's own."""
    try:
        yield
    except StoreError as error:
        raise CopiesError(error.code, path) from error
    except OSError as error:
        raise CopiesError("io_error", path) from error


def _nobody_sends(paths: Paths) -> AbstractContextManager[None]:
    return _locked(paths.sender_lock, "sender_busy")


@contextmanager
def _locked(path: Path, code: str) -> Iterator[None]:
    lock = ProcessLock(path)
    if not lock.try_acquire():
        raise CopiesError(code)
    try:
        yield
    finally:
        lock.release()


def _readable_log(paths: Paths) -> Database | None:
    """The log that is to be replaced, if its trail and its opt-outs can be read."""
    database = Database(paths.database)
    try:
        check_header(paths.database, newest=NEWEST)
        quick_check(database)
        migrate(database)
    except (StoreError, OSError):
        database.close_thread()
        return None
    return database
