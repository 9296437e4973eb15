"""How every verb ends when it cannot do what was asked."""

import io
import json
import sys
from pathlib import Path

import pytest

from smsdesk.cli import check, main
from smsdesk.session import Profile
from smsdesk.store import migrations
from smsdesk.system.settings import LANGUAGE, Settings
from tests.cli.conftest import Run
from tests.system.catalogue import german


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["send", "--wait", "soon"],
        ["send", "--to", "+447400123456", "--text", "hi", "--wait", "nan"],
        ["send", "--to", "+447400123456"],
        ["send", "--text", "a", "--text-file", "b"],
        ["history", "--limit", "0"],
        ["history", "--limit", "9" * 30],
        ["history", "--state", "gone"],
        ["history", "--since", "yesterday"],
        ["history", "--id", "no-such-id"],
        ["simulator", "--public-key", "alone.pem"],
        ["--profile", "A B", "history"],
        ["--demo", "configure", "--from", "x"],
    ],
)
def test_bad_usage_is_one_sentence_on_standard_error(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--data-dir", str(tmp_path), *arguments])

    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.startswith("smsdesk: ")
    assert err.count("\n") == 1
    assert err.endswith(".\n")


def test_the_chosen_language_is_spoken_before_the_arguments_are_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = Profile("other", tmp_path / "data").find_paths()
    profile.home.mkdir(parents=True)
    Settings(profile.settings).set(LANGUAGE, "de")
    english = "{program} --help says what is understood."
    with german(tmp_path / "locale", {english: "{program} --help sagt mehr."}):
        told = []
        for name in ("other", "default"):
            main(
                ["--data-dir", str(tmp_path / "data"), "--profile", name, "send", "--wait", "x"]
            )
            told.append(capsys.readouterr().err)

    assert told[0].endswith("--help sagt mehr.\n")
    assert told[1].endswith("--help says what is understood.\n")


@pytest.mark.parametrize(
    "arguments",
    [["--wait", "soon"], ["--to", "+447400123456"], ["--text", "x", "--at", "soon"]],
)
def test_with_json_bad_usage_is_a_document_too(run: Run, arguments: list[str]) -> None:
    answer = run("send", "--json", *arguments)

    assert answer.code == 2
    assert answer.json["messages"] == []
    (problem,) = answer.json["problems"]
    assert set(problem) == {"input", "field", "problem"}
    assert answer.err == f"smsdesk: {problem['problem']}\n"


def test_an_error_nobody_foresaw_is_named_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_options: object) -> int:
        raise ZeroDivisionError("with a number: +447400123456")

    monkeypatch.setattr(check, "run", fail)

    answer = run("check")

    assert answer.code == 1
    assert answer.err == (
        "smsdesk: Something nobody foresaw went wrong (ZeroDivisionError). "
        "The log has the details.\n"
    )


def test_an_error_nobody_foresaw_is_in_the_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smsdesk.cli import history

    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(history, "_print", fail)

    assert run("history").code == 1

    written = "".join(file.read_text("utf-8") for file in (tmp_path / "logs").iterdir())
    assert "ZeroDivisionError" in written


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "smsdesk.db"
    migrations.create(path)
    before = path.read_bytes()
    monkeypatch.setattr(migrations, "NEWEST", 0)

    answer = run("history")

    assert answer.code == 2
    assert "newer version" in answer.err
    assert path.read_bytes() == before


def test_a_terminal_that_knows_few_characters_ends_no_verb(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)

    code = main(["check", "--text", "🙂", "--json"])

    assert code == 0
    out.seek(0)
    assert json.loads(out.buffer.read().decode("utf-8"))["parts_text"] == ["🙂"]
