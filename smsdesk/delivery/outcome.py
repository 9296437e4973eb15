"""What an attempt came to: sent, surely not sent, refused, or not to be known.

Decided by how far the exchange got and by the HTTP status, never by the name of an exception.
What follows for the gate and the row is carried out by `sender`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State
from smsdesk.vonage.errors import NoAnswer, NotSent
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import ProblemDetails, read_accepted, read_problem, read_workflow


class Verdict(StrEnum):
    """The six things an attempt can come to."""

    ACCEPTED = "accepted"
    """202 with an id: Vonage has it."""
    NOT_SENT = "not_sent"
    """The line failed before the first byte; the network is to blame."""
    TOO_MANY = "too_many"
    """429: refused for pace alone."""
    REFUSED = "refused"
    """This message is refused, the next may pass."""
    REFUSED_ALL = "refused_all"
    """Every message would be refused now; the queue waits for a condition or a person."""
    UNKNOWN = "unknown"
    """Perhaps sent. Never tried again by itself."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict, and what the row is to remember of it."""

    verdict: Verdict
    state: State
    cause: str = ""
    """A code for wording: `dns`, `certificate`, `status_401`, `no_id`, `closed` …"""
    hold: HeldReason | None = None
    message_uuid: str | None = None
    workflow_id: str | None = None
    """Vonage's id for trying several channels in turn."""
    failure: FailureReason | None = None
    retry_after_s: float | None = None
    http_status: int | None = None
    is_sound: bool = False
    """Vonage itself answered: the network and the set-up are in order."""


_SET_UP_FAULTS = frozenset({"certificate", "proxy_auth", "local"})
"""Troubles of a line that waiting does not cure; `local` is our own, such as signing."""
_MAY_HAVE_PASSED = frozenset({408, 409, 425})
_THIS_MESSAGE = frozenset({400, 413, 422})
_SET_UP_STATUSES = frozenset({404, 405, 406, 411, 415})
_ONE_DESTINATION = frozenset(
    {
        *("1050", "1120", "1160", "1170", "1190", "1210", "1240", "1250", "1251", "1260"),
        *("1270", "1280", "1282", "1470", "1473", "1474", "1475"),
    }
)
_LOW_BALANCE = "1070"
NO_ID = "no_id"
"""The cause of a doubt: Vonage said yes, but gave no id."""
_CODE = re.compile(r"(?<!\d)(1\d{3})(?!\d)")


def of_result(result: Answer | NotSent | NoAnswer, *, now: datetime) -> Outcome:
    """What an attempt came to, in whichever way it ended."""
    if isinstance(result, NotSent):
        return of_not_sent(result)
    if isinstance(result, NoAnswer):
        return of_no_answer(result)
    return of_answer(result, now=now)


def of_not_sent(error: NotSent) -> Outcome:
    """No byte left this computer, so the message stays in the queue."""
    if error.reason in _SET_UP_FAULTS:
        return _refused_all(HeldReason.CONFIG, error.reason)
    return Outcome(Verdict.NOT_SENT, State.QUEUED, cause=error.reason)


def of_no_answer(error: NoAnswer) -> Outcome:
    """At least one byte left, and no full answer came: nobody can say."""
    return _unknown(error.reason)


def of_answer(answer: Answer, *, now: datetime) -> Outcome:
    """What a full HTTP answer says about the message."""
    status = answer.status
    if 200 <= status < 300:
        return _of_success(answer)
    if 300 <= status < 400:
        return _refused_all(HeldReason.CONFIG, "redirect", status)
    problem = read_problem(answer)
    if status == 429:
        return Outcome(
            Verdict.TOO_MANY,
            State.QUEUED,
            cause="too_many",
            retry_after_s=_retry_after(answer, now),
            http_status=status,
            is_sound=True,
        )
    if status == 511:
        return Outcome(Verdict.NOT_SENT, State.QUEUED, "captive_portal", http_status=status)
    if status in _MAY_HAVE_PASSED or (status >= 500 and status != 501):
        return _unknown(f"status_{status}", status)
    return _of_refusal(status, problem)


def _of_success(answer: Answer) -> Outcome:
    message_uuid = read_accepted(answer)
    if message_uuid is None:
        return _unknown(NO_ID, answer.status)
    return Outcome(
        Verdict.ACCEPTED,
        State.ACCEPTED,
        message_uuid=message_uuid,
        workflow_id=read_workflow(answer),
        http_status=answer.status,
        is_sound=True,
    )


def _of_refusal(status: int, problem: ProblemDetails | None) -> Outcome:
    code = _vonage_code(problem)
    if status == 402 or _is_low_balance(status, problem, code):
        return _refused_all(HeldReason.BALANCE, "low_balance", status)
    if status in (401, 403) and code not in _ONE_DESTINATION:
        return _refused_all(HeldReason.AUTH, f"status_{status}", status)
    if status in _THIS_MESSAGE or code in _ONE_DESTINATION:
        return _refused(status, problem, code)
    if status in _SET_UP_STATUSES or status == 501 or problem is not None:
        return _refused_all(HeldReason.CONFIG, f"status_{status}", status)
    # An unknown 4xx that is not in the API's own form: a middle box may have said it after the
    # request had passed.
    return _unknown(f"status_{status}", status)


def _refused(status: int, problem: ProblemDetails | None, code: str | None) -> Outcome:
    # A 422 keeps to its title and fields: the numbers in its `type` contradict the code list.
    number = code if status not in _THIS_MESSAGE and code else None
    failure = FailureReason(
        code=number or "invalid",
        title=problem.title if problem else "",
        detail=_say_fields(problem) if problem else "",
    )
    return Outcome(
        Verdict.REFUSED,
        State.FAILED,
        cause=f"status_{status}",
        failure=failure,
        http_status=status,
        is_sound=problem is not None,
    )


def _say_fields(problem: ProblemDetails) -> str:
    fields = "; ".join(f"{name}: {reason}" for name, reason in problem.invalid_parameters)
    return fields or problem.detail


def _refused_all(hold: HeldReason, cause: str, status: int | None = None) -> Outcome:
    return Outcome(
        Verdict.REFUSED_ALL,
        State.QUEUED,
        cause=cause,
        hold=hold,
        http_status=status,
        is_sound=status is not None and hold is not HeldReason.CONFIG,
    )


def _unknown(cause: str, status: int | None = None) -> Outcome:
    return Outcome(Verdict.UNKNOWN, State.UNKNOWN, cause=cause, http_status=status)


def _vonage_code(problem: ProblemDetails | None) -> str | None:
    """The code in the title, or else in the anchor of the type."""
    if problem is None:
        return None
    found = _CODE.search(problem.title) or _CODE.search(problem.type.rpartition("#")[2])
    return found.group(1) if found else None


def _is_low_balance(status: int, problem: ProblemDetails | None, code: str | None) -> bool:
    if problem is None:
        return False
    is_number_meant = status not in _THIS_MESSAGE
    return "low-balance" in problem.type or (is_number_meant and code == _LOW_BALANCE)


def _retry_after(answer: Answer, now: datetime) -> float | None:
    """Seconds asked for by `Retry-After`, in either form of RFC 9110 10.2.3."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal() and len(value) < 10:
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()
