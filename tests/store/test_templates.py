"""Templates have names of their own, and the most used come first."""

from datetime import timedelta

import pytest

from smsdesk.store.database import Database
from smsdesk.store.errors import NameTakenError
from smsdesk.store.templates import TemplateShelf
from tests.support import NOW


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def shelf(database: Database, told: list[str]) -> TemplateShelf:
    return TemplateShelf(database, lambda: told.append("changed"))


def test_the_most_used_come_first_then_the_last_used(shelf: TemplateShelf) -> None:
    often, once, never, late = (
        shelf.add(name, "text", at=NOW + timedelta(minutes=n))
        for n, name in enumerate(("often", "once", "never", "late"))
    )
    for minute in range(2):
        shelf.note_use(often, at=NOW + timedelta(minutes=minute))
    shelf.note_use(once, at=NOW + timedelta(hours=1))
    shelf.note_use(late, at=NOW + timedelta(hours=2))

    assert [one.id for one in shelf.all()] == [often, late, once, never]
    assert [one.used for one in shelf.all()] == [2, 1, 1, 0]


def test_a_name_belongs_to_one_template(shelf: TemplateShelf, told: list[str]) -> None:
    first = shelf.add("On the way", "one", at=NOW)
    second = shelf.add("Later", "two", at=NOW)

    with pytest.raises(NameTakenError):
        shelf.add("on THE way", "three", at=NOW)
    with pytest.raises(NameTakenError):
        shelf.change(second, "On the wáy", "two", at=NOW)
    assert shelf.change(first, "ON THE WAY", "one, really", at=NOW)
    assert [one.text for one in shelf.all() if one.id == first] == ["one, really"]
    assert len(told) == 3


def test_what_is_gone_is_neither_changed_nor_removed(shelf: TemplateShelf) -> None:
    template = shelf.add("One", "text", at=NOW)

    assert shelf.remove(template)
    assert not shelf.remove(template)
    assert not shelf.change(template, "One", "text", at=NOW)
    assert shelf.all() == []
