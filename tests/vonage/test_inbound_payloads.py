"""What comes in on each channel, in the form of Vonage's own document (Messages API 1.11.0).

The samples were written from the schemas `inboundMessage…` of
https://developer.vonage.com/en/api/messages, one for each `message_type`.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from smsdesk.sms.channels.received import Attachment, Person, Received
from smsdesk.vonage.webhook_payloads import read_inbound

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
QUOTED = "bbbbbbbb-bbbb-4ccc-8ddd-0123456789ab"
MEDIA = "https://api-us.nexmo.com/v3/media/1b456509-974c-458b-aafa-45fc48a4d976"
WHATSAPP = {
    "channel": "whatsapp",
    "message_uuid": UUID,
    "to": "447700900000",
    "from": "447700900001",
    "timestamp": "2027-01-31T09:00:00Z",
    "profile": {"name": "Jane Smith"},
    "context_status": "none",
    "_self": {"href": f"https://api-eu.vonage.com/v1/messages/{UUID}"},
}
NAMED = Received(profile="Jane Smith")
MESSENGER = {**WHATSAPP, "channel": "messenger", "to": "104", "from": "5550123456789"}
VIBER = {**WHATSAPP, "channel": "viber_service", "to": "16273"}
MMS = {**WHATSAPP, "channel": "mms"}
RCS = {**WHATSAPP, "channel": "rcs", "to": "Vonage"}
for common in (MESSENGER, VIBER, MMS, RCS):
    del common["profile"], common["_self"], common["context_status"]


def read(common: dict[str, Any], kind: str, **fields: Any) -> Received | None:
    body = {**common, "message_type": kind, **fields}
    return read_inbound(json.dumps(body).encode()).received


@pytest.mark.parametrize("common", [WHATSAPP, MESSENGER, VIBER, MMS, RCS])
@pytest.mark.parametrize("kind", ["image", "video", "file", "audio"])
def test_an_attachment_is_an_address_that_is_only_kept(
    common: dict[str, Any], kind: str
) -> None:
    found = read(common, kind, **{kind: {"url": MEDIA}})

    assert found is not None
    assert (found.kind, found.attachments) == (kind, (Attachment(kind, MEDIA),))


def test_what_stands_below_a_picture_is_the_text() -> None:
    body = {**WHATSAPP, "message_type": "image", "image": {"url": MEDIA, "caption": "Our cat"}}

    message = read_inbound(json.dumps(body).encode())

    assert (message.text, message.channel, message.sender) == (
        "Our cat",
        "whatsapp",
        "+447700900001",
    )
    assert message.received is not None
    assert message.received.profile == "Jane Smith"


def test_a_file_has_the_name_it_came_with() -> None:
    found = read(WHATSAPP, "file", file={"url": MEDIA, "name": "Invoice.pdf"})

    assert found is not None
    assert found.attachments == (Attachment("file", MEDIA, "Invoice.pdf"),)


def test_an_mms_may_bring_several_things() -> None:
    several = [{"type": "image", "url": MEDIA}, {"type": "vcard", "url": MEDIA}]
    found = read(MMS, "content", content=several)

    assert found is not None
    assert [one.kind for one in found.attachments] == ["image", "vcard"]


@pytest.mark.parametrize("common", [WHATSAPP, RCS])
def test_a_place_is_kept_as_it_came(common: dict[str, Any]) -> None:
    found = read(common, "location", location={"lat": 40.34772, "long": -74.18847})

    assert found is not None
    assert (found.latitude, found.longitude) == ("40.34772", "-74.18847")


def test_somebody_may_pass_on_a_card() -> None:
    bob = {
        "name": {"formatted_name": "Bob Smith", "first_name": "Bob"},
        "phones": [{"phone": "1234567890", "type": "work"}],
        "emails": [{"email": "bob@example.com"}],
        "addresses": [{"city": "New York"}],
    }
    found = read(WHATSAPP, "contacts", contacts=[bob, {"name": {"first_name": "Eve"}}, 7])

    assert found is not None
    assert found.people == (
        Person("Bob Smith", ("1234567890",), ("bob@example.com",)),
        Person("Eve"),
        Person(""),
    )


@pytest.mark.parametrize(
    ("common", "kind", "fields", "text"),
    [
        (WHATSAPP, "reply", {"reply": {"id": "r1", "title": "9am"}}, "9am"),
        (RCS, "reply", {"reply": {"id": "r1", "title": "9am"}}, "9am"),
        (RCS, "button", {"button": {"payload": "b1", "text": "Agree"}}, "Agree"),
        (WHATSAPP, "button", {"button": {"payload": {"flow": 1}, "text": "sent"}}, "sent"),
        (VIBER, "text", {"text": "Hello"}, "Hello"),
    ],
)
def test_what_was_tapped_is_the_text(
    common: dict[str, Any], kind: str, fields: dict[str, Any], text: str
) -> None:
    body = {**common, "message_type": kind, **fields}

    assert read_inbound(json.dumps(body).encode()).text == text


def test_an_order_a_reaction_and_a_sticker_are_what_they_are() -> None:
    items = [{"product_retailer_id": "pk1", "quantity": "1"}, {"product_retailer_id": "pk2"}]
    order = read(WHATSAPP, "order", order={"catalog_id": "28", "product_items": items})
    reaction = read(WHATSAPP, "reaction", reaction={"action": "react", "emoji": "😀"})
    undone = read(WHATSAPP, "reaction", reaction={"action": "unreact"})
    sticker = read(WHATSAPP, "sticker", sticker={"url": MEDIA})

    assert order == replace(NAMED, kind="order", items=2)
    assert reaction == replace(NAMED, kind="reaction", emoji="😀")
    assert undone == replace(NAMED, kind="reaction")
    assert sticker == replace(
        NAMED, kind="sticker", attachments=(Attachment("sticker", MEDIA),)
    )


@pytest.mark.parametrize("common", [WHATSAPP, MESSENGER])
def test_what_the_channel_cannot_pass_on_is_said_to_be_so(common: dict[str, Any]) -> None:
    found = read(common, "unsupported", provider_message="Message type unknown")

    assert found is not None
    assert (found.kind, found.note) == ("unsupported", "Message type unknown")


@pytest.mark.parametrize("common", [WHATSAPP, VIBER])
def test_what_is_answered_is_named(common: dict[str, Any]) -> None:
    found = read(common, "text", text="Yes", context={"message_uuid": QUOTED})

    assert found is not None
    assert (found.kind, found.reply_to) == ("text", QUOTED)


def test_an_id_of_many_digits_is_no_number() -> None:
    body = json.dumps({**MESSENGER, "message_type": "text", "text": "Hi"}).encode()

    message = read_inbound(body)

    assert (message.sender, message.to) == ("5550123456789", "104")
    assert message.received is None


def test_a_word_that_nobody_knows_yet_is_kept() -> None:
    found = read(WHATSAPP, "hologram", hologram={"url": MEDIA})

    assert found is not None
    assert (found.kind, found.attachments) == ("hologram", ())


def test_an_address_that_is_too_long_is_not_cut_but_left_out() -> None:
    found = read(WHATSAPP, "image", image={"url": "https://a.example/" + "x" * 2000})

    assert found is not None
    assert found.attachments == ()


def test_the_older_form_has_it_one_level_lower() -> None:
    body = {
        "message_uuid": UUID,
        "to": {"type": "whatsapp", "number": "447700900000"},
        "from": {"type": "whatsapp", "number": "447700900001"},
        "message": {"content": {"type": "image", "image": {"url": MEDIA, "caption": "Cat"}}},
    }

    message = read_inbound(json.dumps(body).encode())

    assert (message.channel, message.text) == ("whatsapp", "Cat")
    assert message.received is not None
    assert message.received.attachments == (Attachment("image", MEDIA),)
