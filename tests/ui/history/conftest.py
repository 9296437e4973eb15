"""The history pane before a real log, kept up to date as in the window."""

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.changes import ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.ui.background import Worker
from smsdesk.ui.bridge import Bridge
from smsdesk.ui.history.pane import HistoryPane


@pytest.fixture
def pane(qtbot: QtBot, desk: Desk, worker: Worker) -> HistoryPane:
    pane = HistoryPane(desk.history, worker=worker, reader=worker)
    qtbot.addWidget(pane)
    bridge = Bridge(desk.changes, pane)
    bridge.changed.connect(
        lambda change: pane.touch(change.ids) if change.kind is ChangeKind.MESSAGES else None
    )
    pane.resize(500, 600)
    pane.show()
    pane.load(has_account=True)
    pane.count()
    return pane
