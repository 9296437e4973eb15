"""Receipts end up on their message, once, whatever their order or number (2.8, I5)."""

import os
import shutil
import signal
import sqlite3
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from smsdesk.sms.failure import FailureReason
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import RANK, REPORTED, HeldReason, State
from smsdesk.store import events
from smsdesk.store.database import Database
from smsdesk.store.events import ReceiptBook
from smsdesk.store.message_log import Claim
from tests.support import NOW, Log, minutes, receipt

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
OTHER_UUID = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.fixture
def book(log: Log) -> ReceiptBook:
    return ReceiptBook(log.database, log.news.append)


def count(database: Database, where: str = "1") -> int:
    found = database.connection.execute(f"SELECT count(*) FROM event WHERE {where}")
    return int(found.fetchone()[0])


def story(claim: Claim) -> list[DeliveryReceipt]:
    """Four receipts of one message, the first of which is told twice."""
    submitted = receipt(
        State.SUBMITTED,
        client_ref=claim.client_ref,
        message_uuid=UUID,
        provider_time=NOW + timedelta(seconds=1),
        price="0.0333",
        currency="EUR",
    )
    return [
        submitted,
        submitted,
        receipt(
            State.REJECTED,
            message_uuid=UUID,
            client_ref=claim.client_ref,
            provider_time=NOW + timedelta(seconds=2),
            failure=FailureReason("1260", "1260", ""),
        ),
        receipt(
            State.DELIVERED,
            client_ref=claim.client_ref,
            provider_time=NOW + timedelta(seconds=3),
            network="23410",
        ),
    ]


@pytest.mark.case("T9")
def test_any_order_of_receipts_ends_the_same(log: Log, book: ReceiptBook) -> None:
    ends = set()
    for order in permutations(range(4)):
        claim = log.sending()
        receipts = story(claim)
        for place in order:
            book.record([receipts[place]], at=NOW)
        log.finish(claim, State.ACCEPTED, message_uuid=UUID)
        message = log.view.get(claim.id)
        assert message is not None
        cost = (message.price, message.currency, message.network)
        ends.add((message.state, message.failure, message.message_uuid, message.alarm, cost))
        # Each of its receipts is kept once, applied or not.
        assert count(log.database, f"message = {claim.seq}") == 3

    cost = ("0.0333", "EUR", "23410")
    assert ends == {(State.DELIVERED, None, UUID, "contradiction", cost)}


def test_our_own_answer_may_come_at_any_place_among_them(log: Log, book: ReceiptBook) -> None:
    for place in range(5):
        claim = log.sending()
        receipts = story(claim)
        for number, one in enumerate(receipts):
            if number == place:
                log.finish(claim, State.ACCEPTED, message_uuid=UUID)
            book.record([one], at=NOW)
        if place == 4:
            log.finish(claim, State.ACCEPTED, message_uuid=UUID)

        message = log.view.get(claim.id)
        assert message is not None
        assert (message.state, message.message_uuid) == (State.DELIVERED, UUID)


@pytest.mark.case("F65")
def test_a_repeat_is_applied_once(log: Log, book: ReceiptBook) -> None:
    claim = log.accepted(UUID)
    one = receipt(State.DELIVERED, message_uuid=UUID)

    assert book.record([one], at=NOW) == {claim.id}
    log.news.clear()
    for _ in range(1000):
        assert book.record([one], at=NOW + minutes(1)) == frozenset()
    assert count(log.database) == 1
    assert log.news == []


@pytest.mark.case("F66")
@pytest.mark.parametrize("old", sorted(REPORTED))
@pytest.mark.parametrize("new", sorted(REPORTED))
def test_no_receipt_lowers_the_rank(
    log: Log, book: ReceiptBook, old: State, new: State
) -> None:
    claim = log.accepted(UUID)
    for number, status in enumerate((old, new)):
        at = NOW + timedelta(seconds=number)
        book.record([receipt(status, message_uuid=UUID, provider_time=at)], at=NOW)

    assert RANK[log.state(claim.id)] == max(RANK[old], RANK[new])


