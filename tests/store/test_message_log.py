"""Every step of a row, guarded by the state it must be in (delivery: I3, I4, I6)."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State, may_move
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store.database import Database
from smsdesk.store.errors import IllegalMoveError
from smsdesk.store.events import ReceiptBook
from smsdesk.store.message_log import AttemptResult, Settled
from smsdesk.store.suppression import SuppressionList
from tests.support import NOW, Log, minutes, new_message, receipt

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
LATE_MS = 30 * 60 * 1000


# Queueing


def test_a_batch_is_stored_in_its_order_and_told_of(log: Log) -> None:
    ids = log.queue(3)

    assert [message.id for message in log.log.next_queued(10, at=NOW)] == ids
    assert log.news == [frozenset(ids)]


def test_a_batch_is_stored_as_a_whole_or_not_at_all(log: Log) -> None:
    twin = new_message()
    with pytest.raises(sqlite3.IntegrityError):
        log.log.add_batch("B", [new_message(), twin, twin], at=NOW)

    assert not log.log.has_batch("B")
    assert log.log.next_queued(10, at=NOW) == []
    assert log.news == []


def test_a_stored_batch_is_found_on_a_fresh_connection(log: Log) -> None:
    batch_id = ulids.make()
    log.log.add_batch(batch_id, [new_message()], at=NOW)
    before = log.database.connection

    assert log.log.has_batch(batch_id)
    assert log.database.connection is not before


def test_what_has_expired_is_not_handed_out(log: Log) -> None:
    log.queue(expires_at=NOW)
    (later,) = log.queue(expires_at=NOW + minutes(1))

    assert [message.id for message in log.log.next_queued(10, at=NOW)] == [later]


# Claims


def test_a_claim_is_on_disk_when_it_is_returned(log: Log) -> None:
    (message_id,) = log.queue()
    claim = log.claim(message_id)
    log.database.close_thread()

    (attempt,) = log.view.attempts(message_id)
    assert log.state(message_id) is State.SENDING
    assert claim is not None
    assert (attempt.n, attempt.client_ref) == (1, claim.client_ref)
    assert (attempt.finished_at, attempt.outcome) == (None, None)


def test_a_message_is_claimed_once(log: Log) -> None:
    (message_id,) = log.queue()
    claim = log.make_claim(message_id)

    assert log.log.commit_step([], [claim], at=NOW) == [claim]
    assert log.log.commit_step([], [claim], at=NOW) == []
    assert len(log.view.attempts(message_id)) == 1


def test_a_claim_made_from_an_old_look_at_the_row_loses(log: Log) -> None:
    (message_id,) = log.queue()
    old = log.make_claim(message_id)
    claim = log.claim(message_id)
    assert claim is not None
    log.finish(claim, State.QUEUED)

    assert log.log.commit_step([], [old], at=NOW) == []
    assert log.state(message_id) is State.QUEUED


def test_a_claim_loses_against_cancel_hold_and_expiry(log: Log) -> None:
    cancelled, held, expiring, good = log.queue(4, expires_at=NOW + minutes(5))
    claims = [log.make_claim(one) for one in (cancelled, held, expiring, good)]
    log.log.cancel(cancelled, at=NOW)
    log.log.hold_queued(HeldReason.PAUSED, at=NOW)
    log.log.release([HeldReason.PAUSED], at=NOW)
    log.log.cancel(held, at=NOW)

    won = log.log.commit_step([], claims, at=NOW + minutes(4))
    assert [claim.id for claim in won] == [expiring, good]
    (late,) = log.queue(expires_at=NOW + minutes(5))
    assert log.claim(late, at=NOW + minutes(5)) is None


def test_one_lost_claim_does_not_hold_back_the_others(log: Log) -> None:
    first, second = log.queue(2)
    claims = [log.make_claim(first), log.make_claim(second)]
    log.log.cancel(first, at=NOW)

    assert [claim.id for claim in log.log.commit_step([], claims, at=NOW)] == [second]


def test_a_cancel_after_the_claim_is_too_late(log: Log) -> None:
    claim = log.sending()

    assert not log.log.cancel(claim.id, at=NOW)
    assert log.state(claim.id) is State.SENDING


# Results


@pytest.mark.parametrize("state", list(State))
def test_a_result_takes_only_the_steps_of_the_table(log: Log, state: State) -> None:
    claim = log.sending()
    fields: dict[str, Any] = {}
    if state is State.HELD:
        fields["held_reason"] = HeldReason.AUTH
    if state is State.ACCEPTED:
        fields["message_uuid"] = UUID
    if may_move(State.SENDING, state):
        log.finish(claim, state, **fields)
        assert log.state(claim.id) is state
    else:
        with pytest.raises(IllegalMoveError):
            log.finish(claim, state, **fields)
        assert log.state(claim.id) is State.SENDING


def test_accepted_without_an_id_is_refused(log: Log) -> None:
    claim = log.sending()

    with pytest.raises(sqlite3.IntegrityError):
        log.finish(claim, State.ACCEPTED)


def test_a_result_keeps_all_that_it_knows(log: Log) -> None:
    claim = log.sending()
    log.finish(
        claim,
        State.FAILED,
        outcome="refused",
        http_status=422,
        error_type="status_422",
        failure=FailureReason("invalid", "Invalid recipient", "to: Is not valid"),
    )

    message = log.view.get(claim.id)
    (attempt,) = log.view.attempts(claim.id)
    assert message is not None
    assert message.failure == FailureReason("invalid", "Invalid recipient", "to: Is not valid")
    assert (attempt.outcome, attempt.http_status) == ("refused", 422)
    assert (attempt.error_type, attempt.finished_at) == ("status_422", NOW)


def test_writing_a_result_twice_changes_nothing(log: Log) -> None:
    """A commit that reported an error may have happened; the sender then writes it again."""
    claim = log.sending()
    for _ in range(2):
        log.finish(claim, State.ACCEPTED, message_uuid=UUID)

    assert log.state(claim.id) is State.ACCEPTED
    assert len(log.view.attempts(claim.id)) == 1


def test_the_result_of_an_earlier_attempt_does_not_speak_for_a_later_one(log: Log) -> None:
    claim = log.unknown()
    log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=None)
    second = log.claim(claim.id)
    log.finish(claim, State.UNKNOWN, unknown_reason="aborted")

    assert second is not None
    assert log.state(claim.id) is State.SENDING
    log.finish(second, State.ACCEPTED, message_uuid=UUID)
    assert log.state(claim.id) is State.ACCEPTED


def test_a_late_yes_ends_the_doubt_of_its_own_attempt(log: Log) -> None:
    """The sender stumbled, called everything on the wire doubtful, and then heard a 202."""
    claim = log.sending()
    log.log.interrupt("crash", at=NOW, this_boot=True)
    log.finish(claim, State.ACCEPTED, message_uuid=UUID)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.message_uuid) == (State.ACCEPTED, UUID)


def test_a_late_no_does_not_end_doubt(log: Log) -> None:
    claim = log.sending()
    log.log.interrupt("crash", at=NOW, this_boot=True)
    log.finish(claim, State.QUEUED)

    assert log.state(claim.id) is State.UNKNOWN


def test_a_receipt_quicker_than_our_answer_stands(log: Log) -> None:
    claim = log.sending()
    book = ReceiptBook(log.database, log.news.append)
    book.record([receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW)
    log.finish(claim, State.ACCEPTED, message_uuid=UUID)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.message_uuid) == (State.DELIVERED, UUID)


def test_an_answer_without_an_id_does_not_forget_the_id_of_a_receipt(log: Log) -> None:
    claim = log.sending()
    book = ReceiptBook(log.database, log.news.append)
    book.record(
        [receipt(State.SUBMITTED, client_ref=claim.client_ref, message_uuid=UUID)], at=NOW
    )
    log.finish(claim, State.UNKNOWN, unknown_reason="closed")

    (attempt,) = log.view.attempts(claim.id)
    assert attempt.message_uuid == UUID
    assert log.state(claim.id) is State.SUBMITTED


def test_results_and_claims_of_a_step_stand_or_fall_together(log: Log) -> None:
    sent = log.sending()
    (waiting,) = log.queue()
    bad = AttemptResult(sent.seq, sent.id, sent.n, State.DELIVERED, "accepted")
    with pytest.raises(IllegalMoveError):
        log.log.commit_step([bad], [log.make_claim(waiting)], at=NOW)

    assert log.state(waiting) is State.QUEUED
    assert log.view.attempts(waiting) == []


# Hold and release


def test_what_is_held_says_why_and_comes_back(log: Log) -> None:
    first, second = log.queue(2)
    assert log.log.hold_queued(HeldReason.AUTH, at=NOW) == 2
    third, *_ = log.queue()
    log.log.hold_queued(HeldReason.DISK, at=NOW)

    assert log.log.release([HeldReason.AUTH, HeldReason.CONFIG], at=NOW) == 2
    assert [log.state(one) for one in (first, second, third)] == [
        State.QUEUED,
        State.QUEUED,
        State.HELD,
    ]
    held = log.view.get(third)
    assert held is not None
    assert held.held_reason is HeldReason.DISK


def test_a_hold_touches_only_what_is_queued(log: Log) -> None:
    sending, unknown = log.sending(), log.unknown()
    accepted = log.accepted(UUID)
    (scheduled,) = log.queue(state=State.SCHEDULED, due_at=NOW + minutes(60))

    assert log.log.hold_queued(HeldReason.PAUSED, at=NOW) == 0
    assert [log.state(one.id) for one in (sending, unknown, accepted)] == [
        State.SENDING,
        State.UNKNOWN,
        State.ACCEPTED,
    ]
    assert log.state(scheduled) is State.SCHEDULED


def test_all_that_waits_can_be_held_and_what_is_not_due_waits_on_afterwards(log: Log) -> None:
    (queued,) = log.queue()
    due = [log.queue(state=State.SCHEDULED, due_at=NOW + minutes(n))[0] for n in (1, 60)]

    assert log.log.hold_waiting(HeldReason.RESTORED_DB, at=NOW) == 3
    assert log.log.release([HeldReason.RESTORED_DB], at=NOW + minutes(2)) == 3
    assert [log.state(one) for one in (queued, *due)] == [
        State.QUEUED,
        State.QUEUED,
        State.SCHEDULED,
    ]


def test_one_batch_can_be_held_alone(log: Log) -> None:
    first = log.queue(2)
    second = log.queue(2)
    message = log.view.get(first[0])
    assert message is not None
    assert message.batch_id is not None

    assert log.log.hold_batch(message.batch_id, HeldReason.BATCH_SUSPICIOUS, at=NOW) == 2
    assert {log.state(one) for one in first} == {State.HELD}
    assert {log.state(one) for one in second} == {State.QUEUED}


def test_nothing_moved_is_no_news(log: Log) -> None:
    assert log.log.hold_queued(HeldReason.AUTH, at=NOW) == 0
    assert log.log.release(list(HeldReason), at=NOW) == 0
    assert log.log.expire(at=NOW) == 0
    assert log.news == []


# Time


@pytest.mark.case("F61")
def test_scheduled_messages_become_due_in_time_and_stale_far_too_late(log: Log) -> None:
    due = [NOW - minutes(31), NOW - minutes(30), NOW, NOW + minutes(1)]
    ids = [log.queue(state=State.SCHEDULED, due_at=moment)[0] for moment in due]

    assert log.log.promote_due(at=NOW, late_after_ms=LATE_MS) == 3
    assert [log.state(one) for one in ids] == [
        State.HELD,
        State.QUEUED,
        State.QUEUED,
        State.SCHEDULED,
    ]
    stale = log.view.get(ids[0])
    assert stale is not None
    assert stale.held_reason is HeldReason.STALE


def test_what_waited_too_long_fails_whether_queued_or_held(log: Log) -> None:
    queued, held = log.queue(2, expires_at=NOW)
    log.log.hold_queued(HeldReason.PAUSED, at=NOW)
    log.log.release([HeldReason.PAUSED], at=NOW)
    sending = log.sending(at=NOW - minutes(1), expires_at=NOW)
    (later,) = log.queue(expires_at=NOW + timedelta(milliseconds=1))

    assert log.log.expire(at=NOW) == 2
    assert log.news[-1] == frozenset({queued, held})
    assert {log.state(queued), log.state(held)} == {State.FAILED}
    assert log.state(sending.id) is State.SENDING
    assert log.state(later) is State.QUEUED
    message = log.view.get(queued)
    assert message is not None
    assert message.failure is not None
    assert message.failure.code == "expired"


# Interruption


def test_only_attempts_of_other_runs_are_called_interrupted(database: Database) -> None:
    earlier, now = Log(database, boot_id="earlier"), Log(database, boot_id="now")
    theirs, ours = earlier.sending(), now.sending()

    assert now.log.interrupt("crash", at=NOW, this_boot=False) == [theirs.id]
    assert now.state(theirs.id) is State.UNKNOWN
    assert now.state(ours.id) is State.SENDING
    (attempt,) = now.view.attempts(theirs.id)
    assert attempt.outcome == "interrupted"


def test_an_interruption_twice_is_one(log: Log) -> None:
    claim = log.sending()

    assert log.log.interrupt("crash", at=NOW, this_boot=True) == [claim.id]
    assert log.log.interrupt("crash", at=NOW, this_boot=True) == []


def test_what_a_receipt_already_settled_is_not_called_doubtful(log: Log) -> None:
    claim = log.sending()
    ReceiptBook(log.database, log.news.append).record(
        [receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW
    )

    assert log.log.interrupt("crash", at=NOW, this_boot=True) == []
    assert log.state(claim.id) is State.DELIVERED


# What a person decides


def states_before_any_attempt(log: Log) -> list[str]:
    (held,) = log.queue()
    log.log.hold_queued(HeldReason.PAUSED, at=NOW)
    (scheduled,) = log.queue(state=State.SCHEDULED, due_at=NOW + minutes(60))
    (queued,) = log.queue()
    return [held, scheduled, queued]


def test_what_waits_can_be_cancelled_once(log: Log) -> None:
    for message_id in states_before_any_attempt(log):
        assert log.log.cancel(message_id, at=NOW)
        assert not log.log.cancel(message_id, at=NOW)
        assert log.state(message_id) is State.CANCELLED


def test_only_doubt_can_be_settled(log: Log) -> None:
    certain = [*states_before_any_attempt(log), log.accepted(UUID).id, log.sending().id]
    before = [log.state(one) for one in certain]

    for message_id in (*certain, "no such id"):
        with pytest.raises(IllegalMoveError):
            log.log.treat_as_sent(message_id, at=NOW)
        with pytest.raises(IllegalMoveError):
            log.log.send_again_after_doubt(message_id, at=NOW, expires_at=None)
    assert [log.state(one) for one in certain] == before


def test_doubt_settled_as_sent_is_never_sent_again(log: Log) -> None:
    claim = log.unknown()
    log.log.treat_as_sent(claim.id, at=NOW)

    assert log.state(claim.id) is State.ACCEPTED
    assert log.log.next_queued(10, at=NOW) == []
    assert log.view.events(claim.id)[-1].status == "treated_as_sent"


def test_sending_again_after_doubt_is_another_attempt_with_another_reference(log: Log) -> None:
    claim = log.unknown(expires_at=NOW + minutes(1))
    late = NOW + minutes(60)
    log.log.send_again_after_doubt(claim.id, at=late, expires_at=late + minutes(60))
    second = log.claim(claim.id, at=late)

    assert second is not None
    assert second.n == 2
    assert second.client_ref != claim.client_ref
    assert "sent_again" in [event.status for event in log.view.events(claim.id)]


def test_a_look_that_changes_nothing_is_noted(log: Log) -> None:
    claim = log.unknown()
    log.log.leave(claim.id, at=NOW)

    assert log.state(claim.id) is State.UNKNOWN
    assert log.view.events(claim.id)[-1].status == "left_as_unknown"


def test_what_is_left_of_a_send_is_stopped_and_the_rest_is_too_late(log: Log) -> None:
    gone, queued, scheduled = log.queue(3)
    other = log.queue()
    log.claim(gone)
    batch = log.view.get(gone)
    assert batch is not None
    assert batch.batch_id is not None
    log.news.clear()

    stopped = log.log.cancel_batch(batch.batch_id, at=NOW)

    assert sorted(stopped) == sorted([queued, scheduled])
    assert log.news == [frozenset(stopped)]
    assert log.state(gone) is State.SENDING
    assert log.state(queued) is State.CANCELLED
    assert log.state(other[0]) is State.QUEUED
    assert [event.status for event in log.view.events(queued)] == ["queued", "cancelled"]
    assert log.log.cancel_batch(batch.batch_id, at=NOW) == []


def test_the_next_time_of_what_is_scheduled_is_known(log: Log) -> None:
    assert log.log.next_due() is None
    for wait in (60, 5, 30):
        log.queue(state=State.SCHEDULED, due_at=NOW + minutes(wait))
    log.queue()

    assert log.log.next_due() == NOW + minutes(5)


# Settling many doubts at once


def seqs_in_doubt(log: Log) -> list[int]:
    return log.view.seqs_in(State.UNKNOWN)


def test_many_doubts_are_settled_in_one_commit_each_with_its_note(log: Log) -> None:
    ids = [log.unknown().id for _ in range(3)]
    seqs = seqs_in_doubt(log)
    log.news.clear()

    assert log.log.treat_many_as_sent(seqs[:2], at=NOW) == Settled(2, 0)

    assert [log.state(one) for one in ids] == [State.ACCEPTED, State.ACCEPTED, State.UNKNOWN]
    assert log.news == [frozenset(ids[:2])]
    assert [log.view.events(one)[-1].status for one in ids[:2]] == ["treated_as_sent"] * 2


def test_many_that_are_sent_again_get_new_time(log: Log) -> None:
    ids = [log.unknown(expires_at=NOW + minutes(1)).id for _ in range(2)]

    log.log.send_many_again_after_doubt(
        seqs_in_doubt(log), at=NOW + minutes(5), expires_at=NOW + minutes(90)
    )

    found = [log.view.get(one) for one in ids]
    assert [one.state for one in found if one] == [State.QUEUED] * 2
    assert [one.expires_at for one in found if one] == [NOW + minutes(90)] * 2


def test_what_a_receipt_settled_meanwhile_is_passed_over(log: Log) -> None:
    settled, doubtful = log.unknown(), log.unknown()
    seqs = seqs_in_doubt(log)
    ReceiptBook(log.database, log.news.append).record(
        [receipt(State.DELIVERED, message_uuid=UUID, client_ref=settled.client_ref)], at=NOW
    )

    assert log.log.send_many_again_after_doubt(seqs, at=NOW, expires_at=None) == Settled(1, 0)
    assert log.state(settled.id) is State.DELIVERED
    assert log.state(doubtful.id) is State.QUEUED


def test_who_opted_out_meanwhile_is_left_in_doubt_and_not_sent_to(log: Log) -> None:
    left, again = log.unknown(to="+447700900777"), log.unknown()
    entry = Suppression("+447700900777", ALL_SENDERS, NOW, SuppressionReason.PERSON)
    SuppressionList(log.database, log.news.append, lambda: None).add([entry], at=NOW)

    settled = log.log.send_many_again_after_doubt(seqs_in_doubt(log), at=NOW, expires_at=None)

    assert settled == Settled(1, 1)
    assert (log.state(left.id), log.state(again.id)) == (State.UNKNOWN, State.QUEUED)
    assert log.log.treat_many_as_sent([left.seq], at=NOW) == Settled(1, 0)


def test_many_are_settled_all_or_none(log: Log) -> None:
    ids = [log.unknown().id for _ in range(3)]
    log.database.connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON audit WHEN (SELECT count(*) FROM audit) = 2 "
        "BEGIN SELECT RAISE(ABORT, 'full'); END"
    )

    with pytest.raises(sqlite3.IntegrityError):
        log.log.treat_many_as_sent(seqs_in_doubt(log), at=NOW)

    assert {log.state(one) for one in ids} == {State.UNKNOWN}
