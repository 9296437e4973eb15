"""The first thing a new run does: doubt is kept, and nothing is sent again (2.6)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smsdesk.delivery.recovery import (
    Recovery,
    read_high_water,
    recover,
    write_high_water,
)
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import back_up
from tests.support import NOW, Log, minutes

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.fixture
def high_water(tmp_path: Path) -> Path:
    return tmp_path / "high-water.json"


def start(log: Log, high_water: Path) -> Recovery:
    return recover(log.log, Meta(log.database), high_water=high_water, at=NOW)


def states(log: Log) -> dict[str, tuple[State, HeldReason | None]]:
    return {
        message.id: (message.state, message.held_reason)
        for message in log.view.page(HistoryFilter())
    }


def test_the_first_run_finds_nothing_and_counts_itself(log: Log, high_water: Path) -> None:
    log.queue()

    assert start(log, high_water) == Recovery((), is_older_database=False)
    assert Meta(log.database).epoch == read_high_water(high_water) == 1
    assert [state for state, _ in states(log).values()] == [State.QUEUED]


def test_what_was_on_its_way_becomes_doubt(database: Database, high_water: Path) -> None:
    earlier = Log(database, boot_id="earlier")
    claims = [earlier.sending() for _ in range(3)]
    log = Log(database, boot_id="now")
    found = start(log, high_water)

    assert found.interrupted == tuple(claim.id for claim in claims)
    for claim in claims:
        message = log.view.get(claim.id)
        assert message is not None
        assert (message.state, message.unknown_reason) == (State.UNKNOWN, "crash")
    assert log.log.next_queued(10, at=NOW) == []


def test_a_run_that_a_person_cut_short_leaves_doubt_and_no_surprise(
    database: Database, high_water: Path
) -> None:
    earlier = Log(database, boot_id="earlier")
    claim = earlier.sending()
    earlier.log.interrupt("quit", at=NOW, this_boot=True)

    found = start(Log(database, boot_id="now"), high_water)

    assert found.interrupted == ()
    message = earlier.view.get(claim.id)
    assert message is not None
    assert (message.state, message.unknown_reason) == (State.UNKNOWN, "quit")


def test_conditions_are_looked_at_again_and_what_a_person_must_see_stays(
    log: Log, high_water: Path
) -> None:
    kept = {
        HeldReason.PAUSED,
        HeldReason.STALE,
        HeldReason.RESTORED_DB,
        HeldReason.CLOCK,
        HeldReason.BATCH_SUSPICIOUS,
        HeldReason.CRASHED,
    }
    ids = {}
    for reason in HeldReason:
        (ids[reason],) = log.queue()
        log.log.hold_queued(reason, at=NOW)
    start(log, high_water)

    held = {reason for reason in HeldReason if log.state(ids[reason]) is State.HELD}
    assert held == kept


def test_a_log_older_than_the_one_last_used_holds_all_that_waits(
    log: Log, high_water: Path
) -> None:
    start(log, high_water)
    write_high_water(high_water, 5)
    (auth,) = log.queue()
    log.log.hold_queued(HeldReason.AUTH, at=NOW)
    (queued,) = log.queue()
    (due,) = log.queue(state=State.SCHEDULED, due_at=NOW - minutes(1))
    (later,) = log.queue(state=State.SCHEDULED, due_at=NOW + minutes(60))
    accepted = log.accepted(UUID)

    assert start(log, high_water).is_older_database
    for message_id in (auth, queued, due, later):
        assert states(log)[message_id] == (State.HELD, HeldReason.RESTORED_DB)
    assert log.state(accepted.id) is State.ACCEPTED
    assert Meta(log.database).epoch == read_high_water(high_water) == 6
    assert not start(log, high_water).is_older_database, "it is the one in use from now on"
    assert log.state(queued) is State.HELD


@pytest.mark.parametrize("has_note", [True, False])
def test_a_backup_of_the_last_run_put_back_by_hand_holds_all_that_waits(
    log: Log, high_water: Path, tmp_path: Path, has_note: bool
) -> None:
    """What was queued when it was made was sent a minute later."""
    start(log, high_water)
    (message_id,) = log.queue()
    backup = back_up(log.database, tmp_path / "backups", at=NOW, why="daily")
    if not has_note:
        high_water.unlink()
    restored = Log(Database(backup))
    found = start(restored, high_water)

    assert found.is_older_database
    assert states(restored)[message_id] == (State.HELD, HeldReason.RESTORED_DB)
    restored.database.close_thread()


@pytest.mark.parametrize(
    "content", ["", "no JSON", "[]", '{"epoch": "7"}', '{"epoch": null}', "\x00"]
)
def test_a_broken_note_counts_as_none(high_water: Path, content: str) -> None:
    high_water.write_text(content)

    assert read_high_water(high_water) == 0


def test_the_note_is_replaced_in_one_step(high_water: Path) -> None:
    write_high_water(high_water, 3)
    write_high_water(high_water, 4)

    assert read_high_water(high_water) == 4
    assert [file.name for file in high_water.parent.iterdir()] == [high_water.name]


# F09: killed in the middle, again and again

KILLED = """
import os, sqlite3, sys
from datetime import datetime, UTC
from pathlib import Path
from smsdesk.delivery.recovery import recover
from smsdesk.store.database import Database
from smsdesk.store.message_log import MessageLog
from smsdesk.store.meta import Meta

