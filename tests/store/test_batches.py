"""Batches in the log: decided in one commit, followed in many, and never against the sender."""

from datetime import timedelta
from typing import Any

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State
from smsdesk.store import batches as batches_file
from smsdesk.store.batches import Batch, BatchLog, settle_batches
from smsdesk.store.database import Database
from smsdesk.store.events import ReceiptBook
from tests.support import NOW, Log, minutes, new_message, receipt


@pytest.fixture
def batches(database: Database, log: Log) -> BatchLog:
    return BatchLog(database, log.news.append)


def add(log: Log, count: int = 3, **fields: object) -> tuple[str, list[str]]:
    """A batch of so many; its id and theirs."""
    batch_id = ulids.make()
    messages = [new_message(to=f"+4477009{n:05}") for n in range(count)]
    log.log.add_batch(batch_id, messages, at=NOW, **fields)  # type: ignore[arg-type]
    return batch_id, [message.id for message in messages]


def get(batches: BatchLog, batch_id: str) -> Batch:
    found = batches.get(batch_id)
    assert found is not None
    return found


def states(log: Log, ids: list[str]) -> list[tuple[State, HeldReason | None]]:
    return [(one.state, one.held_reason) for one in log.view.get_many(ids)]


def claimable(log: Log) -> list[str]:
    return [message.id for message in log.log.next_queued(100, at=NOW)]


PAUSED = (State.HELD, HeldReason.BATCH_PAUSED)
UNCONFIRMED = (State.HELD, HeldReason.CONFIRMATION)


# Looking


