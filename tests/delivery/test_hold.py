"""Why nothing is sent at all: one reason at a time, and a person's pause before all."""

import pytest

from smsdesk.delivery.hold import Hold
from smsdesk.sms.state import OF_THE_BATCH, HeldReason, State
from smsdesk.store.errors import DiskFullError
from smsdesk.store.meta import Meta
from tests.support import NOW, Log


@pytest.fixture
def hold(log: Log) -> Hold:
    return Hold(log.log, Meta(log.database))


def again(log: Log) -> Hold:
    """What the next start takes up."""
    hold = Hold(log.log, Meta(log.database))
    hold.load()
    return hold


def test_at_first_nothing_is_held(log: Log, hold: Hold) -> None:
    hold.load()
    log.queue()
    hold.keep(at=NOW)

    assert (hold.reason, hold.cause) == (None, "")
    assert len(log.log.next_queued(10, at=NOW)) == 1


def test_the_first_reason_stays(hold: Hold) -> None:
    hold.put(HeldReason.AUTH, "status_401")
    hold.put(HeldReason.DISK, "disk_full")

    assert (hold.reason, hold.cause) == (HeldReason.AUTH, "status_401")


def test_what_gets_queued_meanwhile_is_held_with_the_reason(log: Log, hold: Hold) -> None:
    (first,) = log.queue()
    hold.put(HeldReason.AUTH, "status_401")
    hold.keep(at=NOW)
    (second,) = log.queue()
    hold.keep(at=NOW)

    for message in log.view.get_many([first, second]):
        assert (message.state, message.held_reason) == (State.HELD, HeldReason.AUTH)


def test_a_pause_survives_a_restart_until_a_person_resumes(log: Log, hold: Hold) -> None:
    hold.pause()
    assert again(log).reason is HeldReason.PAUSED
    hold.resume(at=NOW)

    assert again(log).reason is None
    assert hold.reason is None


@pytest.mark.parametrize("reason", [HeldReason.DISK, HeldReason.CONFIG, HeldReason.CRASHED])
def test_nothing_displaces_a_pause(hold: Hold, reason: HeldReason) -> None:
    hold.pause()
    hold.replace(reason, "any")
    hold.put(reason, "any")

    assert hold.reason is HeldReason.PAUSED
    assert not hold.clear((reason,), at=NOW)
    assert hold.reason is HeldReason.PAUSED


def test_a_pause_holds_at_once_although_it_cannot_be_written(
    log: Log, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(Meta, "set", fail)
    with pytest.raises(DiskFullError):
        hold.pause()

    assert hold.reason is HeldReason.PAUSED


def test_a_resume_that_cannot_be_written_leaves_it_held(
    log: Log, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold.put(HeldReason.AUTH, "status_401")

    def fail(*_args: object, **_more: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(log.log, "release", fail)
    with pytest.raises(DiskFullError):
        hold.resume(at=NOW)

    assert hold.reason is HeldReason.AUTH


def test_a_condition_that_is_over_releases_what_it_held(log: Log, hold: Hold) -> None:
    (message_id,) = log.queue()
    hold.put(HeldReason.BALANCE, "low_balance")
    hold.keep(at=NOW)

    assert not hold.clear((HeldReason.DISK,), at=NOW)
    assert log.state(message_id) is State.HELD
    assert hold.clear((HeldReason.BALANCE,), at=NOW)
    assert log.state(message_id) is State.QUEUED
    assert (hold.reason, hold.cause) == (None, "")


def test_a_graver_reason_replaces(hold: Hold) -> None:
    hold.put(HeldReason.AUTH, "status_401")
    hold.replace(HeldReason.CRASHED, "crashed")

    assert hold.reason is HeldReason.CRASHED


@pytest.mark.parametrize("reason", sorted(OF_THE_BATCH))
def test_resuming_leaves_alone_what_waits_for_an_act_on_its_batch(
    log: Log, hold: Hold, reason: HeldReason
) -> None:
    (message_id,) = log.queue()
    log.log.hold_queued(reason, at=NOW)
    hold.resume(at=NOW)

    assert log.state(message_id) is State.HELD


@pytest.mark.parametrize("reason", sorted(set(HeldReason) - OF_THE_BATCH))
def test_a_person_releases_whatever_was_held(log: Log, hold: Hold, reason: HeldReason) -> None:
    (message_id,) = log.queue()
    log.log.hold_queued(reason, at=NOW)
    hold.resume(at=NOW)

    assert log.state(message_id) is State.QUEUED
