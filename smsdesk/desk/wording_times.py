"""The sentences about when a message goes: the time that was chosen, whose clock it is by, what
is uncertain about that, and who is asleep then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.desk.wording_places import country_name
from smsdesk.sms.quiet import EVERYWHERE, QuietMode, write_hours
from smsdesk.sms.schedule import OURS, Quick, Shift
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, dated, grouped, ngettext

if TYPE_CHECKING:
    from smsdesk.desk.timing import Asleep, Outlook
    from smsdesk.sms.message import Message
    from smsdesk.sms.quiet import QuietHours
    from smsdesk.sms.schedule import Plan

_MOST_NAMED = 3


def wall_time(local: datetime, *, now: datetime) -> str:
    """A time on the wall: "Tue 3 March, 09:00", with the year where it is another one."""
    if local.year == now.year:
        return dated(_("{wday} {day} {month}, {time}"), local)
    return dated(_("{wday} {day} {month} {year}, {time}"), local)


def quick_word(quick: Quick, local: datetime) -> str:
    """A time that is offered."""
    words = {
        Quick.HOUR: _("In 1 &hour ({time})"),
        Quick.EVENING: _("This &evening {time}"),
        Quick.TOMORROW: _("&Tomorrow {time}"),
        Quick.MONDAY: _("&Monday {time}"),
    }
    return words[quick].replace("{time}", f"{local:%H:%M}")


def whose_word(plan: Plan) -> str:
    """By whose clock."""
    return _("each recipient’s time") if plan.is_recipients else _("our time")


def plan_sentence(plan: Plan, *, now: datetime) -> str:
    """When a draft will be sent."""
    said = _("Will be sent {time} ({whose})").replace("{time}", wall_time(plan.local, now=now))
    return said.replace("{whose}", whose_word(plan))


def spread_sentence(outlook: Outlook, *, now: datetime) -> str:
    """What the recipients' time is by our clock; "" where the plan is by ours."""
    seen = outlook.forecast
    if seen is None or not seen.plan.is_recipients or seen.first is None or seen.last is None:
        return ""
    first, last = seen.first.astimezone(), seen.last.astimezone()
    if first == last:
        return _("By our clock: {time}.").replace("{time}", wall_time(first, now=now))
    until = f"{last:%H:%M}" if first.date() == last.date() else wall_time(last, now=now)
    said = _("By our clock: {first} to {last}.").replace("{first}", wall_time(first, now=now))
    return said.replace("{last}", until)


def plan_doubts(outlook: Outlook) -> list[str]:
    """What a person should know about a plan first: that it is over, that the clocks change
    just then, and whose time zone is uncertain."""
    seen = outlook.forecast
    if seen is None:
        return []
    doubts = []
    if seen.past:
        doubts.append(past_sentence(seen.past, outlook.recipients))
    doubts += [_shift_sentence(*shift, plan=seen.plan) for shift in seen.shifts[:_MOST_NAMED]]
    return doubts + _uncertain_sentences(seen.uncertain)


def past_sentence(past: int, of: int) -> str:
    """Why a time cannot be chosen: it is over."""
    if past >= of:
        return _("That time is over. Choose a later one.")
    return (
        ngettext(
            "Where {count} of {all} recipients is, that time is over. Choose a later one.",
            "Where {count} of {all} recipients are, that time is over. Choose a later one.",
            past,
        )
        .replace("{count}", grouped(past))
        .replace("{all}", grouped(of))
    )


def _shift_sentence(
    shift: Shift, zone: str, shown: datetime, _count: int, *, plan: Plan
) -> str:
    time, then = f"{plan.local:%H:%M}", f"{shown:%H:%M}"
    if shown.date() != plan.local.date():
        then = dated(_("{wday} {day} {month} {time}"), shown)
    if zone == OURS:
        said = (
            _("Our clocks go forward over {time} then; it will be sent at {moved}.")
            if shift is Shift.GAP
            else _("Our clocks show {time} twice then; it will be sent the first time.")
        )
    else:
        said = (
            _("The clocks of {place} go forward over {time} then; it will be sent at {moved}.")
            if shift is Shift.GAP
            else _("The clocks of {place} show {time} twice then; it goes the first time.")
        )
    said = said.replace("{time}", time).replace("{moved}", then)
    return said.replace("{place}", place_word(zone))


