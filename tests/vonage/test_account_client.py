"""The account's own APIs, against the simulator and against a server that misbehaves."""

import json
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.server import Simulator
from smsdesk.vonage.account_client import AccountClient, open_account_client
from smsdesk.vonage.account_payloads import (
    Limitation,
    OwnedNumber,
    read_application,
    read_applications,
    read_numbers,
    read_prices,
    write_webhooks,
)
from smsdesk.vonage.credentials import AccountCredentials, Secret
from smsdesk.vonage.errors import AnswerError, NotSent
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.hosts import (
    API_ORIGIN,
    REST_ORIGIN,
    SANDBOX_ORIGIN,
    Origins,
    origins_of,
    region_of,
)
from tests.vonage.fault_server import FaultServer, answer, serve_all

NOW = 1_800_000_000.0
ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
PUBLIC_KEY = make_key_pair()[1]
RICH = {
    "id": ID,
    "name": "Ours",
    "keys": {"public_key": PUBLIC_KEY},
    "capabilities": {
        "voice": {"webhooks": {"answer_url": {"address": "https://v.example", "x": 1.5}}},
        "messages": {"version": "v1", "authenticate_inbound_media": True, "webhooks": {}},
    },
    "privacy": {"improve_ai": False},
    "something_new": {"kept": [1, 2]},
    "_links": {"self": {"href": "/v2/applications/x"}},
}


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    with Simulator(application_id=ID, public_key_pem=PUBLIC_KEY, pace=0.01) as simulator:
        yield simulator


def client_to(url: str, *, secret: str = "demo") -> AccountClient:
    return open_account_client(
        AccountCredentials("demo", Secret(secret)), api_url=url, proxy=None, now=lambda: NOW
    )


def said(body: object, *, status: int = 200) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": "application/json"}, content)


