"""Where things are built, from what, and which moment the results are dated to."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from smsdesk import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
WORK = ROOT / "build"
DIST = ROOT / "dist"
FOLDER = DIST / "smsdesk"
"""The frozen program: a folder to be put anywhere."""
ORIGINS = WORK / "smsdesk" / "origins.json"
"""For each library in it, the file it is a copy of; written by packaging/smsdesk.spec."""
VERSION = __version__


@cache
def epoch() -> int:
    """The seconds since 1970 that everything built is dated to: SOURCE_DATE_EPOCH
    (https://reproducible-builds.org/specs/source-date-epoch/), or when the commit was made."""
    said = os.environ.get("SOURCE_DATE_EPOCH")
    if said is None:
        command = ["git", "log", "-1", "--format=%ct"]
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if asked.returncode != 0:
            raise SystemExit("This is no git checkout: set SOURCE_DATE_EPOCH to its date.")
        said = asked.stdout
    return int(said)


def build_environment() -> dict[str, str]:
    """The environment in which the same source gives the same bytes."""
    return {**os.environ, "SOURCE_DATE_EPOCH": str(epoch()), "PYTHONHASHSEED": "0"}
