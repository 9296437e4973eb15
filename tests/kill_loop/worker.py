"""The accused: a process that opens a desk and sends, until it is killed or told to stop.

It is the program's own sender, opened the program's own way. For the controls it can be given
a bug, and for the crash points a place at which to die.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path

from smsdesk.delivery import outcome as outcomes
from smsdesk.delivery.outcome import Outcome
from smsdesk.desk.opening import open_desk
from smsdesk.sms.state import State
from smsdesk.store import message_log
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import LINES, THROUGHPUT, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.vonage.errors import NoAnswer

THROUGHPUT_PER_S = 100.0
LINES_OPEN = 4
KILLED = 137


class Bug(StrEnum):
    """What a naive sender does; each must be found out."""

    NONE = "none"
    SENDS_AGAIN_AFTER_A_CRASH = "sends_again_after_a_crash"
    SENDS_AGAIN_WITHOUT_AN_ANSWER = "sends_again_without_an_answer"


@dataclass(frozen=True, slots=True)
class Accused:
    """Everything a worker is to know."""

    data_dir: Path
    api_url: str
    application_id: str
    private_key_path: Path
    bug: Bug = Bug.NONE
    crash_at: str = ""


def work(accused: Accused, parent: Connection) -> None:
    """Send until the parent says stop. Says once when it begins."""
    _plant(accused.bug)
    settings = Settings(None)
    settings.set(THROUGHPUT, THROUGHPUT_PER_S)
    settings.set(LINES, LINES_OPEN)
    parent.send("begins")
    desk = open_desk(
        paths=find_paths(data_dir=accused.data_dir, profile="default"),
        settings=settings,
        vault=SessionVault(
            {
                "application_id": accused.application_id,
                "private_key_path": str(accused.private_key_path),
                "api_key": "demo",
                "api_secret": "demo",
            }
        ),
        profile="default",
        is_demo=True,  # it asks for receipts at once instead of after 15 seconds
        api_url=accused.api_url,
        checkpoint=lambda name: _die_at(name, accused.crash_at),
    )
    stop = threading.Event()
    threads = [
        threading.Thread(target=service.run, args=(stop,), name=service.name)
        for service in desk.services
    ]
    for thread in threads:
        thread.start()
    desk.sender.wake()  # the queue is another process's; it need not be found by and by
    parent.recv()
    stop.set()
    desk.sender.wake()
    for thread in threads:
        thread.join()
    desk.close()


def _die_at(checkpoint: str, crash_at: str) -> None:
    if checkpoint == crash_at:
        os._exit(KILLED)


def _plant(bug: Bug) -> None:
    if bug is Bug.SENDS_AGAIN_AFTER_A_CRASH:
        # What was on the wire at a crash is queued again, as if it surely had not left.
        message_log._INTERRUPT_MESSAGES = message_log._INTERRUPT_MESSAGES.replace(
            "state = 'unknown', unknown_reason = :reason", "state = 'queued'"
        )
    elif bug is Bug.SENDS_AGAIN_WITHOUT_AN_ANSWER:
        outcomes.of_no_answer = _as_if_not_sent


def _as_if_not_sent(error: NoAnswer) -> Outcome:
    return Outcome(outcomes.Verdict.NOT_SENT, State.QUEUED, cause=error.reason)
