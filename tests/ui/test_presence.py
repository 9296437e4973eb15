"""The program outside its window: title, tray, notifications over a real bus, and the click."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from smsdesk.delivery.status import SenderStatus
from smsdesk.desk.desk import Desk, SenderPhase
from smsdesk.desk.glance import AccountWatch
from smsdesk.sms.state import HeldReason, State
from smsdesk.system.settings import NOTIFY
from smsdesk.system.vault import SessionVault
from smsdesk.ui import presence as presence_module
from smsdesk.ui import tray as tray_module
from smsdesk.ui.account.onboarding.dialog import Assistant
from smsdesk.ui.history.outline import BLOCK
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.presence import Presence
from smsdesk.ui.tray import Mark, Tray
from tests.desktop import NotificationDaemon, Shown, needs_bus, private_bus
from tests.ui.conftest import Book

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a bus")
WAIT_MS = 20_000

# The offscreen platform has no tray, and no windows one above the other.
pytestmark = pytest.mark.qt_log_ignore(
    "systemTrayWindowChanged", "does not support raise", extend=True
)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence_module, "_GATHER_MS", 0)
    monkeypatch.setattr(presence_module, "_REST_MS", 0)


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationDaemon]:
    with private_bus() as address, NotificationDaemon(address) as daemon:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield daemon


@pytest.fixture
def shown(daemon: NotificationDaemon, qtbot: QtBot) -> Callable[[], Shown]:
    """The next notification, while the window lives on."""

    def wait() -> Shown:
        qtbot.waitUntil(lambda: not daemon.shown.empty(), timeout=WAIT_MS)
        return daemon.next()

    return wait


def presence_of(window: MainWindow) -> Presence:
    found = window.findChildren(Presence)
    assert len(found) == 1
    return found[0]


# The title


def test_the_title_counts_the_unread_replies(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    assert window.windowTitle() == "SMS Desk"
    book.reply("one")
    book.reply("two")

    qtbot.waitUntil(lambda: window.windowTitle() == "(2) SMS Desk")


def test_the_count_in_the_title_comes_before_the_name_of_the_profile(
    open_window: Callable[[Desk], MainWindow], desk: Desk, book: Book, qtbot: QtBot
) -> None:
    book.reply()

    window = open_window(replace(desk, profile="acme"))

    qtbot.waitUntil(lambda: window.windowTitle() == "(1) acme – SMS Desk")


def test_nobody_counts_beyond_99(window: MainWindow, book: Book, qtbot: QtBot) -> None:
    for number in range(100):
        book.reply(f"reply {number}")

    qtbot.waitUntil(lambda: window.windowTitle() == "(99+) SMS Desk")


def test_what_was_read_is_not_counted(window: MainWindow, book: Book, qtbot: QtBot) -> None:
    book.reply()
    qtbot.waitUntil(lambda: window.windowTitle() == "(1) SMS Desk")

    book.read_all()

    qtbot.waitUntil(lambda: window.windowTitle() == "SMS Desk")


# The tray


class Control:
    """A sender that does what the test says."""

    def __init__(self) -> None:
        self.status = SenderStatus(SenderPhase.READY)
        self.asked: list[str] = []

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def wake(self) -> None: ...

    def reload(self) -> None: ...

    def give_up(self) -> None: ...


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def window_with_tray(
    open_window: Callable[[Desk], MainWindow],
    desk: Desk,
    control: Control,
    monkeypatch: pytest.MonkeyPatch,
) -> MainWindow:
    """There is no tray offscreen; the icon is made and asked all the same."""
    monkeypatch.setattr(presence_module, "is_there_a_tray", lambda: True)
    return open_window(replace(desk, sender=control))


def tray_of(window: MainWindow) -> Tray:
    tray = presence_of(window).tray
    assert tray is not None
    return tray


def mark_of(window: MainWindow) -> Mark | None:
    return tray_of(window)._mark


def test_without_a_tray_nothing_is_made_and_nothing_said(window: MainWindow) -> None:
    assert presence_of(window).tray is None
    assert not window.notice.isVisible()


def test_the_tray_shows_the_most_urgent_and_says_all(
    window_with_tray: MainWindow, control: Control, book: Book, qtbot: QtBot
) -> None:
    window = window_with_tray
    presence = presence_of(window)
    assert mark_of(window) is Mark.READY
    assert "Ready" in tray_of(window).icon.toolTip()

    control.status = SenderStatus(SenderPhase.HELD, hold=HeldReason.PAUSED)
    presence.hear_sender()
    assert mark_of(window) is Mark.HELD
    assert "Paused by you" in tray_of(window).icon.toolTip()

    book.reply()
    qtbot.waitUntil(lambda: mark_of(window) is Mark.UNREAD)
    assert "1 unread reply" in tray_of(window).icon.toolTip()

    control.status = SenderStatus(SenderPhase.HELD, hold=HeldReason.BALANCE, cause="no_credit")
    presence.hear_sender()
    assert mark_of(window) is Mark.HELD

    book.add(State.UNKNOWN)
    qtbot.waitUntil(lambda: mark_of(window) is Mark.REVIEW)
    told = tray_of(window).icon.toolTip()
    assert "1 message needs review" in told
    assert "1 unread reply" in told


def test_the_tray_pauses_resumes_raises_and_quits(
    window_with_tray: MainWindow, control: Control, qtbot: QtBot
) -> None:
    window, tray = window_with_tray, tray_of(window_with_tray)
    tray.pause_action.trigger()
    control.status = SenderStatus(SenderPhase.HELD, hold=HeldReason.PAUSED)
    presence_of(window).hear_sender()
    tray.pause_action.trigger()
    assert control.asked == ["pause", "resume"]

    window.showMinimized()
    tray.show_action.trigger()
    assert not window.isMinimized()

    with qtbot.waitSignal(window.closed):
        tray.quit_action.trigger()
    assert not tray.icon.isVisible()


# Started at login


def test_in_the_background_it_works_in_the_tray_until_it_is_asked_for(
    open_window: Callable[..., MainWindow], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence_module, "is_there_a_tray", lambda: True)
    monkeypatch.setattr(tray_module, "is_there_a_tray", lambda: True)
    watch = Watch()
    shown = replace(desk, watch=cast("AccountWatch", watch))

    window = open_window(shown, MainWindow.show_in_background)
    assert not window.isVisible()
    assert watch.is_paused

    tray_of(window).show_action.trigger()
    assert window.isVisible()
    assert not watch.is_paused


def test_what_waits_in_the_tray_takes_an_address_and_can_be_quit(
    open_window: Callable[..., MainWindow],
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    monkeypatch.setattr(presence_module, "is_there_a_tray", lambda: True)
    monkeypatch.setattr(tray_module, "is_there_a_tray", lambda: True)
    window = open_window(desk, MainWindow.show_in_background)

    window.raise_up("sms:+447700900123?body=Hi")
    assert window.isVisible()
    assert window.compose.text.toPlainText() == "Hi"

    window.hide()
    with qtbot.waitSignal(window.closed):
        tray_of(window).quit_action.trigger()


def test_without_a_tray_the_background_is_a_minimised_window(
    open_window: Callable[..., MainWindow], desk: Desk
) -> None:
    window = open_window(desk, MainWindow.show_in_background)
    assert window.isMinimized()

    window.raise_up()
    assert not window.isMinimized()


def test_the_assistant_does_not_come_by_itself_where_nobody_looks(
    open_window: Callable[..., MainWindow], desk: Desk, vault: SessionVault, qtbot: QtBot
) -> None:
    vault.delete("application_id")

    window = open_window(desk, MainWindow.show_in_background)

    assert "No account" in window.status.account.text()
    assert window.findChildren(Assistant) == []


class Watch:
    """Notes whether anybody looks."""

    is_paused = False
    glance = None

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False

    def reload(self) -> None: ...


# Notifications


@needs_bus
@on_linux
def test_a_reply_is_told_and_a_click_opens_it(
    window: MainWindow,
    book: Book,
    daemon: NotificationDaemon,
    shown: Callable[[], Shown],
    qtbot: QtBot,
) -> None:
    reply = book.reply("<b>Running</b> late")

    told = shown()
    assert told.title == "New reply"
    assert "+44 7700 900123" in told.body
    assert "&lt;b&gt;Running&lt;/b&gt; late" in told.body

    window.showMinimized()
    daemon.click(told.id)
    qtbot.waitUntil(lambda: window.history.details.isVisible(), timeout=WAIT_MS)
    message = window.history.details.message
    assert message is not None
    assert message.id == reply.id
    assert not window.isMinimized()


@needs_bus
@on_linux
def test_doubts_are_told_in_one_and_a_click_opens_the_review(
    window: MainWindow,
    book: Book,
    daemon: NotificationDaemon,
    shown: Callable[[], Shown],
    qtbot: QtBot,
) -> None:
    book.add(State.UNKNOWN)
    first = shown()
    assert first.title == "A message needs review"

    book.add(State.UNKNOWN)
    both = shown()
    assert (both.title, both.replaces) == ("2 messages need review", first.id)

    daemon.click(both.id)
    qtbot.waitUntil(window.history.review.isVisible, timeout=WAIT_MS)


@needs_bus
@on_linux
def test_failures_are_told_and_a_click_shows_them_all(
    window: MainWindow,
    book: Book,
    daemon: NotificationDaemon,
    shown: Callable[[], Shown],
    qtbot: QtBot,
) -> None:
    for number in range(3):
        book.add(State.FAILED, to=f"+44770090012{number}")
    told = shown()
    while told.title != "3 messages were not delivered":
        told = shown()

    daemon.click(told.id)

    wanted = "failed"
    tabs = window.history.filter
    qtbot.waitUntil(lambda: tabs.tabData(tabs.currentIndex()) == wanted, timeout=WAIT_MS)
    assert window.history.model.rowCount() == 3


@needs_bus
@on_linux
def test_who_comes_to_the_window_has_heard_what_was_told(
    window: MainWindow,
    book: Book,
    daemon: NotificationDaemon,
    shown: Callable[[], Shown],
    qtbot: QtBot,
) -> None:
    book.reply()
    told = shown()

    presence_of(window).greet()

    qtbot.waitUntil(lambda: not daemon.closed.empty(), timeout=WAIT_MS)
    assert daemon.closed.get() == told.id


@needs_bus
@on_linux
def test_private_and_off_are_heeded(
    window: MainWindow,
    desk: Desk,
    book: Book,
    daemon: NotificationDaemon,
    shown: Callable[[], Shown],
    qtbot: QtBot,
) -> None:
    desk.settings.set(NOTIFY, "off")
    book.reply("not told")
    qtbot.waitUntil(lambda: len(presence_of(window)._alerts._fresh._told) == 1, timeout=WAIT_MS)
    desk.settings.set(NOTIFY, "private")

    reply = book.reply("a secret")

    told = shown()
    assert (told.title, told.body) == ("New reply", "")
    assert daemon.shown.empty()
    assert reply.text not in str(told)


def test_what_is_open_before_the_person_is_seen(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    reply = book.reply()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert window._what_is_seen().other is None

    window.history.show_message(reply.id)
    seen = window._what_is_seen()
    assert (seen.other, seen.is_review) == (reply.sender, False)

    book.add(State.UNKNOWN)
    window.history.open_review()
    assert window._what_is_seen().is_review


def test_no_bus_is_spoken_to_before_there_is_something_to_say(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    book.add(State.ACCEPTED)
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    QApplication.processEvents()

    assert presence_of(window)._notifier is None


# What a click opens


def test_a_message_that_a_filter_hides_is_shown(window: MainWindow, book: Book) -> None:
    message = book.add(State.FAILED)
    window.history.touch(None)
    window.history.filter.setCurrentIndex(1)
    window.history.search.setText("nothing like it")

    window.history.show_message(message.id)

    current = window.history.model.message(window.history.table.currentIndex().row())
    assert current is not None
    assert current.id == message.id
    assert window.history.details.isVisible()
    assert window.history.search.text() == ""


def test_a_message_far_down_in_the_log_is_shown_at_once_and_its_row_found(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    old = book.add(State.FAILED, to="+447700900111", text="long ago")
    for number in range(BLOCK + 5):
        book.add(text=f"message {number}")
    window.history.model.reload()
    assert window.history.model.row_of(old.id) is None  # not counted that far yet

    window.history.show_message(old.id)

    message = window.history.details.message
    assert message is not None
    assert message.id == old.id
    assert window.history.details.isVisible()
    table = window.history.table
    qtbot.waitUntil(lambda: table.currentIndex().row() == BLOCK + 5)
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()).center())


def test_from_the_review_a_message_is_shown_too(window: MainWindow, book: Book) -> None:
    message = book.add(State.UNKNOWN)
    window.history.touch(None)
    window.history.open_review()

    window.history.show_message(message.id)

    assert window.history.details.isVisible()
    assert not window.history.is_in_review


def test_a_message_that_was_erased_is_said_to_be_gone(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.history.said) as said:
        window.history.show_message("no such id")

    assert "not in the log" in said.args[0]
