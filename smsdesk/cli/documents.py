"""Messages and problems as JSON, CSV and a plain table: the shapes that scripts rely on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.documents import MESSAGE_FIELDS, write_message, write_time
from smsdesk.desk.sheets.writing import harmless, without_plus
from smsdesk.sms.message import Message, Problem
from smsdesk.sms.prices import CostEstimate
from smsdesk.sms.state import State

__all__ = [
    "CSV_FIELDS",
    "MESSAGE_FIELDS",
    "parse_state",
    "write_csv",
    "write_estimate",
    "write_message",
    "write_problem",
    "write_table",
    "write_time",
]

CSV_FIELDS = tuple(field for field in MESSAGE_FIELDS if field != "client_refs")


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


def write_problem(problem: Problem) -> dict[str, str]:
    """One problem as a JSON object, with its sentence."""
    document = {
        "input": problem.input,
        "field": problem.field,
        "problem": wording.problem_sentence(problem),
    }
    return {**document, "channel": problem.leg} if problem.leg else document


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
    return harmless(without_plus(text) if field in ("to", "from") else text)


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
