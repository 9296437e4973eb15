"""What an inbound webhook brings besides its text, on any channel: read field by field, so that
an odd body makes nobody stumble, and an address is kept without being asked for.

https://developer.vonage.com/en/api/messages: the inbound message of each channel.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from smsdesk.sms.channels import find_channel
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.received import Attachment, Person, Received
from smsdesk.vonage.fields import number_of, object_of, text_of, uuid_of

_ATTACHED = frozenset({"image", "audio", "video", "file", "vcard", "sticker"})
_LONGEST_KIND = 30
_LONGEST_ID = 60
_LONGEST_NAME = 200
_LONGEST_URL = 2000
_LONGEST_DEGREES = 30
_MOST = 20
"""Attachments and cards of one message; more are left out."""


def read_received(data: Mapping[str, Any]) -> Received | None:
    """What the message is; None for a text and nothing more.

    v0.1 has all of it one level lower, in `message.content`.
    """
    old = object_of(object_of(data.get("message")).get("content"))
    data = {**data, **old, "message_type": data.get("message_type") or old.get("type")}
    kind = text_of(data.get("message_type"), _LONGEST_KIND) or "text"
    location = object_of(data.get("location"))
    found = Received(
        kind=kind,
        attachments=tuple(_attachments(data, kind))[:_MOST],
        latitude=text_of(location.get("lat"), _LONGEST_DEGREES),
        longitude=text_of(location.get("long"), _LONGEST_DEGREES),
        place=text_of(location.get("name") or location.get("address"), _LONGEST_NAME),
        people=tuple(_people(data.get("contacts")))[:_MOST],
        items=len(_list(object_of(data.get("order")).get("product_items"))),
        emoji=text_of(object_of(data.get("reaction")).get("emoji"), _LONGEST_KIND),
        profile=text_of(object_of(data.get("profile")).get("name"), _LONGEST_NAME).strip(),
        reply_to=uuid_of(object_of(data.get("context")).get("message_uuid")) or "",
        note=text_of(data.get("provider_message"), _LONGEST_NAME),
    )
    return None if found == Received() else found


def address_of(channel: str, value: object, *, is_theirs: bool) -> str:
    """Who wrote, or who was written to: an ID that a channel has given is never a number, however
    many digits it has."""
    known = find_channel(channel)
    side = None if known is None else known.recipient if is_theirs else known.sender
    if side is Address.IDENTITY:
        return text_of(value, _LONGEST_ID).strip()
    return number_of(value)


def _attachments(data: Mapping[str, Any], kind: str) -> Iterator[Attachment]:
    """What has an address; where there are several, they stand in a list of their own."""
    several = [object_of(one) for one in _list(data.get("content"))]
    for one in several:
        found = _attachment(text_of(one.get("type"), _LONGEST_KIND), one)
        if found is not None:
            yield found
    if not several:
        found = _attachment(kind, object_of(data.get(kind)))
        if found is not None:
            yield found


def _attachment(kind: str, fields: Mapping[str, Any]) -> Attachment | None:
    url = text_of(fields.get("url"), _LONGEST_URL + 1)
    if kind not in _ATTACHED or not url or len(url) > _LONGEST_URL:
        return None  # an address that was cut would lead elsewhere
    return Attachment(kind, url, text_of(fields.get("name"), _LONGEST_NAME))


def _people(contacts: object) -> Iterator[Person]:
    for one in _list(contacts):
        card = object_of(one)
        name = object_of(card.get("name"))
        parts = (name.get("first_name"), name.get("last_name"))
        whole = text_of(name.get("formatted_name"), _LONGEST_NAME)
        yield Person(
            name=whole or " ".join(filter(None, (text_of(p, _LONGEST_NAME) for p in parts))),
            phones=tuple(_each(card.get("phones"), "phone")),
            emails=tuple(_each(card.get("emails"), "email")),
        )


def _each(values: object, name: str) -> Iterator[str]:
    for one in _list(values)[:_MOST]:
        if said := text_of(object_of(one).get(name), _LONGEST_NAME):
            yield said


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
