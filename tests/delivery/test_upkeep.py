"""A large file is checked once, and a backup is made a day (F56)."""

import threading
from pathlib import Path

import pytest

from smsdesk.delivery import upkeep
from smsdesk.delivery.upkeep import Upkeep
from smsdesk.store.database import Database
from smsdesk.store.errors import DatabaseBusyError, DatabaseDamagedError
from smsdesk.store.upkeep import backups
from smsdesk.system.paths import LEAST_FREE_BYTES
from tests.support import Log, TurnedClock, until


class House:
    """An upkeep, and what it called out."""

    def __init__(self, database: Database) -> None:
        self.clock = TurnedClock()
        self.backups = database.path.parent / "backups"
        self.damages = 0
        self.upkeep = Upkeep(
            database=database, backups=self.backups, clock=self.clock, on_damage=self.call_out
        )

    def call_out(self) -> None:
        self.damages += 1


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


def test_a_backup_is_made_a_day_and_not_oftener(house: House) -> None:
    assert house.upkeep.look()
    assert not house.upkeep.look()
    house.clock.turn(25 * 3600)
    assert house.upkeep.look()
    assert len(backups(house.backups)) == 2


def test_on_a_nearly_full_disk_no_backup_is_made(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "free_bytes", lambda _folder: LEAST_FREE_BYTES)

    assert not house.upkeep.look()
    assert not house.backups.exists()


def test_the_service_makes_its_first_backup_soon_and_ends_when_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "FIRST_LOOK_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=house.upkeep.run, args=(stop,))
    thread.start()
    until(lambda: len(backups(house.backups)) == 1)
    stop.set()
    thread.join(10)

    assert not thread.is_alive()


def test_a_backup_that_fails_is_logged_and_the_service_lives(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.backups.write_text("a file where the folder should be")
    monkeypatch.setattr(upkeep, "FIRST_LOOK_S", 0.01)
    monkeypatch.setattr(upkeep, "LOOK_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=house.upkeep.run, args=(stop,))
    thread.start()
    until(lambda: any("no backup" in record.message for record in caplog.records))
    house.backups.unlink()
    until(lambda: len(backups(house.backups)) == 1)
    stop.set()
    thread.join(10)

    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("error", "damages"),
    [(None, 0), (DatabaseDamagedError("page 7"), 1), (DatabaseBusyError("busy"), 0)],
)
def test_a_large_file_is_checked_and_damage_called_out(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception | None, damages: int
) -> None:
    checked: list[Path] = []

    def check(database: Database) -> None:
        checked.append(database.path)
        if error is not None:
            raise error

    monkeypatch.setattr(upkeep, "quick_check", check)
    monkeypatch.setattr(upkeep, "CHECKED_AT_OPENING_BYTES", 0)
    house.upkeep.check()

    assert len(checked) == 1
    assert house.damages == damages


def test_a_small_file_was_checked_at_the_opening(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "quick_check", lambda _database: pytest.fail("checked twice"))
    house.upkeep.check()


def test_a_backup_beside_a_busy_writer_is_sound(house: House, log: Log) -> None:
    stop = threading.Event()
    written: list[str] = []

    def write() -> None:
        own = Log(Database(log.database.path))
        while not stop.is_set():
            written.extend(own.queue(5))
        own.database.close_thread()

    thread = threading.Thread(target=write)
    thread.start()
    until(lambda: len(written) > 20)
    house.upkeep.look()
    stop.set()
    thread.join()
    (path,) = backups(house.backups)
    copy = Log(Database(path))

    assert copy.view.get(written[0]) is not None
    assert len(log.view.get_many(written)) == len(written)
    copy.database.close_thread()
