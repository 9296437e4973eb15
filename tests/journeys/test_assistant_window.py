"""The first start through the window: an account is connected, and its first message arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.sms.state import State
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import DEFAULT_REGION, RECEIPTS, SENDER, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.ui.account.onboarding.dialog import Assistant
from smsdesk.ui.account.onboarding.page import Page
from tests.journeys.desk_at_work import (
    APPLICATION_ID,
    Account,
    Person,
    at_the_window,
    open_account,
)

GOOD, UNAUTHORIZED = "07700 900001", "07700 900401"
OWN_NUMBER = "+44 7700 900000"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who has just installed the program, before the assistant that it opened."""

    person: Person
    assistant: Assistant
    vault: SessionVault
    desk: Desk

    def type(self, name: str, text: str) -> None:
        line = self.assistant.findChild(QLineEdit, f"assistant.{name}")
        assert line is not None
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
        """Go on to a page, and wait until it is ready."""
        self.press("next")
        self.person.wait_until(lambda: self.assistant.page is to)
        self.person.wait_until(self.assistant.next_button.isEnabled)

    def is_open(self) -> bool:
        return bool(self.person.window.findChildren(Assistant))

    def is_said(self, sentence: str) -> bool:
        return sentence in self.said()

    def said(self) -> str:
        """All that stands on the page."""
        labels = self.assistant.page.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisible())


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


@pytest.fixture
def newcomer(
    tmp_path: Path, account: Account, qtbot: QtBot, qapp: QApplication
) -> Iterator[Newcomer]:
    vault, settings = SessionVault({}), Settings(None)
    settings.set(DEFAULT_REGION, "GB")
    desk = open_desk(
        paths=find_paths(data_dir=tmp_path / "data", profile="default"),
        settings=settings,
        vault=vault,
        profile="default",
        is_demo=True,  # receipts are asked for at once
        api_url=account.simulator.url,
    )
    with at_the_window(replace(desk, is_demo=False), qtbot, qapp) as person:
        qtbot.waitUntil(lambda: bool(person.window.findChildren(Assistant)))
        assistant = person.window.findChildren(Assistant)[0]
        qtbot.waitUntil(assistant.isVisible)
        yield Newcomer(person, assistant, vault, desk)


def test_an_application_that_exists_is_connected_and_a_message_arrives(
    newcomer: Newcomer, account: Account
) -> None:
    assistant = newcomer.assistant
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    newcomer.press_next(to=assistant.sender_page)
    assert newcomer.is_said("Vonage takes what this key signs")
    newcomer.type("sender", "ACME")
    newcomer.press_next(to=assistant.receipts)
    assert not assistant.receipts.reports.isEnabled(), "there is no API key to ask with"
    newcomer.press_next(to=assistant.trial)
    newcomer.type("to", GOOD)
    newcomer.press("send_test")
    newcomer.person.wait_until(lambda: newcomer.is_said("Accepted"))
    newcomer.press("next")

    newcomer.person.wait_for(State.ACCEPTED)
    newcomer.person.wait_until(lambda: not newcomer.is_open())
    assert newcomer.desk.settings.get(SENDER) == "ACME"
    assert newcomer.desk.settings.get(RECEIPTS) == "off"


