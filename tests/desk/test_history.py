"""Looking back and settling: what a person sees of the log, and may decide."""

from datetime import timedelta

import pytest

from smsdesk.delivery.outbox import Outbox
from smsdesk.delivery.status import ReceiptSource, ReceiptsStatus
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import (
    FILTER_GROUPS,
    SENDABLE_AGAIN,
    Asking,
    EvidenceLevel,
    History,
    HistoryFilter,
    Settle,
    TextRemovedError,
    can_send_again,
)
from smsdesk.desk.wording import message_text, not_sendable_sentence
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import State
from smsdesk.store.errors import DiskFullError, IllegalMoveError
from smsdesk.store.lookups import LookupTable
from smsdesk.store.message_log import MessageLog
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.search_index import SearchIndex
from smsdesk.system.settings import RECEIPTS, RECEIVER
from tests.desk.office import Office
from tests.support import NOW, Log, StoppedClock, minutes

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.fixture
def log(office: Office, desk: Desk) -> Log:
    assert desk.history.counts()["waiting"] == 0
    return office.log()


@pytest.fixture
def clock(office: Office) -> StoppedClock:
    assert isinstance(office.clock, StoppedClock)
    return office.clock


# Groups


def test_every_state_is_in_one_group_at_most() -> None:
    grouped = [state for group in FILTER_GROUPS.values() for state in group]

    assert len(grouped) == len(set(grouped))
    assert set(State) - set(grouped) == {State.DRAFT}


def test_counts_show_what_waits_and_what_needs_review(desk: Desk, log: Log) -> None:
    log.queue(3)
    log.sending()
    log.unknown()
    log.accepted(UUID)

    assert desk.history.counts() == {"replies": 0, "waiting": 4, "review": 1}
    assert len(desk.history.page(HistoryFilter(states=FILTER_GROUPS["waiting"]))) == 4


def test_review_and_queue_begin_with_the_oldest(desk: Desk, log: Log) -> None:
    doubts = [log.unknown().id for _ in range(3)]
    queued = log.queue(3)

    assert [message.id for message in desk.history.review()] == doubts
    assert [message.id for message in desk.history.queued(limit=2)] == queued[:2]


# Sending again


def in_state(log: Log, state: State) -> str:
    claim = log.accepted(UUID) if state is State.ACCEPTED else log.sending()
    if state is State.FAILED:
        log.finish(claim, state, failure=FailureReason("invalid", "", ""))
    elif state not in (State.ACCEPTED, State.SENDING):
        log.database.connection.execute(
            "UPDATE message SET state = ?, held_reason = ? WHERE id = ?",
            (state.value, "paused" if state is State.HELD else None, claim.id),
        )
    return claim.id


@pytest.mark.parametrize("state", sorted(set(State) - {State.DRAFT, State.RECEIVED}))
def test_only_what_is_over_can_be_sent_again(desk: Desk, log: Log, state: State) -> None:
    message_id = in_state(log, state)
    if state in SENDABLE_AGAIN:
        copy = desk.history.send_again(message_id)
        assert (copy.resend_of, copy.state) == (message_id, State.QUEUED)
        assert log.state(message_id) is state
    else:
        with pytest.raises(ValueError, match="cannot be sent again"):
            desk.history.send_again(message_id)
        assert len(desk.history.page(HistoryFilter())) == 1


def test_what_waits_or_is_in_doubt_is_never_sendable_again() -> None:
    waiting = FILTER_GROUPS["waiting"] | FILTER_GROUPS["review"]

    assert not SENDABLE_AGAIN & waiting