def _uncertain_sentences(uncertain: Sequence[tuple[str, str, int]]) -> list[str]:
    ordered = sorted(uncertain, key=lambda one: -one[2])
    said = [_uncertain_sentence(*one) for one in ordered[:_MOST_NAMED]]
    more = sum(count for _region, _zone, count in ordered[_MOST_NAMED:])
    if more:
        said.append(
            ngettext(
                "The time zone of {count} more recipient is uncertain.",
                "The time zones of {count} more recipients are uncertain.",
                more,
            ).replace("{count}", grouped(more))
        )
    return said


def _uncertain_sentence(region: str, zone: str, count: int) -> str:
    if zone == OURS:
        said = ngettext(
            "{count} recipient has no known time zone: our time is taken.",
            "{count} recipients have no known time zone: our time is taken.",
            count,
        )
    else:
        said = ngettext(
            "{count} in {country} may be in several time zones: {place}’s, the latest, is taken, "
            "so that nobody is woken.",
            "{count} in {country} may be in several time zones: {place}’s, the latest, is taken, "
            "so that nobody is woken.",
            count,
        )
    said = said.replace("{count}", grouped(count)).replace("{place}", place_word(zone))
    return said.replace("{country}", country_name(region) if region else _("no country"))


def scheduled_done(count: int, plan: Plan, *, now: datetime) -> str:
    """Messages were stored for later."""
    said = ngettext(
        "Scheduled {count} message for {time} ({whose}).",
        "Scheduled {count} messages for {time} ({whose}).",
        count,
    ).replace("{count}", grouped(count))
    return said.replace("{time}", wall_time(plan.local, now=now)).replace(
        "{whose}", whose_word(plan)
    )


def place_word(zone: str) -> str:
    """The place after which a zone is called."""
    return zone.rpartition("/")[2].replace("_", " ")


def quiet_sentence(outlook: Outlook) -> str:
    """Who has quiet hours when it would leave, and what becomes of that; "" for nobody."""
    count = sum(one.count for one in outlook.asleep)
    if not count or outlook.mode is QuietMode.OFF:
        return ""
    of_all = count == outlook.recipients
    if of_all:
        said = ngettext(
            "The recipient has quiet hours ({where}).",
            "All {count} recipients have quiet hours ({where}).",
            count,
        )
    else:
        said = ngettext(
            "{count} of {all} recipients has quiet hours ({where}).",
            "{count} of {all} recipients have quiet hours ({where}).",
            count,
        )
    said = said.replace("{count}", grouped(count)).replace("{all}", grouped(outlook.recipients))
    said = said.replace("{where}", _where(outlook.asleep))
    if outlook.mode is QuietMode.HOLD:
        said += " " + ngettext(
            "The message waits for their end.",
            "Their messages wait for their end.",
            count,
        )
    return said


def asleep_sentences(outlook: Outlook, *, now: datetime) -> list[str]:
    """Country by country: how many messages come into quiet hours, and until when that is. `now`
    is on our wall."""
    if outlook.mode is QuietMode.OFF:
        return []
    is_held = outlook.mode is QuietMode.HOLD
    return [_asleep_sentence(one, is_held=is_held, now=now) for one in outlook.asleep]


def _asleep_sentence(one: Asleep, *, is_held: bool, now: datetime) -> str:
    if is_held:
        said = ngettext(
            "{country}: {count} message waits until quiet hours ({hours}) are over, {time} by our "
            "clock.",
            "{country}: {count} messages wait until quiet hours ({hours}) are over, the last "
            "until {time} by our clock.",
            one.count,
        )
    else:
        said = ngettext(
            "{country}: {count} message comes in quiet hours ({hours}), which are over {time} by "
            "our clock.",
            "{country}: {count} messages come in quiet hours ({hours}), the last of which are "
            "over {time} by our clock.",
            one.count,
        )
    said = said.replace("{count}", grouped(one.count)).replace("{hours}", hours_word(one.hours))
    said = said.replace("{time}", wall_time(one.until.astimezone(), now=now))
    return said.replace("{country}", country_name(one.region) if one.region else _("Elsewhere"))


def more_asleep_sentence(outlook: Outlook, *, beyond: int) -> str:
    """How many messages come into the quiet hours of countries that are not named."""
    others = outlook.asleep[beyond:]
    said = ngettext(
        "{count} more message in other countries.",
        "{count} more messages in other countries.",
        sum(one.count for one in others),
    )
    return said.replace("{count}", grouped(sum(one.count for one in others)))


