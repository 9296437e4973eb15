"""One person is taken out of a database, and nobody else is; nothing brings them back (T22)."""

from datetime import timedelta
from itertools import count

import pytest

from smsdesk.sms.channels.content import Leg
from smsdesk.sms.contact import ContactEntry
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.message import Draft
from smsdesk.sms.phone import written_forms
from smsdesk.sms.state import State
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store import search_index
from smsdesk.store.batches import BatchLog
from smsdesk.store.contacts import ContactBook
from smsdesk.store.database import integrity_check
from smsdesk.store.drafts import DraftShelf
from smsdesk.store.erasure import Erasure, Holding, InDoubtError, Person, stands_in
from smsdesk.store.errors import SuppressedError
from smsdesk.store.events import UNMATCHED_FOR, ReceiptBook
from smsdesk.store.history import HistoryFilter
from smsdesk.store.identities import Identity, IdentityBook
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.saved_searches import SavedSearchShelf
from smsdesk.store.search_index import SearchIndex
from smsdesk.store.suppression import SuppressionList
from smsdesk.store.templates import TemplateShelf
from smsdesk.store.trail import Trail, TrailFilter
from tests.support import FROM, NOW, TO, Log, new_message, receipt

OTHER = "+447700900777"
FORMS = written_forms(TO)
ANNA = Person(TO)
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-{:012d}"
REPLY_UUID = UUID.format(77)
_ids = (f"REPLY{n}" for n in count())


@pytest.fixture
def erasure(log: Log) -> Erasure:
    return Erasure(log.database)


def hear_reply(log: Log, sender: str = TO) -> frozenset[str]:
    message = InboundMessage(
        message_uuid=REPLY_UUID,
        sender=sender,
        to=FROM,
        text="Yes please",
        provider_time=NOW,
        raw=f'{{"from": "{sender[1:]}", "text": "Yes please"}}',
        source="webhook",
    )
    book = InboundBook(
        log.database, log.news.append, on_list=lambda: None, make_id=lambda: next(_ids)
    )
    return book.record([HeardReply(message)], at=NOW)


def hear_receipt(log: Log, uuid: str, number: str = TO) -> frozenset[str]:
    book = ReceiptBook(log.database, log.news.append)
    said = receipt(
        State.DELIVERED, message_uuid=uuid, raw=f'{{"to": "{number[1:]}", "uuid": "{uuid}"}}'
    )
    return book.record([said], at=NOW)


def rows(log: Log, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in log.database.connection.execute(query)]


def everything_about(log: Log) -> None:
    """Somebody who wrote and was written to, alone and among others."""
    ContactBook(log.database, lambda: None).add(ContactEntry("Anna", TO, groups=("Staff",)))
    log.accepted(UUID.format(1))
    hear_receipt(log, UUID.format(1))
    hear_receipt(log, UUID.format(99))
    hear_reply(log)
    log.log.add_batch(
        "LIST",
        [new_message(), new_message(to=OTHER)],
        at=NOW,
        name="Call 07700 900000",
        source_sha256="0" * 64,
    )
    DraftShelf(log.database).save(Draft(recipients="Bob, 07700 900000", text="Hi"), at=NOW)


def test_it_is_counted_before_anything_is_erased(log: Log, erasure: Erasure) -> None:
    everything_about(log)

    assert erasure.look(ANNA) == Holding(
        sent=2, replies=1, events=3, contacts=1, drafts=1, names=1, waiting=1
    )
    assert erasure.look(Person(OTHER)) == Holding(sent=1, waiting=1)
    assert len(rows(log, "SELECT 1 FROM message")) == 4


@pytest.mark.case("T23", "F92")
def test_all_of_one_person_goes_and_nothing_of_another(log: Log, erasure: Erasure) -> None:
    everything_about(log)
    held = erasure.erase(ANNA, at=NOW)
    erasure.finish(ANNA, held, {"copies": 2}, at=NOW)

    assert not erasure.look(ANNA)
    assert rows(log, "SELECT recipient FROM message") == [(OTHER,)]
    assert rows(log, "SELECT id, size, name FROM batch") == [("LIST", 2, None)]
    for table in ("attempt", "event", "contact", "contact_word", "group_member", "draft"):
        assert rows(log, f"SELECT * FROM {table}") == []
    assert not [
        row
        for table in ("meta", "audit", "trail", "message", "batch")
        for row in rows(log, f"SELECT * FROM {table}")
        if stands_in(repr(row), FORMS)
    ]
    assert BatchLog(log.database, log.news.append).tally("LIST")
    integrity_check(log.database)
    assert rows(log, "PRAGMA foreign_key_check") == []


