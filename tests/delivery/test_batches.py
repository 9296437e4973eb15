"""A batch is paused, resumed and cancelled while the sender is at work on it (I1, I2)."""

from smsdesk.delivery.identity import ulids
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.batches import BatchLog
from tests.delivery.station import Station
from tests.support import new_message, until

SIZE = 120


def begin(station: Station, *, needs_confirmation: bool = False) -> tuple[str, BatchLog]:
    """A batch in the queue; its id."""
    batch_id = ulids.make()
    messages = [new_message(to=f"+4477009{n:05}") for n in range(SIZE)]
    station.log.log.add_batch(
        batch_id, messages, at=station.clock.now(), needs_confirmation=needs_confirmation
    )
    return batch_id, BatchLog(station.database, station.log.news.append)


def sent(station: Station) -> int:
    return len(station.submissions)


def is_still(station: Station) -> bool:
    """Nothing is on the wire, and nothing is queued."""
    moving = station.states()
    return not moving.get(State.SENDING) and not moving.get(State.QUEUED)


def test_pausing_loses_nothing_and_resuming_sends_exactly_the_rest(station: Station) -> None:
    station.play("delivered")
    batch_id, batches = begin(station)

    with station.running() as sender:
        until(lambda: sent(station) >= 5)
        held = batches.pause(batch_id, at=station.clock.now())
        until(lambda: is_still(station))
        paused = station.states()
        assert paused == {State.HELD: held, State.ACCEPTED: SIZE - held}
        assert sent(station) == SIZE - held

        (other,) = station.queue("447700900001")
        sender.wake()
        until(lambda: station.message(other).state is State.ACCEPTED)

        sender.resume()  # which is about everything else
        sender.wake()
        until(lambda: sender.status.waiting == held)
        assert station.states()[State.HELD] == held

        assert batches.resume(batch_id, at=station.clock.now()) == held
        sender.wake()
        station.until_states(accepted=SIZE + 1)

    assert sent(station) == SIZE + 1
    assert station.sent_per_reference() == [1]


def test_a_paused_batch_is_still_paused_after_a_restart(station: Station) -> None:
    station.play("delivered")
    batch_id, batches = begin(station)
    batches.pause(batch_id, at=station.clock.now())

    with station.running() as sender:
        (other,) = station.queue("447700900001")
        sender.wake()
        until(lambda: station.message(other).state is State.ACCEPTED)
    with station.running() as sender:
        until(lambda: sender.status.waiting == SIZE)
        assert station.states() == {State.HELD: SIZE, State.ACCEPTED: 1}
        batches.resume(batch_id, at=station.clock.now())
        sender.wake()
        station.until_states(accepted=SIZE + 1)

    assert station.sent_per_reference() == [1]


def test_cancelling_while_sending_sends_or_cancels_each_and_never_both(
    station: Station,
) -> None:
    station.play("delivered")
    batch_id, batches = begin(station)

    with station.running():
        until(lambda: sent(station) >= 5)
        cancelled = batches.cancel(batch_id, at=station.clock.now())
        until(lambda: is_still(station))

    assert station.states() == {State.CANCELLED: cancelled, State.ACCEPTED: SIZE - cancelled}
    assert sent(station) == SIZE - cancelled


def test_nothing_of_an_unconfirmed_batch_is_sent(station: Station) -> None:
    station.play("delivered")
    batch_id, batches = begin(station, needs_confirmation=True)

    with station.running() as sender:
        (other,) = station.queue("447700900001")
        sender.wake()
        sender.resume()
        until(lambda: station.message(other).state is State.ACCEPTED)
        assert sent(station) == 1
        assert station.log.view.batch(batch_id)[0].held_reason is HeldReason.CONFIRMATION

        batches.confirm(batch_id, by="Kim", at=station.clock.now())
        sender.wake()
        station.until_states(accepted=SIZE + 1)
