"""Opening told in its states: new, good, damaged, foreign, newer, full; and the way back (F51 to
F54)."""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smsdesk.delivery.recovery import recover
from smsdesk.desk.opening import OpeningError, replace_damaged_database
from smsdesk.sms.message import Draft
from smsdesk.sms.state import HeldReason, State
from smsdesk.store import migrations
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import back_up, backups
from tests.desk.office import Office
from tests.support import NOW, Log, StoppedClock, minutes

DRAFT = Draft("SMSDesk", "+447700900000", "The van is here.")


def opening_error(office: Office) -> OpeningError:
    with pytest.raises(OpeningError) as caught:
        office.open()
    return caught.value


def damage(path: Path, *, keep: int = 4096) -> None:
    """Overwrite everything behind the first page."""
    with path.open("r+b") as file:
        file.seek(keep)
        file.write(b"\xa5" * max(4096, path.stat().st_size - keep))


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fill(office: Office, *, count: int = 30) -> list[str]:
    """A profile with messages, closed again."""
    desk = office.open()
    log = office.log()
    ids = log.queue(count)
    log.database.close_thread()
    desk.close()
    return ids


def test_a_new_profile_opens_empty(office: Office) -> None:
    desk = office.open()

    assert desk.history.page(HistoryFilter()) == []
    names = [service.name for service in desk.services]
    assert names == [
        *("sender", "receipts", "replies", "upkeep", "indexing"),
        *("prices", "account", "receiver", "way_in"),
    ]
    assert desk.notices == ()


def test_what_was_stored_is_there_at_the_next_start(office: Office) -> None:
    ids = fill(office)

    found = office.open().history.page(HistoryFilter())
    assert [message.id for message in found] == ids[::-1]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_can_read_what_it_keeps(office: Office) -> None:
    office.open().compose.send(DRAFT)

    modes = {file.stat().st_mode & 0o077 for file in office.paths.home.rglob("*")}
    assert modes == {0}


@pytest.mark.case("F51")
def test_a_damaged_file_is_named_and_left_as_it_is(office: Office) -> None:
    fill(office, count=300)
    damage(office.paths.database)
    before = fingerprint(office.paths.database)
    error = opening_error(office)

    assert (error.code, error.path) == ("damaged", office.paths.database)
    assert error.is_repairable
    assert fingerprint(office.paths.database) == before


