"""Vonage's JSON and our values: what is written to the Messages API, what is read from its answers.

Whatever comes from outside is read field by field: a wrong type counts as missing, texts are
cut to a bearable length, and nothing in a body can make the program stumble.
https://developer.vonage.com/en/api/messages and https://developer.vonage.com/en/api/reports
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from smsdesk.sms.channels import CHANNELS
from smsdesk.sms.channels.content import Leg
from smsdesk.sms.channels.received import NOT_TOLD, Received
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.fields import (
    count_of,
    decimal_of,
    moment_of,
    object_of,
    price_of,
    read_json,
    text_of,
    uuid_of,
)
from smsdesk.vonage.inbound_payloads import address_of

REPORTS_PATH = "/v2/reports/records"
STATUSES = {
    "submitted": State.SUBMITTED,
    "delivered": State.DELIVERED,
    "read": State.READ,
    "undeliverable": State.UNDELIVERABLE,
    "rejected": State.REJECTED,
}
"""Vonage's words for the states that a receipt can bring."""
_QUERY = re.compile(r"[!-~]{0,4000}")
_LONGEST_TITLE = 200
_LONGEST_DETAIL = 1000
_LONGEST_LINK = 500
LONGEST_REF = 100  # https://developer.vonage.com/en/api/messages: client_ref
_MOST_PARAMETERS = 50
LONGEST_WORKFLOW = 100
MOST_LEGS = 100
LONGEST_INBOUND = 200_000
"""Characters of a reply; nobody can send so many, but what came is kept as it came."""


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """A refusal in the API's own form (RFC 7807): which status, and why in Vonage's words.

    The number at the end of `type` means other things here than in a receipt: judge by the
    status, then the title, then the named parameters.
    """

    status: int
    type: str
    title: str
    detail: str
    instance: str
    invalid_parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One page of a report.

    `next_path` is where the next page is, without its host: whoever follows it stays where the
    first page came from. `is_complete` is false when the page could not be read in full.
    """

    receipts: tuple[DeliveryReceipt, ...]
    next_path: str | None
    ids_not_found: tuple[str, ...]
    is_complete: bool
    records: int = 0
    """How many came, readable or not: each is paid for."""


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """One page of a report about inbound messages; `next_path` is as in ReportPage."""

    replies: tuple[InboundMessage, ...]
    next_path: str | None
    records: int
    """How many came, readable or not: each is paid for."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left on the account."""

    value: Decimal
    currency: str = "EUR"


def write_message(
    first: Leg, *, client_ref: str, failover: Sequence[Leg] = (), webhook_url: str | None = None
) -> bytes:
    """The body that asks for one message, and for what is to be tried when it is rejected.

    Numbers go without their plus sign. Every leg carries the same reference, so that whatever is
    told of one of them finds its message.
    """
    body = _write_leg(first, client_ref)
    if webhook_url is not None:
        body["webhook_url"] = webhook_url
    if failover:
        body["failover"] = [_write_leg(leg, client_ref) for leg in failover]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _write_leg(leg: Leg, client_ref: str) -> dict[str, object]:
    kind, what = _write_what(leg)
    channel = CHANNELS[leg.channel]
    return {
        "channel": leg.channel,
        "message_type": kind,
        "to": leg.to.removeprefix("+"),
        "from": leg.sender.removeprefix("+"),
        kind: what,
        "client_ref": client_ref,
        **channel.own_fields(leg),
    }


def _write_what(leg: Leg) -> tuple[str, object]:
    """The type of a message, and what the field of that name holds."""
    template = leg.content.template
    if template is not None:
        named: dict[str, object] = {"name": template.name}
        if template.parameters:
            named["parameters"] = list(template.parameters)
        return "template", named
    if leg.content.image_url:
        caption = {"caption": leg.text} if leg.text else {}
        return "image", {"url": leg.content.image_url, **caption}
    return "text", leg.text


def read_accepted(answer: Answer) -> str | None:
    """The `message_uuid` of an accepted message, in lower case; None if it is of no use."""
    if not 200 <= answer.status < 300:
        return None
    return uuid_of(object_of(read_json(answer.body)).get("message_uuid"))


def read_workflow(answer: Answer) -> str | None:
    """The id of the failover that was accepted; None without one."""
    said = object_of(read_json(answer.body)).get("workflow_id")
    return text_of(said, LONGEST_WORKFLOW) or None


def read_problem(answer: Answer) -> ProblemDetails | None:
    """Why the API refused; None when this is not the API's own form of refusal."""
    if answer.content_type not in ("application/problem+json", "application/json"):
        return None
    body = object_of(read_json(answer.body))
    title = text_of(body.get("title"), _LONGEST_TITLE)
    kind = text_of(body.get("type"), _LONGEST_LINK)
    detail = text_of(body.get("detail"), _LONGEST_DETAIL)
    if answer.status < 400 or not title or not (kind or detail):
        return None
    return ProblemDetails(
        status=answer.status,
        type=kind,
        title=title,
        detail=detail,
        instance=text_of(body.get("instance"), _LONGEST_LINK),
        invalid_parameters=tuple(_invalid_parameters(body.get("invalid_parameters"))),
    )


