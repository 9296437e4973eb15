"""Installs the Debian package that was built, uses it as a person would, and removes it again.

    make package-test

    .venv/bin/python -m tests.long.installed --program build/appimage/smsdesk.AppDir/AppRun

tries a program that is there already.

As root it is installed and purged by dpkg; anybody else's run unpacks it into a folder. The window
is started on a virtual screen, is given an sms: address as a browser gives it, and is told to send
by Ctrl+Enter; then a screen reader does the same by names alone. What became of the messages is
asked of the installed command line, and told to the screen reader.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from tests.desktop import private_bus, virtual_screen
from tests.screen_reader import screen_reader

ROOT = Path(__file__).resolve().parents[2]
TO_COMMAND, TO_WINDOW, TO_READER = "+447700900001", "+447700900031", "+447700900041"
NEVER_LOADED = "this must not be loaded"
LONGEST_S = 60
_PACE = threading.Event()


def main() -> int:
    """Do all of it; an AssertionError or CalledProcessError says what does not hold."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        tried = (
            nullcontext(options.program.absolute())
            if options.program
            else _installed(options.package or _newest_package(), place)
        )
        with tried as command:
            home = place / "home"
            home.mkdir()
            trial = _Trial(command, home, options.picture)
            for step in (
                trial.it_says_its_version,
                trial.nothing_foreign_is_loaded,
                trial.it_knows_what_it_is_made_of,
                trial.a_message_from_the_command_line_is_delivered,
                trial.the_window_shows_and_sends_what_an_address_asks_for,
                trial.a_screen_reader_sends_and_is_told_of_the_delivery,
            ):
                step()
                print(f"ok  {step.__name__.replace('_', ' ')}")
    if options.program is None:
        print("Installed, used and removed: nothing is left.")
    return 0


class _Trial:
    def __init__(self, command: Path, home: Path, picture: Path | None) -> None:
        self._command = command
        self._picture = picture
        self._data = home / "data"
        self._environment = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }
        (self._data / "profiles" / "demo").mkdir(parents=True, mode=0o700)
        settings = json.dumps({"undo_s": 0, "assistant": "shown"})
        (self._data / "profiles" / "demo" / "settings.json").write_text(settings)

    def it_says_its_version(self) -> None:
        from smsdesk import __version__

        assert self._say("--version").strip() == f"smsdesk {__version__}"

    def nothing_foreign_is_loaded(self) -> None:
        """Neither Python's nor Qt's variables bring code of somebody else's in."""
        foreign = self._data.parent / "foreign"
        foreign.mkdir()
        for module in ("sitecustomize", "usercustomize", "requests"):
            (foreign / f"{module}.py").write_text(f"raise SystemExit({NEVER_LOADED!r})\n")
        variables = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "QT_PLUGIN_PATH")
        told = self._say("check", "--to", TO_COMMAND, **dict.fromkeys(variables, str(foreign)))
        assert NEVER_LOADED not in told

    def it_knows_what_it_is_made_of(self) -> None:
        told = self._say("--demo", "doctor", "--bundle", "-")
        facts = dict(
            line.rsplit(maxsplit=1) for line in told.splitlines() if line.count("  ") > 2
        )
        assert facts["frozen"] == "yes"
        assert "?" not in facts.values(), told

    def a_message_from_the_command_line_is_delivered(self) -> None:
        sent = self._say(
            *("--demo", "send", "--to", TO_COMMAND, "--text", "Sent by the installed program"),
            *("--until", "delivered", "--json"),
        )
        assert [message["state"] for message in json.loads(sent)["messages"]] == ["delivered"]

    def the_window_shows_and_sends_what_an_address_asks_for(self) -> None:
        with virtual_screen() as display:
            screen = {**self._environment, "DISPLAY": display}
            address = f"sms:{TO_WINDOW}?body=Sent%20by%20the%20window"
            window = subprocess.Popen(
                [self._command, "--data-dir", self._data, "--demo", address], env=screen
            )
            try:
                found = _wait(lambda: _find_window(screen), "the window")
                _ask("xdotool", "windowfocus", found, env=screen)
                _wait(lambda: self._draft_is_filled(), "the draft")
                _ask("xdotool", "key", "--window", found, "ctrl+Return", env=screen)
                _wait(lambda: self._state_of(TO_WINDOW) == "delivered", "the delivery")
                self._take_picture(screen)
                _ask("xdotool", "key", "--window", found, "ctrl+q", env=screen)
                assert window.wait(LONGEST_S) == 0
            finally:
                window.kill()
                window.wait()

    def a_screen_reader_sends_and_is_told_of_the_delivery(self) -> None:
        place = self._data.parent / "run"
        place.mkdir(mode=0o700)
        own = {**self._environment, "XDG_RUNTIME_DIR": str(place)}
        with (
            private_bus(own) as bus,
            virtual_screen() as display,
            screen_reader(bus) as reader,
            subprocess.Popen(
                [self._command, "--data-dir", self._data, "--demo"],
                env={**own, "DBUS_SESSION_BUS_ADDRESS": bus, "DISPLAY": display},
            ) as window,
        ):
            try:
                reader.find("text", "To: add a recipient").write(TO_READER)
                reader.find("text", "Message").write("Sent by a screen reader")
                reader.find("push button", "Send").press()
                reader.hear("+44 7700 900041: Delivered.")
                window.terminate()
                assert window.wait(LONGEST_S) == 0
            finally:
                window.kill()

    def _draft_is_filled(self) -> bool:
        """The draft is saved soon after it has changed."""
        files = (self._data / "profiles" / "demo").glob("smsdesk.db*")
        return any(b"Sent by the window" in file.read_bytes() for file in files)

    def _state_of(self, number: str) -> str:
        told = self._say("--demo", "history", "--to", number, "--format", "json")
        messages = json.loads(told)
        return str(messages[0]["state"]) if messages else ""

    def _take_picture(self, screen: dict[str, str]) -> None:
        if self._picture is not None:
            code = (
                "import sys; from PySide6.QtGui import QGuiApplication;"
                "app = QGuiApplication(sys.argv[:1]);"
                "app.primaryScreen().grabWindow(0).save(sys.argv[1])"
            )
            _ask(sys.executable, "-c", code, str(self._picture), env=screen)

    def _say(self, *words: str, **variables: str) -> str:
        command = [str(self._command), "--data-dir", str(self._data), *words]
        if words[0] == "--version":
            command = [str(self._command), *words]
        return _ask(*command, env={**self._environment, **variables})