def test_an_application_is_made_with_a_key_of_this_computer_and_a_message_is_delivered(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    assistant, key_path = newcomer.assistant, tmp_path / "made here.key"
    newcomer.press("new")
    newcomer.type("new.api_key", "demo")
    newcomer.type("new.api_secret", "demo")
    newcomer.press_next(to=assistant.new)
    newcomer.type("name", "The front desk")
    newcomer.type("new_key_path", str(key_path))
    newcomer.type("new_passphrase", "open sesame")
    newcomer.press_next(to=assistant.sender_page)
    assert newcomer.is_said("Connected to")
    assert newcomer.is_said("The front desk")
    newcomer.person.wait_until(lambda: assistant.sender_page.list.count() == 3)
    assistant.sender_page.list.setCurrentRow(0)
    assert newcomer.is_said("From")
    newcomer.press_next(to=assistant.receipts)
    newcomer.press_next(to=assistant.trial)
    newcomer.type("to", GOOD)
    newcomer.press("send_test")
    newcomer.person.wait_until(lambda: newcomer.is_said("Delivered"))
    newcomer.press("next")

    newcomer.person.wait_for(State.DELIVERED)
    assert newcomer.desk.settings.get(SENDER) == OWN_NUMBER.replace(" ", "")
    newcomer.person.write(to="07700 900002", text="My own", sender=OWN_NUMBER)
    newcomer.person.press_send()
    newcomer.person.wait_until(lambda: "My own" in newcomer.person.row(0))
    newcomer.person.wait_for(State.DELIVERED)
    made = newcomer.vault.get("application_id")
    assert made not in (None, APPLICATION_ID)
    assert newcomer.vault.get("private_key_passphrase") == "open sesame"
    assert newcomer.desk.connecting.numbers()[0].application_id == made, "the number is linked"
    assert newcomer.desk.connecting.application(str(made)).improve_ai is False
    assert key_path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in key_path.read_bytes()


def test_an_application_of_the_account_may_be_chosen_and_its_key_is_asked_for(
    newcomer: Newcomer, account: Account
) -> None:
    assistant = newcomer.assistant
    newcomer.press("new")
    newcomer.type("new.api_key", "demo")
    newcomer.type("new.api_secret", "demo")
    newcomer.press_next(to=assistant.new)
    assistant.new.list.setCurrentRow(1)
    newcomer.press_next(to=assistant.existing)
    assert assistant.existing.application_id.text() == APPLICATION_ID
    newcomer.type("private_key_path", str(account.key_path))
    newcomer.press_next(to=assistant.sender_page)

    assert newcomer.is_said("the private key fits")
    assert newcomer.vault.get("api_key") == "demo"


Wrong = Callable[[Newcomer, Path], None]


def _type(name: str, text: str) -> Wrong:
    return lambda newcomer, _folder: newcomer.type(name, text)


def _choose_file(content: bytes) -> Wrong:
    def choose(newcomer: Newcomer, folder: Path) -> None:
        path = folder / "chosen"
        path.touch(mode=0o600)
        path.write_bytes(content)
        newcomer.type("private_key_path", str(path))

    return choose


@pytest.mark.parametrize(
    ("do_wrong", "sentence"),
    [
        (_type("application_id", "my application"), "not an Application ID"),
        (_type("application_id", APPLICATION_ID[:-1] + "f"), "no application with that ID"),
        (_type("private_key_path", "/nowhere/private.key"), "no private key file"),
        (_choose_file(b""), "empty"),
        (_type("api_secret", "de mo"), "no spaces"),
        (_type("api_secret", "another"), "refused the API key or secret"),
    ],
)
def test_each_wrong_thing_has_its_sentence_and_nothing_is_stored(
    newcomer: Newcomer, account: Account, tmp_path: Path, do_wrong: Wrong, sentence: str
) -> None:
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    newcomer.type("api_key", "demo")
    newcomer.type("api_secret", "demo")
    do_wrong(newcomer, tmp_path)

    newcomer.press("next")

    newcomer.person.wait_until(lambda: newcomer.is_said(sentence))
    newcomer.person.wait_until(newcomer.assistant.next_button.isEnabled)
    assert newcomer.assistant.page is newcomer.assistant.existing
    assert newcomer.vault.get("application_id") is None
    assert newcomer.vault.get("api_secret") is None


def test_no_network_is_said_and_the_assistant_can_be_tried_again(
    newcomer: Newcomer, account: Account
) -> None:
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    account.simulator.stop()
    newcomer.press("next")
    newcomer.person.wait_until(lambda: bool(newcomer.assistant.page.said.text()))
    newcomer.person.wait_until(newcomer.assistant.next_button.isEnabled)
    assert newcomer.assistant.page.said.property("tone") == "bad"

    account.simulator.start()
    newcomer.press_next(to=newcomer.assistant.sender_page)

    assert newcomer.vault.get("application_id") == APPLICATION_ID


def test_closed_half_way_it_goes_on_where_it_was(newcomer: Newcomer, account: Account) -> None:
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    newcomer.press_next(to=newcomer.assistant.sender_page)
    QTest.keyClick(newcomer.assistant, Qt.Key.Key_Escape)
    newcomer.person.wait_until(lambda: not newcomer.is_open())
    newcomer.person.send(to=GOOD, text="The program works")
    newcomer.person.wait_for(State.ACCEPTED)
    newcomer.desk.settings.set(SENDER, "")

    newcomer.person.window.connect_action.trigger()
    newcomer.person.wait_until(newcomer.is_open)
    again = newcomer.person.window.findChildren(Assistant)[-1]

    assert again.page is again.sender_page
    newcomer.person.wait_until(again.next_button.isEnabled)
    again.reject()


def test_addresses_of_a_server_are_written_to_the_application(
    newcomer: Newcomer, account: Account
) -> None:
    assistant = newcomer.assistant
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    newcomer.type("api_key", "demo")
    newcomer.type("api_secret", "demo")
    newcomer.press_next(to=assistant.sender_page)
    newcomer.type("sender", "ACME")
    newcomer.press_next(to=assistant.receipts)
    assistant.receipts.write.click()
    newcomer.type("status_url", "http://example.com/status")
    newcomer.press("next")
    newcomer.person.wait_until(lambda: newcomer.is_said("https://"))

    newcomer.type("status_url", "https://example.com/status")
    newcomer.type("inbound_url", "https://example.com/inbound")
    newcomer.press_next(to=assistant.trial)

    written = newcomer.desk.connecting.application(APPLICATION_ID)
    assert written.status_url == "https://example.com/status"
    assert written.inbound_url == "https://example.com/inbound"
    assert newcomer.desk.settings.get(RECEIPTS) == "reports"


def test_a_key_in_a_folder_that_is_copied_elsewhere_is_warned_of(
    newcomer: Newcomer, tmp_path: Path
) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    newcomer.press("new")
    newcomer.type("new.api_key", "demo")
    newcomer.type("new.api_secret", "demo")
    newcomer.press_next(to=newcomer.assistant.new)
    newcomer.type("new_key_path", str(folder / "made.key"))

    newcomer.press_next(to=newcomer.assistant.sender_page)

    assert newcomer.is_said("copied to other computers")


def test_the_sandbox_is_explained_chosen_and_ends_without_an_sms(
    newcomer: Newcomer, account: Account
) -> None:
    assistant = newcomer.assistant
    newcomer.press("existing")
    newcomer.type("application_id", APPLICATION_ID)
    newcomer.type("private_key_path", str(account.key_path))
    assert not newcomer.is_said("one message a second and 100 a month")
    assistant.existing.sandbox.click()
    assert newcomer.is_said("one message a second and 100 a month")

    newcomer.press_next(to=assistant.receipts)
    newcomer.press("next")

    newcomer.person.wait_until(lambda: not newcomer.is_open())
    assert newcomer.desk.compose.channels.is_sandbox
    field = newcomer.person.window.compose.ways.channel_field
    assert field.isVisible()
    assert [field.itemText(row) for row in range(field.count())] == [
        "WhatsApp",
        "Viber",
        "Messenger",
    ]
