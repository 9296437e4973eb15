"""What somebody sent us that is more than a text: what it is, and where it can be had.

An address is only kept. Nothing here, or anywhere in the program, fetches it.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

NOT_TOLD = "not_told"
"""A kind of our own: something came that was no text, and nobody said what."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One thing that came along."""

    kind: str
    """"image", "audio", "video", "file", "vcard" or "sticker"."""
    url: str
    name: str = ""
    """What a file is called, if that was said."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's card, as it was passed on."""

    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """An inbound message apart from its text, which for a picture is what stands below it and
    for a reply what was tapped."""

    kind: str = "text"
    """Vonage's word: "text", "image", "location", "contacts", "reply", "button", "order",
    "reaction", "unsupported" …; a word that is not known is kept as it came."""
    attachments: tuple[Attachment, ...] = ()
    latitude: str = ""
    longitude: str = ""
    """Decimals of degrees, as they came."""
    place: str = ""
    """The name or address of the location, if it was said."""
    people: tuple[Person, ...] = ()
    items: int = 0
    """How many things were ordered."""
    emoji: str = ""
    """The reaction; "" for one that was taken back."""
    profile: str = ""
    """What the sender is called on the channel; anybody can call themselves anything."""
    reply_to: str = ""
    """The message_uuid of what it answers."""
    note: str = ""
    """What the channel's provider says about it."""


def write_received(received: Received | None) -> str | None:
    """As it is stored; what is empty is left out."""
    if received is None:
        return None
    fields = {name: value for name, value in asdict(received).items() if value}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_received(stored: str | None) -> Received | None:
    """What `write_received` has written."""
    if stored is None:
        return None
    fields: dict[str, Any] = json.loads(stored)
    fields["attachments"] = tuple(Attachment(**one) for one in fields.get("attachments", ()))
    fields["people"] = tuple(
        Person(one["name"], tuple(one["phones"]), tuple(one["emails"]))
        for one in fields.get("people", ())
    )
    return Received(**fields)
