"""How many messages a second we may submit.

Vonage allows 30 API requests a second for one API key, shared by everybody who uses that key
(https://api.support.vonage.com/hc/en-us/articles/203993598), and slower limits for some
senders. So our own pace is a setting, it halves when Vonage says "too many", and it comes
back slowly.
"""

from __future__ import annotations

SLOWEST_PER_S = 0.5
QUIET_S = 30.0
RECOVERY = 1.1
RAMP_FIRST_S = 10.0


class Throughput:
    """A token bucket. All times are monotonic seconds, handed in by the caller."""

    def __init__(self, per_second: float, *, now: float) -> None:
        self._limit = per_second
        self._rate = per_second
        self._tokens = 1.0
        self._at = now
        self._quiet_since = now
        self._ramp_until: float | None = None

    @property
    def rate(self) -> float:
        """Messages a second at this moment."""
        return self._rate

    def set_limit(self, per_second: float, *, now: float) -> None:
        """Obey a new setting at once."""
        self._fill(now)
        self._limit = per_second
        self._rate = min(self._rate, per_second) if self._ramp_until else per_second
        self._tokens = min(self._tokens, self._capacity)

    def take(self, wanted: int, *, now: float) -> int:
        """Take up to `wanted` tokens, and say how many there were."""
        self._fill(now)
        taken = min(wanted, int(self._tokens + 1e-9))
        self._tokens -= taken
        return taken

    def give_back(self, count: int) -> None:
        """Return tokens that were taken for messages that then did not go out."""
        self._tokens = min(self._tokens + count, self._capacity)

    def wait_s(self, *, now: float) -> float:
        """Seconds until the next token."""
        self._fill(now)
        return max(0.0, (1.0 - self._tokens) / self._rate)

    def slow_down(self, *, now: float) -> None:
        """Vonage said "too many": halve the rate, but never to a standstill."""
        self._fill(now)
        self._rate = max(min(SLOWEST_PER_S, self._limit), self._rate / 2)
        self._tokens = min(self._tokens, self._capacity)
        self._quiet_since = now
        self._ramp_until = None

    def ramp(self, *, now: float) -> None:
        """After a long silence begin at one a second for ten seconds, then keep doubling."""
        self._fill(now)
        self._rate = min(1.0, self._limit)
        self._tokens = min(self._tokens, 1.0)
        self._ramp_until = now + RAMP_FIRST_S
        self._quiet_since = now

    @property
    def _capacity(self) -> float:
        # A tenth of a second's worth: late wake-ups are made good, and no second gets more
        # than the rate and ten per cent.
        return max(1.0, self._rate / 10)

    def _fill(self, now: float) -> None:
        self._tokens = min(self._tokens + (now - self._at) * self._rate, self._capacity)
        self._at = now
        self._speed_up(now)

    def _speed_up(self, now: float) -> None:
        if self._ramp_until is not None:
            while self._ramp_until is not None and now >= self._ramp_until:
                self._rate = min(self._limit, self._rate * 2)
                self._ramp_until = self._ramp_until + 1.0 if self._rate < self._limit else None
        while self._ramp_until is None and self._rate < self._limit:
            if now - self._quiet_since < QUIET_S:
                break
            self._quiet_since += QUIET_S
            self._rate = min(self._limit, self._rate * RECOVERY)
