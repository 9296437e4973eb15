"""A search is kept under a name, with everything it asks for."""

from dataclasses import fields

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.desk.saved_searches import NameTakenError
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store.errors import DiskFullError
from tests.support import NOW, TO, minutes

EVERYTHING = HistoryFilter(
    search='depot "B closed"',
    states=frozenset({State.FAILED, State.UNKNOWN}),
    to=TO,
    direction=Direction.OUTBOUND,
    since=NOW,
    until=NOW + minutes(5),
    batch="B",
    failure="",
    sender="ACME",
    channel="sms",
)


def test_a_search_comes_back_as_it_was_saved(desk: Desk) -> None:
    nothing = HistoryFilter()
    for field in fields(HistoryFilter):
        assert getattr(EVERYTHING, field.name) != getattr(nothing, field.name)
    desk.history.saved.save("Everything", EVERYTHING)
    desk.history.saved.save("all", nothing)

    assert [(one.name, one.which) for one in desk.history.saved.all()] == [
        ("all", nothing),
        ("Everything", EVERYTHING),
    ]


def test_a_name_is_known_however_it_is_written_and_saved_anew_it_is_replaced(
    desk: Desk,
) -> None:
    saved = desk.history.saved
    first = saved.save("  Z\u00fcrich  ", HistoryFilter(search="a"))
    second = saved.save("zurich", HistoryFilter(search="b"))

    found = saved.find("ZURICH")
    assert found == second
    assert (second.id, second.name, len(saved.all())) == (first.id, "zurich", 1)
    assert saved.find("Bern") is None


def test_renaming_and_deleting(desk: Desk) -> None:
    saved = desk.history.saved
    one = saved.save("One", HistoryFilter(search="a"))
    two = saved.save("Two", HistoryFilter(search="b"))

    assert saved.rename(one.id, "ONE")
    with pytest.raises(NameTakenError):
        saved.rename(one.id, "two")
    assert [entry.name for entry in saved.all()] == ["ONE", "Two"]
    assert saved.delete(two.id)
    assert not saved.delete(two.id)
    assert not saved.rename(two.id, "Three")
    with pytest.raises(ValueError, match="name"):
        saved.save(" \u200b ".replace("\u200b", ""), HistoryFilter())


def test_what_the_disk_refuses_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = desk.history.saved

    def refuse(*_arguments: object) -> None:
        raise DiskFullError("full")

    for name in ("put", "rename", "delete"):
        monkeypatch.setattr(saved._shelf, name, refuse)
    with pytest.raises(NotStoredError):
        saved.save("One", HistoryFilter())
    with pytest.raises(NotStoredError):
        saved.rename(1, "One")
    with pytest.raises(NotStoredError):
        saved.delete(1)