def read_report(answer: Answer) -> ReportPage:
    """The receipts in one page of a report about outbound messages."""
    body = read_json(answer.body)
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(records, list):
        return ReportPage((), None, (), is_complete=False)
    receipts = [_report_receipt(object_of(record)) for record in records]
    href = object_of(object_of(body.get("_links")).get("next")).get("href")
    next_path = _next_path(href)
    lost = text_of(body.get("ids_not_found"), 4000)
    return ReportPage(
        receipts=tuple(receipt for receipt in receipts if receipt is not None),
        next_path=next_path,
        ids_not_found=tuple(id_.strip().lower() for id_ in lost.split(",") if id_.strip()),
        is_complete=None not in receipts and (href is None or next_path is not None),
        records=len(receipts),
    )


def read_replies_report(answer: Answer) -> RepliesPage:
    """The replies in one page of a report about inbound messages, their texts included.

    A record that cannot be read is left out: it will be no better the next time.
    """
    body = object_of(read_json(answer.body))
    records = body.get("records")
    found = [object_of(record) for record in records] if isinstance(records, list) else []
    replies = [_reply(record) for record in found]
    href = object_of(object_of(body.get("_links")).get("next")).get("href")
    return RepliesPage(
        replies=tuple(reply for reply in replies if reply is not None),
        next_path=_next_path(href),
        records=len(found),
    )


def read_balance(answer: Answer) -> Balance | None:
    """The balance, or None if the body does not say one. Vonage counts in euros."""
    value = decimal_of(object_of(read_json(answer.body)).get("value"))
    return None if value is None else Balance(value)


def _report_receipt(record: Mapping[str, Any]) -> DeliveryReceipt | None:
    message_uuid = uuid_of(record.get("message_id"))
    client_ref = text_of(record.get("client_ref"), LONGEST_REF) or None
    if message_uuid is None and client_ref is None:
        return None
    said = text_of(record.get("status"), _LONGEST_TITLE).lower()
    # A status we do not know still proves that Vonage has the message.
    status = STATUSES.get(said, State.ACCEPTED)
    code = text_of(record.get("error_code"), _LONGEST_TITLE)
    final = moment_of(record.get("date_finalized"))
    return DeliveryReceipt(
        message_uuid=message_uuid,
        client_ref=client_ref,
        status=status,
        provider_time=final or moment_of(record.get("date_received")),
        source="report",
        failure=FailureReason(code, "", "") if code.strip("0") else None,
        price=price_of(record.get("total_price")),
        currency=text_of(record.get("currency"), 3) or None,
        network=text_of(record.get("network"), 10) or None,
        parts=None,
        raw=_flat_json(record),
        channel=text_of(record.get("provider"), 30) or None,
        workflow_id=text_of(record.get("workflow_id"), LONGEST_WORKFLOW) or None,
        leg=count_of(record.get("workflow_items_number"), most=MOST_LEGS),
    )


def _reply(record: Mapping[str, Any]) -> InboundMessage | None:
    message_uuid = uuid_of(record.get("message_id"))
    channel = text_of(record.get("provider"), 30) or SMS.name
    sender = address_of(channel, record.get("from"), is_theirs=True)
    if message_uuid is None or not sender:
        return None
    text = text_of(record.get("message_body"), LONGEST_INBOUND)
    # An SMS may be empty; elsewhere there was something else, and a record does not say what.
    is_text = bool(text) or channel == SMS.name
    return InboundMessage(
        message_uuid=message_uuid,
        sender=sender,
        to=address_of(channel, record.get("to"), is_theirs=False),
        text=text,
        received=None if is_text else Received(NOT_TOLD),
        provider_time=moment_of(record.get("date_received")),
        source="report",
        raw=_flat_json(record),
        channel=channel,
        network=text_of(record.get("network"), 10) or None,
        price=price_of(record.get("total_price")),
        currency=text_of(record.get("currency"), 3) or None,
    )


def _flat_json(record: Mapping[str, Any]) -> str:
    """The record's own fields in one fixed order; a record has no depth worth keeping."""
    flat = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
    return json.dumps(flat, default=str, sort_keys=True)


def _invalid_parameters(value: object) -> Iterator[tuple[str, str]]:
    for parameter in value[:_MOST_PARAMETERS] if isinstance(value, list) else ():
        fields = object_of(parameter)
        name = text_of(fields.get("name"), _LONGEST_TITLE)
        reason = text_of(fields.get("reason"), _LONGEST_DETAIL)
        if name or reason:
            yield name, reason


def _next_path(href: object) -> str | None:
    """Where a link to the next page leads on our own origin, if it leads to reports at all."""
    if not isinstance(href, str):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.path != REPORTS_PATH or not _QUERY.fullmatch(parts.query):
        return None
    return f"{parts.path}?{parts.query}"
