"""Nothing leaves in quiet hours, all leaves after them, and plans follow their clocks."""

from collections import deque
from datetime import datetime, timedelta

import pytest

from smsdesk.delivery.waiting import QuietDoor, Reckoning
from smsdesk.sms.schedule import land
from smsdesk.sms.state import HeldReason, State
from smsdesk.sms.zones import zone
from smsdesk.store.waiting import WaitingRoom
from tests.delivery.station import Station
from tests.support import TurnedClock, until

NIGHT = timedelta(hours=6)


@pytest.fixture
def night(station: Station) -> None:
    """It is night for all numbers that end in 1, for six hours from now."""
    end = station.clock.now() + NIGHT

    def quiet_until(number: str, at: datetime) -> datetime | None:
        return end if number.endswith("1") and at < end else None

    station.quiet_until = quiet_until


def test_who_is_asleep_waits_and_the_others_do_not(station: Station, night: None) -> None:
    asleep, awake = station.queue("447700900001", "447700900000")
    with station.running():
        station.until_states(held=1, accepted=1)
        assert station.message(asleep).held_reason is HeldReason.QUIET_HOURS
        assert station.log.state(awake) is State.ACCEPTED
        station.clock.turn(NIGHT.total_seconds() + 1)
        station.until_states(accepted=2)

    assert station.sent_per_reference() == [1]


def test_a_long_batch_that_runs_into_the_night_stops_at_its_border(station: Station) -> None:
    begins = station.clock.now() + timedelta(minutes=10)
    station.quiet_until = lambda _number, at: begins + NIGHT if at >= begins else None
    station.set(throughput_per_s=1.0)
    station.queue_batch(40)
    with station.running():
        until(lambda: len(station.submissions) >= 2)
        station.clock.turn(620)
        until(lambda: station.states().get(State.HELD, 0) > 0)
        until(lambda: State.QUEUED not in station.states())

    assert 2 <= len(station.submissions) < 40


def test_a_whole_night_is_put_aside_and_does_not_stand_in_the_way(
    station: Station, night: None
) -> None:
    station.queue_batch(350, "447700900001")
    (awake,) = station.queue("447700900000")
    with station.running():
        station.until_states(held=350, accepted=1)
    assert station.log.state(awake) is State.ACCEPTED


def test_a_person_may_send_it_anyway(station: Station, night: None) -> None:
    (message_id,) = station.queue("447700900001")
    room = WaitingRoom(station.database, station.log.news.append)
    with station.running() as sender:
        station.until_states(held=1)
        assert room.let_through(message_id, at=station.clock.now())
        sender.wake()
        station.until_states(accepted=1)


def test_resume_wakes_nobody(station: Station, night: None) -> None:
    (message_id,) = station.queue("447700900001")
    with station.running() as sender:
        station.until_states(held=1)
        held_at = station.message(message_id).updated_at
        sender.resume()
        until(lambda: station.message(message_id).updated_at > held_at)
        station.until_states(held=1)
    assert station.submissions == []


def test_hours_that_are_changed_are_looked_at_again(station: Station, night: None) -> None:
    station.queue("447700900001")
    with station.running() as sender:
        station.until_states(held=1)
        station.quiet_until = lambda _number, _at: None
        sender.reload()
        station.until_states(accepted=1)


def test_the_night_outlasts_a_new_start(station: Station, night: None) -> None:
    station.queue("447700900001")
    with station.running():
        station.until_states(held=1)
    with station.running():
        station.until_states(held=1)
        station.clock.turn(NIGHT.total_seconds() + 1)
        station.until_states(accepted=1)


def test_what_was_fetched_before_the_night_is_looked_at_again(station: Station) -> None:
    room = WaitingRoom(station.database, station.log.news.append)
    station.queue("447700900001")
    begins = station.clock.now() + timedelta(seconds=30)
    door = QuietDoor(room, lambda _number, at: begins + NIGHT if at >= begins else None)
    fetched = deque(station.log.log.next_queued(10, at=station.clock.now()))

    assert door.sift(fetched, at=begins - timedelta(seconds=30), is_new=True) == 0
    assert door.sift(fetched, at=begins - timedelta(seconds=28), is_new=False) == 0
    assert door.sift(fetched, at=begins, is_new=False) == 1
    assert not fetched


# Plans and their clocks


def test_a_scheduled_moment_follows_the_rules_of_its_zone(station: Station) -> None:
    local = (station.clock.now() + timedelta(days=2)).replace(tzinfo=None, microsecond=0)
    right = land(local, zone("Asia/Kolkata")).at
    (message_id,) = station.queue(
        "447700900000",
        state=State.SCHEDULED,
        due_at=right + timedelta(hours=1),  # as rules of yesterday had it
        due_local=local,
        due_zone="Asia/Kolkata",
    )
    room, clock = WaitingRoom(station.database, station.log.news.append), TurnedClock()
    reckoning = Reckoning(room, clock)

    assert reckoning.keep() == 1
    assert station.message(message_id).due_at == right
    assert reckoning.keep() == 0
    clock.turn(601)
    assert reckoning.keep() == 0


def test_a_moment_without_a_zone_and_the_delay_after_send_stay(station: Station) -> None:
    due_at = station.clock.now().replace(microsecond=0) + timedelta(seconds=10)
    (message_id,) = station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)

    assert Reckoning(WaitingRoom(station.database, print), TurnedClock()).keep() == 0
    assert station.message(message_id).due_at == due_at


def test_a_plan_that_comes_forward_leaves_at_its_new_moment(station: Station) -> None:
    soon = (station.clock.now() + timedelta(minutes=5)).replace(microsecond=0)
    india = zone("Asia/Kolkata")
    (message_id,) = station.queue(
        "447700900000",
        state=State.SCHEDULED,
        due_at=soon + timedelta(hours=1),
        due_local=soon.astimezone(india).replace(tzinfo=None),
        due_zone="Asia/Kolkata",
    )
    with station.running():
        until(lambda: station.message(message_id).due_at == soon)
        station.clock.turn(301)
        station.until_states(accepted=1)
