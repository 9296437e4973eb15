"""Settings: secrets go in and never come out, and a wrong key file is told at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.connecting import region_code
from smsdesk.desk.desk import Desk
from smsdesk.system.settings import (
    API_URL,
    BALANCE_WARNING,
    DEFAULT_REGION,
    PROXY,
    PROXY_MODE,
    RECEIPTS,
    REGISTERED_SENDERS,
    SENDER,
    THEME,
    THROUGHPUT,
)
from smsdesk.system.vault import KeyringTimeoutError, SessionVault
from smsdesk.ui.account.network_fields import NetworkFields
from smsdesk.ui.account.preferences import Preferences
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import Theme

MakeKey = Callable[..., Path]


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def make_key(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> MakeKey:
    def make(*, mode: int = 0o600, passphrase: bytes | None = None) -> Path:
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase)
        path = tmp_path / "private.key"
        path.write_bytes(
            rsa_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
            )
        )
        path.chmod(mode)
        return path

    return make


@pytest.fixture
def dialog(qtbot: QtBot, desk: Desk, worker: Worker, theme: Theme) -> Iterator[Preferences]:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = Preferences(desk, worker=worker, theme=theme, parent=parent)
    dialog.show()
    qtbot.waitUntil(dialog.save_button.isEnabled)
    yield dialog
    dialog.close()


def test_what_is_stored_is_shown_but_no_secret(dialog: Preferences) -> None:
    assert dialog.application_id.text() == "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
    assert dialog.api_key.text() == "abcd1234"
    assert dialog.api_secret.line.text() == ""
    assert "Stored" in dialog.api_secret.line.placeholderText()
    assert dialog.signature_secret.line.placeholderText() == ""
    shown = [line.text() for line in dialog.findChildren(QLineEdit)]
    assert "a-secret-of-the-api" not in shown


def test_saving_changes_nothing_that_was_not_touched(
    dialog: Preferences, vault: SessionVault, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key()))
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()

    assert vault.get("api_secret") == "a-secret-of-the-api"
    assert vault.get("api_key") == "abcd1234"


def test_everything_is_stored(
    dialog: Preferences,
    vault: SessionVault,
    desk: Desk,
    theme: Theme,
    make_key: MakeKey,
    qtbot: QtBot,
) -> None:
    key = make_key(passphrase=b"opensesame")
    dialog.key.line.setText(str(key))
    dialog.passphrase.line.setText("opensesame")
    dialog.api_secret.line.setText("another-secret")
    dialog.signature_secret.line.setText("s" * 40)
    dialog.sender_field.setText("Depot")
    dialog.region.setCurrentIndex(dialog.region.findData("DE"))
    dialog.throughput.setText("2,5")
    dialog.receipts.setCurrentIndex(dialog.receipts.findData("off"))
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))

    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()

    assert vault.get("private_key_path") == str(key)
    assert vault.get("private_key_passphrase") == "opensesame"
    assert vault.get("api_secret") == "another-secret"
    assert vault.get("signature_secret") == "s" * 40
    settings = desk.settings
    assert settings.get(SENDER) == "Depot"
    assert settings.get(DEFAULT_REGION) == "DE"
    assert settings.get(THROUGHPUT) == 2.5
    assert settings.get(RECEIPTS) == "off"
    assert settings.get(THEME) == "dark"
    assert theme.colours.is_dark


def test_a_good_key_shows_its_fingerprint(
    dialog: Preferences, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key()))

    qtbot.waitUntil(lambda: "2048" in dialog.key.verdict.text())
    assert dialog.key.verdict.property("tone") == "good"
    assert not dialog.key.repair.isVisible()


def test_a_key_open_to_others_is_repaired_by_one_click(
    dialog: Preferences, make_key: MakeKey, qtbot: QtBot
) -> None:
    key = make_key(mode=0o644)
    dialog.key.set_text(str(key))
    qtbot.waitUntil(dialog.key.repair.isVisible)
    assert "Other users" in dialog.key.verdict.text()

    dialog.key.repair.click()

    qtbot.waitUntil(lambda: "2048" in dialog.key.verdict.text())
    assert key.stat().st_mode & 0o777 == 0o600
    assert not dialog.key.repair.isVisible()


def test_a_missing_key_is_told_and_nothing_is_stored(
    dialog: Preferences, vault: SessionVault, qtbot: QtBot
) -> None:
    dialog.key.set_text("/nowhere/at/all.key")
    dialog.api_key.setText("ffff0000")
    qtbot.waitUntil(dialog.key.verdict.isVisible)

    dialog.save_button.click()

    qtbot.waitUntil(lambda: "no private key file" in dialog.problem.text())
    assert dialog.isVisible()
    assert vault.get("api_key") == "abcd1234"


def test_the_passphrase_is_tried_as_soon_as_it_is_typed(
    dialog: Preferences, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key(passphrase=b"opensesame")))
    qtbot.waitUntil(lambda: "passphrase" in dialog.key.verdict.text())

    dialog.passphrase.line.setFocus()
    QTest.keyClicks(dialog.passphrase.line, "opensesame")
    QTest.keyClick(dialog.passphrase.line, Qt.Key.Key_Tab)

    qtbot.waitUntil(lambda: "encrypted" in dialog.key.verdict.text())


def test_a_key_can_be_dropped(dialog: Preferences, make_key: MakeKey, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(make_key()))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )

    dialog.key.dropEvent(event)

    assert dialog.key.text().endswith("private.key")
    qtbot.waitUntil(lambda: "2048" in dialog.key.verdict.text())


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("application_id", "not an id", "Application ID"),
        ("api_key", "no spaces allowed", "API key"),
        ("throughput", "fast", "0.1 to 100"),
        ("throughput", "1000", "0.1 to 100"),
        ("sender_field", "much too long a name", ""),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(
    dialog: Preferences, make_key: MakeKey, qtbot: QtBot, field: str, text: str, said: str
) -> None:
    dialog.key.set_text(str(make_key()))
    getattr(dialog, field).setText(text)

    dialog.save_button.click()

    name = field.removesuffix("_field")
    problem = dialog._problems[name]
    qtbot.waitUntil(problem.isVisible)
    assert said in problem.text()
    assert dialog.isVisible()


@pytest.mark.case("F79")
def test_a_keyring_that_does_not_answer_is_told_and_blocks_nothing(
    dialog: Preferences, make_key: MakeKey, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(_self: SessionVault, _name: str, _value: str) -> None:
        raise KeyringTimeoutError

    monkeypatch.setattr(SessionVault, "set", too_slow)
    dialog.key.set_text(str(make_key()))

    dialog.save_button.click()
    assert "keyring" in dialog.problem.text().lower()
    assert not dialog.save_button.isEnabled()

    qtbot.waitUntil(lambda: "does not answer" in dialog.problem.text())
    assert dialog.save_button.isEnabled()


def test_a_stored_secret_can_be_removed(
    dialog: Preferences, vault: SessionVault, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key()))
    dialog.api_secret._remove.click()
    assert "removed" in dialog.api_secret.line.placeholderText()

    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()

    assert not vault.get("api_secret")


@pytest.mark.case("T29", "F94")
def test_nothing_can_be_copied_out_of_a_secret_field(qtbot: QtBot) -> None:
    field = SecretField("a", "A secret")
    qtbot.addWidget(field)
    field.show()
    QApplication.clipboard().setText("before")
    field.line.setText("very secret")
    field.line.selectAll()

    for key in (Qt.Key.Key_C, Qt.Key.Key_X):
        QTest.keyClick(field.line, key, Qt.KeyboardModifier.ControlModifier)
    field.line.copy()
    field.line.cut()

    assert QApplication.clipboard().text() == "before"


def test_removing_can_be_taken_back(qtbot: QtBot) -> None:
    field = SecretField("a", "A secret")
    qtbot.addWidget(field)
    field.set_stored(True)
    assert field.keeps_stored

    field._remove.click()
    assert field.value() == ""
    field._remove.click()
    assert field.value() is None

    field._remove.click()
    QTest.keyClicks(field.line, "new")
    assert field.value() == "new"


def test_escape_leaves_all_as_it_was(
    dialog: Preferences, vault: SessionVault, qtbot: QtBot
) -> None:
    dialog.api_key.setText("ffff0000")

    with qtbot.waitSignal(dialog.rejected):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert vault.get("api_key") == "abcd1234"


def test_region_proxy_and_warning_are_stored(
    dialog: Preferences, desk: Desk, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key()))
    network = dialog.network
    network.region.setCurrentIndex(network.region.findData("eu"))
    network.proxy_mode.setCurrentIndex(network.proxy_mode.findData("manual"))
    network.proxy.setText("http://proxy.example.com:8080")
    network.balance_warning.setText("12,50")

    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()

    assert region_code(desk.settings.get(API_URL)) == "eu"
    assert desk.settings.get(PROXY_MODE) == "manual"
    assert desk.settings.get(PROXY) == "http://proxy.example.com:8080"
    assert desk.settings.get(BALANCE_WARNING) == 12.5


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("proxy", "ftp://proxy", "http://"),
        ("balance_warning", "a lot", "amount"),
        ("balance_warning", "-1", "amount"),
    ],
)
def test_what_cannot_be_of_the_network_is_said_beside_it(
    dialog: Preferences, desk: Desk, qtbot: QtBot, field: str, text: str, said: str
) -> None:
    line = getattr(dialog.network, field)
    line.setText(text)

    dialog.save_button.click()

    problem = dialog.findChild(QLabel, f"settings.{field}.problem")
    assert problem is not None
    qtbot.waitUntil(problem.isVisible)
    assert said in problem.text()
    assert desk.settings.get(PROXY) == ""


def test_a_host_that_is_not_vonages_is_kept(
    qtbot: QtBot, desk: Desk, worker: Worker, theme: Theme
) -> None:
    desk.settings.set(API_URL, "http://127.0.0.1:4010")
    fields = NetworkFields(desk.settings)

    assert fields.region.currentText() == "http://127.0.0.1:4010"
    assert fields.api_url() is None


def test_the_proxys_address_is_asked_for_only_where_it_is_used(dialog: Preferences) -> None:
    network = dialog.network

    network.proxy_mode.setCurrentIndex(network.proxy_mode.findData("none"))
    assert not network.proxy.isEnabled()

    network.proxy_mode.setCurrentIndex(network.proxy_mode.findData("manual"))
    assert network.proxy.isEnabled()


def test_a_us_number_is_registered_by_a_tick_and_no_longer_when_it_is_taken_away(
    dialog: Preferences, desk: Desk, make_key: MakeKey, qtbot: QtBot
) -> None:
    dialog.key.set_text(str(make_key()))
    assert dialog.registered.isHidden(), "a name needs none"
    dialog.sender_field.setText("+12015550123")
    dialog.registered.setChecked(True)

    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    assert desk.settings.get(REGISTERED_SENDERS) == ["+12015550123"]

    dialog.registered.setChecked(False)
    with qtbot.waitSignal(dialog.accepted):
        dialog.save_button.click()
    assert desk.settings.get(REGISTERED_SENDERS) == []
