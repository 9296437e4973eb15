"""Who is let in, seen from outside."""

import time
from collections.abc import Callable

import jwt
import pytest
import requests

from smsdesk.simulator.server import Simulator
from tests.simulator.customer import APPLICATION_ID, BASIC, Keys, Start, bearer, message

HOUR = 3600


def post(simulator: Simulator, headers: dict[str, str]) -> requests.Response:
    url = f"{simulator.url}/v1/messages"
    return requests.post(url, json=message(), headers=headers, timeout=10)


Claims = Callable[[float], dict[str, object]]
"""Claims that depend on the time at which the test runs, not on that of its collection."""


@pytest.mark.parametrize(
    "claims",
    [
        lambda now: {},
        lambda now: {"exp": now + 2 * HOUR},
        lambda now: {"iat": now - 23 * HOUR, "exp": now + HOUR},
        lambda now: {"iat": now + 5},
        lambda now: {"nbf": now},
    ],
)
def test_a_good_token_opens_the_door(start: Start, keys: Keys, claims: Claims) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)

    answer = post(simulator, bearer(keys, **claims(time.time())))

    assert answer.status_code == 202
    assert simulator.requests[0].application_id == APPLICATION_ID


@pytest.mark.parametrize(
    "claims",
    [
        lambda now: {"application_id": None},
        lambda now: {"application_id": "bbbbbbbb-bbbb-4ccc-8ddd-0123456789ab"},
        lambda now: {"iat": None},
        lambda now: {"iat": True},
        lambda now: {"jti": None},
        lambda now: {"exp": now - 1},
        lambda now: {"iat": now - 16 * 60},
        lambda now: {"iat": now - 25 * HOUR, "exp": now + HOUR},
        lambda now: {"iat": now + 120},
        lambda now: {"nbf": now + 120},
        lambda now: {"iat": float("nan")},
    ],
)
def test_a_token_with_a_bad_claim_is_refused(start: Start, keys: Keys, claims: Claims) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)

    answer = post(simulator, bearer(keys, **claims(time.time())))

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Unauthorized"
    assert simulator.messages == []


def test_a_token_signed_by_another_key_is_refused(
    start: Start, keys: Keys, other_keys: Keys
) -> None:
    simulator = start(application_id=APPLICATION_ID, public_key_pem=keys.public)

    assert post(simulator, bearer(other_keys)).status_code == 401
    assert post(simulator, bearer(keys)).status_code == 202


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_another_algorithm_is_refused(start: Start, algorithm: str) -> None:
    simulator = start()
    claims = {"application_id": APPLICATION_ID, "iat": int(time.time()), "jti": "1"}
    secret = "" if algorithm == "none" else "x" * 64

    token = jwt.encode(claims, secret, algorithm=algorithm)

    assert post(simulator, {"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer x.y.z", "Basic !", "Basic ZGVtbzp3cm9uZw==", "Who"]
)
def test_no_credentials_or_wrong_ones_are_refused(start: Start, authorization: str) -> None:
    simulator = start()

    assert post(simulator, {"Authorization": authorization}).status_code == 401


def test_an_old_token_is_refused_although_it_was_let_in_before(
    start: Start, keys: Keys
) -> None:
    clock = [time.time()]
    simulator = start(public_key_pem=keys.public, now=lambda: clock[0])
    headers = bearer(keys, iat=clock[0])

    before = post(simulator, headers)
    clock[0] += 15 * 60
    after = post(simulator, headers)

    assert (before.status_code, after.status_code) == (202, 401)


def test_any_well_formed_token_passes_while_no_application_is_known(
    start: Start, keys: Keys
) -> None:
    simulator = start()

    assert post(simulator, bearer(keys)).status_code == 202


def test_only_the_messages_api_takes_tokens(start: Start, keys: Keys) -> None:
    simulator = start()
    url = f"{simulator.url}/account/get-balance"

    assert requests.get(url, headers=bearer(keys), timeout=10).status_code == 401
    assert requests.get(url, auth=BASIC, timeout=10).status_code == 200
