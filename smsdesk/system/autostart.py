"""Starts the window when its person logs in: an entry of the desktop's own, in the person's folder.

Linux: https://specifications.freedesktop.org/autostart-spec/latest/. On Windows it is a value of
the key `Run`, on macOS a launch agent; **both are untried on their systems**. Whether there is an
entry is asked of the system each time: desktops have switches of their own for it.
"""

import importlib
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from smsdesk.system.paths import DEFAULT_PROFILE, Paths, find_paths, person_settings_folder

BACKGROUND = "--background"
"""The option of the window for a start that nobody looks at."""

_RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
_IN_QUOTES = str.maketrans({character: f"\\{character}" for character in '"`$\\'})


class Autostart(Protocol):
    """The entry of one profile's window."""

    @property
    def is_on(self) -> bool:
        """Whether the window is started at login. Quick."""
        ...

    def switch(self, *, on: bool) -> None:
        """Make the entry, or take it away. Raises OSError."""
        ...


def autostart_of(paths: Paths, *, platform: str = sys.platform) -> Autostart | None:
    """The entry for the window of a profile; None where the program can make none, for a Flatpak
    has no access to the person's folder."""
    command = [*own_command(), *_options(paths), BACKGROUND]
    name = "smsdesk" if paths.profile == DEFAULT_PROFILE else f"smsdesk-{paths.profile}"
    if platform == "win32":
        return RunValue(name, command)
    if platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents", name, command)
    if Path("/.flatpak-info").exists():
        return None
    return DesktopEntry(person_settings_folder() / "autostart", name, command)


def own_command() -> list[str]:
    """How this program is started again: frozen, from an environment with its command in it, or
    as a module of this Python."""
    program = Path(sys.executable)
    if getattr(sys, "frozen", False):
        image = os.environ.get("APPIMAGE")  # it is unpacked to another folder at each start
        if image:
            return [image]
        windowed = program.with_name("smsdeskw.exe")
        if windowed.exists():  # the other one would open a console
            return [str(windowed)]
        installed = shutil.which("smsdesk")
        if installed is not None and Path(installed).samefile(program):
            return [installed]
        return [str(program)]
    ending = program.suffix if program.suffix == ".exe" else ""
    beside = program.with_name(f"smsdesk{ending}")
    if beside.exists():
        return [str(beside)]
    return [str(program), "-m", "smsdesk"]


class DesktopEntry:
    """A file in the autostart folder of a Linux desktop."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self._path = folder / f"{name}.desktop"
        self._command = command

    @property
    def is_on(self) -> bool:
        """Other programs switch an entry off by a line of theirs, and leave the file."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return False
        said = {line.replace(" ", "").lower() for line in lines}
        return not said & {"hidden=true", "x-gnome-autostart-enabled=false"}

    def switch(self, *, on: bool) -> None:
        if not on:
            self._path.unlink(missing_ok=True)
            return
        # Without the program (it was removed, and its entry was not) nothing is tried.
        lines = (
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.4",
            "Name=SMS Desk",
            "Icon=smsdesk",
            f"TryExec={_escaped(self._command[0])}",
            f"Exec={' '.join(_quoted(word) for word in self._command)}",
            "Terminal=false",
            "StartupNotify=false",
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class LaunchAgent:
    """A property list in the LaunchAgents folder of macOS."""

    def __init__(self, folder: Path, name: str, command: Sequence[str]) -> None:
        self._label = f"org.smsdesk.{name}"
        self._path = folder / f"{self._label}.plist"
        self._command = command

    @property
    def is_on(self) -> bool:
        return self._path.exists()

    def switch(self, *, on: bool) -> None:
        if not on:
            self._path.unlink(missing_ok=True)
            return
        import plistlib

        told = {
            "Label": self._label,
            "ProgramArguments": list(self._command),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(plistlib.dumps(told))


class RunValue:
    """A value of the key that Windows starts programs from at login, this user's own."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self._name = name
        self._command = command

    @property
    def is_on(self) -> bool:
        registry = _registry()
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
                registry.QueryValueEx(key, self._name)
        except OSError:
            return False
        return True

    def switch(self, *, on: bool) -> None:
        from subprocess import list2cmdline

        registry = _registry()
        with registry.CreateKey(registry.HKEY_CURRENT_USER, _RUN_KEY) as key:
            if on:
                said = list2cmdline(self._command)
                registry.SetValueEx(key, self._name, 0, registry.REG_SZ, said)
            elif self.is_on:
                registry.DeleteValue(key, self._name)


def _registry() -> Any:
    """Windows alone has it, and only there it can be imported."""
    return importlib.import_module("winreg")


def _options(paths: Paths) -> list[str]:
    """What leads to these files again; nothing for the usual ones."""
    usual = find_paths(data_dir=None, profile=paths.profile)
    folder = [] if usual.root == paths.root else ["--data-dir", str(paths.root)]
    profile = [] if paths.profile == DEFAULT_PROFILE else ["--profile", paths.profile]
    return [*folder, *profile]


def _quoted(word: str) -> str:
    """One word of a command in a desktop entry: quoted, its percent signs doubled, and all of it
    escaped once more as every text in such a file is."""
    return _escaped('"' + word.translate(_IN_QUOTES).replace("%", "%%") + '"')


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
