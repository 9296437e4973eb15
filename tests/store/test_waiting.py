"""Rows that wait for a time, or for quiet hours to end."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.waiting import PlannedTime, WaitingRoom
from tests.support import NOW, Log, minutes

NINE = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001
LONDON = PlannedTime(NINE, "Europe/London", NOW + minutes(60))


@pytest.fixture
def room(database: Database, log: Log) -> WaitingRoom:
    return WaitingRoom(database, log.news.append)


def schedule(log: Log, **fields: object) -> str:
    planned: dict[str, Any] = {
        "state": State.SCHEDULED,
        "due_at": LONDON.due_at,
        "due_local": LONDON.local,
        "due_zone": LONDON.zone,
        "expires_at": NOW + minutes(120),
        **fields,
    }
    return log.queue(**planned)[0]


def seq(log: Log, message_id: str) -> int:
    message = log.view.get(message_id)
    assert message is not None
    return message.seq


def test_a_plan_comes_back_as_it_was_stored(log: Log, room: WaitingRoom) -> None:
    message = log.view.get(schedule(log))

    assert message is not None
    assert (message.due_local, message.due_zone) == (NINE, "Europe/London")
    assert room.planned() == [LONDON]


def test_a_short_wait_that_somebody_chose_is_no_moment_to_take_back(log: Log) -> None:
    chosen = log.view.get(schedule(log, due_at=NOW + minutes(0.5)))
    undo = log.view.get(log.queue(state=State.SCHEDULED, due_at=NOW + minutes(0.5))[0])

    assert chosen is not None
    assert undo is not None
    assert (chosen.is_about_to_leave, undo.is_about_to_leave) == (False, True)


def test_the_delay_after_send_is_never_reckoned_anew(log: Log, room: WaitingRoom) -> None:
    log.queue(state=State.SCHEDULED, due_at=NOW + minutes(0.1))

    assert room.planned() == []


def test_new_rules_move_the_moment_and_its_limit_and_nothing_else(
    log: Log, room: WaitingRoom
) -> None:
    moved, other = schedule(log), schedule(log, due_zone="Asia/Kolkata")
    cancelled = schedule(log)
    log.log.cancel(cancelled, at=NOW)

    assert room.move(LONDON, NOW, at=NOW) == 1

    message, rest = log.view.get(moved), log.view.get(other)
    assert message is not None
    assert rest is not None
    assert (message.due_at, message.expires_at) == (NOW, NOW + minutes(60))
    assert rest.due_at == LONDON.due_at


def test_another_time_may_be_chosen_while_it_waits(log: Log, room: WaitingRoom) -> None:
    message_id = schedule(log)
    later = PlannedTime(NINE, "local", NOW + minutes(300))

    assert room.reschedule(message_id, later, expires_at=NOW + minutes(900), at=NOW)

    message = log.view.get(message_id)
    assert message is not None
    assert (message.due_at, message.due_zone) == (NOW + minutes(300), "local")
    assert "rescheduled" in [event.status for event in log.view.events(message_id)]


def test_a_missed_time_may_be_chosen_anew_and_what_is_on_its_way_may_not(
    log: Log, room: WaitingRoom
) -> None:
    stale = schedule(log)
    log.log.promote_due(at=NOW + minutes(100), late_after_ms=30 * 60_000)
    sending = log.sending()
    later = PlannedTime(NINE, "local", NOW + minutes(300))

    assert room.reschedule(stale, later, expires_at=NOW + minutes(900), at=NOW)
    assert not room.reschedule(sending.id, later, expires_at=NOW + minutes(900), at=NOW)
    assert log.state(stale) is State.SCHEDULED
    assert log.state(sending.id) is State.SENDING


def test_what_is_held_back_leaves_by_itself_and_its_limit_moves_along(
    log: Log, room: WaitingRoom
) -> None:
    (message_id,) = log.queue(expires_at=NOW + minutes(60))
    assert room.hold_back([(seq(log, message_id), NOW + minutes(480))], at=NOW) == 1

    message = log.view.get(message_id)
    assert message is not None
    assert (message.state, message.held_reason) == (State.HELD, HeldReason.QUIET_HOURS)
    assert (message.due_at, message.expires_at) == (NOW + minutes(480), NOW + minutes(540))
    assert room.next_end() == NOW + minutes(480)
    assert room.release_ended(at=NOW + minutes(479)) == 0
    assert room.release_ended(at=NOW + minutes(480)) == 1
    assert log.state(message_id) is State.QUEUED


def test_what_is_cut_short_keeps_its_old_limit(log: Log, room: WaitingRoom) -> None:
    cuts: list[Callable[[], int]] = [
        lambda: room.release_all(at=NOW),
        lambda: log.log.release([HeldReason.QUIET_HOURS], at=NOW),
    ]
    for cut in cuts:
        (message_id,) = log.queue(expires_at=NOW + minutes(60))
        room.hold_back([(seq(log, message_id), NOW + minutes(480))], at=NOW)
        cut()
        message = log.view.get(message_id)
        assert message is not None
        assert (message.state, message.expires_at) == (State.QUEUED, NOW + minutes(60))


def test_holding_back_is_no_scheduling_in_the_story_and_is_told_once(
    log: Log, room: WaitingRoom
) -> None:
    (message_id,) = log.queue()
    for _night in range(2):
        room.hold_back([(seq(log, message_id), NOW + minutes(480))], at=NOW)
        room.release_all(at=NOW)

    story = [event.status for event in log.view.events(message_id)]
    assert story == ["queued", "held_back"]


def test_only_queued_rows_are_held_back(log: Log, room: WaitingRoom) -> None:
    claim = log.sending()

    assert room.hold_back([(claim.seq, NOW + minutes(480))], at=NOW) == 0
    assert log.state(claim.id) is State.SENDING


def test_a_person_lets_one_or_all_of_a_send_through(log: Log, room: WaitingRoom) -> None:
    ids = log.queue(3)
    seqs = [seq(log, message_id) for message_id in ids]
    room.hold_back([(one, NOW + minutes(480)) for one in seqs], at=NOW)
    first = log.view.get(ids[0])
    assert first is not None
    assert first.batch_id is not None
    assert room.count_held_back(first.batch_id) == 3

    assert room.let_through(ids[0], at=NOW)
    assert not room.let_through(ids[0], at=NOW)
    assert room.may_pass(seqs) == {seqs[0]}
    assert room.let_batch_through(first.batch_id, at=NOW) == 2
    assert room.may_pass(seqs) == set(seqs)
    assert [log.state(message_id) for message_id in ids] == [State.QUEUED] * 3


def test_a_send_may_be_let_through_from_the_start(log: Log, room: WaitingRoom) -> None:
    (message_id,) = log.queue(is_let_through=True)

    assert room.may_pass([seq(log, message_id)]) == {seq(log, message_id)}


def test_a_paused_batch_stays_on_hold_when_the_night_is_over(
    log: Log, room: WaitingRoom
) -> None:
    (message_id,) = log.queue()
    room.hold_back([(seq(log, message_id), NOW + minutes(480))], at=NOW)
    log.database.connection.execute("UPDATE batch SET paused_ms = 1")

    room.release_ended(at=NOW + minutes(480))

    message = log.view.get(message_id)
    assert message is not None
    assert message.held_reason is HeldReason.BATCH_PAUSED


def test_what_a_person_must_look_at_gets_no_other_time(log: Log, room: WaitingRoom) -> None:
    message_id = schedule(log)
    log.log.hold_waiting(HeldReason.RESTORED_DB, at=NOW)
    later = PlannedTime(NINE, "local", NOW + minutes(300))

    assert not room.reschedule(message_id, later, expires_at=NOW + minutes(900), at=NOW)
    assert log.state(message_id) is State.HELD
