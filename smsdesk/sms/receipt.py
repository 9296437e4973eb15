"""One delivery receipt: what Vonage says became of a message.

Reading it from a webhook or a report, and applying it to the log, is left to others.
"""

from dataclasses import dataclass
from datetime import datetime

from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import REPORTED, State


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The carrier's or handset's word on an outcome.

    It is matched to a message by `client_ref` first and by `message_uuid` second, and two
    receipts are the same one exactly if their `raw` is. Raises `ValueError` if it names
    neither reference, or says a status that no receipt can bring, or has a local time.
    """

    message_uuid: str | None
    client_ref: str | None
    status: State
    provider_time: datetime | None
    """When it happened, says Vonage; aware. None if missing or absurd."""
    source: str
    """"webhook" or "report"."""
    failure: FailureReason | None
    price: str | None
    """Total price as a decimal number in text, as it came."""
    currency: str | None
    network: str | None
    """MCC and MNC of the network, such as "23410"."""
    parts: int | None
    """How many parts were billed."""
    raw: str
    """The body or record as it came."""
    jti: str | None = None
    """The id of the token that signed the webhook."""
    channel: str | None = None
    """Which channel it is about."""
    workflow_id: str | None = None
    """Set for one of several channels that are tried in turn."""
    leg: int | None = None
    """Which of them it is about; 1 is the first."""

    def __post_init__(self) -> None:
        if self.message_uuid is None and self.client_ref is None:
            raise ValueError("a receipt must name the message it is for")
        if self.status not in REPORTED:
            raise ValueError(f"no receipt brings the state {self.status}")
        if self.provider_time is not None and self.provider_time.tzinfo is None:
            raise ValueError("the provider's time must be aware")
