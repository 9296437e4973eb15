"""What was said to be stored outlives a power cut at any moment (F10)."""

import json
import random
import shutil
from pathlib import Path

import pytest

from smsdesk.delivery.recovery import recover
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.meta import Meta
from tests.store.disk import build, cut_power, missing_from, needs_disk, new_log, read_journal
from tests.store.disk import run_on as run_on_disk
from tests.support import NOW, Log

pytestmark = needs_disk
MESSAGES = 40
CUTS = 40
SEND = f"""
import json, os, sys
from pathlib import Path
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from tests.support import Log

log = Log(Database(Path(sys.argv[1])))
log.database.connection.execute("PRAGMA synchronous=" + sys.argv[3])
log.database.connection.execute("PRAGMA wal_autocheckpoint=200")

def say(what, message_id):
    print(json.dumps([what, message_id, os.stat(sys.argv[2]).st_size]), flush=True)

for number in range({MESSAGES}):
    (message_id,) = log.queue(text="x" * 100)
    say("queued", message_id)
    claim = log.claim(message_id)
    say("claimed", message_id)
    log.finish(claim, State.ACCEPTED, message_uuid=f"aaaaaaaa-bbbb-4ccc-8ddd-{{number:012}}")
    say("accepted", message_id)
os._exit(0)
"""


def losses(tmp_path: Path, *, synchronous: str) -> list[str]:
    """What is lost of what was said, by cuts at moments all over a run."""
    before, journal_file = tmp_path / "before", tmp_path / "journal"
    at_work = tmp_path / "work"
    new_log(before)
    shutil.copytree(before, at_work)
    printed = run_on_disk(
        build(tmp_path),
        at_work,
        SEND,
        *(str(at_work / "smsdesk.db"), str(journal_file), synchronous),
        DISK_JOURNAL=str(journal_file),
    )
    said = [json.loads(line) for line in printed.splitlines()]
    journal = list(read_journal(journal_file))
    rng = random.Random(7)
    lost = []
    for number in range(CUTS):
        at = rng.choice(said)[2] if number % 2 else rng.choice(journal).end
        after = tmp_path / f"after {number}"
        cut_power(before, journal, at, after, rng=rng if number % 4 < 2 else None)
        stored = [(what, one) for what, one, place in said if place <= at]
        lost += missing_from(after / "smsdesk.db", stored)
        lost += sent_again(after, [one for what, one in stored if what == "claimed"])
    return lost


def sent_again(folder: Path, claimed: list[str]) -> list[str]:
    """Messages that had been on their way and would be sent again by the next start."""
    log = Log(Database(folder / "smsdesk.db"), boot_id="next")
    recover(log.log, Meta(log.database), high_water=folder / "high-water", at=NOW)
    states = {message.id: message.state for message in log.view.get_many(claimed)}
    log.database.close_thread()
    return [f"again {one}" for one, state in states.items() if state is State.QUEUED]


@pytest.mark.case("F10")
def test_nothing_that_was_promised_is_lost_and_nothing_is_sent_again(tmp_path: Path) -> None:
    assert losses(tmp_path, synchronous="FULL") == []


@pytest.mark.case("F10", "G2")
def test_a_log_that_syncs_less_is_found_out(tmp_path: Path) -> None:
    """The control: what SQLite calls NORMAL loses what was said, and sends again."""
    lost = losses(tmp_path, synchronous="NORMAL")

    assert {one.split()[0] for one in lost} >= {"claimed", "accepted", "again"}
