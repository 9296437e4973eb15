"""A log with flipped bits is refused or read; it never makes the program stumble (G11).

`make flipped-bits` spoils 10,000 copies.
"""

import random
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from smsdesk.desk.opening import OpeningError
from smsdesk.sms.state import State
from smsdesk.store.errors import StoreError
from smsdesk.store.history import HistoryFilter
from tests.desk.office import Office
from tests.desk.rehearsal import Rehearsal
from tests.support import NOW

MESSAGES = 30
NAMED = {"opened", "damaged", "foreign", "newer"}
NOT_SEEN_AT_ONCE = {"rows are missing"}
"""An index disagrees with its table. The daily backup and `smsdesk doctor` compare them; at the
opening that would take four times as long."""


def make(folder: Path) -> Office:
    """A profile with messages in many states, closed."""
    office = Office(folder)
    office.open().close()
    log = office.log()
    log.queue(MESSAGES - 4)
    log.accepted("aaaaaaaa-bbbb-4ccc-8ddd-000000000001")
    log.unknown()
    log.queue(state=State.SCHEDULED, due_at=NOW)
    log.sending()
    assert log.database.empty_wal()
    log.database.close_thread()
    return office


def spoil(path: Path, rng: random.Random) -> None:
    """Flip one to eight bits anywhere."""
    data = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def try_out(office: Office) -> str:
    """Open it and look at everything; what came of it."""
    try:
        desk = office.open()
    except OpeningError as error:
        return error.code
    try:
        page = desk.history.page(HistoryFilter(), limit=1000)
        desk.history.counts()
        desk.history.review()
        desk.history.get_many([message.id for message in page])
        for message in page:
            desk.history.attempts(message.id)
        if len(page) < MESSAGES:
            return "rows are missing"
    except StoreError as error:
        return error.code
    finally:
        office.close()
        office.desks.clear()
    return "opened"


def spoil_many(tmp_path: Path, count: int) -> Counter[str]:
    whole = make(tmp_path / "whole")
    outcomes: Counter[str] = Counter()
    rng = random.Random(11)
    for _ in range(count):
        folder = tmp_path / "spoilt"
        shutil.copytree(whole.folder, folder)
        office = Office(folder)
        spoil(office.paths.database, rng)
        outcomes[try_out(office)] += 1
        shutil.rmtree(folder)
    return outcomes


@pytest.mark.case("T20", "G11")
def test_a_log_with_flipped_bits_is_refused_or_read(tmp_path: Path) -> None:
    outcomes = spoil_many(tmp_path, 150)

    assert set(outcomes) <= NAMED | NOT_SEEN_AT_ONCE, outcomes
    assert outcomes["damaged"] > 10


@pytest.mark.long
def test_so_are_ten_thousand(tmp_path: Path) -> None:
    outcomes = spoil_many(tmp_path, 10_000)

    assert set(outcomes) <= NAMED | NOT_SEEN_AT_ONCE, outcomes
    assert sum(outcomes[one] for one in NOT_SEEN_AT_ONCE) <= 10, outcomes


def make_without_anything_to_send(folder: Path) -> Path:
    """A log in which every message has left, is in doubt, or will never leave."""
    office = Office(folder)
    office.open().close()
    log = office.log()
    for number in range(10):
        log.accepted(f"aaaaaaaa-bbbb-4ccc-8ddd-{number:012}")
        log.unknown()
        log.sending()
        (message_id,) = log.queue()
        log.log.cancel(message_id, at=NOW)
    assert log.database.empty_wal()
    log.database.close_thread()
    return office.paths.database


def sent_of_spoilt(tmp_path: Path, count: int) -> list[int]:
    """The numbers of the spoilt logs of which the sender sent anything."""
    whole = make_without_anything_to_send(tmp_path / "whole")
    spoilt = tmp_path / "spoilt.db"
    sent = []
    for number in range(count):
        shutil.copyfile(whole, spoilt)
        spoil(spoilt, random.Random(number))
        with tempfile.TemporaryDirectory() as folder, suppress(OpeningError, StoreError):
            stage = Rehearsal(Path(folder), spoilt)
            for _ in range(3):
                stage.clock.tick(2.0)
                stage.work(1)
            if stage.vonage.ledger or stage.on_the_wire():
                sent.append(number)
            stage.close()
    return sent


@pytest.mark.case("T20", "G11")
def test_of_a_log_with_flipped_bits_nothing_is_sent(tmp_path: Path) -> None:
    assert sent_of_spoilt(tmp_path, 100) == []


@pytest.mark.long
def test_of_ten_thousand_nothing_is_sent(tmp_path: Path) -> None:
    assert sent_of_spoilt(tmp_path, 10_000) == []