home, boot, calls = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def count(frame, event, argument):
    # Every call into the store or the recovery is a place to die at.
    global calls
    if event == "call" and "smsdesk" in frame.f_code.co_filename:
        calls -= 1
        if calls == 0:
            os._exit(137)

database = Database(home / "smsdesk.db")
log = MessageLog(database, lambda _ids: None, boot_id=boot)
sys.setprofile(count)
recover(log, Meta(database), high_water=home / "high-water.json",
        at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
os._exit(0)
"""


@pytest.mark.case("F09")
def test_killed_fifty_times_in_its_middle_it_ends_the_same(
    database: Database, high_water: Path
) -> None:
    earlier = Log(database, boot_id="earlier")
    write_high_water(high_water, 9)
    earlier.sending()
    earlier.queue(2)
    earlier.log.hold_queued(HeldReason.AUTH, at=NOW)
    earlier.queue(2)
    earlier.accepted(UUID)
    earlier.queue(state=State.SCHEDULED, due_at=NOW + minutes(60))
    before = states(earlier)
    database.close_thread()

    codes = []
    for number in range(50):
        killed = subprocess.run(
            [
                sys.executable,
                "-c",
                KILLED,
                database.path.parent,
                f"boot {number}",
                str(number + 1),
            ],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        codes.append(killed.returncode)
    log = Log(database, boot_id="last")
    start(log, high_water)

    assert codes.count(137) >= 20, "too few deaths in the middle"
    expected = {
        State.SENDING: (State.UNKNOWN, None),
        State.HELD: (State.HELD, HeldReason.RESTORED_DB),
        State.QUEUED: (State.HELD, HeldReason.RESTORED_DB),
        State.SCHEDULED: (State.HELD, HeldReason.RESTORED_DB),
        State.ACCEPTED: (State.ACCEPTED, None),
    }
    assert states(log) == {one: expected[state] for one, (state, _) in before.items()}
    assert Meta(database).epoch == read_high_water(high_water)


@pytest.mark.case("F52")
def test_a_log_that_lost_its_newest_commits_holds_all_that_waits(
    log: Log, high_water: Path, tmp_path: Path
) -> None:
    """The write-ahead log beside it was deleted: what was sent last may look unsent."""
    (message_id,) = log.queue()
    assert log.database.empty_wal()
    start(log, high_water)
    claim = log.claim(message_id)
    assert claim is not None
    rest = tmp_path / "without its write-ahead log.db"
    shutil.copyfile(log.database.path, rest)

    without = Log(Database(rest))
    found = start(without, high_water)

    assert found.is_older_database
    assert states(without)[message_id] == (State.HELD, HeldReason.RESTORED_DB)
    without.database.close_thread()


@pytest.mark.case("G13")
def test_a_long_log_costs_the_start_nothing(database: Database, high_water: Path) -> None:
    """Counted in the machine steps of SQLite, which are the same on every computer."""
    earlier = Log(database, boot_id="earlier")
    for _ in range(20):
        earlier.sending()

    def steps_of_a_start() -> int:
        seen: list[None] = []
        database.connection.set_progress_handler(lambda: seen.append(None), 100)
        start(Log(database, boot_id="now"), high_water)
        database.connection.set_progress_handler(None, 0)
        database.connection.execute(
            "UPDATE message SET state = 'sending' WHERE state = 'unknown'"
        )
        database.connection.execute(
            "UPDATE attempt SET finished_ms = NULL, boot_id = 'earlier' WHERE true"
        )
        return len(seen)

    short = steps_of_a_start()
    database.connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        "INSERT INTO message (id, direction, channel, state, recipient, sender, text, encoding, "
        "parts, created_ms, updated_ms, attempts) SELECT 'old ' || i, 'outbound', 'sms', "
        "'delivered', '+447700900000', 'ACME', 'Hello', 'GSM-7', 1, 1, 1, 1 FROM n"
    )

    assert steps_of_a_start() < 2 * short
