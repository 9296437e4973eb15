"""Nobody is at the window once something else has been in front of it for a while."""

from smsdesk.desk.attention import LEFT_ALONE_S, Attention
from tests.support import TurnedClock


def test_the_window_is_left_alone_after_a_while_and_until_somebody_comes_back() -> None:
    clock = TurnedClock()
    attention = Attention(clock)
    attention.note(is_here=True)
    clock.turn(2 * LEFT_ALONE_S)
    assert not attention.is_left_alone()

    attention.note(is_here=False)
    assert not attention.is_left_alone()
    clock.turn(LEFT_ALONE_S)
    assert attention.is_left_alone()

    attention.note(is_here=True)
    assert not attention.is_left_alone()
