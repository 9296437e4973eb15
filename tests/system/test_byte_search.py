"""Bytes are found in files, wherever they lie, by another process."""

import io
import json
import sys
from pathlib import Path

import pytest

from smsdesk.system import byte_search
from smsdesk.system.byte_search import SearchError, answer_search, search_files


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {
        "first": b"\0nothing here\xff",
        "second": b"abc447700900123xyz" + "für Anna".encode(),
        "across": b"x" * (byte_search._PIECE - 5) + b"447700900123" + b"x" * 9,
        "empty": b"",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in [*made, "gone"]}


def test_what_is_found_is_named_by_its_place(files: dict[str, Path]) -> None:
    found = search_files(files.values(), [b"447700900123", "für".encode(), b"never"])

    assert found == {files["second"]: [0, 1], files["across"]: [0]}


def test_what_is_looked_for_is_in_no_argument(files: dict[str, Path]) -> None:
    assert not [word for word in byte_search._command() if "447700900123" in word]


def test_a_frozen_program_asks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert byte_search._command() == [sys.executable, "search-bytes"]


def test_without_an_answer_there_is_an_error(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (["/no/such/program"], [sys.executable, "-c", "raise SystemExit(3)"]):
        monkeypatch.setattr(byte_search, "_command", lambda command=command: command)
        with pytest.raises(SearchError) as error:
            search_files(files.values(), [b"447700900123"])
        assert "447700900123" not in repr(error.value.__cause__)


def test_the_other_side_answers_in_json(files: dict[str, Path]) -> None:
    question = {"files": [str(path) for path in files.values()], "needles": [b"abc".hex()]}
    answer = io.StringIO()
    answer_search(io.StringIO(json.dumps(question)), answer)

    assert json.loads(answer.getvalue()) == {str(files["second"]): [0]}