def test_an_application_is_made_with_our_key_for_messages_alone(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        made = client.create_application(
            name="Desk",
            public_key=PUBLIC_KEY,
            inbound_url="https://d.example/in",
            status_url="https://d.example/status",
        )
        found = client.application(made.id)

    assert found == made
    assert (found.name, found.public_key, found.has_messages) == ("Desk", PUBLIC_KEY, True)
    assert (found.inbound_url, found.status_url) == (
        "https://d.example/in",
        "https://d.example/status",
    )
    assert found.improve_ai is False
    assert "private" not in repr(found).lower()


def test_every_page_of_applications_is_read(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        for number in range(101):
            client.create_application(name=f"A{number}", public_key=PUBLIC_KEY)
        names = [application.name for application in client.applications()]

    assert len(names) == 102
    assert names[-1] == "A100"


def test_changing_the_webhooks_alters_nothing_else() -> None:
    before = read_application(said(RICH))
    assert before is not None

    body = json.loads(
        write_webhooks(before, inbound_url="https://i.example", status_url="https://s.example")
    )

    webhooks = body["capabilities"]["messages"].pop("webhooks")
    assert webhooks == {
        "inbound_url": {"address": "https://i.example", "http_method": "POST"},
        "status_url": {"address": "https://s.example", "http_method": "POST"},
    }
    expected: dict[str, Any] = {k: v for k, v in RICH.items() if k not in ("id", "_links")}
    expected = json.loads(json.dumps(expected))
    del expected["capabilities"]["messages"]["webhooks"]
    assert body == expected


def test_webhooks_are_read_changed_and_written_back(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        changed = client.set_webhooks(
            ID, inbound_url="https://i.example", status_url="https://s.example"
        )
        emptied = client.set_webhooks(ID, inbound_url="", status_url="https://s.example")

    assert changed.inbound_url == "https://i.example"
    assert (emptied.inbound_url, emptied.status_url) == ("", "https://s.example")
    assert (emptied.name, emptied.public_key) == ("Simulator", PUBLIC_KEY)


def test_a_key_is_replaced_and_the_rest_stays(vonage: Simulator) -> None:
    new_key = make_key_pair()[1]
    with closing(client_to(vonage.url)) as client:
        client.set_webhooks(ID, inbound_url="https://i.example", status_url="")
        client.replace_public_key(ID, new_key)
        after = client.application(ID)

    assert after.public_key == new_key
    assert after.inbound_url == "https://i.example"


def test_numbers_say_what_they_can_do(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        numbers = {number.msisdn: number for number in client.numbers()}

    assert numbers["447700900000"].can_send_sms
    assert not numbers["442079460000"].can_send_sms
    us = numbers["12015550123"]
    assert us.features == {"SMS", "VOICE", "MMS"}
    assert us.limitations == (Limitation("SMS", "OUTBOUND", "DOMESTIC"),)


def test_linking_a_number_repeats_its_other_settings() -> None:
    number = OwnedNumber(
        msisdn="447700900000",
        country="GB",
        kind="mobile-lvn",
        features=frozenset({"SMS"}),
        limitations=(),
        application_id="",
        kept=(("voiceCallbackType", "tel"), ("voiceCallbackValue", "447700900001")),
    )
    done = answer("200 OK", b'{"error-code":"200","error-code-label":"success"}')
    with FaultServer(serve_all(done)) as server, closing(client_to(server.url)) as client:
        client.link_number(number, ID)

    form = parse_qs(server.requests[0].partition(b"\r\n\r\n")[2].decode("ascii"))
    assert form == {
        "country": ["GB"],
        "msisdn": ["447700900000"],
        "voiceCallbackType": ["tel"],
        "voiceCallbackValue": ["447700900001"],
        "app_id": [ID],
    }


def test_a_linked_number_shows_its_application(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        client.link_number(client.numbers()[0], ID)

        assert client.numbers()[0].application_id == ID


def test_a_refusal_inside_a_good_answer_is_a_refusal() -> None:
    number = OwnedNumber("447700900000", "GB", "", frozenset(), (), "")
    failed = answer("200 OK", b'{"error-code":"420","error-code-label":"method failed"}')
    with (
        FaultServer(serve_all(failed)) as server,
        closing(client_to(server.url)) as client,
        pytest.raises(AnswerError),
    ):
        client.link_number(number, ID)


def test_an_account_without_numbers_has_none() -> None:
    assert read_numbers(said({})) == (0, ())


def test_prices_are_told_by_country_and_network(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        prices = client.prices("GB")
        nowhere = client.prices("AQ")

    assert (prices.default, prices.currency) == (Decimal("0.04120000"), "EUR")
    assert prices.networks[0].code == "23410"
    assert nowhere.default is None


def test_prices_of_another_country_are_not_taken() -> None:
    assert read_prices(said({"countryCode": "US", "defaultPrice": "1"}), "GB") is None


def test_the_balance_is_read_and_the_clocks_compared(vonage: Simulator) -> None:
    with closing(client_to(vonage.url)) as client:
        assert client.balance().value == Decimal("10000.0")
        assert client.skew_s is not None


def test_a_wrong_secret_is_refused(vonage: Simulator) -> None:
    client = client_to(vonage.url, secret="wrong")
    with closing(client), pytest.raises(AnswerError) as caught:
        client.balance()

    assert caught.value.answer.status == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>sign in</html>", b"[]", b'"x"', b'{"id": 7}', b'{"_embedded": 3}'],
)
def test_odd_bodies_do_not_make_it_stumble(body: bytes) -> None:
    assert read_application(said(body)) is None
    assert read_applications(said(body)) is None
    bad = answer("200 OK", body)
    with FaultServer(serve_all(bad)) as server, closing(client_to(server.url)) as client:
        with pytest.raises(AnswerError):
            client.applications()
        with pytest.raises(AnswerError):
            client.balance()


def test_no_server_means_nothing_was_sent() -> None:
    with closing(client_to("http://127.0.0.1:9")) as client, pytest.raises(NotSent):
        client.balance()


def test_a_region_takes_messages_and_the_rest_stays_where_it_is() -> None:
    eu = "https://api-eu.nexmo.com"

    assert origins_of("") == Origins(API_ORIGIN, API_ORIGIN, REST_ORIGIN)
    assert origins_of(eu) == Origins(eu, API_ORIGIN, REST_ORIGIN)
    assert origins_of(SANDBOX_ORIGIN) == Origins(SANDBOX_ORIGIN, API_ORIGIN, REST_ORIGIN)
    assert origins_of("http://localhost:9") == Origins(*["http://localhost:9"] * 3)
    assert [region_of(url) for url in ("", eu, "http://localhost:9")] == ["", "eu", None]
