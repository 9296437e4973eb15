"""Channels are switched on in the Settings, with what each is sent from; so is the sandbox."""

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.channels import SANDBOX_ORIGIN
from smsdesk.desk.desk import Desk
from smsdesk.system.settings import API_URL, CHANNEL_SENDERS, CHANNELS, Settings
from smsdesk.ui.account.preferences import Preferences
from tests.ui.account.settings.conftest import OpenDialog


def save(dialog: Preferences, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()


def test_at_first_only_sms_is_on(dialog: Preferences) -> None:
    page = dialog.channels

    assert [name for name, box in page.boxes.items() if box.isChecked()] == ["sms"]
    assert not any(line.isEnabled() for line in page.senders.values())
    assert not page.sandbox.isChecked()


def test_a_channel_is_switched_on_with_its_sender(
    dialog: Preferences, settings: Settings, qtbot: QtBot
) -> None:
    page = dialog.channels
    page.boxes["whatsapp"].click()
    page.senders["whatsapp"].setText("07400 000001")
    page.boxes["viber_service"].click()

    save(dialog, qtbot)

    assert settings.get(CHANNELS) == ["sms", "whatsapp", "viber_service"]
    assert settings.get(CHANNEL_SENDERS) == {"whatsapp": "+447400000001"}


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("whatsapp", "ACME", "must be a full number of yours"),
        ("viber_service", "two words", "without spaces"),
        ("rcs", "Acme!", "registered for RCS"),
    ],
)
def test_a_sender_that_will_not_do_is_said_beside_it(
    dialog: Preferences, settings: Settings, name: str, typed: str, told: str
) -> None:
    dialog.channels.boxes[name].click()
    dialog.channels.senders[name].setText(typed)

    dialog.save_button.click()

    assert told in dialog.channels.problems[f"channel_{name}"].text()
    assert dialog.pages.currentWidget() is dialog.channels
    assert settings.get(CHANNELS) == ["sms"]


def test_one_channel_is_always_on(dialog: Preferences, settings: Settings) -> None:
    dialog.channels.boxes["sms"].click()

    dialog.save_button.click()

    problem = dialog.channels.problems["channels"]
    assert problem.text() == "Leave one channel switched on at least."
    assert settings.get(CHANNELS) == ["sms"]


def test_the_sandbox_is_an_account_with_other_channels(
    open_dialog: OpenDialog, desk: Desk, settings: Settings, qtbot: QtBot
) -> None:
    dialog = open_dialog(desk)
    dialog.channels.sandbox.click()
    boxes = dialog.channels.boxes
    assert {name for name, box in boxes.items() if box.isEnabled()} == {
        "whatsapp",
        "viber_service",
        "messenger",
    }
    assert not dialog.network.region.isEnabled(), "it has a host of its own"
    save(dialog, qtbot)
    assert settings.get(API_URL) == SANDBOX_ORIGIN

    again = open_dialog(desk)
    assert again.channels.sandbox.isChecked()
    assert again.network.region.currentText() == "Vonage's sandbox"
    again.channels.sandbox.click()
    save(again, qtbot)
    assert settings.get(API_URL) == ""
