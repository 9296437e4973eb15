"""The timetable of questions to Reports."""

from datetime import datetime

import pytest

from smsdesk.sms.state import State
from smsdesk.store.events import ReceiptBook
from smsdesk.store.lookups import LookupTable
from tests.support import NOW, Log, minutes, receipt

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.fixture
def table(log: Log) -> LookupTable:
    return LookupTable(log.database)


def accepted(log: Log, *, first_lookup_at: datetime | None, uuid: str = UUID) -> str:
    claim = log.sending()
    log.finish(
        claim, State.ACCEPTED, message_uuid=uuid, first_lookup_at=first_lookup_at, at=NOW
    )
    return claim.id


def test_nothing_is_due_before_its_time_and_the_longest_overdue_comes_first(
    log: Log, table: LookupTable
) -> None:
    late = accepted(log, first_lookup_at=NOW + minutes(2), uuid=UUID[:-1] + "1")
    early = accepted(log, first_lookup_at=NOW + minutes(1), uuid=UUID[:-1] + "2")

    assert table.due(at=NOW, limit=20, is_known=True) == []
    assert table.next_due() == NOW + minutes(1)
    assert [one.id for one in table.due(at=NOW + minutes(5), limit=20, is_known=True)] == [
        early,
        late,
    ]
    assert [one.id for one in table.due(at=NOW + minutes(5), limit=1, is_known=True)] == [early]


def test_a_waiting_message_brings_all_that_a_question_needs(
    log: Log, table: LookupTable
) -> None:
    claim = log.unknown()
    table.start(at=NOW)
    (waiting,) = table.due(at=NOW, limit=20, is_known=False)

    assert (waiting.id, waiting.state, waiting.message_uuid) == (claim.id, State.UNKNOWN, None)
    assert waiting.client_refs == (claim.client_ref,)
    assert (waiting.opened_at, waiting.finished_at) == (NOW, NOW)


def test_each_question_is_counted_and_the_next_one_planned(
    log: Log, table: LookupTable
) -> None:
    accepted(log, first_lookup_at=NOW)
    (waiting,) = table.due(at=NOW, limit=20, is_known=True)
    table.schedule([(waiting.seq, NOW + minutes(1))])

    assert table.due(at=NOW, limit=20, is_known=True) == []
    (waiting,) = table.due(at=NOW + minutes(1), limit=20, is_known=True)
    assert waiting.lookups == 1
    table.schedule([(waiting.seq, None)])
    assert table.next_due() is None


def test_a_final_receipt_ends_the_questions_even_if_one_was_just_planned(
    log: Log, table: LookupTable
) -> None:
    accepted(log, first_lookup_at=NOW)
    (waiting,) = table.due(at=NOW, limit=20, is_known=True)
    ReceiptBook(log.database, log.news.append).record(
        [receipt(State.DELIVERED, message_uuid=UUID)], at=NOW
    )
    table.schedule([(waiting.seq, NOW + minutes(1))])

    assert table.next_due() is None


def test_messages_from_before_anybody_could_ask_catch_up(log: Log, table: LookupTable) -> None:
    first = accepted(log, first_lookup_at=None)
    doubtful = log.unknown().id
    log.queue()
    table.start(at=NOW)

    assert [one.id for one in table.due(at=NOW, limit=20, is_known=True)] == [first]
    assert [one.id for one in table.due(at=NOW, limit=20, is_known=False)] == [doubtful]


def test_what_was_asked_to_the_end_is_not_started_again(log: Log, table: LookupTable) -> None:
    accepted(log, first_lookup_at=NOW)
    (waiting,) = table.due(at=NOW, limit=20, is_known=True)
    table.schedule([(waiting.seq, None)])
    table.start(at=NOW)

    assert table.due(at=NOW, limit=20, is_known=True) == []


def test_empty_answers_are_remembered_in_their_order(log: Log, table: LookupTable) -> None:
    claim = log.unknown()
    table.note_empty(claim.seq, at=NOW, is_complete=True, control_found=False)
    table.note_empty(claim.seq, at=NOW + minutes(1), is_complete=False, control_found=True)

    found = [
        (one.at, one.is_complete, one.control_found) for one in table.empty_lookups(claim.id)
    ]
    assert found == [(NOW, True, False), (NOW + minutes(1), False, True)]


def test_the_control_is_a_message_surely_accepted_in_the_window(
    log: Log, table: LookupTable
) -> None:
    log.unknown()
    log.finish(log.sending(at=NOW), State.ACCEPTED, outcome="accepted", message_uuid=UUID)

    assert table.accepted_between(NOW - minutes(1), NOW) == [UUID]
    assert table.accepted_between(NOW + minutes(1), NOW + minutes(2)) == []


def test_a_person_makes_the_next_question_due_at_once(log: Log, table: LookupTable) -> None:
    claim = log.sending()
    log.finish(
        claim,
        State.UNKNOWN,
        unknown_reason="closed",
        first_lookup_at=NOW + minutes(60),
    )

    assert table.ask_now(claim.id, at=NOW + minutes(1))

    assert [one.id for one in table.due(at=NOW + minutes(1), limit=9, is_known=False)] == [
        claim.id
    ]


def test_what_has_been_given_up_is_asked_about_once_more(log: Log, table: LookupTable) -> None:
    claim = log.unknown()
    table.schedule([(claim.seq, None)])

    assert table.ask_now(claim.id, at=NOW)
    assert table.next_due() == NOW


def test_only_doubt_is_asked_about_by_a_person(log: Log, table: LookupTable) -> None:
    claim = log.accepted(UUID)

    assert not table.ask_now(claim.id, at=NOW)
    assert not table.ask_now("no such id", at=NOW)
