"""The table of classes, row by row: how far it got, and the status, decide (2.4)."""

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.delivery.outcome import Outcome, Verdict, of_answer, of_result
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State, may_move
from smsdesk.vonage.errors import NoAnswer, NotSent
from smsdesk.vonage.exchange import Answer, Phase
from tests.support import NOW

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ERRORS = "https://developer.vonage.com/api-errors"
JSON = {"content-type": "application/json"}


def answered(status: int, body: object = None, **headers: str) -> Outcome:
    content = b"" if body is None else json.dumps(body).encode()
    found = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return of_answer(Answer(status, found, content), now=NOW)


def problem(title: str, anchor: str = "", **more: object) -> dict[str, object]:
    return {"type": ERRORS + anchor, "title": title, "detail": "More words.", **more}


def raw(status: int, body: bytes, content_type: str = "application/json") -> Outcome:
    return of_answer(Answer(status, {"content-type": content_type}, body), now=NOW)


# Before the first byte


@pytest.mark.case("F14", "F15")
@pytest.mark.parametrize(
    "reason", ["dns", "refused", "unreachable", "timeout", "tls", "proxy", "closed", "garbled"]
)
def test_a_line_that_cannot_be_opened_costs_no_message_anything(reason: str) -> None:
    outcome = of_result(NotSent(Phase.CONNECTING, reason), now=NOW)

    assert (outcome.verdict, outcome.state) == (Verdict.NOT_SENT, State.QUEUED)
    assert (outcome.cause, outcome.hold) == (reason, None)


@pytest.mark.case("F18", "F20")
@pytest.mark.parametrize("reason", ["certificate", "proxy_auth", "local"])
def test_a_fault_of_the_set_up_holds_everything(reason: str) -> None:
    outcome = of_result(NotSent(Phase.CONNECTING, reason), now=NOW)

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED_ALL, State.QUEUED)
    assert (outcome.hold, outcome.cause) == (HeldReason.CONFIG, reason)


# After it


@pytest.mark.parametrize("phase", [Phase.WRITING, Phase.WRITTEN, Phase.WAITING, Phase.HEADERS])
@pytest.mark.parametrize(
    "reason", ["closed", "reset", "cut", "garbled", "deadline", "aborted", "tls", "local"]
)
def test_anything_after_the_first_byte_is_unknown(phase: Phase, reason: str) -> None:
    outcome = of_result(NoAnswer(phase, reason), now=NOW)

    assert (outcome.verdict, outcome.state) == (Verdict.UNKNOWN, State.UNKNOWN)
    assert (outcome.cause, outcome.hold) == (reason, None)


# Answers


@pytest.mark.parametrize("status", [200, 202, 299])
def test_a_success_with_an_id_is_accepted(status: int) -> None:
    outcome = answered(status, {"message_uuid": UUID})

    assert (outcome.verdict, outcome.state) == (Verdict.ACCEPTED, State.ACCEPTED)
    assert outcome.message_uuid == UUID
    assert outcome.is_sound


@pytest.mark.case("F30", "F43")
@pytest.mark.parametrize("status", [200, 202, 299])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html>",
        b'{"message_uuid": "',
        b'{"message_uuid": 7}',
        b'{"message_uuid": "not an id"}',
        b'{"message_uuid": null}',
        b'["' + UUID.encode() + b'"]',
        b"\xff\xfe",
        b"[" * 100_000,
        b"x" * 1_000_000,
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_a_success_without_a_usable_id_is_unknown(status: int, body: bytes) -> None:
    outcome = raw(status, body)

    assert (outcome.verdict, outcome.state) == (Verdict.UNKNOWN, State.UNKNOWN)
    assert (outcome.cause, outcome.message_uuid) == ("no_id", None)


@pytest.mark.case("F41")
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_a_redirect_is_not_followed_and_holds_everything(status: int) -> None:
    outcome = answered(status, location="https://elsewhere.invalid/")

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED_ALL, State.QUEUED)
    assert (outcome.hold, outcome.cause) == (HeldReason.CONFIG, "redirect")


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_fault_of_this_message_fails_it_and_names_the_field(status: int) -> None:
    outcome = answered(
        status,
        problem(
            "Invalid recipient",
            "/messages#1120",
            invalid_parameters=[{"name": "to", "reason": "Is not valid"}],
        ),
    )

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED, State.FAILED)
    assert outcome.failure == FailureReason(
        "invalid", "Invalid recipient", "to: Is not valid"
    ), "the number in the type means something else here"
    assert outcome.is_sound


@pytest.mark.parametrize("status", [400, 413, 422])
def test_such_a_refusal_needs_no_body(status: int) -> None:
    outcome = raw(status, b"<html>", "text/html")

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED, State.FAILED)
    assert outcome.failure == FailureReason("invalid", "", "")
    assert not outcome.is_sound


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, None),
        (402, problem("Low balance", "#low-balance")),
        (403, problem("Low balance", "#low-balance")),
        (403, problem("1070")),
        (403, problem("Forbidden", "/messages#1070")),
        (400, problem("Low balance", "#low-balance")),
        (422, problem("Low balance", "#low-balance")),
        (401, problem("Low balance", "#low-balance")),
    ],
    ids=lambda value: str(value)[:60],
)
def test_no_credit_holds_everything_until_there_is_some(
    status: int, body: dict[str, object] | None
) -> None:
    outcome = answered(status, body)

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED_ALL, State.QUEUED)
    assert (outcome.hold, outcome.cause) == (HeldReason.BALANCE, "low_balance")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, None),
        (401, problem("Unauthorized", "#unauthorized")),
        (403, None),
        (403, problem("Forbidden", "#forbidden")),
        (403, problem("1080")),
    ],
    ids=lambda value: str(value)[:60],
)
def test_refused_credentials_hold_everything(
    status: int, body: dict[str, object] | None
) -> None:
    outcome = answered(status, body)

    assert (outcome.verdict, outcome.state) == (Verdict.REFUSED_ALL, State.QUEUED)
    assert (outcome.hold, outcome.cause) == (HeldReason.AUTH, f"status_{status}")


