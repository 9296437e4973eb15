"""The window as a whole: its names, its keyboard, its words, its memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from smsdesk.desk.account import Account
from smsdesk.desk.account_values import AccountError, StoredAccount
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.glance import AccountGlance, AccountWatch
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.system.settings import THEME, WINDOW
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Choice, Theme
from tests.ui.conftest import Book

PROMISED = (
    "compose.from",
    "compose.to",
    "compose.text",
    "compose.send",
    "compose.meter",
    "compose.problems",
    "conversation.view",
    "compose.undo",
    "compose.entity_id",
    "compose.content_id",
    "history.table",
    "history.search",
    "history.filter",
    "history.details",
    "history.export",
    "history.review",
    "status.sender",
    "status.account",
    "status.receipts",
)
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)


def named(window: MainWindow, name: str) -> QWidget:
    found = window.findChildren(QWidget, name)
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


def test_each_promised_control_has_its_object_name_and_an_accessible_name(
    window: MainWindow,
) -> None:
    assert window.side.conversation.isHidden(), "there is nobody to show yet"
    assert [name for name in PROMISED if not named(window, name).accessibleName()] == []


def test_every_control_has_an_accessible_name(window: MainWindow, book: Book) -> None:
    book.add(State.UNKNOWN)
    window.history.open_review()
    assert window.side.conversation.isHidden(), "there is nobody to show yet"

    nameless = [
        (type(widget).__name__, widget.objectName())
        for kind in CONTROLS
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and not widget.accessibleName()
        and not isinstance(widget.parent(), QLineEdit)  # the sign in a line, no tab stop
    ]

    assert nameless == []


def test_tab_reaches_every_control_that_is_shown(window: MainWindow, book: Book) -> None:
    book.add(State.FAILED)
    window.history.touch(None)
    window.history.table.setCurrentIndex(window.history.model.index(0, 0))
    window.history.search.setFocus()
    reached: list[str] = []

    while (focused := QApplication.focusWidget()) and focused.objectName() not in reached:
        reached.append(focused.objectName())
        window.focusNextChild()

    assert reached == [
        "history.search",
        "history.more.open",
        "history.saved",
        "history.export",
        "history.filter",
        "history.table",
        "history.details.contact",
        "history.details.close",
        "history.details.source",
        "history.details.text",
        "history.details.send_again",
        "history.details.copy",
        "history.details.opt_out",
        "history.details.erase",
        "conversation.close",
        "conversation.list",
        "compose.from",
        "compose.to.entry",
        "compose.text",
        "compose.template",
        "compose.import",
        "compose.schedule",
        "compose.send",
        "status.sender",
        "status.account",
        "status.receipts",
    ]


@pytest.mark.case("T12", "F88", "G9")
def test_no_label_guesses_markup(window: MainWindow, book: Book) -> None:
    book.add(State.UNKNOWN, text="<b>bold</b>")
    window.history.table.setCurrentIndex(window.history.model.index(0, 0))
    window.history.open_review()

    guessing = [
        label.text()
        for label in window.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText
        and label.pixmap().isNull()
        and label.text()
    ]

    assert guessing == []
    assert window.findChildren(QTextEdit) == []


def test_ctrl_f_leads_to_the_search_and_ctrl_enter_sends(
    window: MainWindow, qtbot: QtBot, desk: Desk
) -> None:
    window.activateWindow()
    window.compose.recipients.set_text("+447700900123")
    window.compose.text.set_text("Hello")
    QTest.keyClick(window.compose.text, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.history.search.hasFocus()

    with qtbot.waitSignal(window.compose.stored):
        QTest.keyClick(
            window.compose.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
        )

    assert [message.text for message in desk.history.queued()] == ["Hello"]


def test_a_sent_message_appears_at_the_top_of_the_list(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.compose.recipients.set_text("+447700900123")
    window.compose.text.set_text("Hello")

    window.compose.send()

    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    assert "Hello" in window.history.model.index(0, 0).data()


def test_the_chosen_theme_is_kept_and_shown(
    window: MainWindow, desk: Desk, theme: Theme
) -> None:
    window.choose_theme(Choice.DARK)

    assert theme.colours.is_dark
    assert desk.settings.get(THEME) == "dark"
    checked = [a.data() for a in window._theme_choices.actions() if a.isChecked()]
    assert checked == [Choice.DARK]


def test_size_and_division_are_remembered(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    first = open_window(desk)
    first.resize(780, 500)
    first.split.setSizes([360, 420])
    sizes = first.split.sizes()
    first.close()
    assert desk.settings.get(WINDOW)

    second = MainWindow(desk, theme=first._theme)
    second.show()

    assert (second.width(), second.height()) == (780, 500)
    assert second.split.sizes() == sizes
    second.close()
    second.deleteLater()


def test_a_damaged_memory_of_the_size_is_passed_over(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    desk.settings.set(WINDOW, {"window": "nonsense", "split": "€"})

    assert open_window(desk).isVisible()


def test_the_same_address_twice_fills_the_draft_once(window: MainWindow) -> None:
    address = "sms:+447700900123?body=Hi"
    window.open_address(address)
    window.open_address(address)

    assert window.compose.draft() == Draft("ACME", "+447700900123", "Hi")
    assert window.status._said.text() == ""

    window.open_address("sms:+447700900124?body=Bye")
    assert window.compose.draft() == Draft("ACME", "+447700900123\n+447700900124", "Hi")
    assert "yours was kept" in window.status._said.text()


def test_a_draft_survives_the_window(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    first = open_window(desk)
    first.compose.recipients.set_text("+447700900123")
    first.compose.text.set_text("half a sentence")
    first.close()

    second = open_window(desk)

    assert second.compose.draft() == Draft("ACME", "+447700900123", "half a sentence")


def test_the_demo_is_marked_and_offers_its_numbers(
    open_window: Callable[[Desk], MainWindow], desk: Desk
) -> None:
    hints = (("+447700900100", "Not delivered & <b>not</b> charged"),)
    window = open_window(replace(desk, is_demo=True, demo_hints=hints))
    badge = named(window, "demo.words")
    button = named(window, "demo.try")
    assert isinstance(badge, QLabel)
    assert isinstance(button, QAbstractButton)
    assert "nothing leaves this computer" in badge.text()

    menu = window.findChild(QWidget, "demo.menu")
    assert menu is not None
    menu.actions()[0].trigger()

    assert window.compose.recipients.text() == "+447700900100"
    assert "&&" in menu.actions()[0].text()


def test_without_an_account_the_empty_list_says_what_to_do_first(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    from smsdesk.desk.account import AccountForm

    desk.account.save(AccountForm(application_id="", private_key_path=""))

    window = open_window(desk)

    empty = window.history.empty
    qtbot.waitUntil(lambda: "Connect" in empty.heading.text())
    window.history.account_asked.disconnect()  # or the dialog would wait for us
    with qtbot.waitSignal(window.history.account_asked):
        empty.button.click()


def test_an_unforeseen_error_is_told_and_the_window_lives_on(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.troubled.emit()

    qtbot.waitUntil(window.notice.isVisible)
    assert window.isVisible()


def test_pausing_and_resuming_ask_the_sender(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    class Control:
        asked: list[str] = []  # noqa: RUF012 - one test long

        def __init__(self) -> None:
            self.status = desk.sender.status

        def pause(self) -> None:
            self.asked.append("pause")

        def resume(self) -> None:
            self.asked.append("resume")

        def wake(self) -> None: ...

        def reload(self) -> None: ...

        def give_up(self) -> None: ...

    window = open_window(replace(desk, sender=Control()))

    QTest.mouseClick(window.status.sending, Qt.MouseButton.LeftButton)
    window.pause_action.trigger()

    assert Control.asked == ["pause", "pause"]


def test_news_of_messages_reaches_the_list(
    window: MainWindow, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    message = book.add()
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)

    book.move(message, State.ACCEPTED)

    qtbot.waitUntil(lambda: "Accepted" in window.history.model.index(0, 0).data())
    desk.changes.announce(Change(ChangeKind.MESSAGES, None))
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)


def test_the_shortcuts_are_those_promised(window: MainWindow) -> None:
    assert QKeySequence("Ctrl+Return") in window.compose.send_action.shortcuts()
    assert window.history.find_action.shortcut() == QKeySequence("Ctrl+F")


def glance(balance: str, *, is_low: bool = False) -> AccountGlance:
    return AccountGlance(Decimal(balance), "EUR", datetime.now(UTC), is_low, "", "ACME", "")


def test_the_balance_stands_beside_the_account_and_warns_when_low(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    watch = Watch(glance("12.40"))
    window = open_window(replace(desk, watch=cast("AccountWatch", watch)))
    qtbot.waitUntil(lambda: "aaaaaaaa" in window.status.account.accessibleName())

    desk.changes.announce(Change(ChangeKind.GLANCE))
    qtbot.waitUntil(lambda: "12.40" in window.status.account.accessibleName())
    assert window.status.account.icon().isNull()

    watch.glance = glance("3.10", is_low=True)
    desk.changes.announce(Change(ChangeKind.GLANCE))
    qtbot.waitUntil(lambda: "3.10" in window.status.account.accessibleName())
    assert "low" in window.status.account.accessibleName()
    assert not window.status.account.icon().isNull()


def test_nobody_asks_for_the_balance_of_a_minimised_window(
    open_window: Callable[[Desk], MainWindow], desk: Desk, qtbot: QtBot
) -> None:
    watch = Watch(glance("12.40"))
    window = open_window(replace(desk, watch=cast("AccountWatch", watch)))

    window.showMinimized()
    qtbot.waitUntil(lambda: watch.is_paused)
    window.showNormal()
    qtbot.waitUntil(lambda: not watch.is_paused)


class Watch:
    """Knows a balance without asking for it."""

    def __init__(self, glance: AccountGlance) -> None:
        self.glance = glance
        self.is_paused = False

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False


def test_without_a_keyring_the_window_says_so_and_what_to_do(
    open_window: Callable[[Desk], MainWindow],
    desk: Desk,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_self: Account) -> StoredAccount:
        raise AccountError("vault", "no_keyring")

    monkeypatch.setattr(Account, "load", refuse)

    window = open_window(desk)

    qtbot.waitUntil(window.notice.isVisible)
    labels = [label.text() for label in window.notice.findChildren(QLabel)]
    assert any("no keyring" in text and "Install" in text for text in labels)
