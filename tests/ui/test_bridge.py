"""News reaches the GUI thread, together and not too often."""

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.ui.bridge import Bridge


class Heard:
    def __init__(self, bridge: Bridge) -> None:
        self.changes: list[Change] = []
        self.threads: set[QThread] = set()
        bridge.changed.connect(self._hear)

    def _hear(self, change: Change) -> None:
        self.changes.append(change)
        self.threads.add(QThread.currentThread())

    @property
    def ids(self) -> set[str]:
        return {id_ for change in self.changes for id_ in change.ids or ()}


def say(changes: Changes, *ids: str) -> None:
    changes.announce(Change(ChangeKind.MESSAGES, frozenset(ids)))


@pytest.mark.usefixtures("qapp")
def test_news_from_another_thread_arrives_on_ours(qtbot: QtBot) -> None:
    changes = Changes()
    bridge = Bridge(changes)
    heard = Heard(bridge)

    thread = threading.Thread(target=say, args=(changes, "a"))
    thread.start()
    thread.join()

    qtbot.waitUntil(lambda: heard.ids == {"a"})
    assert heard.threads == {QThread.currentThread()}
    bridge.close()


@pytest.mark.usefixtures("qapp")
def test_a_thousand_pieces_of_news_are_few_signals(qtbot: QtBot) -> None:
    changes = Changes()
    bridge = Bridge(changes)
    heard = Heard(bridge)
    wanted = {f"id{number}" for number in range(1000)}

    for id_ in sorted(wanted):
        say(changes, id_)

    qtbot.waitUntil(lambda: heard.ids == wanted)
    assert len(heard.changes) <= 2
    bridge.close()


@pytest.mark.usefixtures("qapp")
def test_look_at_everything_swallows_single_ids(qtbot: QtBot) -> None:
    changes = Changes()
    bridge = Bridge(changes)
    heard = Heard(bridge)

    say(changes, "a")
    changes.announce(Change(ChangeKind.MESSAGES, None))
    say(changes, "b")
    changes.announce(Change(ChangeKind.SENDER))

    qtbot.waitUntil(lambda: len(heard.changes) == 2)
    assert heard.changes == [Change(ChangeKind.MESSAGES, None), Change(ChangeKind.SENDER)]
    bridge.close()


@pytest.mark.usefixtures("qapp")
def test_after_close_nothing_is_heard(qtbot: QtBot) -> None:
    changes = Changes()
    bridge = Bridge(changes)
    heard = Heard(bridge)
    bridge.close()

    say(changes, "a")
    qtbot.wait(1)

    assert heard.changes == []
