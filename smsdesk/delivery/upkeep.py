"""Looks after the log while nobody waits: the check after a bad end, and the daily backup."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.upkeep import back_up, newest_backup_at
from smsdesk.system.clock import Clock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes

_log = logging.getLogger(__name__)

FIRST_LOOK_S = 60.0
LOOK_S = 900.0
DAY_S = 24 * 3600.0


class Upkeep:
    """A service: `run` makes a backup a day, the first a minute after the start."""

    name = "upkeep"

    def __init__(self, *, database: Database, backups: Path, clock: Clock) -> None:
        self._database = database
        self._backups = backups
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look from time to time until `stop` is set."""
        wait_s = FIRST_LOOK_S
        while not self._clock.wait(stop, wait_s):
            wait_s = LOOK_S
            try:
                self.look()
            except (StoreError, OSError) as error:
                _log.warning("no backup could be made: %s", type(error).__name__)
            finally:
                self._database.close_thread()

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
