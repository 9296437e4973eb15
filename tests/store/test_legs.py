"""Several channels that one message tries in turn: what is heard of each, and of all together."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from smsdesk.sms.channels.content import Content, Leg
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Message
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store.errors import SuppressedError
from smsdesk.store.events import ReceiptBook
from smsdesk.store.legs import LegNews, state_of_all
from smsdesk.store.lookups import LookupTable
from smsdesk.store.message_log import Claim
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.suppression import SuppressionList
from tests.support import FROM, NOW, TO, Log, minutes, receipt

FIRST = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee1"
SECOND = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeee2"
WORKFLOW = "3TcNjguHxr2vcCZ9Ddsnq6tw8yQUpZ9rMHv9QXSxLan5ibMxqSzLdx9"
LEGS = (
    Leg("whatsapp", TO, FROM, "Hello", Encoding.GSM7, 1),
    Leg("sms", TO, "Acme", "Hello by SMS", Encoding.GSM7, 1, Content(ttl_s=600)),
)


@pytest.fixture
def book(log: Log) -> ReceiptBook:
    return ReceiptBook(log.database, log.news.append)


def accept(log: Log, **fields: Any) -> Claim:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    log.finish(claim, State.ACCEPTED, message_uuid=FIRST, workflow_id=WORKFLOW, **fields)
    return claim


def get(log: Log, claim: Claim) -> Message:
    message = log.view.get(claim.id)
    assert message is not None
    return message


def legs(log: Log, claim: Claim) -> list[LegNews]:
    return log.view.legs(claim.seq)


def states(log: Log, claim: Claim) -> list[State | None]:
    return [news.state for news in legs(log, claim)]


def told(
    claim: Claim, n: int, status: State, *, second: int = 0, **fields: Any
) -> DeliveryReceipt:
    """A status webhook of one of the channels."""
    said = {
        "message_uuid": FIRST if n == 1 else SECOND,
        "client_ref": claim.client_ref,
        "workflow_id": WORKFLOW,
        "leg": n,
        "channel": LEGS[n - 1].channel,
        "provider_time": NOW + timedelta(seconds=second),
        **fields,
    }
    return receipt(status, **said)


def story(claim: Claim) -> list[DeliveryReceipt]:
    """The first is refused, and the second brings it."""
    refused = FailureReason("1300", "1300", "not a user")
    return [
        told(claim, 1, State.SUBMITTED, second=1),
        told(claim, 1, State.REJECTED, second=2, failure=refused),
        told(claim, 2, State.SUBMITTED, second=3, price="0.05", currency="EUR"),
        told(claim, 2, State.DELIVERED, second=4),
    ]


def test_what_was_queued_stands_in_the_order_of_trying(log: Log) -> None:
    (message_id,) = log.queue(channel="whatsapp", legs=LEGS)

    message = log.view.get(message_id)
    assert message is not None
    assert message.legs == 2
    assert tuple(news.leg for news in log.view.legs(message.seq)) == LEGS
    assert {news.state for news in log.view.legs(message.seq)} == {None}


def test_a_message_on_one_channel_has_no_legs(log: Log) -> None:
    claim = log.accepted(FIRST)

    assert get(log, claim).legs == 0
    assert legs(log, claim) == []


def test_the_answer_names_the_first_and_the_workflow(log: Log) -> None:
    claim = accept(log)

    assert get(log, claim).workflow_id == WORKFLOW
    assert [news.message_uuid for news in legs(log, claim)] == [FIRST, None]
    assert states(log, claim) == [State.ACCEPTED, None]


def test_the_refusal_of_one_channel_is_none_of_the_message(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    book.record(story(claim)[:2], at=NOW)

    message = get(log, claim)
    assert (message.state, message.failure) == (State.SUBMITTED, None)
    assert states(log, claim) == [State.REJECTED, None]
    assert legs(log, claim)[0].failure == FailureReason("1300", "1300", "not a user")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_whatever_the_order_it_has_arrived_by_the_second(
    log: Log, book: ReceiptBook, order: tuple[int, ...]
) -> None:
    claim = accept(log)
    every = story(claim)
    for place in (*order, *order):
        book.record([every[place]], at=NOW)

    message = get(log, claim)
    assert (message.state, message.failure, message.alarm) == (State.DELIVERED, None, None)
    assert (message.message_uuid, message.price) == (FIRST, "0.05")
    assert states(log, claim) == [State.REJECTED, State.DELIVERED]
    assert [news.has_arrived for news in legs(log, claim)] == [False, True]


def test_the_refusal_of_the_last_is_that_of_all(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    last = FailureReason("1260", "1260", "")
    book.record(
        [*story(claim)[:3], told(claim, 2, State.UNDELIVERABLE, second=5, failure=last)], at=NOW
    )

    message = get(log, claim)
    assert (message.state, message.failure) == (State.UNDELIVERABLE, last)


def test_a_receipt_may_be_quicker_than_the_answer(log: Log, book: ReceiptBook) -> None:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    book.record(story(claim), at=NOW)
    log.finish(claim, State.ACCEPTED, message_uuid=FIRST, workflow_id=WORKFLOW)

    message = get(log, claim)
    assert (message.state, message.message_uuid) == (State.DELIVERED, FIRST)
    assert (message.workflow_id, message.alarm) == (WORKFLOW, None)


def test_doubt_about_the_whole_ends_with_news_of_any_channel(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    log.finish(claim, State.UNKNOWN, unknown_reason="closed")
    book.record([told(claim, 2, State.SUBMITTED)], at=NOW)

    message = get(log, claim)
    assert (message.state, message.workflow_id, message.alarm) == (
        State.SUBMITTED,
        WORKFLOW,
        None,
    )


def test_a_receipt_finds_its_message_by_the_second_channels_id_alone(
    log: Log, book: ReceiptBook
) -> None:
    claim = accept(log)
    book.record([story(claim)[2]], at=NOW)
    touched = book.record([receipt(State.READ, message_uuid=SECOND)], at=NOW)

    assert touched == {claim.id}
    assert get(log, claim).state is State.READ
    assert states(log, claim) == [State.ACCEPTED, State.READ]


def test_without_a_place_the_channel_tells_which_it_is(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    book.record([told(claim, 2, State.DELIVERED, leg=None)], at=NOW)
    book.record(
        [told(claim, 2, State.SUBMITTED, leg=9, channel=None, message_uuid=None)], at=NOW
    )

    assert states(log, claim) == [State.ACCEPTED, State.DELIVERED]


@pytest.mark.parametrize("uuid", [FIRST, None])
def test_news_of_a_channel_that_is_not_ours_proves_that_vonage_has_it(
    log: Log, book: ReceiptBook, uuid: str | None
) -> None:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    odd = told(claim, 1, State.REJECTED, leg=9, channel="pigeon", message_uuid=uuid)
    book.record([odd], at=NOW)

    known = get(log, claim)
    assert known.state is (State.ACCEPTED if uuid else State.SENDING)
    assert known.failure is None
    log.finish(claim, State.ACCEPTED, message_uuid=FIRST, workflow_id=WORKFLOW)
    assert (get(log, claim).state, get(log, claim).alarm) == (State.ACCEPTED, None)


def test_a_refusal_without_an_id_leaves_the_message_on_its_way(
    log: Log, book: ReceiptBook
) -> None:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    book.record([told(claim, 1, State.REJECTED, message_uuid=None)], at=NOW)

    assert log.state(claim.id) is State.SENDING
    assert states(log, claim) == [State.REJECTED, None]


def test_two_messages_in_one_place_are_two_sends(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    book.record([told(claim, 2, State.SUBMITTED)], at=NOW)
    other = FIRST[:-1] + "9"
    book.record([told(claim, 2, State.DELIVERED, message_uuid=other)], at=NOW)

    assert get(log, claim).alarm == "two_sends"


def test_a_channel_that_takes_back_its_refusal_raises_an_alarm(
    log: Log, book: ReceiptBook
) -> None:
    claim = accept(log)
    book.record(story(claim)[:2], at=NOW)
    book.record([told(claim, 1, State.DELIVERED, second=9)], at=NOW)

    message = get(log, claim)
    assert (message.state, message.alarm) == (State.DELIVERED, "contradiction")


def test_what_each_channel_costs_is_added_up(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    prices = [told(claim, 1, State.SUBMITTED, price="0.01"), *story(claim)[1:]]
    book.record(prices, at=NOW)

    assert get(log, claim).price == "0.06"
    assert [news.price for news in legs(log, claim)] == ["0.01", "0.05"]


@pytest.mark.parametrize(
    ("known", "whole"),
    [
        ({}, State.ACCEPTED),
        ({1: State.SUBMITTED}, State.SUBMITTED),
        ({1: State.REJECTED}, State.ACCEPTED),
        ({1: State.REJECTED, 2: State.SUBMITTED}, State.SUBMITTED),
        ({1: State.REJECTED, 2: State.UNDELIVERABLE}, State.UNDELIVERABLE),
        ({2: State.REJECTED}, State.REJECTED),
        ({1: State.READ, 2: State.DELIVERED}, State.READ),
        ({1: State.DELIVERED, 2: State.REJECTED}, State.DELIVERED),
    ],
)
def test_one_that_has_arrived_decides_and_else_the_last(
    known: dict[int, State], whole: State
) -> None:
    assert state_of_all(known, 2) is whole


# Who wants no messages ------------------------------------------------------------------


def stop(sender: str) -> Suppression:
    return Suppression(TO, sender, NOW, SuppressionReason.PERSON, "")


@pytest.fixture
def opt_outs(log: Log) -> SuppressionList:
    return SuppressionList(log.database, log.news.append, lambda: None)


@pytest.mark.parametrize("sender", [FROM, "Acme", ALL_SENDERS])
def test_an_opt_out_from_any_of_the_senders_forbids_the_whole(
    log: Log, opt_outs: SuppressionList, sender: str
) -> None:
    (waiting,) = log.queue(channel="whatsapp", legs=LEGS)
    opt_outs.add([stop(sender)], at=NOW)

    assert log.state(waiting) is State.FAILED
    with pytest.raises(SuppressedError):
        log.queue(channel="whatsapp", legs=LEGS)


def test_an_opt_out_from_another_sender_forbids_nothing(
    log: Log, opt_outs: SuppressionList
) -> None:
    (waiting,) = log.queue(channel="whatsapp", legs=LEGS)
    opt_outs.add([stop("Other")], at=NOW)

    assert log.state(waiting) is State.QUEUED
    log.queue(channel="whatsapp", legs=LEGS)


def test_vonages_word_on_an_opt_out_is_about_the_sender_of_that_channel(
    log: Log, book: ReceiptBook, opt_outs: SuppressionList
) -> None:
    claim = accept(log)
    opted_out = FailureReason("1240", "1240", "")
    book.record([*story(claim)[:2], told(claim, 2, State.REJECTED, failure=opted_out)], at=NOW)

    assert [(one.number, one.sender) for one in opt_outs.page()] == [(TO, "Acme")]


def test_doubt_is_not_ended_by_sending_to_who_has_opted_out_of_one_channel(
    log: Log, opt_outs: SuppressionList
) -> None:
    claim = log.sending(channel="whatsapp", legs=LEGS)
    log.finish(claim, State.UNKNOWN, unknown_reason="closed")
    opt_outs.add([stop("Acme")], at=NOW)

    with pytest.raises(SuppressedError):
        log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=None)
    settled = log.log.send_many_again_after_doubt([claim.seq], at=NOW, expires_at=None)
    assert (settled.moved, settled.suppressed) == (0, 1)
    assert log.state(claim.id) is State.UNKNOWN


# Asking, and forgetting -----------------------------------------------------------------


def test_reports_is_asked_about_the_channel_that_is_being_tried(
    log: Log, book: ReceiptBook
) -> None:
    table = LookupTable(log.database)
    claim = accept(log, first_lookup_at=NOW)

    def asked(*, is_known: bool) -> list[str | None]:
        return [one.message_uuid for one in table.due(at=NOW, limit=9, is_known=is_known)]

    assert (asked(is_known=True), asked(is_known=False)) == ([FIRST], [])
    book.record(story(claim)[:2], at=NOW)
    assert (asked(is_known=True), asked(is_known=False)) == ([], [None])
    book.record(story(claim)[2:3], at=NOW)
    assert (asked(is_known=True), asked(is_known=False)) == ([SECOND], [])
    book.record(story(claim)[3:], at=NOW)
    assert (asked(is_known=True), asked(is_known=False)) == ([], [])


def test_the_next_channel_is_looked_for_by_its_own_recipient(
    log: Log, book: ReceiptBook
) -> None:
    messenger = Leg("messenger", "5550123456789", "104", "Hello", Encoding.GSM7, 1)
    claim = log.sending(channel="whatsapp", legs=(LEGS[0], messenger))
    log.finish(claim, State.ACCEPTED, message_uuid=FIRST, first_lookup_at=NOW)
    book.record(story(claim)[:2], at=NOW)

    (waiting,) = LookupTable(log.database).due(at=NOW, limit=9, is_known=False)
    assert (waiting.to, waiting.client_refs) == ("5550123456789", (claim.client_ref,))
    assert waiting.refused_at == NOW + timedelta(seconds=2)


def test_what_is_forgotten_is_forgotten_of_every_channel(log: Log, book: ReceiptBook) -> None:
    claim = accept(log)
    book.record(story(claim), at=NOW)
    retention = Retention(log.database, log.news.append)
    later = NOW + minutes(60 * 24 * 40)
    content = "SELECT count(*) AS n FROM leg WHERE text <> '' OR content IS NOT NULL"

    retention.run(KeptDays(texts=30, messages=0, events=0), at=later, go_on=lambda: True)
    assert log.database.connection.execute(content).fetchone()["n"] == 0
    assert len(legs(log, claim)) == 2

    retention.run(KeptDays(texts=0, messages=30, events=0), at=later, go_on=lambda: True)
    assert log.view.get(claim.id) is None
    assert legs(log, claim) == []
