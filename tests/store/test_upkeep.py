"""Backups that can be trusted, and room kept for a full disk."""

import os
import stat
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from smsdesk.sms.state import State
from smsdesk.store import database, migrations, upkeep
from smsdesk.store.database import Database, check_header, integrity_check
from smsdesk.store.errors import DatabaseDamagedError, DiskFullError
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import (
    BALLAST_BYTES,
    KEPT_BACKUPS,
    Ballast,
    back_up,
    backups,
    newest_backup_at,
    set_aside,
)
from tests.store.small_disk import small_disk
from tests.support import NOW, Log, minutes


@pytest.mark.case("F56")
def test_a_backup_is_a_sound_log_of_its_own(log: Log, tmp_path: Path) -> None:
    (message_id,) = log.queue()
    path = back_up(log.database, tmp_path / "backups", at=NOW, why="daily")
    log.log.cancel(message_id, at=NOW)

    check_header(path, newest=migrations.NEWEST)
    copy = Log(Database(path))
    integrity_check(copy.database)
    assert copy.state(message_id) is State.QUEUED
    assert path.name == "smsdesk-20260302T090000000000-daily.db"
    copy.database.close_thread()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_backup_is_for_nobody_else(log: Log, tmp_path: Path) -> None:
    path = back_up(log.database, tmp_path / "backups", at=NOW, why="daily")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_backup_is_a_single_file(log: Log, tmp_path: Path) -> None:
    back_up(log.database, tmp_path / "backups", at=NOW, why="daily")

    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_a_backup_of_this_very_run_counts_as_older_than_the_run(
    log: Log, tmp_path: Path
) -> None:
    """What was queued when it was made may have been sent a minute later."""
    Meta(log.database).advance_epoch(0)
    copy = Database(back_up(log.database, tmp_path / "backups", at=NOW, why="daily"))

    assert Meta(copy).epoch < Meta(log.database).epoch
    assert Meta(copy).epoch < 0, "nor may a lost note of the last run hide it"
    copy.close_thread()


def test_a_backup_tells_how_far_its_check_has_come_too(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "OPERATIONS_BETWEEN_LOOKS", 500)
    log.queue(60)
    told: list[float] = []
    back_up(log.database, tmp_path / "backups", at=NOW, why="daily", on_progress=told.append)

    assert told == sorted(told)
    steps = [after - before for before, after in pairwise(told)]
    assert max(steps) < 0.2
    assert told[-1] > 0.7


def test_only_the_newest_seven_backups_stay(log: Log, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    made = [
        back_up(log.database, folder, at=NOW + timedelta(days=day), why="daily")
        for day in range(KEPT_BACKUPS + 2)
    ]

    assert backups(folder) == made[:1:-1]
    assert newest_backup_at(folder) == made[-1].stat().st_mtime


def test_without_backups_there_is_no_newest(tmp_path: Path) -> None:
    assert backups(tmp_path) == []
    assert newest_backup_at(tmp_path) is None


@pytest.mark.case("F56")
def test_a_copy_that_fails_the_check_gets_no_name(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    good = back_up(log.database, folder, at=NOW, why="daily")

    def damage(_path: Path) -> None:
        raise DatabaseDamagedError("the copy does not pass the check")

    monkeypatch.setattr(upkeep, "sync", damage)
    with pytest.raises(DatabaseDamagedError):
        back_up(log.database, folder, at=NOW + minutes(1), why="daily")

    assert list(folder.iterdir()) == [good]


def test_a_backup_that_finds_no_room_leaves_nothing_behind(log: Log, tmp_path: Path) -> None:
    log.queue(300, text="x" * 1000)
    with small_disk(tmp_path / "disk", size="200k") as folder:
        with pytest.raises(DiskFullError):
            back_up(log.database, folder / "backups", at=NOW, why="daily")
        assert list((folder / "backups").iterdir()) == []


@pytest.mark.case("F56")
def test_a_backup_while_another_connection_writes_is_sound(log: Log, tmp_path: Path) -> None:
    other = Log(Database(log.database.path))
    with other.database.transaction() as connection:
        connection.execute("INSERT INTO meta VALUES ('half', 'written')")
        path = back_up(log.database, tmp_path / "backups", at=NOW, why="daily")
    other.database.close_thread()

    copy = Database(path)
    assert Meta(copy).get("half") is None
    copy.close_thread()


@pytest.mark.case("F51")
def test_a_damaged_log_is_set_aside_with_its_companions(tmp_path: Path) -> None:
    path = tmp_path / "smsdesk.db"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).write_text(f"content{suffix}")
    aside = set_aside(path, at=NOW)

    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "smsdesk-damaged-20260302T090000000000.db",
        "smsdesk-damaged-20260302T090000000000.db-shm",
        "smsdesk-damaged-20260302T090000000000.db-wal",
    ]
    assert aside.read_text() == "content"


def test_ballast_takes_room_and_gives_it_back(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "ballast")
    for _ in range(2):
        ballast.load()
    assert (tmp_path / "ballast").stat().st_size == BALLAST_BYTES
    ballast.drop()
    ballast.drop()

    assert list(tmp_path.iterdir()) == []


def test_half_a_ballast_is_loaded_anew(tmp_path: Path) -> None:
    (tmp_path / "ballast").write_bytes(b"half")
    Ballast(tmp_path / "ballast").load()

    assert (tmp_path / "ballast").stat().st_size == BALLAST_BYTES


def test_on_a_nearly_full_disk_no_ballast_is_taken(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="1m") as folder:
        Ballast(folder / "ballast").load()

        assert list(folder.iterdir()) == []


@pytest.mark.case("F46")
def test_the_ballast_is_room_enough_to_write_results_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="12m") as folder:
        ballast = Ballast(folder / "ballast")
        ballast.load()
        migrations.create(folder / "smsdesk.db")
        log = Log(Database(folder / "smsdesk.db"))
        claim = log.sending()

        def fill() -> None:
            while True:
                log.queue(50, text="x" * 1000)

        def fill_the_rest() -> None:
            for number in range(10_000):
                Meta(log.database).set(f"more {number}", "x" * 1000)

        with pytest.raises(DiskFullError):
            fill()
        with pytest.raises(DiskFullError):
            fill_the_rest()
        ballast.drop()
        log.finish(claim, State.UNKNOWN, unknown_reason="closed")

        assert log.state(claim.id) is State.UNKNOWN
        log.database.close_thread()
