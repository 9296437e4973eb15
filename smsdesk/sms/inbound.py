"""One inbound message: what somebody wrote to a number of ours.

Reading it from a webhook or a report, and storing it, is left to others.
"""

from dataclasses import dataclass
from datetime import datetime

from smsdesk.sms.channels.received import Received


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """Where one part of a divided message belongs, if the network says so.

    Vonage joins the parts where the carrier lets it; elsewhere each comes by itself
    (https://developer.vonage.com/en/messaging/sms/guides/concatenation-and-encoding).
    """

    ref: str
    """The same for all parts of one message."""
    number: int
    """1 for the first."""
    total: int

    def __post_init__(self) -> None:
        if not self.ref or not 1 <= self.number <= self.total <= 255:
            raise ValueError("no such part")


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a person sent us, as it came.

    Two are the same one exactly if their `message_uuid` is. Raises `ValueError` for a local
    time, or without an id or a sender.
    """

    message_uuid: str
    sender: str
    """Who wrote: E.164 for a number, otherwise what the network gave."""
    to: str
    """The number of ours that they wrote to: E.164, or a short code."""
    text: str
    """Exactly what came, however odd."""
    provider_time: datetime | None
    """When Vonage got it; aware. None if missing or absurd."""
    source: str
    """"webhook" or "report"."""
    raw: str
    """The body or record as it came."""
    channel: str = "sms"
    keyword: str = ""
    """The first word in capitals, as Vonage sees it."""
    parts: int = 1
    network: str | None = None
    price: str | None = None
    currency: str | None = None
    part: JoinedPart | None = None
    """Set for one part of a message that came divided."""
    jti: str | None = None
    """The id of the token that signed the webhook."""
    received: Received | None = None
    """Set where it is more than a text."""

    def __post_init__(self) -> None:
        if not self.message_uuid or not self.sender:
            raise ValueError("an inbound message has an id and a sender")
        if self.provider_time is not None and self.provider_time.tzinfo is None:
            raise ValueError("the provider's time must be aware")