def test_the_trail_says_how_much_was_erased_and_not_of_whom(log: Log, erasure: Erasure) -> None:
    everything_about(log)
    held = erasure.erase(ANNA, at=NOW)
    assert erasure.unfinished() == ANNA
    erasure.finish(ANNA, held, {"copies": 2}, at=NOW)
    assert erasure.unfinished() is None
    (entry,) = Trail(log.database).entries(TrailFilter(what="erased"))
    details = entry.details()

    assert len(str(details.pop("person"))) == 32
    assert details == {
        "sent": 2,
        "replies": 1,
        "events": 3,
        "contacts": 1,
        "drafts": 1,
        "names": 1,
        "waiting": 1,
        "copies": 2,
    }
    assert Trail(log.database).verify().first_break is None


@pytest.mark.parametrize("fate", ["sending", "unknown"])
def test_nothing_is_erased_while_a_message_is_in_doubt(
    log: Log, erasure: Erasure, fate: str
) -> None:
    everything_about(log)
    getattr(log, fate)()
    with pytest.raises(InDoubtError):
        erasure.erase(ANNA, at=NOW)

    assert erasure.look(ANNA).in_doubt == 1
    assert erasure.look(ANNA).sent == 3
    assert erasure.unfinished() is None


@pytest.mark.case("F92")
def test_what_was_waiting_is_not_sent(log: Log, erasure: Erasure) -> None:
    (message_id,) = log.queue()
    claim = log.make_claim(message_id)
    erasure.erase(ANNA, at=NOW)

    assert log.log.next_queued(10, at=NOW) == []
    assert log.log.commit_step([], [claim], at=NOW) == []


def test_a_late_receipt_and_a_repeated_reply_bring_nobody_back(
    log: Log, erasure: Erasure
) -> None:
    everything_about(log)
    erasure.erase(ANNA, at=NOW)

    assert not hear_receipt(log, UUID.format(1))
    assert not hear_reply(log)
    assert rows(log, "SELECT * FROM event") == []
    assert not erasure.look(ANNA)


def test_the_marks_of_erased_messages_are_forgotten_in_time(log: Log, erasure: Erasure) -> None:
    everything_about(log)
    erasure.erase(ANNA, at=NOW)
    assert rows(log, "SELECT * FROM erased_mark")
    later = NOW + UNMATCHED_FOR + timedelta(days=1)
    Retention(log.database, log.news.append).run(
        KeptDays(0, 0, 0), at=later, go_on=lambda: True
    )

    assert rows(log, "SELECT * FROM erased_mark") == []


def suppression_of(log: Log) -> SuppressionList:
    return SuppressionList(log.database, log.news.append, lambda: None)


def opt_out(log: Log, sender: str) -> None:
    entry = Suppression(TO, sender, NOW, SuppressionReason.STOP, "STOP")
    suppression_of(log).add([entry], at=NOW)


def test_who_opted_out_stays_so_without_their_number(log: Log, erasure: Erasure) -> None:
    opt_out(log, FROM)
    assert erasure.look(ANNA) == Holding(opt_outs=1)
    erasure.erase(ANNA, at=NOW)
    shelf = suppression_of(log)

    with pytest.raises(SuppressedError):
        log.queue()
    assert rows(log, "SELECT * FROM suppression") == []
    assert rows(log, "SELECT * FROM audit") == [], "it named the number"
    assert (shelf.count(), shelf.count_erased()) == (0, 1)
    assert set(shelf.of([TO, OTHER], sender=FROM)) == {TO}
    assert shelf.erased_among([TO, OTHER], sender=FROM) == {TO}
    assert log.queue(sender="SMSDesk"), "only that sender was meant"


def test_somebody_erased_may_be_let_in_again(log: Log, erasure: Erasure) -> None:
    opt_out(log, ALL_SENDERS)
    erasure.erase(ANNA, at=NOW)
    shelf = suppression_of(log)
    with pytest.raises(SuppressedError):
        log.queue()
    found = shelf.get((TO, ALL_SENDERS))
    assert found is not None
    assert shelf.get((TO, FROM)) is None

    assert shelf.remove(TO, ALL_SENDERS, why="asked for it", at=NOW)
    assert log.queue()
    assert shelf.count_erased() == 0


def test_texts_of_others_that_name_the_number_are_counted_and_stay(
    log: Log, erasure: Erasure
) -> None:
    log.queue(to=OTHER, text="Call Anna: 07700 900000")
    log.queue(text="Anna, you are 07700 900000")
    TemplateShelf(log.database, lambda: None).add("Call", "Call +447700900000", at=NOW)

    assert erasure.mentions(ANNA) == 2
    erasure.erase(ANNA, at=NOW)
    assert erasure.mentions(ANNA) == 2
    assert erasure.is_held_by_others("Anna: 07700 900000")
    assert not erasure.is_held_by_others("Anna, you are 07700 900000")


