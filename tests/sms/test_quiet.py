"""When people are not to be written to, by their own clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.quiet import (
    QuietHoursError,
    count_asleep,
    read_all_hours,
    read_hours,
    read_rules,
    write_all_hours,
    write_hours,
)
from smsdesk.sms.zones import Whereabouts, zones_of

US = read_rules({"US": "21:00-08:00"})
CALIFORNIA, TOLL_FREE, PERTH = "+14155550123", "+18005550123", "+61412345678"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "local", "until"),
    [
        ("21:00-08:00", "2026-03-03T20:59", None),
        ("21:00-08:00", "2026-03-03T21:00", "2026-03-04T08:00"),
        ("21:00-08:00", "2026-03-03T07:59", "2026-03-03T08:00"),
        ("21:00-08:00", "2026-03-03T08:00", None),
        ("12:00-14:00", "2026-03-03T13:00", "2026-03-03T14:00"),
        ("12:00-14:00", "2026-03-03T14:00", None),
        ("20:30-08:00 sun", "2026-03-07T21:00", "2026-03-09T08:00"),  # from Saturday night
        ("20:30-08:00 sun", "2026-03-08T12:00", "2026-03-09T08:00"),
        ("20:30-08:00 sat,sun", "2026-03-06T22:00", "2026-03-09T08:00"),
    ],
)
def test_they_end_when_the_span_or_the_day_ends(
    hours: str, local: str, until: str | None
) -> None:
    expected = None if until is None else datetime.fromisoformat(until)

    assert read_hours(hours).until(datetime.fromisoformat(local)) == expected


@pytest.mark.parametrize(
    "text", ["", "9-17", "25:00-08:00", "21:00-08:60", "08:00-08:00", "21:00-08:00 sunday"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(QuietHoursError):
        read_hours(text)


def test_hours_are_written_as_they_are_read() -> None:
    for text in ("21:00-08:00", "20:30-08:00 sat,sun"):
        assert write_hours(read_hours(text)) == text
    all_hours = "US 21:00-08:00; FR 20:30-08:00 sun; * 22:00-07:00"
    assert write_all_hours(read_all_hours(all_hours)) == all_hours
    assert read_all_hours(" us: 21:00-08:00 ;") == {"US": "21:00-08:00"}


@pytest.mark.parametrize("text", ["XX 21:00-08:00", "US 9-5", "US 21:00-08:00; US 20:00-08:00"])
def test_an_entry_that_is_not_understood_is_named(text: str) -> None:
    with pytest.raises(QuietHoursError) as refused:
        read_all_hours(text)
    assert str(refused.value) == text.rpartition("; ")[2]


def test_the_recipients_clock_counts_and_only_in_countries_with_a_rule() -> None:
    night = at("2026-03-03T09:00")  # one in the morning in California

    assert US.until(CALIFORNIA, "US", at=night) == at("2026-03-03T16:00")
    assert US.until(CALIFORNIA, "US", at=at("2026-03-03T17:00")) is None
    assert US.until("+447911123456", "GB", at=night) is None
    everywhere = read_rules({"*": "08:00-10:00"})
    assert everywhere.until("+447911123456", "GB", at=night) == at("2026-03-03T10:00")


def test_it_must_be_day_in_every_zone_that_a_number_may_be_in() -> None:
    australia = read_rules({"AU": "21:00-08:00"})
    # Eight in the morning in Sydney, five in Perth.
    assert australia.until(PERTH, "AU", at=at("2026-03-02T21:00")) == at("2026-03-03T00:00")


def test_a_number_that_may_be_all_over_the_world_waits_for_day_in_most_places() -> None:
    until = US.until(TOLL_FREE, "US", at=at("2026-03-03T09:00"))

    assert until is not None
    assert until - at("2026-03-03T09:00") < timedelta(hours=24)
    assert US.until(TOLL_FREE, "US", at=until) is None


def test_a_number_whose_zone_nobody_knows_has_none() -> None:
    assert (
        read_rules({"*": "00:00-23:00"}).until("+80012345678", None, at=at("2026-03-03"))
        is None
    )


def test_the_sleepers_are_counted_by_country() -> None:
    california = Whereabouts("US", zones_of(CALIFORNIA))
    london = Whereabouts("GB", zones_of("+447911123456"))
    night, day = at("2026-03-03T09:00"), at("2026-03-03T18:00")

    leaving = {(california, night): 2, (california, day): 3, (london, night): 4}
    assert count_asleep(US, leaving) == {"US": (2, at("2026-03-03T16:00"))}
    assert count_asleep(US, {(california, day): 3}) == {}


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_the_end_is_always_ahead_and_never_quiet_itself(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    until = US.until(CALIFORNIA, "US", at=now)

    if until is not None:
        assert now < until <= now + timedelta(hours=12)
        assert US.until(CALIFORNIA, "US", at=until) is None


def test_hours_that_leave_no_time_hold_for_as_long_as_is_looked_ahead() -> None:
    never = read_rules({"US": "21:00-08:00 mon,tue,wed,thu,fri,sat,sun"})
    now = at("2026-03-03T18:00")

    assert never.until(CALIFORNIA, "US", at=now) == now + timedelta(days=3)
