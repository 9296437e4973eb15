"""Receipts and replies, by whichever way, in any order and however often."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from smsdesk.delivery.heard import Event, Heard
from smsdesk.delivery.identity import ulids
from smsdesk.sms.inbound import InboundMessage, JoinedPart
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import State
from smsdesk.sms.suppression import ALL_SENDERS
from smsdesk.store.history import HistoryFilter
from smsdesk.store.inbound import InboundBook
from smsdesk.store.suppression import SuppressionList
from tests.support import FROM, NOW, TO, Log, StoppedClock, minutes, receipt

UUID = "11111111-1111-4111-8111-111111111111"


class Desk:
    """What hears, and what it is heard by."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.settings: dict[str, Any] = {"all": False, "words": []}
        self.told = 0
        self.clock = StoppedClock()
        self.heard = Heard(
            database=log.database,
            on_change=log.news.append,
            on_list=self._tell,
            clock=self.clock,
            stop_is_for_all=lambda: self.settings["all"],
            stop_words=lambda: self.settings["words"],
        )
        self.list = SuppressionList(log.database, log.news.append, self._tell)

    def _tell(self) -> None:
        self.told += 1

    def replies(self) -> list[Message]:
        return self.log.view.page(HistoryFilter(direction=Direction.INBOUND))

    def suppressed(self) -> list[tuple[str, str]]:
        return [(one.number, one.sender) for one in self.list.page()]


@pytest.fixture
def desk(log: Log) -> Desk:
    return Desk(log)


def reply(text: str = "Thanks", **fields: Any) -> InboundMessage:
    said: dict[str, Any] = {
        "message_uuid": "22222222-2222-4222-8222-222222222222",
        "sender": TO,
        "to": FROM,
        "text": text,
        "provider_time": NOW,
        "source": "webhook",
        **fields,
    }
    return InboundMessage(**{"raw": repr(said), **said})


def test_a_reply_becomes_a_row_of_the_log(desk: Desk) -> None:
    assert desk.heard.take([reply("Grüße 👍", network="23410", price="0.01")]) == [True]

    (found,) = desk.replies()
    assert (found.state, found.to, found.sender) == (State.RECEIVED, FROM, TO)
    assert (found.text, found.encoding, found.network) == ("Grüße 👍", "UCS-2", "23410")
    assert found.created_at == NOW
    assert desk.log.news == [frozenset({found.id})]
    assert [event.status for event in desk.log.view.events(found.id)] == ["received"] * 2


def test_the_same_reply_comes_once_however_often_and_by_whichever_way(desk: Desk) -> None:
    by_report = reply(source="report", raw="a record", price="0.01", currency="EUR")

    for _ in range(1000):
        desk.heard.take([reply()])
    desk.heard.take([by_report, by_report])

    (found,) = desk.replies()
    assert (found.price, found.currency) == ("0.01", "EUR")
    assert len(desk.log.news) == 1


def test_a_reply_from_the_future_is_dated_by_its_arrival(desk: Desk) -> None:
    desk.heard.take([reply(provider_time=NOW + timedelta(days=40))])
    desk.heard.take(
        [reply(message_uuid="33333333-3333-4333-8333-333333333333", provider_time=None)]
    )

    assert [found.created_at for found in desk.replies()] == [NOW, NOW]


