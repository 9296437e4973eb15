"""WhatsApp: a text of our own within a day of theirs, otherwise one that was approved before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address, Channel, Pictures
from smsdesk.sms.state import State

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Leg


def own_fields(leg: Leg) -> dict[str, object]:
    """A template says in which language it is wanted; "deterministic" is the only policy."""
    template = leg.content.template
    if template is None:
        return {}
    return {"whatsapp": {"policy": "deterministic", "locale": template.locale}}


WHATSAPP = Channel(
    name="whatsapp",
    title="WhatsApp",
    recipient=Address.NUMBER,
    sender=Address.NUMBER,
    longest_text=4096,
    pictures=Pictures((".jpg", ".jpeg", ".png"), 3000),
    has_templates=True,
    # https://developer.vonage.com/en/messages/concepts/whatsapp: the customer service window
    reply_window=timedelta(hours=24),
    adds=frozenset({State.READ}),
    is_in_sandbox=True,
    own_fields=own_fields,
)
