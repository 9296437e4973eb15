"""The system's request to end closes the window, and does not cut it off."""

import os
import signal

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from smsdesk.ui.shutdown import ShutdownSignals


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes(number: signal.Signals, qtbot: QtBot) -> None:
    closed: list[bool] = []
    owner = QObject()
    former = signal.getsignal(number)
    signals = ShutdownSignals(lambda: closed.append(True), owner)

    os.kill(os.getpid(), number)

    qtbot.waitUntil(lambda: closed == [True])
    signals.put_back()
    assert signal.getsignal(number) is former
