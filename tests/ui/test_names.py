"""A number is shown by the name that the address book has for it, and plainly."""

from collections.abc import Iterator

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.ui import names

ANNA = "+447700900123"


@pytest.fixture
def book(desk: Desk) -> Iterator[Desk]:
    names.use(desk.contacts.names_of)
    yield desk
    names.use(None)


def test_a_known_number_has_a_name_and_an_unknown_one_itself(book: Desk) -> None:
    book.contacts.save(None, name="Anna", number=ANNA, default_region=None)

    assert names.name_of(ANNA) == "Anna"
    assert names.show_person(ANNA) == "Anna"
    assert names.show_both(ANNA).startswith("Anna (+44")
    assert names.name_of("ACME") == ""
    assert names.show_person("ACME") == names.show_both("ACME") == "ACME"


def test_without_an_address_book_there_are_no_names() -> None:
    assert names.name_of(ANNA) == ""
    names.ask([ANNA])
    assert names.show_person(ANNA).startswith("+44")
