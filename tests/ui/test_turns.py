"""The window gets its turn while a worker is busy, and the usual turns come back."""

import sys

import pytest

from smsdesk.ui.turns import short_turns


def test_turns_are_short_until_the_last_one_has_left() -> None:
    usual = sys.getswitchinterval()

    with short_turns():
        with short_turns():
            assert sys.getswitchinterval() < usual / 5
        assert sys.getswitchinterval() < usual / 5

    assert sys.getswitchinterval() == usual


def test_an_error_brings_the_usual_turns_back_too() -> None:
    usual = sys.getswitchinterval()

    with pytest.raises(ZeroDivisionError), short_turns():
        raise ZeroDivisionError

    assert sys.getswitchinterval() == usual
