"""What is told to somebody who is not looking: once, together, and nothing old."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.desk import fresh_turns
from smsdesk.desk.alerts import Alert, AlertKind, Alerts, Seen
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.wording_alerts import alert_words
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.state import State
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.system.settings import NOTIFY
from tests.desk.office import Office
from tests.support import TO, Log, StoppedClock, minutes

WRITER, OUR_NUMBER = "+447700900123", "+447700900001"
SECRETS = (WRITER, "7700", TO, "Running late")


class Watched:
    """A desk whose alerts are asked for, and a log that tells it its news."""

    def __init__(self, office: Office) -> None:
        self.desk = office.open()
        self.log = office.log()
        self._log_news = 0
        assert isinstance(office.clock, StoppedClock)
        self.clock = office.clock
        self.numbers = itertools.count()
        self.alerts = self.begin()

    def begin(self) -> Alerts:
        """Alerts of a start of the program at this moment."""
        return Alerts(
            history=self.desk.history,
            settings=self.desk.settings,
            changes=self.desk.changes,
            clock=self.clock,
        )

    def pass_on(self) -> None:
        """The log's news reach the desk, as in the program."""
        for ids in self.log.news[self._log_news :]:
            self.desk.changes.announce_messages(ids)
        self._log_news = len(self.log.news)

    def look(self, *, seen: Seen | None = None) -> list[tuple[AlertKind, int]]:
        return [(alert.kind, alert.count) for alert in self.look_whole(seen=seen)]

    def look_whole(self, *, seen: Seen | None = None) -> tuple[Alert, ...]:
        self.pass_on()
        return self.alerts.look(seen or Seen())

    def fail(self, count: int = 1) -> None:
        for _ in range(count):
            claim = self.log.sending(at=self.clock.now())
            failure = FailureReason("1120", "Illegal sender", "<b>no</b>")
            self.log.finish(claim, State.FAILED, at=self.clock.now(), failure=failure)

    def reply(self, text: str = "Running late", *, writer: str = WRITER) -> frozenset[str]:
        book = InboundBook(
            self.log.database,
            self.desk.changes.announce_messages,
            on_list=lambda: None,
            make_id=ulids.make,
        )
        uuid = f"uuid-{next(self.numbers)}"
        message = InboundMessage(
            message_uuid=uuid,
            sender=writer,
            to=OUR_NUMBER,
            text=text,
            provider_time=None,
            source="webhook",
            raw=uuid,
        )
        return book.record([HeardReply(message)], at=self.clock.now())


@pytest.fixture
def watched(office: Office) -> Watched:
    return Watched(office)


def test_a_reply_a_failure_and_a_doubt_are_told(watched: Watched) -> None:
    watched.reply()
    watched.fail()
    watched.log.unknown(at=watched.clock.now())

    assert watched.look() == [
        (AlertKind.REPLY, 1),
        (AlertKind.FAILED, 1),
        (AlertKind.DOUBT, 1),
    ]


def test_what_goes_well_is_not_told(watched: Watched) -> None:
    watched.log.queue()
    watched.log.accepted("uuid-1", at=watched.clock.now())
    (cancelled,) = watched.log.queue()
    watched.log.log.cancel(cancelled, at=watched.clock.now())

    assert watched.look() == []


def test_each_is_told_once_however_often_it_is_touched(watched: Watched) -> None:
    watched.fail()
    ids = watched.reply()
    doubtful = watched.log.unknown(at=watched.clock.now())
    assert len(watched.look()) == 3

    watched.clock.move(minutes(5))
    watched.log.log.leave(doubtful.id, at=watched.clock.now())
    watched.desk.changes.announce_messages(ids)
    for news in tuple(watched.log.news):
        watched.desk.changes.announce_messages(news)

    assert watched.look() == []


def test_what_was_so_at_the_start_is_not_told_when_it_is_touched(watched: Watched) -> None:
    watched.fail()
    replies = watched.reply()
    doubtful = watched.log.unknown(at=watched.clock.now())
    watched.pass_on()
    watched.clock.move(minutes(1))
    watched.alerts = watched.begin()

    watched.log.log.leave(doubtful.id, at=watched.clock.now())
    watched.desk.changes.announce_messages(replies)
    watched.desk.changes.announce_messages(
        frozenset().union(*(news for news in watched.log.news if news))
    )

    assert watched.look() == []


def test_doubt_that_an_earlier_run_left_is_told_by_the_window(watched: Watched) -> None:
    watched.log.sending(at=watched.clock.now())

    next_run = Log(watched.log.database, boot_id="the next boot")
    ids = next_run.log.interrupt("crash", at=watched.clock.now(), this_boot=False)
    watched.desk.changes.announce_messages(frozenset(ids))

    assert len(ids) == 1
    assert watched.look() == []


def test_doubt_that_comes_a_second_time_is_told_again(watched: Watched) -> None:
    claim = watched.log.unknown(at=watched.clock.now())
    assert watched.look() == [(AlertKind.DOUBT, 1)]
    watched.alerts.begin_anew()
    watched.clock.move(minutes(1))
    watched.log.log.send_again_after_doubt(claim.id, at=watched.clock.now(), expires_at=None)
    again = watched.log.claim(claim.id, at=watched.clock.now())
    assert again is not None

    watched.log.finish(again, State.UNKNOWN, at=watched.clock.now(), unknown_reason="deadline")

    assert watched.look() == [(AlertKind.DOUBT, 1)]


def test_what_expired_while_it_waited_is_told(watched: Watched) -> None:
    watched.log.queue(3, expires_at=watched.clock.now())

    watched.log.log.expire(at=watched.clock.now())

    assert watched.look() == [(AlertKind.FAILED, 3)]


