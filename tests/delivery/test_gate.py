"""When nothing may be submitted: network, pace, breaker (2.7), on a clock of the test's own."""

import random

import pytest

from smsdesk.delivery.gate import (
    BREAKER_CAP_S,
    NETWORK_BASE_S,
    NETWORK_CAP_S,
    PACE_CAP_S,
    SUCCESSES_TO_CLOSE,
    Backoff,
    Gate,
)
from smsdesk.delivery.status import Closed


@pytest.fixture
def gate() -> Gate:
    return Gate(random.Random(1))


def trip(gate: Gate, *, now: float = 0.0) -> None:
    for _ in range(3):
        gate.ambiguous(now=now)


def pass_probe(gate: Gate) -> None:
    gate.probe_succeeded()
    for _ in range(SUCCESSES_TO_CLOSE):
        gate.accepted()


# Backoff


def test_a_wait_lies_between_a_quarter_of_the_base_and_the_growing_limit() -> None:
    for seed in range(200):
        backoff = Backoff(2.0, 300.0, random.Random(seed))
        for n in range(40):
            assert 0.5 <= backoff.next_s() <= min(300.0, 2.0 * 2.0**n)


def test_waits_are_spread_over_the_whole_range() -> None:
    waits = []
    for seed in range(300):
        backoff = Backoff(2.0, 300.0, random.Random(seed))
        waits.append([backoff.next_s() for _ in range(12)][-1])

    assert min(waits) < 30 < 120 < 180 < 270 < max(waits)


def test_a_reset_makes_the_next_wait_short() -> None:
    backoff = Backoff(2.0, 300.0, random.Random(1))
    for _ in range(20):
        backoff.next_s()
    backoff.reset()

    assert backoff.next_s() <= 2.0


def test_the_same_seed_waits_the_same() -> None:
    first, second = (Backoff(2.0, 300.0, random.Random(7)) for _ in range(2))

    assert [first.next_s() for _ in range(9)] == [second.next_s() for _ in range(9)]


# Network and pace


def test_a_new_gate_is_open(gate: Gate) -> None:
    assert gate.closed(now=0.0) is None
    assert not gate.needs_probe
    assert not gate.is_careful


def test_no_network_closes_for_a_while_and_opens_by_itself(gate: Gate) -> None:
    seconds = gate.network_failed(now=100.0)

    assert gate.closed(now=100.0) == (Closed.NETWORK, 100.0 + seconds)
    assert gate.closed(now=100.0 + seconds) is None
    assert seconds <= NETWORK_BASE_S


def test_the_network_wait_is_capped_and_any_answer_ends_its_growth(gate: Gate) -> None:
    waits = [gate.network_failed(now=0.0) for _ in range(50)]
    gate.answered()

    assert max(waits) <= NETWORK_CAP_S
    assert max(waits) > 60
    assert gate.network_failed(now=0.0) <= NETWORK_BASE_S


@pytest.mark.parametrize(
    ("asked", "waited"), [(7.0, 7.0), (0.0, 1.0), (-5.0, 1.0), (3600.0, 3600.0), (9e9, 3600.0)]
)
def test_retry_after_is_obeyed_within_bounds(gate: Gate, asked: float, waited: float) -> None:
    gate.told_to_wait(asked, now=10.0)

    assert gate.closed(now=10.0) == (Closed.PACE, 10.0 + waited)


def test_without_retry_after_the_pace_backs_off_until_something_is_accepted(
    gate: Gate,
) -> None:
    waits = [gate.told_to_wait(None, now=0.0) for _ in range(30)]
    gate.accepted()

    assert max(waits) <= PACE_CAP_S
    assert max(waits) > 10
    assert gate.told_to_wait(None, now=0.0) <= 1.0


def test_the_longest_reason_counts_and_a_shorter_one_does_not_shorten_it(gate: Gate) -> None:
    gate.told_to_wait(100.0, now=0.0)
    gate.told_to_wait(7.0, now=0.0)
    gate.settle(10.0, now=0.0)

    assert gate.closed(now=0.0) == (Closed.PACE, 100.0)


def test_a_person_may_end_patience_but_not_what_vonage_asked_for(gate: Gate) -> None:
    gate.network_failed(now=0.0)
    gate.settle(50.0, now=0.0)
    trip(gate)
    gate.told_to_wait(20.0, now=0.0)
    gate.try_now()

    assert gate.closed(now=0.0) == (Closed.PACE, 20.0)
    assert gate.needs_probe, "a message still never goes before a read-only call"


# Breaker


def test_three_doubtful_outcomes_within_a_minute_trip_the_breaker(gate: Gate) -> None:
    gate.ambiguous(now=0.0)
    gate.ambiguous(now=30.0)
    assert gate.closed(now=30.0) is None
    gate.ambiguous(now=60.0)

    assert gate.closed(now=60.0) == (Closed.BREAKER, 90.0)
    assert gate.needs_probe


def test_three_in_more_than_a_minute_do_not(gate: Gate) -> None:
    for now in (0.0, 30.5, 61.0, 91.5):
        gate.ambiguous(now=now)

    assert gate.closed(now=91.5) is None


def test_what_was_beside_them_on_the_wire_does_not_lengthen_the_wait(gate: Gate) -> None:
    trip(gate)
    trip(gate, now=1.0)

    assert gate.closed(now=1.0) == (Closed.BREAKER, 30.0)


def test_the_breaker_waits_twice_as_long_each_time_up_to_ten_minutes(gate: Gate) -> None:
    trip(gate)
    waits, now = [], 30.0
    for _ in range(7):
        gate.probe_failed(now=now)
        closed = gate.closed(now=now)
        assert closed is not None
        waits.append(closed[1] - now)
        now = closed[1]

    assert waits == [60.0, 120.0, 240.0, 480.0, BREAKER_CAP_S, BREAKER_CAP_S, BREAKER_CAP_S]


def test_after_the_wait_a_probe_is_still_needed(gate: Gate) -> None:
    trip(gate)

    assert gate.closed(now=31.0) is None
    assert gate.needs_probe
    gate.probe_succeeded()
    assert not gate.needs_probe
    assert gate.is_careful


def test_after_the_probe_five_successes_end_the_care(gate: Gate) -> None:
    trip(gate)
    gate.probe_succeeded()
    care = []
    for _ in range(SUCCESSES_TO_CLOSE):
        care.append(gate.is_careful)
        gate.accepted()

    assert care == [True] * SUCCESSES_TO_CLOSE
    assert not gate.is_careful


def test_while_careful_a_single_doubt_trips_it_again(gate: Gate) -> None:
    trip(gate)
    gate.probe_succeeded()
    gate.accepted()
    gate.ambiguous(now=100.0)

    assert gate.closed(now=100.0) == (Closed.BREAKER, 160.0)
    assert gate.needs_probe
    assert not gate.is_careful


def test_once_it_is_closed_for_good_the_next_trouble_waits_thirty_seconds_again(
    gate: Gate,
) -> None:
    trip(gate)
    gate.probe_failed(now=30.0)
    pass_probe(gate)
    trip(gate, now=1_000.0)

    assert gate.closed(now=1_000.0) == (Closed.BREAKER, 1_030.0)


def test_two_old_doubts_do_not_count_after_a_trip(gate: Gate) -> None:
    trip(gate)
    pass_probe(gate)
    gate.ambiguous(now=31.0)
    gate.ambiguous(now=32.0)

    assert gate.closed(now=32.0) is None
