"""Hours of trouble with thousands of messages, on a clock that is turned: none is lost or doubled.

`pytest -m long` takes the numbers that the catalogue of faults names.
"""

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk.rehearsal import Rehearsal, Request, new_log
from tests.support import new_message

PACE = 30.0
AT_MOST = PACE * 1.1
TURN_S = 0.1
WAITING = "state IN ('queued', 'held', 'sending', 'scheduled')"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Rehearsal]:
    stage = Rehearsal(tmp_path, new_log())
    yield stage
    stage.close()


def count(stage: Rehearsal, where: str) -> int:
    found = stage.judge.execute(f"SELECT count(*) FROM message WHERE {where}").fetchone()
    return int(found[0])


def work_until_all_is_gone(stage: Rehearsal, chance: random.Random, busy_until: float) -> None:
    """Until then half of all requests are refused for pace; after it all are taken."""
    while count(stage, WAITING):
        stage.clock.tick(TURN_S)
        stage.work(1)
        is_busy = stage.clock.monotonic() < busy_until
        for line in stage.on_the_wire():
            way = chance.choice(["too many", "too many, no time"])
            stage.answer(line, way if is_busy and chance.random() < 0.5 else "accepted")


def busiest_second(requests: Sequence[Request]) -> int:
    """The most that came in any span of one second."""
    times = sorted(request.at for request in requests)
    return max(bisect_left(times, start + 1.0) - place for place, start in enumerate(times))


def sizes(few: int, many: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("size", [few, pytest.param(many, marks=pytest.mark.long)])


@pytest.mark.case("F26")
@sizes(200, 5_000)
def test_after_six_hours_offline_the_rest_goes_out_slowly_at_first(
    stage: Rehearsal, size: int
) -> None:
    now = stage.clock.now()
    old = size * 6 // 100
    stage.queue(
        [
            new_message(expires_at=now + timedelta(hours=5 if number < old else 24))
            for number in range(size)
        ]
    )
    stage.vonage.unreachable = "dns"
    for _ in range(72):
        stage.clock.tick(300.0)
        stage.work()
    assert stage.vonage.ledger == []
    assert count(stage, "failure_code = 'expired'") == old

    stage.vonage.unreachable = None
    work_until_all_is_gone(stage, random.Random(1), busy_until=0.0)

    requests = stage.vonage.ledger
    assert len(requests) == len({request.ref for request in requests}) == size - old
    assert busiest_second(requests) <= AT_MOST
    first = min(request.at for request in requests)
    assert sum(request.at < first + 4.0 for request in requests) <= 5, "one a second at first"
    assert not stage.breaches


@pytest.mark.case("F39", "G7")
@sizes(100, 10_000)
def test_a_storm_of_refusals_for_pace_is_waited_out(stage: Rehearsal, size: int) -> None:
    stage.queue([new_message() for _ in range(size)])

    storm_s = 60.0 if size < 1_000 else 600.0
    work_until_all_is_gone(
        stage, random.Random(1), busy_until=stage.clock.monotonic() + storm_s
    )

    assert len(stage.vonage.taken) == size
    assert count(stage, "state = 'accepted'") == size
    assert busiest_second(stage.vonage.ledger) <= AT_MOST
    assert not stage.breaches