def test_a_number_that_only_begins_alike_is_another() -> None:
    assert stands_in("to 447700900000 now", FORMS)
    assert stands_in('"+447700900000"', FORMS)
    assert stands_in("call 07700-900 000, please", FORMS)
    assert not stands_in("4477009000001", FORMS)
    assert not stands_in("1447700900000", FORMS)


@pytest.mark.case("T22", "F92")
def test_the_search_index_and_the_saved_searches_forget_them(
    log: Log, erasure: Erasure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "SMALL", 4)
    monkeypatch.setattr(search_index, "LARGE", 8)
    for number in range(20):
        to = TO if number % 3 == 0 else OTHER
        log.queue(to=to, text="Zwetschgen" if to == TO else "The van is here")
    index = SearchIndex(log.database)
    while index.step():
        pass
    shelf = SavedSearchShelf(log.database)
    shelf.put("Anna", HistoryFilter(search="07700 900-000"))
    shelf.put("Calls of +447700900000", HistoryFilter())
    shelf.put("Vans", HistoryFilter(search="van"))
    assert erasure.look(ANNA).searches == 2
    erasure.erase(ANNA, at=NOW)

    assert [one.name for one in shelf.all()] == ["Vans"]
    assert rows(log, "SELECT * FROM search_stale") == [], "no block must be made anew for it"
    assert rows(log, "SELECT gram FROM search_gram WHERE gram IN ('zwe', 'wet', 'sch')") == []
    assert log.view.page(HistoryFilter(search="Zwetschgen")) == []
    assert len(log.view.page(HistoryFilter(search="van"))) == 13


@pytest.mark.case("T23", "F92")
def test_every_channel_forgets_the_person(log: Log, erasure: Erasure) -> None:
    page_id = "5550123456789"
    contacts, identities = (
        ContactBook(log.database, lambda: None),
        IdentityBook(log.database, lambda: None),
    )
    anna = contacts.add(ContactEntry("Anna", TO))
    identities.join(anna.id, Identity("messenger", page_id))
    sms = Leg("sms", TO, FROM, "Hello", Encoding.GSM7, 1)
    messenger = Leg("messenger", page_id, "104", "Hello", Encoding.GSM7, 1)
    log.queue(channel="messenger", to=page_id, sender="104", legs=(messenger, sms))
    log.queue(channel="messenger", to=page_id, sender="104")
    log.queue(channel="sms", legs=(sms, messenger))
    (other,) = log.queue(to=OTHER)
    hear_reply(log, sender=page_id)
    hear_receipt(log, UUID.format(99), f"+{page_id}")
    DraftShelf(log.database).save(
        Draft(recipients=page_id, text="Hi", channel="messenger"), at=NOW
    )
    SuppressionList(log.database, log.news.append, on_list=lambda: None).add(
        [Suppression(page_id, "", NOW, SuppressionReason.PERSON, "")], at=NOW
    )
    person = erasure.person(page_id)
    assert person == erasure.person(TO) == Person(TO, (page_id,))
    assert erasure.person("5550000000000") is None

    held = erasure.erase(person, at=NOW)

    assert (held.drafts, held.opt_outs, held.contacts) == (1, 1, 1)
    assert rows(log, "SELECT * FROM event") == rows(log, "SELECT * FROM draft") == []
    assert rows(log, "SELECT * FROM suppression") == []
    assert len(rows(log, "SELECT * FROM erased_opt_out")) == 1
    assert erasure.unfinished() == person
    erasure.finish(person, held, {}, at=NOW)
    assert erasure.unfinished() is None

    assert [message.id for message in log.view.page(HistoryFilter())] == [other]
    for table in ("leg", "contact_identity", "contact"):
        found = log.database.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert found[0] == 0, table


def test_who_is_known_by_an_id_alone_is_found_by_it(log: Log, erasure: Erasure) -> None:
    page_id = "5550123456789"
    log.queue(channel="messenger", to=page_id, sender="104")
    log.queue(to=OTHER)

    person = erasure.person(page_id)
    assert person is not None
    assert erasure.look(person).sent == 1
    erasure.erase(person, at=NOW)

    assert [message.to for message in log.view.page(HistoryFilter())] == [OTHER]
    assert erasure.person("ACME") is None


def test_what_is_looked_for_in_texts_is_no_short_id() -> None:
    assert Person(TO, ("5", "5550123456789")).forms == (*FORMS, "5550123456789")