def test_only_sends_to_several_people_are_listed_newest_first_and_by_pages(
    log: Log, batches: BatchLog
) -> None:
    log.queue(1)
    made = []
    for minute in range(5):
        batch_id = ulids.make()
        at = NOW + minutes(minute // 2)  # some in the same millisecond
        log.log.add_batch(batch_id, [new_message(), new_message()], at=at, name=f"no. {minute}")
        made.append(batch_id)

    first = batches.page(limit=2)
    second = batches.page(before=first[-1], limit=2)
    third = batches.page(before=second[-1], limit=2)

    assert [batch.id for batch in (*first, *second, *third)] == made[::-1]
    assert (first[0].name, first[0].size, first[0].text) == ("no. 4", 2, "The van is here.")


def test_what_is_current_is_what_is_new_or_still_waits(log: Log, batches: BatchLog) -> None:
    waits, _ids = add(log)
    ended, ids = add(log)
    for message_id in ids:
        log.log.cancel(message_id, at=NOW)

    new = batches.current(since=NOW, limit=5)
    old = batches.current(since=NOW + timedelta(days=2), limit=5)

    assert {batch.id for batch in new} == {waits, ended}
    assert [batch.id for batch in old] == [waits]


def test_a_batch_is_counted_by_state_and_reason(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log, 5)
    log.queue(4)
    for message_id, code in zip(ids, ("1210", "1210", None), strict=False):
        claim = log.claim(message_id)
        assert claim is not None
        if code is None:
            log.finish(claim, State.ACCEPTED, message_uuid="u")
        else:
            log.finish(claim, State.FAILED, failure=FailureReason(code, "Anti-spam", ""))

    found = {(one.state, one.failure_code): one.count for one in batches.tally(batch_id)}

    assert found == {
        (State.FAILED, "1210"): 2,
        (State.ACCEPTED, None): 1,
        (State.QUEUED, None): 2,
    }


def test_the_steps_tell_the_second_of_each_outcome(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log, 3)
    for place, message_id in enumerate(ids[:2]):
        claim = log.claim(message_id, at=NOW + timedelta(seconds=3))
        assert claim is not None
        log.finish(
            claim, State.ACCEPTED, message_uuid=f"u{place}", at=NOW + timedelta(seconds=7)
        )

    (step,) = batches.steps(get(batches, batch_id))

    assert (step.second, step.state, step.count) == (7, State.ACCEPTED, 2)


# Pausing


def test_a_paused_batch_is_on_hold_and_the_others_go_on(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log)
    others = log.queue(2)

    assert batches.pause(batch_id, at=NOW) == 3
    assert states(log, ids) == [PAUSED] * 3
    assert claimable(log) == others
    assert get(batches, batch_id).paused_at == NOW


def test_nothing_of_a_batch_is_claimed_from_the_moment_it_is_paused(
    log: Log, batches: BatchLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, ids = add(log)
    claim = log.make_claim(ids[0])  # fetched a moment before

    def die(*_arguments: object, **_more: object) -> int:
        raise SystemExit

    monkeypatch.setattr(BatchLog, "_follow", die)
    with pytest.raises(SystemExit):
        batches.pause(batch_id, at=NOW)

    assert {state for state, _reason in states(log, ids)} == {State.QUEUED}
    assert claimable(log) == []
    assert log.log.commit_step([], [claim], at=NOW) == []


def test_a_pause_that_was_broken_off_is_finished_at_the_next_start(
    log: Log, batches: BatchLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, ids = add(log)
    with monkeypatch.context() as patch:
        patch.setattr(BatchLog, "_follow", lambda *_a, **_k: 0)
        batches.pause(batch_id, at=NOW)
    settle_batches(log.database, at=NOW)
    assert states(log, ids) == [PAUSED] * 3

    with monkeypatch.context() as patch:
        patch.setattr(BatchLog, "_follow", lambda *_a, **_k: 0)
        batches.resume(batch_id, at=NOW)
    settle_batches(log.database, at=NOW)
    assert claimable(log) == ids

    with monkeypatch.context() as patch:
        patch.setattr(BatchLog, "_follow", lambda *_a, **_k: 0)
        batches.cancel(batch_id, at=NOW)
    settle_batches(log.database, at=NOW)
    assert states(log, ids) == [(State.CANCELLED, None)] * 3


def test_many_rows_follow_in_several_commits_and_are_counted_once(
    log: Log, batches: BatchLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches_file, "AT_ONCE", 4)
    batch_id, ids = add(log, 11)

    assert batches.pause(batch_id, at=NOW) == 11
    assert states(log, ids) == [PAUSED] * 11
    (deed,) = batches.deeds(batch_id)
    assert (deed.what, deed.count, deed.who) == ("batch_paused", 11, "person")


def test_resuming_queues_again_and_keeps_a_time_that_is_to_come(
    log: Log, batches: BatchLog
) -> None:
    batch_id = ulids.make()
    due = NOW + minutes(60)
    later = new_message(state=State.SCHEDULED, due_at=due)
    now = new_message()
    log.log.add_batch(batch_id, [later, now], at=NOW)
    batches.pause(batch_id, at=NOW)

    assert batches.resume(batch_id, at=NOW) == 2
    assert (log.state(later.id), log.state(now.id)) == (State.SCHEDULED, State.QUEUED)
    assert get(batches, batch_id).paused_at is None
    assert [deed.what for deed in batches.deeds(batch_id)] == ["batch_paused", "batch_resumed"]


def test_what_comes_back_unsent_to_a_paused_batch_is_on_hold(
    log: Log, batches: BatchLog
) -> None:
    batch_id, ids = add(log, 2)
    claim = log.claim(ids[0])
    assert claim is not None
    batches.pause(batch_id, at=NOW)
    log.finish(claim, State.QUEUED)

    assert states(log, ids) == [PAUSED] * 2


def test_a_release_of_everything_leaves_a_paused_batch_on_hold(
    log: Log, batches: BatchLog
) -> None:
    batch_id, ids = add(log)
    (other,) = log.queue()
    log.log.hold_queued(HeldReason.PAUSED, at=NOW)
    batches.pause(batch_id, at=NOW)
    log.log.release((HeldReason.PAUSED,), at=NOW)

    assert states(log, ids) == [PAUSED] * 3
    assert claimable(log) == [other]


def test_pausing_twice_is_one_deed(log: Log, batches: BatchLog) -> None:
    batch_id, _ids = add(log)
    batches.pause(batch_id, at=NOW)

    assert batches.pause(batch_id, at=NOW) == 0
    assert len(batches.deeds(batch_id)) == 1


# Cancelling


def test_cancelling_stops_what_has_not_left_with_one_line_in_the_audit_trail(
    log: Log, batches: BatchLog
) -> None:
    batch_id, ids = add(log, 4)
    sending = log.claim(ids[0])
    assert sending is not None

    assert batches.cancel(batch_id, at=NOW) == 3
    assert states(log, ids[1:]) == [(State.CANCELLED, None)] * 3
    assert log.state(ids[0]) is State.SENDING
    assert [(deed.what, deed.count) for deed in batches.deeds(batch_id)] == [
        ("batch_cancelled", 3)
    ]


def test_the_sender_and_cancelling_never_both_win(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log, 2)
    late = log.make_claim(ids[1])
    won = log.claim(ids[0])
    batches.cancel(batch_id, at=NOW)

    assert won is not None
    assert log.log.commit_step([], [late], at=NOW) == []
    log.finish(won, State.ACCEPTED, message_uuid="u")
    assert (log.state(ids[0]), log.state(ids[1])) == (State.ACCEPTED, State.CANCELLED)


def test_what_comes_back_unsent_to_a_cancelled_batch_is_cancelled(
    log: Log, batches: BatchLog
) -> None:
    batch_id, ids = add(log, 2)
    claim = log.claim(ids[0])
    assert claim is not None
    batches.cancel(batch_id, at=NOW)
    log.finish(claim, State.QUEUED)

    assert states(log, ids) == [(State.CANCELLED, None)] * 2


# Two pairs of eyes


def test_what_needs_a_confirmation_waits_for_it_whatever_is_released(
    log: Log, batches: BatchLog
) -> None:
    batch_id, ids = add(log, needs_confirmation=True)
    log.log.release((HeldReason.PAUSED, HeldReason.CONFIRMATION), at=NOW)
    batches.resume(batch_id, at=NOW)

    assert states(log, ids) == [UNCONFIRMED] * 3
    assert get(batches, batch_id).is_unconfirmed

    assert batches.confirm(batch_id, by="Kim Li", at=NOW) == 3
    assert claimable(log) == ids
    assert get(batches, batch_id).confirmed_by == "Kim Li"
    (deed,) = batches.deeds(batch_id)
    assert (deed.what, deed.count, deed.detail) == ("batch_confirmed", 3, "Kim Li")


def test_what_was_cancelled_unconfirmed_stays_so(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log, needs_confirmation=True)
    batches.cancel(batch_id, at=NOW)

    assert batches.confirm(batch_id, by="Kim", at=NOW) == 0
    assert states(log, ids) == [(State.CANCELLED, None)] * 3


def test_a_doubtful_database_holds_what_its_batches_hold(log: Log, batches: BatchLog) -> None:
    batch_id, ids = add(log)
    batches.pause(batch_id, at=NOW)
    log.log.hold_waiting(HeldReason.RESTORED_DB, at=NOW)
    assert states(log, ids) == [(State.HELD, HeldReason.RESTORED_DB)] * 3

    log.log.release((HeldReason.RESTORED_DB,), at=NOW)
    assert states(log, ids) == [PAUSED] * 3


# Who did not get it


def surely_not(batches: BatchLog, batch_id: str) -> list[str]:
    return [one.id for page in batches.surely_not_received(batch_id, size=2) for one in page]


def test_only_what_surely_did_not_arrive_counts_as_not_received(
    log: Log, batches: BatchLog, database: Database
) -> None:
    batch_id, ids = add(log, 9)
    failed, accepted, unknown, doubted, cancelled, gone, delivered, given_up, waiting = ids
    book = ReceiptBook(database, log.news.append, on_list=lambda: None)

    def send(message_id: str, state: State, **fields: Any) -> None:
        claim = log.claim(message_id)
        assert claim is not None
        log.finish(claim, state, **fields)

    send(failed, State.FAILED, failure=FailureReason("1210", "", ""))
    send(accepted, State.ACCEPTED, message_uuid="u-accepted")
    send(unknown, State.UNKNOWN, unknown_reason="closed")
    send(doubted, State.UNKNOWN, unknown_reason="closed")
    log.log.send_again_after_doubt(doubted, at=NOW, expires_at=None)
    send(doubted, State.FAILED, failure=FailureReason("1210", "", ""))
    log.log.cancel(cancelled, at=NOW)
    send(gone, State.ACCEPTED, message_uuid="u-gone")
    send(delivered, State.ACCEPTED, message_uuid="u-delivered")
    send(given_up, State.UNKNOWN, unknown_reason="closed")
    refs = log.view.client_refs([m.seq for m in log.view.get_many([given_up])])
    (given_up_ref,) = next(iter(refs.values()))
    for said in (
        receipt(State.UNDELIVERABLE, message_uuid="u-gone"),
        receipt(State.DELIVERED, message_uuid="u-delivered"),
        receipt(State.UNDELIVERABLE, message_uuid="u-late", client_ref=given_up_ref),
    ):
        book.record([said], at=NOW)

    assert log.state(given_up) is State.UNDELIVERABLE
    assert log.state(waiting) is State.QUEUED
    assert surely_not(batches, batch_id) == [failed, cancelled, gone, given_up]


def test_what_a_later_message_took_the_place_of_is_known(log: Log, batches: BatchLog) -> None:
    _batch, ids = add(log, 2)
    log.queue(resend_of=ids[0])
    (again,) = log.queue(resend_of=ids[1])
    log.log.cancel(again, at=NOW)

    assert batches.sent_anew(0) == {ids[0]}
