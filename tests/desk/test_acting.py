"""Acting on many: what goes without a question, what is left out and why, in short steps."""

from typing import Any

import pytest

from smsdesk.desk import wording
from smsdesk.desk.acting import (
    STEP,
    Copied,
    Copying,
    Errand,
    Left,
    Selection,
    Span,
    TooManyError,
    was_surely_not_sent,
)
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import ChannelOffError, HistoryFilter
from smsdesk.sms.channels.content import ApprovedTemplate, Content, Leg
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.store.errors import DiskFullError
from smsdesk.store.message_log import MessageLog
from smsdesk.store.suppression import SuppressionList
from tests.desk.office import Office
from tests.support import NOW, TO, Log, minutes

EVERYTHING = Selection(HistoryFilter(), (Span(10**9, 0),))
SPAM = FailureReason("1210", "Anti-spam", "no")


@pytest.fixture
def log(office: Office, desk: Desk) -> Log:
    assert desk.history.counts()["waiting"] == 0
    return office.log()


def run(errand: Errand) -> Errand:
    while errand.step():
        pass
    return errand


def failed(log: Log, **fields: Any) -> str:
    claim = log.sending(**fields)
    log.finish(claim, State.FAILED, failure=SPAM)
    return claim.id


def get(desk: Desk, message_id: str) -> Message:
    message = desk.history.get(message_id)
    assert message is not None
    return message


def test_what_surely_was_not_sent_is_told_from_what_may_have_been(desk: Desk, log: Log) -> None:
    failed(log)
    log.accepted("uuid-of-it")
    log.unknown()
    log.queue()

    weighing = desk.history.acting.weigh(EVERYTHING)
    run(weighing)

    assert (weighing.done, weighing.doubtful) == (1, 2)
    assert weighing.left == {Left.WAITING: 1}


def test_a_failure_after_a_doubtful_try_is_not_surely_unsent(desk: Desk, log: Log) -> None:
    claim = log.unknown()
    log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=None)
    second = log.claim(claim.id)
    assert second is not None
    with log.database.transaction() as connection:
        connection.execute(
            "UPDATE message SET state = 'failed', failure_code = '1210' WHERE id = ?",
            (claim.id,),
        )

    assert get(desk, claim.id).unknown_reason is not None
    assert not was_surely_not_sent(get(desk, claim.id))


def test_only_what_was_not_sent_goes_again_unless_twice_is_allowed(
    desk: Desk, log: Log
) -> None:
    lost = failed(log)
    sent = log.accepted("uuid-of-it").id
    doubt = log.unknown().id

    careful = desk.history.acting.send_again(EVERYTHING, may_reach_twice=False)
    run(careful)

    assert careful.done == 1
    assert careful.left == {Left.MAY_HAVE_IT: 2}
    again = desk.history.page(HistoryFilter(), limit=1)[0]
    assert (again.resend_of, again.state) == (lost, State.QUEUED)
    assert get(desk, doubt).state is State.UNKNOWN

    whole = desk.history.acting.send_again(
        Selection(HistoryFilter(), (Span(3, 0),)), may_reach_twice=True
    )
    run(whole)

    assert whole.done == 3
    assert get(desk, doubt).state is State.QUEUED, "another attempt of the same message"
    repeated = {one.resend_of for one in desk.history.page(HistoryFilter()) if one.resend_of}
    assert repeated == {lost, sent}


def test_sending_again_is_one_batch_in_the_old_order(desk: Desk, log: Log) -> None:
    lost = [failed(log, to=f"+4477009001{n:02}") for n in range(5)]

    run(desk.history.acting.send_again(EVERYTHING, may_reach_twice=False))

    new = desk.history.page(HistoryFilter(states=frozenset({State.QUEUED})))
    assert len({message.batch_id for message in new}) == 1
    assert [message.resend_of for message in reversed(new)] == lost


def test_who_opted_out_meanwhile_is_left_out_and_told(desk: Desk, log: Log) -> None:
    failed(log)
    failed(log, to="+447700900199")
    SuppressionList(log.database, lambda _ids: None, on_list=lambda: None).add(
        [Suppression(TO, "", NOW, SuppressionReason.PERSON, "")], at=NOW
    )

    errand = desk.history.acting.send_again(EVERYTHING, may_reach_twice=False)
    run(errand)

    assert errand.done == 1
    assert errand.left == {Left.OPTED_OUT: 1}


