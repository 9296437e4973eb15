"""Sending to a list from the command line, on the built-in simulator."""

from pathlib import Path

import pytest

from smsdesk.cli.documents import MESSAGE_FIELDS
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import QUIET_HOURS, QUIET_MODE, Settings
from tests.journeys.program import Program

A, B = "+447400123456", "+447400123457"
GOOD = f"Name,Mobile\nAnna,{A}\nJörg,07400 123457\n"
BAD = GOOD + f"Cy,4.47701E+11\nDee,{A}\n"
BATCH = ("--text", "Hi {name}", "--region", "GB")


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    file = tmp_path / "staff.csv"
    file.write_text(GOOD, "utf-8")
    return file


def test_each_row_gets_a_text_of_its_own(demo: Program, staff: Path) -> None:
    sent = demo.run("batch", str(staff), *BATCH, "--ref", "storm", "--json")

    assert (sent.code, sent.states) == (0, ["accepted", "accepted"])
    messages = sent.json["messages"]
    assert [(one["to"], one["text"]) for one in messages] == [(A, "Hi Anna"), (B, "Hi Jörg")]
    assert tuple(messages[0]) == MESSAGE_FIELDS
    assert len({one["batch_id"] for one in messages}) == 1
    assert {one["ref"] for one in messages} == {"storm"}
    assert sent.json["problems"] == []
    again = demo.run("batch", str(staff), *BATCH, "--dry-run", "--json")
    (problem,) = again.json["problems"]
    assert "was sent to on" in problem["problem"]


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(demo: Program, staff: Path) -> None:
    tried = demo.run("batch", str(staff), *BATCH, "--dry-run", "--json")

    assert (tried.code, tried.states) == (0, ["draft", "draft"])
    shown = demo.run("batch", str(staff), *BATCH, "--dry-run")
    assert f"{A}  Hi Anna" in shown.out
    assert "2 messages · 2 parts" in shown.out
    assert "United Kingdom: 2 messages" in shown.out
    assert demo.run("history", "--format", "json").json == []


def test_rows_with_problems_are_left_out_and_told(
    demo: Program, staff: Path, tmp_path: Path
) -> None:
    staff.write_text(BAD, "utf-8")
    mend = tmp_path / "mend.csv"

    sent = demo.run("batch", str(staff), *BATCH, "--problems-to", str(mend), "--json")

    assert (sent.code, sent.states) == (1, ["accepted", "accepted"])
    bad, merged = sent.json["problems"]
    assert (bad["input"], bad["field"]) == ("4.47701E+11", "to")
    assert bad["problem"].startswith("Row 4: ")
    assert merged["problem"].startswith("Row 5: ")
    assert "'4.47701E+11" in mend.read_text("utf-8-sig")


def test_strictly_one_bad_row_keeps_all_of_it_back(demo: Program, staff: Path) -> None:
    staff.write_text(BAD, "utf-8")

    sent = demo.run("batch", str(staff), *BATCH, "--strict", "--json")

    assert (sent.code, sent.json["messages"]) == (2, [])
    assert "Row 4: " in sent.err
    assert "Nothing was queued" in sent.err
    assert demo.run("history", "--format", "json").json == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--text", "Hi {nme}"), "no column for “{nme}”"),
        (("--text", "Hi {"), "brace at character 4"),
        ((), "--text TEMPLATE"),
        (("--text", "Hi", "--number-column", "Fax"), "no such column"),
        (("--text", "Hi", "--region", "XX"), "no such country"),
        (("--text", "Hi", "--at", "2020-01-31T09:00Z"), "in the past"),
        (("--text", "Hi", "--wait", "-1"), "number of seconds"),
        (("--text", "Hi", "--number-column", "Name"), "not a phone number"),
    ],
)
def test_bad_input_is_told_and_nothing_queued(
    demo: Program, staff: Path, arguments: tuple[str, ...], told: str
) -> None:
    sent = demo.run("batch", str(staff), *arguments)

    assert (sent.code, sent.out) == (2, "")
    assert told in sent.err
    assert demo.run("history", "--format", "json").json == []


