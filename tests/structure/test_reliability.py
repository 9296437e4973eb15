"""docs/reliability.md says what the marks of the tests say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_cases_is_as_the_marks_are() -> None:
    """`make reliability` writes it anew; a mark of no known case is an error."""
    check = subprocess.run(
        [sys.executable, ROOT / "docs" / "reliability.py", "--check"],
        capture_output=True,
        text=True,
    )

    assert check.returncode == 0, check.stderr or "run: make reliability"