def test_between_equals_the_later_time_of_the_provider_wins(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.accepted(UUID)
    early, late = NOW + timedelta(seconds=1), NOW + timedelta(seconds=9)
    book.record([receipt(State.DELIVERED, message_uuid=UUID, provider_time=late)], at=NOW)
    book.record([receipt(State.REJECTED, message_uuid=UUID, provider_time=early)], at=NOW)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.alarm) == (State.DELIVERED, "contradiction")
    assert count(log.database, "status = 'rejected' AND applied = 0") == 1


@pytest.mark.parametrize("days", [None, 2, 20_000])
def test_where_no_sane_time_is_given_the_last_to_arrive_wins(
    log: Log, book: ReceiptBook, days: int | None
) -> None:
    claim = log.accepted(UUID)
    absurd = None if days is None else NOW + timedelta(days=days)
    book.record([receipt(State.REJECTED, message_uuid=UUID, provider_time=absurd)], at=NOW)
    book.record([receipt(State.DELIVERED, message_uuid=UUID, provider_time=NOW)], at=NOW)

    assert log.state(claim.id) is State.DELIVERED


def test_a_receipt_before_our_answer_brings_the_id(log: Log, book: ReceiptBook) -> None:
    claim = log.sending()
    book.record(
        [receipt(State.SUBMITTED, client_ref=claim.client_ref, message_uuid=UUID)], at=NOW
    )
    message = log.view.get(claim.id)

    assert message is not None
    assert (message.state, message.message_uuid) == (State.SUBMITTED, UUID)
    book.record([receipt(State.DELIVERED, message_uuid=UUID)], at=NOW)
    assert log.state(claim.id) is State.DELIVERED


@pytest.mark.parametrize("is_other_first", [True, False])
def test_two_ids_under_one_reference_raise_an_alarm_that_stays(
    log: Log, book: ReceiptBook, is_other_first: bool
) -> None:
    claim = log.accepted(UUID)
    news = [
        receipt(State.REJECTED, message_uuid=OTHER_UUID, client_ref=claim.client_ref),
        receipt(State.DELIVERED, message_uuid=UUID, client_ref=claim.client_ref),
    ]
    book.record(news if is_other_first else news[::-1], at=NOW)

    message = log.view.get(claim.id)
    assert message is not None
    assert message.alarm == "two_sends"
    assert message.message_uuid == UUID


