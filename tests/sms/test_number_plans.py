"""The quick way to read a number never differs from the library's own."""

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smsdesk.sms.number_plans import NumberPlans
from smsdesk.sms.phone import PhoneNumber, PhoneNumberError, parse_phone, parse_slowly, regions

PLANS = NumberPlans(phonenumbers)
KINDS = range(11)
WRITTEN = (
    "+{code}{national}",
    "00{code}{national}",
    "{code}{national}",
    "{national}",
    "0{national}",
    "8{national}",
    "1{national}",
    "+{code} 0{national}",
    "+{code} {national}",
    "00 {code}-{national}",
    "0-0{national}",
    " {national} ",
)


def outcome(parse: object, text: str, region: str | None) -> PhoneNumber | str:
    assert callable(parse)
    try:
        found = parse(text, default_region=region)
    except PhoneNumberError as error:
        return error.problem
    assert isinstance(found, PhoneNumber)
    return found


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str | None]:
    """A number of some country and kind with a few digits changed, written in some way."""
    region = draw(st.sampled_from(regions()))
    kind = draw(st.sampled_from(KINDS))
    example = phonenumbers.example_number_for_type(region, kind)
    example = example or phonenumbers.example_number("GB")
    assert example is not None
    digits = list(phonenumbers.national_significant_number(example))
    for place in draw(st.lists(st.integers(0, len(digits) - 1), max_size=5)):
        digits[place] = draw(st.sampled_from("0123456789"))
    national = "".join(digits)[: draw(st.integers(len(digits) - 1, len(digits)))]
    national += draw(st.sampled_from(["", "", "", "0", "7"]))
    form = draw(st.sampled_from(WRITTEN))
    text = form.replace("{code}", str(example.country_code)).replace("{national}", national)
    return text, draw(st.sampled_from([region, region, "GB", "IT", "US", "RU", None]))


@settings(max_examples=1_500)
@given(numbers())
def test_the_quick_way_reads_as_the_library_does(drawn: tuple[str, str | None]) -> None:
    text, region = drawn

    assert outcome(parse_phone, text, region) == outcome(parse_slowly, text, region)


@given(
    st.text(alphabet="+0123456789 -().٠١२", max_size=20),
    st.sampled_from(["GB", "DE", "US", "BR", "XX", "", None]),
)
def test_nor_do_they_differ_on_any_other_text(text: str, region: str | None) -> None:
    assert outcome(parse_phone, text, region) == outcome(parse_slowly, text, region)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+447400123456", None),
        ("07400 123456", "GB"),
        ("00447400123456", "FR"),
        ("0151-23456789", "DE"),
        ("+4915123456789", None),
        ("8912 345-67-89", "RU"),
        ("2015550123", "US"),
    ],
)
def test_plain_mobile_numbers_go_the_quick_way(text: str, region: str | None) -> None:
    assert PLANS.read(text, region) is not None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("447400123456", "GB"),  # with or without its country's code?
        ("+447700900123", None),  # in no range that is in use
        ("+442079460000", None),  # no mobile
        ("07400 123456", None),
        ("(07400) 123456", "GB"),
        ("07400.123456", "GB"),
        ("0-07400123456", "GB"),
        ("7400123456x1", "GB"),
        ("4.47701E+11", "GB"),
        ("", "GB"),
    ],
)
def test_all_else_is_left_to_the_library(text: str, region: str | None) -> None:
    assert PLANS.read(text, region) is None
