"""The wheel and the source distribution carry what the program needs beside its modules."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from smsdesk import __version__

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = sorted(
    str(path.relative_to(ROOT / "resources"))
    for path in (ROOT / "resources").rglob("*")
    if path.is_file() and path.suffix != ".po"  # what it was compiled to is what is read
)
MANUAL = sorted(
    str(path.relative_to(ROOT / "docs"))
    for path in (*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "pictures").iterdir())
)
ASK = """
import sys
sys.path.insert(0, sys.argv[1])
from smsdesk.system.paths import resource
print(resource("icons"))
from smsdesk.desk.manual import Manual
print(len(Manual().pages))
"""


def build(source: Path, target: str, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1800000000"},
    )
    return next(folder.glob("*.whl" if target == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, as somebody unpacks it."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build(ROOT, "sdist", folder)) as archive:
        archive.extractall(folder, filter="data")
    (source,) = [path for path in folder.iterdir() if path.is_dir()]
    return source


def test_a_wheel_carries_every_resource_inside_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {f"smsdesk/resources/{name}" for name in RESOURCES} <= set(names)
    assert {f"smsdesk/resources/manual/{name}" for name in MANUAL} <= set(names)
    assert not [name for name in names if name.startswith("smsdesk/resources/manual/decisions")]
    assert "smsdesk/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {
        "smsdesk",
        f"smsdesk-{__version__}.dist-info",
    }


def test_installed_from_a_wheel_the_program_finds_them(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)

    found, pages = subprocess.run(
        [sys.executable, "-P", "-c", ASK, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    ).stdout.split()

    assert Path(found) == tmp_path / "smsdesk" / "resources" / "icons"
    assert (Path(found) / "smsdesk.svg").is_file()
    assert int(pages) > 20


def test_the_source_distribution_makes_the_same_wheel(
    wheel: Path, unpacked: Path, tmp_path: Path
) -> None:
    assert (unpacked / "resources" / RESOURCES[0]).is_file()

    again = build(unpacked, "wheel", tmp_path)

    assert again.read_bytes() == wheel.read_bytes()
