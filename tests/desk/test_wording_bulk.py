"""The sentences of sending to a list: each code has one, and says where."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk import wording_bulk
from smsdesk.desk.bulk_plan import BulkCountry, ForeignUse
from smsdesk.desk.desk import Desk
from smsdesk.desk.sheets.numbers import RowProblem
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import Row, SheetError
from smsdesk.sms.message import Problem
from smsdesk.sms.phone import PhoneProblem

SHEETS = Path(wording_bulk.__file__).parent / "sheets"
CODES = sorted(
    {
        code
        for path in SHEETS.glob("*.py")
        for code in re.findall(r'SheetError\(\s*"(\w+)"', path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("code", [*CODES, "quotes", "field_too_long", "not_a_file"])
def test_every_way_in_which_a_file_fails_has_a_sentence(code: str) -> None:
    assert code in wording_bulk.SHEET_SENTENCES

    sentence = wording_bulk.sheet_sentence(SheetError(code, Path("/home/anna/staff.csv"), 17))

    assert sentence.startswith("staff.csv: Row 17: ")
    assert sentence.endswith(".")
    assert "{" not in sentence.replace("{{", "")


def problem(code: str, field: str = "to", typed: str = "4.47701E+11") -> RowProblem:
    return RowProblem(Row(17, (typed,)), typed, field, code, 5)


def test_a_shortened_number_is_told_as_promised() -> None:
    assert wording_bulk.row_sentence(problem("spreadsheet")) == (
        "Row 17: “4.47701E+11” is a number that a spreadsheet has shortened. Format the column "
        "as text and import again."
    )


@pytest.mark.parametrize("code", list(PhoneProblem))
def test_every_problem_of_a_number_has_a_sentence(code: PhoneProblem) -> None:
    sentence = wording_bulk.row_reason(problem(code))

    assert "will not do" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("to", "two_numbers"),
        ("to", "two_countries"),
        ("row", "too_many_cells"),
        ("text", "missing_value"),
        ("text", "cell_error"),
        ("text", "too_long"),
        ("text", "empty"),
        ("text", "control_characters"),
        ("text", "lone_surrogates"),
    ],
)
def test_so_has_every_other_problem_of_a_row(field: str, code: str) -> None:
    assert "will not do" not in wording_bulk.row_reason(problem(code, field))


def test_the_words_of_a_cell_are_never_filled_in() -> None:
    sentence = wording_bulk.row_reason(problem("two_numbers", typed="{value} {input}"))

    assert "“{value} {input}”" in sentence


def test_an_unknown_placeholder_is_shown_as_it_was_written() -> None:
    sentence = wording_bulk.bulk_problem_sentence(Problem("text", "nme", "unknown_placeholder"))

    assert sentence == "The list has no column for “{nme}”."


def test_one_and_many_are_told_apart() -> None:
    one = Problem("to", "+447700900123", "unassigned_rows", is_warning=True, value=1)
    many = Problem("to", "+447700900123", "unassigned_rows", is_warning=True, value=3)

    assert wording_bulk.bulk_problem_sentence(one).startswith("+447700900123 is in no range")
    assert wording_bulk.bulk_problem_sentence(many).startswith("3 numbers are in no range")


def test_a_plan_is_summed_up_in_two_lines(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("Mobile\n+447400123456\n07400 123456\n12\n+4915123456789\n", "utf-8")
    desk.opt_outs.add("+4915123456789", sender="", why="rang up", default_region=None)
    plan = desk.bulk.plan(desk.bulk.read(file, ReadingOptions("GB")), "Hi", "ACME")

    assert wording_bulk.plan_sentence(plan) == "1 message · 1 part · about 1 s"
    assert wording_bulk.left_out_sentence(plan) == "1 row to mend · 1 row merged · 1 opted out"
    (merged,), (left,) = plan.duplicates, plan.opted_out
    assert wording_bulk.duplicate_sentence(merged) == (
        "Row 3: +44 7400 123456 stands in row 2 already, and gets one message."
    )
    assert wording_bulk.opted_out_sentence(left).startswith("Row 5: +49 1512 3456789 has opted")


def test_countries_and_characters() -> None:
    known = BulkCountry("GB", 1_200, 2_400, Decimal("0.04"), "EUR", is_old=False)
    unknown = BulkCountry(None, 1, 1, None, "", is_old=False)

    assert wording_bulk.country_sentence(known) == (
        "United Kingdom: 1,200 messages, 2,400 parts × €0.04 ≈ €96.00"
    )
    assert wording_bulk.country_sentence(unknown) == (
        "International numbers: 1 message, 1 part, price unknown"
    )
    assert wording_bulk.foreign_sentence(ForeignUse("’", "QUOTE", "'", 2, 17)) == (
        "“’” (QUOTE) makes 2 messages UCS-2, first in row 17. “'” may stand for it."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (89, "about 89 s"), (600, "about 10 min"), (9_000, "about 2.5 h")],
)
def test_durations_are_rounded(seconds: float, words: str) -> None:
    assert wording_bulk.duration_words(timedelta(seconds=seconds)) == words
