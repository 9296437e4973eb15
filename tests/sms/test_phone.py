"""How people write phone numbers, and what must not be guessed."""

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from smsdesk.sms.phone import (
    Destination,
    PhoneNumber,
    PhoneNumberError,
    PhoneProblem,
    calling_code,
    destination,
    parse_phone,
    region_name,
    regions,
    show_e164,
    written_forms,
)

DEMO = "+447700900123"


@pytest.mark.parametrize(
    "typed",
    [
        "+447700900123",
        " +44 7700 900123 ",
        "+44 7700-900.123",
        "0044 7700 900123",
        "00 44 7700 900123",
        "+44 (0)7700 900123",
        "+44(0) 7700/900123",
        "+44 07700 900123",
        "(+44) 7700 900123",
        "07700 900123",
        "(07700) 900123",
        "7700 900123",
        "447700900123",
        "+44\u00a07700\u202f900123",
        "\u202a+447700900123\u202c",
        "\u200e+44\u2066 7700 900123\u2069",
        "\ufeff+44\u200b7700\u00ad900123",
        "07700\u2013900\u2011123",
        "٠٧٧٠٠٩٠٠١٢٣",
        "०७७००९००१२३",
        "＋４４（０）７７００－９００１２３",
        "tel:+44-7700-900123",
        "TEL:+447700900123",
        "tel:%2B447700900123",
        "sms:+447700900123",
        "sms:+447700900123?body=Call%20me%201",
        "'07700900123",
        '"07700900123"',
    ],
)
def test_one_number_is_read_however_it_is_written(typed: str) -> None:
    assert parse_phone(typed, default_region="GB").e164 == DEMO


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", PhoneProblem.EMPTY),
        (" \u200b\t", PhoneProblem.EMPTY),
        ("tel:", PhoneProblem.EMPTY),
        ("Anna", PhoneProblem.NOT_A_NUMBER),
        ("anna@example.com", PhoneProblem.NOT_A_NUMBER),
        ("+", PhoneProblem.NOT_A_NUMBER),
        ("++447700900123", PhoneProblem.NOT_A_NUMBER),
        ("44+7700900123", PhoneProblem.NOT_A_NUMBER),
        ("07700900123²", PhoneProblem.NOT_A_NUMBER),
        ("07700 900123!", PhoneProblem.NOT_A_NUMBER),
        ("0 07700 900123", PhoneProblem.NOT_A_NUMBER),
        ("(0)07700 900123", PhoneProblem.NOT_A_NUMBER),
        ("123", PhoneProblem.TOO_SHORT),
        ("+441", PhoneProblem.TOO_SHORT),
        ("+44 7700 900123 900", PhoneProblem.TOO_LONG),
        ("07700 900123 07700 900124", PhoneProblem.TOO_LONG),
        ("+1234567890123456", PhoneProblem.TOO_LONG),
        ("+999 1234 5678", PhoneProblem.UNKNOWN_COUNTRY),
        ("+0 7700 900123", PhoneProblem.UNKNOWN_COUNTRY),
        ("07700 900123 ext. 4", PhoneProblem.HAS_EXTENSION),
        ("07700 900123x4", PhoneProblem.HAS_EXTENSION),
        ("07700 900123 #4", PhoneProblem.HAS_EXTENSION),
        ("tel:+44-7700-900123;ext=4", PhoneProblem.HAS_EXTENSION),
        ("+44 7700 900123 доб. 4", PhoneProblem.HAS_EXTENSION),
        ("1-800-FLOWERS", PhoneProblem.HAS_LETTERS),
        ("O7700 900123", PhoneProblem.HAS_LETTERS),
        ("4.47701E+11", PhoneProblem.SPREADSHEET),
        ("4,47701E+11", PhoneProblem.SPREADSHEET),
        ("4.47701e11", PhoneProblem.SPREADSHEET),
        ("447700900123.0", PhoneProblem.SPREADSHEET),
    ],
)
def test_what_is_no_number_says_why(typed: str, problem: PhoneProblem) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        parse_phone(typed, default_region="GB")

    assert caught.value.problem is problem
    assert caught.value.text == typed


