"""Webhooks through the window: chosen in the assistant, tried, written, and watched from then on.

The receiver is a stand-in; Vonage, the window, the services and the tunnel's process are real.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.way_in import EVERY_S, HAND_ON_S, LASTING_S, SETTLE_S, WayIn
from smsdesk.desk.way_in_values import WayInPhase
from smsdesk.simulator.server import Simulator
from smsdesk.sms.state import State
from smsdesk.system.settings import (
    PUBLIC_URL,
    RECEIPTS,
    RECEIVER,
    SENDER,
    TUNNEL_COMMAND,
    WAY_IN,
)
from smsdesk.ui.account.onboarding.dialog import Assistant
from smsdesk.ui.account.onboarding.page import Page
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.reach import post_probe
from tests.desk.stand_in import StandIn
from tests.journeys.desk_at_work import (
    APPLICATION_ID,
    Account,
    Person,
    at_the_window,
    open_account,
    open_real_desk,
)
from tests.support import TurnedClock

NAME = "https://violet-words.trycloudflare.com"
SIGNATURE = "s" * 32


@dataclass(frozen=True, slots=True)
class Desked:
    """A person whose account is connected, before the page on receipts."""

    person: Person
    assistant: Assistant
    desk: Desk
    receiver: StandIn
    clock: TurnedClock
    vonage: Simulator

    def type(self, name: str, text: str) -> None:
        line = self.assistant.findChild(QLineEdit, f"assistant.{name}")
        assert line is not None
        assert line.isVisible()
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)

    def press(self, name: str) -> None:
        button = self.assistant.findChild(QPushButton, f"assistant.{name}")
        assert button is not None
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press_next(self, *, to: Page) -> None:
        self.press("next")
        self.person.wait_until(lambda: self.assistant.page is to)
        self.person.wait_until(self.assistant.next_button.isEnabled)

    def choose(self, way: str) -> None:
        combo = self.assistant.findChild(QComboBox, "assistant.way_in")
        assert combo is not None
        combo.setCurrentIndex(combo.findData(way))

    def wait_for_outcome(self) -> str:
        self.person.wait_until(self.assistant.next_button.isEnabled)
        return self.assistant.page.said.text()

    def said(self) -> str:
        labels = self.assistant.page.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())

    def title(self) -> str:
        return self.assistant.next_button.accessibleName()

    def at_vonage(self) -> tuple[str, str]:
        found = self.desk.connecting.application(APPLICATION_ID)
        return found.inbound_url, found.status_url


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


@pytest.fixture
def desked(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> Iterator[Desked]:
    desk = open_real_desk(tmp_path / "data", account)
    desk.settings.set(SENDER, "ACME")
    clock = TurnedClock()
    with StandIn() as receiver:

        def post(url: str, body: bytes) -> Answer:
            return post_probe(url.replace(NAME, receiver.url), body, proxy=None)

        way_in = WayIn(
            receiver=receiver,
            account=desk.account,
            connecting=desk.connecting,
            settings=desk.settings,
            clock=clock,
            is_offline=lambda: False,
            on_change=lambda: desk.changes.announce(Change(ChangeKind.WAY_IN)),
            post=post,
        )
        desk = replace(
            desk,
            is_demo=False,
            way_in=way_in,
            services=(*desk.services[:-1], way_in),
            settings_readers=(*desk.settings_readers[:-1], way_in),
        )
        with at_the_window(desk, qtbot, qapp) as person:
            person.window.open_assistant()
            person.wait_until(lambda: bool(person.window.findChildren(Assistant)))
            assistant = person.window.findChildren(Assistant)[0]
            desked = Desked(person, assistant, desk, receiver, clock, account.simulator)
            desked.press("existing")
            desked.press_next(to=assistant.sender_page)
            desked.press_next(to=assistant.receipts)
            yield desked


def test_an_address_of_ones_own_is_written_and_tried(desked: Desked) -> None:
    page = desked.assistant.way_in
    desked.press("webhooks")
    desked.press_next(to=page)
    desked.choose("address")
    desked.type("public_url", desked.receiver.url)
    desked.type("signature_secret", SIGNATURE)
    assert desked.title() == "Set up and test"
    desked.press("next")

    assert "Webhooks reach this computer" in desked.wait_for_outcome()
    assert page.said.property("tone") == "good"
    assert desked.title() == "Next"
    assert desked.at_vonage() == desked.receiver.urls(desked.receiver.url)
    assert desked.desk.account.load().has_signature_secret
    assert desked.desk.settings.get(RECEIVER)
    desked.press_next(to=desked.assistant.trial)

    desked.type("to", "07700 900001")
    desked.press("send_test")
    desked.person.wait_for(State.DELIVERED)
    desked.person.wait_until(
        lambda: any(b"delivered" in body for body in desked.receiver.bodies)
    )


def test_a_tunnel_is_opened_tried_and_written(desked: Desked, tmp_path: Path) -> None:
    script = tmp_path / "tunnel.py"
    script.write_text(f"import signal\nprint('{NAME}', flush=True)\nsignal.pause()", "ascii")
    desked.press("webhooks")
    desked.press_next(to=desked.assistant.way_in)
    desked.type("tunnel_command", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")
    desked.type("signature_secret", SIGNATURE)
    desked.press("next")
    desked.person.wait_until(lambda: desked.desk.way_in.status.address == NAME)
    desked.clock.turn(SETTLE_S)

    assert f"Webhooks reach this computer by {NAME}" in desked.wait_for_outcome()
    assert desked.at_vonage() == desked.receiver.urls(NAME)


def test_what_goes_wrong_is_said_tried_again_and_may_be_left(desked: Desked) -> None:
    page = desked.assistant.way_in
    desked.press("webhooks")
    desked.press_next(to=page)
    desked.press("next")
    desked.person.wait_until(lambda: "Enter the command" in desked.said())
    desked.type("tunnel_command", "no-such-tunnel {port}")
    desked.press("next")
    desked.person.wait_until(lambda: "Enter the account's signature secret" in desked.said())
    desked.type("signature_secret", "short")
    desked.press("next")
    desked.person.wait_until(lambda: "too short to be relied on" in desked.said())
    desked.type("signature_secret", SIGNATURE)
    desked.press("next")
    desked.person.wait_until(page.again.isVisible)
    assert "was not found" in page.said.text()
    assert desked.title() == "Go on anyway"
    desked.press("try_again")
    desked.person.wait_until(page.again.isVisible)
    assert "was not found" in page.said.text()

    desked.press_next(to=desked.assistant.trial)
    assert desked.at_vonage() == ("", "")
    desked.person.wait_until(lambda: "was not found" in desked.person.notice())


def test_typing_begins_the_trial_anew(desked: Desked) -> None:
    page = desked.assistant.way_in
    desked.press("webhooks")
    desked.press_next(to=page)
    desked.type("tunnel_command", "no-such-tunnel {port}")
    desked.type("signature_secret", SIGNATURE)
    desked.press("next")
    desked.person.wait_until(page.again.isVisible)
    page.examples.menu().actions()[0].trigger()

    assert page.command.text() == "ngrok http {port} --log=stdout"
    assert desked.title() == "Set up and test"
    assert page.said.text() == ""


def test_a_way_in_that_closes_is_told_above_the_panes_and_taken_back(desked: Desked) -> None:
    desked.assistant.reject()
    desk, person = desked.desk, desked.person
    desk.settings.set(WAY_IN, "address")
    desk.settings.set(PUBLIC_URL, desked.receiver.url)
    desk.settings.set(RECEIVER, True)
    person.wait_until(lambda: desk.way_in.status.phase is WayInPhase.OPEN)
    desk.way_in.write()
    person.wait_until(lambda: person.notice() == "")
    desk.settings.set(PUBLIC_URL, "http://127.0.0.1:1")
    desked.clock.turn(HAND_ON_S)
    person.wait_until(lambda: desk.way_in.status.phase is WayInPhase.UNREACHABLE)
    desked.clock.turn(LASTING_S + EVERY_S)
    person.wait_until(lambda: "no receipts or replies reach this computer" in person.notice())

    desk.settings.set(PUBLIC_URL, desked.receiver.url)

    person.wait_until(lambda: person.notice() == "")


def test_choosing_to_ask_vonage_switches_webhooks_off_and_takes_the_addresses_out(
    desked: Desked,
) -> None:
    desk = desked.desk
    desk.settings.set(WAY_IN, "address")
    desk.settings.set(PUBLIC_URL, desked.receiver.url)
    desk.settings.set(TUNNEL_COMMAND, "")
    desk.settings.set(RECEIVER, True)
    desked.person.wait_until(lambda: desk.way_in.status.phase is WayInPhase.OPEN)
    desk.way_in.write()
    desked.press("reports")
    desked.press_next(to=desked.assistant.trial)
    desked.person.wait_until(lambda: desk.way_in.status.phase is WayInPhase.OFF)

    desked.person.wait_until(lambda: desked.at_vonage() == ("", ""))
    assert desk.settings.get(RECEIPTS) == "reports"
