"""The line is lost and comes back, the program is killed and starts again, two run at once."""

import signal
import sys
from dataclasses import replace

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.system.lock import ProcessLock
from tests.journeys.program import Program

pytestmark = pytest.mark.keyring

GOOD = "+447400123456"
SILENT = Scenario(default=replace(OUTCOMES["delivered"], answer_delay_s=1200.0))


def requests_received(vonage: Simulator) -> int:
    return sum(entry.path == "/v1/messages" for entry in vonage.requests)


def test_with_the_line_down_messages_wait_and_go_when_it_is_back(
    configured: Program, vonage: Simulator
) -> None:
    vonage.stop()
    sent = configured.run("send", "--to", GOOD, "--text", "hi", "--wait", "1", "--json")
    assert (sent.code, sent.states) == (4, ["queued"])
    assert sent.json["messages"][0]["attempts"] == 0

    vonage.start()
    resumed = configured.run("send", "--resume", "--json")

    assert (resumed.code, resumed.states) == (0, ["accepted"])
    assert resumed.json["messages"][0]["id"] == sent.json["messages"][0]["id"]
    assert requests_received(vonage) == 1


def test_a_lost_answer_is_doubt_and_doubt_is_not_sent_again(
    configured: Program, vonage: Simulator
) -> None:
    vonage.scenario = Scenario(default=OUTCOMES["lost-answer"])
    sent = configured.run("send", "--to", GOOD, "--text", "hi", "--json")
    assert (sent.code, sent.states) == (5, ["unknown"])

    vonage.scenario = Scenario()
    resumed = configured.run("send", "--resume", "--json")

    assert (resumed.code, resumed.json["messages"]) == (0, [])
    assert requests_received(vonage) == 1


@pytest.mark.case("F05")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_killed_while_the_answer_is_awaited_the_message_is_found_by_the_next_run(
    configured: Program, vonage: Simulator
) -> None:
    vonage.scenario = SILENT
    with configured.running("send", "--to", GOOD, "--text", "hi") as sending:
        assert vonage.wait_for_requests(1, path="/v1/messages")
        sending.kill()
        sending.wait()
    vonage.scenario = Scenario()

    doubtful = configured.run("send", "--resume", "--json")
    resumed = configured.run("send", "--resume", "--until", "delivered", "--json")

    assert (doubtful.code, doubtful.states) == (5, ["unknown"])
    assert (resumed.code, resumed.states) == (0, ["delivered"])
    assert resumed.json["messages"][0]["attempts"] == 1
    assert requests_received(vonage) == 1


@pytest.mark.case("F11")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGTERM")
def test_told_to_end_it_finishes_what_is_on_the_wire(
    configured: Program, vonage: Simulator
) -> None:
    slow = replace(OUTCOMES["delivered"], answer_delay_s=20.0)  # scaled to a second
    vonage.scenario = Scenario(default=slow)
    with configured.running("send", "--to", GOOD, "--text", "hi", "--json") as sending:
        assert vonage.wait_for_requests(1, path="/v1/messages")
        sending.terminate()
        assert sending.wait(30) == 0

    (message,) = configured.run("history", "--format", "json").json
    assert message["state"] == "accepted"


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_interrupted_twice_it_ends_at_once_and_leaves_doubt(
    configured: Program, vonage: Simulator
) -> None:
    vonage.scenario = SILENT
    with configured.running("send", "--to", GOOD, "--text", "hi", "--json") as sending:
        assert vonage.wait_for_requests(1, path="/v1/messages")
        sending.send_signal(signal.SIGINT)
        assert sending.stderr is not None
        assert "Interrupt again" in sending.stderr.readline()

        sending.send_signal(signal.SIGINT)

        assert sending.wait(10) == -signal.SIGINT
    resumed = configured.run("send", "--resume", "--json")
    assert (resumed.code, resumed.states) == (5, ["unknown"])


def test_while_another_one_sends_a_command_only_queues(
    configured: Program, vonage: Simulator
) -> None:
    configured.run("history")
    (home,) = (configured.data_dir / "profiles").iterdir()
    lock = ProcessLock(home / "sender.lock")
    assert lock.try_acquire()

    sent = configured.run("send", "--to", GOOD, "--text", "hi", "--wait", "1", "--json")
    assert (sent.code, sent.states) == (4, ["queued"])
    assert requests_received(vonage) == 0

    lock.release()
    assert configured.run("send", "--resume").code == 0
    assert requests_received(vonage) == 1


def test_a_second_command_has_its_message_sent_by_the_first(
    configured: Program, vonage: Simulator
) -> None:
    slow = replace(OUTCOMES["delivered"], answer_delay_s=60.0)  # scaled to three seconds
    vonage.scenario = Scenario(default=slow)
    with configured.running("send", "--to", GOOD, "--text", "first", "--json") as first:
        assert vonage.wait_for_requests(1, path="/v1/messages")
        vonage.scenario = Scenario()
        second = configured.run("send", "--to", GOOD, "--text", "second", "--json")
        assert first.wait(30) == 0

    assert (second.code, second.states) == (0, ["accepted"])
    assert requests_received(vonage) == 2
