"""What is made of a webhook's body, whatever is in it (F75)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.inbound import JoinedPart
from smsdesk.sms.state import State
from smsdesk.vonage.errors import PayloadError
from smsdesk.vonage.webhook_payloads import read_inbound, read_status

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
DEEP = b"[" * 100_000 + b"]" * 100_000
REF = "REF-1"

STATUS: dict[str, Any] = {
    "message_uuid": UUID,
    "to": "447700900123",
    "from": "447700900000",
    "timestamp": "2026-11-23T12:30:00.250Z",
    "status": "rejected",
    "channel": "sms",
    "client_ref": REF,
    "error": {
        "type": "https://developer.vonage.com/api-errors/messages#1240",
        "title": 1240,
        "detail": "Recipient opted out",
    },
    "usage": {"currency": "EUR", "price": "0.0333"},
    "destination": {"network_code": "23410"},
    "sms": {"count_total": "2"},
}


def test_a_status_webhook_becomes_a_receipt() -> None:
    body = json.dumps(STATUS).encode()

    receipt = read_status(body)

    assert receipt.message_uuid == UUID
    assert receipt.client_ref == REF
    assert receipt.status is State.REJECTED
    assert receipt.provider_time == datetime(2026, 11, 23, 12, 30, 0, 250_000, UTC)
    assert receipt.source == "webhook"
    assert receipt.failure is not None
    assert (receipt.failure.code, receipt.failure.detail) == ("1240", "Recipient opted out")
    assert (receipt.price, receipt.currency) == ("0.0333", "EUR")
    assert (receipt.network, receipt.parts) == ("23410", 2)
    assert receipt.raw == body.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timestamp", "soon"),
        ("timestamp", "9999-12-31T23:59:59-14:00"),
        ("timestamp", "1601-01-01T00:00:00Z"),
        ("timestamp", 5),
        ("error", "broken"),
        ("usage", [1]),
        ("usage", {"price": "NaN", "currency": 5}),
        ("usage", {"price": "1e999999", "currency": {}}),
        ("destination", None),
        ("sms", {"count_total": "-1"}),
        ("sms", {"count_total": "9999999999"}),
        ("sms", {"count_total": True}),
        ("client_ref", ["x"]),
        ("message_uuid", 7),
    ],
)
def test_a_field_of_the_wrong_kind_counts_as_missing(field: str, value: object) -> None:
    receipt = read_status(json.dumps({**STATUS, field: value}).encode())

    assert receipt.status is State.REJECTED
    facts = {
        "timestamp": receipt.provider_time,
        "error": receipt.failure,
        "usage": receipt.price,
        "destination": receipt.network,
        "sms": receipt.parts,
        "client_ref": receipt.client_ref,
        "message_uuid": receipt.message_uuid,
    }
    assert facts[field] is None


def test_the_code_of_a_failure_is_looked_for_in_the_title_then_in_the_type() -> None:
    error = {"type": "https://x.example/messages#1331", "title": "Provider down"}

    receipt = read_status(json.dumps({**STATUS, "error": error}).encode())
    unnamed = read_status(json.dumps({**STATUS, "error": {"title": "Odd"}}).encode())

    assert receipt.failure is not None
    assert receipt.failure.code == "1331"
    assert unnamed.failure is not None
    assert unnamed.failure.code == "rejected"


def test_a_lone_surrogate_from_outside_can_be_stored() -> None:
    error = b'{"title":"1240","detail":"a\\ud800b"}'
    body = json.dumps({**STATUS, "error": None}).encode().replace(b"null", error)

    receipt = read_status(body)

    assert receipt.failure is not None
    assert receipt.failure.detail == "a\ufffdb"
    assert receipt.raw.encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"[]", "not_json"),
        (DEEP, "not_json"),
        (b"{}", "status"),
        (json.dumps({**STATUS, "status": "accepted?"}).encode(), "status"),
        (json.dumps({"status": "delivered"}).encode(), "no_reference"),
    ],
)
def test_what_is_no_status_is_named(body: bytes, code: str) -> None:
    with pytest.raises(PayloadError) as caught:
        read_status(body)

    assert caught.value.code == code


OLD_STATUS: dict[str, Any] = {
    "message_uuid": UUID,
    "to": {"type": "sms", "number": "447700900123"},
    "from": {"type": "sms", "number": "447700900000"},
    "timestamp": "2026-11-23T12:30:00.250Z",
    "status": "rejected",
    "error": {"code": 1300, "reason": "Not part of the provider network"},
    "usage": {"currency": "EUR", "price": "0.0333"},
    "client_ref": REF,
}


def test_a_status_in_the_older_form_is_a_receipt_too() -> None:
    receipt = read_status(json.dumps(OLD_STATUS).encode(), jti="token-1")

    assert (receipt.message_uuid, receipt.client_ref) == (UUID, REF)
    assert receipt.failure is not None
    assert receipt.failure.code == "1300"
    assert receipt.failure.detail == "Not part of the provider network"
    assert receipt.price == "0.0333"
    assert receipt.jti == "token-1"


# What somebody wrote ----------------------------------------------------------------------

INBOUND: dict[str, Any] = {
    "channel": "sms",
    "message_uuid": UUID.upper(),
    "to": "447700900000",
    "from": "447700900123",
    "timestamp": "2026-11-23T12:30:00.250Z",
    "text": "Stop it, please.",
    "sms": {"num_messages": "2", "keyword": "STOP"},
    "usage": {"currency": "EUR", "price": "0.0057"},
    "origin": {"network_code": "23410"},
}
OLD_INBOUND: dict[str, Any] = {
    "message_uuid": UUID,
    "timestamp": "2026-11-23T12:30:00.250Z",
    "to": {"type": "sms", "number": "447700900000"},
    "from": {"type": "sms", "number": "447700900123"},
    "message": {
        "content": {"type": "text", "text": "Hello From Vonage!"},
        "sms": {"num_messages": "3"},
    },
    "usage": {"currency": "EUR", "price": "0.0333"},
}


def inbound(**fields: Any) -> bytes:
    return json.dumps({**INBOUND, **fields}).encode()


def test_an_inbound_webhook_becomes_a_message() -> None:
    body = inbound()

    message = read_inbound(body, jti="token-1")

    assert message.message_uuid == UUID
    assert (message.sender, message.to) == ("+447700900123", "+447700900000")
    assert message.text == "Stop it, please."
    assert message.provider_time == datetime(2026, 11, 23, 12, 30, 0, 250_000, UTC)
    assert (message.source, message.channel, message.jti) == ("webhook", "sms", "token-1")
    assert (message.keyword, message.parts, message.network) == ("STOP", 2, "23410")
    assert (message.price, message.currency) == ("0.0057", "EUR")
    assert message.part is None
    assert message.raw == body.decode()


def test_an_inbound_webhook_in_the_older_form_is_a_message_too() -> None:
    message = read_inbound(json.dumps(OLD_INBOUND).encode())

    assert (message.sender, message.to) == ("+447700900123", "+447700900000")
    assert (message.text, message.parts) == ("Hello From Vonage!", 3)
    assert (message.channel, message.price) == ("sms", "0.0333")


def test_the_older_name_of_a_channel_becomes_the_one_we_use() -> None:
    viber = {"type": "viber_service_msg", "id": "viber-7"}

    message = read_inbound(json.dumps({**OLD_INBOUND, "from": viber}).encode())

    assert (message.channel, message.sender) == ("viber_service", "viber-7")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("447700900123", "+447700900123"),
        (447700900123, "+447700900123"),
        ("1234567", "+1234567"),
        ("123456", "123456"),
        ("345", "345"),
        ("Vonage", "Vonage"),
        ("+447700900123", "+447700900123"),
        ("1234567890123456", "1234567890123456"),
    ],
)
def test_only_a_full_number_gets_its_plus(said: object, kept: str) -> None:
    assert read_inbound(inbound(**{"from": said})).sender == kept


@pytest.mark.parametrize(
    "text",
    ["", "x" * 100_000, "a\0b", "👩\u200d👩\u200d👧\u200d👦 e\u0301", "\u202eabc\r\n"],
)
def test_a_text_is_kept_exactly(text: str) -> None:
    escaped = read_inbound(inbound(text=text))
    plain = read_inbound(json.dumps({**INBOUND, "text": text}, ensure_ascii=False).encode())

    assert escaped.text == plain.text == text


def test_half_a_character_is_kept_as_what_can_be_stored() -> None:
    message = read_inbound(inbound(text="a\ud800b"))

    assert message.text == "a\ufffdb"
    assert "\\ud800" in message.raw


CONCAT = {"concat": "true", "concat-ref": "7", "concat-part": "2", "concat-total": "3"}


@pytest.mark.parametrize("fields", [CONCAT, {"sms": CONCAT}, {**CONCAT, "concat": True}])
def test_a_part_that_came_by_itself_says_where_it_belongs(fields: dict[str, Any]) -> None:
    assert read_inbound(inbound(**fields)).part == JoinedPart("7", 2, 3)


@pytest.mark.parametrize(
    "wrong",
    [
        {"concat": "false"},
        {"concat-part": "4"},
        {"concat-part": "0"},
        {"concat-total": "256"},
        {"concat-ref": ""},
        {"concat-part": None},
    ],
)
def test_a_part_that_cannot_be_is_a_message_of_its_own(wrong: dict[str, Any]) -> None:
    message = read_inbound(inbound(**{**CONCAT, **wrong}))

    assert message.part is None
    assert message.text == INBOUND["text"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"channel": "whatsapp", "message_type": "text", "text": "Hi"}, "Hi"),
        ({"message_type": "reply", "reply": {"id": "1", "title": "Yes"}}, "Yes"),
        ({"message_type": "button", "button": {"payload": "x", "text": "Go"}}, "Go"),
        ({"message_type": "image", "image": {"url": "u", "caption": "Our cat"}}, "Our cat"),
        (
            {"channel": "mms", "content": [{"type": "image"}, {"type": "text", "text": "Hm"}]},
            "Hm",
        ),
    ],
)
def test_what_can_be_read_on_other_channels_is_read(fields: dict[str, Any], text: str) -> None:
    said = {name: value for name, value in INBOUND.items() if name not in ("text", "sms")}

    assert read_inbound(json.dumps({**said, **fields}).encode()).text == text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"[1]", "not_json"),
        (DEEP, "not_json"),
        (b"\xff", "not_json"),
        (inbound(message_uuid="x"), "no_reference"),
        (inbound(**{"from": None}), "no_sender"),
        (inbound(**{"from": {"type": "sms"}}), "no_sender"),
        (inbound(text=None), "unsupported"),
        (inbound(text=["x"], message_type=["x"], content="x"), "unsupported"),
    ],
)
def test_what_is_no_message_is_named(body: bytes, code: str) -> None:
    with pytest.raises(PayloadError) as caught:
        read_inbound(body)

    assert caught.value.code == code


_NAMES = sorted(
    {
        *STATUS,
        *INBOUND,
        *CONCAT,
        *("message", "content", "number", "type", "message_type", "image", "url", "profile"),
        *("contacts", "name", "phones", "phone", "location", "lat", "order", "reaction"),
        *("product_items", "emoji", "context", "workflow", "items_number"),
    }
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_NAMES), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(_NAMES), _values))
def test_no_json_makes_a_reader_stumble(data: dict[str, Any]) -> None:
    for read in (read_status, read_inbound):
        for body in (data, {**data, "status": "delivered", "message_uuid": UUID, "from": "1"}):
            try:
                event = read(json.dumps(body).encode())
            except PayloadError:
                continue
            assert event.raw.encode()


@given(st.binary(max_size=200))
def test_no_bytes_make_a_reader_stumble(body: bytes) -> None:
    for read in (read_status, read_inbound):
        with pytest.raises(PayloadError):
            read(body)
