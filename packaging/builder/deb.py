"""Builds the Debian package from the frozen folder, and lets Debian's own tools check it.

    make deb

The same folder gives the same bytes. What the package depends on is found by looking: each
library that something in the folder asks for and that is not in it belongs to some package here.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from string import Template

from builder.icons import SIZES, SOURCE, draw_icons
from builder.places import (
    DIST,
    FOLDER,
    PACKAGING,
    ROOT,
    VERSION,
    WORK,
    build_environment,
    epoch,
)
from builder.system_libraries import packages_of

LARGEST_DEB_BYTES = 48_000_000
"""What may have to be fetched to install it."""

DEB_VERSION = f"{VERSION}-1"
LINUX = PACKAGING / "linux"
_APPSTREAM = ("--no-net", "--override=cid-desktopapp-is-not-rdns=info")
"""The project has no domain whose name its metadata could bear."""
_TREE = WORK / "deb"
_NEEDED_BESIDE = ("ca-certificates", "fontconfig-config")
"""Files that are opened by name: without the first no server is trusted, without the second no
letter is drawn."""


def main() -> int:
    """Build and check; 1 when the result is not to be handed out."""
    if not FOLDER.is_dir():
        print("There is no dist/smsdesk yet: make frozen builds it.", file=sys.stderr)
        return 1
    architecture = _ask("dpkg", "--print-architecture")
    package = DIST / f"smsdesk_{DEB_VERSION}_{architecture}.deb"
    shutil.rmtree(_TREE, ignore_errors=True)
    _lay_out(_TREE)
    _write_control(_TREE, architecture)
    _close_to_writing(_TREE)
    unchecked = WORK / package.name
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(_TREE), str(unchecked)]
    subprocess.run(command, env=build_environment(), check=True, stdout=subprocess.DEVNULL)
    size = unchecked.stat().st_size
    print(
        f"dist/{package.name}: {size / 1e6:.1f} MB of at most {LARGEST_DEB_BYTES / 1e6:.0f} MB"
    )
    if size > LARGEST_DEB_BYTES:
        print("Too large: see what packaging/smsdesk.spec lets in.", file=sys.stderr)
        return 1
    if not _is_in_order(_TREE, unchecked):
        return 1
    unchecked.replace(package)
    return 0


def _lay_out(tree: Path) -> None:
    """Puts every file where the Filesystem Hierarchy Standard wants it."""
    share = tree / "usr" / "share"
    program = tree / "usr" / "lib" / "smsdesk"
    shutil.copytree(FOLDER, program, symlinks=True)
    commands = _made(tree / "usr" / "bin")
    (commands / "smsdesk").symlink_to("../lib/smsdesk/smsdesk")

    documents = _made(share / "doc" / "smsdesk")
    shutil.move(program / "licences", documents / "licences")
    shutil.move(program / "smsdesk.cdx.json", documents / "smsdesk.cdx.json")
    shutil.copy(LINUX / "copyright", documents / "copyright")
    _pack((ROOT / "CHANGELOG.md").read_bytes(), documents / "changelog.gz")
    _pack(_debian_changelog().encode(), documents / "changelog.Debian.gz")

    shutil.copy(LINUX / "smsdesk.desktop", _made(share / "applications"))
    shutil.copy(LINUX / "smsdesk.metainfo.xml", _made(share / "metainfo"))
    shutil.copy(LINUX / "lintian-overrides", _made(share / "lintian/overrides") / "smsdesk")
    _pack((LINUX / "smsdesk.1").read_bytes(), _made(share / "man" / "man1") / "smsdesk.1.gz")
    _lay_out_icons(share / "icons" / "hicolor")


def _lay_out_icons(theme: Path) -> None:
    shutil.copy(SOURCE, _made(theme / "scalable" / "apps") / "smsdesk.svg")
    drawn = _made(WORK / "icons")
    draw_icons(drawn)
    for size in SIZES:
        place = _made(theme / f"{size}x{size}" / "apps")
        shutil.copy(drawn / f"{size}.png", place / "smsdesk.png")


def _write_control(tree: Path, architecture: str) -> None:
    files = [path for path in (tree / "usr").rglob("*") if path.is_file()]
    control = Template((LINUX / "control").read_text(encoding="utf-8")).substitute(
        version=DEB_VERSION,
        maintainer=_maintainer(),
        architecture=architecture,
        depends=", ".join(_dependencies(tree)),
        size=sum(path.lstat().st_size for path in files) // 1024,
    )
    place = _made(tree / "DEBIAN")
    (place / "control").write_text(control, encoding="utf-8")
    sums = [
        f"{_ask('md5sum', str(path)).split()[0]}  {path.relative_to(tree)}\n"
        for path in sorted(files)
        if not path.is_symlink()
    ]
    (place / "md5sums").write_text("".join(sums), encoding="utf-8")


def _maintainer() -> str:
    """Who hands the package out, by the variables that Debian's own tools read."""
    name = os.environ.get("DEBFULLNAME", "The SMS Desk team")
    return f"{name} <{os.environ.get('DEBEMAIL', 'smsdesk@localhost')}>"


