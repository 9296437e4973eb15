"""SMS: divided into parts, ruled by countries, and understood by every phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address, Channel, plain_ttl
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.segments import MAX_CHARACTERS, measure

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Leg

_ENCODING_TYPES = {Encoding.GSM7: "text", Encoding.UCS2: "unicode"}


def own_fields(leg: Leg) -> dict[str, object]:
    """The encoding is always named: left to Vonage, it could differ from what was counted and
    shown. The IDs are what India's operators know the sender and the text by."""
    options = {"encoding_type": _ENCODING_TYPES[leg.encoding]}
    if leg.entity_id is not None:
        options["entity_id"] = leg.entity_id
    if leg.content_id is not None:
        options["content_id"] = leg.content_id
    return {"sms": options, **plain_ttl(leg)}


SMS = Channel(
    name="sms",
    title="SMS",
    recipient=Address.NUMBER,
    sender=Address.SENDER_ID,
    longest_text=MAX_CHARACTERS,
    usual_text=1000,
    ttl_s=(20, 604_800),
    goes_by_country=True,
    size_of=measure,
    own_fields=own_fields,
)
