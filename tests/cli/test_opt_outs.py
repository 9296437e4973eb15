"""`smsdesk opt-outs`: the list shown, and changed in every way."""

import csv
import io
from pathlib import Path

import pytest

from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.store.suppression import SuppressionList
from tests.cli.conftest import Run
from tests.support import NOW, TO, Log

OTHER = "+447700900777"


@pytest.fixture
def two(log: Log) -> None:
    SuppressionList(log.database, log.news.append, lambda: None).add(
        [
            Suppression(TO, "ACME", NOW, SuppressionReason.STOP, "Stop\x1b[2J please"),
            Suppression(OTHER, "", NOW, SuppressionReason.PERSON, "=1+1"),
        ],
        at=NOW,
    )


def numbers(run: Run) -> list[str]:
    return [one["number"] for one in run("opt-outs", "--format", "json").json]


def test_an_empty_list_says_so(run: Run) -> None:
    answer = run("opt-outs")

    assert (answer.code, answer.out, answer.err) == (0, "No opt-outs.\n", "")
    assert run("opt-outs", "--format", "json").json == []


def test_the_list_is_shown_in_words(run: Run, two: None) -> None:
    lines = run("opt-outs").out.splitlines()

    assert len(lines) == 2
    assert TO in lines[0]
    assert "They wrote “Stop [2J please”" in lines[0]
    assert "All senders" in lines[1]


def test_the_list_is_shown_to_scripts(run: Run, two: None) -> None:
    first, second = run("opt-outs", "--format", "json").json

    assert first == {
        "number": TO,
        "sender": "ACME",
        "since": "2026-03-02T09:00:00.000Z",
        "reason": "stop",
        "detail": "Stop\x1b[2J please",
    }
    assert second["sender"] is None


def test_the_list_is_shown_to_spreadsheets(run: Run, two: None) -> None:
    rows = list(csv.DictReader(io.StringIO(run("opt-outs", "--format", "csv").out)))

    assert [row["number"] for row in rows] == [TO, OTHER]
    assert rows[1]["detail"] == "'=1+1"


def test_it_is_searched_however_a_number_is_written(run: Run, two: None) -> None:
    found = run("opt-outs", "--search", "07700 900777", "--format", "json").json

    assert [one["number"] for one in found] == [OTHER]


def test_a_number_is_added_and_what_waits_for_it_fails(run: Run, log: Log) -> None:
    log.queue(2)

    answer = run("opt-outs", "--add", TO, "--why", "rang up")

    assert answer.code == 0
    assert "2 messages that were waiting" in answer.out
    again = run("opt-outs", "--add", TO, "--why", "rang up")
    assert (again.code, "on the list already" in again.out) == (0, True)
    assert numbers(run) == [TO]


def test_a_number_is_taken_off_for_the_sender_it_is_on_for(run: Run, two: None) -> None:
    answer = run("opt-outs", "--remove", TO, "--why", "asked for it")
    assert answer.code == 2
    assert "It is for: ACME." in answer.err

    answer = run("opt-outs", "--remove", TO, "--from", "ACME", "--why", "asked for it")

    assert (answer.code, "may be written to again" in answer.out) == (0, True)
    assert numbers(run) == [OTHER]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--add", TO], "--why"),
        (["--remove", TO, "--why", " "], "--why"),
        (["--why", "rang up"], "--add or --remove"),
        (["--from", "ACME"], "--add or --remove"),
        (["--add", "nobody", "--why", "rang up"], "--add: “nobody” is not a phone number."),
        (["--add", TO, "--from", "much too long a name", "--why", "x"], "--from"),
        (["--remove", "nobody", "--why", "x"], "--remove"),
        (["--remove", OTHER, "--why", "x"], "is not on the list for all senders"),
        (["--import", "/no/such/list.csv"], "cannot be read"),
        (["--export", "/no/such/folder/list.csv"], "cannot be written"),
        (["--add", TO, "--import", "x.csv", "--why", "x"], "not allowed with"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    run: Run, arguments: list[str], words: str
) -> None:
    answer = run("opt-outs", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1
    assert numbers(run) == []


def test_a_list_goes_out_and_comes_back(run: Run, two: None, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"

    assert run("opt-outs", "--export", str(file)).code == 0
    run("opt-outs", "--remove", OTHER, "--why", "asked for it")
    answer = run("opt-outs", "--import", str(file))

    assert (answer.code, answer.out) == (0, "1 entry was brought in.\n")
    assert numbers(run) == [TO, OTHER]


def test_what_can_be_read_is_brought_in_and_the_rest_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{TO}\n4.47701E+11\n" + "12\n" * 30, "utf-8")

    answer = run("opt-outs", "--import", str(file))

    lines = answer.err.splitlines()
    assert (answer.code, answer.out) == (1, "1 entry was brought in.\n")
    assert f"{file}, line 2: " in lines[0]
    assert lines[-1].endswith("and 11 more lines.")
    assert numbers(run) == [TO]


def test_a_file_without_a_number_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("number\n", "utf-8")

    answer = run("opt-outs", "--import", str(file))

    assert answer.code == 2
    assert "no number was found" in answer.err
