"""Batches as a person watches them, and what they may decide."""

from datetime import timedelta

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.desk.batches import (
    MOST_BARS,
    BatchPhase,
    Outcome,
    Progress,
    make_bars,
)
from smsdesk.desk.desk import Desk
from smsdesk.desk.second_person import PinError
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Draft
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.batches import Step
from smsdesk.system.settings import THROUGHPUT
from tests.desk.office import Office
from tests.support import NOW, Log, StoppedClock, new_message

TEN = "\n".join(f"+4474001234{n:02}" for n in range(10))


@pytest.fixture
def log(office: Office, desk: Desk) -> Log:
    assert not desk.batches.page()
    return office.log()


@pytest.fixture
def clock(office: Office) -> StoppedClock:
    assert isinstance(office.clock, StoppedClock)
    return office.clock


def send(desk: Desk, to: str = TEN) -> str:
    result = desk.compose.send(Draft("ACME", to, "Depot B is closed."))
    assert result.batch_id is not None
    return result.batch_id


def progress(desk: Desk, batch_id: str) -> Progress:
    found = desk.batches.progress(batch_id)
    assert found is not None
    return found


def finish(log: Log, message_id: str, state: State, code: str | None = None) -> None:
    claim = log.claim(message_id)
    assert claim is not None
    uuid = f"uuid of {message_id}" if state is State.ACCEPTED else None
    failure = FailureReason(code, "Title", "") if code else None
    log.finish(claim, state, message_uuid=uuid, failure=failure)


def ids_of(desk: Desk, batch_id: str) -> list[str]:
    return [message.id for message in desk.history.batch(batch_id)]


def test_a_batch_is_counted_and_its_end_foretold_at_the_set_pace(desk: Desk, log: Log) -> None:
    desk.settings.set(THROUGHPUT, 2.0)
    batch_id = send(desk)
    ids = ids_of(desk, batch_id)
    for message_id in ids[:4]:
        finish(log, message_id, State.ACCEPTED)
    finish(log, ids[4], State.FAILED, "1210")

    found = progress(desk, batch_id)

    assert (found.phase, found.total, found.can_cancel) == (BatchPhase.SENDING, 10, 5)
    assert found.outcomes == {Outcome.SENT: 4, Outcome.FAILED: 1, Outcome.WAITING: 5}
    assert (found.rate, found.left) == (None, timedelta(seconds=2.5))
    assert [(reason.code, reason.count) for reason in found.reasons] == [("1210", 1)]


def test_the_pace_is_measured_once_something_can_be_said(
    desk: Desk, log: Log, clock: StoppedClock
) -> None:
    batch_id = send(desk)
    ids = ids_of(desk, batch_id)
    assert progress(desk, batch_id).rate is None
    for message_id in ids[:8]:
        finish(log, message_id, State.ACCEPTED)
    clock.move(timedelta(seconds=4))

    found = progress(desk, batch_id)

    assert (found.rate, found.left) == (2.0, timedelta(seconds=1))
    clock.move(timedelta(seconds=60))
    assert progress(desk, batch_id).rate is None, "nothing has left for a minute"


def test_a_batch_of_one_is_never_listed(desk: Desk, log: Log) -> None:
    send(desk, "+447400123456")

    assert desk.batches.page() == []
    assert desk.batches.current(limit=3) == []


def test_phases_follow_what_is_decided(desk: Desk, log: Log) -> None:
    batch_id = send(desk)
    seen = [progress(desk, batch_id).phase]
    assert desk.batches.pause(batch_id) == 10
    seen.append(progress(desk, batch_id).phase)
    assert desk.batches.resume(batch_id) == 10
    log.log.hold_queued(HeldReason.AUTH, at=NOW)
    seen.append(progress(desk, batch_id).phase)
    assert desk.batches.cancel(batch_id) == 10
    seen.append(progress(desk, batch_id).phase)

    assert seen == [
        BatchPhase.SENDING,
        BatchPhase.PAUSED,
        BatchPhase.WAITING,
        BatchPhase.DONE,
    ]
    assert [deed.what for deed in desk.batches.deeds(batch_id)] == [
        "batch_paused",
        "batch_resumed",
        "batch_cancelled",
    ]


# Who did not get it


