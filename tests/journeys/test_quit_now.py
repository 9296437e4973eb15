"""The end of the program while a message is on the wire: waited for, or not, and never sent twice.

The window runs in a process of its own, so that its end is a real one.
"""

from __future__ import annotations

import signal
import subprocess
from dataclasses import replace

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import RECEIPTS, Settings
from tests.journeys.program import Program
from tests.support import until

NUMBER = "+447700900031"
LATE_S = 20.0
"""Longer than anything in these tests may take."""

AT_THE_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from smsdesk.ui.main_window import MainWindow

def press_quit_now():
    for button in QApplication.allWidgets():
        if button.objectName() == "finishing.quit" and button.isVisible():
            print("quit now", flush=True)
            button.click()
            return
    QTimer.singleShot(20, press_quit_now)

wake = MainWindow._wake
def wake_and_write(self):
    wake(self)
    if NUMBER:
        self.compose.recipients.set_text(NUMBER)
        self.compose.text.set_text("On its way")
        self.compose.send()
    if QUITS_NOW:
        QTimer.singleShot(0, press_quit_now)
    print("open", flush=True)
MainWindow._wake = wake_and_write
"""


def script(*, number: str = "", quits_now: bool = False) -> str:
    return f"NUMBER, QUITS_NOW = {number!r}, {quits_now}\n{AT_THE_WINDOW}"


@pytest.fixture
def office(configured: Program) -> Program:
    """Without receipts: nothing but the start itself says what became of a message."""
    paths = find_paths(data_dir=configured.data_dir, profile=configured.options[1])
    Settings(paths.settings).set(RECEIPTS, "off")
    environment = {**configured.environment, "QT_QPA_PLATFORM": "offscreen"}
    return replace(configured, environment=environment)


def states(office: Program) -> list[str]:
    return office.run("history", "--format", "json").states


def wait_for_line(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == line


def sent(vonage: Simulator) -> int:
    return sum(request.path == "/v1/messages" for request in vonage.requests)


def answer_after(vonage: Simulator, seconds: float) -> None:
    late = replace(OUTCOMES["late"], answer_delay_s=seconds)
    vonage.scenario = Scenario(rules=(Rule(late),))


@pytest.mark.case("F11")
def test_quit_now_ends_the_process_and_leaves_the_message_for_review(
    office: Program, vonage: Simulator
) -> None:
    answer_after(vonage, LATE_S)
    with office.running(script=script(number=NUMBER, quits_now=True)) as process:
        wait_for_line(process, "open")
        assert vonage.wait_for_requests(1, path="/v1/messages", timeout_s=60)

        process.send_signal(signal.SIGTERM)

        wait_for_line(process, "quit now")
        _out, errors = process.communicate(timeout=LATE_S / 2)
        assert (process.returncode, errors) == (0, "")
    assert states(office) == ["unknown"]

    with office.running(script=script()) as process:
        wait_for_line(process, "open")
        process.send_signal(signal.SIGTERM)
        _out, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert states(office) == ["unknown"]
    assert sent(vonage) == 1


def test_who_waits_gets_the_answer(office: Program, vonage: Simulator) -> None:
    answer_after(vonage, 3.0)
    with office.running(script=script(number=NUMBER)) as process:
        wait_for_line(process, "open")
        assert vonage.wait_for_requests(1, path="/v1/messages", timeout_s=60)

        process.send_signal(signal.SIGTERM)

        _out, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, "")
    assert states(office) == ["accepted"]


def test_with_nothing_on_the_wire_the_end_asks_nothing(
    office: Program, vonage: Simulator
) -> None:
    with office.running(script=script(number=NUMBER, quits_now=True)) as process:
        wait_for_line(process, "open")
        until(lambda: states(office) != ["queued"] and states(office) != ["sending"])

        process.send_signal(signal.SIGTERM)

        out, errors = process.communicate(timeout=60)
        assert (process.returncode, out, errors) == (0, "", "")
