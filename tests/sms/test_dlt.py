"""What India's operators want to know, and only for recipients there."""

import pytest

from smsdesk.sms.dlt import LONGEST_ID, DltProblem
from smsdesk.sms.message import Draft, Preview, Problem, ProblemCode, check_draft

INDIAN, BRITISH = "+919876543210", "+447400123456"
ENTITY, CONTENT = "1201159100000001234", "1707161234567890123"


def check(*, to: str = INDIAN, entity_id: str = "", content_id: str = "") -> Preview:
    draft = Draft("ACME", to, "Hi", entity_id=entity_id, content_id=content_id)
    return check_draft(draft, default_region=None)


def test_both_ids_are_for_recipients_in_india() -> None:
    preview = check(to=f"{BRITISH}\n{INDIAN}", entity_id=ENTITY, content_id=CONTENT)

    assert preview.is_to_india
    assert (preview.entity_id, preview.content_id) == (ENTITY, CONTENT)
    assert preview.can_send


def test_without_anybody_there_they_are_of_no_account() -> None:
    preview = check(to=BRITISH, entity_id="half an id", content_id="x")

    assert not preview.is_to_india
    assert (preview.entity_id, preview.content_id) == (None, None)
    assert preview.problems == ()


def test_neither_is_needed() -> None:
    assert check().problems == ()


def test_blanks_that_came_along_with_copying_are_dropped() -> None:
    assert check(entity_id=" 1201 1591 0000 0001 234\n").entity_id == ENTITY


@pytest.mark.parametrize("field", ["entity_id", "content_id"])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("TM-12", (DltProblem.NOT_DIGITS, "TM-12", None, False)),
        ("\u0661\u0662\u0663", (DltProblem.NOT_DIGITS, "\u0661\u0662\u0663", None, False)),
        ("1" * (LONGEST_ID + 1), (ProblemCode.TOO_LONG, "", LONGEST_ID + 1, False)),
        ("1" * LONGEST_ID, (DltProblem.UNUSUAL_LENGTH, "", LONGEST_ID, True)),
        ("1" * 11, (DltProblem.UNUSUAL_LENGTH, "", 11, True)),
    ],
)
def test_an_id_is_digits_and_an_unusual_length_is_only_warned_of(
    field: str, text: str, problem: tuple[str, str, int | None, bool]
) -> None:
    code, told, value, is_warning = problem

    preview = check(**{field: text})

    assert preview.problems == (Problem(field, told, code, is_warning, value),)
    assert preview.can_send is is_warning


@pytest.mark.parametrize("length", [12, 13, 19])
def test_the_usual_lengths_are_nothing_to_speak_of(length: int) -> None:
    assert check(entity_id="1" * length).problems == ()