@pytest.mark.parametrize("region", [None, ""])
def test_a_national_number_needs_a_country(region: str | None) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        parse_phone("07700 900123", default_region=region)

    assert caught.value.problem is PhoneProblem.NO_COUNTRY
    assert parse_phone("0044 7700 900123", default_region=region).e164 == DEMO


def test_a_local_number_without_its_area_is_not_possible() -> None:
    with pytest.raises(PhoneNumberError) as caught:
        parse_phone("555-0123", default_region="US")

    assert caught.value.problem is PhoneProblem.NOT_POSSIBLE


def test_a_number_too_short_without_its_trunk_zero_does_not_keep_it() -> None:
    with pytest.raises(PhoneNumberError) as caught:
        parse_phone("0100000", default_region="GB")

    assert caught.value.problem is PhoneProblem.NOT_POSSIBLE


def test_the_way_out_of_the_default_region_is_understood() -> None:
    assert parse_phone("011 44 7700 900123", default_region="US").e164 == DEMO


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("+39 (0)6 12345678", "+390612345678"),
        ("+39 (0)331 1234567", "+3903311234567"),
        ("+372 (0)5123456", "+3725123456"),
        ("+44 (0)20 7946 0000", "+442079460000"),
    ],
)
def test_the_bracketed_zero_stays_only_where_it_belongs(typed: str, e164: str) -> None:
    assert parse_phone(typed, default_region=None).e164 == e164


def test_a_number_kept_for_fiction_is_possible_and_not_valid() -> None:
    number = parse_phone(DEMO, default_region=None)

    assert number == PhoneNumber(DEMO, region="GB", kind="unknown", is_valid=False)
    assert number.international == "+44 7700 900123"


@pytest.mark.parametrize(
    ("typed", "region", "kind"),
    [
        ("+44 7400 123456", "GB", "mobile"),
        ("+44 7911 123456", "GG", "mobile"),
        ("+1 202 555 0123", "US", "fixed_line_or_mobile"),
        ("+1 613 555 0123", "CA", "fixed_line_or_mobile"),
        ("+7 700 123 4567", "KZ", "mobile"),
        ("+800 1234 5678", None, "toll_free"),
        ("+49 30 123456", "DE", "fixed_line"),
    ],
)
def test_country_and_kind_are_known(typed: str, region: str | None, kind: str) -> None:
    number = parse_phone(typed, default_region=None)

    assert (number.region, number.kind, number.is_valid) == (region, kind, True)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_validity_is_what_the_library_says_in_every_country(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    example = example or phonenumbers.example_number(region)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    if len(e164) < len("+1234567"):
        pytest.skip("too short for the wire")

    number = parse_phone(e164, default_region=None)

    assert number.e164 == e164
    assert number.is_valid is phonenumbers.is_valid_number(example) is True
    assert number.region == phonenumbers.region_code_for_number(example)


@pytest.mark.parametrize(
    "e164", ["447700900123", "+0447700900", "+123456", "+1234567890123456"]
)
def test_a_number_that_is_not_e164_cannot_be_made(e164: str) -> None:
    with pytest.raises(ValueError, match=r"not an E\.164 number"):
        PhoneNumber(e164, region=None, kind="unknown", is_valid=False)


def test_the_error_does_not_show_the_number() -> None:
    with pytest.raises(PhoneNumberError) as caught:
        parse_phone("07700900123", default_region=None)

    assert "7700" not in f"{caught.value!s} {caught.value!r}"


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        (DEMO, "+44 7700 900123"),
        ("+12025550123", "+1 202-555-0123"),
        ("+9991234567", "+9991234567"),
        ("ACME", "ACME"),
        ("60777", "60777"),
        ("447700900123", "447700900123"),
        ("", ""),
    ],
)
def test_a_number_is_shown_in_groups_and_anything_else_as_it_is(
    given_text: str, shown: str
) -> None:
    assert show_e164(given_text) == shown