def test_too_many_are_refused_before_anything_is_queued(
    desk: Desk, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsdesk.desk.acting.MOST_AGAIN", 2)
    for _number in range(3):
        failed(log)

    with pytest.raises(TooManyError):
        run(desk.history.acting.send_again(EVERYTHING, may_reach_twice=False))

    assert desk.history.counts()["waiting"] == 0


def test_what_waits_is_cancelled_in_short_steps(desk: Desk, log: Log) -> None:
    log.queue(STEP + 20)
    log.accepted("uuid-of-it")
    errand = desk.history.acting.cancel(EVERYTHING)

    assert errand.step()
    assert errand.done == STEP - 1
    assert desk.history.counts()["waiting"] == 21

    run(errand)
    assert errand.done == STEP + 20
    assert errand.left == {Left.TOO_LATE: 1}
    assert errand.seen == STEP + 21


def test_only_doubts_are_settled(desk: Desk, log: Log) -> None:
    doubt = log.unknown().id
    log.accepted("uuid-of-it")

    errand = desk.history.acting.settle(EVERYTHING)
    run(errand)

    assert errand.done == 1
    assert errand.left == {Left.NO_DOUBT: 1}
    assert get(desk, doubt).state is State.ACCEPTED


def test_only_what_lies_in_the_spans_and_fits_is_acted_on(desk: Desk, log: Log) -> None:
    ids = log.queue(10)
    selection = Selection(
        HistoryFilter(states=frozenset({State.QUEUED})), (Span(9, 8), Span(3, 3))
    )

    run(desk.history.acting.cancel(selection))

    cancelled = [id_ for id_ in ids if get(desk, id_).state is State.CANCELLED]
    assert cancelled == [ids[2], ids[7], ids[8]]


def test_each_number_is_copied_once_and_rows_hold_no_formula(desk: Desk, log: Log) -> None:
    log.queue(2, text="=1+1\nand\tmore")
    log.queue(text="hello", to="+447700900199")

    def copying(what: Copied) -> Copying:
        return desk.history.acting.copy(
            EVERYTHING,
            what,
            text_of=lambda message: message.text,
            row_of=lambda message: [message.state, message.text],
        )

    numbers, rows = copying(Copied.NUMBERS), copying(Copied.ROWS)
    run(numbers)
    run(rows)

    assert numbers.text.splitlines() == ["+447700900199", TO]
    assert rows.text.splitlines() == [
        "queued\thello",
        "queued\t'=1+1 and more",
        "queued\t'=1+1 and more",
    ]


def test_what_was_no_text_is_copied_in_words(desk: Desk, log: Log) -> None:
    template = Content(template=ApprovedTemplate("order_ready", "en_GB"))
    log.queue(text="", channel="whatsapp", content=template)
    log.queue(text="Hello")

    copying = desk.history.acting.copy(
        EVERYTHING, Copied.TEXTS, text_of=wording.copied_text, row_of=lambda _message: []
    )
    run(copying)

    assert copying.text.splitlines() == ["Hello", "Template “order_ready” (en_GB)"]


def test_nothing_goes_again_on_a_channel_that_is_off(desk: Desk, log: Log) -> None:
    message_id = failed(log, channel="whatsapp")
    failed(log)

    weighing = desk.history.acting.weigh(EVERYTHING)
    run(weighing)
    again = desk.history.acting.send_again(EVERYTHING, may_reach_twice=True)
    run(again)
    with pytest.raises(ChannelOffError) as error:
        desk.history.send_again(message_id)

    assert error.value.channel == "whatsapp"
    assert weighing.done == again.done == 1
    assert weighing.left[Left.CHANNEL_OFF] == again.left[Left.CHANNEL_OFF] == 1

    desk.compose.channels.switch_on(["sms", "whatsapp"])
    assert desk.history.send_again(message_id).channel == "whatsapp"


def test_who_has_opted_out_of_a_later_channel_is_left_out_too(desk: Desk, log: Log) -> None:
    desk.compose.channels.switch_on(["sms", "messenger"])
    page_id = "5550123456789"
    legs = (
        Leg("messenger", page_id, "104", "Hello", Encoding.GSM7, 1),
        Leg("sms", TO, "ACME", "Hello", Encoding.GSM7, 1),
    )
    failed(log, channel="messenger", to=page_id, sender="104", legs=legs)
    SuppressionList(log.database, lambda _ids: None, on_list=lambda: None).add(
        [Suppression(TO, "", NOW, SuppressionReason.PERSON, "")], at=NOW
    )

    again = desk.history.acting.send_again(EVERYTHING, may_reach_twice=True)
    run(again)

    assert again.done == 0
    assert again.left[Left.OPTED_OUT] == 1


def test_a_log_that_cannot_be_written_is_told(
    desk: Desk, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.queue(3, at=NOW - minutes(1))

    def fail(*_args: object, **_kwargs: object) -> None:
        raise DiskFullError

    monkeypatch.setattr(MessageLog, "cancel_many", fail)
    with pytest.raises(NotStoredError):
        run(desk.history.acting.cancel(EVERYTHING))
