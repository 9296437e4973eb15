"""A large file is checked once, and a backup is made a day (F56)."""

import threading
from pathlib import Path

import pytest

from smsdesk.delivery import upkeep
from smsdesk.delivery.upkeep import Upkeep
from smsdesk.store import retention
from smsdesk.store.database import Database
from smsdesk.store.errors import DatabaseBusyError, DatabaseDamagedError
from smsdesk.store.history import HistoryFilter
from smsdesk.store.retention import BATCH, KeptDays, Retention
from smsdesk.store.upkeep import backups
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import LEAST_FREE_BYTES
from tests.support import NOW, Log, TurnedClock, until


class House:
    """An upkeep, and what it called out."""

    def __init__(self, database: Database) -> None:
        self.clock = TurnedClock()
        self.backups = database.path.parent / "backups"
        self.damages = 0
        self.is_left_alone = False
        self.kept = KeptDays(texts=90, messages=396, events=396)
        self.upkeep = Upkeep(
            database=database,
            backups=self.backups,
            clock=self.clock,
            on_damage=self.call_out,
            retention=Retention(database, lambda _ids: None),
            kept=lambda: self.kept,
            finish=lambda: None,
            lock=ProcessLock(database.path.parent / "copies.lock"),
            is_left_alone=lambda: self.is_left_alone,
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


def test_what_a_killed_run_left_of_a_copy_goes_with_the_next_backup(
    house: House, database: Database
) -> None:
    house.backups.mkdir()
    left = (
        house.backups / "smsdesk-20260101T000000000000-daily.part",
        database.path.with_name("smsdesk.db.restored"),
        database.path.with_name("smsdesk.db.restored.part-wal"),
    )
    for path in left:
        path.touch()
    house.upkeep.look()

    assert not any(path.exists() for path in left)


def test_no_backup_is_made_while_somebody_is_at_the_copies(house: House) -> None:
    lock = ProcessLock(house.backups.parent / "copies.lock")
    assert lock.try_acquire()
    assert not house.upkeep.look()
    lock.release()

    assert house.upkeep.look()


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


def test_old_texts_go_once_a_day_from_the_log_and_then_from_its_copies(
    house: House, log: Log
) -> None:
    """A backup holds what has been removed for a week at most."""
    (message_id,) = log.queue(at=house.clock.now())
    log.log.cancel(message_id, at=house.clock.now())
    stop = threading.Event()
    assert house.upkeep.remove(stop)
    assert house.upkeep.look()
    (holds_it,) = backups(house.backups)
    for day in range(1, 98):
        house.clock.turn(24 * 3600 + 1)
        assert house.upkeep.remove(stop)
        assert not house.upkeep.remove(stop)
        if day == 90:
            house.upkeep.look()
            newest = backups(house.backups)[0]
        house.upkeep.forget_copies()
        message = log.view.get(message_id)
        assert message is not None
        assert bool(message.text) == (day < 90)
    assert not holds_it.exists()
    assert newest.exists()


def test_after_a_removal_that_is_put_off_no_copy_goes(house: House) -> None:
    """The date may be wrong by years, and a backup that is gone is gone."""
    stop = threading.Event()
    for _ in range(2):
        house.upkeep.remove(stop)
        house.upkeep.look()
        house.clock.turn(2 * 24 * 3600)
    house.clock.set(3650 * 24 * 3600)
    assert not house.upkeep.remove(stop)
    house.upkeep.forget_copies()

    assert len(backups(house.backups)) == 2


def test_where_all_is_kept_for_ever_so_are_the_copies(house: House) -> None:
    house.kept = KeptDays(texts=0, messages=0, events=0)
    for _ in range(2):
        house.upkeep.remove(threading.Event())
        house.upkeep.look()
        house.clock.turn(20 * 24 * 3600)
    house.upkeep.remove(threading.Event())
    house.upkeep.forget_copies()

    assert len(backups(house.backups)) == 2


def test_a_removal_ends_when_told_and_goes_on_another_time(house: House, log: Log) -> None:
    for message_id in log.queue(BATCH + 1):
        log.log.cancel(message_id, at=NOW)
    stop = threading.Event()
    stop.set()
    assert not house.upkeep.remove(stop)
    left = log.database.connection.execute("SELECT count(*) FROM message WHERE text <> ''")
    assert left.fetchone()[0] in (0, 1)
    stop.clear()

    assert house.upkeep.remove(stop)


def test_on_a_nearly_full_disk_nothing_is_removed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "free_bytes", lambda _folder: LEAST_FREE_BYTES - 1)

    assert not house.upkeep.remove(threading.Event())


def test_a_removal_that_fails_is_logged_by_its_name_and_the_backup_is_made(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> KeptDays:
        raise DatabaseBusyError("a text of a customer's")

    house.upkeep._kept = fail
    monkeypatch.setattr(upkeep, "FIRST_LOOK_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=house.upkeep.run, args=(stop,))
    thread.start()
    until(lambda: len(backups(house.backups)) == 1)
    stop.set()
    thread.join(10)

    assert "nothing old could be removed: DatabaseBusyError" in caplog.text
    assert "customer" not in caplog.text


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


@pytest.mark.case("F56")
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


def test_a_large_log_is_written_anew_at_night_and_where_there_is_room(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Retention, "is_worn", lambda _retention, at: True)
    stop = threading.Event()
    assert house.upkeep.write_anew(stop)

    monkeypatch.setattr(upkeep, "LARGE_BYTES", 1)
    monkeypatch.setattr(upkeep, "NIGHT", ())
    house.is_left_alone = True
    assert not house.upkeep.write_anew(stop), "it is not night"
    monkeypatch.setattr(upkeep, "NIGHT", range(24))
    assert house.upkeep.write_anew(stop)
    monkeypatch.setattr(upkeep, "free_bytes", lambda _folder: LEAST_FREE_BYTES)
    assert not house.upkeep.write_anew(stop), "there is no room"


def test_after_a_week_of_nights_in_which_it_was_off_it_is_done_when_nobody_is_there(
    house: House, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LARGE_BYTES", 1)
    monkeypatch.setattr(upkeep, "NIGHT", ())
    stop = threading.Event()
    (message_id,) = log.queue(at=house.clock.now())
    log.log.cancel(message_id, at=house.clock.now())
    for _quarter in range(4):
        house.clock.turn(25 * 24 * 3600)
        house.upkeep.remove(stop)
    house.is_left_alone = True
    assert not house.upkeep.write_anew(stop), "a night may still come"

    house.clock.turn(7 * 24 * 3600)
    house.is_left_alone = False
    assert not house.upkeep.write_anew(stop), "somebody is there"
    house.is_left_alone = True
    assert house.upkeep.write_anew(stop)
    assert not house.upkeep.write_anew(stop), "it is done"


def test_writing_anew_is_given_up_for_somebody_who_comes_back_and_done_another_time(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.queue(300)
    worn = Retention(log.database, lambda _ids: None)
    monkeypatch.setattr(retention, "OPERATIONS_BETWEEN_LOOKS", 100)
    looks: list[int] = []

    def go_on() -> bool:
        looks.append(1)
        return len(looks) < 5

    assert not worn.write_anew(at=NOW, go_on=go_on)
    assert len(looks) == 5
    assert worn.write_anew(at=NOW)
    assert len(log.view.page(HistoryFilter(), limit=500)) == 300
