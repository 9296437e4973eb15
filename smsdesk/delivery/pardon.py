"""A 401 whose cause is our clock is not the credentials' fault, and is pardoned once.

Vonage names a wrong clock as a cause of 401
(https://api.support.vonage.com/hc/en-us/articles/360000958367). The answer's `Date` has told the
right time by then, so the next token is a good one, and the refused message may simply go again.
"""

from __future__ import annotations

from smsdesk.delivery.outcome import Outcome

WORTH_A_RETRY_S = 60.0


class SkewPardon:
    """Remembers what was known of our clock when, to pardon each refusal at most once."""

    def __init__(self) -> None:
        self._known_skew_s = 0.0
        self._corrected_at: float | None = None

    def is_pardoned(
        self, outcome: Outcome, *, claimed_at: float, skew_s: float, now: float
    ) -> bool:
        """May the message go again with a better token? Times are monotonic seconds.

        Yes when this answer taught us that the clock is off by more than a minute, and for
        those that were on the wire before we learnt it.
        """
        if outcome.http_status != 401:
            return False
        if self._corrected_at is not None and claimed_at <= self._corrected_at:
            return True
        if abs(skew_s - self._known_skew_s) <= WORTH_A_RETRY_S:
            return False
        self._known_skew_s, self._corrected_at = skew_s, now
        return True
