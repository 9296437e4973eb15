"""A message as a row of cells: for people, and for programs.

The same columns whatever the messages were chosen by, and into whatever file they go.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.documents import MESSAGE_FIELDS
from smsdesk.desk.sheets.workbook_writing import Head, within_cell
from smsdesk.desk.sheets.writing import harmless, without_plus
from smsdesk.sms.message import Direction, Message
from smsdesk.system.i18n import _

RAW_COLUMNS = (*MESSAGE_FIELDS, "name")
"""The names that the JSON has, and the contact's."""
_NUMBERS = frozenset({3, 4})
"""Where `row_for_people` has numbers."""


def heads() -> list[Head]:
    """What stands above `row_for_people`."""
    return [
        Head(_("Time"), 20),
        Head(_("Direction"), 10),
        Head(_("Name"), 22),
        Head(_("To"), 18),
        Head(_("From"), 18),
        Head(_("State"), 16),
        Head(_("What happened"), 40),
        Head(_("Text"), 70),
        Head(_("Parts"), 7),
        Head(_("Encoding"), 10),
        Head(_("Price"), 10),
        Head(_("Currency"), 10),
        Head(_("Network"), 10),
        Head(_("Your reference"), 18),
        Head(_("Error code"), 12),
        Head(_("Attempts"), 9),
        Head(_("Last change"), 20),
        Head(_("Time (UTC)"), 20),
        Head(_("Last change (UTC)"), 20),
        Head(_("Channel"), 9),
        Head(_("Batch"), 28),
        Head(_("Vonage’s id"), 38),
        Head(_("Id"), 28),
    ]


def row_for_people(message: Message, name: str) -> list[str]:
    """What happened to a message, in words, with times by this computer's clock and in UTC."""
    return [
        _local(message.created_at),
        _("In") if message.direction is Direction.INBOUND else _("Out"),
        name,
        message.to,
        message.sender,
        wording.message_word(message),
        within_cell(wording.state_sentence(message)),
        within_cell(wording.message_text(message)),
        str(message.parts),
        message.encoding.value,
        message.price or "",
        message.currency or "",
        message.network or "",
        message.ref or "",
        message.failure.code if message.failure is not None else "",
        str(message.attempts),
        _local(message.updated_at),
        _utc(message.created_at),
        _utc(message.updated_at),
        message.channel,
        message.batch_id or "",
        message.message_uuid or "",
        message.id,
    ]


def harmless_row(cells: list[str]) -> list[str]:
    """A row of `row_for_people` for CSV, which cannot say that a cell is text: no cell begins
    like a formula, and numbers are digits alone, of which a spreadsheet keeps fifteen."""
    return [
        harmless(without_plus(cell) if place in _NUMBERS else cell)
        for place, cell in enumerate(cells)
    ]


def row_for_programs(document: dict[str, Any], name: str) -> list[str]:
    """A message's JSON object as cells: nothing is changed, what is not there is empty, and of
    a failure there is the code alone."""
    failure = document["failure"]
    flat = {
        **document,
        "failure": failure["code"] if failure else None,
        "client_refs": " ".join(document["client_refs"]),
        "name": name,
    }
    return ["" if flat[column] is None else str(flat[column]) for column in RAW_COLUMNS]


def _local(moment: datetime) -> str:
    return moment.astimezone().replace(tzinfo=None).isoformat(" ", "seconds")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")
