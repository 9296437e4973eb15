"""The history's own words: counts, conditions, and one line for what came of acting on many."""

from datetime import UTC, datetime

import pytest

from smsdesk.desk.acting import Left
from smsdesk.desk.wording_history import (
    again_question,
    count_sentence,
    dates_words,
    failure_words,
    nothing_sentence,
    sent_again_sentence,
    states_words,
)
from smsdesk.sms.state import State


@pytest.mark.parametrize(
    ("count", "is_all", "told"),
    [
        (1, True, "1 message"),
        (1_204, True, "1,204 messages"),
        (10_000, False, "More than 10,000 messages, still counting…"),
    ],
)
def test_counts_are_honest_while_they_are_counted(count: int, is_all: bool, told: str) -> None:
    assert count_sentence(count, is_all=is_all) == told


def test_one_reason_is_named_and_several_are_counted() -> None:
    one = sent_again_sentence(41, {Left.OPTED_OUT: 3}, needs_confirmation=False)
    several = sent_again_sentence(
        2, {Left.OPTED_OUT: 1, Left.WAITING: 4}, needs_confirmation=True
    )

    assert one == "41 sent again, 3 left out: opted out."
    assert several == (
        "2 sent again, 5 left out (1 opted out, 4 not sent yet). "
        "They wait for a second person to confirm them."
    )


def test_the_question_says_how_many_might_get_it_twice() -> None:
    assert again_question(2, 1) == (
        "1 message was sent already, or may have been: its recipient could get it twice. "
        "2 messages were surely not sent."
    )


def test_a_range_of_days_names_its_last_day() -> None:
    first = datetime(2026, 3, 2).astimezone()
    after = datetime(2026, 3, 5).astimezone()

    assert dates_words(first, after) == "2 Mar 2026 – 4 Mar 2026"
    assert dates_words(None, after) == "Until 4 Mar 2026"
    assert dates_words(first, None) == "Since 2 Mar 2026"
    assert dates_words(first, datetime(2026, 3, 3).astimezone()) == "2 Mar 2026"
    assert dates_words(datetime(2026, 3, 2, 12, tzinfo=UTC), None).startswith("Since")


def test_conditions_are_told_in_words() -> None:
    assert states_words(frozenset({State.READ, State.DELIVERED})) == "Delivered, Read"
    assert failure_words("1210").endswith("(1210)")
    assert failure_words("") == "No reason given"
    assert failure_words("from outside {0}") == "from outside {0}"
    assert nothing_sentence(["From ACME"], "{filters}") == (
        "No message has “{filters}” in its number, name or text, and fits: From ACME."
    )
