"""What becomes of scheduled messages whose time was missed by far: one decision about all of them.

Which they are, the sender says (`MessageLog.promote_due`); they stay on hold until somebody
decides.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from smsdesk.desk.not_stored import NotStoredError
from smsdesk.desk.timing import Outlook, PastError, Timing
from smsdesk.sms.schedule import Plan
from smsdesk.sms.zones import Whereabouts, region_of, zones_of
from smsdesk.store.errors import StoreError
from smsdesk.store.overdue import NewTime, OverdueCount, OverdueLog
from smsdesk.store.waiting import PlannedTime
from smsdesk.system.clock import Clock
from smsdesk.system.settings import EXPIRY_HOURS, Settings

__all__ = ["ASKED_ABOVE", "Overdue", "OverdueCount"]

ASKED_ABOVE = 20
"""So many can be settled one by one; above it there is one question about all."""


class Overdue:
    """`notice` looks for messages whose time has come, as the sender does once it runs."""

    def __init__(
        self,
        *,
        log: OverdueLog,
        timing: Timing,
        settings: Settings,
        clock: Clock,
        notice: Callable[[], None],
        wake_sender: Callable[[], None],
    ) -> None:
        self._log = log
        self._timing = timing
        self._settings = settings
        self._clock = clock
        self._notice = notice
        self._wake_sender = wake_sender

    def count(self) -> OverdueCount | None:
        """How many there are; None when there are none. Tenths of a second where very many
        messages are on hold. Raises NotStoredError."""
        try:
            return self._log.count()
        except StoreError as error:
            raise NotStoredError(error.code) from error

    def notice(self) -> OverdueCount | None:
        """The same without a sender at work: what has come due meanwhile is found first. Raises
        NotStoredError."""
        try:
            self._notice()
        except StoreError as error:
            raise NotStoredError(error.code) from error
        return self.count()

    def send_now(self) -> int:
        """All of them leave now; returns how many. Raises NotStoredError."""
        return self._decide(lambda: self._log.release(at=self._clock.now()))

    def cancel(self) -> int:
        """None of them is sent; returns how many. Raises NotStoredError."""
        return self._decide(lambda: self._log.cancel(at=self._clock.now()))

    def outlook(self, plan: Plan) -> Outlook:
        """What another time would mean for their recipients."""
        people = [
            Whereabouts(region_of(one.to) or "", zones_of(one.to)) for one in self._log.all()
        ]
        return self._timing.look_ahead(people, plan)

    def reschedule(self, plan: Plan) -> int:
        """All of them get another time; returns how many. Raises PastError, or
        NotStoredError."""
        overdue = self._log.all()
        if self._timing.is_past(plan, (one.to for one in overdue)):
            raise PastError("that time is over")
        expiry = timedelta(hours=self._settings.get(EXPIRY_HOURS))
        times = []
        for one in overdue:
            due = self._timing.due_of(plan, one.to)
            time = PlannedTime(due.local, due.zone, due.at)
            times.append(NewTime(one.seq, time, due.at + expiry))
        return self._decide(lambda: self._log.reschedule(times, at=self._clock.now()))

    def _decide(self, act: Callable[[], int]) -> int:
        try:
            count = act()
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        return count
