"""The key is changed in its dialog before a pretend Vonage; broken off, gone on with, given up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.rotation import RotationStep
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.system.vault import KeyringLockedError, SessionVault
from smsdesk.ui import dialogs
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.rotation import RotationDialog
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import Theme
from tests.ui.conftest import APPLICATION_ID

WAIT_MS = 20_000


@pytest.fixture
def new_key(tmp_path: Path) -> Path:
    """The place that is proposed: beside the old one, under a name that is free."""
    return tmp_path / "private-2.key"


@pytest.fixture
def vault(old_key: Path) -> SessionVault:
    return SessionVault(
        {
            "application_id": APPLICATION_ID,
            "private_key_path": str(old_key),
            "api_key": "demo",
            "api_secret": "demo",
        }
    )


@pytest.fixture
def settings_dialog(
    qtbot: QtBot, desk: Desk, worker: Worker, theme: Theme, vonage: Simulator
) -> Iterator[Preferences]:
    parent = QWidget()  # not qtbot's, who would delete it before the worker has answered
    dialog = Preferences(desk, worker=worker, theme=theme, parent=parent)
    dialog.show()
    qtbot.waitUntil(dialog.save_button.isEnabled)
    yield dialog
    for one in dialog.findChildren(RotationDialog):
        one.reject()
    dialog.close()
    answered: list[None] = []
    worker.run(lambda: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered), timeout=WAIT_MS)
    parent.deleteLater()


class Changing:
    """Somebody who changes the key in the window."""

    def __init__(self, settings_dialog: Preferences, desk: Desk, qtbot: QtBot) -> None:
        self.settings = settings_dialog
        self._desk = desk
        self._qtbot = qtbot
        self.dialog = self.open()

    def open(self) -> RotationDialog:
        """Press the button on the page of the account."""
        self.wait_until(lambda: not self.settings.findChildren(RotationDialog))
        self.settings.account.rotation_button.click()
        self.dialog = self.settings.findChildren(RotationDialog)[0]
        self.wait()
        return self.dialog

    def close(self) -> None:
        self.dialog.close_button.click()
        self.wait_until(lambda: not self.settings.findChildren(RotationDialog))

    def press_next(self) -> None:
        self.dialog.next_button.click()
        self.wait()

    def press_back(self) -> None:
        self.dialog.back_button.click()
        self.wait()

    def wait(self) -> None:
        self.wait_until(self.dialog.next_button.isEnabled)

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_true, timeout=WAIT_MS)

    @property
    def step(self) -> RotationStep:
        return self._desk.rotation.state.step

    @property
    def said(self) -> str:
        return self.dialog.said.text()

    @property
    def steps(self) -> list[str]:
        """What a screen reader says of each step: "Done: …", "Failed: …"."""
        labels = self.dialog.steps.findChildren(QLabel)
        return [label.accessibleName().split(":")[0] for label in labels if label.text()]


@pytest.fixture
def changing(settings_dialog: Preferences, desk: Desk, qtbot: QtBot) -> Changing:
    return Changing(settings_dialog, desk, qtbot)


def break_down(vonage: Simulator, path: str) -> None:
    """Requests to that path fail from now on."""
    down = Rule(OUTCOMES["error-503"], path=path)
    vonage.scenario = Scenario(rules=(down,), uses_test_numbers=False)


def confirm(monkeypatch: pytest.MonkeyPatch, *, answer: bool) -> list[str]:
    """Answer the question that will be asked; gives what it says."""
    said: list[str] = []

    def exec_(shown: dialogs.MessageDialog) -> int:
        said.append(shown.text.text())
        return 1 if answer else 2

    monkeypatch.setattr(dialogs.MessageDialog, "exec", exec_)
    return said


def test_it_explains_and_proposes_a_place(changing: Changing, new_key: Path) -> None:
    assert "refuses the old key" in changing.dialog.words.text()
    assert changing.dialog.path.text() == str(new_key)
    assert changing.steps == ["To come"] * 4
    assert not new_key.exists()


def test_the_key_is_changed_and_the_old_file_removed(
    changing: Changing,
    vault: SessionVault,
    desk: Desk,
    old_key: Path,
    new_key: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changing.dialog.passphrase.line.setText("open sesame")
    changing.press_next()
    assert changing.step is RotationStep.SWITCHED
    assert changing.steps == ["Done"] * 4
    assert vault.get("private_key_path") == str(new_key)
    assert vault.get("private_key_passphrase") == "open sesame"
    assert desk.connecting.prove().is_compared
    assert old_key.exists()

    asked = confirm(monkeypatch, answer=False)
    changing.dialog.next_button.click()
    assert str(old_key) in asked[0]
    assert old_key.exists()

    confirm(monkeypatch, answer=True)
    changing.press_next()
    assert not old_key.exists()
    assert new_key.exists()
    assert "Removed" in changing.said
    changing.dialog.next_button.click()
    assert not changing.dialog.isVisible()


def test_settings_show_the_new_key_and_keep_what_was_typed(
    changing: Changing, new_key: Path
) -> None:
    changing.settings.api_key.setText("ffff0000")
    changing.press_next()
    changing.close()

    account = changing.settings.account
    assert account.key.text() == str(new_key)
    assert changing.settings.api_key.text() == "ffff0000"
    assert "old file can be removed" in account.rotation.text()
    assert account.rotation_button.text() == "&Go on…"


def test_the_old_file_may_be_kept(changing: Changing, old_key: Path) -> None:
    changing.press_next()
    changing.dialog.back_button.click()
    changing.wait_until(lambda: not changing.settings.findChildren(RotationDialog))

    assert changing.step is RotationStep.NONE
    assert old_key.exists()
    assert changing.settings.account.rotation_button.text() == "Chan&ge the key…"


def test_a_change_that_was_broken_off_goes_on_later(
    changing: Changing, vonage: Simulator, vault: SessionVault, new_key: Path
) -> None:
    break_down(vonage, "/v1/messages")
    changing.dialog.passphrase.line.setText("open sesame")
    changing.press_next()
    assert changing.steps == ["Done", "Done", "Failed", "To come"]
    assert "Try again" in changing.dialog.next_button.text()
    changing.close()
    assert changing.settings.account.rotation.isVisibleTo(changing.settings.account)
    assert "go on" in changing.settings.account.rotation.text()
    vonage.scenario = Scenario()

    changing.open()
    assert changing.steps == ["Done", "Done", "To come", "To come"]
    changing.press_next()
    assert "passphrase" in changing.said, "it is kept nowhere before the switch"
    changing.dialog.passphrase.line.setText("open sesame")
    changing.press_next()

    assert changing.step is RotationStep.SWITCHED
    assert vault.get("private_key_path") == str(new_key)


def test_an_upload_that_vonage_refuses_is_tried_again(
    changing: Changing, vonage: Simulator, vault: SessionVault, old_key: Path
) -> None:
    refusing = Rule(OUTCOMES["forbidden"], path="/v2/applications")
    changing.dialog.path.setText(str(old_key.with_name("third.key")))
    answered = Rule(OUTCOMES["delivered"], path="/v2/applications", first=1)
    vonage.scenario = Scenario(rules=(answered, refusing))
    changing.press_next()

    assert changing.said
    assert changing.steps == ["Done", "Failed", "To come", "To come"]
    assert vault.get("private_key_path") == str(old_key)
    vonage.scenario = Scenario()
    changing.press_next()
    assert changing.step is RotationStep.SWITCHED


def test_going_back_leaves_the_old_key_in_force(
    changing: Changing,
    vonage: Simulator,
    vault: SessionVault,
    desk: Desk,
    old_key: Path,
    new_key: Path,
) -> None:
    break_down(vonage, "/v1/messages")
    changing.press_next()
    vonage.scenario = Scenario()

    changing.press_back()

    assert "the old key is in use" in changing.said
    assert str(new_key) in changing.said
    assert changing.step is RotationStep.NONE
    assert vault.get("private_key_path") == str(old_key)
    assert desk.connecting.prove().is_compared


def test_going_back_without_vonage_is_said_and_can_be_repeated(
    changing: Changing, vonage: Simulator
) -> None:
    break_down(vonage, "/v1/messages")
    changing.press_next()
    break_down(vonage, "/v2/applications")
    changing.press_back()
    assert changing.steps == ["Done", "Done", "To come", "To come"]
    assert changing.said
    vonage.scenario = Scenario()

    changing.press_back()

    assert changing.step is RotationStep.NONE


def test_without_vonage_no_key_is_made(
    changing: Changing, vonage: Simulator, new_key: Path
) -> None:
    vonage.stop()
    changing.press_next()

    assert "refused the connection" in changing.said
    assert changing.steps[0] == "Failed"
    assert changing.dialog.path.isVisible()
    assert not new_key.exists()


@pytest.mark.parametrize(
    ("name", "said"), [("private.key", "never overwritten"), ("no/new.key", "does not exist")]
)
def test_a_place_that_will_not_do_is_said(
    changing: Changing, old_key: Path, name: str, said: str
) -> None:
    changing.dialog.path.setText(str(old_key.parent / name))
    changing.press_next()

    assert said in changing.said
    assert changing.step is RotationStep.NONE


def test_without_a_place_nothing_begins(changing: Changing) -> None:
    changing.dialog.path.clear()
    changing.dialog.next_button.click()

    assert "Choose a file" in changing.said


def test_without_api_secret_it_says_what_is_missing(
    settings_dialog: Preferences, vault: SessionVault, qtbot: QtBot
) -> None:
    vault.delete("api_secret")
    settings_dialog.account.rotation_button.click()
    dialog = settings_dialog.findChildren(RotationDialog)[0]

    qtbot.waitUntil(lambda: "API key and secret" in dialog.said.text())
    assert not dialog.next_button.isEnabled()


def test_a_locked_keyring_is_said_and_asked_again(
    settings_dialog: Preferences, vault: SessionVault, qtbot: QtBot, new_key: Path
) -> None:
    def refuse(_name: str) -> str | None:
        raise KeyringLockedError

    with pytest.MonkeyPatch.context() as locked:
        locked.setattr(vault, "get", refuse)
        settings_dialog.account.rotation_button.click()
        dialog = settings_dialog.findChildren(RotationDialog)[0]
        qtbot.waitUntil(lambda: "locked" in dialog.said.text())

    dialog.next_button.click()

    qtbot.waitUntil(lambda: dialog.path.text() == str(new_key))


def test_without_a_key_there_is_nothing_to_change(
    qtbot: QtBot, desk: Desk, worker: Worker, theme: Theme, vault: SessionVault
) -> None:
    vault.delete("private_key_path")
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = Preferences(desk, worker=worker, theme=theme, parent=parent)

    qtbot.waitUntil(dialog.save_button.isEnabled)
    assert dialog.account.rotation_button.isHidden()


def test_escape_closes_it_in_the_middle_and_the_change_goes_on(
    changing: Changing, new_key: Path
) -> None:
    changing.dialog.next_button.click()
    QTest.keyClick(changing.dialog, Qt.Key.Key_Escape)
    assert not changing.dialog.isVisible()
    changing.wait_until(lambda: not changing.settings.findChildren(RotationDialog))

    assert changing.step in (RotationStep.MADE, RotationStep.SWITCHED)
    changing.open()
    if changing.step is RotationStep.MADE:
        changing.press_next()
    assert changing.step is RotationStep.SWITCHED
    assert new_key.exists()


def test_everything_in_it_can_be_named_by_a_screen_reader(changing: Changing) -> None:
    controls: list[QLineEdit | QAbstractButton] = [
        *changing.dialog.findChildren(QLineEdit),
        *changing.dialog.findChildren(QAbstractButton),
    ]
    mnemonics = [
        button.text()[button.text().index("&") + 1].lower()
        for button in controls
        if isinstance(button, QAbstractButton) and "&" in button.text()
    ]

    assert not [c.objectName() for c in controls if c.isVisible() and not c.accessibleName()]
    assert all(control.objectName().startswith("rotation.") for control in controls)
    assert len(set(mnemonics)) == len(mnemonics)
