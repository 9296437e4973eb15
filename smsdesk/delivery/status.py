"""What the sender and the receipts are doing, as values for whoever wants to show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsdesk.sms.state import HeldReason


class Closed(StrEnum):
    """Why nothing may be submitted for a while."""

    NETWORK = "network"
    PACE = "pace"
    BREAKER = "breaker"
    SETTLING = "settling"


class SenderPhase(StrEnum):
    """The sender's state in one word."""

    STARTING = "starting"
    ELSEWHERE = "elsewhere"
    """Another SMS Desk on this computer is sending from the same log."""
    READY = "ready"
    SENDING = "sending"
    WAITING = "waiting"
    """The gate is shut for a while; see `closed` and `retry_at`."""
    HELD = "held"
    """Nothing is sent until a condition clears or a person resumes; see `hold`."""
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SenderStatus:
    """One moment of the sender."""

    phase: SenderPhase
    waiting: int = 0
    """Messages that wait to be sent, queued or on hold; counting stops at 100,000."""
    in_flight: int = 0
    hold: HeldReason | None = None
    closed: Closed | None = None
    cause: str = ""
    """A code: why it is held, or what failed last."""
    retry_at: datetime | None = None
    interrupted: int = 0
    """Messages that the start of this run found in doubt."""


class ReceiptSource(StrEnum):
    """How the questions are going."""

    OFF = "off"
    NO_SECRET = "no_secret"
    REPORTS = "reports"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SPENT = "spent"
    """As many records were asked for today as a person allows."""


@dataclass(frozen=True, slots=True)
class ReceiptsStatus:
    """Where news of messages comes from, and when it last came."""

    source: ReceiptSource
    last_at: datetime | None = None
    cause: str = ""
    records_today: int = 0
    """Records of reports that have been asked for today; each is paid for."""


@dataclass(frozen=True, slots=True)
class ReportEstimate:
    """What asking costs, counted in records."""

    today: int
    most_a_day: int
    open_messages: int
    """Messages that are still asked about."""
    at_most_more: int
    """Records that they may yet take, if none of them comes to an end."""


def describe(
    *,
    is_stopping: bool,
    hold: HeldReason | None,
    closed: tuple[Closed, float] | None,
    cause: str,
    queued: int,
    held: int,
    in_flight: int,
    interrupted: int,
    now: float,
    wall: datetime,
) -> SenderStatus:
    """One moment, from what the parts of the sender say.

    `closed` holds a monotonic time, as `now` does; `wall` is the same moment as people see it.
    """
    phase, retry_at = SenderPhase.READY, None
    if is_stopping:
        phase = SenderPhase.STOPPING
    elif hold is not None:
        phase = SenderPhase.HELD
    elif closed is not None and queued:
        phase = SenderPhase.WAITING
        # Whole seconds of a fixed moment, so that the status does not change at every look.
        retry_at = (wall + timedelta(seconds=closed[1] - now)).replace(microsecond=0)
    elif queued or in_flight:
        phase = SenderPhase.SENDING
    is_waiting = phase is SenderPhase.WAITING
    return SenderStatus(
        phase,
        waiting=queued + held,
        in_flight=in_flight,
        hold=hold if phase is SenderPhase.HELD else None,
        closed=closed[0] if closed is not None and is_waiting else None,
        cause=cause,
        retry_at=retry_at,
        interrupted=interrupted,
    )
