"""Facebook Messenger: from a page to a person whom only Messenger's own ID names."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address, Channel, Pictures
from smsdesk.sms.state import State

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Leg


def own_fields(leg: Leg) -> dict[str, object]:
    """Why the message may be sent, and the tag that goes with one of the reasons."""
    options = {}
    if leg.content.category:
        options["category"] = leg.content.category
    if leg.content.tag:
        options["tag"] = leg.content.tag
    return {"messenger": options} if options else {}


MESSENGER = Channel(
    name="messenger",
    title="Messenger",
    recipient=Address.IDENTITY,
    sender=Address.IDENTITY,
    longest_text=640,
    categories=("response", "update", "message_tag"),
    category_with_tag="message_tag",
    pictures=Pictures((".jpg", ".jpeg", ".png", ".gif"), 0),
    # https://developers.facebook.com/docs/messenger-platform/policy/policy-overview
    reply_window=timedelta(hours=24),
    adds=frozenset({State.READ}),
    is_in_sandbox=True,
    own_fields=own_fields,
)
