"""The frozen program hands its own libraries to nobody, and takes no plug-in of another Qt."""

import os
import runpy
from pathlib import Path

import pytest

HOOK = Path(__file__).resolve().parents[2] / "packaging" / "hooks" / "environment.py"


def test_what_the_person_had_set_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/smsdesk/_internal:/their/own")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/their/own")

    runpy.run_path(str(HOOK))

    assert os.environ["LD_LIBRARY_PATH"] == "/their/own"
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_what_the_person_had_not_set_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/smsdesk/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    monkeypatch.setenv("QT_PLUGIN_PATH", "/somebodys/qt")

    runpy.run_path(str(HOOK))

    assert not {"LD_LIBRARY_PATH", "QT_PLUGIN_PATH"} & os.environ.keys()
