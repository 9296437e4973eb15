"""Knows the time: the wall's, which may jump, and the monotonic one, which only runs on.

What a late hour or a jump means is left to those who ask.
"""

import threading
import time
from datetime import UTC, datetime

JUMP_S = 30.0
LONG_JUMP_S = 600.0
SETTLE_AFTER_SLEEP_S = 10.0
"""When the computer has slept, so long the network is given to come back."""


class Clock:
    """The machine's clock, handed to whoever needs time, so that a test can hand in another."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.fromtimestamp(self.epoch(), UTC)

    def epoch(self) -> float:
        """The wall clock, in seconds since 1970-01-01 UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run back. On Linux and macOS they stand still during suspend."""
        return time.monotonic()

    def since_boot(self) -> float | None:
        """Seconds that run on during suspend too, where the system counts them (Linux)."""
        boot_time = getattr(time, "CLOCK_BOOTTIME", None)
        return None if boot_time is None else time.clock_gettime(boot_time)

    def read_zone_again(self) -> None:
        """Somebody may have set the computer to another zone; where the system keeps the old
        one for a running program, it is asked to look."""
        if hasattr(time, "tzset"):
            time.tzset()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Waits until `event` is set, at most `seconds`; says whether it is set."""
        return event.wait(min(max(seconds, 0.0), threading.TIMEOUT_MAX))


class SuspendWatch:
    """Notices that the machine slept, or that somebody set its clock, between two questions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead = self._measure_lead()

    def gap(self) -> float:
        """Seconds the wall clock gained on the monotonic one since the last question.

        Positive after a sleep or a clock set forward, negative after a clock set back, and 0.0
        for anything within 30 seconds, which is only a clock being kept right.
        """
        lead = self._measure_lead()
        gap, self._lead = lead - self._lead, lead
        return gap if abs(gap) > JUMP_S else 0.0

    def soon(self, due_at: float) -> float:
        """When to ask next, in monotonic seconds: as planned, or shortly after a sleep."""
        if not self.gap():
            return due_at
        return min(due_at, self._clock.monotonic() + SETTLE_AFTER_SLEEP_S)

    def _measure_lead(self) -> float:
        return self._clock.epoch() - self._clock.monotonic()


class JumpWatch:
    """Notices that the wall clock was set, and tells that from sleep."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lead = self._measure_lead()

    def jump(self) -> float:
        """Seconds by which the wall clock was set since the last question.

        0.0 for anything within ten minutes, and always where sleep cannot be told from a jump.
        """
        lead = self._measure_lead()
        if lead is None or self._lead is None:
            return 0.0
        jump, self._lead = lead - self._lead, lead
        return jump if abs(jump) > LONG_JUMP_S else 0.0

    def _measure_lead(self) -> float | None:
        since_boot = self._clock.since_boot()
        return None if since_boot is None else self._clock.epoch() - since_boot
