"""Whole stories on the other channels, through the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.sms.state import State
from smsdesk.system.settings import (
    CHANNEL_SENDERS,
    CHANNELS,
    DEFAULT_REGION,
    RECEIPTS,
    SENDER,
    UNDO_S,
)
from smsdesk.ui import attachments
from tests.journeys.desk_at_work import Account, Person, at_the_window, open_account
from tests.journeys.test_receipts_and_replies import Room

OURS = "+447700900001"
NOT_A_USER, CLOSED, SENDS_PICTURE = "+447700900131", "+447700900133", "+447700900210"
HOST = "127.0.0.1"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as account:
        yield account


@pytest.fixture
def room(tmp_path: Path, account: Account) -> Room:
    """WhatsApp, Viber and SMS are on, and what each is sent from is known."""
    room = Room(tmp_path / "data", account)
    room.settings.set(DEFAULT_REGION, "GB")
    room.settings.set(RECEIPTS, "off")
    room.settings.set(UNDO_S, 0)
    room.settings.set(SENDER, "ACME")
    room.settings.set(CHANNELS, ["sms", "whatsapp", "viber_service"])
    room.settings.set(CHANNEL_SENDERS, {"whatsapp": OURS, "viber_service": "16273"})
    return room


def choose(person: Person, channel: str) -> None:
    """Go to the list of channels by keyboard, and take one by its first letter."""
    field = person.find("compose.channel")
    assert isinstance(field, QComboBox)
    person.window.activateWindow()
    field.setFocus()
    QTest.keyClicks(field, channel[0])
    assert field.currentText() == channel


def fill(person: Person, name: str, text: str) -> None:
    field = person.find(name)
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    field.setFocus()
    for line, part in enumerate(text.split("\n")):
        if line:
            QTest.keyClick(field, Qt.Key.Key_Return)
        QTest.keyClicks(field, part)


def test_a_template_reaches_somebody_who_has_not_written(
    room: Room, qtbot: QtBot, qapp: QApplication
) -> None:
    with at_the_window(room.desk(), qtbot, qapp) as person:
        room.listen(person.desk)
        choose(person, "WhatsApp")
        fill(person, "compose.to.entry", CLOSED)
        person.find("compose.text").setFocus()
        window = person.find("compose.window")
        assert window.text().endswith("only a template works.")  # type: ignore[attr-defined]

        person.press("compose.more")
        fill(person, "compose.template_name", "order_ready")
        fill(person, "compose.template_locale", "en_GB")
        fill(person, "compose.template_parameters", "Anna\n7")
        person.press_send()

        person.wait_for(State.DELIVERED)
        assert "Template “order_ready” (en_GB): Anna · 7" in person.row(0)
        (message,) = person.messages()
        assert (message.channel, message.sender) == ("whatsapp", OURS)
        assert person.window.compose.draft().content.template is None


def test_what_whatsapp_refuses_an_sms_brings(
    room: Room, qtbot: QtBot, qapp: QApplication
) -> None:
    with at_the_window(room.desk(), qtbot, qapp) as person:
        room.listen(person.desk)
        choose(person, "WhatsApp")
        person.write(to=NOT_A_USER, text="Your order is ready.", sender=OURS)
        failover = person.window.compose.ways.failover
        failover.fill()
        (sms,) = [one for one in failover.drop.actions() if one.text() == "SMS"]
        sms.trigger()
        assert failover.text() == "then SMS"
        person.press_send()

        person.wait_for(State.DELIVERED)
        told = person.open_details()
        assert "WhatsApp: refused" in told
        assert "The recipient does not use this service. (1300)" in told
        assert "SMS: delivered" in told
        assert len(person.messages()) == 1, "one message, and not one a channel"
        model = person.window.side.conversation.model
        spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith("SMS, Delivered")


def test_a_picture_comes_in_and_is_only_an_address_until_it_is_saved(
    room: Room,
    qtbot: QtBot,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(attachments, "open_in_browser", opened.append)
    with at_the_window(room.desk(), qtbot, qapp) as person:
        room.listen(person.desk)
        choose(person, "WhatsApp")
        person.write(to=SENDS_PICTURE, text="Which part is it?", sender=OURS)
        person.press_send()
        person.wait_until(lambda: "Picture" in person.row(0))

        person.open_details()
        (address,) = person.messages()[0].received.attachments  # type: ignore[union-attr]
        person.press("history.details.copy_address")
        assert QApplication.clipboard().text() == address.url
        assert opened == [], "nothing is looked at before somebody wants it"
        to_browser = person.find("history.details.open_address")
        assert isinstance(to_browser, QPushButton)
        assert HOST in to_browser.text(), "whose host it is, is seen first"
        to_browser.click()
        assert [url.toString() for url in opened] == [address.url]

        person.press("history.details.save_file")
        dialog = person.window.saving.dialog  # type: ignore[union-attr]
        assert dialog is not None
        dialog.path.setText(str(tmp_path / "the part"))
        person.press("saving.save")
        person.wait_until((tmp_path / "the part.png").exists)
        dialog.reject()

        draft = person.window.compose.draft()
        assert (draft.channel, draft.recipients, draft.sender) == (
            "whatsapp",
            SENDS_PICTURE,
            OURS,
        )
        window = person.find("compose.window")
        assert "Free text until" in window.text()  # type: ignore[attr-defined]
