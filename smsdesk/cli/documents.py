"""Messages and problems as JSON, CSV and a plain table: the shapes that scripts rely on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.history import LegNews
from smsdesk.sms.channels.content import PLAIN
from smsdesk.sms.message import Message, MessageEvent, Problem
from smsdesk.sms.prices import CostEstimate
from smsdesk.sms.state import State

MESSAGE_FIELDS = (
    "id",
    "direction",
    "channel",
    "state",
    "held_reason",
    "to",
    "from",
    "text",
    "encoding",
    "parts",
    "batch_id",
    "ref",
    "message_uuid",
    "attempts",
    "client_refs",
    "failure",
    "price",
    "currency",
    "network",
    "entity_id",
    "content_id",
    "created_at",
    "updated_at",
)
CSV_FIELDS = tuple(field for field in MESSAGE_FIELDS if field != "client_refs")
_FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def write_estimate(estimate: CostEstimate) -> dict[str, Any]:
    """What a draft would cost. Amounts are decimals as text; null is unknown."""
    return {
        "is_known": estimate.is_known,
        "total": _amount(estimate.total),
        "currency": estimate.currency or None,
        "is_old": estimate.is_old,
        "countries": [
            {
                "region": cost.region,
                "recipients": cost.recipients,
                "parts": cost.parts,
                "lowest_price": _amount(cost.lowest),
                "highest_price": _amount(cost.highest),
                "total": _amount(cost.total),
                "currency": cost.currency or None,
                "asked_at": None if cost.asked_at is None else write_time(cost.asked_at),
                "is_old": cost.is_old,
            }
            for cost in estimate.countries
        ],
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def write_message(
    message: Message,
    client_refs: Sequence[str],
    events: Sequence[MessageEvent] | None = None,
    *,
    legs: Sequence[LegNews] = (),
) -> dict[str, Any]:
    """One message as a JSON object. What only other channels have is there only with them."""
    failure = message.failure
    document: dict[str, Any] = {
        "id": message.id,
        "direction": message.direction.value,
        "channel": message.channel,
        "state": message.state.value,
        "held_reason": message.held_reason.value if message.held_reason else None,
        "to": message.to,
        "from": message.sender,
        # Removed is not the same as empty.
        "text": message.text if message.text_kept_days is None else None,
        "encoding": message.encoding.value,
        "parts": message.parts,
        "batch_id": message.batch_id,
        "ref": message.ref,
        "message_uuid": message.message_uuid,
        "attempts": message.attempts,
        "client_refs": list(client_refs),
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "title": failure.title or wording.message_word(message),
            "detail": failure.detail or wording.failure_sentence(message),
        },
        "price": message.price,
        "currency": message.currency,
        "network": message.network,
        "entity_id": message.entity_id,
        "content_id": message.content_id,
        "created_at": write_time(message.created_at),
        "updated_at": write_time(message.updated_at),
    }
    if message.content != PLAIN:
        document["content"] = asdict(message.content)
    if message.received is not None:
        document["content"] = asdict(message.received)
    if legs:
        document["workflow_id"] = message.workflow_id
        document["legs"] = [_write_leg(leg, message) for leg in legs]
    if events is not None:
        document["events"] = [
            {
                "at": write_time(event.at),
                "source": event.source,
                "status": event.status,
                "detail": event.detail,
            }
            for event in events
        ]
    return document


def _write_leg(news: LegNews, message: Message) -> dict[str, Any]:
    failure = news.failure
    return {
        "channel": news.leg.channel,
        "to": news.leg.to,
        "from": news.leg.sender,
        "text": news.leg.text if message.text_kept_days is None else None,
        "state": None if news.state is None else news.state.value,
        "message_uuid": news.message_uuid,
        "failure_code": None if failure is None else failure.code,
        "price": news.price,
        "updated_at": None if news.at is None else write_time(news.at),
    }


def write_problem(problem: Problem) -> dict[str, str]:
    """One problem as a JSON object, with its sentence."""
    document = {
        "input": problem.input,
        "field": problem.field,
        "problem": wording.problem_sentence(problem),
    }
    return {**document, "channel": problem.leg} if problem.leg else document


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_csv(documents: Iterable[dict[str, Any]]) -> str:
    """A table for a spreadsheet (RFC 4180), in which no cell is a formula.

    A number loses its `+`, with which a spreadsheet would begin to calculate; any other text
    that begins like a formula gets an apostrophe before it.
    https://owasp.org/www-community/attacks/CSV_Injection
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_FIELDS)
    for document in documents:
        failure = document["failure"]
        row = {**document, "failure": failure["code"] if failure else None}
        writer.writerow([_cell(field, row[field]) for field in CSV_FIELDS])
    return out.getvalue()


def _cell(field: str, value: object) -> str:
    text = "" if value is None else str(value)
    if field in ("to", "from") and text[:1] == "+" and text[1:].isdecimal():
        return text[1:]
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_table(messages: Sequence[Message]) -> str:
    """A few columns for the eye."""
    rows = [
        (
            message.created_at.astimezone().strftime("%Y-%m-%d %H:%M"),
            wording.message_word(message),
            message.to,
            _one_line(wording.message_text(message)),
        )
        for message in messages
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
        )
        for row in rows
    )


def _one_line(text: str) -> str:
    """The text without line breaks or control characters, which a terminal would obey."""
    shown = "".join(c if c.isprintable() else " " for c in text)
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def parse_state(text: str) -> State | None:
    """The state of that name, or None."""
    try:
        return State(text.strip().lower())
    except ValueError:
        return None
