"""Two pairs of eyes: the rule, the PIN, and what is kept of it."""

from pathlib import Path

import pytest

from smsdesk.desk.second_person import TRIES, WAIT_S, PinError, SecondPerson
from smsdesk.system.settings import CONFIRM_PIN, Settings
from tests.support import TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def person(tmp_path: Path, clock: TurnedClock) -> SecondPerson:
    return SecondPerson(Settings(tmp_path / "settings.json"), clock)


def refusal(person: SecondPerson, pin: str) -> tuple[str, int]:
    with pytest.raises(PinError) as caught:
        person.check(pin)
    return caught.value.code, caught.value.left


def test_nobody_is_needed_until_it_is_set(person: SecondPerson) -> None:
    assert not person.is_needed(1_000_000)

    person.change(100, old_pin="", new_pin="4711")
    assert [person.is_needed(size) for size in (100, 101)] == [False, True]

    person.change(0, old_pin="4711", new_pin="")
    assert not person.is_needed(1_000_000)


def test_only_a_salted_hash_of_the_pin_is_kept(person: SecondPerson, tmp_path: Path) -> None:
    person.change(100, old_pin="", new_pin="987654321")
    first = (tmp_path / "settings.json").read_text()
    person.change(100, old_pin="987654321", new_pin="987654321")

    assert "987654321" not in first
    assert first != (tmp_path / "settings.json").read_text()
    person.check("987654321")


def test_a_pin_is_long_enough_and_there_is_one_where_there_is_a_rule(
    person: SecondPerson,
) -> None:
    for pin, code in (("123", "short"), ("", "missing")):
        with pytest.raises(PinError) as caught:
            person.change(100, old_pin="", new_pin=pin)
        assert caught.value.code == code
    assert (person.above, person.has_pin) == (0, False)


def test_the_rule_is_changed_by_who_knows_the_pin(person: SecondPerson) -> None:
    person.change(100, old_pin="", new_pin="4711")

    with pytest.raises(PinError):
        person.change(0, old_pin="0000", new_pin="")
    with pytest.raises(PinError):
        person.change(100, old_pin="", new_pin="0000")

    assert person.above == 100
    person.check("4711")


def test_three_wrong_tries_wait(person: SecondPerson, clock: TurnedClock) -> None:
    person.change(100, old_pin="", new_pin="4711")

    tries = [refusal(person, "0000") for _ in range(TRIES)]
    assert tries == [("wrong", 2), ("wrong", 1), ("wait", 30)]
    assert refusal(person, "4711")[0] == "wait"

    clock.turn(WAIT_S + 0.1)
    person.check("4711")
    assert refusal(person, "0000") == ("wrong", 2)


@pytest.mark.parametrize("stored", ["nonsense", "scrypt:2:8:1:00:00", "scrypt:" + "9" * 200])
def test_a_damaged_hash_is_nobodys_pin(
    person: SecondPerson, tmp_path: Path, clock: TurnedClock, stored: str
) -> None:
    settings = Settings(tmp_path / "settings.json")
    settings.set(CONFIRM_PIN, stored)

    assert refusal(SecondPerson(settings, clock), "4711") == ("wrong", 2)
