"""A real desk on a real log for each test, and the window before it; nothing is sent.

Run with QT_QPA_PLATFORM=xcb (or another) in the environment to watch.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)  # nothing on the desktop of who runs the tests

from smsdesk.delivery.identity import ulids
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.sms.channels.received import Received
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.store.message_log import AttemptResult, Claim, MessageLog
from smsdesk.system.paths import Paths, find_paths
from smsdesk.system.settings import DEFAULT_REGION, SENDER, UNDO_S, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.ui import numbers
from smsdesk.ui.background import Worker
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Choice, Theme

OURS = "+447700900001"
APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


class Book:
    """Puts messages into the log in any state, by the log's own steps."""

    def __init__(self, desk: Desk, paths: Paths) -> None:
        self._desk = desk
        self._heard = 0
        self.database = Database(paths.database)
        self._log = MessageLog(
            self.database, desk.changes.announce_messages, boot_id="the tests"
        )
        self._replies = InboundBook(
            self.database,
            desk.changes.announce_messages,
            on_list=lambda: None,
            make_id=ulids.make,
        )

    def add(
        self, state: State = State.QUEUED, *, to: str = "+447700900123", text: str = "Hello"
    ) -> Message:
        queued = self._desk.compose.send(
            Draft(sender="ACME", recipients=to, text=text)
        ).messages[0]
        if state is not State.QUEUED:
            self.move(queued, state)
        return self.get(queued.id)

    def add_doubts(self, count: int) -> None:
        """Very many messages in doubt at once, to numbers of their own."""
        self.database.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
            "INSERT INTO message (id, direction, channel, state, recipient, sender, text, "
            "encoding, parts, created_ms, updated_ms, attempts, unknown_reason) "
            "SELECT 'doubt ' || i, 'outbound', 'sms', 'unknown', '+44770' || (1000000 + i), "
            "'ACME', 'Hello', 'GSM-7', 1, 1772442000000, 1772442000000, 1, 'closed' FROM n",
            {"count": count},
        )
        self._desk.changes.announce_messages(None)

    def move(self, message: Message, state: State) -> None:
        """One attempt, and its result."""
        n = message.attempts + 1
        claim = Claim(message.seq, message.id, n, f"{message.id[:30]}-{n}", "0" * 64)
        assert self._log.commit_step([], [claim], at=datetime.now(UTC))
        if state is State.SENDING:
            return
        failure = FailureReason("1210", "Anti-spam", "<b>no</b>")
        result = AttemptResult(
            message.seq,
            message.id,
            n,
            state,
            outcome=state.value,
            message_uuid=f"uuid-of-{message.id}" if state is State.ACCEPTED else None,
            failure=failure if state is State.FAILED else None,
            unknown_reason="deadline" if state is State.UNKNOWN else None,
        )
        self._log.commit_step([result], [], at=datetime.now(UTC))

    def reply(
        self,
        text: str = "Running late",
        *,
        writer: str = "+447700900123",
        to: str = OURS,
        channel: str = "sms",
        received: Received | None = None,
    ) -> Message:
        """Somebody writes to us."""
        self._heard += 1
        uuid = f"uuid-of-reply-{self._heard}"
        heard = InboundMessage(
            message_uuid=uuid,
            sender=writer,
            to=to,
            text=text,
            provider_time=None,
            source="webhook",
            raw=uuid,
            network="23410",
            price="0.0043",
            currency="EUR",
            channel=channel,
            received=received,
        )
        (message_id,) = self._replies.record([HeardReply(heard)], at=datetime.now(UTC))
        return self.get(message_id)

    def read_all(self, *, writer: str = "+447700900123") -> None:
        """Somebody at the desk looks at what was written."""
        self._replies.mark_read(writer, at=datetime.now(UTC))

    def let_it_be_time(self) -> None:
        """What waits for its time within the next minute is due, as if that had passed."""
        at = datetime.now(UTC) + timedelta(minutes=1)
        self._log.promote_due(at=at, late_after_ms=60 * 60 * 1000)

    def get(self, message_id: str) -> Message:
        message = self._desk.history.get(message_id)
        assert message is not None
        return message


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(data_dir=tmp_path / "data", profile="default")


@pytest.fixture
def settings() -> Settings:
    settings = Settings(None)
    settings.set(DEFAULT_REGION, "GB")
    settings.set(SENDER, "ACME")
    settings.set(UNDO_S, 0)  # where the delay is the subject, the test sets it
    return settings


@pytest.fixture
def vault() -> SessionVault:
    return SessionVault(
        {
            "application_id": APPLICATION_ID,
            "private_key_path": "/nowhere/private.key",
            "api_key": "abcd1234",
            "api_secret": "a-secret-of-the-api",
        }
    )


@pytest.fixture
def desk(paths: Paths, settings: Settings, vault: SessionVault) -> Iterator[Desk]:
    """Everything real but the services: what is queued stays queued."""
    opened = open_desk(paths=paths, settings=settings, vault=vault, profile="default")
    yield replace(opened, services=())
    opened.close()


@pytest.fixture
def book(desk: Desk, paths: Paths) -> Iterator[Book]:
    book = Book(desk, paths)
    yield book
    book.database.close_thread()


@pytest.fixture
def worker(qapp: QApplication, desk: Desk) -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.run(desk.close)
    worker.close()


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp, Choice.LIGHT)
    yield theme
    qapp.styleHints().colorSchemeChanged.disconnect()
    theme.deleteLater()


@pytest.fixture
def open_window(
    qtbot: QtBot, desk: Desk, theme: Theme
) -> Iterator[Callable[[Desk], MainWindow]]:
    """Opens a window, waits for all that begins with it, and for its numbers; closed at the end."""
    opened: list[MainWindow] = []

    def open_one(
        shown: Desk, show: Callable[[MainWindow], None] = MainWindow.show
    ) -> MainWindow:
        window = MainWindow(shown, theme=theme)
        opened.append(window)
        window.resize(1000, 640)
        with qtbot.waitSignal(window.settled):
            show(window)
        numbers.warm()
        qtbot.waitUntil(lambda: bool(window.status.account.text()))
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[Desk], MainWindow], desk: Desk) -> MainWindow:
    return open_window(desk)
