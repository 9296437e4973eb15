"""What a draft must be before it may be sent, field by field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.encoding import Encoding
from smsdesk.sms.message import (
    FOREIGN_SHOWN,
    MAX_REF_LENGTH,
    Draft,
    Preview,
    Problem,
    ProblemCode,
    check_draft,
)
from smsdesk.sms.phone import PhoneProblem
from smsdesk.sms.segments import MAX_CHARACTERS
from smsdesk.sms.sender_id import SenderIdProblem, SenderKind


def check(
    *,
    sender: str = "ACME",
    recipients: str = "+44 7400 123456",
    text: str = "Hello",
    ref: str = "",
    default_region: str | None = "GB",
) -> Preview:
    draft = Draft(sender=sender, recipients=recipients, text=text, ref=ref)
    return check_draft(draft, default_region=default_region)


def test_a_good_draft_can_be_sent() -> None:
    preview = check()

    assert preview.can_send
    assert preview.problems == ()
    assert preview.text == "Hello"
    assert preview.sender is not None
    assert preview.sender.kind is SenderKind.ALPHANUMERIC
    assert [number.e164 for number in preview.numbers] == ["+447400123456"]
    assert preview.measure.parts == 1


def test_an_empty_draft_names_every_field_in_their_order() -> None:
    preview = check_draft(Draft(), default_region=None)

    assert not preview.can_send
    assert preview.problems == (
        Problem("from", "", SenderIdProblem.EMPTY),
        Problem("to", "", ProblemCode.EMPTY),
        Problem("text", "", ProblemCode.EMPTY),
    )


def test_problems_follow_the_order_of_the_fields() -> None:
    preview = check(sender="!", recipients="x, y", text="\x07", ref="r" * 101)

    fields = [problem.field for problem in preview.problems]
    assert fields == ["from", "to", "to", "text", "ref"]


def test_a_bad_sender_is_named_with_its_reason() -> None:
    preview = check(sender="My Shop")

    assert preview.sender is None
    assert preview.problems == (Problem("from", "My Shop", SenderIdProblem.BAD_CHARACTERS),)


def test_one_bad_recipient_keeps_all_from_being_sent() -> None:
    preview = check(recipients="+44 7400 123456, 1-800-FLOWERS")

    assert not preview.can_send
    assert preview.problems == (Problem("to", "1-800-FLOWERS", PhoneProblem.HAS_LETTERS),)


def test_a_number_listed_twice_gets_one_message() -> None:
    preview = check(recipients="+44 7400 123456\n07400 123457\n07400 123456")

    assert preview.can_send
    assert [number.e164 for number in preview.numbers] == ["+447400123456", "+447400123457"]
    assert preview.problems == (
        Problem("to", "07400 123456", ProblemCode.DUPLICATE, is_warning=True),
    )


def test_a_number_in_no_assigned_range_is_only_a_warning() -> None:
    preview = check(recipients="07700 900123")

    assert preview.can_send
    assert preview.problems == (
        Problem("to", "07700 900123", ProblemCode.NOT_ASSIGNED, is_warning=True),
    )


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0\t"])
def test_a_text_of_blanks_is_empty(text: str) -> None:
    assert check(text=text).problems == (Problem("text", "", ProblemCode.EMPTY),)


def test_line_ends_become_line_feeds_and_nothing_else_changes() -> None:
    preview = check(text=" a\r\nb\rc\n\u00a0\u2028’ ")

    assert preview.text == " a\nb\nc\n\u00a0\u2028’ "
    assert preview.measure.characters == len(preview.text)


@pytest.mark.parametrize(
    ("text", "number", "place"),
    [("a\x00b", "U+0000", 1), ("\r\n\x1b", "U+001B", 1), ("\x7f", "U+007F", 0)],
)
def test_control_characters_are_a_problem(text: str, number: str, place: int) -> None:
    preview = check(text=text)

    assert preview.problems == (
        Problem("text", number, ProblemCode.CONTROL_CHARACTERS, value=place),
    )


def test_tabs_and_line_ends_are_no_control_characters() -> None:
    assert check(text="a\tb\nc\fd\u0085e").problems == ()


def test_half_an_emoji_is_a_problem_and_a_whole_one_is_not() -> None:
    assert check(text="👍").problems == ()
    assert check(text="ab\ud83d").problems == (
        Problem("text", "U+D83D", ProblemCode.LONE_SURROGATES, value=2),
    )


def test_the_longest_text_may_be_sent_with_two_warnings() -> None:
    preview = check(text="a" * MAX_CHARACTERS)

    assert preview.can_send
    assert preview.problems == (
        Problem("text", "", ProblemCode.MANY_CHARACTERS, is_warning=True, value=3200),
        Problem("text", "", ProblemCode.MANY_PARTS, is_warning=True, value=21),
    )


def test_a_text_that_is_too_long_is_not_also_called_long() -> None:
    preview = check(text="a" * (MAX_CHARACTERS + 1))

    assert not preview.can_send
    assert preview.problems == (
        Problem("text", "", ProblemCode.TOO_LONG, value=3201),
        Problem("text", "", ProblemCode.MANY_PARTS, is_warning=True, value=21),
    )


def test_six_parts_and_a_thousand_characters_pass_without_a_word() -> None:
    assert check(text="a" * 153 * 6).problems == ()
    assert [problem.code for problem in check(text="a" * (153 * 6 + 1)).problems] == [
        ProblemCode.MANY_PARTS
    ]
    assert ProblemCode.MANY_CHARACTERS not in {
        problem.code for problem in check(text="a" * 1000).problems
    }


def test_emoji_count_once_against_the_limit() -> None:
    preview = check(text="👍" * MAX_CHARACTERS)

    assert preview.can_send
    assert preview.measure.units == 2 * MAX_CHARACTERS


def test_a_reference_has_room_for_a_hundred_characters() -> None:
    assert check(ref="r" * MAX_REF_LENGTH).problems == ()
    assert check(ref="r" * (MAX_REF_LENGTH + 1)).problems == (
        Problem("ref", "", ProblemCode.TOO_LONG, value=101),
    )
    assert check(ref="a\x00").problems == (
        Problem("ref", "U+0000", ProblemCode.CONTROL_CHARACTERS, value=1),
    )


def test_foreign_characters_are_shown_up_to_a_limit() -> None:
    assert (
        check(text="я" * (FOREIGN_SHOWN + 1)).foreign == check(text="я" * FOREIGN_SHOWN).foreign
    )
    assert check(text="It’s").foreign[0].suggestion == "'"
    assert check(text="It’s").measure.encoding is Encoding.UCS2


def test_the_region_is_used_for_sender_and_recipients() -> None:
    preview = check(sender="07400 123456", recipients="07400 123457", default_region="GB")
    abroad = check(sender="07400 123456", recipients="07400 123457", default_region=None)

    assert preview.can_send
    assert [problem.code for problem in abroad.problems] == [
        SenderIdProblem.BAD_NUMBER,
        PhoneProblem.NO_COUNTRY,
    ]


@given(st.builds(Draft, st.text(), st.text(), st.text(), st.text()))
def test_any_draft_is_answered_with_a_preview(draft: Draft) -> None:
    preview = check_draft(draft, default_region="GB")

    assert "\r" not in preview.text
    assert len(set(preview.numbers)) == len(preview.numbers)
    if preview.can_send:
        assert preview.sender is not None
        assert preview.numbers
        assert preview.text.strip()
