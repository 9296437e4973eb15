"""Viber: business messages, from a service ID to a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address, Channel, Pictures
from smsdesk.sms.state import State

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Leg


def own_fields(leg: Leg) -> dict[str, object]:
    """The category and the time to live stand in an object of Viber's own."""
    options: dict[str, object] = {}
    if leg.content.category:
        options["category"] = leg.content.category
    if leg.content.ttl_s is not None:
        options["ttl"] = leg.content.ttl_s
    return {"viber_service": options} if options else {}


VIBER = Channel(
    name="viber_service",
    title="Viber",
    recipient=Address.NUMBER,
    sender=Address.IDENTITY,
    longest_text=1000,
    ttl_s=(30, 259_200),
    categories=("transaction", "promotion"),
    pictures=Pictures((".jpg", ".jpeg", ".png"), 1000),
    adds=frozenset({State.READ}),
    is_in_sandbox=True,
    own_fields=own_fields,
)
