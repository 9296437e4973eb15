"""The checks of `POST /v1/messages`, seen from outside."""

import pytest
import requests

from tests.simulator.customer import BASIC, Start, message, send

RECIPIENT = "Invalid recipient"
SENDER = "Invalid sender"
PARAMS = "Invalid params"
OPTIONS = "Invalid channel parameters"


@pytest.mark.parametrize(
    ("fields", "title", "name"),
    [
        ({"to": "+447700900000"}, RECIPIENT, "to"),
        ({"to": "00447700900000"}, RECIPIENT, "to"),
        ({"to": "447700"}, RECIPIENT, "to"),
        ({"to": "4477009000001234"}, RECIPIENT, "to"),
        ({"to": "٤٤٧٧٠٠٩٠٠٠٠٠"}, RECIPIENT, "to"),
        ({"to": None}, RECIPIENT, "to"),
        ({"to": 447700900000}, RECIPIENT, "to"),
        ({"to": ["447700900000"]}, RECIPIENT, "to"),
        ({"from": None}, SENDER, "from"),
        ({"from": ""}, SENDER, "from"),
        ({"text": None}, PARAMS, "text"),
        ({"text": "x" * 3201}, PARAMS, "text"),
        ({"channel": None}, "Unsupported channel", "channel"),
        ({"channel": "pigeon"}, "Unsupported channel", "channel"),
        ({"message_type": None}, "Invalid message type", "message_type"),
        ({"message_type": "image"}, "Invalid message type", "message_type"),
        ({"client_ref": "x" * 101}, "Invalid client reference", "client_ref"),
        ({"ttl": 19}, PARAMS, "ttl"),
        ({"ttl": 604_801}, PARAMS, "ttl"),
        ({"ttl": "60"}, PARAMS, "ttl"),
        ({"ttl": True}, PARAMS, "ttl"),
        ({"webhook_url": "nowhere"}, PARAMS, "webhook_url"),
        ({"webhook_version": "v2"}, PARAMS, "webhook_version"),
        ({"trusted_recipient": "yes"}, PARAMS, "trusted_recipient"),
        ({"sms": {"encoding_type": "ebcdic"}}, OPTIONS, "sms.encoding_type"),
        ({"sms": []}, OPTIONS, "sms"),
        ({"channel": "messenger", "text": "x" * 641}, PARAMS, "text"),
        ({"channel": "viber_service", "text": "x" * 1001}, PARAMS, "text"),
        ({"channel": "rcs", "from": "not an agent"}, SENDER, "from"),
        ({"channel": "rcs", "ttl": 259_201}, PARAMS, "ttl"),
        ({"channel": "whatsapp", "from": "Acme"}, SENDER, "from"),
    ],
)
def test_a_bad_field_is_refused_by_name(
    start: Start, fields: dict[str, object], title: str, name: str
) -> None:
    simulator = start()

    answer = send(simulator, **fields)

    assert answer.status_code == 422
    assert answer.json()["title"] == title
    assert [entry["name"] for entry in answer.json()["invalid_parameters"]] == [name]
    assert simulator.messages == []
    assert simulator.requests[0].answer_plan == "invalid"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff", b"[" * 100_000])
def test_what_is_not_a_json_object_is_refused(start: Start, body: bytes) -> None:
    simulator = start()

    answer = requests.post(f"{simulator.url}/v1/messages", body, auth=BASIC, timeout=10)

    assert answer.status_code == 422
    assert answer.json()["title"] == "The request body did not contain valid JSON"


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "x" * 3200},
        {"to": "4477009"},
        {"to": "447700900000123"},
        {"client_ref": "x" * 100},
        {"ttl": 20},
        {"ttl": 604_800},
        {"sms": {"encoding_type": "unicode"}},
        {"from": "Acme"},
        {"from": "60066"},
        {"something_new": [1, 2, 3]},
        {"channel": "whatsapp", "text": "x" * 4096},
        {"channel": "messenger", "to": "1234", "from": "5678"},
        {"channel": "viber_service", "from": "12345"},
        {"channel": "mms"},
        {"channel": "rcs", "from": "Acme-Agent_1"},
    ],
)
def test_a_good_message_is_accepted(start: Start, fields: dict[str, object]) -> None:
    simulator = start()

    answer = send(simulator, **fields)

    assert answer.status_code == 202
    assert set(answer.json()) == {"message_uuid"}
    assert [m.message_uuid for m in simulator.messages] == [answer.json()["message_uuid"]]


def test_the_record_holds_what_was_asked_for(start: Start) -> None:
    simulator = start()

    send(simulator, **message(text="x" * 161, client_ref="order 7"))

    [record] = simulator.messages
    assert (record.to, record.sender) == ("447700900000", "447700900001")
    assert (record.parts, record.client_ref, record.price) == (2, "order 7", "0.0824")
