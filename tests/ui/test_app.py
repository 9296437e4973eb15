"""The front door: one window a profile, a fixed command line, and a way out when it is shut."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from smsdesk import app as front_door
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.wording_tables import FILTER_WORDS
from smsdesk.session import Profile
from smsdesk.sms.message import Draft
from smsdesk.system.lock import ProcessLock
from smsdesk.system.settings import LANGUAGE, Settings
from smsdesk.ui import dialogs
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.main_window import MainWindow
from tests.system.catalogue import german

T = TypeVar("T", bound=QWidget)
Start = Callable[..., subprocess.Popen[str]]

RUN = """
import sys
from pathlib import Path
from smsdesk.ui.main_window import MainWindow
raised = MainWindow.raise_up
def raise_up(self, address):
    raised(self, address)
    print("raised", address, flush=True)
MainWindow.raise_up = raise_up
opened = MainWindow._wake
def wake(self):
    opened(self)
    print("open", flush=True)
MainWindow._wake = wake
from smsdesk.app import run_window
from smsdesk.session import Profile
address = next((word for word in sys.argv[2:] if word.startswith("sms:")), "")
sys.exit(run_window(Profile(data_dir=Path(sys.argv[1])), address=address))
"""


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(data_dir=tmp_path / "data")


@pytest.fixture
def run(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Profile], int]]:
    """Run the front door on the test's own application."""
    monkeypatch.setattr(front_door, "_make_application", lambda: qapp)
    qapp.setQuitOnLastWindowClosed(False)  # as the front door's own is
    letters = qapp.font()
    yield front_door.run_window
    qapp.setFont(letters)
    qapp.setQuitOnLastWindowClosed(True)


