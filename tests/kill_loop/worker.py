"""The accused: a process that opens a desk and sends, until it is killed or told to stop.

It is the program's own sender, opened the program's own way. For the controls it can be given
a bug, and for the crash points a place at which to die.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from smsdesk.delivery import outcome as outcomes
from smsdesk.delivery.lines import LineWorker
from smsdesk.delivery.outcome import Outcome
from smsdesk.delivery.sender import Sender, _Departure
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.sms.state import State
from smsdesk.store import events, message_log
from smsdesk.store.database import Database
from smsdesk.store.events import ReceiptBook
from smsdesk.store.history import HistoryFilter
from smsdesk.store.message_log import Claim
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import LINES, THROUGHPUT, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import NoAnswer
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.transport import Line
from tests.support import receipt

THROUGHPUT_PER_S = 100.0
LINES_OPEN = 4
KILLED = 137
SLOW_DISK_S = 0.02
HAVE_AN_ID = frozenset({State.ACCEPTED, State.SUBMITTED, State.DELIVERED})


class Bug(StrEnum):
    """What a naive sender does; each must be found out."""

    NONE = "none"
    SENDS_AGAIN_AFTER_A_CRASH = "sends_again_after_a_crash"
    SENDS_AGAIN_WITHOUT_AN_ANSWER = "sends_again_without_an_answer"
    SENDS_BEFORE_IT_COMMITS = "sends_before_it_commits"
    BELIEVES_EVERY_RECEIPT = "believes_every_receipt"
    REPEATS_IN_ITS_HTTP_LIBRARY = "repeats_in_its_http_library"


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
    """Send until the parent says stop, and hear old news again when it says replay. Says once
    when it begins."""
    plant(accused.bug)
    settings = Settings(None)
    settings.set(THROUGHPUT, THROUGHPUT_PER_S)
    settings.set(LINES, LINES_OPEN)
    parent.send("begins")
    paths = find_paths(data_dir=accused.data_dir, profile="default")
    desk = open_desk(
        paths=paths,
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
    while parent.recv() == "replay":
        _hear_all_again(desk, paths.database)
        parent.send("replayed")
    stop.set()
    desk.sender.wake()
    for thread in threads:
        thread.join()
    desk.close()


def _hear_all_again(desk: Desk, log: Path) -> None:
    """Vonage tells once more what became of each message, and the last news first."""
    database = Database(log)
    book = ReceiptBook(database, lambda _news: None)
    sent = desk.history.page(HistoryFilter(states=HAVE_AN_ID), limit=100_000)
    for message in sent:
        news = [
            receipt(
                status,
                message_uuid=message.message_uuid,
                provider_time=message.created_at + timedelta(seconds=second),
            )
            for status, second in ((State.DELIVERED, 2), (State.SUBMITTED, 1))
        ]
        book.record(news, at=message.created_at)
    database.close_thread()


def _die_at(checkpoint: str, crash_at: str) -> None:
    if checkpoint == crash_at:
        os._exit(KILLED)


def plant(bug: Bug, put: Callable[[Any, str, object], None] = setattr) -> None:
    """Give this process the bug; with pytest's `monkeypatch.setattr`, until the test ends."""
    if bug is Bug.SENDS_AGAIN_AFTER_A_CRASH:
        # What was on the wire at a crash is queued again, as if it surely had not left.
        naive = message_log._INTERRUPT_MESSAGES.replace(
            "state = 'unknown', unknown_reason = :reason", "state = 'queued'"
        )
        put(message_log, "_INTERRUPT_MESSAGES", naive)
    elif bug is Bug.SENDS_AGAIN_WITHOUT_AN_ANSWER:
        put(outcomes, "of_no_answer", _as_if_not_sent)
    elif bug is Bug.SENDS_BEFORE_IT_COMMITS:
        put(Sender, "_commit", _send_before_commit)
    elif bug is Bug.BELIEVES_EVERY_RECEIPT:
        put(events, "receipt_moves", lambda old, new: True)
    elif bug is Bug.REPEATS_IN_ITS_HTTP_LIBRARY:
        put(Client, "submit", _submit_three_times)


def _as_if_not_sent(error: NoAnswer) -> Outcome:
    return Outcome(outcomes.Verdict.NOT_SENT, State.QUEUED, cause=error.reason)


class _Submitted:
    """Stands in for a line over which the message has gone already."""

    def submit(self, _claim: Claim, _body: bytes) -> None: ...


_commit = Sender._commit
_submit = Client.submit


def _send_before_commit(sender: Sender, departures: list[_Departure]) -> None:
    """The request first, then the note of it, after what a slow disk takes."""
    for claim, body, line in departures:
        line.submit(claim, body)
    threading.Event().wait(SLOW_DISK_S)
    gone = cast(LineWorker, _Submitted())
    _commit(sender, [(claim, body, gone) for claim, body, _line in departures])


def _submit_three_times(client: Client, line: Line, body: bytes) -> Answer:
    """As libraries do that "retry on connection errors"."""
    for _ in range(2):
        try:
            return _submit(client, line, body)
        except NoAnswer:
            line.open()
    return _submit(client, line, body)
