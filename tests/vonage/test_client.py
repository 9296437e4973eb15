"""The client against the simulator, which read the same specification on its own."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest

from smsdesk.simulator.demo import DemoAccount, demo_account
from smsdesk.sms.channels.content import Leg
from smsdesk.sms.encoding import Encoding
from smsdesk.vonage.auth import SigningKey, load_private_key
from smsdesk.vonage.client import Client, open_client
from smsdesk.vonage.credentials import (
    AccountCredentials,
    ApplicationCredentials,
    Secret,
    parse_api_url,
)
from smsdesk.vonage.errors import AnswerError, CredentialsError, NotSent
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import read_accepted, read_problem, write_message
from tests.vonage import keys
from tests.vonage.fault_server import FaultServer, answer, serve_all

NOW = 1_800_000_000.0
APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoAccount]:
    with demo_account(records=None, pace=0.01) as account:
        yield account


def client_of(demo: DemoAccount, *, secret: str | None = None) -> Client:
    return open_client(
        application=ApplicationCredentials(demo.application_id, demo.private_key_path),
        key=load_private_key(demo.private_key_path, passphrase=None),
        account=AccountCredentials(demo.api_key, Secret(secret or demo.api_secret)),
        api_url=parse_api_url(demo.api_url),
        proxy=None,
        now=lambda: datetime.now(UTC).timestamp(),
    )


def client_to(url: str, *, has_account: bool = True) -> Client:
    return open_client(
        application=ApplicationCredentials(APPLICATION, Path("unused")),
        key=SigningKey(keys.rsa_key(), is_encrypted=False),
        account=AccountCredentials("abcd1234", Secret("canary")) if has_account else None,
        api_url=url,
        proxy=None,
        now=lambda: NOW,
    )


def sms(to: str = "+447700900123", *, ref: str = "REF-1") -> bytes:
    leg = Leg("sms", to, "ACME", "Hello €", Encoding.GSM7, 1)
    return write_message(leg, client_ref=ref)


def submit(client: Client, body: bytes) -> Answer:
    with closing(client.line()) as line:
        line.open()
        return client.submit(line, body)


def test_a_message_is_accepted_and_found_in_a_report(demo: DemoAccount) -> None:
    with closing(client_of(demo)) as client:
        got = submit(client, sms(ref="REF-FOUND"))
        message_uuid = read_accepted(got)
        assert message_uuid is not None
        page = client.report_by_ids([message_uuid, APPLICATION])

    assert got.status == 202
    assert [receipt.client_ref for receipt in page.receipts] == ["REF-FOUND"]
    assert page.receipts[0].message_uuid == message_uuid
    assert page.ids_not_found == (APPLICATION,)


def test_a_report_of_a_window_names_the_references(demo: DemoAccount) -> None:
    now = datetime.now(UTC)
    with closing(client_of(demo)) as client:
        submit(client, sms("+447700900124", ref="REF-WINDOW"))
        page = client.report_window(now - HOUR, now + HOUR, to="+447700900124")

    assert [receipt.client_ref for receipt in page.receipts] == ["REF-WINDOW"]
    assert page.is_complete


def test_a_refused_message_says_which_field_is_wrong(demo: DemoAccount) -> None:
    with closing(client_of(demo)) as client:
        got = submit(client, sms("12"))

    problem = read_problem(got)
    assert got.status == 422
    assert problem is not None
    assert problem.title


def test_the_balance_is_read(demo: DemoAccount) -> None:
    with closing(client_of(demo)) as client:
        assert client.balance().value > 0
        probed = client.probe()

    assert probed is not None
    assert probed.status == 200


def test_a_wrong_secret_is_an_answer_not_a_crash(demo: DemoAccount) -> None:
    with closing(client_of(demo, secret="wrong")) as client:
        with pytest.raises(AnswerError) as caught:
            client.balance()
        probed = client.probe()

    assert caught.value.answer.status == 401
    assert probed is not None
    assert probed.status == 401


def test_questions_carry_the_account_and_messages_the_token() -> None:
    with (
        FaultServer(serve_all(answer("200 OK", b'{"records":[]}'))) as server,
        closing(client_to(server.url)) as client,
    ):
        client.report_by_ids([APPLICATION])
        submit(client, sms())

    basic = b"Authorization: Basic " + base64.b64encode(b"abcd1234:canary")
    asked, posted = server.requests
    assert basic in asked
    assert b"account_id=abcd1234&product=MESSAGES&direction=outbound&id=" in asked
    assert b"Authorization: Bearer ey" in posted
    assert b"canary" not in posted
    assert basic not in posted


def test_the_next_page_is_asked_of_our_own_origin() -> None:
    page = {
        "records": [],
        "_links": {"next": {"href": "https://evil.example/v2/reports/records?cursor=2"}},
    }
    with (
        FaultServer(serve_all(answer("200 OK", json.dumps(page).encode()))) as server,
        closing(client_to(server.url)) as client,
    ):
        first = client.report_window(START, START + HOUR)
        client.report_window(START, START + HOUR, first.next_path)

    assert b"date_start=2026-11-23T12%3A00%3A00Z&date_end=2026-11-23T13" in server.requests[0]
    assert server.requests[1].startswith(b"GET /v2/reports/records?cursor=2 HTTP/1.1")


def test_every_answer_teaches_the_time() -> None:
    date = f"Date: {formatdate(NOW + 600, usegmt=True)}\r\n"
    with (
        FaultServer(serve_all(answer("401 Unauthorized", headers=date))) as server,
        closing(client_to(server.url)) as client,
    ):
        submit(client, sms())
        skew_s = client.tokens.skew_s

    assert skew_s == pytest.approx(600.5)


@pytest.mark.parametrize("status", ["500 Oops", "503 Oops", "429 Slow down"])
def test_a_probe_fails_when_vonage_does_not_work(status: str) -> None:
    with (
        FaultServer(serve_all(answer(status))) as server,
        closing(client_to(server.url)) as client,
        pytest.raises(AnswerError),
    ):
        client.probe()


def test_without_an_account_a_probe_only_connects() -> None:
    with (
        FaultServer(serve_all()) as server,
        closing(client_to(server.url, has_account=False)) as client,
    ):
        assert client.probe() is None
        assert not client.can_ask_reports

    assert server.requests == []


def test_without_an_account_there_is_nothing_to_ask() -> None:
    client = client_to("http://127.0.0.1:9", has_account=False)

    with pytest.raises(CredentialsError, match="no_account"):
        client.balance()
    with pytest.raises(CredentialsError, match="no_account"):
        client.report_by_ids([APPLICATION])


def test_a_probe_of_a_dead_line_says_so() -> None:
    client = client_to("http://127.0.0.1:9")

    with pytest.raises(NotSent):
        client.probe()


def test_a_balance_that_is_none_is_an_error() -> None:
    with (
        FaultServer(serve_all(answer("200 OK", b"{}"))) as server,
        closing(client_to(server.url)) as client,
        pytest.raises(AnswerError),
    ):
        client.balance()


def test_a_question_that_vonage_would_not_take_is_not_asked() -> None:
    client = client_to("http://127.0.0.1:9")

    with pytest.raises(ValueError, match="20"):
        client.report_by_ids([])
    with pytest.raises(ValueError, match="20"):
        client.report_by_ids([APPLICATION] * 21)
    with pytest.raises(ValueError, match="24"):
        client.report_window(START, START + 25 * HOUR)
    with pytest.raises(ValueError, match="24"):
        client.report_window(START, START)


def test_vonage_has_two_hosts() -> None:
    client = client_to("")

    assert client._transport.origin == "https://api.nexmo.com"
    assert client._rest_transport.origin == "https://rest.nexmo.com"


def test_a_token_is_proved_without_sending_anything(demo: DemoAccount) -> None:
    with closing(client_of(demo)) as client:
        taken = client.try_token()
        spoilt = client.try_token(is_spoilt=True)

    assert (taken.status, spoilt.status) == (422, 401)


def test_a_strangers_token_is_refused(demo: DemoAccount) -> None:
    with closing(client_to(parse_api_url(demo.api_url))) as client:
        assert client.try_token().status == 401
