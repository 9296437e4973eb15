"""Why Vonage did not answer a question, as one code for wording.

What an answer means for a message on its way is decided in `delivery`; here only harmless
questions were asked.
"""

from __future__ import annotations

from smsdesk.vonage.errors import AnswerError, TransportError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import read_problem


def cause_of(error: AnswerError | TransportError) -> str:
    """The reason on the line, or what the answer was instead of one."""
    if isinstance(error, TransportError):
        return error.reason
    return cause_of_answer(error.answer)


def cause_of_answer(answer: Answer) -> str:
    """A code for an answer that is not the one asked for."""
    status = answer.status
    if is_from_a_portal(answer):
        return "captive_portal"
    if 300 <= status < 400:
        return "redirect"
    if status == 402:
        return "low_balance"
    if status == 429:
        return "too_many"
    if status < 300:
        return "garbled"
    return f"status_{status}"


def is_from_a_portal(answer: Answer) -> bool:
    """Whether a network that wants a sign-in answered in Vonage's place.

    It says so with 511 (RFC 6585), or answers every address with a page.
    """
    is_page = answer.content_type == "text/html" and answer.status < 300
    return answer.status == 511 or is_page


def lacks_messages(answer: Answer) -> bool:
    """Whether the application was refused because it may not use the Messages API.

    https://developer.vonage.com/en/api/messages names such a 401 "#unprovisioned".
    """
    problem = read_problem(answer)
    return problem is not None and problem.type.endswith("#unprovisioned")
