"""What stands in the cells of spreadsheets, as text."""

from datetime import date, datetime, time, timedelta

import pytest

from smsdesk.desk.sheets.workbooks import write_value


@pytest.mark.parametrize(
    ("value", "text", "is_exact"),
    [
        (None, "", True),
        ("07400 123456", "07400 123456", True),
        (447400123456, "447400123456", True),
        (447400123456.0, "447400123456", True),
        (2**53 - 1, "9007199254740991", True),
        (2**53, "9007199254740992", False),
        (4.477e20, "4.477e+20", False),
        (0.1 + 0.2, "0.3", False),
        (-5, "-5", False),
        (-5.0, "-5", False),
        (float("inf"), "inf", False),
        (float("nan"), "nan", False),
        (True, "TRUE", False),
        (date(2026, 3, 2), "2026-03-02", False),
        (datetime(2026, 3, 2), "2026-03-02", False),  # noqa: DTZ001 - as openpyxl gives it
        (datetime(2026, 3, 2, 9, 30), "2026-03-02 09:30", False),  # noqa: DTZ001
        (time(9, 5), "09:05", False),
        (timedelta(hours=30, minutes=5), "30:05", False),
    ],
)
def test_a_value_is_written_as_it_was_meant(value: object, text: str, is_exact: bool) -> None:
    assert write_value(value) == (text, is_exact)