@pytest.mark.case("F53")
def test_a_newer_file_is_refused_and_left_as_it_is(office: Office) -> None:
    fill(office)
    with closing(sqlite3.connect(office.paths.database)) as connection:
        connection.execute(f"PRAGMA user_version={migrations.NEWEST + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = fingerprint(office.paths.database)
    error = opening_error(office)

    assert (error.code, error.is_repairable) == ("newer", False)
    assert fingerprint(office.paths.database) == before
    assert backups(office.paths.backups) == []


@pytest.mark.case("F54")
@pytest.mark.parametrize(
    ("content", "code"), [(b"", "foreign"), (b"no database at all " * 300, "damaged")]
)
def test_a_file_put_in_its_place_is_refused_and_left_as_it_is(
    office: Office, content: bytes, code: str
) -> None:
    fill(office)
    office.paths.database.write_bytes(content)

    assert opening_error(office).code == code
    assert office.paths.database.read_bytes() == content


@pytest.mark.case("F54")
def test_a_foreign_database_is_refused(office: Office) -> None:
    fill(office)
    office.paths.database.unlink()
    with closing(sqlite3.connect(office.paths.database)) as connection, connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")

    assert opening_error(office).code == "foreign"


def test_a_folder_where_the_log_should_be_is_an_error_and_no_traceback(office: Office) -> None:
    office.paths.database.mkdir(parents=True)

    assert opening_error(office).code == "io_error"


def test_a_file_where_the_folder_should_be_is_named(office: Office) -> None:
    office.folder.parent.mkdir(exist_ok=True)
    office.folder.write_text("not a folder")
    error = opening_error(office)

    assert (error.code, error.path) == ("not_a_folder", office.folder)


@pytest.mark.case("T21", "F93")
def test_a_folder_on_a_network_drive_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsdesk.system.paths.file_system_of", lambda _path: "nfs4")

    assert opening_error(office).code == "not_local"
    assert not office.folder.exists()


def test_a_write_ahead_log_without_its_database_is_not_taken_for_the_new_ones(
    office: Office,
) -> None:
    fill(office)
    desk = office.open()
    log = office.log()
    log.queue(5)
    wal = office.paths.database.with_name("smsdesk.db-wal")
    orphan = wal.read_bytes()
    assert orphan
    log.database.close_thread()
    desk.close()
    office.paths.database.unlink()
    wal.write_bytes(orphan)

    assert office.open().history.page(HistoryFilter()) == []
    (aside,) = office.paths.home.glob("smsdesk-damaged-*-wal")
    assert aside.read_bytes() == orphan


def test_a_file_of_an_older_version_is_backed_up_before_it_is_changed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(office)

    def one_more(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE more (n INTEGER) STRICT")

    monkeypatch.setattr(migrations, "NEWEST", migrations.NEWEST + 1)
    monkeypatch.setattr(
        migrations.migrate, "__kwdefaults__", {"steps": (*migrations.MIGRATIONS, one_more)}
    )
    heard: list[float] = []
    desk = office.open(on_update=heard.append)

    assert heard == sorted(heard)
    assert (0 < heard[0] < 1, heard[-1]) == (True, 1)
    assert len(desk.history.page(HistoryFilter())) == len(ids)
    (backup,) = backups(office.paths.backups)
    copy = Database(backup)
    assert migrations.schema_version(copy) == migrations.NEWEST - 1
    copy.close_thread()


# The way back


def make_backup(office: Office, *, clock: StoppedClock | None = None) -> Path:
    database = Database(office.paths.database)
    at = (clock or StoppedClock()).now()
    path = back_up(database, office.paths.backups, at=at, why="daily")
    database.close_thread()
    return path


def start_sender(office: Office) -> Log:
    """What the sender does first at the next start."""
    log = office.log()
    recover(log.log, Meta(log.database), high_water=office.paths.high_water, at=NOW)
    return log


@pytest.mark.case("F51")
def test_the_newest_backup_comes_back_and_what_waited_in_it_is_held(office: Office) -> None:
    """Even one made during the very run that was the last."""
    ids = fill(office, count=300)
    start_sender(office).database.close_thread()
    backup = make_backup(office)
    damage(office.paths.database)

    assert replace_damaged_database(office.paths, clock=office.clock) == backup
    desk = office.open()
    log = start_sender(office)
    found = desk.history.get_many(ids)
    assert len(found) == 300
    assert {(message.state, message.held_reason) for message in found} == {
        (State.HELD, HeldReason.RESTORED_DB)
    }
    log.database.close_thread()
    assert len(list(office.paths.home.glob("smsdesk-damaged-*.db"))) == 1, "nothing is deleted"


def test_a_backup_that_is_damaged_too_is_passed_over(office: Office) -> None:
    ids = fill(office, count=300)
    good = make_backup(office)
    clock = StoppedClock()
    clock.move(minutes(60))
    bad = make_backup(office, clock=clock)
    damage(bad)
    damage(office.paths.database)

    assert replace_damaged_database(office.paths) == good
    assert len(office.open().history.get_many(ids)) == 300
    assert bad.exists()


def test_a_repair_that_was_broken_off_is_finished_by_the_next_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(office)
    make_backup(office)
    damage(office.paths.database)
    put_in_place = Path.rename

    def die(self: Path, target: Path) -> Path:
        if self.name.endswith(".restored"):
            raise KeyboardInterrupt
        return put_in_place(self, target)

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        replace_damaged_database(office.paths)
    monkeypatch.undo()

    assert not office.paths.database.exists()
    assert len(office.open().history.get_many(ids)) == len(ids)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_what_comes_back_is_for_nobody_else(office: Office) -> None:
    fill(office)
    make_backup(office)
    replace_damaged_database(office.paths)

    assert office.paths.database.stat().st_mode & 0o777 == 0o600
    assert not list(office.paths.home.glob("*.restored*"))


def test_without_a_backup_a_new_log_begins(office: Office) -> None:
    fill(office, count=300)
    damage(office.paths.database)

    assert replace_damaged_database(office.paths) is None
    assert office.open().history.page(HistoryFilter()) == []