def test_a_file_that_cannot_be_read_is_named(demo: Program, tmp_path: Path) -> None:
    missing = demo.run("batch", str(tmp_path / "none.csv"), "--text", "Hi", "--json")
    assert (missing.code, missing.json["messages"]) == (2, [])
    assert "none.csv: There is no such file." in missing.err

    file = tmp_path / "list.csv"
    file.write_bytes(f'Name,Mobile\nAnna,{A}\n"Ben,{B}\n'.encode())
    quotes = demo.run("batch", str(file), "--text", "Hi")
    assert quotes.code == 2
    assert "list.csv: Row 3: The quotation marks do not match" in quotes.err


def test_a_list_may_wait_for_its_time(demo: Program, staff: Path) -> None:
    sent = demo.run("batch", str(staff), *BATCH, "--at", "2099-01-31T09:00Z", "--json")

    assert (sent.code, sent.states) == (4, ["scheduled", "scheduled"])


def test_by_each_recipients_clock_the_uncertain_rows_are_told(
    demo: Program, staff: Path
) -> None:
    staff.write_text(f"Name,Mobile\nAnna,{A}\nBea,+61412345678\n", "utf-8")
    theirs = ("--at", "2099-01-31T09:00", "--recipient-time")

    tried = demo.run("batch", str(staff), *BATCH, *theirs, "--dry-run", "--json")
    shown = demo.run("batch", str(staff), *BATCH, *theirs, "--dry-run")
    sent = demo.run("batch", str(staff), *BATCH, *theirs, "--json")

    assert tried.json["when"] == sent.json["when"]
    when = tried.json["when"]
    assert (when["local"], when["is_recipients"]) == ("2099-01-31T09:00:00", True)
    assert (when["first"], when["last"]) == (
        "2099-01-31T01:00:00.000Z",
        "2099-01-31T09:00:00.000Z",
    )
    (row,) = when["uncertain"]
    assert row == {"row": 3, "to": "+61412345678", "zone": "Australia/Perth"}
    assert "Will be sent Sat 31 January 2099, 09:00 (each recipient’s time)" in shown.out
    assert "Row 3, +61 412 345 678: In one of several time zones; Perth" in shown.err
    assert (sent.code, sent.states) == (4, ["scheduled", "scheduled"])


def test_a_time_that_is_over_for_somebody_queues_nothing(demo: Program, staff: Path) -> None:
    past = ("--at", "2020-01-31T09:00", "--recipient-time")
    for more in ((), ("--dry-run",)):
        sent = demo.run("batch", str(staff), *BATCH, *past, *more)
        assert (sent.code, sent.out) == (2, "")
        assert "That time is over." in sent.err
    assert demo.run("history", "--format", "json").json == []


def test_quiet_hours_hold_a_list_unless_it_is_urgent(demo: Program, staff: Path) -> None:
    demo.run("history")  # now the profile is there
    settings = Settings(find_paths(data_dir=demo.data_dir, profile="demo").settings)
    settings.set(QUIET_MODE, "hold")
    settings.set(QUIET_HOURS, {"GB": "00:00-12:00 mon,tue,wed,thu,fri,sat,sun"})

    tried = demo.run("batch", str(staff), *BATCH, "--dry-run")
    held = demo.run("batch", str(staff), *BATCH, "--json")
    urgent = demo.run("batch", str(staff), *BATCH, "--anyway", "--json")

    assert "United Kingdom: 2 messages wait until quiet hours" in tried.err
    assert (held.code, held.states) == (4, ["held", "held"])
    (country,) = held.json["when"]["quiet_hours"]
    assert (country["region"], country["messages"], country["is_held"]) == ("GB", 2, True)
    assert (urgent.code, urgent.states) == (0, ["accepted", "accepted"])
    assert not urgent.json["when"]["quiet_hours"][0]["is_held"]


def test_the_worst_outcome_of_the_list_is_told(demo: Program, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{A}\n+447700900422\n+447700900700\n", "utf-8")

    sent = demo.run("batch", str(file), "--text", "Hi", "--json")

    assert (sent.code, sent.states) == (5, ["accepted", "failed", "unknown"])


def test_without_an_account_nothing_is_queued(demo: Program, staff: Path) -> None:
    plain = Program(
        demo.home, environment={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    )

    sent = plain.run("batch", str(staff), *BATCH, "--from", "ACME")

    assert sent.code == 3
    assert plain.run("history", "--format", "json").json == []
