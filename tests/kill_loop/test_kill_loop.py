"""Killed at any moment, again and again, the sender loses nothing and sends nothing twice.

`make kill-loop` does the same ten times as long. The controls show that the judge would find
out a sender that does what a naive one does.
"""

import sys
from pathlib import Path

import pytest

from tests.kill_loop.loop import FAULTS, Outcome, Plan, run_kill_loop
from tests.kill_loop.worker import Bug

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")


def promises(outcome: Outcome) -> set[str]:
    return {breach.promise for breach in outcome.breaches}


@pytest.mark.case("G1")
@pytest.mark.timeout(300)
def test_a_hundred_kills_during_a_thousand_messages_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    outcome = run_kill_loop(tmp_path, Plan(kills=100, messages=1_000))

    assert outcome.breaches == [], str(outcome)
    assert outcome.states.total() == 1_000
    assert outcome.on_the_wire > 20, "hardly a kill met a request on the wire"
    assert outcome.ambiguous > 5


@pytest.mark.case("G2")
def test_a_sender_that_queues_again_what_a_crash_interrupted_is_found_out(
    tmp_path: Path,
) -> None:
    bug = Bug.SENDS_AGAIN_AFTER_A_CRASH

    outcome = run_kill_loop(tmp_path, Plan(kills=15, messages=150, bug=bug, faults={}))

    assert {"sent twice", "tried again in doubt"} <= promises(outcome), str(outcome)


@pytest.mark.case("G2")
def test_a_sender_that_repeats_what_was_not_answered_is_found_out(tmp_path: Path) -> None:
    bug = Bug.SENDS_AGAIN_WITHOUT_AN_ANSWER
    faults = {**FAULTS, "lost-answer": 0.5}

    plan = Plan(kills=3, messages=60, bug=bug, faults=faults, longest_life_s=20.0)
    outcome = run_kill_loop(tmp_path, plan)

    assert "sent twice" in promises(outcome), str(outcome)


@pytest.mark.case("G2")
def test_a_sender_that_commits_only_after_it_sends_is_found_out(tmp_path: Path) -> None:
    bug = Bug.SENDS_BEFORE_IT_COMMITS

    outcome = run_kill_loop(tmp_path, Plan(kills=6, messages=60, bug=bug, faults={}))

    assert {"sent without intent", "sent twice"} & promises(outcome), str(outcome)


@pytest.mark.case("G2")
def test_a_sender_that_believes_every_receipt_is_found_out(tmp_path: Path) -> None:
    bug = Bug.BELIEVES_EVERY_RECEIPT

    outcome = run_kill_loop(tmp_path, Plan(kills=1, messages=20, bug=bug, faults={}))

    assert "undone" in promises(outcome), str(outcome)


@pytest.mark.case("G2")
def test_a_sender_whose_http_library_repeats_is_found_out(tmp_path: Path) -> None:
    bug = Bug.REPEATS_IN_ITS_HTTP_LIBRARY
    faults = {**FAULTS, "lost-answer": 0.5}

    plan = Plan(kills=2, messages=60, bug=bug, faults=faults, longest_life_s=20.0)
    outcome = run_kill_loop(tmp_path, plan)

    assert "sent twice" in promises(outcome), str(outcome)
