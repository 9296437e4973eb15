"""What came along is saved beside the window: told of before, stopped, and closed over."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.simulator import media
from smsdesk.simulator.server import Simulator
from smsdesk.sms.channels.received import Attachment, Received
from smsdesk.system.settings import API_URL, PROXY_MODE, Settings
from smsdesk.ui import dialogs
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.saving import SaveFileDialog
from tests.ui.conftest import Book
from tests.vonage.fault_server import FaultServer, Peer

Open = Callable[[Attachment], SaveFileDialog]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


@pytest.fixture
def simulator(settings: Settings) -> Iterator[Simulator]:
    with Simulator() as simulator:
        settings.set(API_URL, simulator.url)
        settings.set(PROXY_MODE, "none")
        yield simulator


@pytest.fixture
def open_dialog(
    simulator: Simulator, window: MainWindow, book: Book, home: Path, qtbot: QtBot
) -> Open:
    """Choose a message that came with this, and press Save file… in its details."""

    def open_one(attachment: Attachment) -> SaveFileDialog:
        received = Received(kind=attachment.kind, attachments=(attachment,))
        message = book.reply("Look", channel="whatsapp", received=received)
        qtbot.waitUntil(lambda: window.history.model.row_of(message.id) is not None)
        window.history.open_message(message.id)
        button = window.history.details.findChild(QPushButton, "history.details.save_file")
        assert isinstance(button, QPushButton)
        button.click()
        assert window.saving is not None
        assert window.saving.dialog is not None
        return window.saving.dialog

    return open_one


def picture(simulator: Simulator) -> Attachment:
    return Attachment("image", simulator.url + media.path_of("image"))


def test_a_picture_is_saved_by_keyboard_after_it_was_told_from_where(
    open_dialog: Open, simulator: Simulator, home: Path, desk: Desk, qtbot: QtBot
) -> None:
    dialog = open_dialog(picture(simulator))

    assert "fetched from 127.0.0.1" in dialog.warning.text().replace("\u2060", "")
    assert "100 MB" in dialog.warning.text()
    assert not any(one.path.startswith(media.PATH) for one in simulator.requests)

    dialog.path.setText("~/cat")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Saved" in dialog.said.text())

    assert (home / "cat.png").read_bytes().startswith(b"\x89PNG")
    assert dialog.cancel_button.text() == "&Close"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_what_is_gone_is_told_and_may_be_tried_again(
    open_dialog: Open, simulator: Simulator, home: Path, qtbot: QtBot
) -> None:
    dialog = open_dialog(Attachment("video", simulator.url + media.path_of("video")))

    dialog.save_button.click()
    qtbot.waitUntil(lambda: "no longer there" in dialog.said.text())

    assert dialog.save_button.isEnabled()
    assert list(home.iterdir()) == []


def test_a_place_that_must_not_be_asked_is_said_at_once(open_dialog: Open) -> None:
    dialog = open_dialog(Attachment("file", "https://192.168.1.1/x", "run.exe"))

    assert not dialog.save_button.isEnabled()
    assert "a network of your own" in dialog.said.text()
    assert dialog.program.isVisible()
    assert dialog.path.text().endswith("run.exe")


def test_what_has_the_name_is_replaced_after_a_question(
    open_dialog: Open,
    simulator: Simulator,
    home: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home / "cat.png").write_text("mine")
    says_yes = False
    monkeypatch.setattr(dialogs, "ask", lambda *_args, **_more: says_yes)
    dialog = open_dialog(picture(simulator))

    dialog.path.setText("~/cat.png")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: not dialog.is_saving)
    assert (home / "cat.png").read_text() == "mine"

    says_yes = True
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Saved" in dialog.said.text())
    assert (home / "cat.png").read_bytes().startswith(b"\x89PNG")


class _Slow:
    """A server that gives the beginning, and then nothing."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()

    def behave(self, peer: Peer) -> None:
        peer.read_request()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 90000\r\n\r\n"
        peer.send(head + bytes(70_000))
        self.is_asked.set()
        peer.wait_closed()


def test_esc_stops_what_is_coming_and_nothing_is_left(
    open_dialog: Open, settings: Settings, home: Path, qtbot: QtBot
) -> None:
    slow = _Slow()
    with FaultServer(slow.behave) as server:
        settings.set(API_URL, server.url)
        dialog = open_dialog(Attachment("image", f"{server.url}/1"))
        dialog.save_button.click()
        qtbot.waitUntil(lambda: "70 kB of 90 kB" in dialog.said.text() or dialog._done[0] > 0)
        assert dialog.cancel_button.text() == "&Stop"

        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not dialog.is_saving)

    assert dialog.said.text() == "Stopped. Nothing was saved."
    assert dialog.isVisible()
    assert list(home.iterdir()) == []


def test_a_window_that_closes_stops_what_is_coming(
    open_dialog: Open, settings: Settings, window: MainWindow, home: Path, qtbot: QtBot
) -> None:
    slow = _Slow()
    with FaultServer(slow.behave) as server:
        settings.set(API_URL, server.url)
        open_dialog(Attachment("image", f"{server.url}/1")).save_button.click()
        qtbot.waitUntil(slow.is_asked.is_set)

        window.close()

    assert list(home.iterdir()) == []
