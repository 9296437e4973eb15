"""How many records of Vonage's reports may still be asked for today: a person sets the limit."""

from __future__ import annotations

from collections.abc import Callable

from smsdesk.store.database import Database
from smsdesk.store.report_cost import ReportCost
from smsdesk.system.clock import Clock


class ReportBudget:
    """Counts records by the day (UTC). Shared by all that ask for reports."""

    def __init__(
        self, *, database: Database, most_a_day: Callable[[], int], clock: Clock
    ) -> None:
        self._cost = ReportCost(database)
        self._most_a_day = most_a_day
        self._clock = clock

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
