"""One file, opened by the rules of durability, and refused where it is not ours."""

import hashlib
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from smsdesk.store import migrations
from smsdesk.store.database import (
    APPLICATION_ID,
    BUSY_TIMEOUT_MS,
    Database,
    check_header,
    create_file,
    integrity_check,
    quick_check,
    read_header,
)
from smsdesk.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DiskFullError,
    ForeignDatabaseError,
    NewerDatabaseError,
    ReadOnlyError,
    StoreError,
)
from smsdesk.store.meta import Meta
from tests.store.small_disk import make_read_only, small_disk
from tests.support import Log

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
    "secure_delete": 1,
    "busy_timeout": BUSY_TIMEOUT_MS,
}


def read_pragmas(database: Database) -> dict[str, object]:
    return {
        name: database.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS
    }


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_header(path: Path, **pragmas: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_every_connection_obeys_the_rules(database: Database) -> None:
    found = [read_pragmas(database)]

    def look() -> None:
        found.append(read_pragmas(database))
        database.close_thread()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    database.close_thread()
    found.append(read_pragmas(database))

    assert found == [PRAGMAS] * 3


@pytest.mark.skipif(sys.platform != "darwin", reason="only macOS needs it")
def test_macos_syncs_to_the_platter(database: Database) -> None:
    connection = database.connection
    assert connection.execute("PRAGMA fullfsync").fetchone()[0] == 1
    assert connection.execute("PRAGMA checkpoint_fullfsync").fetchone()[0] == 1


def test_each_thread_has_a_connection_of_its_own(database: Database) -> None:
    connections = [database.connection, database.connection]
    thread = threading.Thread(target=lambda: connections.append(database.connection))
    thread.start()
    thread.join()

    assert connections[0] is connections[1]
    assert connections[2] is not connections[0]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_nobody_else_can_read_the_file_or_its_companions(database: Database) -> None:
    Meta(database).set("a", "b")

    for suffix in ("", "-wal", "-shm"):
        companion = database.path.with_name(database.path.name + suffix)
        assert stat.S_IMODE(companion.stat().st_mode) == 0o600


def test_a_file_is_never_made_over_another(tmp_path: Path) -> None:
    create_file(tmp_path / "a.db")

    with pytest.raises(FileExistsError):
        create_file(tmp_path / "a.db")


def test_a_block_is_committed_as_a_whole_or_not_at_all(database: Database) -> None:
    def begin_and_break_off() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO meta VALUES ('a', '1')")
            raise KeyError

    with pytest.raises(KeyError):
        begin_and_break_off()

    assert Meta(database).get("a") is None
    assert not database.connection.in_transaction


@pytest.mark.case("F55")
def test_a_writer_that_does_not_let_go_makes_the_file_busy(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsdesk.store.database.BUSY_TIMEOUT_MS", 20)
    impatient = Database(database.path)
    other = sqlite3.connect(database.path, isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusyError), impatient.transaction():
            pass
        other.execute("ROLLBACK")
        with impatient.transaction() as connection:
            connection.execute("INSERT INTO meta VALUES ('a', '1')")
    impatient.close_thread()

    assert Meta(database).get("a") == "1"


def test_the_data_version_tells_of_other_commits_only(database: Database) -> None:
    before = database.data_version()
    Meta(database).set("ours", "1")
    own = database.data_version()
    with closing(sqlite3.connect(database.path)) as other, other:
        other.execute("INSERT INTO meta VALUES ('theirs', '1')")

    assert own == before
    assert database.data_version() != before


def test_the_header_is_read_from_the_log_too(database: Database) -> None:
    """What was committed a moment ago may still be in the -wal file only."""
    database.connection.execute("PRAGMA user_version=41")

    assert read_header(database.path).user_version == 41
    assert read_header(database.path).application_id == APPLICATION_ID


def test_our_own_file_passes(database: Database) -> None:
    check_header(database.path, newest=migrations.NEWEST)
    quick_check(database)
    integrity_check(database)


def test_a_newer_file_is_refused_and_left_as_it_is(database: Database) -> None:
    set_header(database.path, user_version=migrations.NEWEST + 1)
    before = hash_of(database.path)

    with pytest.raises(NewerDatabaseError):
        check_header(database.path, newest=migrations.NEWEST)

    assert hash_of(database.path) == before


def test_a_file_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "cookies.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")
    before = hash_of(path)

    with pytest.raises(ForeignDatabaseError):
        check_header(path, newest=migrations.NEWEST)

    assert hash_of(path) == before


def test_an_empty_file_is_refused_and_stays_empty(tmp_path: Path) -> None:
    path = tmp_path / "smsdesk.db"
    create_file(path)

    with pytest.raises(ForeignDatabaseError):
        check_header(path, newest=migrations.NEWEST)

    assert path.stat().st_size == 0


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"x", ForeignDatabaseError), (b"no database at all " * 300, DatabaseDamagedError)],
    ids=["byte", "text"],
)
def test_what_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes, error: type[StoreError]
) -> None:
    path = tmp_path / "smsdesk.db"
    path.write_bytes(content)

    with pytest.raises(error):
        check_header(path, newest=migrations.NEWEST)

    assert path.read_bytes() == content


def damage_pages(path: Path) -> None:
    """Overwrite everything behind the first page."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def test_a_damaged_page_is_found(log: Log) -> None:
    log.queue(200)
    log.database.close_thread()
    damage_pages(log.database.path)

    with pytest.raises(DatabaseDamagedError):
        quick_check(log.database)
    with pytest.raises(DatabaseDamagedError):
        integrity_check(log.database)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", size="1m") as folder:
        yield folder


@pytest.mark.case("F44")
def test_a_full_disk_keeps_what_was_committed(full_disk: Path) -> None:
    path = full_disk / "smsdesk.db"
    migrations.create(path)
    log = Log(Database(path))
    stored: list[str] = []

    def fill() -> None:
        while True:
            stored.extend(log.queue(20, text="x" * 600))

    with pytest.raises(DiskFullError):
        fill()
    log.database.close_thread()

    integrity_check(log.database)
    assert stored
    assert [message.id for message in log.view.get_many(stored)] == stored
    assert len(log.view.batch("")) == 0
    log.database.close_thread()


@pytest.mark.case("F48")
def test_a_disk_that_became_read_only_is_named_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", size="4m") as folder:
        migrations.create(folder / "smsdesk.db")
        database = Database(folder / "smsdesk.db")
        make_read_only(folder)
        with pytest.raises(ReadOnlyError):
            Meta(database).set("a", "b")
        database.close_thread()