def test_a_token_is_good_for_one_body(desk: Desk) -> None:
    first = reply(jti="token-1")
    forged = reply("Another text", message_uuid="4" * 8, jti="token-1")
    status = receipt(State.DELIVERED, message_uuid=UUID, jti="token-1")

    assert desk.heard.take([first, forged]) == [True, False]
    assert desk.heard.take([first, forged, status]) == [True, False, False]

    assert [found.text for found in desk.replies()] == ["Thanks"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_that_come_apart_are_put_together(order: tuple[int, ...], desk: Desk) -> None:
    parts = [
        reply(
            text,
            message_uuid=f"part-{number}",
            part=JoinedPart("67", number, 3),
        )
        for number, text in ((1, "The key is "), (2, "under the "), (3, "mat."))
    ]
    desk.heard.take([parts[order[0]]])
    assert "…" in desk.replies()[0].text
    desk.heard.take([parts[order[0]], parts[order[1]]])
    desk.heard.take([parts[order[2]], parts[order[1]]])

    (found,) = desk.replies()
    assert found.text == "The key is under the mat."
    assert found.parts == 3


def test_the_network_uses_a_reference_again_for_another_message(desk: Desk) -> None:
    desk.heard.take([reply("one", message_uuid="a", part=JoinedPart("67", 1, 2))])
    desk.heard.take([reply("two", message_uuid="b", part=JoinedPart("67", 1, 2))])
    desk.clock.move(timedelta(days=2))
    late = reply("three", message_uuid="c", part=JoinedPart("67", 2, 2), provider_time=None)
    desk.heard.take([late])

    assert sorted(found.text for found in desk.replies()) == ["one…", "two…", "…three"]


def test_stop_ends_messages_from_the_number_it_was_sent_to(desk: Desk) -> None:
    (waiting,) = desk.log.queue()
    (other,) = desk.log.queue(sender="ACME")

    desk.heard.take([reply("Stop please")])

    assert desk.suppressed() == [(TO, FROM)]
    assert desk.log.state(waiting) is State.FAILED
    assert desk.log.state(other) is State.QUEUED
    assert desk.told == 1
    (found,) = desk.replies()
    assert "opted_out" in [event.status for event in desk.log.view.events(found.id)]


def test_stop_ends_messages_from_all_senders_where_the_desk_wants_that(desk: Desk) -> None:
    desk.settings["all"] = True

    desk.heard.take([reply("STOP")])

    assert desk.suppressed() == [(TO, ALL_SENDERS)]


def test_a_word_of_the_desks_own_is_stop_too(desk: Desk) -> None:
    desk.settings["words"] = ["Es reicht"]

    desk.heard.take([reply("es reicht!")])

    assert desk.suppressed() == [(TO, FROM)]


@pytest.mark.parametrize("for_all", [False, True])
def test_start_brings_somebody_back(for_all: bool, desk: Desk) -> None:
    desk.settings["all"] = for_all
    desk.heard.take([reply("STOP")])

    desk.heard.take([reply("START", message_uuid="5" * 8)])

    assert desk.suppressed() == []
    assert desk.told == 2
    desk.log.queue()


def test_a_repeat_of_stop_does_not_undo_a_later_start(desk: Desk) -> None:
    stop = reply("STOP")
    desk.heard.take([stop])
    desk.heard.take([reply("START", message_uuid="5" * 8)])

    desk.heard.take([stop, reply("STOP", source="report", raw="the same one, reported")])

    assert desk.suppressed() == []


@pytest.mark.parametrize("for_all", [False, True])
def test_a_start_that_comes_late_does_not_undo_a_stop_that_was_written_after_it(
    for_all: bool, desk: Desk
) -> None:
    """A repeated webhook, or a report whose newest record stands first."""
    desk.settings["all"] = for_all
    stop = reply("STOP", provider_time=NOW)
    start = reply("START", message_uuid="5" * 8, provider_time=NOW - minutes(5))

    desk.heard.take([stop, start])

    assert desk.suppressed() == [(TO, ALL_SENDERS if for_all else FROM)]
    desk.heard.take([reply("START", message_uuid="6" * 8, provider_time=NOW + minutes(1))])
    assert desk.suppressed() == []


@pytest.mark.case("T9")
def test_every_order_of_receipts_ends_in_the_same_state(log: Log) -> None:
    """Six events of one message, some twice, by both ways."""
    ends = set()
    desk = Desk(log)
    events: list[tuple[State, str, float]] = [
        (State.SUBMITTED, "webhook", 1),
        (State.DELIVERED, "webhook", 3),
        (State.DELIVERED, "webhook", 3),
        (State.SUBMITTED, "report", 1),
        (State.DELIVERED, "report", 3),
        (State.SUBMITTED, "webhook", 1),
    ]
    for number, order in enumerate(itertools.permutations(events)):
        uuid = f"{number:08x}-1111-4111-8111-111111111111"
        claim = log.accepted(uuid)
        heard: list[Event] = [
            receipt(
                state,
                message_uuid=uuid,
                source=source,
                provider_time=NOW + minutes(after),
                price="0.04",
            )
            for state, source, after in order
        ]
        for event in heard:
            desk.heard.take([event])
        message = log.view.get(claim.id)
        assert message is not None
        ends.add((message.state, message.price, message.alarm))

    assert ends == {(State.DELIVERED, "0.04", None)}


def test_a_reply_that_is_read_is_not_unread(desk: Desk) -> None:
    desk.heard.take([reply()])
    (found,) = desk.replies()
    book = InboundBook(
        desk.log.database, desk.log.news.append, on_list=lambda: None, make_id=ulids.make
    )

    assert book.mark_read(TO, at=NOW) == {found.id}
    assert book.mark_read(TO, at=NOW) == frozenset()
    book.mark_unread([found.id])
    assert book.mark_read(TO, at=NOW) == {found.id}
