"""The schema is the sum of its steps, and files of every released version open."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from smsdesk.sms.state import State
from smsdesk.store import migrations
from smsdesk.store.database import (
    APPLICATION_ID,
    Database,
    check_header,
    create_file,
    integrity_check,
)
from smsdesk.store.errors import DatabaseDamagedError, ForeignDatabaseError
from smsdesk.store.events import ReceiptBook
from smsdesk.store.history import HistoryFilter, HistoryView
from tests.support import NOW, Log, receipt

SAVED = sorted((Path(__file__).parent / "saved").glob("version_*.sql"))


def schema_of(database: Database) -> list[tuple[str, str]]:
    rows = database.connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    )
    return [(row["name"], " ".join(row["sql"].split())) for row in rows]


def restore(saved: Path, path: Path) -> Database:
    create_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(saved.read_text("utf-8"))
    return Database(path)


def test_a_new_file_has_its_mark_and_the_newest_version(database: Database) -> None:
    check_header(database.path, newest=migrations.NEWEST)

    assert migrations.schema_version(database) == migrations.NEWEST
    assert database.connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert migrations.migrate(database) == 0
    integrity_check(database)


def test_what_a_broken_off_beginning_left_is_not_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "smsdesk.db"
    (tmp_path / "smsdesk.db.new").write_bytes(b"half a file")
    (tmp_path / "smsdesk.db.new-wal").write_bytes(b"half a log")
    migrations.create(path)

    assert [file.name for file in tmp_path.iterdir()] == ["smsdesk.db"]
    check_header(path, newest=migrations.NEWEST)


@pytest.mark.parametrize("saved", SAVED, ids=lambda saved: saved.stem)
def test_a_saved_file_of_every_version_opens_and_becomes_like_a_new_one(
    saved: Path, tmp_path: Path, database: Database
) -> None:
    old = restore(saved, tmp_path / "old.db")
    check_header(old.path, newest=migrations.NEWEST)
    migrations.migrate(old)

    assert schema_of(old) == schema_of(database)
    integrity_check(old)
    view = HistoryView(old)
    messages = view.page(HistoryFilter())
    assert {message.state for message in messages} >= {
        State.QUEUED,
        State.UNKNOWN,
        State.DELIVERED,
    }
    assert all(view.events(message.id) for message in messages)
    old.close_thread()


@pytest.mark.parametrize("saved", SAVED, ids=lambda saved: saved.stem)
def test_a_saved_file_of_every_version_can_be_worked_with(saved: Path, tmp_path: Path) -> None:
    old = restore(saved, tmp_path / "old.db")
    migrations.migrate(old)
    log = Log(old)
    (message_id,) = log.queue()
    claim = log.claim(message_id)
    assert claim is not None
    ReceiptBook(old, log.news.append).record(
        [receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW
    )

    assert log.state(message_id) is State.DELIVERED
    old.close_thread()


def test_there_is_a_saved_file_of_every_version() -> None:
    assert [file.stem for file in SAVED] == [
        f"version_{n}" for n in range(1, migrations.NEWEST + 1)
    ]


def one_more(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE more (n INTEGER) STRICT")


def broken(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE half (n INTEGER) STRICT")
    raise KeyError("power cut")


def test_only_missing_steps_are_taken(log: Log) -> None:
    (message_id,) = log.queue()
    steps = (*migrations.MIGRATIONS, one_more)

    assert migrations.migrate(log.database, steps=steps) == 1
    assert migrations.migrate(log.database, steps=steps) == 0
    assert migrations.schema_version(log.database) == len(steps)
    assert log.state(message_id) is State.QUEUED


def test_a_step_that_breaks_leaves_the_file_where_it_was(database: Database) -> None:
    before = schema_of(database)
    with pytest.raises(KeyError):
        migrations.migrate(database, steps=(*migrations.MIGRATIONS, broken))

    assert schema_of(database) == before
    assert migrations.schema_version(database) == migrations.NEWEST


def test_a_second_process_that_was_quicker_is_noticed(database: Database) -> None:
    """Between the look at the version and the write lock somebody else took the step."""
    other = Database(database.path)
    calls: list[str] = []

    def step(connection: sqlite3.Connection) -> None:
        calls.append("step")
        one_more(connection)

    class Late(Database):
        """Its first look at the version comes too early."""

        def transaction(self):  # type: ignore[no-untyped-def]
            if not calls:
                migrations.migrate(other, steps=(*migrations.MIGRATIONS, step))
            return super().transaction()

    late = Late(database.path)
    assert migrations.migrate(late, steps=(*migrations.MIGRATIONS, step)) == 0
    assert calls == ["step"]
    late.close_thread()
    other.close_thread()


def test_the_checksum_of_the_newest_schema_is_up_to_date() -> None:
    assert migrations.checksum(migrations.newest_schema()) == migrations.NEWEST_SCHEMA


def furnish(database: Database, *statements: str) -> Database:
    for statement in statements:
        database.connection.execute(statement)
    return database


def test_what_somebody_added_for_their_own_queries_stays(database: Database) -> None:
    migrations.check_tables(
        furnish(
            database, "CREATE INDEX mine ON contact (note)", "CREATE TABLE my_notes (text TEXT)"
        )
    )


@pytest.mark.case("T20")
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER theirs AFTER INSERT ON draft BEGIN DELETE FROM draft; END",
        "CREATE VIEW theirs AS SELECT * FROM message",
    ],
)
def test_what_could_act_in_our_name_is_refused(database: Database, statement: str) -> None:
    with pytest.raises(ForeignDatabaseError):
        migrations.check_tables(furnish(database, statement))


@pytest.mark.case("T20")
@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE contact RENAME COLUMN note TO nnte", "DROP INDEX leg_by_uuid"],
)
def test_a_table_that_is_not_as_it_was_made_is_damaged(
    database: Database, statement: str
) -> None:
    with pytest.raises(DatabaseDamagedError):
        migrations.check_tables(furnish(database, statement))


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.stem)
def test_a_file_that_was_brought_up_to_date_is_furnished_like_a_new_one(
    saved: Path, tmp_path: Path
) -> None:
    database = restore(saved, tmp_path / "old.db")
    migrations.migrate(database)

    migrations.check_tables(database)
    database.close_thread()
