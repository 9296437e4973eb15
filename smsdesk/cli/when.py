"""When `send` and `batch` are to send: reading what was asked, and saying what it means."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smsdesk.cli.documents import write_time
from smsdesk.cli.exits import CliError
from smsdesk.cli.times import parse_moment
from smsdesk.desk import wording_times
from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.timing import JUST_NOW, Outlook
from smsdesk.sms.quiet import QuietMode, write_hours
from smsdesk.sms.schedule import OURS, Plan
from smsdesk.system.i18n import _


@dataclass(frozen=True, slots=True)
class When:
    """When it is to leave: by a plan, at a moment that was typed with its offset, or now."""

    plan: Plan | None = None
    due_at: datetime | None = None


def read_when(options: argparse.Namespace) -> When:
    """What --at and --recipient-time say. Raises CliError; whether a time by the recipients'
    clocks is over, only they can tell."""
    if options.at is None:
        if options.recipient_time:
            raise CliError(_("--recipient-time: say the time with --at TIME."))
        return When()
    moment = parse_moment(options.at)
    if options.recipient_time:
        if moment.local is None:
            raise CliError(_("--recipient-time: --at must be a time without an offset."))
        return When(Plan(moment.local, is_recipients=True))
    if moment.at < datetime.now(UTC) - JUST_NOW:
        raise CliError(_("--at: {time} is in the past.").replace("{time}", options.at))
    return When(due_at=moment.at) if moment.local is None else When(Plan(moment.local))


def doubts(outlook: Outlook, *, now: datetime, is_urgent: bool) -> Iterator[str]:
    """What a person should know about the time first. `now` is on our wall."""
    yield wording_times.spread_sentence(outlook, now=now)
    yield from wording_times.plan_doubts(outlook)
    if not is_urgent:
        yield from wording_times.asleep_sentences(outlook, now=now)


def write_when(
    when: When, outlook: Outlook, doubtful: Sequence[DoubtfulTime], *, is_urgent: bool
) -> dict[str, Any]:
    """When the messages to a list leave, as JSON. What leaves at once has no first moment."""
    seen = outlook.forecast
    first = when.due_at if seen is None else seen.first
    last = when.due_at if seen is None else seen.last
    return {
        "local": None if when.plan is None else when.plan.local.isoformat(),
        "is_recipients": when.plan is not None and when.plan.is_recipients,
        "first": None if first is None else write_time(first),
        "last": None if last is None else write_time(last),
        "uncertain": [
            {
                "row": one.message.row.place,
                "to": one.message.number.e164,
                "zone": None if one.reckoned.due.zone == OURS else one.reckoned.due.zone,
            }
            for one in doubtful
        ],
        "quiet_hours": [
            {
                "region": one.region or None,
                "hours": write_hours(one.hours),
                "messages": one.count,
                "until": write_time(one.until),
                "is_held": outlook.mode is QuietMode.HOLD and not is_urgent,
            }
            for one in outlook.asleep
        ],
    }
