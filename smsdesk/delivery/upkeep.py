"""Looks after the log while nobody waits: a check of a large file, the daily backup, and the
removal of what has been kept long enough."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from smsdesk.store.copies import remove_unfinished
from smsdesk.store.database import CHECKED_AT_OPENING_BYTES, Database, quick_check
from smsdesk.store.errors import DatabaseDamagedError, StoreError
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.upkeep import back_up, forget_copies, newest_backup_at
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes

_log = logging.getLogger(__name__)

FIRST_LOOK_S = 60.0
LOOK_S = 900.0
PAUSE_S = 0.2
"""Between two commits of a removal; long enough for a sender that waits to come first."""
DAY_S = 24 * 3600.0
LARGE_BYTES = 256 * 1024 * 1024
"""A file that takes more than a few seconds to be written anew, for which nobody should wait."""
NIGHT = range(1, 5)
"""Hours of the local clock. Many computers are off then, so that after a week without such an
hour the next time will do in which nobody is at the window."""
BACKUPS_FOR_S = 7 * DAY_S
"""What has been removed from the log lives on in its backups no longer than this."""


class Upkeep:
    """A service: `run` checks the file once, makes a backup and removes old things daily, and
    writes the file anew weekly.

    `on_damage` is called when the check finds the file damaged, and `finish` at the start, to end
    what an earlier run has begun. `lock` is for whoever makes or changes copies. `is_left_alone`
    says whether nobody has been at the window for a while, and is asked often.
    """

    name = "upkeep"

    def __init__(
        self,
        *,
        database: Database,
        backups: Path,
        clock: Clock,
        on_damage: Callable[[], None],
        retention: Retention,
        kept: Callable[[], KeptDays],
        finish: Callable[[], None],
        lock: ProcessLock,
        is_left_alone: Callable[[], bool],
    ) -> None:
        self._database = database
        self._backups = backups
        self._clock = clock
        self._on_damage = on_damage
        self._retention = retention
        self._kept = kept
        self._finish = finish
        self._lock = lock
        self._is_left_alone = is_left_alone

    def run(self, stop: threading.Event) -> None:
        """Look from time to time until `stop` is set; the first backup is a minute away."""
        self.check()
        self._finish()
        self._database.close_thread()
        wait_s = FIRST_LOOK_S
        while not self._clock.wait(stop, wait_s):
            wait_s = LOOK_S
            # A removal comes before the backup, which then holds nothing that is too old.
            for work, trouble in (
                (lambda: self.remove(stop), "nothing old could be removed: %s"),
                (lambda: self.write_anew(stop), "the log could not be written anew: %s"),
                (self.look, "no backup could be made: %s"),
                (self.forget_copies, "no old backup could be deleted: %s"),
            ):
                try:
                    work()
                except (StoreError, OSError) as error:
                    _log.warning(trouble, type(error).__name__)
            self._database.close_thread()

    def check(self) -> None:
        """Check a file that was too large to be checked before it was shown."""
        if self._size() <= CHECKED_AT_OPENING_BYTES:
            return
        try:
            quick_check(self._database)
        except DatabaseDamagedError:
            _log.error("the message log is damaged")
            self._on_damage()
        except StoreError as error:
            _log.warning("the message log could not be checked: %s", error.code)

    def look(self) -> bool:
        """Make a backup when the newest is a day old; says whether it did."""
        newest = newest_backup_at(self._backups)
        if newest is not None and self._clock.epoch() - newest < DAY_S:
            return False
        # On a nearly full disk a copy would take the room that the results of messages on the
        # wire may need.
        if free_bytes(self._backups.parent) < 2 * self._size() + LEAST_FREE_BYTES:
            return False
        # Somebody may be at the copies just now, to take a person out of them.
        if not self._lock.try_acquire():
            return False
        try:
            remove_unfinished(self._database.path, self._backups)
            back_up(self._database, self._backups, at=self._clock.now(), why="daily")
        finally:
            self._lock.release()
        return True

    def remove(self, stop: threading.Event) -> bool:
        """Once a day, remove what has been kept long enough; says whether that was finished.

        Set `stop` ends it after the commit it is at; the next start goes on from there.
        """
        at = self._clock.now()
        # On a nearly full disk the room is needed for the results of messages on the wire.
        if free_bytes(self._database.path.parent) < LEAST_FREE_BYTES:
            return False
        return self._retention.is_due(at=at) and self._retention.run(
            self._kept(), at=at, go_on=lambda: not self._clock.wait(stop, PAUSE_S)
        )

    def write_anew(self, stop: threading.Event) -> bool:
        """Once a week, if anything has been removed, write the file anew so that nothing of it
        is left in its free room. Says whether it was.

        A large one is for the night. If the computer was off in all the nights of a week, it is
        for the next time that the window has been left alone, and broken off when somebody comes
        back.
        """
        at = self._clock.now()
        size = self._size()
        if free_bytes(self._database.path.parent) < 2 * size + LEAST_FREE_BYTES:
            return False
        if not self._retention.is_worn(at=at):
            return False
        if size <= LARGE_BYTES or at.astimezone().hour in NIGHT:
            return self._retention.write_anew(at=at, go_on=lambda: not stop.is_set())
        return (
            self._retention.has_been_worn_long(at=at)
            and self._is_left_alone()
            and self._retention.write_anew(
                at=at, go_on=lambda: not stop.is_set() and self._is_left_alone()
            )
        )

    def forget_copies(self) -> None:
        """Delete copies of the log that hold what has been removed from it.

        Not before a removal: in doubt about the date, that waits for a day.
        """
        kept = self._kept()
        if not any((kept.texts, kept.messages)) or not self._retention.is_fresh(
            at=self._clock.now()
        ):
            return
        now = self._clock.epoch()
        longest = min(days for days in (kept.texts, kept.messages) if days) * DAY_S
        forget_copies(
            self._database.path,
            self._backups,
            backups_before=now - BACKUPS_FOR_S,
            aside_before=now - longest,
        )

    def _size(self) -> int:
        return self._database.path.stat().st_size
