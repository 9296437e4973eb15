"""What the Settings ask of Vonage, and change there: the account's numbers, and webhooks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.simulator.server import Simulator
from smsdesk.system.settings import SENDER, Settings
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.settings.own_numbers import OwnNumbers
from smsdesk.ui.account.settings.vonage_addresses import VonageAddresses
from tests.ui.conftest import APPLICATION_ID

pytestmark = pytest.mark.usefixtures("vonage")


@pytest.fixture
def numbers(dialog: Preferences, qtbot: QtBot) -> OwnNumbers:
    """The account's numbers, listed."""
    dialog.show_page(dialog.senders)
    numbers = dialog.senders.numbers
    numbers.ask_button.click()
    qtbot.waitUntil(lambda: numbers.list.count() > 0)
    return numbers


@pytest.fixture
def addresses(dialog: Preferences) -> VonageAddresses:
    dialog.show_page(dialog.webhooks)
    return dialog.webhooks.addresses


def rows(numbers: OwnNumbers) -> list[str]:
    return [numbers.list.item(row).text() for row in range(numbers.list.count())]


def test_nothing_is_asked_before_the_person_asks(dialog: Preferences) -> None:
    assert dialog.senders.numbers.list.count() == 0
    assert not dialog.webhooks.addresses.write_button.isEnabled()


def test_numbers_are_listed_with_what_they_can_do(numbers: OwnNumbers) -> None:
    shown = "\n".join(rows(numbers))

    assert "+44 7700 900000\nUnited Kingdom · SMS, voice · linked to no Application" in shown
    assert "MMS" in shown
    assert "within its country only" in shown
    assert "cannot send SMS" in shown


def test_a_number_is_chosen_as_sender(
    dialog: Preferences, numbers: OwnNumbers, settings: Settings, qtbot: QtBot
) -> None:
    numbers.list.setCurrentRow(0)
    numbers.use_button.click()
    assert settings.get(SENDER) == "ACME", "not before Save"

    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()

    assert settings.get(SENDER) == "+447700900000"


def test_a_number_that_cannot_send_is_no_sender(
    dialog: Preferences, numbers: OwnNumbers
) -> None:
    mute = next(n for n, row in enumerate(rows(numbers)) if "cannot send SMS" in row)
    numbers.list.setCurrentRow(mute)

    assert not numbers.use_button.isEnabled()
    QTest.keyClick(numbers.list, Qt.Key.Key_Return)
    assert dialog.sender_field.text() == "ACME"


def test_a_number_is_linked_to_the_application(
    numbers: OwnNumbers, desk: Desk, qtbot: QtBot
) -> None:
    numbers.list.setCurrentRow(0)
    numbers.link_button.click()

    qtbot.waitUntil(lambda: "Linked" in numbers.said.text())
    assert "linked to this Application" in rows(numbers)[0]
    assert not numbers.link_button.isEnabled()
    assert desk.connecting.check_number("+447700900000").application_id == APPLICATION_ID


def test_typed_credentials_are_asked_with_before_they_are_stored(
    dialog: Preferences, qtbot: QtBot
) -> None:
    dialog.api_secret.line.setText("wrong")
    dialog.show_page(dialog.senders)

    dialog.senders.numbers.ask_button.click()

    said = dialog.senders.numbers.said
    qtbot.waitUntil(lambda: "refused the API key" in said.text())
    assert said.property("tone") == "bad"
    assert dialog.senders.numbers.ask_button.isEnabled()


def test_vonage_out_of_reach_is_said(
    dialog: Preferences, vonage: Simulator, qtbot: QtBot
) -> None:
    vonage.stop()
    dialog.senders.numbers.ask_button.click()

    said = dialog.senders.numbers.said
    qtbot.waitUntil(lambda: "refused the connection" in said.text())


def test_the_addresses_are_read_and_written(
    addresses: VonageAddresses, desk: Desk, qtbot: QtBot
) -> None:
    addresses.read_button.click()
    qtbot.waitUntil(addresses.write_button.isEnabled)
    addresses.inbound_url.setText("https://desk.example.com/in")
    addresses.status_url.setText("https://desk.example.com/status")

    addresses.write_button.click()

    qtbot.waitUntil(lambda: "Written" in addresses.said.text())
    found = desk.connecting.application(APPLICATION_ID)
    assert found.inbound_url == "https://desk.example.com/in"
    assert found.status_url == "https://desk.example.com/status"


def test_an_address_that_vonage_cannot_call_is_said_beside_it(
    dialog: Preferences, addresses: VonageAddresses, qtbot: QtBot
) -> None:
    addresses.read_button.click()
    qtbot.waitUntil(addresses.write_button.isEnabled)
    addresses.status_url.setText("http://desk.example.com/status")

    addresses.write_button.click()

    problem = dialog._problems["status_url"]
    qtbot.waitUntil(problem.isVisible)
    assert "https://" in problem.text()
    assert addresses.status_url.text() == "http://desk.example.com/status"


def test_what_cannot_be_read_cannot_be_written(
    addresses: VonageAddresses, vonage: Simulator, qtbot: QtBot
) -> None:
    vonage.stop()

    addresses.read_button.click()

    qtbot.waitUntil(lambda: "refused the connection" in addresses.said.text())
    assert not addresses.write_button.isEnabled()


def test_an_answer_after_the_dialog_was_closed_is_not_heard(
    dialog: Preferences, qtbot: QtBot
) -> None:
    dialog.senders.numbers.ask_button.click()
    dialog.reject()

    answered: list[None] = []
    dialog._worker.run(lambda: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    assert dialog.senders.numbers.list.count() == 0
