"""Status and inbound webhooks, received over real HTTP and verified by hand."""

import json
import socket
import time
import uuid
from collections import Counter
from datetime import datetime

import pytest
import requests

from smsdesk.simulator.scenarios import Scenario, WebhookTrouble
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET
from tests.simulator.customer import (
    APPLICATION_ID,
    BASIC,
    Keys,
    Receiver,
    Start,
    bearer,
    claims_of,
    message,
    send,
    wait_until_delivered,
)


def test_a_message_is_told_to_be_submitted_and_then_delivered(
    start: Start, receiver: Receiver
) -> None:
    simulator = start(status_url=receiver.url())

    answer = send(simulator, client_ref="ref-1", text="x" * 161)

    first, second = receiver.next_payload(), receiver.next_payload()
    timestamp = datetime.fromisoformat(str(first.pop("timestamp")))
    assert timestamp.tzinfo is not None
    assert first == {
        "message_uuid": answer.json()["message_uuid"],
        "to": "447700900000",
        "from": "447700900001",
        "status": "submitted",
        "channel": "sms",
        "client_ref": "ref-1",
        "usage": {"currency": "EUR", "price": "0.0824"},
        "destination": {"network_code": "23410"},
        "sms": {"count_total": "2"},
    }
    assert second["status"] == "delivered"


def test_a_webhook_is_signed_with_the_signature_secret(
    start: Start, receiver: Receiver, keys: Keys
) -> None:
    simulator = start(
        application_id=APPLICATION_ID, public_key_pem=keys.public, status_url=receiver.url()
    )
    url = f"{simulator.url}/v1/messages"

    requests.post(url, json=message(), headers=bearer(keys), timeout=10)

    _, credentials, body = receiver.next()
    claims = claims_of(credentials, body)
    assert claims["iss"] == "Vonage"
    assert claims["api_key"] == "demo"
    assert claims["application_id"] == APPLICATION_ID
    assert isinstance(claims["iat"], int)
    assert uuid.UUID(str(claims["jti"]))
    assert len(DEMO_SIGNATURE_SECRET) == 64


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("447700900100", [("submitted", None), ("undeliverable", "1260")]),
        ("447700900101", [("submitted", None), ("rejected", "1240")]),
        ("447700900102", [("submitted", None), ("rejected", "1050")]),
        ("447700900113", [("delivered", None), ("submitted", None)]),
        (
            "447700900114",
            [
                ("submitted", None),
                ("submitted", None),
                ("delivered", None),
                ("delivered", None),
            ],
        ),
    ],
)
def test_a_test_number_has_its_own_story(
    start: Start, receiver: Receiver, to: str, told: list[tuple[str, str | None]]
) -> None:
    simulator = start(status_url=receiver.url())

    send(simulator, to=to)

    heard = []
    for _ in told:
        payload = receiver.next_payload()
        error = payload.get("error")
        heard.append((payload["status"], error["title"] if isinstance(error, dict) else None))
    assert sorted(heard, key=str) == sorted(told, key=str)
    assert heard[0] == told[0]


def test_what_is_told_late_speaks_of_an_earlier_time(start: Start, receiver: Receiver) -> None:
    simulator = start(status_url=receiver.url())

    send(simulator, to="447700900113")

    delivered, submitted = receiver.next_payload(), receiver.next_payload()
    assert str(submitted["timestamp"]) < str(delivered["timestamp"])
    assert simulator.messages[0].status == "delivered"


def test_a_webhook_is_repeated_to_the_byte_until_it_is_taken(
    start: Start, receiver: Receiver
) -> None:
    receiver.answers += [503, 429]
    simulator = start(status_url=receiver.url(), pace=0.01)

    send(simulator, to="447700900111")

    first, second, third = receiver.next(), receiver.next(), receiver.next()
    assert first == second == third
    assert receiver.calls.empty()


def test_a_webhook_that_is_refused_is_not_repeated(start: Start, receiver: Receiver) -> None:
    receiver.answers += [401]
    simulator = start(status_url=receiver.url(), pace=0.01)

    send(simulator)

    statuses = [receiver.next_payload()["status"] for _ in range(2)]
    assert statuses == ["submitted", "delivered"]


