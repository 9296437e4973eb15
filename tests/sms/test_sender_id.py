"""The three kinds of sender ID, and what is none."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.sms.sender_id import (
    SenderId,
    SenderIdError,
    SenderIdProblem,
    SenderKind,
    parse_sender_id,
)


@pytest.mark.parametrize(
    ("typed", "value", "kind"),
    [
        ("ACME", "ACME", SenderKind.ALPHANUMERIC),
        ("  Acme2go ", "Acme2go", SenderKind.ALPHANUMERIC),
        ("2GOOD4U", "2GOOD4U", SenderKind.ALPHANUMERIC),
        ("ElevenChars", "ElevenChars", SenderKind.ALPHANUMERIC),
        ("123", "123", SenderKind.SHORT_CODE),
        ("60777", "60777", SenderKind.SHORT_CODE),
        ("12345678", "12345678", SenderKind.SHORT_CODE),
        ("+44 7700 900123", "+447700900123", SenderKind.LONG_NUMBER),
        ("0044 7700 900123", "+447700900123", SenderKind.LONG_NUMBER),
        ("07700 900123", "+447700900123", SenderKind.LONG_NUMBER),
        ("447700900123", "+447700900123", SenderKind.LONG_NUMBER),
    ],
)
def test_a_sender_is_read_by_its_kind(typed: str, value: str, kind: SenderKind) -> None:
    assert parse_sender_id(typed, default_region="GB") == SenderId(value, kind)


def test_eight_digits_are_a_phone_number_where_there_are_such_numbers() -> None:
    danish = parse_sender_id("20123456", default_region="DK")

    assert danish == SenderId("+4520123456", SenderKind.LONG_NUMBER)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", SenderIdProblem.EMPTY),
        (" \u00a0", SenderIdProblem.EMPTY),
        ("TwelveLetter", SenderIdProblem.TOO_LONG),
        ("My Shop", SenderIdProblem.BAD_CHARACTERS),
        ("Café", SenderIdProblem.BAD_CHARACTERS),
        ("АCME", SenderIdProblem.BAD_CHARACTERS),  # the first letter is Cyrillic
        ("A-1", SenderIdProblem.BAD_CHARACTERS),
        ("12", SenderIdProblem.BAD_NUMBER),
        ("012", SenderIdProblem.BAD_NUMBER),
        ("!", SenderIdProblem.BAD_NUMBER),
        ("+999123456789", SenderIdProblem.BAD_NUMBER),
        ("7700900123", SenderIdProblem.BAD_NUMBER),
    ],
)
def test_what_is_no_sender_says_why(typed: str, problem: SenderIdProblem) -> None:
    with pytest.raises(SenderIdError) as caught:
        parse_sender_id(typed, default_region=None)

    assert caught.value.problem is problem


def test_the_error_does_not_show_what_was_typed() -> None:
    with pytest.raises(SenderIdError) as caught:
        parse_sender_id("+999123456789", default_region=None)

    assert "999123" not in f"{caught.value!s} {caught.value!r}"


def test_only_numbers_can_be_answered() -> None:
    assert parse_sender_id("60777", default_region=None).can_be_answered
    assert parse_sender_id("+447700900123", default_region=None).can_be_answered
    assert not parse_sender_id("ACME", default_region=None).can_be_answered


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("447700900123", SenderKind.LONG_NUMBER),
        ("12", SenderKind.SHORT_CODE),
        ("123456789", SenderKind.SHORT_CODE),
        ("1234", SenderKind.ALPHANUMERIC),
        ("A B", SenderKind.ALPHANUMERIC),
        ("", SenderKind.ALPHANUMERIC),
    ],
)
def test_a_sender_of_the_wrong_kind_cannot_be_made(value: str, kind: SenderKind) -> None:
    with pytest.raises(ValueError, match="not a sender ID"):
        SenderId(value, kind)


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=14))
def test_letters_and_digits_make_a_name_up_to_eleven(typed: str) -> None:
    if typed.isdecimal():
        return
    if len(typed) <= 11:
        assert parse_sender_id(typed, default_region=None).value == typed
    else:
        with pytest.raises(SenderIdError):
            parse_sender_id(typed, default_region=None)


@given(st.text())
def test_any_text_is_a_sender_or_a_stated_problem(typed: str) -> None:
    try:
        sender = parse_sender_id(typed, default_region="GB")
    except SenderIdError:
        return

    assert parse_sender_id(sender.value, default_region="GB") == sender
