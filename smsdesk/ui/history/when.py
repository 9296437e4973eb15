"""Times as a person reads them: short and relative to today in a list, whole on hover."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.desk.wording_times import is_for_later
from smsdesk.sms.state import HeldReason
from smsdesk.system.i18n import _, dated

if TYPE_CHECKING:
    from smsdesk.sms.message import Message


def short_time(at: datetime, *, now: datetime) -> str:
    """Local time: "09:41" today, "Yesterday 09:41", "Mon 09:41" this week, else the date."""
    local, today = at.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    clock = f"{local:%H:%M}"
    if days == 0:
        return clock
    if days == 1:
        return _("Yesterday {time}").format(time=clock)
    if 1 < days < 7:
        return dated(_("{wday} {time}"), local)
    if local.year == today.year:
        return dated(_("{day} {mon} {time}"), local)
    return dated(_("{day} {mon} {year}"), local)


def listed_time(message: Message) -> datetime:
    """The time that stands beside a message: when it was written; of one that waits for a time,
    that time."""
    waits = is_for_later(message) or message.held_reason is HeldReason.QUIET_HOURS
    return message.due_at if waits and message.due_at is not None else message.created_at


def clock_time(at: datetime) -> str:
    """Local time of day, where the day stands above."""
    return f"{at.astimezone():%H:%M}"


def day_word(at: datetime, *, now: datetime) -> str:
    """The day as a heading: "Today", "Yesterday", "Monday" this week, else the date."""
    local, today = at.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if 1 < days < 7:
        return dated("{weekday}", local)
    if local.year == today.year:
        return dated(_("{weekday} {day} {month}"), local)
    return dated(_("{day} {month} {year}"), local)


def whole_time(at: datetime) -> str:
    """Local date and time to the second, with the zone's distance from UTC."""
    local = at.astimezone()
    offset = f"{local:%z}"
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"
