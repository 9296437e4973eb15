"""Which characters GSM-7 has, checked against a table written down a second time."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smsdesk.sms.encoding import (
    DEFAULT_ALPHABET,
    EXTENSION,
    Encoding,
    count_units,
    encoding_of,
    foreign_characters,
    replace_foreign,
)

# 3GPP TS 23.038, 6.2.1 and 6.2.1.1, by code point, without the escape.
DEFAULT_CODES = [
    *(0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D),
    *(0xC5, 0xE5, 0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E),
    *(0xC6, 0xE6, 0xDF, 0xC9, 0x20, 0x21, 0x22, 0x23, 0xA4, *range(0x25, 0x40)),
    *(0xA1, *range(0x41, 0x5B), 0xC4, 0xD6, 0xD1, 0xDC, 0xA7),
    *(0xBF, *range(0x61, 0x7B), 0xE4, 0xF6, 0xF1, 0xFC, 0xE0),
]
EXTENSION_CODES = [0x0C, 0x5E, 0x7B, 0x7D, 0x5C, 0x5B, 0x7E, 0x5D, 0x7C, 0x20AC]


def suggestion(char: str) -> str | None:
    (found,) = foreign_characters(char)
    return found.suggestion


def test_the_alphabet_is_the_one_of_the_standard() -> None:
    assert [ord(char) for char in DEFAULT_ALPHABET] == DEFAULT_CODES
    assert [ord(char) for char in EXTENSION] == EXTENSION_CODES
    assert len(DEFAULT_ALPHABET) == 127


def test_of_all_characters_only_those_are_gsm7() -> None:
    gsm7 = {code for code in range(0x110000) if encoding_of(chr(code)) is Encoding.GSM7}

    assert gsm7 == {*DEFAULT_CODES, *EXTENSION_CODES}


@pytest.mark.parametrize(
    "char", ["\x1b", "\t", "\x00", "`", "ç", "\u00a0", "’", "á", "Ć", "👍"]
)
def test_one_foreign_character_makes_the_text_ucs2(char: str) -> None:
    assert encoding_of("Hello") is Encoding.GSM7
    assert encoding_of(f"Hello{char}") is Encoding.UCS2


def test_an_empty_text_is_gsm7() -> None:
    assert encoding_of("") is Encoding.GSM7
    assert count_units("", Encoding.GSM7) == 0


@pytest.mark.parametrize(
    ("text", "septets", "utf16_units"),
    [("abc", 3, 3), ("a€b", 4, 3), ("[]{}\\|^~€\f", 20, 10), ("\r\n", 2, 2), ("ß", 1, 1)],
)
def test_extension_characters_cost_two_septets_and_one_utf16_unit(
    text: str, septets: int, utf16_units: int
) -> None:
    assert count_units(text, Encoding.GSM7) == septets
    assert count_units(text, Encoding.UCS2) == utf16_units


def test_an_emoji_costs_two_utf16_units_for_each_code_point_beyond_the_first_plane() -> None:
    assert count_units("👍", Encoding.UCS2) == 2
    assert count_units("👍🏽", Encoding.UCS2) == 4
    assert count_units("❤️", Encoding.UCS2) == 2
    assert count_units("\ud83d", Encoding.UCS2) == 1


def test_foreign_characters_are_listed_where_they_stand() -> None:
    first, second = foreign_characters("It’s 👍")

    assert (first.index, first.char, first.suggestion) == (2, "’", "'")
    assert first.name == "RIGHT SINGLE QUOTATION MARK"
    assert (second.index, second.char, second.suggestion) == (5, "👍", None)


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (2, 2), (9, 5), (None, 5)])
def test_no_more_are_listed_than_asked_for(limit: int | None, count: int) -> None:
    assert len(foreign_characters("ééŵŵŵŵŵ", limit=limit)) == count


def test_a_character_without_a_name_shows_its_number() -> None:
    assert foreign_characters("\x00")[0].name == "U+0000"
    assert foreign_characters("\U000f0000")[0].name == "U+F0000"


@pytest.mark.parametrize(
    ("foreign", "expected"),
    [
        ("‘’‚′`´", "''''''"),
        ("“”„″«»", '""""""'),
        ("‐‑–—−", "-----"),
        ("a\u00a0b\u2009c\u3000d\te", "a b c d e"),
        ("one\u2028two\u0085three", "one\ntwo\nthree"),
        ("…", "..."),
        ("• ·", "- -"),
        ("2 × ½", "2 x 1/2"),
        ("™®©", "(TM)(R)(C)"),
        ("a\u200bb\u00adc\ufeffd", "abcd"),
        ("garçon, Ç", "garcon, Ç"),
        ("áâãêőžĂ", "aaaeozA"),
        ("łŁđøœı", "lLdøoei"),
        ("ﬁﬂ ĳ №", "fifl ij No"),
        ("ＡＢＣ１", "ABC1"),
        ("Việt", "Viet"),
        ("cafe\u0301 a\u030a n\u0303", "café å ñ"),
        ("x\u200d\ufe0f\u202ey", "xy"),
        ("º ª", "o a"),
    ],
)
def test_a_foreign_character_is_replaced_by_what_stands_for_it(
    foreign: str, expected: str
) -> None:
    assert replace_foreign(foreign) == expected


@pytest.mark.parametrize(
    "char", ["👍", "中", "ж", "ш", "ω", "ا", "א", "°", "\x00", "\ud800", "₹"]
)
def test_what_has_no_like_in_gsm7_gets_no_suggestion(char: str) -> None:
    assert suggestion(char) is None
    assert replace_foreign(char) == char


@pytest.mark.case("T14")
def test_a_cyrillic_letter_in_a_latin_word_is_unmasked() -> None:
    (found,) = foreign_characters("Bооk"[:2])  # the second letter is Cyrillic

    assert found.name == "CYRILLIC SMALL LETTER O"
    assert found.suggestion == "o"
    assert replace_foreign("РаyPal") == "PayPal"


def test_a_russian_text_is_left_in_russian() -> None:
    text = "Стоп, за\u0301мок и «сон»"

    assert replace_foreign(text) == 'Стоп, за\u0301мок и "сон"'


def test_greek_capitals_fit_gsm7_with_the_latin_letters_they_share() -> None:
    assert encoding_of(replace_foreign("ΚΑΛΗΜΕΡΑ")) is Encoding.GSM7
    assert replace_foreign("καλό ΣΟΚ") == "καλό ΣΟΚ"


def test_an_emoji_of_several_code_points_is_not_taken_apart() -> None:
    assert replace_foreign("👨‍👩‍👧 ❤️") == "👨‍👩‍👧 ❤️"


@given(st.characters())
@example("ŉ")
@example("ﷺ")
def test_a_suggestion_is_always_gsm7(char: str) -> None:
    for found in foreign_characters(char):
        assert found.suggestion is None or encoding_of(found.suggestion) is Encoding.GSM7


@given(st.text())
def test_replacing_twice_changes_nothing_more(text: str) -> None:
    once = replace_foreign(text)

    assert replace_foreign(once) == once


@given(st.text())
def test_what_needs_no_replacement_stays_as_it_is(text: str) -> None:
    gsm7 = "".join(char for char in text if encoding_of(char) is Encoding.GSM7)

    assert replace_foreign(gsm7) == gsm7
    assert foreign_characters(gsm7) == []


@given(st.text())
def test_a_text_whose_every_foreign_character_has_a_suggestion_becomes_gsm7(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    all_replaceable = all(
        found.suggestion is not None for found in foreign_characters(composed)
    )

    assert (encoding_of(replace_foreign(text)) is Encoding.GSM7) is all_replaceable
