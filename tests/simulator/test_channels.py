"""The other channels of the simulator: what they ask for, what becomes of it, what comes back."""

import pytest

from smsdesk.simulator.book import MessageRecord
from tests.simulator.customer import Receiver, Start, ask_reports, send

URL = "https://example.com/cat.jpg"
OPTIONS = "Invalid channel parameters"
PARAMS = "Invalid params"
TYPE = "Invalid message type"
WHATSAPP = {"channel": "whatsapp", "text": None}
TEMPLATE = {"name": "9b6b:verify", "parameters": ["Anna", "7"]}
NOT_A_USER = "447700900131"


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "mms", "message_type": "image", "image": {"url": URL, "caption": "A cat"}},
        {"channel": "rcs", "from": "Acme", "message_type": "image", "image": {"url": URL}},
        {**WHATSAPP, "message_type": "image", "image": {"url": URL, "caption": "A cat"}},
        {"channel": "viber_service", "message_type": "image", "image": {"url": URL}},
        {"channel": "messenger", "message_type": "image", "image": {"url": URL}},
        {
            **WHATSAPP,
            "message_type": "template",
            "template": TEMPLATE,
            "whatsapp": {"policy": "deterministic", "locale": "en_GB"},
        },
        {**WHATSAPP, "text": "x", "context": {"message_uuid": "a"}},
        {"channel": "viber_service", "viber_service": {"category": "promotion", "ttl": 30}},
        {"channel": "messenger", "messenger": {"category": "message_tag", "tag": "X"}},
        {"channel": "rcs", "from": "Acme", "rcs": {"category": "transaction"}, "ttl": 300},
    ],
)
def test_what_a_channel_has_is_taken(start: Start, fields: dict[str, object]) -> None:
    assert send(start(), **fields).status_code == 202


@pytest.mark.parametrize(
    ("fields", "title", "name"),
    [
        ({"message_type": "image", "image": {"url": URL}}, TYPE, "message_type"),
        ({"channel": "mms", "message_type": "image"}, PARAMS, "image.url"),
        (
            {"channel": "mms", "message_type": "image", "image": {"url": "cat.jpg"}},
            PARAMS,
            "image.url",
        ),
        (
            {**WHATSAPP, "message_type": "image", "image": {"url": f"{URL}.gif"}},
            PARAMS,
            "image.url",
        ),
        (
            {
                "channel": "messenger",
                "message_type": "image",
                "image": {"url": URL, "caption": "x"},
            },
            PARAMS,
            "image.caption",
        ),
        (
            {**WHATSAPP, "message_type": "image", "image": {"url": URL, "caption": "x" * 3001}},
            PARAMS,
            "image.caption",
        ),
        (
            {**WHATSAPP, "message_type": "template", "template": TEMPLATE},
            OPTIONS,
            "whatsapp.locale",
        ),
        ({**WHATSAPP, "message_type": "template"}, PARAMS, "template.name"),
        (
            {
                **WHATSAPP,
                "message_type": "template",
                "template": {"name": "a", "parameters": 1},
            },
            PARAMS,
            "template.parameters",
        ),
        ({"channel": "mms", "ttl": 299}, PARAMS, "ttl"),
        (
            {"channel": "viber_service", "viber_service": {"ttl": 29}},
            OPTIONS,
            "viber_service.ttl",
        ),
        (
            {"channel": "viber_service", "viber_service": {"category": "chat"}},
            OPTIONS,
            "viber_service.category",
        ),
        (
            {"channel": "messenger", "messenger": {"category": "message_tag"}},
            OPTIONS,
            "messenger.tag",
        ),
        ({"failover": {}}, PARAMS, "failover"),
        ({"failover": [{"channel": "pigeon"}]}, "Unsupported channel", "channel"),
    ],
)
def test_what_a_channel_does_not_have_is_refused_by_name(
    start: Start, fields: dict[str, object], title: str, name: str
) -> None:
    answer = send(start(), **fields)

    assert answer.status_code == 422
    assert answer.json()["title"] == title
    assert [entry["name"] for entry in answer.json()["invalid_parameters"]] == [name]


