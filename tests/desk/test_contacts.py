"""The address book for a person: names for numbers, people for what is typed, and no surprises."""

import threading

import pytest

from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.contacts import BookError, ContactError, read_entry
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_contacts import contact_sentence, joined_sentence, trouble_sentence
from smsdesk.sms.contact import Contact, ContactEntry, ContactGroup
from smsdesk.store.contacts import ContactBook
from smsdesk.store.errors import DatabaseBusyError
from tests.support import hear

ANNA = "+447700900123"


def save(desk: Desk, name: str = "Anna Meyer", number: str = "07700 900123") -> Contact:
    return desk.contacts.save(None, name=name, number=number, default_region="GB")


def test_a_contact_is_read_as_it_was_typed_and_told_of(desk: Desk) -> None:
    heard = hear(desk.changes)

    anna = save(desk, "  Anna\n Meyer ")

    assert (anna.name, anna.number) == ("Anna Meyer", ANNA)
    assert desk.contacts.names_of([ANNA, "+15550100", "ACME"]) == {ANNA: "Anna Meyer"}
    assert heard == [Change(ChangeKind.CONTACTS)]


def test_a_name_that_changes_is_not_remembered_wrongly(desk: Desk) -> None:
    assert desk.contacts.names_of([ANNA]) == {}
    anna = save(desk)
    assert desk.contacts.names_of([ANNA]) == {ANNA: "Anna Meyer"}
    desk.contacts.save(anna, name="Ann", number=ANNA, default_region=None)
    assert desk.contacts.names_of([ANNA]) == {ANNA: "Ann"}
    desk.contacts.erase([anna])
    assert desk.contacts.names_of([ANNA]) == {}


def test_an_answer_that_was_on_its_way_when_the_book_changed_is_not_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = ContactBook.names_of

    def slow(book: ContactBook, numbers: list[str]) -> dict[str, str]:
        found = look(book, numbers)
        monkeypatch.undo()
        save(desk)
        return found

    monkeypatch.setattr(ContactBook, "names_of", slow)

    assert desk.contacts.names_of([ANNA]) == {}
    assert desk.contacts.names_of([ANNA]) == {ANNA: "Anna Meyer"}


def test_names_are_asked_for_once_and_from_any_thread(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(desk)
    desk.contacts.names_of([ANNA, "+447700900999"])
    monkeypatch.setattr(ContactBook, "names_of", None)
    found: list[dict[str, str]] = []
    thread = threading.Thread(target=lambda: found.append(desk.contacts.names_of([ANNA])))
    thread.start()
    thread.join()

    assert found == [{ANNA: "Anna Meyer"}]
    assert desk.contacts.names_of(["+447700900999"]) == {}


def test_a_log_that_cannot_be_read_has_no_names_and_says_so_elsewhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_fields: object) -> None:
        raise DatabaseBusyError("held")

    for name in ("names_of", "complete", "find", "add"):
        monkeypatch.setattr(ContactBook, name, busy)

    assert desk.contacts.names_of([ANNA]) == {}
    with pytest.raises(BookError) as caught:
        desk.contacts.complete("anna")
    assert "another program" in (trouble_sentence(caught.value) or "")
    with pytest.raises(BookError):
        save(desk)
    assert trouble_sentence(KeyError("a bug")) is None


@pytest.mark.parametrize(
    ("name", "number", "note", "field", "words"),
    [
        (" \n", "07700 900123", "", "name", "Enter a name"),
        ("\u200b\u202e", "07700 900123", "", "name", "Enter a name"),
        ("x" * 101, "07700 900123", "", "name", "100 characters"),
        ("Anna", "", "", "number", "Enter a number"),
        ("Anna", "4.47E+11", "", "number", "spreadsheet"),
        ("Anna", "12", "", "number", "too short"),
        ("Anna", "07700 900123", "x" * 501, "note", "500 characters"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    desk: Desk, name: str, number: str, note: str, field: str, words: str
) -> None:
    with pytest.raises(ContactError) as caught:
        desk.contacts.save(None, name=name, number=number, note=note, default_region="GB")

    assert caught.value.field == field
    assert words in contact_sentence(caught.value, number)


def test_a_number_that_is_taken_says_by_whom(desk: Desk) -> None:
    save(desk, "<b>Anna</b>")

    with pytest.raises(ContactError) as caught:
        save(desk, "Zoë")

    assert contact_sentence(caught.value) == "This number belongs to <b>Anna</b> already."


def test_what_was_typed_for_somebody_who_is_gone_meanwhile_is_kept(desk: Desk) -> None:
    anna = save(desk)
    desk.contacts.erase([anna])

    again = desk.contacts.save(anna, name="Anna M", number=ANNA, default_region=None)

    assert desk.contacts.find(ANNA) == again


def test_people_come_before_groups_and_there_is_room_for_both(desk: Desk) -> None:
    for n in range(12):
        save(desk, f"Drew {n}", f"077009001{n:02d}")
    for name in ("Drivers", "Dr. Who's", "Drums", "Dress"):
        desk.contacts.add_group(name)

    found = desk.contacts.complete("dr", limit=8)

    assert [one.contact is not None for one in found] == [True] * 5 + [False] * 3
    assert desk.contacts.complete("  ") == ()


def test_groups_have_names_of_their_own(desk: Desk) -> None:
    drivers = desk.contacts.add_group(" Drivers ")
    anna = save(desk)

    assert desk.contacts.put_in(drivers, [anna]) == 1
    assert desk.contacts.members(drivers) == [anna]
    for name, words in (("", "Enter a name"), ("x" * 101, "100"), ("DRIVERS", "already")):
        with pytest.raises(ContactError) as caught:
            desk.contacts.add_group(name)
        assert words in contact_sentence(caught.value)
    assert desk.contacts.rename_group(drivers, "Couriers")
    assert desk.contacts.take_out(drivers, [anna]) == 1
    assert desk.contacts.remove_group(drivers)
    assert desk.contacts.groups() == []


def test_an_import_is_compared_before_anything_is_stored(desk: Desk) -> None:
    save(desk)
    save(desk, "Zoë", "07700 900124")
    entries = [
        ContactEntry("Anna Mayer", ANNA),
        ContactEntry("Zoë", "+447700900124"),
        ContactEntry("New", "+447700900125"),
    ]

    compared = desk.contacts.compare(entries)

    assert (compared.new, compared.same) == (1, 1)
    assert [(known.name, entry.name) for known, entry in compared.changed] == [
        ("Anna Meyer", "Anna Mayer")
    ]
    assert desk.contacts.outline().count == 2


def test_a_sentence_is_not_taken_in_by_a_name_with_braces() -> None:
    group = ContactGroup(1, "{count} {known} {group}", 3)

    assert joined_sentence(group, added=2, known=1) == (
        "{count} {known} {group}: 2 people added. 1 was there already."
    )
    assert "Nobody is in" in joined_sentence(group, added=0, known=0)


def test_groups_of_an_entry_are_tidied_and_each_once() -> None:
    entry = read_entry(name="A", number=ANNA, groups=(" x ", "", "x", "y"), default_region=None)

    assert entry.groups == ("x", "y")