def test_several_are_told_together_until_the_person_has_been_there(watched: Watched) -> None:
    watched.fail(12)
    assert watched.look() == [(AlertKind.FAILED, 12)]
    watched.fail(3)
    assert watched.look() == [(AlertKind.FAILED, 15)]

    watched.alerts.begin_anew()
    watched.fail()

    assert watched.look() == [(AlertKind.FAILED, 1)]


def test_news_is_not_lost_when_everything_is_to_be_looked_at_again(watched: Watched) -> None:
    """The window's own way of gathering news forgets ids once anybody says "everything"."""
    watched.fail()
    watched.pass_on()
    watched.desk.changes.announce(Change(ChangeKind.MESSAGES, None))

    assert watched.look() == [(AlertKind.FAILED, 1)]


def test_a_reply_that_was_read_at_once_is_not_told(watched: Watched) -> None:
    watched.reply()
    watched.log.database.connection.execute("UPDATE message SET read_ms = 1")

    assert watched.look() == []


def test_what_the_person_is_looking_at_is_not_told(watched: Watched) -> None:
    watched.reply()
    watched.log.unknown(at=watched.clock.now())
    assert watched.look(seen=Seen(other=WRITER, is_review=True)) == []

    watched.reply()
    watched.reply(writer="+447700900999")

    assert watched.look(seen=Seen(other=WRITER)) == [(AlertKind.REPLY, 1)]


def test_a_clock_that_is_set_back_silences_nothing(watched: Watched) -> None:
    watched.clock.move(timedelta(hours=-3))
    watched.fail()
    assert watched.look() == [(AlertKind.FAILED, 1)]


def test_off_tells_nothing_and_does_not_make_up_for_it_later(watched: Watched) -> None:
    watched.desk.settings.set(NOTIFY, "off")
    watched.fail()
    watched.reply()
    assert watched.look() == []

    watched.desk.settings.set(NOTIFY, "full")
    for news in tuple(watched.log.news):
        watched.desk.changes.announce_messages(news)

    assert watched.look() == []


def test_memory_has_an_end_and_what_is_forgotten_stays_told(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh_turns, "REMEMBERED", 2)
    for _ in range(5):
        watched.clock.move(minutes(1))
        watched.fail()
        watched.reply()
        watched.look()
    every_id = [
        row["id"] for row in watched.log.database.connection.execute("SELECT id FROM message")
    ]
    assert len(every_id) == 10
    watched.alerts.begin_anew()

    watched.desk.changes.announce_messages(frozenset(every_id))

    assert watched.look() == []


def test_ten_thousand_queued_at_once_take_a_few_questions(watched: Watched) -> None:
    watched.log.queue(10_000)
    asked: list[str] = []
    watched.pass_on()
    connection = watched.desk.history._view._database.connection
    connection.set_trace_callback(asked.append)

    assert watched.look() == []

    connection.set_trace_callback(None)
    assert len(asked) <= 20


def test_nothing_is_heard_after_the_end(watched: Watched) -> None:
    watched.alerts.close()
    watched.fail()

    assert watched.look() == []


# In words


def words(watched: Watched) -> list[tuple[str, ...]]:
    told = [alert_words(alert) for alert in watched.look_whole()]
    return [(one.title, *one.lines) for one in told]


def test_one_of_each_in_words(watched: Watched) -> None:
    watched.reply()
    watched.fail()
    watched.log.unknown(at=watched.clock.now())

    reply, failed, doubt = words(watched)

    assert reply == ("New reply", "+44 7700 900123", "Running late")
    assert failed[0] == "A message was not delivered"
    assert failed[1] == "+44 7700 900000"
    assert "1120" in failed[2]
    assert doubt[0] == "A message needs review"
    assert "may or may not have been sent" in doubt[2]


def test_who_is_known_is_told_by_name_unless_it_is_to_be_private(watched: Watched) -> None:
    watched.reply()
    (reply,) = watched.look_whole()
    watched.desk.settings.set(NOTIFY, "private")
    watched.fail()
    (failed,) = watched.look_whole()

    assert alert_words(reply, name="Anna <b>").lines == ("Anna <b>", "Running late")
    assert alert_words(failed, name="Anna <b>").lines == ()


def test_several_in_words(watched: Watched) -> None:
    for text in ("one", "two", "three"):
        watched.reply(text)
    watched.fail(12)
    for _ in range(2):
        watched.log.unknown(at=watched.clock.now())

    reply, failed, doubt = words(watched)

    assert reply == ("3 replies", "+44 7700 900123", "three")
    assert failed == ("12 messages were not delivered", "Open SMS Desk to see why.")
    assert doubt[0] == "2 messages need review"


def test_in_private_neither_number_nor_text_is_said(watched: Watched) -> None:
    watched.desk.settings.set(NOTIFY, "private")
    watched.reply()
    watched.fail()
    watched.log.unknown(at=watched.clock.now())

    told = words(watched)

    assert told == [
        ("New reply",),
        ("A message was not delivered",),
        ("A message needs review",),
    ]
    assert not [secret for secret in SECRETS if secret in str(told)]


def test_who_is_no_number_is_told_as_they_came(watched: Watched) -> None:
    watched.reply(writer="<b>Bank</b>")

    ((title, who, _text),) = words(watched)

    assert (title, who) == ("New reply", "<b>Bank</b>")


def test_one_is_opened_itself_and_several_where_all_of_them_are(watched: Watched) -> None:
    ids = watched.reply()
    watched.fail(2)
    watched.log.unknown(at=watched.clock.now())
    watched.log.unknown(at=watched.clock.now())

    targets = [alert.target for alert in watched.look_whole()]

    assert targets == [*ids, "failed", "doubt"]
