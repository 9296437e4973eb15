"""What the builders judge: licences, answers about vulnerabilities, and who needs what."""

import json
from collections.abc import Mapping
from importlib.metadata import requires
from pathlib import Path

import pytest

from builder.audit import FOUND, NOT_ASKED, judge
from builder.licences import is_allowed, licence_of
from builder.shipped import name_of, shipped_distributions
from builder.system_libraries import packages_of


def test_every_library_that_is_shipped_may_be_shipped() -> None:
    refused = {
        name_of(found): licence_of(found)
        for found in shipped_distributions()
        if not is_allowed(licence_of(found))
    }

    assert refused == {}


def test_what_is_shipped_is_what_the_program_asks_for_and_no_tool() -> None:
    names = {name_of(found) for found in shipped_distributions()}

    assert {"pyside6-essentials", "requests", "certifi", "cffi"} <= names
    assert not names & {"pytest", "mypy", "hatchling", "smsdesk", "vonage"}
    assert len(names) > len(requires("smsdesk") or ())


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("Something of our own", False),
        ("", False),
    ],
)
def test_a_licence_must_be_on_the_list(licence: str, may: bool) -> None:
    assert is_allowed(licence) is may


def answer(*pins: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": pins, "fixes": []})


GOOD = {"name": "requests", "version": "2.34.2", "vulns": []}


@pytest.mark.case("T26", "G14")
def test_an_old_pyjwt_fails_the_audit() -> None:
    old = {
        "name": "pyjwt",
        "version": "2.9.0",
        "vulns": [{"id": "CVE-2024-53861", "fix_versions": ["2.10.1"], "aliases": []}],
    }

    code, told = judge(answer(GOOD, old))

    assert code == FOUND
    assert "pyjwt 2.9.0: CVE-2024-53861, mended in 2.10.1" in told


def test_nothing_known_passes() -> None:
    assert judge(answer(GOOD)) == (0, "nothing is known against its 1 pins")


@pytest.mark.case("T26", "G14")
@pytest.mark.parametrize(
    "said",
    [
        *("", "not JSON", "[]", "{}", answer()),
        answer(GOOD, {"name": "altgraph", "skip_reason": "not found"}),
    ],
)
def test_no_answer_is_never_taken_for_a_good_one(said: str) -> None:
    assert judge(said)[0] == NOT_ASKED


def test_a_file_that_no_package_owns_is_nobodys(tmp_path: Path) -> None:
    assert packages_of([tmp_path / "libours.so"]) == []
    assert packages_of([]) == []