def _where(asleep: Sequence[Asleep]) -> str:
    named = [
        f"{country_name(one.region) if one.region else _('elsewhere')} {hours_word(one.hours)}"
        for one in asleep[:_MOST_NAMED]
    ]
    return ", ".join(named) + (" …" if len(asleep) > _MOST_NAMED else "")


def hours_word(hours: QuietHours) -> str:
    """Such as "21:00–08:00"."""
    return write_hours(hours).replace("-", "–", 1)


def country_word(region: str) -> str:
    """A country in the table of quiet hours."""
    return _("All others") if region == EVERYWHERE else country_name(region)


# Messages in the log ----------------------------------------------------------------------


def scheduled_sentence(message: Message, *, now: datetime) -> str:
    """When a message that waits for its time will leave."""
    if message.due_at is None:
        return ""
    ours = wall_time(message.due_at.astimezone(), now=now)
    if message.due_local is None or message.due_zone in (None, OURS):
        return _("Will be sent {time} (our time).").replace("{time}", ours)
    said = _("Will be sent {time} by the clocks of {place}, {ours} by ours.")
    said = said.replace("{time}", wall_time(message.due_local, now=now))
    return said.replace("{place}", place_word(message.due_zone or "")).replace("{ours}", ours)


def held_back_sentence(message: Message, *, now: datetime) -> str:
    """Until when a message waits because it is night where its recipient is."""
    if message.due_at is None:
        return _("On hold: quiet hours where the recipient is. It leaves by itself after them.")
    said = _("On hold: quiet hours where the recipient is. It leaves by itself {time}.")
    return said.replace("{time}", wall_time(message.due_at.astimezone(), now=now))


def is_for_later(message: Message) -> bool:
    """Whether somebody chose the time of a message that still waits for it."""
    if message.state is not State.SCHEDULED or message.due_at is None:
        return False
    return not message.is_about_to_leave


def rescheduled_sentence(plan: Plan, *, now: datetime) -> str:
    """A message has another time now."""
    said = _("It will be sent {time} ({whose}).")
    said = said.replace("{time}", wall_time(plan.local, now=now))
    return said.replace(
        "{whose}", _("the recipient’s time") if plan.is_recipients else _("our time")
    )


def anyway_question(count: int) -> str:
    """Before messages leave in spite of quiet hours."""
    return ngettext(
        "{count} message of this Send waits for quiet hours to end.",
        "{count} messages of this Send wait for quiet hours to end.",
        count,
    ).replace("{count}", grouped(count))


def let_through_sentence(count: int) -> str:
    """Messages leave in spite of quiet hours."""
    if not count:
        return _("It does not wait for quiet hours any more.")
    return ngettext(
        "Queued; it does not wait for quiet hours to end.",
        "{count} messages queued; they do not wait for quiet hours to end.",
        count,
    ).replace("{count}", grouped(count))


# Overdue ----------------------------------------------------------------------------------


def overdue_sentence(count: int) -> str:
    """That scheduled messages wait for a decision."""
    return ngettext(
        "{count} scheduled message is overdue", "{count} scheduled messages are overdue", count
    ).replace("{count}", grouped(count))


def overdue_span(first: datetime, last: datetime, *, now: datetime) -> str:
    """When they should have left. `now` is on our wall."""
    since, until = (wall_time(at.astimezone(), now=now) for at in (first, last))
    if since == until:
        said = _("The time was {first}; the computer slept or the program was closed then.")
    else:
        said = _(
            "The times were from {first} to {last}; the computer slept or the program was closed "
            "then."
        )
    return said.replace("{first}", since).replace("{last}", until)


def overdue_question() -> str:
    """What can be decided about all of them, and what happens without a decision."""
    return _(
        "Until you decide they stay on hold, and none of them is sent. The answer is for all of "
        "them."
    )


def late_done(count: int) -> str:
    """Overdue messages leave now."""
    return ngettext(
        "{count} overdue message is sent now.", "{count} overdue messages are sent now.", count
    ).replace("{count}", grouped(count))


def overdue_cancelled(count: int) -> str:
    """Overdue messages are not sent."""
    return ngettext(
        "{count} overdue message cancelled; it is not sent.",
        "{count} overdue messages cancelled; they are not sent.",
        count,
    ).replace("{count}", grouped(count))
