"""Makes the search index while nobody waits for it: of new messages, and of all after an update."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.search_index import SearchIndex
from smsdesk.system.clock import Clock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes

_log = logging.getLogger(__name__)

FIRST_LOOK_S = 3.0
"""The window is painted, and the sender at work, before anything is indexed."""
LOOK_S = 20.0
PAUSE_S = 0.01
"""Between two pieces of a block, some milliseconds of work each; the window and the sender come
first."""


class Indexing:
    """A service: `run` keeps the search index up to the log.

    `on_progress` is called after each block, and the index is complete when none is missing.
    """

    name = "indexing"

    def __init__(
        self,
        *,
        database: Database,
        index: SearchIndex,
        on_progress: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._database = database
        self._index = index
        self._on_progress = on_progress
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look from time to time until `stop` is set. Stopping loses at most the block that is
        being made."""
        wait_s = FIRST_LOOK_S
        while not self._clock.wait(stop, wait_s):
            wait_s = LOOK_S
            try:
                self.catch_up(stop)
            except (StoreError, OSError) as error:
                _log.warning("the search index could not be made: %s", type(error).__name__)
            self._database.close_thread()

    def catch_up(self, stop: threading.Event) -> None:
        """Make every block that is missing, as far as there is room on the disk and time."""
        while not stop.is_set() and free_bytes(self._database.path.parent) >= LEAST_FREE_BYTES:
            if not self._index.step(lambda: not self._clock.wait(stop, PAUSE_S)):
                return
            self._on_progress()