def test_all_countries_of_the_library_have_a_name_and_a_code() -> None:
    assert set(regions()) == set(phonenumbers.SUPPORTED_REGIONS)
    assert all(calling_code(region) > 0 for region in regions())
    assert len({region_name(region) for region in regions()}) == len(regions())


def test_countries_are_listed_by_name() -> None:
    listed = regions()

    assert region_name("GB") == "United Kingdom"
    assert calling_code("GB") == 44
    assert listed[0] == "AF"
    assert listed.index("AX") < listed.index("BS")  # Åland is an A


def test_a_country_nobody_knows_keeps_its_code_and_has_no_number() -> None:
    assert region_name("ZZ") == "ZZ"
    with pytest.raises(ValueError, match="ZZ"):
        calling_code("ZZ")


def test_the_library_is_not_loaded_before_the_first_number() -> None:
    script = "import smsdesk.sms.message, sys; sys.exit('phonenumbers' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@given(st.text())
@example("tel:tel:")
@example("sms:%")
@example("\ud800")
def test_any_text_is_a_number_or_a_stated_problem(typed: str) -> None:
    try:
        number = parse_phone(typed, default_region="GB")
    except PhoneNumberError:
        return

    assert parse_phone(number.international, default_region=None) == number


@given(st.text(alphabet="0123456789 ()-./٣४", min_size=5, max_size=20))
def test_no_digit_of_a_national_number_is_lost_or_invented(typed: str) -> None:
    digits = "".join(str(int(char)) for char in typed if char.isdecimal())
    assume(not digits.startswith("00"))
    try:
        number = parse_phone(typed, default_region="GB")
    except PhoneNumberError:
        return

    trunk_zero_dropped = digits.removeprefix("0").removeprefix("44").removeprefix("0")
    assert number.e164 in {f"+44{digits.removeprefix('0')}", f"+44{trunk_zero_dropped}"}


@pytest.mark.parametrize(
    ("e164", "forms"),
    [
        (
            "+447700900123",
            ("447700900123", "07700900123", "+44 7700 900123", "07700 900123"),
        ),
        ("+12025550123", ("12025550123", "2025550123", "+1 202-555-0123", "(202) 555-0123")),
    ],
)
def test_the_ways_in_which_a_number_is_written(e164: str, forms: tuple[str, ...]) -> None:
    assert written_forms(e164) == forms


@pytest.mark.parametrize(
    ("number", "code", "region"),
    [
        ("+4915123456789", 49, "DE"),
        ("+49999", 49, "DE"),
        ("+447400123456", 44, "GB"),
        ("+447781123456", 44, "GG"),
        ("+447797123456", 44, "JE"),
        ("+447624123456", 44, "IM"),
        (DEMO, 44, None),
        ("+14155550132", 1, "US"),
        ("+14165550132", 1, "CA"),
        ("+18765550132", 1, "JM"),
        ("+19995550132", 1, None),
        ("+79161234567", 7, "RU"),
        ("+77011234567", 7, "KZ"),
        ("+390612345678", 39, "IT"),
        ("+80012345678", 800, None),
        ("+", None, None),
        ("ACME", None, None),
    ],
)
def test_a_number_leads_to_its_country_or_to_none(
    number: str, code: int | None, region: str | None
) -> None:
    assert destination(number) == Destination(code, region)


@pytest.mark.parametrize("region", ["GB", "GG", "JE", "RU", "KZ", "NO", "MA", "FI", "CW"])
@given(tail=st.text("0123456789", min_size=8, max_size=8))
def test_the_first_seven_digits_decide_about_the_country(region: str, tail: str) -> None:
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert number is not None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    other = e164[:8] + tail[: len(e164) - 8]
    assume(phonenumbers.is_valid_number(phonenumbers.parse(other, None)))

    assert destination(other).region == destination(e164).region == region
