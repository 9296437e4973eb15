"""Names are kept on one line, compared without case and accents, and written as To reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.contact import (
    LONGEST_WORD,
    MOST_WORDS,
    digits_of,
    fold,
    name_in,
    tidy,
    words_of,
    written,
)
from smsdesk.sms.recipients import read_recipients

NUMBER = "+447700900123"


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Zoë  Müller", "zoe muller"),
        ("STRASSE straße", "strasse strasse"),
        ("Øystein Łukasz", "oystein lukasz"),
        ("Ann\u200ba", "anna"),
        ("\u202eevil\u202c", "evil"),
        ("a" + "\u0301" * 10_000, "a"),
        ("Ａｎｎａ", "anna"),
        ("कि", "कि"),
    ],
)
def test_names_are_compared_without_case_accents_and_what_cannot_be_seen(
    name: str, folded: str
) -> None:
    assert fold(name) == folded


def test_folding_twice_changes_nothing_more() -> None:
    for name in ("Zoë Müller", "İstanbul", "ﬁne", "ŉ", "ẞ"):
        assert fold(fold(name)) == fold(name)


def test_a_name_has_only_so_many_words_and_they_only_so_many_letters() -> None:
    assert words_of("O'Brien, Anna-Lena (Depot 2)") == (
        "o",
        "brien",
        "anna",
        "lena",
        "depot",
        "2",
    )
    assert words_of("👍") == ()
    many = words_of(" ".join(f"w{n}" for n in range(100)))
    assert len(many) == MOST_WORDS
    assert words_of("x" * 500) == ("x" * LONGEST_WORD,)


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Anna Meyer", " Anna\n\tMeyer "),
        ("\u00e9", "e\u0301"),
        ("?", "\ud800"),
        ("a b", "a\0b"),
    ],
)
def test_a_name_is_kept_on_one_line_and_can_be_stored(kept: str, typed: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("07700 900", "7700900"),
        ("+44 (0)7700", "4407700"),
        ("0044", "44"),
        ("٠٧٧", "77"),
        ("Anna", ""),
        ("Depot 2", ""),
        ("+", ""),
        ("", ""),
    ],
)
def test_part_of_a_number_is_known_from_a_name(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits


def test_a_contact_is_written_with_its_name_where_to_can_read_it() -> None:
    assert written("Anna Meyer", NUMBER) == "Anna Meyer <+447700900123>"
    assert name_in("Anna Meyer <+44 7700 900123>") == "Anna Meyer"
    assert name_in("Anna: 07700 900123") == "Anna"
    assert name_in("07700 900123") == ""


names = st.one_of(
    st.text(max_size=40).map(tidy),
    st.sampled_from(
        [
            "Depot 2",
            "a,b",
            "x <y>",
            "a; b",
            "tel:1",
            "sms: me",
            "• Anna",
            "- A",
            "+1",
            "\u2028x",
        ]
    ),
)


@given(names)
def test_whatever_the_name_to_reads_exactly_this_number(name: str) -> None:
    (entry,) = read_recipients(written(name, NUMBER), default_region="GB")

    assert entry.number is not None
    assert entry.number.e164 == NUMBER
