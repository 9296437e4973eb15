"""The channels of one message, in the order of trying, and what became of each."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from smsdesk.desk.history import LegNews
from smsdesk.sms.channels.content import Leg
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import State
from smsdesk.ui import plain
from smsdesk.ui.history.legs import Legs
from smsdesk.ui.numbers import show_number

FIRST = LegNews(
    n=1,
    leg=Leg("whatsapp", "+447400123456", "+447400000001", "Hi", Encoding.GSM7, 1),
    state=State.REJECTED,
    message_uuid=None,
    failure=FailureReason("1300", "", ""),
    price=None,
    currency=None,
    at=None,
)
SECOND = replace(
    FIRST,
    n=2,
    leg=replace(FIRST.leg, channel="sms", sender="ACME"),
    state=State.DELIVERED,
    failure=None,
    price="0.0412",
    currency="EUR",
)


@pytest.fixture
def legs(qtbot: QtBot) -> Legs:
    legs = Legs()
    qtbot.addWidget(legs)
    return legs


def lines(legs: Legs, qtbot: QtBot) -> list[str]:
    """What is to be read, once Qt has let go of what was there before."""
    qtbot.waitUntil(lambda: all(one.isVisibleTo(legs) for one in legs.findChildren(QLabel)))
    told = [one.text() for one in legs.findChildren(QLabel) if one.text() not in ("", "›")]
    return [text.replace(plain.ISOLATE, "").replace(plain.POP_ISOLATE, "") for text in told]


def test_a_message_with_one_channel_has_no_such_lines(legs: Legs) -> None:
    legs.show_legs([])

    assert legs.isHidden()


def test_each_channel_is_told_with_its_sender_and_its_refusal(legs: Legs, qtbot: QtBot) -> None:
    legs.show_legs([FIRST, SECOND])

    assert not legs.isHidden()
    assert lines(legs, qtbot) == [
        "WhatsApp: refused",
        "SMS: delivered",
        f"WhatsApp from {show_number('+447400000001')} · "
        "The recipient does not use this service. (1300)",
        "SMS from ACME · Price €0.0412",
    ]
    assert legs.accessibleDescription() == ("Arrived by SMS; WhatsApp: refused; SMS: delivered")
    (arrived,) = [one for one in legs.findChildren(QLabel) if one.text() == "SMS: delivered"]
    assert arrived.font().weight() > legs.font().weight(), "what arrived stands out"


def test_another_message_takes_the_place_of_the_first(legs: Legs, qtbot: QtBot) -> None:
    legs.show_legs([FIRST, SECOND])
    legs.show_legs([replace(FIRST, state=None, failure=None)])

    assert "WhatsApp: not tried" in lines(legs, qtbot)
    assert "SMS: delivered" not in lines(legs, qtbot)


def test_what_came_from_outside_is_shown_as_it_is(legs: Legs, qtbot: QtBot) -> None:
    failure = FailureReason("9999", "<b>no</b>\u202e\n", "")
    legs.show_legs([replace(FIRST, failure=failure)])

    (told,) = [text for text in lines(legs, qtbot) if "9999" in text]
    assert "<b>no</b>⟨202E⟩" in told
    assert "\n" not in told
