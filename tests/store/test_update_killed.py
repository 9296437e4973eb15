"""An update that is killed leaves the log as it was or as it shall be, and the next one goes on."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from smsdesk.store import migrations, search_index
from smsdesk.store.database import Database, create_file, integrity_check
from smsdesk.store.history import HistoryFilter, HistoryView
from smsdesk.store.search_index import SearchIndex

SAVED = Path(__file__).parent / "saved" / f"version_{migrations.NEWEST - 1}.sql"
MESSAGES = 150
KILLS = 16

_COPY = """
INSERT INTO message (id, direction, channel, state, recipient, sender, text, encoding, parts,
                     created_ms, updated_ms)
SELECT 'COPY' || ?, 'outbound', 'sms', 'delivered', '+447700900' || printf('%03d', ?), 'ACME',
       'The van number ' || ?, 'GSM-7', 1, ?, ?
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    create_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SAVED.read_text("utf-8"))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executemany(_COPY, [(n, n, n, n, n) for n in range(MESSAGES)])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def update(path: Path, *, killed_at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.store.updater", str(path), str(killed_at)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def found(database: Database) -> list[int]:
    view = HistoryView(database)
    return [one.seq for one in view.page(HistoryFilter(search="van number"), limit=1_000)]


def test_an_update_may_be_killed_at_any_moment(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "SMALL", 8)
    monkeypatch.setattr(search_index, "LARGE", 32)
    whole = tmp_path / "whole.db"
    whole.write_bytes(old.read_bytes())
    looks = int(update(whole, killed_at=0).stdout)
    before, after = schema(old), schema(whole)
    versions, blocks = set(), set()
    assert looks > KILLS

    for number in range(1, KILLS + 1):
        path = tmp_path / f"{number}.db"
        path.write_bytes(old.read_bytes())
        done = update(path, killed_at=max(1, looks * number // KILLS - 1))
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert schema(path) in (before, after), "never between"

        database = Database(path)
        integrity_check(database)
        versions.add(migrations.schema_version(database))
        migrations.migrate(database)
        assert len(found(database)) == MESSAGES, "all is found, with half an index too"
        index = SearchIndex(database)
        blocks.add(index.progress().done)
        while index.step():
            pass
        assert index.progress().is_complete
        assert len(found(database)) == MESSAGES
        database.close_thread()

    assert versions == {migrations.NEWEST - 1, migrations.NEWEST}
    assert len(blocks) > 2


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()
