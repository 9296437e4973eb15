"""Knows how one process keeps others out: a lock of the kernel on a file, not a pid in it.

The kernel frees the lock when the process ends, however it ends. What is locked, and what the
loser does, is left to those who ask.
"""

import os
import sys
from pathlib import Path


class ProcessLock:
    """A lock that at most one process holds. The file stays; only the lock on it counts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        """Takes the lock if it is free, without waiting; says whether we hold it now.

        Raises OSError when the file cannot be opened.
        """
        if self._descriptor is not None:
            return True
        # Python opens files non-inheritable, so that no child keeps the lock after we are gone
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, (BlockingIOError, PermissionError)):
                return False
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Gives the lock back; nothing happens if we do not hold it."""
        if self._descriptor is not None:
            # to close is not enough: a child just being started may hold a copy for a moment
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
