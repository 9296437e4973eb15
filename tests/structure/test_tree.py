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
LOCKS = {
    name: (ROOT / f"requirements-{name}.txt").read_text(encoding="utf-8")
    for name in ("dev", "package")
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

ASKED_FOR = [
    (name, Requirement(text))
    for name in LOCKS
    for text in (
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"][name],
    )
]
PINNED = {
    name: dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", lock, flags=re.MULTILINE))
    for name, lock in LOCKS.items()
}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    assert "://" not in lock
    assert not re.search(r"^(-|/|\.)|@ ", lock, flags=re.MULTILINE)


@pytest.mark.case("T26")
@pytest.mark.parametrize(("lock", "requirement"), ASKED_FOR, ids=str)
def test_every_dependency_is_pinned_within_its_range(
    lock: str, requirement: Requirement
) -> None:
    assert requirement.specifier.contains(PINNED[lock][canonicalize_name(requirement.name)])


@pytest.mark.case("T26")
@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    pins = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]

    assert not [pin for pin in pins if "--hash=sha256:" not in pin]


def test_what_is_packaged_is_what_was_tested() -> None:
    both = PINNED["dev"].keys() & PINNED["package"].keys()

    assert {name for name in both if PINNED["dev"][name] != PINNED["package"][name]} == set()


def test_no_lock_that_would_name_a_host_is_in_the_tree() -> None:
    tree = subprocess.run(
        ["git", "ls-files", "uv.lock", "pylock.toml"], cwd=ROOT, capture_output=True, text=True
    )

    assert tree.stdout == ""
