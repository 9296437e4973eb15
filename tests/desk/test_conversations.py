"""One person's messages, both ways, and that somebody has looked at them."""

from smsdesk.delivery.heard import Heard
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.message import Direction, Draft
from smsdesk.store.database import Database
from tests.desk.office import Office
from tests.support import NOW, StoppedClock

ANNA, OURS = "+447700900123", "+447700900001"


def hear(office: Office, *texts: str, to: str = OURS) -> None:
    database = Database(office.paths.database)
    heard = Heard(
        database=database,
        on_change=lambda _ids: None,
        on_list=lambda: None,
        clock=StoppedClock(),
    )
    heard.take(
        [
            InboundMessage(
                message_uuid=f"{to}-{text}",
                sender=ANNA,
                to=to,
                text=text,
                provider_time=NOW,
                source="webhook",
                raw=f"{to} {text}",
            )
            for text in texts
        ]
    )
    database.close_thread()


def say(desk: Desk, text: str, *, sender: str = OURS, to: str = ANNA) -> None:
    assert desk.compose.send(Draft(sender, to, text)).messages


def test_both_sides_stand_in_their_order(office: Office, desk: Desk) -> None:
    say(desk, "one")
    hear(office, "two", "three")
    say(desk, "four")
    say(desk, "to somebody else", to="+447700900000")

    found = desk.conversations.load(ANNA)

    assert [message.text for message in found.messages] == ["one", "two", "three", "four"]
    assert {peer_of(message) for message in found.messages} == {ANNA}
    assert not found.has_more
    assert found.can_answer


def test_an_answer_comes_from_the_number_they_wrote_to(office: Office, desk: Desk) -> None:
    say(desk, "from a name", sender="ACME")
    assert desk.conversations.load(ANNA).reply_from == "ACME"
    hear(office, "hello", to="+447700900555")
    say(desk, "from a name again", sender="ACME")

    assert desk.conversations.load(ANNA).reply_from == "+447700900555"
    assert desk.conversations.load("+447700900999").reply_from == ""


def test_a_long_conversation_comes_in_pieces(office: Office, desk: Desk) -> None:
    hear(office, *(f"text {number}" for number in range(25)))

    newest = desk.conversations.load(ANNA, limit=10)
    older = desk.conversations.older(ANNA, before_seq=newest.messages[0].seq, limit=10)

    assert newest.has_more
    assert [message.text for message in newest.messages] == [f"text {n}" for n in range(15, 25)]
    assert [message.text for message in older] == [f"text {n}" for n in range(5, 15)]


def test_what_was_seen_is_unread_no_more(office: Office, desk: Desk) -> None:
    hear(office, "one", "two")
    assert desk.conversations.unread_of(ANNA) == 2

    seen = desk.conversations.mark_read(ANNA)

    assert desk.conversations.unread_of(ANNA) == 0
    inbound = desk.history.page(HistoryFilter(direction=Direction.INBOUND))
    assert seen == {message.id for message in inbound}
    desk.conversations.mark_unread([inbound[0].id])
    assert desk.conversations.unread_of(ANNA) == 1