@pytest.mark.case("F36")
@pytest.mark.parametrize("status", [403, 404, 410])
@pytest.mark.parametrize("code", ["1050", "1120", "1160", "1240"])
def test_a_refusal_of_one_destination_fails_only_that_message(status: int, code: str) -> None:
    for body in (problem(code), problem("Refused", f"/messages#{code}")):
        outcome = answered(status, body)

        assert (outcome.verdict, outcome.state) == (Verdict.REFUSED, State.FAILED)
        assert outcome.failure is not None
        assert outcome.failure.code == code


@pytest.mark.case("F37")
@pytest.mark.parametrize("status", [404, 405, 406, 411, 415, 501])
def test_a_fault_of_the_set_up_or_the_program_holds_everything_too(status: int) -> None:
    for outcome in (answered(status), raw(status, b"<html>", "text/html")):
        assert (outcome.verdict, outcome.state) == (Verdict.REFUSED_ALL, State.QUEUED)
        assert (outcome.hold, outcome.cause) == (HeldReason.CONFIG, f"status_{status}")


@pytest.mark.parametrize("status", [408, 409, 425])
def test_what_may_have_passed_a_box_in_the_middle_is_unknown(status: int) -> None:
    outcome = answered(status, problem("Conflict"))

    assert (outcome.verdict, outcome.state) == (Verdict.UNKNOWN, State.UNKNOWN)


def test_too_many_is_a_matter_of_pace_alone() -> None:
    outcome = answered(429, problem("Rate Limit Hit", "/messages#1000"), retry_after="7")

    assert (outcome.verdict, outcome.state) == (Verdict.TOO_MANY, State.QUEUED)
    assert (outcome.retry_after_s, outcome.hold) == (7.0, None)


@pytest.mark.case("F40")
@pytest.mark.parametrize("status", [500, 502, 503, 504, 505, 520, 521, 522, 523, 524, 599])
def test_an_error_of_the_server_is_unknown(status: int) -> None:
    for body in (None, problem("Internal error")):
        outcome = answered(status, body, retry_after="5")

        assert (outcome.verdict, outcome.state) == (Verdict.UNKNOWN, State.UNKNOWN)
        assert (outcome.cause, outcome.retry_after_s) == (f"status_{status}", None)


@pytest.mark.case("F19")
def test_a_network_that_wants_a_sign_in_closes_the_network_gate() -> None:
    outcome = raw(511, b"<html>", "text/html")

    assert (outcome.verdict, outcome.state) == (Verdict.NOT_SENT, State.QUEUED)
    assert (outcome.cause, outcome.hold) == ("captive_portal", None)


@pytest.mark.case("F42")
@pytest.mark.parametrize("status", [410, 418, 423, 426, 431, 451, 499])
def test_an_odd_refusal_counts_as_one_only_in_the_words_of_the_api(status: int) -> None:
    ours = answered(status, problem("Gone"))
    theirs = raw(status, b"<html>", "text/html")

    assert (ours.verdict, ours.hold) == (Verdict.REFUSED_ALL, HeldReason.CONFIG)
    assert (theirs.verdict, theirs.state) == (Verdict.UNKNOWN, State.UNKNOWN)


@pytest.mark.case("F42")
@given(
    st.integers(200, 599),
    st.binary(max_size=60) | st.just(json.dumps(problem("1120")).encode()),
    st.sampled_from(["application/json", "application/problem+json", "text/html", ""]),
    st.text(max_size=20),
)
def test_every_answer_has_a_class_and_a_step_that_is_allowed(
    status: int, body: bytes, content_type: str, retry_after: str
) -> None:
    headers = {"content-type": content_type, "retry-after": retry_after}
    outcome = of_answer(Answer(status, headers, body), now=NOW)

    assert may_move(State.SENDING, outcome.state)
    assert (outcome.state is State.UNKNOWN) == (outcome.verdict is Verdict.UNKNOWN)
    assert (outcome.hold is not None) == (outcome.verdict is Verdict.REFUSED_ALL)
    assert (outcome.failure is not None) == (outcome.verdict is Verdict.REFUSED)
    assert outcome.http_status == status
    if status >= 500 and status not in (501, 511):
        assert outcome.verdict is Verdict.UNKNOWN


# Retry-After


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(NOW + timedelta(seconds=90), usegmt=True)

    assert answered(429, retry_after=later).retry_after_s == 90.0


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "soon",
        "-1",
        "1.5",
        "٣",
        "9" * 400,
        "Mon, 99 Foo 2026",
        "0 0",
        "Mon, 2 Mar 99999",
    ],
)
def test_nonsense_in_retry_after_is_none_at_all(value: str) -> None:
    assert answered(429, retry_after=value).retry_after_s is None


@given(st.text(max_size=40))
def test_no_retry_after_makes_the_program_stumble(value: str) -> None:
    answered(429, retry_after=value)


@given(st.integers(-(10**9), 10**9))
def test_every_http_date_is_understood(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)

    assert answered(429, retry_after=date).retry_after_s == seconds
