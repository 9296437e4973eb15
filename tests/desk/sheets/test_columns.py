"""Which column has the numbers, and whether there is a header."""

import pytest

from smsdesk.desk.sheets.columns import find_number_column, has_header
from smsdesk.desk.sheets.table import Row

A, B = "+447400123456", "+447400123457"


def rows(*lines: str) -> list[Row]:
    return [Row(place, tuple(line.split(","))) for place, line in enumerate(lines, start=1)]


def number_column(headers: str, *lines: str, region: str | None = "GB") -> int | None:
    return find_number_column(headers.split(","), rows(*lines), default_region=region)


@pytest.mark.parametrize(
    "header",
    [
        "Mobile",
        "Phone Number",
        "MSISDN",
        "Handy-Nr.",
        "Téléphone portable",
        "N° de téléphone",
        "Móvil",
        "Telemóvel",
        "Cellulare",
        "Telefoonnummer",
        "Numer telefonu",
        "Телефон",
        "手机号",
        "電話番号",
        "휴대폰",
        "رقم الهاتف",
        "मोबाइल",
    ],
)
def test_a_header_in_any_of_the_main_languages_is_known(header: str) -> None:
    assert has_header(rows(f"x,{header}", f"1,{A}"))
    assert number_column(f"x,{header}", f"1,{A}", f"2,{B}") == 1


def test_mobile_comes_before_phone_and_phone_before_number() -> None:
    assert number_column("Number,Phone,Mobile", f"{A},{A},{A}") == 2
    assert number_column("Number,Phone,x", f"{A},{A},{A}") == 1


def test_a_header_without_numbers_below_gives_way_to_a_column_with_them() -> None:
    assert number_column("Number,Reach", f"17,{A}", f"18,{B}") == 1
    assert number_column("Phone,Reach", f"none,{A}", f"-,{B}") == 1


def test_without_a_header_the_column_with_most_numbers_is_taken() -> None:
    assert number_column("", f"Anna,17,{A}", f"Ben,18,{B}", "Cy,19,nobody") == 2


def test_numbers_that_a_spreadsheet_spoilt_still_tell_their_column() -> None:
    assert number_column("", "Anna,4.47701E+11", "Ben,4.47701E+11") == 1


def test_national_numbers_tell_their_column_without_a_country() -> None:
    assert number_column("", "Anna,07400123456", "Ben,07400123457", region=None) == 1


def test_no_column_is_guessed_where_there_are_no_numbers() -> None:
    assert number_column("Name,Town", "Anna,Leeds") is None


@pytest.mark.parametrize("first", [f"Anna,{A}", "Anna,07400 12345", "1,2"])
def test_a_row_with_a_number_is_no_header(first: str) -> None:
    assert not has_header(rows(first, f"Ben,{B}"))


def test_words_above_other_rows_are_a_header() -> None:
    assert has_header(rows("Who,Where", f"Ben,{B}"))
    assert not has_header(rows("Who,Where"))
    assert not has_header([])
