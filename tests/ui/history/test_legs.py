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


def lines(legs: Legs) -> list[str]:
    layout = legs.layout()
    assert layout is not None
    items = (layout.itemAt(place) for place in range(layout.count()))
    labels = [item.widget() for item in items if item is not None]
    told = [label.text() for label in labels if isinstance(label, QLabel)]
    return [text.replace(plain.ISOLATE, "").replace(plain.POP_ISOLATE, "") for text in told]


def test_a_message_with_one_channel_has_no_such_lines(legs: Legs) -> None:
    legs.show_legs([])

    assert legs.isHidden()


def test_each_channel_is_told_with_its_sender_and_its_refusal(legs: Legs) -> None:
    legs.show_legs([FIRST, SECOND])

    assert not legs.isHidden()
    assert [text for text in lines(legs) if text] == [
        "1.",
        "WhatsApp: refused",
        f"from {show_number('+447400000001')} · The recipient does not use this service. (1300)",
        "2.",
        "SMS: delivered",
        "from ACME · Price 0.0412 EUR",
    ]
    assert legs.accessibleDescription() == "WhatsApp: refused; SMS: delivered"


def test_another_message_takes_the_place_of_the_first(legs: Legs) -> None:
    legs.show_legs([FIRST, SECOND])
    legs.show_legs([replace(FIRST, state=None, failure=None)])

    assert "WhatsApp: not tried" in lines(legs)
    assert "SMS: delivered" not in lines(legs)


def test_what_came_from_outside_is_shown_as_it_is(legs: Legs) -> None:
    failure = FailureReason("9999", "<b>no</b>\u202e\n", "")
    legs.show_legs([replace(FIRST, failure=failure)])

    (told,) = [text for text in lines(legs) if "9999" in text]
    assert "<b>no</b>⟨202E⟩" in told
    assert "\n" not in told
