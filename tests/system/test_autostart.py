"""The start at login: real files where the desktop looks for them, run as the desktop runs them."""

import plistlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from smsdesk.system.autostart import Autostart, autostart_of, own_command
from smsdesk.system.paths import find_paths

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "config" / "autostart"


def autostart(
    *, profile: str = "default", data_dir: Path | None = None, platform: str = "linux"
) -> Autostart:
    made = autostart_of(find_paths(data_dir=data_dir, profile=profile), platform=platform)
    assert made is not None
    return made


def line(file: Path, key: str) -> str:
    (found,) = [
        said.removeprefix(f"{key}=")
        for said in file.read_text(encoding="utf-8").splitlines()
        if said.startswith(f"{key}=")
    ]
    return found


def freeze(monkeypatch: pytest.MonkeyPatch, program: Path) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))


def test_it_is_off_until_it_is_switched_on_and_off_again(config: Path) -> None:
    entry = autostart()
    assert not entry.is_on

    entry.switch(on=True)
    assert entry.is_on
    assert [file.name for file in config.iterdir()] == ["smsdesk.desktop"]

    entry.switch(on=False)
    entry.switch(on=False)
    assert not entry.is_on
    assert list(config.iterdir()) == []


def test_each_account_has_an_entry_of_its_own(config: Path) -> None:
    autostart().switch(on=True)
    autostart(profile="sales").switch(on=True)
    autostart().switch(on=False)

    assert [file.name for file in config.iterdir()] == ["smsdesk-sales.desktop"]
    assert line(config / "smsdesk-sales.desktop", "Exec").endswith(
        '"--profile" "sales" "--background"'
    )


@pytest.mark.parametrize("switched_off", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_has_switched_off_is_off(config: Path, switched_off: str) -> None:
    entry = autostart()
    entry.switch(on=True)
    file = config / "smsdesk.desktop"
    file.write_text(f"{file.read_text(encoding='utf-8')}{switched_off}\n", encoding="utf-8")
    assert not entry.is_on

    entry.switch(on=True)

    assert entry.is_on


@on_posix
def test_a_strange_folder_reaches_the_program_as_it_is(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = tmp_path / 'my "desk" 100% $HOME `x` \\ä'
    freeze(monkeypatch, strange / "smsdesk")

    autostart(data_dir=strange).switch(on=True)

    # An entry's values are escaped; then a command is quoted as a shell's, and %% is a percent.
    file = config / "smsdesk.desktop"
    command = line(file, "Exec").replace("\\\\", "\\").replace("%%", "%")
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == ["--data-dir", str(strange), "--background"]
    assert line(file, "TryExec").replace("\\\\", "\\") == str(strange / "smsdesk")


def test_from_an_environment_it_starts_that_environments_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    assert own_command() == [str(python), "-m", "smsdesk"]

    python.parent.mkdir()
    python.with_name("smsdesk").touch()

    assert own_command() == [str(python.with_name("smsdesk"))]


def test_an_installed_program_is_started_by_the_name_that_updates_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "lib" / "smsdesk"
    freeze(monkeypatch, program)
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    assert own_command() == [str(program)]

    (commands / "smsdesk").symlink_to(program)
    assert own_command() == [str(commands / "smsdesk")]

    monkeypatch.setenv("APPIMAGE", "/home/anna/SMS Desk.AppImage")
    assert own_command() == ["/home/anna/SMS Desk.AppImage"]


def test_a_mac_gets_a_launch_agent(config: Path, tmp_path: Path) -> None:
    entry = autostart(profile="sales", platform="darwin")
    entry.switch(on=True)

    (file,) = (tmp_path / "home" / "Library" / "LaunchAgents").iterdir()
    told = plistlib.loads(file.read_bytes())
    assert file.stem == told["Label"] == "org.smsdesk.smsdesk-sales"
    assert told["RunAtLoad"] is True
    assert told["ProgramArguments"] == [
        *own_command(),
        *("--profile", "sales", "--background"),
    ]
    assert entry.is_on

    entry.switch(on=False)
    assert not entry.is_on


def test_windows_gets_a_value_of_its_key(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = stand_in_registry(monkeypatch)
    freeze(monkeypatch, tmp_path / "SMS Desk" / "smsdesk.exe")
    windowed = tmp_path / "SMS Desk" / "smsdeskw.exe"
    windowed.touch()
    entry = autostart(platform="win32")
    assert not entry.is_on

    entry.switch(on=True)
    assert values == {"smsdesk": f'"{windowed}" --background'}
    assert entry.is_on

    entry.switch(on=False)
    entry.switch(on=False)
    assert values == {}


def stand_in_registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """As much of `winreg` as is asked for; gives the values of the key."""
    values: dict[str, str] = {}

    @contextmanager
    def key(root: str, path: str) -> Iterator[dict[str, str]]:
        assert (root, path) == ("HKCU", r"Software\Microsoft\Windows\CurrentVersion\Run")
        yield values

    def find(found: dict[str, str], name: str) -> str:
        if name not in found:
            raise FileNotFoundError(name)
        return found[name]

    module = ModuleType("winreg")
    vars(module).update(
        HKEY_CURRENT_USER="HKCU",
        REG_SZ=1,
        OpenKey=key,
        CreateKey=key,
        QueryValueEx=find,
        SetValueEx=lambda found, name, _zero, _kind, value: found.update({name: value}),
        DeleteValue=lambda found, name: found.pop(name),
    )
    monkeypatch.setitem(sys.modules, "winreg", module)
    return values
