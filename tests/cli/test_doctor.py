"""`smsdesk doctor --bundle`: what helps, in one file that quotes nobody."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


def test_a_bundle_is_written_and_what_is_in_it_is_said(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "bundle.zip"

    answer = run("doctor", "--bundle", str(target))

    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == f"The support bundle was saved as {target}."
    with zipfile.ZipFile(target) as bundle:
        assert [line.split(":")[0].strip() for line in lines[1:-1]] == bundle.namelist()


def test_it_can_be_looked_at_without_being_written(run: Run, tmp_path: Path) -> None:
    answer = run("doctor", "--bundle", "-")

    assert answer.code == 0
    assert "== doctor.txt\n" in answer.out
    assert "== log.txt\n" in answer.out
    assert list(tmp_path.glob("*.zip")) == []


def test_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "letter.zip"
    target.write_text("dear")

    answer = run("doctor", "--bundle", str(target))

    assert (answer.code, target.read_text()) == (2, "dear")
    assert "exists already" in answer.err


def test_a_place_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    answer = run("doctor", "--bundle", str(tmp_path / "nowhere" / "bundle.zip"))

    assert answer.code == 2
    assert "could not be saved" in answer.err
