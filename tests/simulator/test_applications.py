"""The Application API v2, seen from outside."""

import pytest
import requests
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import APPLICATION_ID, BASIC, Keys, Start, bearer, message

MESSAGES: dict[str, object] = {"messages": {"webhooks": {}}}


def call(
    simulator: Simulator, method: str, path: str = "", body: object = None
) -> requests.Response:
    url = f"{simulator.url}/v2/applications{path}"
    return requests.request(method, url, json=body, auth=BASIC, timeout=10)


def can_send(simulator: Simulator, keys: Keys, application_id: str) -> bool:
    answer = requests.post(
        f"{simulator.url}/v1/messages",
        json=message(),
        headers=bearer(keys, application_id=application_id),
        timeout=10,
    )
    return answer.status_code == 202


def test_an_application_with_ones_own_key_can_send(start: Start, keys: Keys) -> None:
    simulator = start()
    body = {
        "name": "Desk",
        "keys": {"public_key": keys.public},
        "capabilities": MESSAGES,
        "privacy": {"improve_ai": False},
    }

    answer = call(simulator, "POST", body=body)

    made = answer.json()
    assert answer.status_code == 201
    assert made["keys"] == {"public_key": keys.public}
    assert made["capabilities"]["messages"]["version"] == "v1"
    assert can_send(simulator, keys, made["id"])


def test_a_key_pair_is_made_for_whoever_brings_none(start: Start) -> None:
    simulator = start()

    made = call(simulator, "POST", body={"name": "Desk", "capabilities": MESSAGES}).json()

    keys = Keys(made["keys"]["private_key"], made["keys"]["public_key"])
    assert load_pem_private_key(keys.private.encode(), None).key_size == 2048  # type: ignore[union-attr]
    assert can_send(simulator, keys, made["id"])
    assert "private_key" not in call(simulator, "GET", f"/{made['id']}").json()["keys"]


def test_an_application_without_the_capability_cannot_send(start: Start, keys: Keys) -> None:
    simulator = start()
    body = {"name": "Desk", "keys": {"public_key": keys.public}}
    made = call(simulator, "POST", body=body).json()

    assert not can_send(simulator, keys, made["id"])


def test_a_changed_key_counts_at_once(start: Start, keys: Keys, other_keys: Keys) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)
    assert can_send(simulator, keys, APPLICATION_ID)
    body = {
        "name": "Desk",
        "keys": {"public_key": other_keys.public},
        "capabilities": MESSAGES,
    }

    assert call(simulator, "PUT", f"/{APPLICATION_ID}", body).status_code == 200

    assert not can_send(simulator, keys, APPLICATION_ID)
    assert can_send(simulator, other_keys, APPLICATION_ID)


def test_a_replaced_application_loses_what_was_left_out(start: Start, keys: Keys) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)

    changed = call(simulator, "PUT", f"/{APPLICATION_ID}", {"name": "Bare"}).json()

    assert changed["capabilities"] == {}
    assert changed["keys"]["public_key"] == keys.public


def test_a_deleted_application_cannot_send(start: Start, keys: Keys) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)

    assert call(simulator, "DELETE", f"/{APPLICATION_ID}").status_code == 204

    assert not can_send(simulator, keys, APPLICATION_ID)
    assert call(simulator, "GET", f"/{APPLICATION_ID}").status_code == 404


def test_the_list_comes_in_pages(start: Start, keys: Keys) -> None:
    simulator = start()
    for name in ("one", "two", "three"):
        call(simulator, "POST", body={"name": name, "keys": {"public_key": keys.public}})

    page = call(simulator, "GET", "?page_size=2&page=2").json()

    assert (page["total_items"], page["total_pages"], page["page"]) == (3, 2, 2)
    assert [a["name"] for a in page["_embedded"]["applications"]] == ["three"]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x", "keys": {"public_key": "no key"}}, "keys.public_key"),
        ({"name": "x", "keys": {"public_key": 7}}, "keys.public_key"),
        ({"name": "x", "capabilities": []}, "capabilities"),
    ],
)
def test_a_bad_application_is_refused_by_name(start: Start, body: object, name: str) -> None:
    answer = call(start(), "POST", body=body)

    assert answer.status_code == 400
    assert [entry["name"] for entry in answer.json()["invalid_parameters"]] == [name]


def test_what_makes_no_sense_is_refused(start: Start) -> None:
    simulator = start(application_id=APPLICATION_ID)
    url = f"{simulator.url}/v2/applications"

    assert requests.post(url, b"{", auth=BASIC, timeout=10).status_code == 400
    assert call(simulator, "GET", "?page_size=101").status_code == 400
    assert call(simulator, "GET", "?page=one").status_code == 400
    assert call(simulator, "PATCH").status_code == 405
    assert call(simulator, "PATCH", f"/{APPLICATION_ID}").status_code == 405
    assert requests.get(url, timeout=10).status_code == 401
