"""A 401 that our wrong clock caused is pardoned once (F34)."""

import pytest

from smsdesk.delivery.outcome import Outcome, of_answer
from smsdesk.delivery.pardon import SkewPardon
from smsdesk.vonage.exchange import Answer
from tests.support import NOW


def refused(status: int = 401) -> Outcome:
    return of_answer(Answer(status, {}, b""), now=NOW)


def test_a_refusal_that_taught_us_the_time_is_pardoned_once() -> None:
    pardon = SkewPardon()

    assert pardon.is_pardoned(refused(), claimed_at=1.0, skew_s=-600.0, now=2.0)
    assert not pardon.is_pardoned(refused(), claimed_at=3.0, skew_s=-600.0, now=4.0)


def test_all_that_were_on_the_wire_before_we_learnt_it_are_pardoned() -> None:
    pardon = SkewPardon()
    pardon.is_pardoned(refused(), claimed_at=1.0, skew_s=-600.0, now=5.0)

    assert pardon.is_pardoned(refused(), claimed_at=4.9, skew_s=-600.0, now=6.0)
    assert not pardon.is_pardoned(refused(), claimed_at=5.1, skew_s=-600.0, now=7.0)


@pytest.mark.parametrize("skew_s", [0.0, 30.0, -60.0, 60.0])
def test_a_clock_that_is_right_enough_pardons_nothing(skew_s: float) -> None:
    assert not SkewPardon().is_pardoned(refused(), claimed_at=1.0, skew_s=skew_s, now=2.0)


@pytest.mark.parametrize("status", [202, 402, 403, 422, 500])
def test_only_a_401_can_be_pardoned(status: int) -> None:
    assert not SkewPardon().is_pardoned(refused(status), claimed_at=1.0, skew_s=-600.0, now=2.0)


def test_a_clock_that_is_set_anew_is_a_new_cause() -> None:
    pardon = SkewPardon()
    pardon.is_pardoned(refused(), claimed_at=1.0, skew_s=-600.0, now=2.0)

    assert pardon.is_pardoned(refused(), claimed_at=3.0, skew_s=3_600.0, now=4.0)
