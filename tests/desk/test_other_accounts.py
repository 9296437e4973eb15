"""A second person confirms from the account that is their own, and both accounts remember it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opening import open_desk
from smsdesk.desk.second_person import PinError
from smsdesk.sms.message import Draft
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.system.paths import find_paths, prepare
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault
from tests.support import StoppedClock

PIN = "2468"
THREE = "\n".join(f"+4474001234{n:02}" for n in range(3))


class House:
    """Several accounts of one user."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.desks: list[Desk] = []

    def open(self, profile: str) -> Desk:
        paths = find_paths(data_dir=self.root, profile=profile)
        prepare(paths)
        desk = open_desk(
            paths=paths,
            settings=Settings(paths.settings),
            vault=SessionVault(),
            profile=profile,
            clock=StoppedClock(),
        )
        self.desks.append(desk)
        return desk

    def database(self, profile: str) -> Database:
        return Database(find_paths(data_dir=self.root, profile=profile).database)

    def audit(self, profile: str) -> list[tuple[str, str]]:
        database = self.database(profile)
        rows = database.connection.execute("SELECT what, detail FROM audit ORDER BY id")
        found = [(row["what"], row["detail"]) for row in rows]
        database.close_thread()
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    for desk in house.desks:
        desk.close()


@pytest.fixture
def office(house: House) -> Desk:
    """An account in which more than two messages need a second person."""
    desk = house.open("default")
    desk.batches.change_rule(2, old_pin="", new_pin=PIN)
    return desk


def send(desk: Desk) -> str:
    result = desk.compose.send(Draft("ACME", THREE, "Depot B is closed."))
    assert result.batch_id is not None
    return result.batch_id


def states(desk: Desk) -> set[tuple[State, HeldReason | None]]:
    return {(one.state, one.held_reason) for one in desk.history.page(HistoryFilter())}


def test_what_waits_in_one_account_is_seen_in_another_and_not_in_itself(
    house: House, office: Desk
) -> None:
    batch_id = send(office)
    other = house.open("maria")

    (found,) = other.batches.elsewhere.waiting()

    assert found.account == "default"
    assert (found.progress.batch.id, found.progress.can_cancel) == (batch_id, 3)
    assert found.progress.batch.text == "Depot B is closed."
    assert office.batches.elsewhere.waiting() == []


def test_with_the_pin_of_its_account_it_is_let_go_and_both_remember_who(
    house: House, office: Desk
) -> None:
    batch_id = send(office)
    other = house.open("maria")
    (found,) = other.batches.elsewhere.waiting()

    count = other.batches.elsewhere.confirm(found, by=" Maria  Ruiz ", pin=PIN)

    assert count == 3
    assert states(office) == {(State.QUEUED, None)}
    assert office.batches.deeds(batch_id)[-1].detail == "Maria Ruiz (maria)"
    assert house.audit("maria") == [("confirmed_elsewhere", f"default {batch_id} 3")]
    assert other.batches.elsewhere.waiting() == []


def test_without_the_pin_it_stays_and_its_account_remembers_that(
    house: House, office: Desk
) -> None:
    batch_id = send(office)
    other = house.open("maria")
    other.batches.change_rule(0, old_pin="", new_pin="1357")
    (found,) = other.batches.elsewhere.waiting()

    for pin in ("1357", "", "2469"):
        with pytest.raises(PinError) as caught:
            other.batches.elsewhere.confirm(found, by="Maria", pin=pin)
    assert caught.value.code == "wait"
    with pytest.raises(PinError, match="nobody"):
        other.batches.elsewhere.confirm(found, by=" ", pin=PIN)

    assert states(office) == {(State.HELD, HeldReason.CONFIRMATION)}
    assert [deed.what for deed in office.batches.deeds(batch_id)] == ["batch_wrong_pin"] * 3
    assert not any(what == "confirmed_elsewhere" for what, _detail in house.audit("maria"))


def test_an_account_is_no_other_account_of_itself(house: House, office: Desk) -> None:
    send(office)
    (found,) = house.open("maria").batches.elsewhere.waiting()

    with pytest.raises(ValueError, match="another account"):
        office.batches.elsewhere.confirm(found, by="Anna", pin=PIN)


def test_what_was_cancelled_or_confirmed_meanwhile_waits_no_more(
    house: House, office: Desk
) -> None:
    first, second = send(office), send(office)
    other = house.open("maria")
    found = other.batches.elsewhere.waiting()
    office.batches.cancel(first)
    office.batches.confirm(second, by="Maria", pin=PIN)

    assert other.batches.elsewhere.waiting() == []
    assert [other.batches.elsewhere.confirm(one, by="M", pin=PIN) for one in found] == [0, 0]
    assert house.audit("maria") == []


def test_the_demo_tells_and_is_told_nothing(house: House, office: Desk) -> None:
    send(office)
    demo = house.open("demo")
    demo.batches.change_rule(2, old_pin="", new_pin=PIN)
    send(demo)

    assert demo.batches.elsewhere.waiting() == []
    assert [one.account for one in house.open("maria").batches.elsewhere.waiting()] == [
        "default"
    ]


def test_an_account_that_cannot_be_read_is_passed_over(house: House, office: Desk) -> None:
    send(office)
    old = house.open("old")
    old.batches.change_rule(2, old_pin="", new_pin=PIN)
    send(old)
    old.close()
    database = house.database("old")
    database.connection.execute("PRAGMA user_version = 3")
    database.close_thread()
    spoilt = house.open("spoilt")
    spoilt.batches.change_rule(2, old_pin="", new_pin=PIN)
    spoilt.close()
    find_paths(data_dir=house.root, profile="spoilt").database.write_bytes(b"no database" * 99)

    found = house.open("maria").batches.elsewhere.waiting()

    assert [one.account for one in found] == ["default"]
