"""The estimate beside the meter: quiet, honest about what it does not know, never in the way."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.sms.message import Draft
from smsdesk.sms.prices import CostEstimate, CountryCost
from smsdesk.ui.background import Worker
from smsdesk.ui.compose.cost_line import CostLine
from smsdesk.ui.dialogs import MessageDialog

AT = datetime(2026, 3, 2, tzinfo=UTC)
BRITISH = CountryCost(
    "GB", 2, 1, Decimal("0.04"), Decimal("0.04"), Decimal("0.08"), "EUR", AT, False
)
GERMAN = CountryCost(
    "DE", 1, 1, Decimal("0.07"), Decimal("0.07"), Decimal("0.07"), "EUR", AT, False
)
UNKNOWN = CountryCost("FR", 1, 1, None, None, None, "", None, False)


class Pad:
    """What is written, and what the desk would say of its price."""

    def __init__(self) -> None:
        self.draft = Draft("ACME", "+447700900123", "Hello")
        self.estimate = CostEstimate((BRITISH,))
        self.asked: list[Draft] = []

    def ask(self, draft: Draft) -> CostEstimate:
        self.asked.append(draft)
        return self.estimate


@pytest.fixture
def pad() -> Pad:
    return Pad()


@pytest.fixture
def cost(qtbot: QtBot, worker: Worker, pad: Pad) -> CostLine:
    line = CostLine(pad.ask, draft=lambda: pad.draft, worker=worker)
    qtbot.addWidget(line)
    return line


Look = Callable[[], None]


@pytest.fixture
def look(qtbot: QtBot, cost: CostLine) -> Look:
    def look_again() -> None:
        cost.look_again()
        qtbot.waitUntil(cost.isVisible)

    return look_again


def test_it_says_what_the_draft_would_cost(cost: CostLine, look: Look) -> None:
    look()

    assert cost.text() == "≈ €0.08"
    assert cost.accessibleName() == "Estimated price: ≈ €0.08"
    assert "United Kingdom" in cost.accessibleDescription()


def test_an_unknown_price_is_said_plainly(cost: CostLine, look: Look, pad: Pad) -> None:
    pad.estimate = CostEstimate((UNKNOWN,))
    look()

    assert cost.text() == "Price unknown"


def test_pressed_it_tells_each_country(
    cost: CostLine, look: Look, pad: Pad, monkeypatch: pytest.MonkeyPatch
) -> None:
    pad.estimate = CostEstimate((BRITISH, GERMAN))
    look()
    said: list[str] = []
    monkeypatch.setattr(MessageDialog, "exec", lambda shown: said.append(shown.text.text()))

    cost.click()

    assert "United Kingdom: 1 part × 2 recipients" in said[0]
    assert "Germany: 1 part × 1 recipient" in said[0]


def test_several_keys_are_one_question(cost: CostLine, look: Look, pad: Pad) -> None:
    for _key in range(20):
        cost.look_again()
    look()

    assert len(pad.asked) == 1


def test_without_a_recipient_or_a_text_nothing_is_asked(
    cost: CostLine, look: Look, pad: Pad, qtbot: QtBot
) -> None:
    look()
    pad.draft = Draft("ACME", "+447700900123", "")

    cost.look_again()

    qtbot.waitUntil(lambda: not cost.isVisible())
    assert len(pad.asked) == 1
