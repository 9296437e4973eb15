"""The recipes for systems that this is not built on: what can be checked of them anywhere."""

import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from builder.icons import draw_icon

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis (package nsis)")
def test_the_windows_installer_compiles(tmp_path: Path) -> None:
    folder = tmp_path / "smsdesk"
    (folder / "_internal").mkdir(parents=True)
    (folder / "smsdeskw.exe").write_bytes(b"MZ")
    output = tmp_path / "smsdesk-0.1.0-setup.exe"

    made = subprocess.run(
        [
            *("makensis", "-V2", "-WX", "-DVERSION=0.1.0"),
            *(f"-DFOLDER={folder}", f"-DOUTPUT={output}"),
            str(PACKAGING / "windows" / "smsdesk.nsi"),
        ],
        capture_output=True,
        text=True,
    )

    assert made.returncode == 0, made.stdout + made.stderr
    assert output.read_bytes()[:2] == b"MZ"


@pytest.mark.parametrize("script", ["macos/build.sh", "linux/appimage/build.sh"])
def test_a_recipe_is_a_shell_script_and_says_that_it_is_untried(script: str) -> None:
    path = PACKAGING / script

    subprocess.run(["sh", "-n", str(path)], check=True)

    assert "NOT TRIED YET" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o100


def test_the_entitlements_are_the_two_that_are_needed() -> None:
    told = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())

    assert {name.rpartition(".")[2] for name, is_on in told.items() if is_on} == {
        "allow-unsigned-executable-memory",
        "disable-library-validation",
    }


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("ico", b"\0\0\1\0")])
def test_the_icon_is_drawn_in_other_formats(
    tmp_path: Path, qapp: QApplication, ending: str, start: bytes
) -> None:
    path = tmp_path / f"icon.{ending}"

    draw_icon(path, 256)

    assert path.read_bytes().startswith(start)
