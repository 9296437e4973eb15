"""`smsdesk history --export`, and the forms that are printed as they are read."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from smsdesk.cli.documents import MESSAGE_FIELDS
from smsdesk.sms.state import State
from tests.cli.conftest import Run
from tests.support import NOW, Log

USUAL = 50


@pytest.fixture
def ids(log: Log) -> list[str]:
    """Three messages, the newest first."""
    hour = timedelta(hours=1)
    first = log.accepted("a-uuid", at=NOW, text="Your parcel")
    second = log.sending(at=NOW + hour, text="=1+1", ref="order 7")
    log.finish(second, State.FAILED)
    third = log.unknown(at=NOW + 2 * hour, text="Ça va ?")
    return [third.id, second.id, first.id]


def read_lines(text: str) -> list[str]:
    return [json.loads(line)["id"] for line in text.splitlines()]


@pytest.mark.parametrize("name", ["all.csv", "all.CSV", "all.jsonl", "all.xlsx"])
def test_the_form_follows_from_the_name(
    run: Run, ids: list[str], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name

    answer = run("history", "--export", str(path))

    assert (answer.code, answer.out, answer.err) == (0, f"Wrote 3 messages to {path}.\n", "")
    if name.endswith("jsonl"):
        assert read_lines(path.read_text("utf-8")) == ids
    elif name.endswith("xlsx"):
        assert len(list(openpyxl.load_workbook(path)["Messages"].values)) == 4
    else:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
        assert [row["Id"] for row in rows] == ids
        assert rows[1]["Text"] == "'=1+1"


def test_the_form_may_be_said(run: Run, ids: list[str], tmp_path: Path) -> None:
    path = tmp_path / "messages.txt"

    assert run("history", "--export", str(path), "--format", "csv-raw").code == 0

    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert tuple(rows[0]) == (*MESSAGE_FIELDS, "name")
    assert [row["text"] for row in rows] == ["Ça va ?", "=1+1", "Your parcel"]


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (["--state", "failed"], [1]),
        (["--search", "parcel"], [2]),
        (["--since", "2026-03-02T10:00Z"], [0, 1]),
        (["--limit", "2"], [0, 1]),
    ],
)
def test_what_is_written_is_what_would_be_shown(
    run: Run, ids: list[str], tmp_path: Path, arguments: list[str], places: list[int]
) -> None:
    path = tmp_path / "some.jsonl"

    run("history", "--export", str(path), *arguments)

    assert read_lines(path.read_text("utf-8")) == [ids[place] for place in places]


def test_without_a_limit_all_is_written_and_the_usual_number_is_shown(
    run: Run, log: Log, tmp_path: Path
) -> None:
    count = len(log.queue(USUAL + 1))
    path = tmp_path / "all.jsonl"

    run("history", "--export", str(path))

    assert len(read_lines(path.read_text("utf-8"))) == count
    assert len(run("history", "--format", "json").json) == USUAL
    assert len(read_lines(run("history", "--format", "jsonl").out)) == USUAL
    assert len(read_lines(run("history", "--format", "jsonl", "--limit", "51").out)) == count


def test_lines_and_raw_csv_are_printed_too(run: Run, ids: list[str]) -> None:
    assert read_lines(run("history", "--format", "jsonl").out) == ids

    rows = list(csv.DictReader(io.StringIO(run("history", "--format", "csv-raw").out)))
    assert [row["id"] for row in rows] == ids
    assert rows[1]["text"] == "=1+1"


def test_one_message_may_be_written(run: Run, ids: list[str], tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"

    run("history", "--id", ids[1], "--export", str(path))

    assert read_lines(path.read_text("utf-8")) == ids[1:2]
    assert run("history", "--id", "none", "--export", str(tmp_path / "no.csv")).code == 2
    assert not (tmp_path / "no.csv").exists()


def test_what_is_there_stays_unless_it_may_be_overwritten(
    run: Run, ids: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("what was there")

    answer = run("history", "--export", str(path))

    assert (answer.code, answer.out) == (2, "")
    assert answer.err == f"smsdesk: {path} exists already. With --overwrite it is replaced.\n"
    assert path.read_text() == "what was there"

    assert run("history", "--export", str(path), "--overwrite").code == 0
    assert read_lines(path.read_text("utf-8")) == ids


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--export", "all.txt"], ".csv, .jsonl or .xlsx"),
        (["--export", "all.csv", "--format", "table"], "csv, csv-raw, jsonl or xlsx"),
        (["--export", "all.csv", "--format", "json"], "csv, csv-raw, jsonl or xlsx"),
        (["--format", "xlsx"], "--export"),
        (["--export", "all.csv", "--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], part: str
) -> None:
    monkeypatch.chdir(tmp_path)

    answer = run("history", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert part in answer.err
    assert not list(tmp_path.glob("all*"))


def test_a_folder_that_is_not_there_is_told(run: Run, ids: list[str], tmp_path: Path) -> None:
    answer = run("history", "--export", str(tmp_path / "nowhere" / "all.csv"))

    assert answer.code == 2
    assert "cannot be written. Choose another folder." in answer.err
