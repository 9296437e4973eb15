"""RCS: what comes after SMS on many phones, from a sender that is registered by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address, Channel, Pictures, plain_ttl
from smsdesk.sms.state import State

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Leg


def own_fields(leg: Leg) -> dict[str, object]:
    """The category is wanted in some countries only."""
    category = leg.content.category
    return {**plain_ttl(leg), **({"rcs": {"category": category}} if category else {})}


RCS = Channel(
    name="rcs",
    title="RCS",
    recipient=Address.NUMBER,
    sender=Address.AGENT,
    longest_text=3072,
    ttl_s=(20, 259_200),
    categories=(
        "authentication",
        "transaction",
        "promotion",
        "service-request",
        "acknowledgement",
    ),
    pictures=Pictures((".jpg", ".jpeg", ".png", ".gif"), 0),
    adds=frozenset({State.READ}),
    own_fields=own_fields,
)
