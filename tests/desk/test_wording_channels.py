"""What came in on other channels, and what is wrong with a draft for them, in words."""

import pytest

from smsdesk.desk import wording
from smsdesk.desk.wording_channels import (
    CHANNEL_PROBLEMS,
    content_text,
    order_sentence,
    received_text,
)
from smsdesk.sms.channels.content import ApprovedTemplate, Content
from smsdesk.sms.channels.received import (
    Attachment,
    Person,
    Received,
    read_received,
    write_received,
)
from smsdesk.sms.message import Problem

URL = "https://media.example/1"
SAMPLES = [
    (Received(), "Hello", "Hello"),
    (Received("image", (Attachment("image", URL),)), "Our cat", "Picture\nOur cat"),
    (Received("file", (Attachment("file", URL, "Bill.pdf"),)), "", "File: Bill.pdf"),
    (Received("audio", (Attachment("audio", URL),)), "", "Sound"),
    (Received("video", (Attachment("video", URL),)), "", "Video"),
    (Received("vcard", (Attachment("vcard", URL),)), "", "Contact card"),
    (Received("sticker", (Attachment("sticker", URL),)), "", "Sticker"),
    (
        Received("content", (Attachment("image", URL), Attachment("audio", URL))),
        "",
        "Picture\nSound",
    ),
    (
        Received("location", latitude="40.3", longitude="-74.1"),
        "",
        "Location: 40.3, -74.1",
    ),
    (
        Received("location", latitude="40.3", longitude="-74.1", place="Home"),
        "",
        "Location: Home (40.3, -74.1)",
    ),
    (
        Received("contacts", people=(Person("Bob", ("123",), ("b@example.com",)), Person("E"))),
        "",
        "Contact: Bob, 123, b@example.com\nContact: E",
    ),
    (Received("reply"), "9am", "9am"),
    (Received("order", items=2), "", "An order of 2 items"),
    (Received("reaction", emoji="😀"), "", "Reacted with 😀"),
    (Received("reaction"), "", "Took a reaction back"),
    (
        Received("unsupported", note="code 501"),
        "",
        "Something that this channel cannot pass on (code 501)",
    ),
    (
        Received("not_told"),
        "",
        "Something other than a text; Vonage's report does not say what",
    ),
    (Received("hologram"), "", "Something that cannot be shown here (hologram)"),
]


@pytest.mark.parametrize(("received", "text", "told"), SAMPLES)
def test_whatever_comes_in_is_told_in_plain_words(
    received: Received, text: str, told: str
) -> None:
    assert received_text(received, text) == told
    assert read_received(write_received(received)) == received


def test_what_goes_out_is_told_too() -> None:
    template = Content(template=ApprovedTemplate("order_ready", "en_GB", ("Anna", "7")))
    picture = Content(image_url=URL)

    assert content_text(Content(), "Hi") == "Hi"
    assert content_text(template, "") == "Template “order_ready” (en_GB): Anna · 7"
    assert content_text(picture, "Our cat") == f"Picture {URL}\nOur cat"


@pytest.mark.parametrize("key", CHANNEL_PROBLEMS)
def test_every_problem_says_what_to_do(key: tuple[str, str]) -> None:
    field, code = key
    sentence = wording.problem_sentence(Problem(field, "input", code, value=7))

    assert sentence[0].isupper() or sentence[0] == "“" or sentence.startswith("input")
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_a_problem_of_a_leg_names_its_channel() -> None:
    told = wording.problem_sentence(Problem("text", "", "empty", leg="viber_service"))

    assert told == "Viber: Write a message."
    assert order_sentence(["whatsapp", "sms"]) == "WhatsApp, then SMS"
