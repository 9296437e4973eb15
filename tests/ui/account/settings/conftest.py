"""A Settings dialog before a desk that is connected to a pretend Vonage."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.system.vault import SessionVault
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import Theme
from tests.ui.conftest import APPLICATION_ID

OpenDialog = Callable[[Desk], Preferences]


@pytest.fixture
def vault(old_key: Path) -> SessionVault:
    """An account that the simulator knows."""
    return SessionVault(
        {
            "application_id": APPLICATION_ID,
            "private_key_path": str(old_key),
            "api_key": "demo",
            "api_secret": "demo",
        }
    )


@pytest.fixture
def open_dialog(qtbot: QtBot, worker: Worker, theme: Theme) -> Iterator[OpenDialog]:
    """Opens the Settings of a desk, and waits until the keyring has been read."""
    opened: list[Preferences] = []
    parent = QWidget()  # not qtbot's, who would delete it before the worker has answered

    def open_one(desk: Desk) -> Preferences:
        dialog = Preferences(desk, worker=worker, theme=theme, parent=parent)
        opened.append(dialog)
        dialog.show()
        qtbot.waitUntil(dialog.save_button.isEnabled)
        return dialog

    yield open_one
    answered: list[None] = []
    for dialog in opened:
        dialog.close()
    worker.run(lambda: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered))
    parent.deleteLater()


@pytest.fixture
def dialog(open_dialog: OpenDialog, desk: Desk) -> Preferences:
    return open_dialog(desk)
