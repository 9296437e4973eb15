"""What is shown while the log of an earlier version is prepared."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.ui import update_dialog
from smsdesk.ui.update_dialog import UpdateDialog, UpdateNews


def shown() -> list[UpdateDialog]:
    return [
        one
        for one in QApplication.topLevelWidgets()
        if isinstance(one, UpdateDialog) and one.isVisible()
    ]


def test_a_short_update_shows_nothing(qtbot: QtBot) -> None:
    news = UpdateNews()
    news(0.5)
    news(1.0)

    assert shown() == []
    news.end()


def test_a_longer_one_says_how_far_it_has_come(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_dialog, "PATIENCE_S", 0.0)
    news = UpdateNews()
    news(0.25)
    (dialog,) = shown()
    news(0.5)

    assert dialog.bar.value() == 500
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog.close()
    assert shown() == [dialog], "it stays until the log is open"
    news.end()
    assert shown() == []
