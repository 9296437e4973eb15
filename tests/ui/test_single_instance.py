"""A second start raises the first window, and says nothing else to it."""

import random
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from smsdesk.ui.single_instance import RaiseServer, raise_first, server_name
from tests.desk.sheets.mutations import spoil

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.case("F90")
@pytest.mark.parametrize("address", ["", "sms:+447700900000?body=Grüße"])
def test_a_second_start_raises_the_first(tmp_path: Path, qtbot: QtBot, address: str) -> None:
    owner = QObject()
    server = RaiseServer(tmp_path, owner)
    answers: list[bool] = []

    def start_again() -> None:
        answers.append(raise_first(tmp_path, address=address))

    with qtbot.waitSignal(server.raised) as raised:
        thread = threading.Thread(target=start_again)
        thread.start()

    qtbot.waitUntil(lambda: answers == [True])
    thread.join()
    assert raised.args == [address]
    server.close()


@pytest.mark.parametrize(
    "words", [b"send +447700900000", b"", b"raise\n" + b"x" * 10_000, b"\xff\n"]
)
def test_another_word_is_not_understood(tmp_path: Path, qtbot: QtBot, words: bytes) -> None:
    owner = QObject()
    server = RaiseServer(tmp_path, owner)
    socket = QLocalSocket()

    with (
        qtbot.assertNotEmitted(server.raised, wait=50),
        qtbot.waitSignal(socket.disconnected),
    ):
        socket.connectToServer(server_name(tmp_path))
        socket.write(words)
        socket.disconnectFromServer()

    server.close()


def test_spoilt_words_raise_the_window_or_do_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    chance = random.Random(1)
    owner = QObject()
    server = RaiseServer(tmp_path, owner)
    heard: list[str] = []
    server.raised.connect(heard.append)
    good = b"raise\nsms:+447700900000?body=Hi"
    words = [spoil(good, chance) for _ in range(60)]

    for one in words:
        socket = QLocalSocket()
        with qtbot.waitSignal(socket.disconnected):
            socket.connectToServer(server_name(tmp_path))
            socket.write(one)
            socket.disconnectFromServer()

    meant = [one for one in words if one.startswith(b"raise\n") and len(one) <= 4096]
    qtbot.waitUntil(lambda: len(heard) == len(meant))
    assert sorted(heard) == sorted(
        one.removeprefix(b"raise\n").decode(errors="replace") for one in meant
    )
    server.close()


def test_what_a_killed_first_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    owner = QObject()
    RaiseServer(tmp_path, owner)  # never closed

    again = RaiseServer(tmp_path, owner)

    assert again._server.isListening()
    again.close()


def test_each_folder_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")
    assert len(server_name(tmp_path / ("x" * 200))) < 40
