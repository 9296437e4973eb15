"""From a time on the wall to a moment, where clocks go forward and back."""

from datetime import UTC, datetime, timedelta

import pytest

from smsdesk.sms.schedule import (
    OURS,
    Plan,
    Quick,
    Shift,
    forecast,
    land,
    quick_times,
    reckon,
    reckon_again,
)
from smsdesk.sms.zones import Whereabouts, zone, zones_of

NINE = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001
LONDON, PERTH, NOWHERE = "+447911123456", "+61412345678", "+80012345678"


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.case("F60")
@pytest.mark.parametrize(
    ("place", "chosen", "moment", "shown", "shift"),
    [
        ("Europe/London", "2026-07-01T09:00", "2026-07-01T08:00Z", None, None),
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:30Z", "02:30", Shift.GAP),
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30Z", None, Shift.FOLD),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30Z", "03:30", Shift.GAP),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z", None, Shift.FOLD),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45Z", "02:45", Shift.GAP),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z", None, Shift.FOLD),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00Z", "09:00", Shift.GAP),
        ("Pacific/Apia", "2026-06-01T09:00", "2026-05-31T20:00Z", None, None),
        ("Asia/Kolkata", "2026-06-01T09:00", "2026-06-01T03:30Z", None, None),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30Z", None, Shift.FOLD),
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:30Z", "03:30", Shift.GAP),
    ],
)
def test_a_time_lands_where_the_clocks_of_its_zone_put_it(
    place: str, chosen: str, moment: str, shown: str | None, shift: Shift | None
) -> None:
    landing = land(wall(chosen), zone(place))

    assert landing.at == datetime.fromisoformat(moment)
    assert landing.shift is shift
    assert f"{landing.local:%H:%M}" == (shown or chosen[-5:])


def test_a_day_that_a_place_never_had_becomes_the_next_one() -> None:
    assert land(wall("2011-12-30T09:00"), zone("Pacific/Apia")).local.day == 31


def test_our_time_is_the_same_for_everybody() -> None:
    plan = Plan(NINE)

    assert reckon(plan, LONDON).due == reckon(plan, PERTH).due
    assert reckon(plan, LONDON).due.zone == OURS


def test_the_recipients_time_is_reckoned_by_the_number() -> None:
    one = reckon(Plan(NINE, is_recipients=True), "+919812345678")

    assert one.due.at == datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    assert not one.is_uncertain


def test_zones_that_agree_on_the_moment_are_not_uncertain() -> None:
    one = reckon(Plan(NINE, is_recipients=True), LONDON)

    assert len(one.zones) > 1
    assert not one.is_uncertain


def test_of_several_zones_the_latest_is_taken_so_that_nobody_is_woken() -> None:
    one = reckon(Plan(NINE, is_recipients=True), PERTH)

    assert one.is_uncertain
    assert one.due.zone == "Australia/Perth"
    assert all(
        one.due.at.astimezone(zone(name)).hour >= NINE.hour for name in one.zones if zone(name)
    )


def test_where_nothing_is_known_our_time_stands_in_and_is_called_uncertain() -> None:
    one = reckon(Plan(NINE, is_recipients=True), NOWHERE)

    assert (one.due.zone, one.is_uncertain) == (OURS, True)


def test_a_moment_is_reckoned_anew_and_an_unknown_zone_leaves_it() -> None:
    assert reckon_again(NINE, "Asia/Kolkata") == datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    assert reckon_again(NINE, OURS) == land(NINE, None).at
    assert reckon_again(NINE, "Moon/Tycho") is None


def test_the_forecast_counts_what_is_over_what_is_uncertain_and_what_shifts() -> None:
    plan = Plan(wall("2026-03-29T01:30"), is_recipients=True)
    people = {
        Whereabouts("GB", zones_of(LONDON)): 2,
        Whereabouts("AU", zones_of(PERTH)): 1,
        Whereabouts("", zones_of(NOWHERE)): 1,
    }
    now = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)

    seen = forecast(plan, people, now=now)

    assert seen.past == 1
    assert (("AU", "Australia/Perth", 1)) in seen.uncertain
    assert (("", OURS, 1)) in seen.uncertain
    shifted = wall("2026-03-29T02:30")
    assert [one for one in seen.shifts if one[1] != OURS] == [
        (Shift.GAP, "Europe/London", shifted, 2)
    ]


def test_a_time_that_is_over_is_seen_before_there_are_recipients() -> None:
    assert forecast(Plan(NINE), {}, now=land(NINE, None).at).past == 1
    assert forecast(Plan(NINE), {}, now=land(NINE, None).at - timedelta(hours=1)).past == 0


def test_the_evening_is_offered_until_it_begins_and_monday_once() -> None:
    noon, night = wall("2026-03-03T12:10"), wall("2026-03-03T22:10")  # a Tuesday
    sunday = wall("2026-03-08T12:10")

    assert [quick for quick, _local in quick_times(noon)] == list(Quick)
    assert Quick.EVENING not in dict(quick_times(night))
    assert Quick.MONDAY not in dict(quick_times(sunday))
    assert dict(quick_times(noon))[Quick.MONDAY] == wall("2026-03-09T09:00")
    assert dict(quick_times(noon))[Quick.HOUR] == wall("2026-03-03T13:10")
