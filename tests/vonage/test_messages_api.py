"""Every channel's request against Vonage's own document of the Messages API."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    ValidationError,
)

from smsdesk.sms.channels.content import ApprovedTemplate, Content, Leg
from smsdesk.sms.encoding import Encoding
from smsdesk.vonage.payloads import write_message

MESSAGES = json.loads(Path(__file__).with_name("messages_api.json").read_text("utf-8"))[
    "messages"
]
PICTURE = "https://example.com/cat.jpg"
TEMPLATE = ApprovedTemplate("9b6b4fcb:verify", "en_GB", ("Anna", "2526"))


def leg(channel: str, text: str = "Hello", **content: Any) -> Leg:
    """A message on a channel, from and to somebody that it has."""
    sender = {"rcs": "Acme", "messenger": "104", "viber_service": "16273"}.get(channel)
    to = "5550123456789" if channel == "messenger" else "+447700900000"
    return Leg(
        channel, to, sender or "+447700900001", text, Encoding.GSM7, 1, Content(**content)
    )


def check(name: str, body: dict[str, Any]) -> None:
    """Raises ValidationError where the document does not know what stands in a body."""
    Draft202012Validator(MESSAGES[name]).validate(body)


CASES = {
    "SMSText": leg("sms", ttl_s=3600),
    "MMSText": leg("mms", ttl_s=300),
    "MMSImage": leg("mms", "Our cat", image_url=PICTURE),
    "RCSText": leg("rcs", ttl_s=300, category="transaction"),
    "RCSImage": leg("rcs", "", image_url=PICTURE),
    "WhatsAppText": leg("whatsapp"),
    "WhatsAppImage": leg("whatsapp", "Our cat", image_url=PICTURE),
    "WhatsAppTemplate": leg("whatsapp", "", template=TEMPLATE),
    "MessengerText": leg("messenger", category="message_tag", tag="ACCOUNT_UPDATE"),
    "MessengerImage": leg("messenger", "", image_url=PICTURE, category="response"),
    "ViberText": leg("viber_service", category="promotion", ttl_s=600),
    "ViberImage": leg("viber_service", "Our cat", image_url=PICTURE),
}


def test_every_kind_of_the_document_that_we_know_is_tried() -> None:
    assert set(CASES) == set(MESSAGES)


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_as_the_document_wants_it(name: str) -> None:
    check(name, json.loads(write_message(CASES[name], client_ref="R" * 40)))


@pytest.mark.parametrize("name", CASES)
def test_what_follows_a_rejection_is_a_whole_message(name: str) -> None:
    body = write_message(CASES["WhatsAppText"], client_ref="REF-1", failover=[CASES[name]])

    written = json.loads(body)
    check("WhatsAppText", written)
    (followed,) = written["failover"]
    check(name, followed)
    assert followed["client_ref"] == written["client_ref"] == "REF-1"
    assert "failover" not in followed


def test_the_document_forbids_what_it_does_not_name() -> None:
    body = json.loads(write_message(CASES["ViberText"], client_ref="x"))

    with pytest.raises(ValidationError):
        check("ViberText", {**body, "ttl": 600})


def test_a_template_says_its_language_and_what_fills_its_gaps() -> None:
    body = json.loads(write_message(CASES["WhatsAppTemplate"], client_ref="x"))

    assert body["template"] == {"name": "9b6b4fcb:verify", "parameters": ["Anna", "2526"]}
    assert body["whatsapp"] == {"policy": "deterministic", "locale": "en_GB"}
    assert "text" not in body


def test_an_id_is_no_number_and_loses_no_plus() -> None:
    body = json.loads(write_message(CASES["MessengerText"], client_ref="x"))

    assert (body["to"], body["from"]) == ("5550123456789", "104")
    assert body["messenger"] == {"category": "message_tag", "tag": "ACCOUNT_UPDATE"}
