"""The far side: a simulator in a process of its own, and the account it knows."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smsdesk.simulator.applications import make_key_pair
from tests.benchmarks.children import ROOT

QUIET: Mapping[str, object] = {"default": "no-status", "test_numbers": False}
"""Everything is accepted and nothing more is heard of it: only the sending is looked at."""


@dataclass(frozen=True, slots=True)
class Account:
    """An application and its keys."""

    application_id: str
    private_key_path: Path
    public_key: str


def make_account(folder: Path) -> Account:
    private_key, public_key = make_key_pair()
    path = folder / f"{uuid.uuid4()}.key"
    path.touch(mode=0o600)
    path.write_text(private_key, encoding="ascii")
    return Account(str(uuid.uuid4()), path, public_key)


@contextmanager
def far_side(
    account: Account,
    *,
    scenario: Mapping[str, object] = QUIET,
    ledger: Path | None = None,
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """Run a simulator and yield its base URL."""
    told = {
        "application_id": account.application_id,
        "public_key": account.public_key,
        "scenario": scenario,
        "ledger": str(ledger) if ledger else None,
        "certificate": [str(path) for path in certificate] if certificate else None,
    }
    program = "tests.benchmarks.programs.simulator"
    with subprocess.Popen(
        [sys.executable, "-m", program, json.dumps(told)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
