"""The assistant in its window: when it comes, what it shows, and that it can be left."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from pytestqt.qtbot import QtBot

from smsdesk.desk.connecting import Proof
from smsdesk.desk.desk import Desk
from smsdesk.system.settings import ASSISTANT, SENDER, Settings
from smsdesk.system.vault import KeyringLockedError, SessionVault
from smsdesk.ui.account.onboarding.dialog import Assistant
from smsdesk.ui.account.onboarding.from_page import proof_sentence
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.main_window import MainWindow

OpenWindow = Callable[[Desk], MainWindow]
ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def vault() -> SessionVault:
    """Nothing is stored: the very first start."""
    return SessionVault({})


@pytest.fixture
def assistant(window: MainWindow, qtbot: QtBot) -> Assistant:
    qtbot.waitUntil(lambda: bool(open_assistants(window)))
    return open_assistants(window)[0]


def open_assistants(window: MainWindow) -> list[Assistant]:
    return [one for one in window.findChildren(Assistant) if one.isVisible()]


def test_it_comes_by_itself_once(
    open_window: OpenWindow, desk: Desk, settings: Settings, qtbot: QtBot
) -> None:
    first = open_window(desk)
    qtbot.waitUntil(lambda: bool(open_assistants(first)))
    open_assistants(first)[0].later_button.click()
    qtbot.waitUntil(lambda: not first.findChildren(Assistant))

    second = open_window(desk)

    assert settings.get(ASSISTANT) == "shown"
    qtbot.waitUntil(second.history.empty.button.isVisible)
    assert not open_assistants(second)


@pytest.mark.parametrize("way", ["menu", "empty", "status"])
def test_without_an_account_every_way_leads_to_it(
    open_window: OpenWindow, desk: Desk, settings: Settings, qtbot: QtBot, way: str
) -> None:
    settings.set(ASSISTANT, "shown")
    window = open_window(desk)
    qtbot.waitUntil(window.history.empty.button.isVisible)

    if way == "menu":
        window.connect_action.trigger()
    elif way == "empty":
        window.history.empty.button.click()
    else:
        window.status.account.click()

    qtbot.waitUntil(lambda: bool(open_assistants(window)))


def test_a_keyring_that_cannot_be_read_is_said(
    open_window: OpenWindow,
    desk: Desk,
    settings: Settings,
    vault: SessionVault,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    def refuse(_name: str) -> str | None:
        raise KeyringLockedError

    said: list[str] = []
    monkeypatch.setattr(MessageDialog, "exec", lambda shown: said.append(shown.text.text()))
    monkeypatch.setattr(vault, "get", refuse)
    window = open_window(desk)

    window.connect_action.trigger()

    qtbot.waitUntil(lambda: bool(said))
    assert "keyring is locked" in said[0]
    assert not window.findChildren(Assistant)


def test_the_demo_is_left_for_an_account_of_ones_own(
    open_window: OpenWindow, desk: Desk, qtbot: QtBot
) -> None:
    window = open_window(replace(desk, is_demo=True))

    with qtbot.waitSignal(window.account_asked):
        window.connect_action.trigger()

    assert not window.demo_action.isVisible()


def test_choosing_the_demo_closes_it_and_asks_for_the_demo(
    assistant: Assistant, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.demo_asked):
        assistant.welcome.demo.click()

    assert not open_assistants(window)


def test_the_window_can_be_closed_while_it_is_open(
    assistant: Assistant, window: MainWindow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.closed):
        window.close()

    assert not open_assistants(window)


def test_the_sender_picked_in_it_is_the_one_to_write_from(
    assistant: Assistant, window: MainWindow, settings: Settings
) -> None:
    window.compose.sender_field.set_text("")
    settings.set(SENDER, "Depot")

    assistant.reject()

    assert window.compose.sender_field.text() == "Depot"


def test_a_key_file_can_be_dropped_on_it(assistant: Assistant, qtbot: QtBot) -> None:
    assistant.welcome.existing.click()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/nowhere/private.key")])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )

    assistant.existing.key.dropEvent(event)

    assert assistant.existing.key.text() == "/nowhere/private.key"
    qtbot.waitUntil(assistant.existing.key.verdict.isVisible)


def test_enter_presses_the_main_button_and_escape_leaves(
    assistant: Assistant, vault: SessionVault, qtbot: QtBot
) -> None:
    assistant.welcome.existing.click()
    QTest.keyClick(assistant.existing.application_id, Qt.Key.Key_Return)
    problem = assistant.existing.said
    qtbot.waitUntil(lambda: assistant.next_button.isEnabled() and not problem.text())

    assert assistant.page is assistant.existing
    QTest.keyClick(assistant, Qt.Key.Key_Escape)
    assert not assistant.isVisible()
    assert vault.get("application_id") is None


def test_back_leads_to_the_page_before(assistant: Assistant) -> None:
    assistant.welcome.new.click()
    assert assistant.keys.isVisible()

    assistant.back_button.click()

    assert assistant.welcome.isVisible()
    assert not assistant.back_button.isVisible()


def test_everything_in_it_can_be_named_by_a_screen_reader(assistant: Assistant) -> None:
    assistant.welcome.existing.click()
    controls: list[QLineEdit | QAbstractButton] = [
        *assistant.findChildren(QLineEdit),
        *assistant.findChildren(QAbstractButton),
    ]

    assert len(controls) > 20
    assert not [
        control.objectName()
        for control in controls
        if not control.accessibleName() and not control.text()
    ]


def test_an_answer_after_the_end_is_not_heard(
    assistant: Assistant, window: MainWindow, qtbot: QtBot
) -> None:
    heard: list[Decimal] = []
    assistant.page.ask("…", lambda: Decimal(1), heard.append)

    assistant.reject()

    qtbot.waitUntil(lambda: not window.findChildren(Assistant))
    assert heard == []


PROVED = Proof(ID, "ab cd", 2048, True, "The <b>desk</b>", 0.0)


@pytest.mark.parametrize(
    ("proof", "said", "is_good"),
    [
        (PROVED, "The <b>desk</b>", True),
        (replace(PROVED, application_name=None), "Vonage takes what this key signs", True),
        (
            replace(PROVED, application_name=None, is_signature_proved=False),
            "did not say",
            False,
        ),
        (replace(PROVED, has_credit=False), "no credit", False),
        (replace(PROVED, clock_skew_s=-95.2), "95 s", False),
        (None, "did not confirm", False),
    ],
)
def test_a_proof_is_told_in_words(proof: Proof | None, said: str, is_good: bool) -> None:
    sentence, is_well = proof_sentence(proof)

    assert said in sentence
    assert is_well is is_good
