"""What people send on channels that have more than text: one sample of each kind.

The shapes are those of the inbound webhooks in the Messages API document 1.11.0. What there is
to fetch is in `media`.
"""

from smsdesk.simulator import media
from smsdesk.simulator.wire import Json

KINDS: dict[str, frozenset[str]] = {
    "sms": frozenset(),
    "mms": frozenset({"image", "audio", "video", "file", "vcard"}),
    "rcs": frozenset({"image", "audio", "video", "file", "vcard", "location", "button"}),
    "whatsapp": frozenset(
        {
            *("image", "audio", "video", "file", "location", "contacts", "button", "order"),
            *("sticker", "reaction", "unsupported", "quote"),
        }
    ),
    "messenger": frozenset({"image", "audio", "video", "file", "unsupported"}),
    "viber_service": frozenset({"image", "video", "file", "quote"}),
}
"""Which kinds a channel brings; what it does not, comes as a text."""


def sample(kind: str, *, text: str, answers: str | None, base_url: str) -> Json:
    """The fields of an inbound message of that kind; `answers` is what it replies to, `base_url`
    where its media are fetched from."""
    match kind:
        case "image":
            url = base_url + media.path_of(kind)
            return {"message_type": "image", "image": {"url": url, "caption": text}}
        case "file":
            url = base_url + media.path_of(kind)
            return {"message_type": "file", "file": {"url": url, "name": "Invoice.pdf"}}
        case "audio" | "video" | "vcard" | "sticker":
            return {"message_type": kind, kind: {"url": base_url + media.path_of(kind)}}
        case "location":
            return {"message_type": kind, kind: {"lat": 40.34772, "long": -74.18847}}
        case "contacts":
            person = {
                "name": {"formatted_name": "Bob Smith"},
                "phones": [{"phone": "447700900999", "type": "work"}],
            }
            return {"message_type": kind, kind: [person]}
        case "button":
            return {"message_type": kind, kind: {"payload": "yes", "text": "Yes, please"}}
        case "reaction":
            return {"message_type": kind, kind: {"action": "react", "emoji": "👍"}}
        case "order":
            items = [{"product_retailer_id": "pk1v7rudbg", "quantity": "1"}]
            return {"message_type": kind, kind: {"catalog_id": "28", "product_items": items}}
        case "unsupported":
            return {"message_type": kind}
    fields: Json = {"message_type": "text", "text": text}
    if kind == "quote" and answers is not None:
        fields["context"] = {"message_uuid": answers}
    return fields
