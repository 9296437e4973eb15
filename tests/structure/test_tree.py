"""What lies in the tree agrees with itself: the lock with pyproject.toml, and nothing in either
says on whose machine it was made."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

ASKED_FOR = [
    Requirement(text)
    for text in (
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["dev"],
    )
]
PINNED = dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", LOCK, flags=re.MULTILINE))


def test_the_lock_names_no_host_and_no_path() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^(-|/|\.)|@ ", LOCK, flags=re.MULTILINE)


@pytest.mark.parametrize("requirement", ASKED_FOR, ids=str)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINNED[canonicalize_name(requirement.name)])


def test_every_pin_has_a_hash() -> None:
    pins = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]

    assert not [pin for pin in pins if "--hash=sha256:" not in pin]


def test_no_lock_that_would_name_a_host_is_in_the_tree() -> None:
    tree = subprocess.run(
        ["git", "ls-files", "uv.lock", "pylock.toml"], cwd=ROOT, capture_output=True, text=True
    )

    assert tree.stdout == ""
