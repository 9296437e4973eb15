"""Viber: business messages, from a service ID to a number."""

from functools import partial

from smsdesk.sms.channels.channel import Address, Channel, Pictures, category_and_ttl
from smsdesk.sms.state import State

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
    own_fields=partial(category_and_ttl, "viber_service"),
)
