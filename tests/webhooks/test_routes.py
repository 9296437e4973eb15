"""Who is let in before anything is read (T7, F71, F72)."""

import pytest

from smsdesk.webhooks.routes import (
    Call,
    Route,
    TurnedAwayError,
    check_caller,
    find_route,
    paths_with,
)

PATHS = paths_with("unguessable")


def call(method: str = "POST", target: str = "/unguessable/status", **headers: str) -> Call:
    said = {"host": "127.0.0.1:8420"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Call(method, target, said, b"")


def answer(asked: Call, *, public_host: str = "sms.example.com") -> int:
    """The status with which it is turned away, or 0."""
    try:
        check_caller(asked, public_host=public_host)
        find_route(asked, PATHS)
    except TurnedAwayError as away:
        return away.status
    return 0


def test_the_two_paths_lead_in() -> None:
    assert find_route(call(), PATHS) is Route.STATUS
    assert find_route(call(target="/unguessable/inbound"), PATHS) is Route.INBOUND


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8420",
        "localhost:1",
        "LOCALHOST",
        "[::1]:8420",
        "SMS.example.com:443",
    ],
)
def test_a_call_for_a_name_of_ours_is_let_in(host: str) -> None:
    assert answer(call(host=host)) == 0


@pytest.mark.case("T7", "F72")
@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "sms.example.com.evil.example"),
        *("evil.example:8420", "127.0.0.1:8420:8420", "127.0.0.1@evil.example", "localhost."),
        *("0.0.0.0", "127.1", "[::ffff:127.0.0.1]", "127.0.0.1, evil.example", "ⓛocalhost"),
    ],
)
def test_a_call_for_another_name_is_turned_away(host: str) -> None:
    """So a page whose name was made to lead to this computer gets nowhere."""
    assert answer(call(host=host)) == 403


def test_without_a_public_name_only_this_computer_calls() -> None:
    assert answer(call(host="sms.example.com"), public_host="") == 403
    assert answer(call(host=""), public_host="") == 403


@pytest.mark.case("T7", "F72")
@pytest.mark.parametrize(
    "header", ["origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-x"]
)
@pytest.mark.parametrize("value", ["", "null", "http://127.0.0.1:8420", "same-origin"])
def test_a_browser_is_turned_away(header: str, value: str) -> None:
    asked = call()

    assert answer(Call("POST", asked.target, {**asked.headers, header: value}, b"")) == 403


@pytest.mark.case("F71")
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD", "DELETE", "PATCH", "post"])
@pytest.mark.parametrize("target", ["/unguessable/status", "/", "/elsewhere"])
def test_another_method_is_refused_and_says_nothing_of_the_path(
    method: str, target: str
) -> None:
    assert answer(call(method, target)) == 405


@pytest.mark.case("F71")
@pytest.mark.parametrize(
    "target",
    [
        *("/", "/status", "/inbound", "/unguessable", "/unguessable/", "/unguessable/status/"),
        *("/unguessable/Status", "/unguessable//status", "//unguessable/status", ""),
        *("/unguessable/status?x=1", "/unguessable/%73tatus", "/x/../unguessable/status"),
        *("http://127.0.0.1/unguessable/status", "/unguessablé/status", "*"),
    ],
)
def test_another_path_leads_nowhere(target: str) -> None:
    assert answer(call(target=target)) == 404


def test_what_a_proxy_says_of_itself_counts_for_nothing() -> None:
    claimed = {"x_forwarded_host": "sms.example.com", "x_forwarded_for": "127.0.0.1"}

    assert answer(call(host="evil.example", **claimed)) == 403
    assert answer(call(x_forwarded_host="evil.example")) == 0
