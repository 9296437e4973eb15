"""Who has opted out is not written to: not now, and not from what was waiting."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import HeldReason, State
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store.batches import BatchLog
from smsdesk.store.database import Database
from smsdesk.store.errors import IllegalMoveError, SuppressedError
from smsdesk.store.events import ReceiptBook
from smsdesk.store.meta import Meta
from smsdesk.store.suppression import Entered, Outline, SuppressionList
from tests.support import FROM, NOW, TO, Log, new_message, receipt

OTHER = "+447700900777"


class Shelf:
    """The list, and what it told."""

    def __init__(self, log: Log) -> None:
        self.changed: list[frozenset[str] | None] = []
        self.told = 0
        self.list = SuppressionList(log.database, self.changed.append, self._tell)

    def _tell(self) -> None:
        self.told += 1


@pytest.fixture
def shelf(log: Log) -> Shelf:
    return Shelf(log)


def entry(number: str = TO, sender: str = FROM, detail: str = "by phone") -> Suppression:
    return Suppression(number, sender, NOW, SuppressionReason.PERSON, detail)


def audit(database: Database) -> list[tuple[str, str, str]]:
    rows = database.connection.execute("SELECT who, what, detail FROM audit ORDER BY id")
    return [(row["who"], row["what"], row["detail"]) for row in rows]


class Watched(list[Suppression]):
    """Entries; while they are gone through, somebody else writes to the log."""

    def __init__(self, entries: list[Suppression], database: Database) -> None:
        super().__init__(entries)
        self._database = Database(database.path)

    def __iter__(self) -> Iterator[Suppression]:
        writer = threading.Thread(target=self._write)
        writer.start()
        writer.join()
        return super().__iter__()

    def _write(self) -> None:
        Meta(self._database).set("somebody else", "was here")
        self._database.close_thread()


def test_while_a_list_is_gathered_others_write(shelf: Shelf, log: Log) -> None:
    entries = Watched([entry(), entry(), entry(OTHER, ALL_SENDERS)], log.database)

    assert shelf.list.add(entries, at=NOW) == Entered(2, 0)

    assert Meta(log.database).get("somebody else") == "was here"
    assert [detail for _who, _what, detail in audit(log.database)] == [
        f"{TO} {FROM}: person",
        f"{OTHER} *: person",
    ]


def test_a_number_is_entered_once_and_keeps_its_first_entry(shelf: Shelf, log: Log) -> None:
    assert shelf.list.add([entry(), entry(OTHER)], at=NOW) == Entered(2, 0)
    assert shelf.list.add([entry(detail="again")], at=NOW) == Entered(0, 0)

    assert [(one.number, one.detail) for one in shelf.list.page()] == [
        (TO, "by phone"),
        (OTHER, "by phone"),
    ]
    assert shelf.list.count() == 2
    assert shelf.told == 1
    assert audit(log.database)[0] == ("person", "opted_out", f"{TO} {FROM}: person")


def test_the_list_is_searched_by_any_part_of_a_number(shelf: Shelf) -> None:
    shelf.list.add([entry(), entry(OTHER)], at=NOW)

    assert [one.number for one in shelf.list.page(search="07700 900777")] == [OTHER]
    assert [one.number for one in shelf.list.page(after=(TO, FROM))] == [OTHER]
    assert shelf.list.page(search="12345") == []


@pytest.mark.parametrize(
    "search", ["07700 900777", "+44 (0)7700-900777", "0044 7700 900 777", "9007", "٩٠٠٧٧٧"]
)
def test_a_number_is_found_however_it_is_written(shelf: Shelf, search: str) -> None:
    shelf.list.add([entry(), entry(OTHER)], at=NOW)

    assert [one.number for one in shelf.list.page(search=search)] == [OTHER]
    assert shelf.list.outline(search=search).count == 1


def test_what_is_no_part_of_a_number_finds_nothing(shelf: Shelf) -> None:
    shelf.list.add([entry()], at=NOW)

    assert shelf.list.page(search="Anna") == []
    assert shelf.list.outline(search="Anna") == Outline(0, ())
    assert len(shelf.list.page(search="+")) == 1


def test_an_outline_leads_to_every_page(shelf: Shelf) -> None:
    numbers = [f"+4477009{place:05d}" for place in range(25)]
    shelf.list.add([entry(number) for number in numbers], at=NOW)

    outline = shelf.list.outline(size=10)
    pages = [shelf.list.page(after=key, limit=10) for key in (None, *outline.ends)]

    assert outline.count == 25
    assert [one.number for page in pages for one in page] == numbers


def test_an_entry_is_known_by_number_and_sender(shelf: Shelf) -> None:
    shelf.list.add([entry()], at=NOW)

    assert shelf.list.known([entry(), entry(sender="ACME"), entry(OTHER)]) == 1
    assert shelf.list.get((TO, FROM)) == entry()
    assert shelf.list.get((TO, ALL_SENDERS)) is None


def test_entering_says_how_many_waiting_messages_failed_by_it(shelf: Shelf, log: Log) -> None:
    log.queue(2)
    log.queue(to=OTHER)

    assert shelf.list.add([entry()], at=NOW) == Entered(1, 2)


def test_an_entry_is_for_one_sender_or_for_all(shelf: Shelf) -> None:
    shelf.list.add([entry(), entry(OTHER, ALL_SENDERS)], at=NOW)

    assert set(shelf.list.of([TO, OTHER], sender=FROM)) == {TO, OTHER}
    assert set(shelf.list.of([TO, OTHER], sender="ACME")) == {OTHER}


def test_what_is_queued_for_someone_on_the_list_is_refused_as_a_whole(
    shelf: Shelf, log: Log
) -> None:
    shelf.list.add([entry()], at=NOW)

    with pytest.raises(SuppressedError) as caught:
        log.log.add_batch(ulids.make(), [new_message(to=OTHER), new_message()], at=NOW)

    assert caught.value.numbers == (TO,)
    assert log.database.connection.execute("SELECT count(*) FROM message").fetchone()[0] == 0
    log.queue(sender="ACME")


@pytest.mark.parametrize("state", [State.QUEUED, State.SCHEDULED, State.HELD])
def test_what_waits_for_someone_fails_when_they_come_onto_the_list(
    state: State, shelf: Shelf, log: Log
) -> None:
    due = NOW + timedelta(hours=1) if state is State.SCHEDULED else None
    first = State.QUEUED if state is State.HELD else state
    (waiting,) = log.queue(state=first, due_at=due)
    (other,) = log.queue(sender="ACME", state=first, due_at=due)
    if state is State.HELD:
        log.log.hold_queued(HeldReason.PAUSED, at=NOW)

    shelf.list.add([entry()], at=NOW)

    assert log.state(waiting) is State.FAILED
    assert log.state(other) is state
    message = log.view.get(waiting)
    assert message is not None
    assert message.failure is not None
    assert message.failure.code == "opted_out"
    assert shelf.changed == [frozenset({waiting})]


def test_what_is_on_the_wire_or_in_doubt_is_left_alone(shelf: Shelf, log: Log) -> None:
    sending, unknown = log.sending(), log.unknown()

    shelf.list.add([entry(sender=ALL_SENDERS)], at=NOW)

    assert log.state(sending.id) is State.SENDING
    assert log.state(unknown.id) is State.UNKNOWN


@pytest.mark.parametrize("sender", [FROM, ALL_SENDERS])
def test_what_comes_back_from_the_wire_unsent_does_not_wait_for_someone_on_the_list(
    shelf: Shelf, log: Log, sender: str
) -> None:
    claim, other = log.sending(), log.sending(to=OTHER)
    shelf.list.add([entry(sender=sender)], at=NOW)

    for one in (claim, other):
        log.finish(one, State.QUEUED, outcome="too_many")

    message = log.view.get(claim.id)
    assert message is not None
    assert message.state is State.FAILED
    assert message.failure is not None
    assert message.failure.code == "opted_out"
    assert log.state(other.id) is State.QUEUED
    assert [one.id for one in log.log.next_queued(10, at=NOW)] == [other.id]


def test_on_a_paused_batch_neither(shelf: Shelf, log: Log) -> None:
    claim = log.sending()
    shelf.list.add([entry()], at=NOW)
    batch = log.view.get(claim.id)
    assert batch is not None
    assert batch.batch_id is not None
    BatchLog(log.database, log.news.append).pause(batch.batch_id, at=NOW)

    log.finish(claim, State.QUEUED, outcome="too_many")

    assert log.state(claim.id) is State.FAILED


def test_doubt_about_someone_on_the_list_is_not_settled_by_sending_again(
    shelf: Shelf, log: Log
) -> None:
    unknown = log.unknown()
    shelf.list.add([entry()], at=NOW)

    with pytest.raises(SuppressedError):
        log.log.send_again_after_doubt(unknown.id, at=NOW, expires_at=None)
    assert log.state(unknown.id) is State.UNKNOWN

    log.log.treat_as_sent(unknown.id, at=NOW)
    with pytest.raises(IllegalMoveError):
        log.log.treat_as_sent(unknown.id, at=NOW)


def test_taking_somebody_off_needs_a_reason_and_leaves_a_trace(shelf: Shelf, log: Log) -> None:
    shelf.list.add([entry()], at=NOW)

    with pytest.raises(ValueError, match="reason"):
        shelf.list.remove(TO, FROM, why="  ", at=NOW)
    assert shelf.list.remove(TO, FROM, why="asked for it on the phone", at=NOW)
    assert not shelf.list.remove(TO, FROM, why="once more", at=NOW)

    assert shelf.list.count() == 0
    assert audit(log.database)[-1] == (
        "person",
        "allowed_again",
        f"{TO} {FROM}: asked for it on the phone",
    )
    log.queue()


def test_a_receipt_with_vonages_code_for_it_is_an_opt_out(shelf: Shelf, log: Log) -> None:
    told: list[str] = []
    book = ReceiptBook(log.database, log.news.append, on_list=lambda: told.append("list"))
    sent = log.accepted("11111111-1111-4111-8111-111111111111")
    (waiting,) = log.queue()
    (other,) = log.queue(sender="ACME")

    touched = book.record(
        [
            receipt(
                State.REJECTED,
                client_ref=sent.client_ref,
                failure=FailureReason("1240", "1240", "opted out"),
            )
        ],
        at=NOW,
    )

    assert touched == {sent.id, waiting}
    assert told == ["list"]
    assert log.state(waiting) is State.FAILED
    assert log.state(other) is State.QUEUED
    (found,) = shelf.list.page()
    assert (found.number, found.sender, found.reason) == (TO, FROM, SuppressionReason.VONAGE)


def test_a_refusal_with_vonages_code_for_it_is_an_opt_out(shelf: Shelf, log: Log) -> None:
    claim = log.sending()
    (waiting,) = log.queue()

    log.finish(claim, State.FAILED, failure=FailureReason("1240", "opted out", ""))

    assert log.state(waiting) is State.FAILED
    assert shelf.list.count() == 1
    assert log.news[-1] == frozenset({claim.id, waiting})


@pytest.mark.case("T27")
def test_what_comes_back_unsent_is_not_queued_for_who_opted_out_meanwhile(
    shelf: Shelf, log: Log
) -> None:
    claim = log.sending()
    shelf.list.add([entry()], at=NOW)

    log.finish(claim, State.QUEUED)

    message = log.view.get(claim.id)
    assert message is not None
    assert (message.state, message.failure) == (
        State.FAILED,
        FailureReason("opted_out", "", ""),
    )
