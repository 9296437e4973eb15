"""How many records of Vonage's reports may still be asked for today, and how fast: a person sets
the one, Vonage the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

from smsdesk.delivery.throughput import Throughput
from smsdesk.store.database import Database
from smsdesk.store.report_cost import ReportCost
from smsdesk.system.clock import Clock

QUESTIONS_PER_S = 9.0
"""Vonage takes ten (https://developer.vonage.com/en/api/reports); an administrator may be asking
with the same key."""


class ReportBudget:
    """Counts records by the day (UTC), and paces questions. Shared by all that ask for reports."""

    def __init__(
        self, *, database: Database, most_a_day: Callable[[], int], clock: Clock
    ) -> None:
        self._cost = ReportCost(database)
        self._most_a_day = most_a_day
        self._clock = clock
        self._turns = threading.Lock()
        self._pace = Throughput(QUESTIONS_PER_S, now=clock.monotonic())

    @property
    def most_a_day(self) -> int:
        """The limit that is set."""
        return self._most_a_day()

    def spent(self) -> int:
        """Today's records. Raises StoreError."""
        return self._cost.on(self._clock.now().date())

    def left(self) -> int:
        """How many more may come today; never below 0. Raises StoreError."""
        return max(0, self.most_a_day - self.spent())

    def spend(self, records: int) -> None:
        """Count records that have come. Raises StoreError."""
        if records:
            self._cost.add(self._clock.now().date(), records)

    def wait_for_turn(self) -> None:
        """Wait, some tenths of a second at most, until another question may be put."""
        with self._turns:
            if not self._pace.take(1, now=self._clock.monotonic()):
                wait_s = self._pace.wait_s(now=self._clock.monotonic())
                self._clock.wait(threading.Event(), wait_s)
                self._pace.take(1, now=self._clock.monotonic())
