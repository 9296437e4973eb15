"""Lists of recipients as they are typed, and as they come from other programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.phone import PhoneProblem
from smsdesk.sms.recipients import read_recipients

ONE, TWO, THREE = "+447700900123", "+447700900124", "+447700900125"


def numbers(text: str) -> list[str | None]:
    entries = read_recipients(text, default_region="GB")
    return [entry.number.e164 if entry.number else None for entry in entries]


@pytest.mark.parametrize(
    "separator",
    ["\n", "\r\n", ",", ", ", ";", " ; ", "\t", "\n\n", ",\n", "\u2028", "\uff0c", "\u060c"],
)
def test_entries_end_at_the_usual_separators(separator: str) -> None:
    assert numbers(separator.join(["07700 900123", TWO, "0044 7700 900125"])) == [
        ONE,
        TWO,
        THREE,
    ]


@pytest.mark.parametrize("text", ["", "  ", "\n,;\t,"])
def test_a_list_of_nothing_has_no_entries(text: str) -> None:
    assert read_recipients(text, default_region="GB") == []


def test_a_plus_after_a_complete_number_begins_another() -> None:
    assert numbers("+44 7700 900123 +44 7700 900124+447700900125") == [ONE, TWO, THREE]


def test_national_numbers_with_only_a_space_between_are_not_taken_apart() -> None:
    (entry,) = read_recipients("07700 900123 07700 900124", default_region="GB")

    assert entry.problem is PhoneProblem.TOO_LONG


@pytest.mark.parametrize(
    "entry",
    [
        "Anna Meyer <+44 7700 900123>",
        '"Anna Meyer" <07700 900123>',
        "<07700 900123>",
        "Anna: 07700 900123",
        "Anna:07700 900123",
        "Anna Meyer +44 7700 900123",
        "Anna-Lena O'Neil (07700) 900123",
        "Dr. Müller: +44 (0)7700 900123",
        "• 07700 900123",
        "- Anna: 07700 900123",
        "tel:+447700900123",
        "SMS:+447700900123",
    ],
)
def test_a_name_before_the_number_is_passed_over(entry: str) -> None:
    (read,) = read_recipients(f"  {entry} ", default_region="GB")

    assert read.number is not None
    assert read.number.e164 == ONE
    assert read.input == entry


def test_several_named_entries_may_follow_each_other() -> None:
    text = "Anna <07700 900123> Bo <07700 900124>, Cy <07700 900125>;"

    assert numbers(text) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Anna", PhoneProblem.NOT_A_NUMBER),
        ("ab07700900123", PhoneProblem.HAS_LETTERS),
        ("Anna (mobile) 07700 900123", PhoneProblem.HAS_LETTERS),
        ("Anna 2 07700 900123", PhoneProblem.TOO_LONG),
        ("1. 07700900123", PhoneProblem.TOO_LONG),
        ("Anna2 <07700 900123>", PhoneProblem.HAS_LETTERS),
        ("1-800-FLOWERS", PhoneProblem.HAS_LETTERS),
        ("Anna: 07700 900123 ext 4", PhoneProblem.HAS_EXTENSION),
        ("4.47701E+11", PhoneProblem.SPREADSHEET),
    ],
)
def test_an_entry_in_doubt_is_refused(text: str, problem: PhoneProblem) -> None:
    (entry,) = read_recipients(text, default_region="GB")

    assert entry.number is None
    assert entry.problem is problem


@pytest.mark.case("F85")
def test_the_same_number_is_a_duplicate_however_it_is_written() -> None:
    entries = read_recipients(f"07700 900123, {TWO}, {ONE}, Anna <{ONE}>", default_region="GB")

    assert [entry.is_duplicate for entry in entries] == [False, False, True, True]


def test_two_problems_are_not_duplicates() -> None:
    entries = read_recipients("x, x", default_region="GB")

    assert not any(entry.is_duplicate for entry in entries)


def test_the_list_returned_is_the_callers_own() -> None:
    read_recipients(ONE, default_region=None).clear()

    assert len(read_recipients(ONE, default_region=None)) == 1


def test_the_region_decides_even_for_a_list_read_before() -> None:
    (british,) = read_recipients("020 1234 5678", default_region="GB")
    (german,) = read_recipients("020 1234 5678", default_region="DE")

    assert british.number != german.number


def test_a_long_list_keeps_its_order() -> None:
    expected = [f"+4479111{n:05d}" for n in range(5000)]

    assert numbers("\n".join(expected)) == expected


@given(st.lists(st.sampled_from([ONE, TWO, THREE]), max_size=8))
def test_every_number_is_read_once_for_each_time_it_stands_there(listed: list[str]) -> None:
    assert numbers(" ".join(listed)) == listed


@given(st.text())
def test_an_entry_is_a_number_or_a_problem_and_part_of_the_text(text: str) -> None:
    for entry in read_recipients(text, default_region="GB"):
        assert (entry.number is None) is not (entry.problem is None)
        assert entry.input in text
        assert entry.input == entry.input.strip() != ""


@pytest.mark.parametrize("filler", [" ", "a ", "<", "0 ", "+", "(", "x", "1x", ": ", "\u200b"])
@pytest.mark.timeout(10)
def test_a_pasted_mess_is_refused_without_delay(filler: str) -> None:
    entries = read_recipients(f"a{filler * 20_000}!", default_region="GB")

    assert not any(entry.number for entry in entries)
