"""A sender with a limit of its own keeps to it, and holds up nobody else."""

from dataclasses import replace

from smsdesk.delivery.sender_pace import SenderPace
from smsdesk.sms.state import State
from tests.delivery.station import Station
from tests.support import until

SLOW, FAST = "+12025550123", "ACME"


def test_a_sender_without_a_limit_always_may() -> None:
    pace = SenderPace()

    assert not pace.has_limits
    assert all(pace.take(FAST, now=0.0) for _ in range(100))


def test_a_sender_gets_what_its_limit_allows_and_no_more() -> None:
    pace = SenderPace()
    pace.set_limits({SLOW: 1.0}, now=0.0)

    assert [pace.take(SLOW, now=now) for now in (0.0, 0.5, 1.0, 1.1, 2.0)] == [
        *(True, False),
        *(True, False),
        True,
    ]
    assert pace.take(FAST, now=2.0)


def test_a_new_limit_counts_at_once_and_none_sets_free() -> None:
    pace = SenderPace()
    pace.set_limits({SLOW: 0.1}, now=0.0)
    pace.take(SLOW, now=0.0)
    pace.set_limits({SLOW: 10.0}, now=0.0)
    assert pace.take(SLOW, now=0.1)
    pace.set_limits({}, now=0.1)

    assert pace.take(SLOW, now=0.1)


def test_slow_messages_let_the_others_pass(station: Station) -> None:
    station.settings = replace(station.settings, per_sender={SLOW: 0.001})
    slow = station.queue(*["447700900000"] * 3, sender=SLOW)
    fast = station.queue(*["447700900000"] * 5, sender=FAST)
    with station.running():
        until(lambda: all(station.log.state(id_) is not State.QUEUED for id_ in fast))
        until(lambda: station.log.state(slow[0]) is not State.QUEUED)

        assert [station.log.state(id_) for id_ in slow[1:]] == [State.QUEUED, State.QUEUED]


def test_lifting_the_limit_sends_the_rest_in_order(station: Station) -> None:
    station.settings = replace(station.settings, per_sender={SLOW: 0.001}, lines=1)
    numbers = [f"44740012345{n}" for n in range(4)]
    slow = station.queue(*numbers, sender=SLOW)
    with station.running() as sender:
        until(lambda: station.log.state(slow[0]) is not State.QUEUED)
        station.settings = replace(station.settings, per_sender={})
        sender.reload()
        until(lambda: all(station.log.state(id_) is State.ACCEPTED for id_ in slow))

    sent = [entry.to for entry in station.simulator.requests if entry.path == "/v1/messages"]
    assert sent == numbers


def test_others_do_not_wait_behind_a_long_list_of_a_slow_sender(station: Station) -> None:
    station.settings = replace(station.settings, per_sender={SLOW: 0.01})
    station.log.queue(250, at=station.clock.now(), sender=SLOW)
    fast = station.log.queue(5, at=station.clock.now(), sender=FAST)
    with station.running():
        until(lambda: {station.log.state(one) for one in fast} == {State.ACCEPTED})

    assert station.states()[State.ACCEPTED] == 6
