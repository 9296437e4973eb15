"""What the tests of this room share: somebody who answers the question at leaving."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from smsdesk.ui.dialogs import MessageDialog


@pytest.fixture(autouse=True)
def leaves(qapp: QApplication) -> Iterator[list[str]]:
    """Somebody who means it when they leave; what they are asked is kept."""
    asked: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, MessageDialog):
            asked.append(dialog.heading.text())
            dialog.buttons[0].click()

    timer = QTimer()
    timer.timeout.connect(answer)
    timer.start(10)
    yield asked
    timer.stop()