def test_a_receiver_that_is_away_does_not_hold_up_the_message(start: Start) -> None:
    simulator = start(status_url="http://127.0.0.1:1/status")

    send(simulator)

    wait_until_delivered(simulator)


def test_the_messages_own_address_wins(start: Start, receiver: Receiver) -> None:
    simulator = start(status_url=receiver.url())

    send(simulator, webhook_url=receiver.url("/special?a=b"))

    assert receiver.next()[0] == "/special"


def test_the_applications_address_wins_over_the_accounts(
    start: Start, receiver: Receiver, keys: Keys
) -> None:
    simulator = start(status_url=receiver.url(), inbound_url=receiver.url("/inbound"))
    webhooks = {"status_url": {"address": receiver.url("/special"), "http_method": "POST"}}
    application = requests.post(
        f"{simulator.url}/v2/applications",
        json={
            "name": "Own",
            "keys": {"public_key": keys.public},
            "capabilities": {"messages": {"webhooks": webhooks}},
        },
        auth=BASIC,
        timeout=10,
    ).json()

    requests.post(
        f"{simulator.url}/v1/messages",
        json=message(),
        headers=bearer(keys, application_id=application["id"]),
        timeout=10,
    )

    assert receiver.next()[0] == "/special"


@pytest.mark.parametrize(
    ("to", "text", "keyword", "parts"),
    [
        ("447700900200", "Thanks!", "THANKS!", "1"),
        ("447700900201", "STOP", "STOP", "1"),
        ("447700900202", None, "THANK", "2"),
    ],
)
def test_a_recipient_may_write_back(
    start: Start, receiver: Receiver, to: str, text: str | None, keyword: str, parts: str
) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))

    send(simulator, to=to)

    path, credentials, body = receiver.next()
    payload = json.loads(body)
    claims_of(credentials, body)
    assert path == "/inbound"
    assert (payload["from"], payload["to"]) == (to, "447700900001")
    assert payload["sms"] == {"num_messages": parts, "keyword": keyword}
    assert payload["origin"] == {"network_code": "23410"}
    assert payload["channel"] == "sms"
    assert text is None or payload["text"] == text


def test_nobody_can_answer_a_name(start: Start, receiver: Receiver) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))

    send(simulator, to="447700900200", **{"from": "Acme"})
    send(simulator, to="447700900200")

    assert receiver.next_payload()["to"] == "447700900001"
    assert receiver.calls.empty()


def test_a_person_may_write_first(start: Start, receiver: Receiver) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))

    record = simulator.receive(sender="+447700900555", to="+447700900000", text="Hello?")

    payload = receiver.next_payload()
    assert payload["message_uuid"] == record.message_uuid
    assert (payload["from"], payload["text"]) == ("447700900555", "Hello?")


def test_other_channels_are_told_of_without_the_words_of_sms(
    start: Start, receiver: Receiver
) -> None:
    simulator = start(status_url=receiver.url())

    send(simulator, channel="whatsapp")

    payload = receiver.next_payload()
    assert payload["channel"] == "whatsapp"
    assert "sms" not in payload


def test_a_receiver_that_never_answers_does_not_hold_up_the_stop(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        port = listener.getsockname()[1]
        simulator = start(status_url=f"http://127.0.0.1:{port}/status")
        send(simulator)
        line, _ = listener.accept()

        began = time.monotonic()
        simulator.stop()

        assert time.monotonic() - began < 5
        line.close()


def test_what_was_never_submitted_costs_nothing(start: Start) -> None:
    simulator = start()
    before = simulator.balance

    send(simulator, to="447700900112")
    send(simulator, to="447700900422")

    assert simulator.balance == before


def test_webhooks_are_lost_repeated_and_late_where_a_scenario_says_so(
    start: Start, receiver: Receiver
) -> None:
    trouble = WebhookTrouble(lost=0.3, repeated=0.5, late_s=5.0)
    simulator = start(
        status_url=receiver.url(), scenario=Scenario(webhooks=trouble, seed=7), seed=7
    )

    for number in range(20):
        send(simulator, client_ref=f"ref-{number}")
    wait_until_delivered(simulator)
    told = Counter(
        (str(payload["client_ref"]), str(payload["status"]))
        for payload in (receiver.next_payload() for _ in range(30))
    )

    assert 15 <= len(told) < 40, "some are lost"
    assert 2 in told.values(), "some come twice"
