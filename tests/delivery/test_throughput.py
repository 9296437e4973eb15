"""The token bucket, with a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.delivery.throughput import QUIET_S, RAMP_FIRST_S, SLOWEST_PER_S, Throughput


def taken_within(throughput: Throughput, *, start: float, seconds: float) -> int:
    """Everything that a hungry sender gets, looking a hundred times a second."""
    return sum(
        throughput.take(1000, now=start + tick / 100)
        for tick in range(round(seconds * 100) + 1)
    )


@pytest.mark.parametrize("rate", [0.5, 1.0, 10.0, 30.0, 100.0])
def test_no_minute_gets_more_than_the_rate(rate: float) -> None:
    throughput = Throughput(rate, now=0.0)
    got = taken_within(throughput, start=0.0, seconds=60)

    assert rate * 60 - 1 <= got <= rate * 60 + max(1.0, rate / 10)


def test_a_long_rest_does_not_save_up_tokens() -> None:
    throughput = Throughput(30.0, now=0.0)

    assert throughput.take(1000, now=3_600.0) == 3
    assert throughput.take(1000, now=3_600.0) == 0


@given(st.lists(st.floats(0.001, 2.0), max_size=60), st.sampled_from([0.5, 1.0, 7.0, 30.0]))
def test_however_it_is_asked_the_rate_holds(pauses: list[float], rate: float) -> None:
    throughput = Throughput(rate, now=0.0)
    now, taken = 0.0, throughput.take(100, now=0.0)
    for pause in pauses:
        now += pause
        taken += throughput.take(100, now=now)

    assert taken <= now * rate + max(1.0, rate / 10) + 1e-6


def test_the_wait_is_as_long_as_the_next_token_takes() -> None:
    throughput = Throughput(2.0, now=0.0)
    assert throughput.wait_s(now=0.0) == 0.0
    throughput.take(1, now=0.0)
    wait_s = throughput.wait_s(now=0.0)

    assert wait_s == pytest.approx(0.5)
    assert throughput.take(1, now=wait_s - 0.01) == 0
    assert throughput.take(1, now=wait_s) == 1


def test_a_token_given_back_can_be_taken_again() -> None:
    throughput = Throughput(1.0, now=0.0)
    throughput.take(1, now=0.0)
    throughput.give_back(1)
    throughput.give_back(5)

    assert throughput.take(5, now=0.0) == 1


def test_too_many_halves_the_rate_down_to_a_floor() -> None:
    throughput = Throughput(10.0, now=0.0)
    rates = []
    for _ in range(6):
        throughput.slow_down(now=0.0)
        rates.append(throughput.rate)

    assert rates == [5.0, 2.5, 1.25, 0.625, SLOWEST_PER_S, SLOWEST_PER_S]


def test_a_limit_below_the_floor_is_not_raised_to_it() -> None:
    throughput = Throughput(0.2, now=0.0)
    throughput.slow_down(now=0.0)

    assert throughput.rate == 0.2


def test_the_rate_comes_back_by_a_tenth_every_thirty_quiet_seconds() -> None:
    throughput = Throughput(10.0, now=0.0)
    throughput.slow_down(now=0.0)
    seen = []
    for now in (QUIET_S - 0.1, QUIET_S, 2 * QUIET_S, 2 * QUIET_S + 1, 100 * QUIET_S):
        throughput.take(0, now=now)
        seen.append(throughput.rate)

    assert seen == pytest.approx([5.0, 5.5, 6.05, 6.05, 10.0])


def test_more_trouble_starts_the_quiet_time_anew() -> None:
    throughput = Throughput(8.0, now=0.0)
    throughput.slow_down(now=0.0)
    throughput.slow_down(now=29.0)
    throughput.take(0, now=31.0)

    assert throughput.rate == 2.0


def test_a_ramp_is_one_a_second_for_ten_seconds_and_then_doubles() -> None:
    throughput = Throughput(10.0, now=0.0)
    throughput.ramp(now=100.0)
    seen = []
    for after in (0.0, 5.0, RAMP_FIRST_S - 0.1, 10.0, 11.0, 12.0, 13.0, 14.0):
        throughput.take(0, now=100.0 + after)
        seen.append(throughput.rate)

    assert seen == [1.0, 1.0, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_during_a_ramp_ten_seconds_get_about_ten_messages() -> None:
    throughput = Throughput(30.0, now=0.0)
    throughput.ramp(now=0.0)

    assert 10 <= taken_within(throughput, start=0.0, seconds=9.9) <= 11


def test_a_slow_limit_is_not_ramped_beyond_itself() -> None:
    throughput = Throughput(0.5, now=0.0)
    throughput.ramp(now=0.0)
    throughput.take(0, now=60.0)

    assert throughput.rate == 0.5


def test_a_new_limit_counts_at_once_but_does_not_end_a_ramp() -> None:
    throughput = Throughput(10.0, now=0.0)
    throughput.set_limit(2.0, now=0.0)
    assert throughput.rate == 2.0
    throughput.set_limit(30.0, now=0.0)
    assert throughput.rate == 30.0
    throughput.ramp(now=0.0)
    throughput.set_limit(20.0, now=1.0)
    assert throughput.rate == 1.0
    throughput.take(0, now=60.0)
    assert throughput.rate == 20.0


def test_too_many_ends_a_ramp() -> None:
    throughput = Throughput(10.0, now=0.0)
    throughput.ramp(now=0.0)
    throughput.slow_down(now=1.0)
    throughput.take(0, now=25.0)

    assert throughput.rate == SLOWEST_PER_S
