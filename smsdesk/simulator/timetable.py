"""Things to be done later, done by a few threads of its own at the right time.

What they are, and what happens when one of them fails, is known to whoever puts them here.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Timetable:
    """Runs callables when they are due; `pace` scales every delay."""

    def __init__(self, *, pace: float, workers: int = 4) -> None:
        self._pace = pace
        self._workers = workers
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._news = threading.Condition()
        self._is_open = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._is_open = True
        self._threads = [
            threading.Thread(target=self._work, name=f"simulator-later-{n}", daemon=True)
            for n in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Drop what is not begun, and wait for what is."""
        with self._news:
            self._is_open = False
            self._due.clear()
            self._news.notify_all()
        for thread in self._threads:
            thread.join()

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """Do `act` in `delay_s` seconds to be scaled; what is due together keeps order."""
        due = time.monotonic() + delay_s * self._pace
        with self._news:
            heapq.heappush(self._due, (due, next(self._order), act))
            self._news.notify()

    def _work(self) -> None:
        while (act := self._next()) is not None:
            try:
                act()
            except Exception:  # noqa: BLE001 - one failed act must not end the others
                _log.exception("the simulator failed at something it had planned")

    def _next(self) -> Callable[[], None] | None:
        with self._news:
            while self._is_open:
                wait_s = None
                if self._due:
                    wait_s = self._due[0][0] - time.monotonic()
                    if wait_s <= 0:
                        return heapq.heappop(self._due)[2]
                self._news.wait(wait_s)
            return None
