"""What the sender does about times: keeps messages from leaving in quiet hours, lets them go
afterwards, and reckons anew when the clocks of a zone go by other rules.

Which hours are quiet, it is told; that a time has come, `MessageLog.promote_due` notices.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from smsdesk.sms.message import Message
from smsdesk.sms.schedule import reckon_again
from smsdesk.sms.zones import forget_zones
from smsdesk.store.message_log import MessageLog
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.clock import Clock

_log = logging.getLogger(__name__)

QuietUntil = Callable[[str, datetime], datetime | None]
"""When a number's quiet hours are over, if a message to it must wait for that at a moment."""

LOOK_AGAIN = timedelta(seconds=5)
"""What has been fetched may still lie here when somebody's quiet hours begin."""
RECKON_EVERY_S = 600.0
LATE_AFTER_MS = 30 * 60 * 1000
"""A scheduled message that is later than this waits for a person."""


def never_quiet(_number: str, _at: datetime) -> datetime | None:
    """Nothing waits for anybody's morning."""
    return None


class QuietDoor:
    """Looks at what is about to leave, and holds back what must wait for its morning."""

    def __init__(self, room: WaitingRoom, quiet_until: QuietUntil) -> None:
        self._room = room
        self._quiet_until = quiet_until
        self._looked_at: datetime | None = None
        self._next_end: datetime | None = None
        self._is_fresh = False

    def sift(self, fetched: deque[Message], *, at: datetime, is_new: bool) -> int:
        """Take out of `fetched` what must wait, and write that down; returns how many it was.

        Raises StoreError, and then everything is still in `fetched` or queued in the log.
        """
        looked_at = self._looked_at
        is_old = looked_at is None or not timedelta(0) <= at - looked_at < LOOK_AGAIN
        if not fetched or not (is_new or is_old):
            return 0
        self._looked_at = at
        quiet = {
            message.seq: until
            for message in fetched
            if (until := self._quiet_until(message.to, at)) is not None
        }
        if not quiet:
            return 0
        passing = self._room.may_pass(quiet)
        waits = [(seq, until) for seq, until in quiet.items() if seq not in passing]
        if not waits:
            return 0
        held = {seq for seq, _until in waits}
        kept = [message for message in fetched if message.seq not in held]
        fetched.clear()  # whatever happens now, it is read from the log again
        self._room.hold_back(waits, at=at)
        fetched.extend(kept)
        self._is_fresh = False
        return len(waits)

    def open(self, *, at: datetime) -> None:
        """Let go what has waited long enough. Raises StoreError."""
        if not self._is_fresh:
            self._next_end, self._is_fresh = self._room.next_end(), True
        if self._next_end is not None and self._next_end <= at:
            self._is_fresh = False
            self._room.release_ended(at=at)

    def reload(self, *, at: datetime) -> None:
        """The hours may be others now: what waits is looked at again. Raises StoreError."""
        self._is_fresh, self._looked_at = False, None
        self._room.release_all(at=at)


class Reckoning:
    """Keeps the moments of what is scheduled in step with the clocks they were chosen by."""

    def __init__(self, room: WaitingRoom, clock: Clock) -> None:
        self._room = room
        self._clock = clock
        self._due_at = 0.0

    def hurry(self) -> None:
        """Reckon at the next occasion: the computer slept, and may be elsewhere now."""
        self._due_at = 0.0

    def keep(self) -> int:
        """Reckon anew where it is time to; returns how many messages got another moment.

        Raises StoreError.
        """
        now = self._clock.monotonic()
        if now < self._due_at:
            return 0
        self._due_at = now + RECKON_EVERY_S
        planned = self._room.planned()
        if not planned:
            return 0
        self._clock.read_zone_again()
        forget_zones()
        moved = 0
        for time in planned:
            due_at = reckon_again(time.local, time.zone)
            if due_at is not None and due_at != time.due_at:
                moved += self._room.move(time, due_at, at=self._clock.now())
        if moved:
            _log.info("the clocks have changed: %d scheduled messages were moved", moved)
        return moved


def notice_due(log: MessageLog, room: WaitingRoom, clock: Clock) -> None:
    """Queue what has come due, and hold what is far too late, where no sender is at work that
    would. Raises StoreError."""
    Reckoning(room, clock).keep()
    log.promote_due(at=clock.now(), late_after_ms=LATE_AFTER_MS)
