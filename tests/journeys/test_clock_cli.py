"""The whole program under a clock that is wrong, jumps, or meets the change to summer time.

libfaketime stands between the process and the system's clock. Vonage, in the test's own process,
goes by the true one.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Scenario
from smsdesk.simulator.server import Simulator
from tests.journeys.program import Program

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(not LIBRARIES, reason="needs libfaketime"),
]
GOOD = "+447400123456"
MANY = "\n".join(f"+4474001234{n:02}" for n in range(12))
SLOW = Scenario(default=replace(OUTCOMES["delivered"], answer_delay_s=0.1))


def under_clock(program: Program, clock: str | Path, *, zone: str = "UTC") -> Program:
    """The program with a clock that is off by `clock` ("+600s"), begins at a moment ("@2027-…"), or
    is whatever a file says now. How long something takes is measured truly."""
    says = "FAKETIME_TIMESTAMP_FILE" if isinstance(clock, Path) else "FAKETIME"
    faked = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        says: str(clock),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
        "TZ": zone,
    }
    return replace(program, environment={**program.environment, **faked})


def sent_to(vonage: Simulator) -> list[str]:
    """To whom Vonage was given something that it took, in order."""
    return sorted(f"+{message.to}" for message in vonage.messages)


@pytest.mark.case("F34")
@pytest.mark.parametrize(
    "off",
    [
        "+600s",
        pytest.param("-600s", marks=pytest.mark.long),
        pytest.param("+3d", marks=pytest.mark.long),
        "-400d",
    ],
)
def test_a_clock_that_is_wrong_sends_once_all_the_same(
    configured: Program, vonage: Simulator, off: str
) -> None:
    wrong = under_clock(configured, off)

    sent = wrong.run("send", "--to", GOOD, "--text", "hi", "--json")

    assert (sent.code, sent.states) == (0, ["accepted"])
    assert len(vonage.messages) == 1


def test_a_year_that_ends_meanwhile_is_no_matter(
    configured: Program, vonage: Simulator
) -> None:
    late = under_clock(configured, "@2026-12-31 23:59:59")

    sent = late.run("send", "--to", MANY, "--text", "Happy new year", "--json")

    assert (sent.code, set(sent.states)) == (0, {"accepted"})
    assert len(vonage.messages) == 12


@pytest.mark.case("F59")
@pytest.mark.long
def test_a_clock_that_jumps_while_messages_go_out_loses_none_and_doubles_none(
    configured: Program, vonage: Simulator, tmp_path: Path
) -> None:
    vonage.scenario = SLOW
    clock = tmp_path / "clock"
    clock.write_text("+0")
    jumping = under_clock(configured, clock)

    with jumping.running("send", "--to", MANY, "--text", "hi", "--json") as sending:
        for count, off in enumerate(("+2h", "-3h", "+1h"), start=1):
            assert vonage.wait_for_requests(3 * count, path="/v1/messages", timeout_s=60)
            clock.write_text(off)
        sending.communicate(timeout=60)
    resumed = configured.run("send", "--resume", "--json")

    assert resumed.code == 0
    assert sent_to(vonage) == sorted(MANY.split())


@pytest.mark.case("F60")
def test_a_time_that_summer_time_leaps_over_comes_an_hour_later(
    configured: Program, vonage: Simulator
) -> None:
    def at(clock: str) -> Program:
        return under_clock(configured, f"@{clock}", zone="Europe/London")

    # 01:30 does not exist on that day: at 01:00 the clocks go to 02:00.
    stored = at("2027-03-28 00:30:00").run(
        "send", "--to", GOOD, "--text", "hi", "--at", "2027-03-28T01:30", "--json"
    )
    early = at("2027-03-28 02:15:00").run("send", "--resume", "--json", "--wait", "1")
    due = at("2027-03-28 02:30:01").run("send", "--resume", "--json")

    assert (stored.states, early.states) == (["scheduled"], [])
    assert (due.code, due.states) == (0, ["accepted"])
    assert len(vonage.messages) == 1


@pytest.mark.case("F58")
@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
def test_two_hours_of_sleep_in_the_middle_of_sending_lose_none_and_double_none(
    configured: Program, vonage: Simulator, tmp_path: Path
) -> None:
    vonage.scenario = SLOW
    clock = tmp_path / "clock"
    clock.write_text("+0")
    sleepy = under_clock(configured, clock)

    with sleepy.running("send", "--to", MANY, "--text", "hi", "--json") as sending:
        assert vonage.wait_for_requests(3, path="/v1/messages", timeout_s=60)
        os.kill(sending.pid, signal.SIGSTOP)
        clock.write_text("+2h")
        os.kill(sending.pid, signal.SIGCONT)
        sending.communicate(timeout=60)
    resumed = sleepy.run("send", "--resume", "--json")

    assert resumed.code == 0
    assert sent_to(vonage) == sorted(MANY.split())


@pytest.mark.long
def test_a_token_is_never_older_than_vonage_allows_however_the_clock_went(
    configured: Program, vonage: Simulator
) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("@%Y-%m-%d %H:%M:%S")

    for clock in (tomorrow, "+0", "-23h"):
        sent = under_clock(configured, clock).run("send", "--to", GOOD, "--text", "hi")
        assert sent.code == 0, sent.err

    assert len(vonage.messages) == 3