def second(**fields: object) -> dict[str, object]:
    """What is tried after the first."""
    return {
        "channel": "sms",
        "message_type": "text",
        "to": NOT_A_USER,
        "from": "Acme",
        "text": "By SMS, then.",
        "client_ref": "order 7",
        **fields,
    }


@pytest.mark.parametrize(
    ("to", "status"), [(NOT_A_USER, "rejected"), ("447700900132", "undeliverable")]
)
def test_what_one_channel_refuses_the_next_one_brings(
    start: Start, receiver: Receiver, to: str, status: str
) -> None:
    simulator = start(status_url=receiver.url())

    answer = send(
        simulator,
        channel="viber_service",
        to=to,
        client_ref="order 7",
        failover=[second(to=to)],
    )

    workflow_id = answer.json()["workflow_id"]
    told = [receiver.next_payload() for _ in range(4)]
    assert [(one["channel"], one["status"]) for one in told] == [
        ("viber_service", "submitted"),
        ("viber_service", status),
        ("sms", "submitted"),
        ("sms", "delivered"),
    ]
    assert [one["workflow"] for one in told[1::2]] == [
        {"workflow_id": workflow_id, "items_number": "1", "items_total": "2"},
        {"workflow_id": workflow_id, "items_number": "2", "items_total": "2"},
    ]
    assert {one["client_ref"] for one in told} == {"order 7"}
    first, other = told[0]["message_uuid"], told[3]["message_uuid"]
    assert first == answer.json()["message_uuid"] != other
    [record] = ask_reports(simulator, id=str(other)).json()["records"]
    assert (record["workflow_id"], record["workflow_items_number"]) == (workflow_id, "2")


def test_what_the_first_channel_brings_is_not_tried_again(start: Start) -> None:
    simulator = start()

    send(simulator, channel="whatsapp", failover=[second(to="447700900000")])

    assert simulator.wait_for_messages(lambda found: found[0].status == "delivered")
    assert len(simulator.messages) == 1


def test_a_message_that_was_read_says_so_where_the_channel_does(start: Start) -> None:
    simulator = start()
    for channel in ("whatsapp", "sms"):
        send(simulator, channel=channel, to="447700900130")

    def are_ended(found: list[MessageRecord]) -> bool:
        return [one.status for one in found] == ["read", "delivered"]

    assert simulator.wait_for_messages(are_ended)


@pytest.mark.parametrize(
    ("to", "channel", "kind"),
    [
        ("447700900210", "whatsapp", "image"),
        ("447700900213", "messenger", "file"),
        ("447700900214", "mms", "vcard"),
        ("447700900215", "rcs", "location"),
        ("447700900216", "whatsapp", "contacts"),
        ("447700900221", "messenger", "unsupported"),
        ("447700900215", "viber_service", "text"),
        ("447700900210", "sms", "text"),
    ],
)
def test_people_answer_with_what_their_channel_has(
    start: Start, receiver: Receiver, to: str, channel: str, kind: str
) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))

    send(simulator, channel=channel, to=to)

    reply = receiver.next_payload()
    assert (reply["channel"], reply["message_type"], reply["from"]) == (channel, kind, to)
    assert kind in reply or kind == "unsupported"


def test_an_answer_may_quote_what_it_answers(start: Start, receiver: Receiver) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))

    answer = send(simulator, channel="whatsapp", to="447700900222")

    reply = receiver.next_payload()
    assert reply["context"] == {"message_uuid": answer.json()["message_uuid"]}
    assert (reply["text"], reply["context_status"]) == ("Thanks!", "available")


def test_whatsapp_wants_a_template_where_nobody_has_written(start: Start) -> None:
    simulator = start()
    send(simulator, channel="whatsapp", to="447700900133")
    send(
        simulator,
        **WHATSAPP,
        to="447700900133",
        message_type="template",
        template=TEMPLATE,
        whatsapp={"locale": "en"},
    )

    def are_ended(found: list[MessageRecord]) -> bool:
        return [one.status for one in found] == ["rejected", "delivered"]

    assert simulator.wait_for_messages(are_ended)
    assert simulator.messages[0].error_code == "1340"
