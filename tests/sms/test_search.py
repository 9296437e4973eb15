"""What is meant by what is typed, and which letters are marked for it."""

import pytest

from smsdesk.sms.search import MOST_TERMS, parse_search


def pieces(typed: str) -> list[tuple[str, ...]]:
    return [term.pieces for term in parse_search(typed).terms]


def marked(typed: str, shown: str) -> list[str]:
    return [shown[start:end] for start, end in parse_search(typed).marks_in_text(shown)]


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", []),
        ("   ", []),
        ("Depot", [("depot",)]),
        ("depot B  closed", [("depot",), ("b",), ("closed",)]),
        ("depot depot", [("depot",)]),
        ('"depot B" closed', [("depot b",), ("closed",)]),
        ("\u201edepot  B\u201c", [("depot b",)]),
        ('"depot B', [("depot b",)]),
        ('""', []),
        ("M\u00fcller STRA\u00dfE", [("muller",), ("strasse",)]),
        ("07700 900", [("07700", "900")]),
        ("Anna 07700 900 van", [("anna",), ("07700", "900"), ("van",)]),
        ("at 5 to 6", [("at",), ("5",), ("to",), ("6",)]),
    ],
)
def test_words_phrases_and_numbers_are_told_apart(
    typed: str, terms: list[tuple[str, ...]]
) -> None:
    assert pieces(typed) == terms


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("07700 900", "7700900"),
        ("+44 7700 900123", "447700900123"),
        ("0044 7700", "447700"),
        ("(0)7700", "7700"),
        ("+44 (0)7700-900", "447700900"),
        ("(07700) 900.123", "7700900123"),
        ("12", ""),
        ("0012", ""),
        ('"07700"', ""),
        ("T-17", ""),
    ],
)
def test_a_number_is_meant_however_it_is_written(typed: str, digits: str) -> None:
    assert parse_search(typed).terms[0].digits == digits


def test_very_much_that_is_typed_is_cut() -> None:
    assert len(parse_search(" ".join(f"word{n}" for n in range(500))).terms) <= MOST_TERMS


@pytest.mark.parametrize(
    ("typed", "shown", "marks"),
    [
        ("van", "The VAN is a van.", ["VAN", "van"]),
        ("muller", "Herr Mu\u0308ller und M\u00fcller", ["Mu\u0308ller", "M\u00fcller"]),
        ("strasse", "Die Stra\u00dfe", ["Stra\u00dfe"]),
        ("ss", "Stra\u00dfe", ["\u00df"]),
        ('"depot b"', "depot \n B", ["depot \n B"]),
        ("is here", "The van is here", ["is", "here"]),
        ("aa", "aaaa", ["aaaa"]),
        ("cafe\u0301", "CAFE", ["CAFE"]),
        ("none", "The van", []),
        ("07700 900", "Call 07700 about 900", ["07700", "900"]),
        ("\u2764", "I \u2764\ufe0f it", ["\u2764"]),
    ],
)
def test_what_fits_is_marked_in_the_text_as_it_is_shown(
    typed: str, shown: str, marks: list[str]
) -> None:
    assert marked(typed, shown) == marks


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("07700 900", ["7700 900"]),
        ("900123", ["900123"]),
        ("+44", []),
        ("0044 7700", ["44 7700"]),
        ("van", []),
    ],
)
def test_a_number_is_marked_however_it_is_grouped(typed: str, marks: list[str]) -> None:
    shown = "+44 7700 900123"

    assert [shown[a:b] for a, b in parse_search(typed).marks_in_number(shown)] == marks


def test_the_beginnings_of_words_are_marked_in_a_name() -> None:
    shown = "Zo\u00eb M\u00fcller-Mann"

    found = parse_search("mu zoe ann").marks_in_name(shown)

    assert [shown[start:end] for start, end in found] == ["Zo\u00eb", "M\u00fc"]
