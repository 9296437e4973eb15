"""One message and the draft it comes from.

Where messages are kept, and how they are sent, is left to others.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State


class Direction(StrEnum):
    """Which way a message goes, seen from us."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the compose pane, unchecked and as typed."""

    sender: str = ""
    recipients: str = ""
    text: str = ""
    ref: str = ""
    """The person's own reference: a ticket, an order. Never sent anywhere."""


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one recipient: one row of the log, for life."""

    id: str
    seq: int
    """Its place in the log; later rows have larger ones."""
    direction: Direction
    channel: str
    """Always "sms" today."""
    state: State
    held_reason: HeldReason | None
    """Set exactly while `state` is held."""
    to: str
    """E.164, or what the network gave for an inbound message."""
    sender: str
    """The sender ID."""
    text: str
    """Exactly what is sent."""
    encoding: Encoding
    parts: int
    batch_id: str | None
    ref: str | None
    message_uuid: str | None
    """Vonage's id, from the moment it is accepted."""
    attempts: int
    failure: FailureReason | None
    unknown_reason: str | None
    """Why the outcome of the last attempt cannot be known, as a code."""
    price: str | None
    currency: str | None
    network: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    resend_of: str | None
    """Id of the message that this one repeats."""
    alarm: str | None
    """Set, as a code, if receipts contradict our records."""


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One line of a message's story."""

    at: datetime
    source: str
    """"desk", "sender", "webhook", "report" or "person"."""
    status: str
    detail: str
