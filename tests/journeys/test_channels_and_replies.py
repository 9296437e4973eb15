"""The other channels over real HTTP both ways: what becomes of it, and what they answer with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk import wording, wording_channels
from smsdesk.desk.desk import Desk
from smsdesk.sms.channels import CHANNELS
from smsdesk.sms.message import Draft, DraftLeg, Message
from smsdesk.sms.state import State
from smsdesk.system.settings import RECEIPTS, REPLIES_BY_REPORTS
from tests.journeys.desk_at_work import open_account
from tests.journeys.test_receipts_and_replies import OURS, Room, replies
from tests.support import until

NOT_A_USER, READS = "+447700900131", "+447700900130"
SENDERS = {"rcs": "Acme", "viber_service": "16273", "messenger": "104"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_account(tmp_path) as account:
        room = Room(tmp_path / "data", account)
        room.settings.set(RECEIPTS, "off")
        yield room


def send(desk: Desk, to: str, channel: str, *failover: DraftLeg) -> Message:
    desk.compose.channels.switch_on(CHANNELS)
    draft = Draft(SENDERS.get(channel, OURS), to, "Hello", channel=channel, failover=failover)
    result = desk.compose.send(draft)
    assert [one for one in result.problems if not one.is_warning] == []
    return result.messages[0]


def now(desk: Desk, message: Message) -> Message:
    found = desk.history.get(message.id)
    assert found is not None
    return found


@pytest.mark.parametrize("channel", ["whatsapp", "viber_service", "rcs"])
def test_a_message_is_read(room: Room, channel: str) -> None:
    with room.open() as desk:
        room.listen(desk)
        message = send(desk, READS, channel)

        until(lambda: now(desk, message).state is State.READ)


def test_webhooks_tell_which_channel_has_brought_it(room: Room) -> None:
    with room.open() as desk:
        room.listen(desk)
        message = send(desk, NOT_A_USER, "viber_service", DraftLeg("sms", OURS))

        until(lambda: now(desk, message).state is State.DELIVERED)

        legs = desk.history.legs(message)
        assert [news.state for news in legs] == [State.REJECTED, State.DELIVERED]
        assert wording_channels.arrived_sentence(legs) == "Arrived by SMS"
        assert now(desk, message).alarm is None
        assert len(room.account.simulator.messages) == 2
        assert len(desk.history.attempts(message.id)) == 1


@pytest.mark.parametrize(
    ("to", "channel", "told"),
    [
        ("+447700900210", "whatsapp", "Picture\nThanks!"),
        ("+447700900213", "viber_service", "File: Invoice.pdf"),
        ("+447700900215", "rcs", "Location: 40.34772, -74.18847"),
        ("+447700900216", "whatsapp", "Contact: Bob Smith, 447700900999"),
        ("+447700900217", "whatsapp", "Yes, please"),
        ("+447700900219", "whatsapp", "Reacted with 👍"),
        ("+447700900214", "mms", "Contact card"),
        ("447700900221", "messenger", "Something that this channel cannot pass on"),
    ],
)
def test_what_they_answer_with_is_told_in_words(
    room: Room, to: str, channel: str, told: str
) -> None:
    with room.open() as desk:
        room.listen(desk)
        send(desk, to, channel)

        until(lambda: bool(replies(desk)))

        (reply,) = replies(desk)
        assert (reply.channel, reply.sender) == (channel, to)
        assert wording.message_text(reply) == told
        talk = desk.conversations.load(to)
        assert (talk.reply_channel, talk.reply_to, talk.can_answer) == (channel, to, True)
        assert talk.window.is_open


def test_an_answer_quotes_what_it_answers(room: Room) -> None:
    with room.open() as desk:
        room.listen(desk)
        message = send(desk, "+447700900222", "whatsapp")

        until(lambda: bool(replies(desk)))

        (reply,) = replies(desk)
        assert reply.received is not None
        assert reply.received.reply_to == now(desk, message).message_uuid
        assert (reply.received.profile, reply.text) == ("Jane Smith", "Thanks!")


def test_a_report_brings_words_of_every_channel(room: Room) -> None:
    room.settings.set(RECEIPTS, "reports")
    room.settings.set(REPLIES_BY_REPORTS, True)
    with room.open() as desk:
        send(desk, "447700900200", "messenger")

        until(lambda: bool(replies(desk)))

        (reply,) = replies(desk)
        assert (reply.channel, reply.sender, reply.text) == (
            "messenger",
            "447700900200",
            "Thanks!",
        )
