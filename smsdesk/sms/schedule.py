"""From a time on the wall to a moment: by one's own clock, or by each recipient's.

Pure: which time it is now, and what a message waits for, is left to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from smsdesk.sms.zones import zone, zones_of

if TYPE_CHECKING:
    from smsdesk.sms.zones import Whereabouts

OURS = "local"
"""Stands for the zone of this computer, whichever that is; no zone of the tz database is called
so."""


class Shift(StrEnum):
    """What a change of the clocks did to a time that somebody chose."""

    GAP = "gap"
    """It does not exist: the clocks go forward over it, and it moved forward with them."""
    FOLD = "fold"
    """It comes twice: the clocks go back over it, and the first one is meant."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a time on the wall comes to lie."""

    at: datetime
    """In UTC."""
    local: datetime
    """What the clocks there show then, without a zone; not what was chosen if it is a gap."""
    shift: Shift | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The time that a person chose for a message."""

    local: datetime
    """On the wall, without a zone."""
    is_recipients: bool = False
    """By the clock of each recipient; else by ours."""


@dataclass(frozen=True, slots=True)
class Due:
    """When one message is to leave, and by which clock that was reckoned."""

    at: datetime
    local: datetime
    """The time that was chosen."""
    zone: str
    """A name of the tz database, or `OURS`."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A plan for one recipient."""

    due: Due
    landing: Landing
    zones: tuple[str, ...] = ()
    """All zones the recipient may be in."""
    is_uncertain: bool = False
    """The zones do not agree on the moment, or there is none."""


def land(local: datetime, where: tzinfo | None) -> Landing:
    """The moment at which the clocks of a zone show a time; None is this computer's zone.

    A time that the clocks jump over is moved forward by the jump. Of a time that comes twice,
    the first is meant. Raises OverflowError at the ends of the calendar.
    """
    wall = local.replace(tzinfo=None, fold=0)
    # Before a gap the old distance from UTC holds, and it is the one of fold 0.
    at, again = _moment(wall, where), _moment(wall.replace(fold=1), where)
    shown = at.astimezone(where).replace(tzinfo=None, fold=0)
    if shown != wall:
        return Landing(at, shown, Shift.GAP)
    return Landing(at, shown, Shift.FOLD if again != at else None)


def reckon(plan: Plan, e164: str) -> Reckoned:
    """When a message to this number leaves by a plan."""
    return reckon_in(plan, zones_of(e164) if plan.is_recipients else ())


def reckon_in(plan: Plan, zones: tuple[str, ...]) -> Reckoned:
    """When a message leaves by a plan to somebody who may be in any of these zones.

    Where they do not agree, the latest of the possible moments is taken, so that it is nowhere
    earlier than was chosen and nobody is woken by it. Where nothing is known, our own time
    stands in.
    """
    if not plan.is_recipients:
        return _reckon_ours(plan)
    places = [(name, where) for name in zones if (where := zone(name)) is not None]
    if not places:
        ours = _reckon_ours(plan)
        return Reckoned(ours.due, ours.landing, is_uncertain=True)
    landings = {name: land(plan.local, where) for name, where in places}
    latest = max(landings, key=lambda name: (landings[name].at, name))
    moments = {landing.at for landing in landings.values()}
    due = Due(landings[latest].at, plan.local, latest)
    return Reckoned(due, landings[latest], zones, is_uncertain=len(moments) > 1)


def reckon_again(local: datetime, zone_name: str) -> datetime | None:
    """The moment anew, by the rules of today; None where there are none of that name."""
    if zone_name == OURS:
        return land(local, None).at
    where = zone(zone_name)
    return None if where is None else land(local, where).at


def _reckon_ours(plan: Plan) -> Reckoned:
    landing = land(plan.local, None)
    return Reckoned(Due(landing.at, plan.local, OURS), landing, (OURS,))


def _moment(wall: datetime, where: tzinfo | None) -> datetime:
    if where is None:
        # By way of the timestamp: `astimezone` alone moves a time that does not exist back.
        return datetime.fromtimestamp(wall.timestamp(), UTC)
    return wall.replace(tzinfo=where).astimezone(UTC)


# What is offered ------------------------------------------------------------------------


class Quick(StrEnum):
    """The times that are offered without being asked for."""

    HOUR = "hour"
    EVENING = "evening"
    TOMORROW = "tomorrow"
    MONDAY = "monday"


_EVENING_HOUR, _MORNING_HOUR = 18, 9


def quick_times(now: datetime) -> list[tuple[Quick, datetime]]:
    """Times on the wall that are worth offering; `now` is on the wall too."""
    this_hour = now.replace(second=0, microsecond=0)
    evening = this_hour.replace(hour=_EVENING_HOUR, minute=0)
    morning = this_hour.replace(hour=_MORNING_HOUR, minute=0)
    tomorrow = morning + timedelta(days=1)
    monday = morning + timedelta(days=7 - morning.weekday())
    times = [(Quick.HOUR, this_hour + timedelta(hours=1))]
    if now < evening - timedelta(minutes=30):
        times.append((Quick.EVENING, evening))
    times.append((Quick.TOMORROW, tomorrow))
    if monday != tomorrow:
        times.append((Quick.MONDAY, monday))
    return times


# A plan for many ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a plan means for all recipients of a draft."""

    plan: Plan
    first: datetime | None
    """When the first message leaves; None without recipients."""
    last: datetime | None
    past: int
    """Recipients for whom that time is over."""
    uncertain: tuple[tuple[str, str, int], ...]
    """A country's code ("" for none), the zone that is assumed (`OURS` for none known), and how
    many recipients this is about; in no order that matters."""
    shifts: tuple[tuple[Shift, str, datetime, int], ...]
    """What the clocks' change does: which, in which zone, what the clocks show then, to how
    many."""


def forecast(plan: Plan, people: Mapping[Whereabouts, int], *, now: datetime) -> Forecast:
    """Look at a plan, before anything is stored, for so many people at each place."""
    moments: dict[datetime, int] = {}
    uncertain: dict[tuple[str, str], int] = {}
    shifts: dict[tuple[Shift, str, datetime], int] = {}
    for place, count in people.items():
        one = reckon_in(plan, place.zones)
        moments[one.due.at] = moments.get(one.due.at, 0) + count
        if one.is_uncertain:
            key = (place.region, one.due.zone)
            uncertain[key] = uncertain.get(key, 0) + count
        if one.landing.shift is not None:
            shift = (one.landing.shift, one.due.zone, one.landing.local)
            shifts[shift] = shifts.get(shift, 0) + count
    past = sum(count for at, count in moments.items() if at <= now)
    if not moments and not plan.is_recipients:
        landing = land(plan.local, None)
        past = int(landing.at <= now)
        if landing.shift is not None:
            shifts[landing.shift, OURS, landing.local] = 0
    return Forecast(
        plan,
        first=min(moments, default=None),
        last=max(moments, default=None),
        past=past,
        uncertain=tuple((*key, count) for key, count in uncertain.items()),
        shifts=tuple((*key, count) for key, count in shifts.items()),
    )
