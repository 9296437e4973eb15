"""What the sender is doing, as a value for whoever wants to show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smsdesk.delivery.gate import Closed
from smsdesk.sms.state import HeldReason


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
