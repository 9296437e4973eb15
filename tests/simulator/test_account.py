"""Balance, settings, numbers and prices, seen from outside."""

from decimal import Decimal

import pytest
import requests

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import BASIC, Receiver, Start, send, wait_until_delivered


def get(simulator: Simulator, path: str, **query: str) -> requests.Response:
    return requests.get(simulator.url + path, params=query, auth=BASIC, timeout=10)


def post(simulator: Simulator, path: str, **form: str) -> requests.Response:
    return requests.post(simulator.url + path, data=form, auth=BASIC, timeout=10)


def test_the_balance_shrinks_by_what_was_submitted(start: Start) -> None:
    simulator = start(opening_balance=Decimal("1.0000"))
    send(simulator, text="x" * 161)
    wait_until_delivered(simulator)

    assert get(simulator, "/account/get-balance").json() == {
        "value": 0.9176,
        "autoReload": False,
    }


def test_without_credit_nothing_is_taken_until_there_is_some(start: Start) -> None:
    simulator = start(opening_balance=Decimal("0.0412"))
    send(simulator)
    wait_until_delivered(simulator)

    refused = send(simulator)
    simulator.balance = Decimal("5")
    taken = send(simulator)

    assert (refused.status_code, refused.json()["title"]) == (402, "Low balance")
    assert taken.status_code == 202
    assert simulator.balance <= 5


def test_settings_are_kept_and_show_the_limits(start: Start) -> None:
    simulator = start()
    post(simulator, "/account/settings", moCallBackUrl="https://example.com/in")

    settings = post(simulator, "/account/settings").json()

    assert settings["mo-callback-url"] == "https://example.com/in"
    assert settings["max-outbound-request"] == 30


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"country": "US"}, 1),
        ({"pattern": "4477"}, 1),
        ({"pattern": "0123", "search_pattern": "2"}, 1),
        ({"pattern": "79460", "search_pattern": "1"}, 1),
        ({"has_application": "true"}, 0),
        ({"has_application": "false"}, 3),
        ({"application_id": "a"}, 0),
    ],
)
def test_numbers_are_found(start: Start, query: dict[str, str], count: int) -> None:
    answer = get(start(), "/account/numbers", **query).json()

    assert answer.get("count", 0) == count
    assert len(answer.get("numbers", [])) == count


def test_numbers_come_in_pages(start: Start) -> None:
    simulator = start()

    page = get(simulator, "/account/numbers", size="2", index="2").json()

    assert (page["count"], len(page["numbers"])) == (3, 1)
    assert get(simulator, "/account/numbers", size="101").status_code == 420
    assert get(simulator, "/account/numbers", index="one").status_code == 420


def test_an_inbound_message_goes_to_the_application_its_number_is_linked_to(
    start: Start, receiver: Receiver
) -> None:
    simulator = start(inbound_url=receiver.url("/inbound"))
    webhooks = {"inbound_url": {"address": receiver.url("/special"), "http_method": "POST"}}
    application = requests.post(
        f"{simulator.url}/v2/applications",
        json={"name": "Desk", "capabilities": {"messages": {"webhooks": webhooks}}},
        auth=BASIC,
        timeout=10,
    ).json()

    answer = post(
        simulator,
        "/number/update",
        country="GB",
        msisdn="447700900000",
        app_id=application["id"],
    )
    simulator.receive(sender="447700900555", to="447700900000", text="Hello?")

    assert answer.json() == {"error-code": "200", "error-code-label": "success"}
    assert receiver.next()[0] == "/special"
    [number] = get(simulator, "/account/numbers", has_application="true").json()["numbers"]
    assert number["app_id"] == application["id"]


def test_a_number_that_is_not_ours_cannot_be_changed(start: Start) -> None:
    simulator = start()

    unknown = post(simulator, "/number/update", country="GB", msisdn="447700900999")
    elsewhere = post(simulator, "/number/update", country="US", msisdn="447700900000")

    assert unknown.status_code == elsewhere.status_code == 420
    assert unknown.json()["error-code"] == "420"


def test_prices_are_told_by_country_by_prefix_and_in_full(start: Start) -> None:
    simulator = start()
    path = "/account/get-{}pricing/outbound/sms"

    country = get(simulator, path.format(""), country="GB").json()
    prefix = get(simulator, path.format("prefix-"), prefix="49").json()
    full = get(simulator, path.format("full-")).json()

    assert (country["countryCode"], country["defaultPrice"]) == ("GB", "0.04120000")
    assert country["networks"][0]["networkCode"] == "23410"
    assert [c["countryCode"] for c in prefix["countries"]] == ["DE"]
    assert full["count"] == len(full["countries"]) > 10
    assert get(simulator, path.format(""), country="XX").json() == {}
