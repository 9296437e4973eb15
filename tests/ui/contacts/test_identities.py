"""A contact has IDs on channels that name people so; the account's channels say where."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.contact import Contact
from smsdesk.ui.background import Worker
from smsdesk.ui.contacts.contact_dialog import ContactDialog

ANNA, PAGE_ID, OTHER_ID = "+447400123456", "5550123456789", "5550123456780"
Open = Callable[[Contact | None], ContactDialog]


@pytest.fixture
def open_dialog(qtbot: QtBot, desk: Desk, worker: Worker) -> Iterator[Open]:
    parent = QWidget()  # not qtbot's, who would delete it before the worker has answered

    def open_one(contact: Contact | None) -> ContactDialog:
        dialog = ContactDialog(
            desk.contacts,
            contact,
            conversations=desk.conversations,
            worker=worker,
            default_region=lambda: "GB",
            parent=parent,
        )
        dialog.open()
        lines = dialog.identities.lines.values()
        qtbot.waitUntil(lambda: all(line.isEnabled() for line in lines))
        return dialog

    yield open_one
    answered: list[None] = []
    worker.run(lambda: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    parent.deleteLater()


def save_contact(desk: Desk, name: str = "Anna", number: str = ANNA) -> Contact:
    return desk.contacts.save(None, name=name, number=number, note="", default_region="GB")


def ids(desk: Desk, contact: Contact) -> list[tuple[str, str]]:
    return [(one.channel, one.address) for one in desk.conversations.identities_of(contact.id)]


def test_without_such_a_channel_there_are_no_ids(open_dialog: Open, desk: Desk) -> None:
    desk.compose.channels.switch_on(["sms", "whatsapp"])
    dialog = open_dialog(None)

    assert dialog.identities.lines == {}
    assert not dialog.identities.isVisible()


def test_ids_are_joined_to_somebody_new_and_parted_again(
    open_dialog: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.compose.channels.switch_on(["sms", "messenger"])
    dialog = open_dialog(None)
    dialog.name.setText("Anna")
    dialog.number.setText(ANNA)
    dialog.identities.lines["messenger"].setText(f"{PAGE_ID}, {OTHER_ID}")
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save.click()
    contact = saved.args[0]
    assert ids(desk, contact) == [("messenger", OTHER_ID), ("messenger", PAGE_ID)]

    again = open_dialog(contact)
    line = again.identities.lines["messenger"]
    qtbot.waitUntil(lambda: line.text() == f"{OTHER_ID}, {PAGE_ID}")
    line.setText(PAGE_ID)
    with qtbot.waitSignal(again.saved):
        again.save.click()

    assert ids(desk, contact) == [("messenger", PAGE_ID)]


def test_an_id_of_somebody_else_is_refused_beside_it(
    open_dialog: Open, desk: Desk, qtbot: QtBot
) -> None:
    desk.compose.channels.switch_on(["sms", "messenger"])
    bob = save_contact(desk, "Bob", "+447400123457")
    desk.conversations.join(bob.id, "messenger", PAGE_ID)
    dialog = open_dialog(None)
    dialog.name.setText("Anna")
    dialog.number.setText(ANNA)
    line = dialog.identities.lines["messenger"]
    line.setText(PAGE_ID)

    dialog.save.click()

    qtbot.waitUntil(dialog.identities.problem.isVisible)
    assert dialog.identities.problem.text() == "This ID belongs to Bob already."
    assert dialog.isVisible()

    line.setText(OTHER_ID)
    with qtbot.waitSignal(dialog.saved) as saved:
        dialog.save.click()
    assert ids(desk, saved.args[0]) == [("messenger", OTHER_ID)]
