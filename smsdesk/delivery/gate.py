"""May we submit now? Network, pace and breaker in one answer.

Waiting belongs to the gate, not to each message: an outage closes one gate and costs no
message anything. The gate reads no clock and touches no row; both are the sender's.
"""

from __future__ import annotations

import random
from collections import deque

from smsdesk.delivery.status import Closed

NETWORK_BASE_S, NETWORK_CAP_S = 2.0, 300.0
PACE_BASE_S, PACE_CAP_S = 1.0, 60.0
RETRY_AFTER_LEAST_S, RETRY_AFTER_MOST_S = 1.0, 3600.0
BREAKER_OUTCOMES, BREAKER_WINDOW_S = 3, 60.0
BREAKER_BASE_S, BREAKER_CAP_S = 30.0, 600.0
SUCCESSES_TO_CLOSE = 5


class Backoff:
    """Growing waits with full jitter: `rand(0, min(cap, base * 2**n))`.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, base_s: float, cap_s: float, rng: random.Random) -> None:
        self._base_s = base_s
        self._cap_s = cap_s
        self._rng = rng
        self._tries = 0

    def next_s(self) -> float:
        """How long to wait this time; never so little that it is a busy loop."""
        longest = min(self._cap_s, self._base_s * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return max(self._base_s / 4, self._rng.uniform(0.0, longest))

    def reset(self) -> None:
        """Trouble is over; the next wait is a short one."""
        self._tries = 0


class Gate:
    """The state of the way to Vonage. All times are monotonic seconds."""

    def __init__(self, rng: random.Random | None = None) -> None:
        rng = rng or random.Random()
        self._closed_until: dict[Closed, float] = {}
        self._network = Backoff(NETWORK_BASE_S, NETWORK_CAP_S, rng)
        self._pace = Backoff(PACE_BASE_S, PACE_CAP_S, rng)
        self._trouble: deque[float] = deque(maxlen=BREAKER_OUTCOMES)
        self._breaker_s = BREAKER_BASE_S
        self._is_tripped = False
        self._successes_to_go = 0

    def closed(self, *, now: float) -> tuple[Closed, float] | None:
        """Why the gate is shut, and until when; None when it is open."""
        shut = [(until, why) for why, until in self._closed_until.items() if until > now]
        if not shut:
            return None
        until, why = max(shut)
        return why, until

    @property
    def needs_probe(self) -> bool:
        """The breaker's time is over, and a read-only call must succeed before a message."""
        return self._is_tripped

    @property
    def is_careful(self) -> bool:
        """After the breaker only one message at a time, until five have succeeded."""
        return self._successes_to_go > 0

    def network_failed(self, *, now: float) -> float:
        """Nothing could be reached; returns the seconds to wait."""
        return self._close(Closed.NETWORK, self._network.next_s(), now)

    def told_to_wait(self, retry_after_s: float | None, *, now: float) -> float:
        """Vonage answered 429; returns the seconds to wait."""
        if retry_after_s is None:
            return self._close(Closed.PACE, self._pace.next_s(), now)
        bounded = min(max(retry_after_s, RETRY_AFTER_LEAST_S), RETRY_AFTER_MOST_S)
        return self._close(Closed.PACE, bounded, now)

    def settle(self, seconds: float, *, now: float) -> None:
        """Give the network time to come back, after the computer slept."""
        self._close(Closed.SETTLING, seconds, now)

    def ambiguous(self, *, now: float) -> None:
        """An outcome that cannot be known; three within a minute trip the breaker.

        What was on the wire beside them tells nothing new, and does not make the wait longer.
        """
        if self._is_tripped:
            return
        if self.is_careful:
            self._trip(now)
            return
        self._trouble.append(now)
        is_full = len(self._trouble) == BREAKER_OUTCOMES
        if is_full and now - self._trouble[0] <= BREAKER_WINDOW_S:
            self._trip(now)

    def answered(self) -> None:
        """Vonage answered in a way that leaves no doubt."""
        self._network.reset()

    def accepted(self) -> None:
        """A message went through."""
        self.answered()
        self._pace.reset()
        if self._successes_to_go:
            self._successes_to_go -= 1
            if not self._successes_to_go:
                self._breaker_s = BREAKER_BASE_S

    def probe_succeeded(self) -> None:
        """The read-only call was answered; messages may follow, one at a time."""
        self._is_tripped = False
        self._successes_to_go = SUCCESSES_TO_CLOSE
        self._network.reset()

    def probe_failed(self, *, now: float) -> None:
        """Still no sound answer: wait longer."""
        self._trip(now)

    def try_now(self) -> None:
        """A person, or news of a working network, ends the waits that are mere patience."""
        for why in (Closed.NETWORK, Closed.BREAKER, Closed.SETTLING):
            self._closed_until.pop(why, None)

    def _trip(self, now: float) -> None:
        self._is_tripped = True
        self._successes_to_go = 0
        self._trouble.clear()
        self._close(Closed.BREAKER, self._breaker_s, now)
        self._breaker_s = min(self._breaker_s * 2, BREAKER_CAP_S)

    def _close(self, why: Closed, seconds: float, now: float) -> float:
        until = now + seconds
        self._closed_until[why] = max(until, self._closed_until.get(why, until))
        return seconds