@contextmanager
def _installed(package: Path, place: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        tree = place / "tree"
        _ask("dpkg-deb", "--extract", str(package), str(tree))
        yield tree / "usr" / "bin" / "smsdesk"
        return
    assert not Path("/usr/bin/smsdesk").exists(), "SMS Desk is installed here already"
    _ask("apt-get", "install", "-y", "-qq", "--no-install-recommends", str(package))
    try:
        _is_known_to_the_desktop()
        yield Path("/usr/bin/smsdesk")
    finally:
        listed = _ask("dpkg-query", "--listfiles", "smsdesk").splitlines()
        _ask("dpkg", "--purge", "smsdesk")
    left = [path for path in listed if "smsdesk" in path and os.path.lexists(path)]
    assert not left, f"left behind: {left}"


def _is_known_to_the_desktop() -> None:
    """The list that file managers and browsers read names us for sms: addresses."""
    if shutil.which("update-desktop-database"):
        known = Path("/usr/share/applications/mimeinfo.cache").read_text(encoding="utf-8")
        assert "x-scheme-handler/sms=smsdesk.desktop" in known
        assert "x-scheme-handler/smsto=smsdesk.desktop" in known


def _find_window(screen: dict[str, str]) -> str:
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "SMS Desk"],
        env=screen,
        capture_output=True,
        text=True,
    )
    return found.stdout.split()[0] if found.stdout else ""


def _wait(question: Callable[[], object], what: str) -> str:
    """Ask until the answer is not empty."""
    for _ in range(10 * LONGEST_S):
        answer = question()
        if answer:
            return str(answer)
        _PACE.wait(0.1)
    raise AssertionError(f"{what} did not come")


def _ask(*command: str, env: dict[str, str] | None = None) -> str:
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=env, timeout=10 * LONGEST_S
    ).stdout


def _newest_package() -> Path:
    built = sorted((ROOT / "dist").glob("smsdesk_*.deb"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise SystemExit("There is no package in dist/ yet: make deb builds it.")
    return built[-1]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--package", type=Path, help="the one to try (default: the newest)")
    parser.add_argument("--program", type=Path, help="try this program, and install nothing")
    parser.add_argument("--picture", type=Path, help="save what the screen shows as PNG")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
