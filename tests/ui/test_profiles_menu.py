"""The menu of accounts: made, listed, and opened in place of this one."""

import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.main_window import MainWindow


def type_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(QInputDialog, "getText", lambda *_arguments: (name, True))


def test_it_lists_the_accounts_and_marks_this_one(window: MainWindow, desk: Desk) -> None:
    desk.profiles.create("depot")
    window.profiles_menu.fill()

    shown = {action.text(): action for action in window.profiles_menu.actions()}

    assert shown["default"].isChecked()
    assert not shown["default"].isEnabled()
    assert shown["depot"].isEnabled()


def test_it_can_be_opened_again_and_again(window: MainWindow) -> None:
    menu = window.profiles_menu

    menu.aboutToShow.emit()
    menu.aboutToShow.emit()

    assert menu.new_action in menu.actions()
    assert menu.remove_action in menu.actions()


def test_another_account_is_asked_for_by_name(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    desk.profiles.create("depot")
    window.profiles_menu.fill()
    depot = next(one for one in window.profiles_menu.actions() if one.text() == "depot")

    with qtbot.waitSignal(window.profile_asked) as asked:
        depot.trigger()

    assert asked.args == ["depot"]


def test_a_new_account_is_made_and_opened(
    window: MainWindow, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_name(monkeypatch, "Night-shift")

    with qtbot.waitSignal(window.profile_asked) as asked:
        window.profiles_menu.new_action.trigger()

    assert asked.args == ["night-shift"]
    assert "night-shift" in [entry.name for entry in desk.profiles.list()]


def test_a_name_that_will_not_do_is_said(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    type_name(monkeypatch, "Night shift!")
    monkeypatch.setattr(MessageDialog, "exec", lambda shown: said.append(shown.text.text()))

    window.profiles_menu.new_action.trigger()

    assert "a-z" in said[0]