def test_those_who_surely_did_not_get_it_are_sent_it_again_as_a_new_batch(
    desk: Desk, log: Log
) -> None:
    batch_id = send(desk)
    ids = ids_of(desk, batch_id)
    finish(log, ids[0], State.ACCEPTED)
    finish(log, ids[1], State.UNKNOWN)
    for message_id in ids[2:6]:
        finish(log, message_id, State.FAILED, "1210")
    desk.batches.cancel(batch_id)
    opted_out = desk.history.get(ids[2])
    assert opted_out is not None
    desk.opt_outs.add(opted_out.to, sender="", why="they called", default_region=None)
    again = desk.history.send_again(ids[3])

    missed = desk.batches.missed(batch_id)
    assert (missed.opted_out, missed.sent_anew) == (1, 1)
    assert [message.id for message in missed.messages] == ids[4:]

    new_id = desk.batches.send_again(missed, name="Depot B (again)")
    new = desk.history.batch(new_id)
    assert [message.resend_of for message in new] == ids[4:]
    assert [message.to for message in new] == [message.to for message in missed.messages]
    assert {message.state for message in new} == {State.QUEUED}
    assert again.resend_of == ids[3]
    assert desk.batches.page()[0].name == "Depot B (again)"
    assert desk.batches.missed(batch_id).messages == (), "not a second time"


# Bars


def test_bars_hold_every_step_and_are_few() -> None:
    steps = [Step(second, State.DELIVERED, 3) for second in range(0, 3000, 7)]
    bars = make_bars(NOW, steps)

    assert len(bars.bars) <= MOST_BARS
    assert sum(sum(bar.values()) for bar in bars.bars) == 3 * len(steps)
    assert (bars.width, bars.has_late) == (timedelta(seconds=120), False)


def test_a_straggler_does_not_squeeze_the_others() -> None:
    steps = [Step(second, State.ACCEPTED, 10) for second in range(20)]
    bars = make_bars(NOW, [*steps, Step(200_000, State.FAILED, 1)])

    assert (len(bars.bars), bars.width, bars.has_late) == (20, timedelta(seconds=1), True)
    assert bars.bars[-1] == {Outcome.SENT: 10, Outcome.FAILED: 1}


@pytest.mark.parametrize("last", [0, 1, 59, 3600, 86_400 * 400])
def test_bars_of_any_length(last: int) -> None:
    bars = make_bars(NOW, [Step(0, State.ACCEPTED, 1), Step(last, State.ACCEPTED, 1)])

    assert 0 < len(bars.bars) <= MOST_BARS
    assert make_bars(NOW, []).bars == ()


# Two pairs of eyes


@pytest.fixture
def rule(desk: Desk) -> None:
    desk.batches.change_rule(5, old_pin="", new_pin="4711")


@pytest.mark.usefixtures("rule")
def test_a_large_batch_waits_for_a_second_person(desk: Desk, log: Log) -> None:
    small = desk.compose.send(
        Draft("ACME", "+447400123456\n+447400123457", "Hi"), undo=timedelta(seconds=10)
    )
    large = desk.compose.send(Draft("ACME", TEN, "Hi"), undo=timedelta(seconds=10))
    batch_id = large.batch_id or ""

    assert (small.needs_confirmation, large.needs_confirmation) == (False, True)
    assert small.undo_until is not None
    assert large.undo_until is None
    assert progress(desk, batch_id).phase is BatchPhase.UNCONFIRMED
    assert {one.held_reason for one in large.messages} == {HeldReason.CONFIRMATION}

    assert desk.batches.resume(batch_id) == 0
    with pytest.raises(PinError):
        desk.batches.confirm(batch_id, by=" ", pin="4711")
    with pytest.raises(PinError):
        desk.batches.confirm(batch_id, by="Kim", pin="0000")
    assert progress(desk, batch_id).phase is BatchPhase.UNCONFIRMED

    assert desk.batches.confirm(batch_id, by="Kim\n Li", pin="4711") == 10
    assert progress(desk, batch_id).batch.confirmed_by == "Kim Li"
    assert [(deed.what, deed.detail) for deed in desk.batches.deeds(batch_id)] == [
        ("batch_wrong_pin", ""),
        ("batch_confirmed", "Kim Li"),
    ]


@pytest.mark.usefixtures("rule")
def test_an_unconfirmed_batch_is_cancelled_without_a_pin(desk: Desk, log: Log) -> None:
    batch_id = send(desk)

    assert desk.batches.cancel(batch_id) == 10
    assert progress(desk, batch_id).phase is BatchPhase.DONE


@pytest.mark.usefixtures("rule")
def test_writing_again_to_many_waits_for_a_second_person_too(desk: Desk, log: Log) -> None:
    batch_id = send(desk)
    desk.batches.cancel(batch_id)
    new_id = desk.batches.send_again(desk.batches.missed(batch_id), name=None)

    assert progress(desk, new_id).phase is BatchPhase.UNCONFIRMED


def test_very_many_are_paused_and_counted(desk: Desk, log: Log) -> None:
    batch_id = ulids.make()
    log.log.add_batch(batch_id, [new_message() for _ in range(3500)], at=NOW)

    assert desk.batches.pause(batch_id) == 3500
    assert progress(desk, batch_id).counts == {State.HELD: 3500}
