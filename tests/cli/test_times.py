"""Moments typed by people."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from smsdesk.cli.exits import CliError
from smsdesk.cli.times import Moment, parse_moment

pytestmark = pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="this system's zone cannot be set for a test"
)


@pytest.fixture(autouse=True)
def london() -> Iterator[None]:
    """The clocks of London, where 01:30 does not exist on 29 March 2026."""
    old = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/London"
    time.tzset()
    yield
    if old is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = old
    time.tzset()


def test_without_an_offset_a_time_is_local() -> None:
    summer = parse_moment("2026-07-01T09:00")

    assert summer.at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert summer.local == datetime(2026, 7, 1, 9, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["2026-07-01T09:00+02:00", "2026-07-01T07:00Z", " 20260701T070000Z "]
)
def test_an_offset_is_obeyed(text: str) -> None:
    assert parse_moment(text) == Moment(datetime(2026, 7, 1, 7, 0, tzinfo=UTC))


def test_a_date_means_its_midnight() -> None:
    assert parse_moment("2026-07-01").at == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_moves_forward() -> None:
    moment = parse_moment("2026-03-29T01:30")

    assert moment.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_happens_twice_means_the_first() -> None:
    moment = parse_moment("2026-10-25T01:30")

    assert moment.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "tomorrow",
            "09:00",
            "31.01.2027",
            "2026-02-30",
            "2026-07-01T25:00",
            "99999-01-01",
        ),
        *("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"),
    ],
)
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CliError, match="Write it like 2027-01-31"):
        parse_moment(text)