def test_an_answer_with_another_id_than_the_receipt_before_it_raises_the_alarm(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.sending()
    book.record(
        [receipt(State.SUBMITTED, client_ref=claim.client_ref, message_uuid=OTHER_UUID)], at=NOW
    )
    log.finish(claim, State.ACCEPTED, message_uuid=UUID)

    message = log.view.get(claim.id)
    assert message is not None
    assert message.alarm == "two_sends"


def test_a_receipt_ends_doubt_without_a_person(log: Log, book: ReceiptBook) -> None:
    claim = log.unknown()
    book.record([receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.alarm) == (State.DELIVERED, None)


@pytest.mark.case("F68")
def test_news_of_what_we_thought_was_never_sent_is_applied_and_alarms(
    log: Log, book: ReceiptBook
) -> None:
    failed, cancelled, held = log.sending(), log.sending(), log.sending()
    log.finish(failed, State.FAILED, failure=FailureReason("invalid", "", ""))
    log.finish(cancelled, State.QUEUED)
    log.log.cancel(cancelled.id, at=NOW)
    log.finish(held, State.HELD, held_reason=HeldReason.AUTH)
    for claim in (failed, cancelled, held):
        book.record([receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW)
        message = log.view.get(claim.id)
        assert message is not None
        assert (message.state, message.alarm) == (State.DELIVERED, "contradiction")
        assert message.held_reason is None


def test_news_of_the_first_attempt_takes_the_second_out_of_the_queue(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.unknown()
    log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=None)
    book.record([receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.alarm) == (State.DELIVERED, None)
    assert log.log.next_queued(10, at=NOW) == []


@pytest.mark.case("F67")
def test_what_fits_no_message_is_kept_until_it_does(log: Log, book: ReceiptBook) -> None:
    early = receipt(State.DELIVERED, message_uuid=UUID)

    assert book.record([early], at=NOW) == frozenset()
    assert count(log.database, "message IS NULL") == 1
    claim = log.accepted(UUID)
    assert book.record([early], at=NOW) == {claim.id}
    assert log.state(claim.id) is State.DELIVERED
    assert count(log.database) == 1


@pytest.mark.case("F67")
def test_what_fits_no_message_is_bounded_and_the_oldest_go_first(
    log: Log, book: ReceiptBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "UNMATCHED_LIMIT", 10)
    claim = log.accepted(UUID)
    book.record([receipt(State.SUBMITTED, message_uuid=UUID)], at=NOW)
    for number in range(25):
        stray = receipt(State.DELIVERED, client_ref=f"stray {number}")
        book.record([stray], at=NOW + timedelta(seconds=number))

    kept = log.database.connection.execute(
        "SELECT client_ref FROM event WHERE message IS NULL ORDER BY id"
    )
    assert [row[0] for row in kept] == [f"stray {number}" for number in range(15, 25)]
    assert count(log.database, f"message = {claim.seq}") == 1
    book.record([receipt(State.DELIVERED, client_ref="late")], at=NOW + timedelta(days=31))
    assert count(log.database, "message IS NULL") == 1


def test_forgetting_strays_does_not_look_through_all_receipts(log: Log) -> None:
    plan = log.database.connection.execute(
        f"EXPLAIN QUERY PLAN {events._FORGET_UNMATCHED}", {"limit": 1, "oldest": 0}
    )
    steps = [row["detail"] for row in plan if "event" in row["detail"]]

    assert steps
    assert all("event_unmatched" in step or "PRIMARY KEY" in step for step in steps), steps


def test_receipts_of_one_call_are_stored_together_or_not_at_all(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.accepted(UUID)
    good = receipt(State.DELIVERED, message_uuid=UUID)
    bad = receipt(State.DELIVERED, message_uuid=UUID, raw="other", price=object())
    with pytest.raises(sqlite3.Error):
        book.record([good, bad], at=NOW)

    assert log.state(claim.id) is State.ACCEPTED
    assert count(log.database) == 0


@pytest.mark.case("F08")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="a kill as POSIX knows it")
def test_killed_anywhere_while_it_is_stored_a_receipt_is_applied_once_by_its_repeat(
    log: Log, tmp_path: Path
) -> None:
    claim = log.accepted(UUID)
    assert log.database.empty_wal()
    log.database.close_thread()
    news = receipt(State.DELIVERED, message_uuid=UUID)
    died = 0
    for steps in range(4, 130, 8):
        copy = tmp_path / f"{steps}.db"
        shutil.copyfile(log.database.path, copy)
        died += _record_and_die(Database(copy), news, after=steps)

        again = Log(Database(copy))
        ReceiptBook(again.database, again.news.append).record([news], at=NOW)

        assert again.state(claim.id) is State.DELIVERED
        assert [event.status for event in again.view.receipts(claim.id)] == ["delivered"]
        again.database.close_thread()
    assert died > 5


def _record_and_die(database: Database, news: DeliveryReceipt, *, after: int) -> bool:
    """Store it in another process, killed after so many steps of SQLite; False if it was done
    by then."""
    child = os.fork()
    if child == 0:
        database.connection.set_progress_handler(
            lambda: os.kill(os.getpid(), signal.SIGKILL), after
        )
        ReceiptBook(database, lambda _ids: None).record([news], at=NOW)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0