def as_soon_as(kind: type[T], act: Callable[[T], object]) -> None:
    """When a window of that kind is open, act on it; if none ever is, end the program."""
    looks = iter(range(2000))

    def look() -> None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind)]
        shown = [window for window in found if window.isVisible()]
        if shown:
            act(shown[0])
        elif next(looks, None) is None:
            QApplication.exit(99)
        else:
            QTimer.singleShot(5, look)

    QTimer.singleShot(0, look)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the program in a process of its own; whatever is left of it is ended."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with ExitStack() as stack:

        def start_one(folder: Path, *arguments: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", RUN, str(folder), *arguments],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    env=environment,
                )
            )
            stack.callback(process.kill)
            return process

        yield start_one


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_window_opens_and_is_closed(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    as_soon_as(MainWindow, lambda window: window.painted.connect(window.close))

    assert run(profile) == 0
    assert profile.find_paths().database.exists()


def test_larger_text_opens_the_window_anew_in_it(
    run: Callable[[Profile], int], profile: Profile, qapp: QApplication
) -> None:
    usual = qapp.font().pointSizeF()
    sizes: list[float] = []

    def note(window: MainWindow) -> None:
        sizes.append(window.font().pointSizeF())
        assert window.smaller_action.isEnabled()
        window.close()

    def enlarge(window: MainWindow) -> None:
        assert not window.smaller_action.isEnabled()
        window.larger_action.trigger()
        as_soon_as(MainWindow, note)

    as_soon_as(MainWindow, enlarge)

    assert run(profile) == 0
    assert sizes == [1.25 * usual]


def test_the_window_speaks_the_language_of_its_profile(
    run: Callable[[Profile], int], profile: Profile, tmp_path: Path
) -> None:
    paths = profile.find_paths()
    paths.home.mkdir(parents=True, mode=0o700)
    Settings(paths.settings).set(LANGUAGE, "de")
    titles: list[str] = []

    def look(window: MainWindow) -> None:
        titles.append(window.history.filter.tabText(0))
        window.painted.connect(window.close)

    as_soon_as(MainWindow, look)
    with german(tmp_path / "locale", {FILTER_WORDS["all"]: "Sämtliche"}):
        assert run(profile) == 0

    assert titles == ["Sämtliche"]


@pytest.mark.case("T18")
def test_an_address_fills_the_draft_and_sends_nothing(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    drafts: list[Draft] = []

    def look(window: MainWindow) -> None:
        drafts.append(window.compose.draft())
        window.close()

    as_soon_as(
        MainWindow,
        lambda window: window.painted.connect(
            lambda: QTimer.singleShot(0, lambda: look(window))
        ),
    )

    front_door.run_window(profile, address="sms:+447700900123?body=Hi%20there")

    assert [(draft.recipients, draft.text) for draft in drafts] == [
        ("+447700900123", "Hi there")
    ]


def test_after_the_close_the_profile_is_free_again(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    as_soon_as(MainWindow, lambda window: window.close())
    run(profile)

    assert ProcessLock(profile.find_paths().window_lock).try_acquire()


def test_a_shut_door_says_why_and_offers_a_way_out(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    assert profile.data_dir is not None
    profile.data_dir.write_text("not a folder")
    said: list[str] = []

    def quit_it(dialog: MessageDialog) -> None:
        said.extend(label.text() for label in dialog.findChildren(QLabel))
        said.extend(button.text() for button in dialog.buttons)
        dialog.buttons[-1].click()

    as_soon_as(MessageDialog, quit_it)

    assert run(profile) == 1
    assert any("is not a folder" in text for text in said)
    assert {"Try again", "Open the folder", "Quit"} <= set(said)


def test_trying_again_opens_the_door_that_has_been_mended(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    assert profile.data_dir is not None
    data_dir = profile.data_dir
    data_dir.write_text("not a folder")

    def mend(dialog: MessageDialog) -> None:
        data_dir.unlink()
        as_soon_as(MainWindow, lambda window: window.close())
        next(button for button in dialog.buttons if button.text() == "Try again").click()

    as_soon_as(MessageDialog, mend)

    assert run(profile) == 0


def test_a_damaged_log_can_be_set_aside(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    as_soon_as(MainWindow, lambda window: window.close())
    run(profile)
    database = profile.find_paths().database
    database.write_bytes(b"not a database at all" * 500)

    def set_aside(dialog: MessageDialog) -> None:
        as_soon_as(MainWindow, lambda window: window.close())
        dialog.buttons[0].click()

    as_soon_as(MessageDialog, set_aside)

    assert run(profile) == 0
    assert database.read_bytes().startswith(b"SQLite format 3")
    assert any(b"not a database" in path.read_bytes() for path in database.parent.glob("*.db*"))


def test_a_copy_is_put_back_while_the_window_is_closed_and_it_opens_again(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    told: list[str] = []
    counts: list[int] = []

    def first(window: MainWindow) -> None:
        desk = window._desk
        send(desk, "one")
        copy = desk.copies.back_up()
        send(desk, "two")
        as_soon_as(MessageDialog, tell)
        window.restore_asked.emit(copy.path)

    def tell(dialog: MessageDialog) -> None:
        told.append(dialog.text.text())
        as_soon_as(MainWindow, again)
        dialog.buttons[0].click()

    def again(window: MainWindow) -> None:
        counts.append(len(window._desk.history.page(HistoryFilter())))
        window.close()

    as_soon_as(MainWindow, first)

    assert run(profile) == 0
    assert counts == [1]
    assert told[0].startswith("The copy is in place, with 1 message.")


def send(desk: Desk, text: str) -> None:
    desk.compose.send(Draft("ACME", "+447700900123", text))


@pytest.mark.case("F13")
def test_an_error_in_a_slot_is_logged_without_its_secret_and_the_window_lives(
    run: Callable[[Profile], int], profile: Profile, qtbot: QtBot
) -> None:
    token = "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDB9.c2lnbmF0dXJl"
    told: list[bool] = []

    def stumble() -> None:
        raise RuntimeError(f"Bearer {token} for +447700900123")

    def go_on(window: MainWindow) -> None:
        def look() -> None:
            if window.notice.isVisible():
                told.append(window.isVisible())
                window.close()
            else:
                QTimer.singleShot(5, look)

        QTimer.singleShot(0, stumble)
        QTimer.singleShot(0, look)

    as_soon_as(MainWindow, go_on)
    with qtbot.captureExceptions():
        run(profile)

    log = next(profile.find_paths().logs.glob("*.log")).read_text()
    assert told == [True]
    assert "RuntimeError" in log
    assert token not in log
    assert "+447700900123" not in log


@pytest.mark.case("T25", "F90")
def test_a_second_start_raises_the_first_window_and_ends(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "data")
    assert first_line(first) == "open"

    second = start(tmp_path / "data", "sms:+447700900000?body=Hi")

    assert second.wait(60) == 0
    assert first_line(first) == "raised sms:+447700900000?body=Hi"
    first.send_signal(signal.SIGTERM)
    _out, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors


@pytest.mark.case("F91")
def test_after_a_kill_the_next_start_opens(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "data")
    assert first_line(first) == "open"
    first.kill()
    first.communicate(timeout=60)

    again = start(tmp_path / "data")

    assert first_line(again) == "open"
    again.terminate()
    again.communicate(timeout=60)
    assert again.returncode == 0


@pytest.mark.case("T18")
@pytest.mark.parametrize(
    "hostile",
    [
        ("-platformpluginpath", "/nowhere"),
        ("-platform", "nonsense"),
        ("-stylesheet", "/etc/passwd"),
        ("-qmljsdebugger=port:1",),
        ("-style", "nonsense"),
    ],
)
def test_qt_hears_nothing_of_the_command_line(
    start: Start, tmp_path: Path, hostile: tuple[str, ...]
) -> None:
    process = start(tmp_path / "data", *hostile)

    assert first_line(process) == "open"
    process.terminate()
    _out, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "passwd" not in errors
    assert "nonsense" not in errors


def test_an_open_window_that_does_not_answer_is_told_of(
    run: Callable[[Profile], int],
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = profile.find_paths()
    paths.home.mkdir(parents=True)
    lock = ProcessLock(paths.window_lock)
    assert lock.try_acquire()
    monkeypatch.setattr("smsdesk.ui.single_instance.raise_first", lambda _home, address: False)
    told: list[str] = []
    monkeypatch.setattr(dialogs, "tell", lambda _parent, heading, _text: told.append(heading))

    assert run(profile) == 0

    assert told == ["SMS Desk is open already"]
    lock.release()


def test_the_demo_is_a_menu_away_and_so_is_the_way_back(
    run: Callable[[Profile], int], profile: Profile
) -> None:
    titles: list[str] = []

    def note(window: MainWindow) -> None:
        titles.append(window.windowTitle())
        if len(titles) == 1:
            as_soon_as_painted(window, window.demo_action.trigger)
            look_for_the_next(window)
        elif len(titles) == 2:
            as_soon_as_painted(window, window.connect_action.trigger)
            look_for_the_next(window)
        else:
            as_soon_as_painted(window, window.close)

    def look_for_the_next(seen: MainWindow) -> None:
        seen.closed.connect(lambda: as_soon_as(MainWindow, note))

    as_soon_as(MainWindow, note)

    assert run(profile) == 0
    assert len(titles) == 3
    assert titles[0] == titles[2] != titles[1]
    assert "demo" in titles[1]
    assert profile.find_paths().database.exists()
    assert replace(profile, is_demo=True).find_paths().database.exists()


def as_soon_as_painted(window: MainWindow, act: Callable[[], object]) -> None:
    if window.status.account.text():
        QTimer.singleShot(0, act)
    else:
        window.painted.connect(lambda: QTimer.singleShot(0, act))
