"""The libraries of the system that came into the folder, and the Debian packages they are from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from builder.places import ORIGINS


@dataclass(frozen=True, slots=True, order=True)
class DebianPackage:
    """An installed one."""

    name: str
    version: str
    architecture: str

    @property
    def copyright(self) -> Path:
        """Its licences, in the words of those who packaged it (Debian Policy, 12.5)."""
        return Path("/usr/share/doc") / self.name / "copyright"


def bundled_packages() -> list[DebianPackage]:
    """The packages whose libraries the last build copied; none on another system."""
    origins = json.loads(ORIGINS.read_text(encoding="utf-8"))
    return packages_of(Path(origin) for origin in origins.values())


def packages_of(files: Iterable[Path]) -> list[DebianPackage]:
    """The packages that own any of these files; what no package owns is left out."""
    spellings = {text for file in files for text in _spellings(file)}
    if not spellings or not _has_dpkg():
        return []
    # Exits with 1 when a file is nobody's, as those from wheels are.
    owners = subprocess.run(
        ["dpkg-query", "--search", *sorted(spellings)], capture_output=True, text=True
    ).stdout
    names = {
        name.strip()
        for line in owners.splitlines()
        if not line.startswith("diversion ")
        for name in line.partition(": ")[0].split(",")
    }
    shown = subprocess.run(
        [
            "dpkg-query",
            "--show",
            "--showformat=${Package} ${Version} ${Architecture}\n",
            *names,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(DebianPackage(*line.split()) for line in shown.splitlines())


def _spellings(file: Path) -> Iterable[str]:
    """A file below /usr/lib may be registered as one below /lib, to which it was moved."""
    real = str(file.resolve())
    if real.startswith(("/lib", "/usr/lib")):
        yield real
        yield real.removeprefix("/usr") if real.startswith("/usr/") else f"/usr{real}"


def _has_dpkg() -> bool:
    return Path("/usr/bin/dpkg-query").exists()
