"""The sender dies at each named point of its work, once; the next one makes the best of it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Scenario
from smsdesk.sms.message import Message
from tests.kill_loop.loop import Plan, Scene, open_scene
from tests.kill_loop.verdict import MESSAGES_PATH
from tests.kill_loop.worker import KILLED
from tests.support import until

SILENT = Scenario(default=replace(OUTCOMES["delivered"], answer_delay_s=60.0))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with open_scene(tmp_path, Plan(kills=1, messages=1, faults={})) as scene:
        yield scene


def the_message(scene: Scene) -> Message:
    message = scene.desk.history.get(scene.queued[0])
    assert message is not None
    return message


def requests_received(scene: Scene) -> int:
    return sum(entry.path == MESSAGES_PATH for entry in scene.simulator.requests)


def die_at(scene: Scene, crash_at: str) -> None:
    """Queue one message, and let a sender die when it comes to this point with it."""
    scene.send(1)
    with scene.a_sender(crash_at=crash_at) as sender:
        assert sender.wait_for_death() == KILLED


def wait_for(scene: Scene, *states: str) -> None:
    """Let a new sender work until the message is in one of these states."""
    with scene.a_sender() as sender:
        until(lambda: the_message(scene).state in states)
        sender.stop()


def wait_for_counts(scene: Scene, **counts: int) -> None:
    """Let a new sender work until so many messages wait, or need review."""
    with scene.a_sender() as sender:
        until(lambda: scene.desk.history.counts() == {"replies": 0, **counts})
        sender.stop()


@pytest.mark.case("F03")
def test_before_the_claim_the_message_is_still_queued_and_then_sent_once(
    scene: Scene,
) -> None:
    die_at(scene, "T1.before")
    assert (the_message(scene).state, requests_received(scene)) == ("queued", 0)

    wait_for(scene, "accepted", "submitted", "delivered")

    assert requests_received(scene) == 1
    assert the_message(scene).attempts == 1


@pytest.mark.case("F04")
def test_after_the_claim_the_message_is_in_doubt_although_nothing_left(scene: Scene) -> None:
    die_at(scene, "T1.after")
    assert (the_message(scene).state, requests_received(scene)) == ("sending", 0)

    wait_for(scene, "unknown")

    assert requests_received(scene) == 0
    assert [message.id for message in scene.desk.history.review()] == scene.queued
    assert the_message(scene).unknown_reason == "crash"


@pytest.mark.case("F05")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_before_the_answer_it_is_in_doubt_until_a_look_up_finds_it(
    scene: Scene,
) -> None:
    scene.simulator.scenario = SILENT
    scene.send(1)
    with scene.a_sender() as sender:
        assert scene.simulator.wait_for_requests(1, path=MESSAGES_PATH)
        sender.process.kill()
    assert the_message(scene).state == "sending"

    wait_for(scene, "delivered")

    assert requests_received(scene) == 1
    assert the_message(scene).attempts == 1


@pytest.mark.case("F06")
def test_after_the_answer_but_before_the_result_a_look_up_ends_the_doubt(
    scene: Scene,
) -> None:
    die_at(scene, "T2.before")
    assert (the_message(scene).state, requests_received(scene)) == ("sending", 1)

    wait_for(scene, "delivered")

    assert requests_received(scene) == 1
    taken = scene.simulator.messages[0].message_uuid
    assert the_message(scene).message_uuid == taken


@pytest.mark.case("F07")
def test_after_the_result_the_message_is_accepted_with_its_id(scene: Scene) -> None:
    die_at(scene, "T2.after")

    message = the_message(scene)

    assert message.state == "accepted"
    assert message.message_uuid == scene.simulator.messages[0].message_uuid
    assert requests_received(scene) == 1


@pytest.mark.case("F09")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_fifty_kills_during_recovery_end_like_one_recovery(scene: Scene) -> None:
    scene.simulator.scenario = SILENT
    scene.send(4)
    with scene.a_sender() as sender:
        assert scene.simulator.wait_for_requests(4, path=MESSAGES_PATH)
        sender.process.kill()
    scene.simulator.stop()

    for kill in range(50):
        with scene.a_sender() as sender:
            sender.live(kill / 1000)

    wait_for_counts(scene, waiting=0, review=4)
    scene.simulator.start()
    wait_for_counts(scene, waiting=0, review=0)
    assert requests_received(scene) == 4
