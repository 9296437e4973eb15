"""What is written to Vonage, and what is made of anything that comes back (F30, F31, F43)."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.channels.content import PLAIN, Content, Leg
from smsdesk.sms.channels.received import Received
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.state import State
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.fields import read_json
from smsdesk.vonage.payloads import (
    Balance,
    ReportPage,
    read_accepted,
    read_balance,
    read_problem,
    read_replies_report,
    read_report,
    write_message,
)

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
DEEP = b"[" * 100_000 + b"]" * 100_000
REF = "REF-1"


def said(body: object, *, status: int = 200, kind: str = "application/json") -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": kind}, data)


def sms(
    to: str,
    sender: str,
    text: str,
    encoding: Encoding = Encoding.GSM7,
    *,
    content: Content = PLAIN,
    entity_id: str | None = None,
    content_id: str | None = None,
) -> Leg:
    return Leg("sms", to, sender, text, encoding, 1, content, entity_id, content_id)


def test_an_sms_is_written_as_the_api_wants_it() -> None:
    leg = sms(
        "+447700900123", "+447700900000", "Grüße 👋", Encoding.UCS2, content=Content(ttl_s=3600)
    )
    body = write_message(leg, client_ref=REF, webhook_url="https://a.example/status")

    assert json.loads(body) == {
        "channel": "sms",
        "message_type": "text",
        "to": "447700900123",
        "from": "447700900000",
        "text": "Grüße 👋",
        "client_ref": REF,
        "sms": {"encoding_type": "unicode"},
        "ttl": 3600,
        "webhook_url": "https://a.example/status",
    }
    assert "Grüße 👋".encode() in body


def test_what_was_not_asked_for_is_left_out() -> None:
    body = write_message(sms("+447700900123", "ACME", "x"), client_ref=REF)

    written = json.loads(body)
    assert written["from"] == "ACME"
    assert written["sms"] == {"encoding_type": "text"}
    assert written.keys().isdisjoint({"ttl", "webhook_url"})


def test_an_accepted_message_has_an_id() -> None:
    assert read_accepted(said({"message_uuid": UUID.upper()}, status=202)) == UUID


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[]",
        b'"' + UUID.encode() + b'"',
        b"<html>Sign in</html>",
        b'{"message_uuid":"' + UUID.encode(),
        b'{"message_uuid":null}',
        b'{"message_uuid":17}',
        b'{"message_uuid":"yes"}',
        b'{"message_uuid":["' + UUID.encode() + b'"]}',
        b'{"message_uuid":"\xff"}',
        b'{"message_uuid":' + b"9" * 5000 + b"}",
        DEEP,
    ],
)
def test_an_answer_without_a_usable_id_gives_none(body: bytes) -> None:
    assert read_accepted(said(body, status=202)) is None


def test_a_refusal_carries_no_id() -> None:
    assert read_accepted(said({"message_uuid": UUID}, status=422)) is None


@pytest.mark.parametrize(
    "kind", ["application/problem+json; charset=utf-8", "application/JSON"]
)
def test_a_refusal_is_read_in_either_media_type(kind: str) -> None:
    problem = read_problem(
        said(
            {
                "type": "https://developer.vonage.com/api-errors/messages#1150",
                "title": "Invalid params",
                "detail": "The value of one or more parameters is invalid.",
                "instance": "trace",
                "invalid_parameters": [
                    {"name": "to", "reason": "too short"},
                    "nonsense",
                    {"name": 5},
                ],
            },
            status=422,
            kind=kind,
        )
    )

    assert problem is not None
    assert (problem.status, problem.title) == (422, "Invalid params")
    assert problem.invalid_parameters == (("to", "too short"), ("5", ""))


def test_long_texts_of_a_refusal_are_cut() -> None:
    problem = read_problem(
        said({"title": "t" * 9999, "detail": "d" * 9999, "type": "x"}, status=400)
    )

    assert problem is not None
    assert (len(problem.title), len(problem.detail)) == (200, 1000)


@pytest.mark.parametrize(
    "answer",
    [
        said({"type": "x", "title": "y"}, status=403, kind="text/html"),
        said({"type": "x", "title": "y"}, status=200),
        said({"title": "only a title"}, status=403),
        said({"title": ["x"], "type": "y"}, status=403),
        said(["x"], status=403),
        said(DEEP, status=403),
        said(b"\xff\xfe", status=403),
        Answer(403, {}, b"{}"),
    ],
)
def test_what_is_not_the_apis_own_refusal_is_none(answer: Answer) -> None:
    assert read_problem(answer) is None


RECORD = {
    "message_id": UUID,
    "client_ref": REF,
    "status": "delivered",
    "error_code": "0",
    "date_received": "2026-11-23T12:00:00+00:00",
    "date_finalized": "2026-11-23T13:30:00+0100",
    "total_price": "0.03330000",
    "currency": "EUR",
    "network": "23410",
    "latency": 5,
}


def test_a_report_becomes_receipts_and_says_what_it_did_not_find() -> None:
    page = read_report(said({"records": [RECORD], "ids_not_found": f"{UUID.upper()}, other"}))

    (receipt,) = page.receipts
    assert receipt.message_uuid == UUID
    assert receipt.status is State.DELIVERED
    assert receipt.provider_time == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert receipt.source == "report"
    assert receipt.failure is None
    assert receipt.price == "0.03330000"
    assert json.loads(receipt.raw) == RECORD
    assert page.ids_not_found == (UUID, "other")
    assert page.next_path is None
    assert page.is_complete


def test_a_record_with_an_unknown_status_proves_that_vonage_has_it() -> None:
    page = read_report(said({"records": [{**RECORD, "status": "expired", "error_code": 1360}]}))

    assert page.receipts[0].status is State.ACCEPTED
    assert page.receipts[0].failure is not None
    assert page.receipts[0].failure.code == "1360"


@pytest.mark.parametrize(
    ("href", "next_path"),
    [
        (
            "https://evil.example/v2/reports/records?cursor=a%2Bb&iv=c",
            "/v2/reports/records?cursor=a%2Bb&iv=c",
        ),
        ("/v2/reports/records?cursor=x", "/v2/reports/records?cursor=x"),
        ("https://api.nexmo.com/v1/messages", None),
        ("https://api.nexmo.com/v2/reports/records?a=b c", None),
        ("https://[bad", None),
        (17, None),
    ],
)
def test_the_next_page_is_never_on_another_host(href: object, next_path: str | None) -> None:
    page = read_report(said({"records": [], "_links": {"next": {"href": href}}}))

    assert page.next_path == next_path
    assert page.is_complete is (next_path is not None)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"records":{}}', DEEP, b'{"records":[{}'])
def test_an_unreadable_report_is_incomplete(body: bytes) -> None:
    assert read_report(said(body)) == ReportPage((), None, (), is_complete=False)


def test_a_record_that_names_no_message_makes_the_page_incomplete() -> None:
    page = read_report(said({"records": [RECORD, {}, "nonsense"]}))

    assert len(page.receipts) == 1
    assert not page.is_complete


@pytest.mark.parametrize(
    ("body", "balance"),
    [
        (b'{"value":10.28,"autoReload":false}', Balance(Decimal("10.28"), "EUR")),
        (b'{"value":-1}', Balance(Decimal(-1))),
        (b'{"value":"3.10"}', Balance(Decimal("3.10"))),
        (b'{"value":NaN}', None),
        (b'{"value":true}', None),
        (b'{"value":1e999999999}', None),
        (b"{}", None),
        (b"oops", None),
    ],
)
def test_a_balance_is_a_number_or_nothing(body: bytes, balance: Balance | None) -> None:
    assert read_balance(said(body)) == balance


@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_stumble(body: bytes) -> None:
    read_json(body)
    read_accepted(said(body, status=202))
    read_problem(said(body, status=422))
    read_report(said(body))
    read_balance(said(body))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(RECORD)), inner),
    max_leaves=20,
)


@given(
    st.dictionaries(st.sampled_from(sorted({*RECORD, "status", "error", "records"})), values)
)
def test_no_json_makes_a_reader_stumble(data: dict[str, Any]) -> None:
    read_report(said({"records": [data], "_links": data, "ids_not_found": data}))
    read_problem(said({**data, "title": data}, status=400))


def test_the_ids_of_india_go_with_the_options_of_the_sms() -> None:
    leg = sms(
        "+919876543210",
        "ACMEIN",
        "x",
        entity_id="1201159100000001234",
        content_id="1707161234567890123",
    )
    body = write_message(leg, client_ref=REF)

    assert json.loads(body)["sms"] == {
        "encoding_type": "text",
        "entity_id": "1201159100000001234",
        "content_id": "1707161234567890123",
    }


def test_a_reply_in_a_report_says_on_which_channel_it_came() -> None:
    records = [
        {"message_id": UUID, "provider": "messenger", "from": "5550123456789", "to": "104"},
        {
            "message_id": UUID,
            "provider": "whatsapp",
            "from": "447700900123",
            "message_body": "x",
        },
        {"message_id": UUID, "provider": "sms", "from": "447700900123", "message_body": ""},
    ]
    picture, text, empty = read_replies_report(said({"records": records})).replies

    assert (picture.channel, picture.sender, picture.to) == (
        "messenger",
        "5550123456789",
        "104",
    )
    assert picture.received == Received("not_told")
    assert (text.channel, text.sender, text.received) == ("whatsapp", "+447700900123", None)
    assert (empty.channel, empty.received) == ("sms", None)


def test_a_record_says_which_of_several_channels_it_is_about() -> None:
    fields = {"workflow_id": "w", "workflow_items_number": "2", "workflow_items_total": "2"}
    record = {"message_id": UUID, "status": "delivered", "provider": "viber_service", **fields}
    (receipt,) = read_report(said({"records": [record]})).receipts

    assert (receipt.channel, receipt.workflow_id, receipt.leg) == ("viber_service", "w", 2)
