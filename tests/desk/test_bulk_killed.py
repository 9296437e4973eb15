"""A process that is killed while it queues a list has queued all of it or nothing."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from smsdesk.store.database import Database, integrity_check
from tests.desk.office import Office

ROWS = 10_000
KILLS = 8
QUEUES = """
import sys
from pathlib import Path
from smsdesk.desk.opening import open_desk
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault

home, file = map(Path, sys.argv[1:])
desk = open_desk(
    paths=find_paths(data_dir=home, profile="default"),
    settings=Settings(None),
    vault=SessionVault(),
    profile="default",
)
plan = desk.bulk.plan(desk.bulk.read(file), "Hi {name}", "ACME")
print("begins", flush=True)
desk.bulk.queue(plan)
desk.close()
"""


def queue_and_kill_after(seconds: float | None, home: Path, file: Path) -> float:
    """Begin to queue in another process, and kill it; returns how long it lived from then."""
    command = [sys.executable, "-c", QUEUES, str(home), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        began = time.monotonic()
        try:
            assert process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return time.monotonic() - began


def count(database: Database) -> tuple[int, int]:
    """How many messages and how many batches are in the log."""
    row = database.connection.execute(
        "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM batch)"
    ).fetchone()
    return int(row[0]), int(row[1])


@pytest.mark.case("F01", "F02")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_all_rows_or_none(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = (f"N{n},+4474001{n:05d}\n" for n in range(ROWS))
    file.write_text("Name,Mobile\n" + "".join(rows), "utf-8")
    office = Office(tmp_path / "data")
    office.open().close()
    database = Database(office.paths.database)
    whole = queue_and_kill_after(None, office.folder, file)
    assert count(database) == (ROWS, 1)

    for kill in range(KILLS):
        queue_and_kill_after(whole * kill / KILLS, office.folder, file)
        messages, batches = count(database)
        assert messages == ROWS * batches

    integrity_check(database)
    database.close_thread()
