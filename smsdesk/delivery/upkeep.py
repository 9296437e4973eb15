"""Looks after the log while nobody waits: a check of a large file, and the daily backup."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from smsdesk.store.database import CHECKED_AT_OPENING_BYTES, Database, quick_check
from smsdesk.store.errors import DatabaseDamagedError, StoreError
from smsdesk.store.upkeep import back_up, newest_backup_at
from smsdesk.system.clock import Clock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes

_log = logging.getLogger(__name__)

FIRST_LOOK_S = 60.0
LOOK_S = 900.0
DAY_S = 24 * 3600.0


class Upkeep:
    """A service: `run` checks the file once, and makes a backup a day.

    `on_damage` is called when the check finds the file damaged.
    """

    name = "upkeep"

    def __init__(
        self,
        *,
        database: Database,
        backups: Path,
        clock: Clock,
        on_damage: Callable[[], None],
    ) -> None:
        self._database = database
        self._backups = backups
        self._clock = clock
        self._on_damage = on_damage

    def run(self, stop: threading.Event) -> None:
        """Look from time to time until `stop` is set; the first backup is a minute away."""
        self.check()
        self._database.close_thread()
        wait_s = FIRST_LOOK_S
        while not self._clock.wait(stop, wait_s):
            wait_s = LOOK_S
            try:
                self.look()
            except (StoreError, OSError) as error:
                _log.warning("no backup could be made: %s", type(error).__name__)
            finally:
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
        back_up(self._database, self._backups, at=self._clock.now(), why="daily")
        return True

    def _size(self) -> int:
        return self._database.path.stat().st_size
