"""The documents were read twice, by the program and by its simulator: both say the same."""

import pytest

from smsdesk.simulator.channels import CHANNELS as THEIRS
from smsdesk.sms.channels import CHANNELS as OURS
from smsdesk.sms.state import State


def test_there_are_the_same_channels() -> None:
    assert set(OURS) == set(THEIRS)


@pytest.mark.parametrize("name", OURS)
def test_a_channel_has_the_same_limits(name: str) -> None:
    ours, theirs = OURS[name], THEIRS[name]

    assert ours.longest_text == theirs.longest_text
    assert ours.ttl_s == (theirs.ttl_s or theirs.own_ttl_s)
    assert ours.categories == theirs.categories
    assert ours.has_templates == theirs.has_templates
    assert (State.READ in ours.adds) == theirs.adds_read


@pytest.mark.parametrize("name", OURS)
def test_a_channel_takes_the_same_pictures(name: str) -> None:
    ours, theirs = OURS[name].pictures, THEIRS[name]

    assert set(ours.endings if ours else ()) == set(theirs.pictures)
    if ours is not None:
        assert ours.longest_caption == (theirs.longest_caption or 0)
