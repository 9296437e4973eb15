"""How many messages a second a single sender ID may submit, beside the account's own pace.

Carriers allow some senders less than Vonage allows the account: a US long number without a
campaign, one a second (https://help.nexmo.com/hc/en-us/articles/203993598). One slow sender
must not slow the others down.
"""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.delivery.throughput import Throughput


class SenderPace:
    """A bucket for each sender that has a limit. All times are monotonic seconds."""

    def __init__(self) -> None:
        self._limits: dict[str, float] = {}
        self._buckets: dict[str, Throughput] = {}

    def set_limits(self, limits: Mapping[str, float], *, now: float) -> None:
        """Obey new settings at once."""
        self._limits = dict(limits)
        self._buckets = {
            sender: bucket for sender, bucket in self._buckets.items() if sender in limits
        }
        for sender, bucket in self._buckets.items():
            bucket.set_limit(self._limits[sender], now=now)

    def take(self, sender: str, *, now: float) -> bool:
        """Whether this sender may submit one more message now."""
        limit = self._limits.get(sender)
        if limit is None:
            return True
        bucket = self._buckets.get(sender)
        if bucket is None:
            bucket = self._buckets[sender] = Throughput(limit, now=now)
        return bucket.take(1, now=now) == 1

    @property
    def has_limits(self) -> bool:
        return bool(self._limits)
