"""Moments typed by people: with an offset, or in the local time of this computer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from smsdesk.cli.exits import CliError
from smsdesk.system.i18n import _


@dataclass(frozen=True, slots=True)
class Moment:
    """A typed moment."""

    at: datetime
    """In UTC."""
    local: datetime | None = None
    """What was typed, if it has no offset and so is a time on somebody's wall."""


def parse_moment(text: str) -> Moment:
    """Read an ISO 8601 date or time; without an offset it is local. Raises CliError."""
    try:
        typed = datetime.fromisoformat(text.strip())
        # By way of the timestamp: `astimezone` alone moves a time that does not exist back.
        at = datetime.fromtimestamp(typed.timestamp(), UTC)
    except (ValueError, OverflowError, OSError):  # the last two at the calendar's ends
        sentence = _("“{text}” is not a time. Write it like 2027-01-31 or 2027-01-31T09:00.")
        raise CliError(sentence.replace("{text}", text)) from None
    return Moment(at, None if typed.tzinfo is not None else typed)
