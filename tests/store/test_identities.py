"""Who a contact is on channels that do not name people by their number."""

import pytest

from smsdesk.sms.contact import ContactEntry
from smsdesk.store.contacts import ContactBook
from smsdesk.store.errors import NumberTakenError
from smsdesk.store.identities import Identity, IdentityBook
from tests.support import Log

ANNA, BOB = "+447400123456", "+447400123457"
PAGE_ID = Identity("messenger", "5550123456789")


@pytest.fixture
def contacts(log: Log) -> ContactBook:
    return ContactBook(log.database, lambda: None)


@pytest.fixture
def book(log: Log) -> IdentityBook:
    return IdentityBook(log.database, lambda: log.news.append(None))


def test_an_identity_joins_what_belongs_to_one_person(
    book: IdentityBook, contacts: ContactBook
) -> None:
    anna = contacts.add(ContactEntry("Anna", ANNA))
    book.join(anna.id, PAGE_ID)
    book.join(anna.id, PAGE_ID)

    assert book.of(anna.id) == [PAGE_ID]
    assert book.addresses_with(ANNA) == [ANNA, PAGE_ID.address]
    assert book.addresses_with(PAGE_ID.address) == [PAGE_ID.address, ANNA]
    assert book.address_on(ANNA, "messenger") == PAGE_ID.address
    assert book.address_on(PAGE_ID.address, "sms") == ANNA
    assert contacts.names_of([ANNA, PAGE_ID.address, "other"]) == {
        ANNA: "Anna",
        PAGE_ID.address: "Anna",
    }
    assert contacts.find(PAGE_ID.address) == anna


def test_nothing_is_known_of_who_is_no_contact(book: IdentityBook) -> None:
    assert book.addresses_with(ANNA) == [ANNA]
    assert book.address_on(ANNA, "messenger") is None
    assert book.contact_of(PAGE_ID.address) is None


def test_an_identity_is_one_persons_only(book: IdentityBook, contacts: ContactBook) -> None:
    anna, bob = (contacts.add(ContactEntry(name, n)) for name, n in (("A", ANNA), ("B", BOB)))
    book.join(anna.id, PAGE_ID)

    with pytest.raises(NumberTakenError) as caught:
        book.join(bob.id, PAGE_ID)

    assert caught.value.taken_by == anna
    assert book.part(PAGE_ID)
    assert not book.part(PAGE_ID)
    book.join(bob.id, PAGE_ID)
    assert book.of(bob.id) == [PAGE_ID]


def test_an_identity_goes_with_its_contact(book: IdentityBook, contacts: ContactBook) -> None:
    anna = contacts.add(ContactEntry("Anna", ANNA))
    book.join(anna.id, PAGE_ID)
    contacts.erase([anna.id])

    assert book.contact_of(PAGE_ID.address) is None


def test_who_is_meant_is_found_by_name_and_by_id(
    book: IdentityBook, contacts: ContactBook
) -> None:
    anna = contacts.add(ContactEntry("Anna Meyer", ANNA))
    contacts.add(ContactEntry("Anna Nobody", BOB))
    book.join(anna.id, PAGE_ID)
    book.join(anna.id, Identity("other", "77"))

    def found(typed: str) -> list[tuple[str, str]]:
        offered = book.complete("messenger", typed, limit=1)
        return [(contact.name, address) for contact, address in offered]

    anna_there = [("Anna Meyer", PAGE_ID.address)]
    assert found("ann") == found("mey an") == found("5550") == anna_there
    assert found("555 ") == anna_there
    assert found("x") == found("77") == found("123456789") == []
