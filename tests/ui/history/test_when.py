"""Times are short in the list and whole on hover."""

from datetime import UTC, datetime, timedelta

import pytest

from smsdesk.ui.history.when import clock_time, day_word, short_time, whole_time

NOW = datetime(2026, 7, 15, 12, 0, tzinfo=UTC).astimezone().replace(hour=12)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(), "12:00"),
        (timedelta(hours=12), "00:00"),
        (timedelta(days=1), "Yesterday 12:00"),
        (timedelta(days=2), "Mon 12:00"),
        (timedelta(days=6), "Thu 12:00"),
        (timedelta(days=7), "8 Jul 12:00"),
        (timedelta(days=195), "1 Jan 12:00"),
        (timedelta(days=196), "31 Dec 2025"),
        (timedelta(days=-1), "16 Jul 12:00"),
    ],
)
def test_a_time_is_told_from_today(ago: timedelta, shown: str) -> None:
    local = NOW.replace(tzinfo=None) - ago

    assert short_time(local.astimezone(), now=NOW) == shown


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(), "Today"),
        (timedelta(hours=13), "Yesterday"),
        (timedelta(days=2), "Monday"),
        (timedelta(days=7), "Wednesday 8 July"),
        (timedelta(days=196), "31 December 2025"),
        (timedelta(days=-1), "Thursday 16 July"),
    ],
)
def test_a_day_is_named_from_today(ago: timedelta, shown: str) -> None:
    local = NOW.replace(tzinfo=None) - ago

    assert day_word(local.astimezone(), now=NOW) == shown


def test_under_the_name_of_a_day_the_clock_is_enough() -> None:
    assert clock_time(NOW) == "12:00"


def test_the_whole_time_names_its_distance_from_utc() -> None:
    whole = whole_time(datetime(2026, 7, 15, 12, 0, 5, tzinfo=UTC))

    assert whole.startswith("2026-07-1")
    assert ":00:05 (UTC" in whole
