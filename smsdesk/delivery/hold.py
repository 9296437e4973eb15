"""Why nothing is sent at all, until a condition clears or a person resumes.

The reason stands in the rows as well, so that the log says of each message what it waits for.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from smsdesk.sms.state import OF_THE_BATCH, HeldReason
from smsdesk.store.message_log import MessageLog
from smsdesk.store.meta import Meta

_PAUSED_KEY = "paused"
_RELEASED = tuple(reason for reason in HeldReason if reason not in OF_THE_BATCH)


class Hold:
    """At most one reason at a time. The first stays until it is cleared, and a person's pause
    stays until a person resumes, whatever else happens meanwhile."""

    def __init__(self, log: MessageLog, meta: Meta) -> None:
        self._log = log
        self._meta = meta
        self.reason: HeldReason | None = None
        self.cause = ""
        """A code for wording."""
        self._distrust = ""

    def load(self) -> None:
        """Take up a pause that was there when the program ended."""
        if self._meta.get(_PAUSED_KEY) == "1":
            self.put(HeldReason.PAUSED, "paused")

    def put(self, reason: HeldReason, cause: str) -> None:
        """Hold everything, unless something is held already."""
        if self.reason is None:
            self.reason, self.cause = reason, cause

    def replace(self, reason: HeldReason, cause: str) -> None:
        """Hold everything for this reason, whatever it was before, unless a person paused."""
        if self.reason is not HeldReason.PAUSED:
            self.reason, self.cause = reason, cause

    def distrust(self, cause: str) -> None:
        """The log itself cannot be relied on: nothing of it leaves before the next start, not
        even if a person resumes or the account changes."""
        self._distrust = cause
        self.replace(HeldReason.CONFIG, cause)

    def pause(self) -> None:
        """A person says stop; it holds at once, and after a restart too. Raises StoreError."""
        self.reason, self.cause = HeldReason.PAUSED, "paused"
        self._meta.set(_PAUSED_KEY, "1")

    def resume(self, *, at: datetime) -> None:
        """A person says go on: whatever was held is queued again, but for what waits for an act
        on its own batch.

        Raises StoreError, and then it is held as before.
        """
        if self._distrust:
            self._meta.set(_PAUSED_KEY, "0")
            self.reason, self.cause = HeldReason.CONFIG, self._distrust
            return
        self._log.release(_RELEASED, at=at)
        self._meta.set(_PAUSED_KEY, "0")
        self.reason, self.cause = None, ""

    def clear(self, reasons: Collection[HeldReason], *, at: datetime) -> bool:
        """One of these conditions is over; says whether it was what held everything."""
        if self.reason not in reasons or self._distrust:
            return False
        self._log.release(reasons, at=at)
        self.reason, self.cause = None, ""
        return True

    def keep(self, *, at: datetime) -> None:
        """While it holds, put what gets queued on hold too."""
        if self.reason is not None and self._log.next_queued(1, at=at):
            self._log.hold_queued(self.reason, at=at)