def _debian_changelog() -> str:
    """What the packaging changed, as Debian Policy 4.4 wants it; the rest is in changelog.gz."""
    return (
        f"smsdesk ({DEB_VERSION}) unstable; urgency=medium\n\n"
        f"  * SMS Desk {VERSION}: see changelog.gz beside this file.\n\n"
        f" -- {_maintainer()}  {format_datetime(datetime.fromtimestamp(epoch(), UTC))}\n"
    )


def _dependencies(tree: Path) -> list[str]:
    """The packages of the libraries that are asked for and not brought."""
    libraries = [path for path in tree.rglob("*") if path.is_file() and _is_elf(path)]
    brought = {path.name for path in tree.rglob("*.so*")}
    asked: set[str] = set()
    for library in libraries:
        for line in _ask("objdump", "--private-headers", str(library)).splitlines():
            kind, _, name = line.strip().partition(" ")
            if kind == "NEEDED":
                asked.add(name.strip())
    known = {
        line.split()[0]: line.rpartition("=> ")[2]
        for line in _ask("/sbin/ldconfig", "--print-cache").splitlines()[1:]
    }
    owners = packages_of(Path(known[name]) for name in asked - brought)
    return sorted(
        {
            # Built here, it runs with this version of the C library or a later one.
            f"{one.name} (>= {one.version.partition('-')[0]})"
            if one.name == "libc6"
            else one.name
            for one in owners
        }
        | set(_NEEDED_BESIDE)
    )


def _is_in_order(tree: Path, package: Path) -> bool:
    """Whether the checkers that Debian has for desktop entries, metadata and packages agree."""
    share = tree / "usr" / "share"
    checks = (
        ("desktop-file-validate", share / "applications" / "smsdesk.desktop"),
        ("appstreamcli", "validate", *_APPSTREAM, share / "metainfo" / "smsdesk.metainfo.xml"),
        ("appstreamcli", "validate-tree", *_APPSTREAM, tree),
        ("lintian", "--allow-root", "--fail-on", "error,warning", package),
    )
    answers = [subprocess.run([str(word) for word in check]).returncode for check in checks]
    for check, answer in zip(checks, answers, strict=True):
        print(f"{'ok' if answer == 0 else 'NO':3} {check[0]}")
    return not any(answers)


def _close_to_writing(tree: Path) -> None:
    """Only root may change what is installed; whoever builds may have another umask. And all of
    it is as old as its source."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            is_program = path.is_dir() or (
                path.stat().st_mode & 0o100 and not _is_library(path)
            )
            path.chmod(0o755 if is_program else 0o644)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def _is_library(path: Path) -> bool:
    return ".so" in path.suffixes


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _pack(content: bytes, target: Path) -> None:
    with target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(content)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _ask(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
