"""Everything that can be wrong with the way in has a sentence that says what to do."""

from datetime import UTC, datetime

import pytest

from smsdesk.desk.way_in_values import AtVonage, WayInPhase, WayInStatus
from smsdesk.desk.wording_receipts import (
    TUNNEL_SENTENCES,
    WHY_CLOSED,
    way_in_notice,
    way_in_sentence,
)

THEN = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
ON_THE_LINE = (
    *("dns", "refused", "unreachable", "timeout", "tls", "certificate", "proxy", "proxy_auth"),
    *("closed", "reset", "cut", "garbled", "deadline", "aborted", "local", "too_many"),
    *("status_400", "status_500", "status_530", "low_balance"),
)
BEFORE_IT = (
    *("webhook_malformed", "webhook_not_https", "webhook_not_public", "proxy_malformed"),
    *("proxy_scheme", "api_url_malformed", "keyring_locked"),
)


@pytest.mark.parametrize(
    "code", sorted({*ON_THE_LINE, *BEFORE_IT, *WHY_CLOSED, *TUNNEL_SENTENCES})
)
def test_each_reason_has_a_sentence(code: str) -> None:
    status = WayInStatus(WayInPhase.UNREACHABLE, code=code, since=THEN, is_lasting=True)
    sentence = way_in_sentence(status)

    assert sentence.endswith(".")
    assert f"({code})" not in sentence
    assert "{" not in sentence
    assert sentence in way_in_notice(status, zone=UTC)


def test_the_notice_says_since_when() -> None:
    status = WayInStatus(WayInPhase.UNREACHABLE, code="dns", since=THEN, is_lasting=True)

    assert way_in_notice(status, zone=UTC).startswith("Since 2026-03-02 09:05 no receipts")


@pytest.mark.parametrize(
    "status",
    [
        WayInStatus(),
        WayInStatus(WayInPhase.OPENING),
        WayInStatus(WayInPhase.OPEN, "https://a.example"),
        WayInStatus(WayInPhase.OPEN, "https://a.example", at_vonage=AtVonage.OURS),
        WayInStatus(WayInPhase.UNREACHABLE, code="dns", since=THEN),
    ],
)
def test_there_is_no_notice_while_a_person_need_not_act(status: WayInStatus) -> None:
    assert way_in_notice(status) == ""
    assert way_in_sentence(status).endswith(".")


@pytest.mark.parametrize("problem", ["api_secret_refused", "way_in_no_account"])
def test_what_only_a_person_can_mend_at_vonage_is_told(problem: str) -> None:
    status = WayInStatus(
        WayInPhase.OPEN, "https://a.example", at_vonage=AtVonage.UNKNOWN, problem=problem
    )

    assert f"({problem})" not in way_in_notice(status)
    assert way_in_notice(status) in way_in_sentence(status)


def test_what_the_program_said_is_quoted_as_it_came() -> None:
    status = WayInStatus(
        WayInPhase.TUNNEL_FAILED, code="tunnel_ended_at_once", said="<b>no</b>"
    )

    assert way_in_sentence(status).endswith("It said last: <b>no</b>")
