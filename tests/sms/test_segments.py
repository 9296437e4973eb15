"""Parts of a text, checked against two other readings of the standard.

One is written here, straight and slowly; the other is the library `smsutil`.
"""

import random
from dataclasses import dataclass

import pytest
import smsutil
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smsdesk.sms.encoding import Encoding, count_units
from smsdesk.sms.message import text_problems
from smsdesk.sms.segments import Measure, divide, is_plain_part, measure

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_SEPTETS = set("\f^{}\\[~]|€")


@dataclass
class Reading:
    """What the standard says about a text, worked out one character at a time."""

    encoding: Encoding
    units: int
    parts: list[str]
    remaining: int


def slow_reading(text: str) -> Reading:
    if all(char in GSM7 or char in TWO_SEPTETS for char in text):
        encoding, alone, joined = Encoding.GSM7, 160, 153
        costs = [2 if char in TWO_SEPTETS else 1 for char in text]
    else:
        encoding, alone, joined = Encoding.UCS2, 70, 67
        costs = [2 if ord(char) > 0xFFFF else 1 for char in text]
    units = sum(costs)
    room = alone if units <= alone else joined
    parts: list[str] = []
    used = room
    for char, cost in zip(text, costs, strict=True):
        if used + cost > room:
            parts.append("")
            used = 0
        parts[-1] += char
        used += cost
    return Reading(encoding, units, parts, room - used if parts else room)


PLAIN = st.text(alphabet="abc \n", max_size=200)
GSM7_TEXT = st.text(alphabet=[*sorted(GSM7), *sorted(TWO_SEPTETS)], max_size=200)
DENSE_PAIRS = st.text(alphabet="a€[👍я", max_size=200)
ANY_TEXT = st.text(max_size=80)


@st.composite
def long_texts(draw: st.DrawFn) -> str:
    """Texts of several parts, whose pairs fall on every place around a boundary."""
    pieces = draw(st.lists(st.one_of(PLAIN, GSM7_TEXT, DENSE_PAIRS, ANY_TEXT), max_size=5))
    lengths = draw(st.lists(st.sampled_from([1, 60, 66, 67, 70, 152, 153, 160]), max_size=5))
    return "".join(piece + "x" * length for piece, length in zip(pieces, lengths, strict=False))


@settings(max_examples=500)
@given(st.one_of(long_texts(), GSM7_TEXT, DENSE_PAIRS, ANY_TEXT))
@example("")
@example("\x1b")
def test_measure_and_divide_read_the_standard_as_the_slow_way_does(text: str) -> None:
    expected = slow_reading(text)

    assert divide(text) == tuple(expected.parts)
    assert measure(text) == Measure(
        encoding=expected.encoding,
        units=expected.units,
        parts=len(expected.parts),
        remaining=expected.remaining,
        characters=len(text),
    )


@settings(max_examples=300)
@given(long_texts())
def test_smsutil_divides_as_we_do(text: str) -> None:
    if "\r" in text or "\x1b" in text or not text:
        return  # it has no CR, holds ESC for a character, and gives an empty text one part

    result = smsutil.split(text)

    assert divide(text) == tuple(part.content for part in result.parts)
    per_unit = 1 if result.encoding == "gsm0338" else 2
    assert measure(text).units * per_unit == result.total_bytes


@given(long_texts())
def test_the_parts_joined_are_the_text_and_each_fits(text: str) -> None:
    size = measure(text)
    room = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}[size.encoding][size.parts > 1]

    parts = divide(text)

    assert "".join(parts) == text
    assert len(parts) == size.parts
    assert all(count_units(part, size.encoding) <= room for part in parts)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "remaining"),
    [
        ("", Encoding.GSM7, 0, 0, 160),
        ("a", Encoding.GSM7, 1, 1, 159),
        ("a" * 160, Encoding.GSM7, 160, 1, 0),
        ("a" * 161, Encoding.GSM7, 161, 2, 145),
        ("a" * 306, Encoding.GSM7, 306, 2, 0),
        ("a" * 307, Encoding.GSM7, 307, 3, 152),
        ("a" * 3200, Encoding.GSM7, 3200, 21, 13),
        ("€" * 80, Encoding.GSM7, 160, 1, 0),
        ("€" * 81, Encoding.GSM7, 162, 2, 143),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 306, 3, 152),
        ("a" * 158 + "€", Encoding.GSM7, 160, 1, 0),
        ("a" * 159 + "€", Encoding.GSM7, 161, 2, 145),
        ("я" * 70, Encoding.UCS2, 70, 1, 0),
        ("я" * 71, Encoding.UCS2, 71, 2, 63),
        ("👍" * 35, Encoding.UCS2, 70, 1, 0),
        ("👍" * 36, Encoding.UCS2, 72, 2, 61),
        ("👍" * 67, Encoding.UCS2, 134, 3, 65),
        ("я" * 3200, Encoding.UCS2, 3200, 48, 16),
    ],
    ids=lambda value: ascii(value)[:16],
)
def test_these_texts_measure_so(
    text: str, encoding: Encoding, units: int, parts: int, remaining: int
) -> None:
    assert measure(text) == Measure(encoding, units, parts, remaining, len(text))


def test_an_escape_pair_is_not_cut() -> None:
    assert divide("a" * 152 + "€" + "b" * 20) == ("a" * 152, "€" + "b" * 20)


def test_a_surrogate_pair_is_not_cut() -> None:
    assert divide("я" * 66 + "👍" + "я" * 20) == ("я" * 66, "👍" + "я" * 20)


def test_one_more_unit_than_remains_costs_a_part() -> None:
    for length in (1, 100, 159, 200, 305, 1000):
        text = "a" * length
        size = measure(text)

        assert measure(text + "a" * size.remaining).parts == size.parts
        assert measure(text + "a" * (size.remaining + 1)).parts == size.parts + 1


@given(st.text(alphabet=["\ud83d", "\ude00", "a", "👍"], max_size=300))
def test_lone_surrogates_are_measured_without_harm(text: str) -> None:
    size = measure(text)

    assert len(divide(text)) == size.parts
    assert size.remaining >= 0


def test_a_random_corpus_agrees_at_every_length() -> None:
    source = random.Random(23_038)
    alphabets = ["abc", "a€", "aя", "a👍", "я👍", "€["]

    for alphabet in alphabets:
        text = "".join(source.choices(alphabet, k=330))
        for length in range(len(text) + 1):
            assert measure(text[:length]).parts == len(slow_reading(text[:length]).parts)


@given(st.text(alphabet=sorted(GSM7 | TWO_SEPTETS | set("🙂’\t\0")), max_size=170))
@example("a" * 160)
@example("a" * 161)
@example(" \n ")
def test_a_plain_part_is_what_measure_would_say(text: str) -> None:
    size = measure(text)
    fits = (size.encoding, size.parts) == (Encoding.GSM7, 1) and not TWO_SEPTETS & set(text)

    assert is_plain_part(text) == (fits and not list(text_problems(text, size)))
