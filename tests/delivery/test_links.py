"""The sender on a link that comes and goes, and after hours without one."""

from datetime import datetime, timedelta

import pytest

from smsdesk.sms.state import State
from tests.delivery.station import Station
from tests.support import until

DROPS = 6
HOURS_S = 6 * 3600.0
SLOWLY = 3


@pytest.mark.case("F27")
def test_a_link_that_comes_and_goes_doubles_nothing(station: Station) -> None:
    station.play("late")
    station.queue_batch(60)

    def is_done() -> bool:
        return set(station.states()) <= {State.ACCEPTED, State.UNKNOWN}

    with station.running():
        for drop in range(1, DROPS + 1):
            wanted = 5 * drop
            station.let_time_pass(
                lambda: len(station.submissions) >= wanted or is_done(),  # noqa: B023
                step_s=1.0,
            )
            station.simulator.stop()
            station.clock.turn(5.0)
            station.simulator.start()
        station.let_time_pass(is_done, step_s=1.0)

    assert station.sent_per_reference() == [1]
    assert sum(station.states().values()) == 60
    assert station.states().get(State.UNKNOWN, 0) <= DROPS * station.settings.lines


@pytest.mark.case("F26")
@pytest.mark.parametrize(
    ("old", "rest"), [(100, 60), pytest.param(300, 4700, marks=pytest.mark.long)]
)
def test_after_hours_without_a_link_the_old_fails_and_the_rest_leaves_slowly(
    station: Station, old: int, rest: int
) -> None:
    """Although a hundred a second are allowed."""
    station.simulator.stop()
    soon = station.clock.now() + timedelta(hours=3)
    station.log.queue(old, at=station.clock.now(), expires_at=soon)
    station.queue_batch(rest)
    with station.running() as sender:
        until(lambda: sender.status.closed is not None)
        station.clock.turn(HOURS_S)
        until(lambda: station.states() == {State.FAILED: old, State.QUEUED: rest})
        station.simulator.start()
        sender.resume()  # a person does not wait for the next try
        end = {State.FAILED: old, State.ACCEPTED: rest}
        until(lambda: len(station.submissions) >= SLOWLY)
        station.let_time_pass(lambda: station.states() == end, step_s=0.5, timeout_s=rest / 3)

    first, *_, last = [datetime.fromisoformat(one.at) for one in station.submissions[:SLOWLY]]
    assert last - first > timedelta(seconds=0.5), "one a second"
    assert station.sent_per_reference() == [1]
