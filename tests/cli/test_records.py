"""`smsdesk erase`, `audit`, `backup` and `restore`."""

import csv
import io
import json
from pathlib import Path

import pytest

from smsdesk.store.history import HistoryFilter
from smsdesk.store.migrations import create
from smsdesk.system.lock import ProcessLock
from tests.cli.conftest import Run
from tests.support import NOW, TO, Log

OTHER = "+447700900777"


@pytest.fixture
def two(log: Log) -> Log:
    """One message to each of two people."""
    log.queue()
    log.queue(to=OTHER)
    log.database.close_thread()
    return log


def test_without_yes_it_is_only_told_what_there_is(run: Run, two: Log) -> None:
    answer = run("erase", "--number", TO)

    assert answer.code == 0
    assert "1 message to them" in answer.out
    assert "1 message that is waiting will not be sent." in answer.out
    assert answer.out.endswith("Nothing was changed. Add --yes to erase it.\n")
    assert run("erase", "--number", TO, "--json").json["held"]["sent"] == 1


def test_a_person_is_erased_and_it_is_proved(run: Run, two: Log, tmp_path: Path) -> None:
    assert run("backup").code == 0
    answer = run("erase", "--number", TO, "--yes", "--json")

    assert answer.code == 0
    assert answer.json["rewritten"] == 1
    assert answer.json["searched"] >= 3
    assert answer.json["found_in"] == []
    assert [one.to for one in two.view.page(HistoryFilter())] == [OTHER]
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or TO[1:].encode() not in path.read_bytes()


def test_a_number_that_is_none_and_a_doubt_are_refused(run: Run, log: Log) -> None:
    assert run("erase", "--number", "abc").code == 2
    log.unknown()
    answer = run("erase", "--number", TO, "--yes")

    assert answer.code == 5
    assert "Settle it" in answer.err
    assert len(log.view.page(HistoryFilter())) == 1


def test_the_trail_is_printed_in_every_form(run: Run, two: Log) -> None:
    assert len(run("audit").out.splitlines()) == 2
    assert "1 message, batch" in run("audit").out
    documents = run("audit", "--format", "json").json
    assert [one["act"] for one in documents] == ["sent", "sent"]
    assert documents[1]["previous_hash"] == documents[0]["hash"]
    assert json.loads(documents[0]["detail"])["messages"] == 1
    rows = list(csv.DictReader(io.StringIO(run("audit", "--format", "csv").out)))
    assert [row["hash"] for row in rows] == [one["hash"] for one in documents]


def test_the_trail_is_filtered_by_time_and_kind(run: Run, two: Log) -> None:
    day = NOW.date().isoformat()
    assert run("audit", "--until", day).out == "Nothing has been noted.\n"
    assert len(run("audit", "--since", day, "--format", "json").json) == 2
    assert run("audit", "--act", "erased", "--format", "json").json == []
    assert "sent_list" in run("audit", "--act", "nothing").err


def test_the_doctor_says_whether_the_chain_is_whole(run: Run, two: Log) -> None:
    def trail() -> dict[str, str]:
        findings = run("doctor", "--json").json["findings"]
        (found,) = [one for one in findings if one["name"] == "trail"]
        return dict(found)

    assert trail()["health"] == "ok"
    assert trail()["sentence"].startswith("Whole, 2 entries.")
    connection = two.database.connection
    connection.execute("DROP TRIGGER trail_is_not_cut")
    connection.execute("DELETE FROM trail WHERE id = 1")
    two.database.close_thread()

    assert trail()["health"] == "fail"
    assert "before number 2 (2026-03-02" in trail()["sentence"]


def test_a_copy_is_made_listed_and_put_back(run: Run, two: Log, tmp_path: Path) -> None:
    assert run("backup", "--list").out.startswith("There are no copies yet")
    assert run("backup").out.startswith("Backed up and checked: smsdesk-")
    two.queue()
    two.database.close_thread()
    listed = run("backup", "--list").out
    path = listed.splitlines()[1].strip()
    assert "Sound, 2 messages" in listed
    answer = run("restore", path)

    assert answer.code == 0
    assert answer.out.startswith("The copy is in place, with 2 messages.")
    assert len(two.view.page(HistoryFilter())) == 2
    assert "Replaced by a restore" in run("backup", "--list").out


def test_a_bad_copy_is_said_in_the_list_and_not_put_back(
    run: Run, two: Log, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    bad = folder / "smsdesk-20260101T000000000000-daily.db"
    bad.write_bytes(b"no database" * 999)

    assert run("backup", "--list").code == 1
    assert "Damaged" in run("backup", "--list").out
    answer = run("restore", str(bad))
    assert answer.code == 1
    assert "Nothing was changed" in answer.err
    assert len(two.view.page(HistoryFilter())) == 2


def test_nothing_is_put_back_under_an_open_window(run: Run, two: Log, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    create(copy)
    lock = ProcessLock(tmp_path / "window.lock")
    assert lock.try_acquire()
    answer = run("restore", str(copy))
    lock.release()

    assert answer.code == 1
    assert "window of this profile is open" in answer.err
