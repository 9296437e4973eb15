"""The Settings say how the way in stands, try it, and give Vonage its address."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.way_in import HAND_ON_S, WayIn
from smsdesk.simulator.server import Simulator
from smsdesk.system.settings import PUBLIC_URL, RECEIVER, Settings
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.settings.way_in_state import WayInState
from tests.desk.stand_in import StandIn
from tests.support import TurnedClock
from tests.ui.account.settings.conftest import OpenDialog
from tests.ui.conftest import APPLICATION_ID

pytestmark = pytest.mark.usefixtures("vonage")


@pytest.fixture
def receiver() -> Iterator[StandIn]:
    with StandIn() as receiver:
        yield receiver


@pytest.fixture
def open_desk(desk: Desk, receiver: StandIn, settings: Settings) -> Desk:
    """A desk that webhooks reach by an address of its own."""
    settings.set(RECEIVER, True)
    settings.set(PUBLIC_URL, receiver.url)
    clock = TurnedClock()
    way_in = WayIn(
        receiver=receiver,
        account=desk.account,
        connecting=desk.connecting,
        settings=settings,
        clock=clock,
        is_offline=lambda: False,
        on_change=lambda: None,
    )
    way_in.step()
    clock.turn(HAND_ON_S)
    way_in.step()
    return replace(desk, way_in=way_in)


@pytest.fixture
def state(open_dialog: OpenDialog, open_desk: Desk) -> WayInState:
    shown = open_dialog(open_desk)
    shown.show_page(shown.webhooks)
    return shown.webhooks.state


def test_while_it_is_off_there_is_nothing_to_try(dialog: Preferences) -> None:
    assert dialog.webhooks.state.said.text() == "Webhooks are off."
    assert not dialog.webhooks.state.try_button.isEnabled()
    assert not dialog.webhooks.state.give_button.isEnabled()


def test_vonage_is_given_the_address(
    state: WayInState, open_desk: Desk, receiver: StandIn, qtbot: QtBot
) -> None:
    assert "other addresses" in state.said.text()
    assert state.said.property("tone") == "warn"
    state.give_button.click()
    qtbot.waitUntil(lambda: "Vonage has the address" in state.said.text())

    found = open_desk.connecting.application(APPLICATION_ID)
    assert (found.inbound_url, found.status_url) == receiver.urls(receiver.url)
    assert state.said.property("tone") == "good"


def test_it_is_tried_when_the_person_asks(
    state: WayInState, receiver: StandIn, qtbot: QtBot
) -> None:
    before = len(receiver.bodies)
    state.try_button.click()
    qtbot.waitUntil(state.try_button.isEnabled)

    assert len(receiver.bodies) == before + 1
    assert "Webhooks reach this computer" in state.said.text()


def test_what_vonage_refuses_is_said(
    state: WayInState, vonage: Simulator, qtbot: QtBot
) -> None:
    vonage.stop()
    state.give_button.click()
    qtbot.waitUntil(state.give_button.isEnabled)

    assert state.said.property("tone") == "bad"
