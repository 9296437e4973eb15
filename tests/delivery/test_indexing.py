"""The search index is made beside the work, told of, and left alone when the disk is full."""

import threading

import pytest

from smsdesk.delivery import indexing
from smsdesk.delivery.indexing import Indexing
from smsdesk.store import search_index
from smsdesk.store.database import Database
from smsdesk.store.errors import DatabaseBusyError
from smsdesk.store.search_index import SearchIndex, read_blocks
from smsdesk.system.paths import LEAST_FREE_BYTES
from tests.support import Log, TurnedClock, until


class Bench:
    """An indexing, and how often it told of progress."""

    def __init__(self, database: Database) -> None:
        self.index = SearchIndex(database)
        self.told = 0
        self.indexing = Indexing(
            database=database, index=self.index, on_progress=self.tell, clock=TurnedClock()
        )

    def tell(self) -> None:
        self.told += 1


@pytest.fixture
def bench(log: Log, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(search_index, "SMALL", 8)
    monkeypatch.setattr(search_index, "LARGE", 32)
    monkeypatch.setattr(indexing, "FIRST_LOOK_S", 0.01)
    monkeypatch.setattr(indexing, "LOOK_S", 0.01)
    log.queue(50)
    return Bench(log.database)


def test_every_block_is_made_and_told_of(bench: Bench) -> None:
    bench.indexing.catch_up(threading.Event())

    assert bench.index.progress().is_complete
    assert bench.told == 3


def test_it_goes_on_with_new_messages_until_it_is_stopped(bench: Bench, log: Log) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=bench.indexing.run, args=(stop,))
    thread.start()
    until(lambda: bench.told == 3)
    log.queue(30)
    until(lambda: bench.index.progress().done == 80)
    stop.set()
    thread.join(10)

    assert not thread.is_alive()


def test_nothing_is_made_once_it_is_stopped_or_on_a_nearly_full_disk(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    stop.set()
    bench.indexing.catch_up(stop)
    monkeypatch.setattr(indexing, "free_bytes", lambda _folder: LEAST_FREE_BYTES - 1)
    bench.indexing.catch_up(threading.Event())

    assert bench.told == 0


def test_a_log_that_does_not_answer_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, failures = bench.index.step, [DatabaseBusyError("locked")]

    def step(*arguments: object) -> bool:
        if failures:
            raise failures.pop()
        return real()

    monkeypatch.setattr(bench.index, "step", step)
    stop = threading.Event()
    thread = threading.Thread(target=bench.indexing.run, args=(stop,))
    thread.start()
    until(lambda: bench.told == 3)
    stop.set()
    thread.join(10)

    assert "could not be made" in caplog.text
    caplog.clear()


def test_whoever_does_not_stay_makes_one_short_block(bench: Bench) -> None:
    """Long ones are for those who stay."""
    while bench.index.step(at_most=8):
        pass

    assert [block.size for block in read_blocks(bench.indexing._database.connection)] == [8, 8]
    assert bench.index.step()
