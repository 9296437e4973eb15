"""Quiet hours: when people of a country are not to be written to, by their own clocks.

Which hours hold, and whether they warn or hold messages back, are settings; here is only what
they mean.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from smsdesk.sms.region_names import REGION_NAMES
from smsdesk.sms.zones import Whereabouts, zone, zones_of

EVERYWHERE = "*"
"""In place of a country: for those that are not named."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(
    r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])"
    rf"(?: ((?:{'|'.join(_DAYS)})(?:,(?:{'|'.join(_DAYS)}))*))?"
)
_LOOK_AHEAD = timedelta(days=3)


class QuietMode(StrEnum):
    """What quiet hours do."""

    OFF = "off"
    WARN = "warn"
    HOLD = "hold"


class QuietHoursError(ValueError):
    """That is no span of quiet hours."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A span of every day, and whole days of the week."""

    begin: time
    end: time
    """Not before `begin` means the next morning."""
    days: frozenset[int] = frozenset()
    """Monday is 0."""

    def until(self, local: datetime) -> datetime | None:
        """When they are over, if a clock that shows `local` shows quiet hours; on the wall."""
        moment = local
        while (after := self._end_of(moment)) is not None and after - local < timedelta(days=9):
            moment = after
        return None if moment == local else moment

    def _end_of(self, local: datetime) -> datetime | None:
        midnight = datetime.combine(local.date(), time())
        tomorrow = midnight + timedelta(days=1)
        if local.weekday() in self.days:
            return tomorrow
        begin, end = (datetime.combine(local.date(), clock) for clock in (self.begin, self.end))
        if self.begin < self.end:
            return end if begin <= local < end else None
        if local < end:
            return end
        return datetime.combine(tomorrow.date(), self.end) if local >= begin else None


def read_hours(text: str) -> QuietHours:
    """Read "21:00-08:00", or "20:30-08:00 sun" for Sundays as well. Raises QuietHoursError."""
    match = _WRITTEN.fullmatch(" ".join(text.strip().lower().split()))
    if match is None:
        raise QuietHoursError(text)
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise QuietHoursError(text)
    days = frozenset(_DAYS.index(day) for day in (match[5] or "").split(",") if day)
    return QuietHours(begin, end, days)


def write_hours(hours: QuietHours) -> str:
    """As it is read."""
    days = ",".join(_DAYS[day] for day in sorted(hours.days))
    return f"{hours.begin:%H:%M}-{hours.end:%H:%M} {days}".rstrip()


def read_all_hours(text: str) -> dict[str, str]:
    """Read "US 21:00-08:00; FR 20:30-08:00 sun". Raises QuietHoursError with the entry that is
    not understood."""
    found: dict[str, str] = {}
    for entry in filter(None, (piece.strip() for piece in re.split(r"[;\n]", text))):
        region, _space, hours = entry.partition(" ")
        region = region.rstrip(":").upper()
        if (region not in REGION_NAMES and region != EVERYWHERE) or region in found:
            raise QuietHoursError(entry)
        try:
            found[region] = write_hours(read_hours(hours))
        except QuietHoursError:
            raise QuietHoursError(entry) from None
    return found


def write_all_hours(written: Mapping[str, str]) -> str:
    """As it is read."""
    return "; ".join(f"{region} {hours}" for region, hours in written.items())


@dataclass(frozen=True, slots=True)
class QuietRules:
    """The quiet hours of all countries."""

    hours: Mapping[str, QuietHours]

    def of(self, region: str | None) -> QuietHours | None:
        return self.hours.get(region or "") or self.hours.get(EVERYWHERE)

    def until(self, e164: str, region: str | None, *, at: datetime) -> datetime | None:
        """When a number's quiet hours are over, in UTC; None if none are just now."""
        return self.until_in(Whereabouts(region or "", zones_of(e164)), at=at)

    def until_in(self, place: Whereabouts, *, at: datetime) -> datetime | None:
        """When the quiet hours of somebody there are over, in UTC; None if none are just now.

        Where a number may be in several zones, it must not be night in any of them; only
        where that never comes within three days is it enough that it is day in most. A number
        whose zone nobody knows has no quiet hours.
        """
        hours = self.of(place.region)
        if hours is None:
            return None
        places = [where for name in place.zones if (where := zone(name)) is not None]
        if not places:
            return None
        found = _first_free(hours, places, at, most_quiet=0)
        if found is None:
            found = _first_free(hours, places, at, most_quiet=(len(places) - 1) // 2)
        if found is None:  # a rule that leaves no time at all
            return at + _LOOK_AHEAD
        return None if found == at else found


def read_rules(written: Mapping[str, str]) -> QuietRules:
    """The rules as the settings keep them; what is no span is passed over, for the settings
    have checked it."""
    hours: dict[str, QuietHours] = {}
    for region, text in written.items():
        try:
            hours[region] = read_hours(text)
        except QuietHoursError:
            continue
    return QuietRules(hours)


def _first_free(
    hours: QuietHours, places: Sequence[tzinfo], at: datetime, *, most_quiet: int
) -> datetime | None:
    """The first moment from `at` on at which it is night in so many places at most.

    Only where quiet hours end somewhere can that begin, so the moments to try are few.
    """
    moment = at
    while moment - at < _LOOK_AHEAD:
        ends = [end for where in places if (end := _end_in(hours, where, moment)) is not None]
        if len(ends) <= most_quiet:
            return moment
        moment = min(ends)
    return None


def _end_in(hours: QuietHours, where: tzinfo, at: datetime) -> datetime | None:
    local = at.astimezone(where).replace(tzinfo=None, fold=0)
    until = hours.until(local)
    if until is None:
        return None
    # Never at the same moment again: a fold could show the hour before.
    return max(until.replace(tzinfo=where).astimezone(UTC), at + timedelta(minutes=1))


def count_asleep(
    rules: QuietRules, departures: Mapping[tuple[Whereabouts, datetime], int]
) -> dict[str, tuple[int, datetime]]:
    """By country ("" for none): of so many messages that leave for a place at a moment, how many
    come into quiet hours, and when the last of these are over."""
    asleep: dict[str, tuple[int, datetime]] = {}
    for (place, at), count in departures.items():
        until = rules.until_in(place, at=at)
        if until is not None:
            had, last = asleep.get(place.region, (0, until))
            asleep[place.region] = (had + count, max(last, until))
    return asleep
