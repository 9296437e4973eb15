"""Dialogs say things in plain text and can be answered by keyboard."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from smsdesk.ui import dialogs


def press(key: Qt.Key, qtbot: QtBot) -> None:
    """As soon as a dialog is open, press a key in it."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        QTest.keyClick(dialog, key)

    QTimer.singleShot(0, act)


@pytest.mark.parametrize(
    ("key", "answer"), [(Qt.Key.Key_Escape, False), (Qt.Key.Key_Return, False)]
)
def test_neither_escape_nor_enter_does_what_is_asked_about(
    qtbot: QtBot, key: Qt.Key, answer: bool
) -> None:
    press(key, qtbot)

    assert dialogs.ask(None, "Send again?", "Twice!", act="Send again") is answer


def test_only_its_own_button_does_it(qtbot: QtBot) -> None:
    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, dialogs.MessageDialog)
        dialog.buttons[0].click()

    QTimer.singleShot(0, act)

    assert dialogs.ask(None, "Send again?", "Twice!", act="Send again")


@pytest.mark.case("T12", "F88", "F89")
def test_a_dialog_shows_markup_as_it_is(qtbot: QtBot) -> None:
    dialog = dialogs.MessageDialog("<h1>H</h1>", "<b>A&B</b>\x00", buttons=("OK",))
    qtbot.addWidget(dialog)

    texts = {label.text() for label in dialog.findChildren(QLabel) if label.text()}
    assert texts == {"<h1>H</h1>", "<b>A&B</b>␀"}
    for label in dialog.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or not label.text()


def test_telling_needs_only_enter(qtbot: QtBot) -> None:
    press(Qt.Key.Key_Return, qtbot)

    dialogs.tell(None, "Done", "All is well.")
