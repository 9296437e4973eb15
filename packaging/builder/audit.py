"""Asks for known vulnerabilities of everything in a lock file; fails unless all were answered for.

    make audit

An audit that could not ask is no audit: it ends with 2, and 1 is for what was found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from builder.places import ROOT

LOCKS = ("requirements-dev.txt", "requirements-package.txt")
FOUND, NOT_ASKED = 1, 2
_LONGEST_S = 600


def main() -> int:
    """Audit every lock file, and say what came of it."""
    answers = [audit(ROOT / lock) for lock in LOCKS]
    return NOT_ASKED if NOT_ASKED in answers else max(answers)


def audit(lock: Path) -> int:
    """0 when nothing is known against what the file pins, or FOUND, or NOT_ASKED."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(lock)),
        *("--require-hashes", "--disable-pip", "--strict"),
        *("--format", "json", "--progress-spinner", "off"),
    ]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S)
    except subprocess.TimeoutExpired:
        print(f"{lock.name}: no answer within {_LONGEST_S} s. NOT AUDITED.", file=sys.stderr)
        return NOT_ASKED
    answer, told = judge(asked.stdout)
    if answer == NOT_ASKED:
        reason = (asked.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"{lock.name}: NOT AUDITED, the service could not be asked:", file=sys.stderr)
        print(f"  {reason}", file=sys.stderr)
    else:
        print(f"{lock.name}: {told}")
    return answer


def judge(answer: str) -> tuple[int, str]:
    """What pip-audit's JSON comes to, and the words for it. A pin that it left out counts as one
    that could not be asked about."""
    try:
        pins = json.loads(answer)["dependencies"]
    except (ValueError, LookupError, TypeError):
        return NOT_ASKED, ""
    if not pins or any("skip_reason" in pin for pin in pins):
        return NOT_ASKED, ""
    found = [
        f"  {pin['name']} {pin['version']}: {known['id']}, mended in "
        f"{', '.join(known['fix_versions']) or 'no version yet'}"
        for pin in pins
        for known in pin["vulns"]
    ]
    if found:
        return FOUND, "\n".join([f"{len(found)} known vulnerabilities", *found])
    return 0, f"nothing is known against its {len(pins)} pins"


if __name__ == "__main__":
    sys.exit(main())
