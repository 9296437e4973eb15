"""The command line, called within the test's own process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smsdesk.cli import main


@dataclass(frozen=True, slots=True)
class Answer:
    """What a verb came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a verb on the profile below `tmp_path`, where the fixture `log` writes too."""

    def run(verb: str, *arguments: str) -> Answer:
        code = main(["--data-dir", str(tmp_path), verb, *arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run
