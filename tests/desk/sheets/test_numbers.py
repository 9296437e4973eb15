"""The care that a list of numbers gets beyond that of a single one."""

from pathlib import Path

import pytest

from smsdesk.desk.sheets.numbers import TwoReadingsError, read_number, read_numbers
from smsdesk.desk.sheets.reading import ReadingOptions, read_table
from smsdesk.desk.sheets.table import ReadingStoppedError


@pytest.mark.parametrize(
    ("typed", "region", "e164"),
    [
        ("030/12345678", "DE", "+493012345678"),
        ("+49 (0) 151 / 23456789", "DE", "+4915123456789"),
        ("447400123456", "GB", "+447400123456"),
        ("07700 900123", "GB", "+447700900123"),
        ("2015550123", "US", "+12015550123"),
    ],
)
def test_what_is_clear_is_read(typed: str, region: str, e164: str) -> None:
    assert read_number(typed, default_region=region).e164 == e164


@pytest.mark.parametrize(
    "typed",
    [
        "+447400123456;+447400123457",
        "07400 123456 und 07400 123457",
        "07400123456 & 07400123457",
        "07400123456\n07400123457",
        "+447400123456 +447400123457",
    ],
)
def test_two_numbers_in_a_cell_are_not_one(typed: str) -> None:
    with pytest.raises(TwoReadingsError) as caught:
        read_number(typed, default_region="GB")

    assert caught.value.code == "two_numbers"


def test_a_foreign_number_without_its_plus_is_not_read_as_a_national_one() -> None:
    """In Germany numbers may be long, so that a British one could pass for one of them."""
    with pytest.raises(TwoReadingsError) as caught:
        read_number("447400123456", default_region="DE")

    assert caught.value.code == "two_countries"


def test_reading_may_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Mobile\n" + "".join(f"+4474001{n:05d}\n" for n in range(2_000)))
    told: list[int] = []
    table = read_table(file, ReadingOptions(), on_progress=told.append)
    assert told == [500, 1_000, 1_500, 2_000]

    with pytest.raises(ReadingStoppedError):
        read_numbers(table, default_region=None, stop=lambda: True)
    with pytest.raises(ReadingStoppedError):
        read_table(file, stop=lambda: True)
    read_numbers(table, default_region=None, on_progress=told.append)
    assert told[-1] == 2_000