def test_a_copy_that_could_not_be_stored_is_said(
    desk: Desk, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id = in_state(log, State.DELIVERED)

    def fail(*_args: object, **_more: object) -> None:
        raise DiskFullError("full")

    monkeypatch.setattr(MessageLog, "add_batch", fail)
    with pytest.raises(NotStoredError, match="disk_full"):
        desk.history.send_again(message_id)


def test_a_message_whose_text_is_gone_cannot_be_sent_again_and_says_why(
    desk: Desk, log: Log
) -> None:
    message_id = in_state(log, State.DELIVERED)
    Retention(log.database, lambda _ids: None).run(
        KeptDays(texts=90, messages=0, events=0),
        at=NOW + timedelta(days=91),
        go_on=lambda: True,
    )
    with pytest.raises(TextRemovedError) as caught:
        desk.history.send_again(message_id)
    message = desk.history.get(message_id)

    assert message is not None
    assert not can_send_again(message)
    assert message_text(message) == "Text removed after 90 days"
    assert "removed after 90 days" in not_sendable_sentence(caught.value.days)
    assert len(desk.history.page(HistoryFilter())) == 1


# Settling doubt


def test_doubt_can_be_settled_either_way_or_left(desk: Desk, log: Log) -> None:
    sent, again, left = (log.unknown().id for _ in range(3))
    desk.history.settle_as_sent(sent)
    desk.history.settle_and_send_again(again)
    desk.history.leave(left)

    assert [log.state(one) for one in (sent, again, left)] == [
        State.ACCEPTED,
        State.QUEUED,
        State.UNKNOWN,
    ]
    with pytest.raises(IllegalMoveError):
        desk.history.settle_as_sent(again)


def test_sending_again_gives_it_new_time(desk: Desk, log: Log, clock: StoppedClock) -> None:
    claim = log.unknown(expires_at=NOW + minutes(1))
    clock.move(timedelta(hours=30))
    desk.history.settle_and_send_again(claim.id)

    message = desk.history.get(claim.id)
    assert message is not None
    assert message.expires_at == clock.now() + timedelta(hours=24)


def test_a_cancel_says_whether_it_came_in_time(desk: Desk, log: Log) -> None:
    (waiting,) = log.queue()

    assert desk.history.cancel(waiting)
    assert not desk.history.cancel(waiting)
    assert not desk.history.cancel(log.sending().id)


# Evidence


def look(log: Log, message_id: str, after: float, *, sound: bool = True) -> None:
    message = log.view.get(message_id)
    assert message is not None
    LookupTable(log.database).note_empty(
        message.seq, at=NOW + minutes(after), is_complete=sound, control_found=sound
    )


@pytest.mark.parametrize(
    ("looks", "level"),
    [
        ([], EvidenceLevel.NOTHING_YET),
        ([(2, True)], EvidenceLevel.SEARCHED),
        ([(2, True), (40, True)], EvidenceLevel.SEARCHED),
        ([(60, True)], EvidenceLevel.SEARCHED),
        ([(60, True), (89, True)], EvidenceLevel.SEARCHED),
        ([(30, True), (60, True)], EvidenceLevel.SEARCHED),
        ([(60, True), (90, False)], EvidenceLevel.SEARCHED),
        ([(60, False), (90, True)], EvidenceLevel.SEARCHED),
        ([(60, True), (90, True)], EvidenceLevel.PROBABLY_NOT_SENT),
        ([(2, True), (60, True), (75, False), (120, True)], EvidenceLevel.PROBABLY_NOT_SENT),
    ],
)
def test_only_two_sound_looks_late_and_apart_are_advice(
    desk: Desk,
    log: Log,
    clock: StoppedClock,
    looks: list[tuple[float, bool]],
    level: EvidenceLevel,
) -> None:
    claim = log.unknown()
    for after, sound in looks:
        look(log, claim.id, after, sound=sound)
    clock.move(timedelta(hours=3))
    evidence = desk.history.evidence(claim.id)

    assert evidence.level is level
    assert evidence.lookups == len(looks)
    assert log.state(claim.id) is State.UNKNOWN, "advice only: a person decides"


def test_after_three_days_nothing_more_will_be_known(
    desk: Desk, log: Log, clock: StoppedClock
) -> None:
    claim = log.unknown()
    look(log, claim.id, 2)
    clock.move(timedelta(hours=73))

    assert desk.history.evidence(claim.id).level is EvidenceLevel.CANNOT_BE_DETERMINED


def test_evidence_is_about_the_last_attempt(desk: Desk, log: Log, clock: StoppedClock) -> None:
    claim = log.unknown()
    look(log, claim.id, 60)
    look(log, claim.id, 90)
    log.log.send_again_after_doubt(claim.id, at=NOW + minutes(100), expires_at=None)
    second = log.claim(claim.id, at=NOW + minutes(100))
    assert second is not None
    log.finish(second, State.UNKNOWN, unknown_reason="closed", at=NOW + minutes(101))
    clock.move(timedelta(hours=3))

    assert desk.history.evidence(claim.id).level is not EvidenceLevel.PROBABLY_NOT_SENT


def test_a_message_without_an_attempt_has_no_evidence(desk: Desk, log: Log) -> None:
    (message_id,) = log.queue()

    assert desk.history.evidence(message_id).level is EvidenceLevel.NOTHING_YET
    assert desk.history.evidence("no such id").lookups == 0


def test_the_evidence_tells_of_the_attempt_and_of_each_look(desk: Desk, log: Log) -> None:
    claim = log.unknown()
    look(log, claim.id, 2, sound=False)
    look(log, claim.id, 60)
    evidence = desk.history.evidence(claim.id)

    assert evidence.attempt is not None
    assert evidence.attempt.client_ref == claim.client_ref
    assert [(one.is_complete, one.control_found) for one in evidence.searches] == [
        (False, False),
        (True, True),
    ]
    assert evidence.receipts == ()


def test_looks_for_an_earlier_attempt_are_no_evidence_about_the_last(
    desk: Desk, log: Log
) -> None:
    claim = log.unknown()
    look(log, claim.id, 60)
    log.log.send_again_after_doubt(claim.id, at=NOW + minutes(100), expires_at=None)
    second = log.claim(claim.id, at=NOW + minutes(100))
    assert second is not None
    log.finish(second, State.UNKNOWN, unknown_reason="closed", at=NOW + minutes(101))

    assert desk.history.evidence(claim.id).searches == ()


def test_nobody_can_ask_when_reports_are_off_and_nothing_is_listened_for(
    desk: Desk, log: Log
) -> None:
    claim = log.unknown()
    assert desk.history.evidence(claim.id).level is EvidenceLevel.NOTHING_YET

    desk.settings.set(RECEIPTS, "off")
    evidence = desk.history.evidence(claim.id)
    assert (evidence.level, evidence.asking) == (EvidenceLevel.NOBODY_CAN_ASK, Asking.OFF)

    desk.settings.set(RECEIVER, True)
    assert desk.history.evidence(claim.id).level is EvidenceLevel.NOTHING_YET


def test_nobody_can_ask_without_an_api_secret(desk: Desk, log: Log) -> None:
    claim = log.unknown()
    told = ReceiptsStatus(ReceiptSource.NO_SECRET)
    history = History(
        view=log.view,
        log=log.log,
        outbox=Outbox(log.log),
        lookups=LookupTable(log.database),
        timing=desk.history.timing,
        settings=desk.settings,
        clock=StoppedClock(),
        wake_sender=lambda: None,
        saved=desk.history.saved,
        index=SearchIndex(log.database),
        receipts=lambda: told,
    )

    assert history.evidence(claim.id).level is EvidenceLevel.NOBODY_CAN_ASK
    assert history.asking() is Asking.NO_SECRET
    look(log, claim.id, 60)
    look(log, claim.id, 90)
    assert history.evidence(claim.id).level is EvidenceLevel.PROBABLY_NOT_SENT


def test_vonage_is_asked_when_a_person_wants_it(
    desk: Desk, log: Log, clock: StoppedClock
) -> None:
    claim = log.unknown()

    assert desk.history.ask_now(claim.id)
    assert LookupTable(log.database).next_due() == clock.now()
    desk.history.settle_as_sent(claim.id)
    assert not desk.history.ask_now(claim.id)


def test_many_doubts_are_settled_together(desk: Desk, log: Log, clock: StoppedClock) -> None:
    ids = [log.unknown().id for _ in range(4)]
    seqs = desk.history.all_in_doubt()
    assert desk.history.count_in_doubt() == 4

    assert desk.history.settle_many(seqs[:2], Settle.AS_SENT).moved == 2
    clock.move(timedelta(hours=30))
    assert desk.history.settle_many(seqs, Settle.SEND_AGAIN).moved == 2

    assert [log.state(one) for one in ids] == [State.ACCEPTED] * 2 + [State.QUEUED] * 2
    last = desk.history.get(ids[-1])
    assert last is not None
    assert last.expires_at == clock.now() + timedelta(hours=24)
    assert desk.history.all_in_doubt() == []


# The rest is passed on


def test_one_message_is_told_with_its_tries_and_references(desk: Desk, log: Log) -> None:
    claim = log.accepted(UUID)
    message = desk.history.get(claim.id)

    assert message is not None
    assert desk.history.get_many([claim.id, "none"]) == [message]
    assert [attempt.client_ref for attempt in desk.history.attempts(claim.id)] == [
        claim.client_ref
    ]
    assert desk.history.client_refs([message]) == {message.seq: [claim.client_ref]}
    assert desk.history.events(claim.id)[0].status == "queued"
