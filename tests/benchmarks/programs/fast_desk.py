"""A desk on a log of our choosing, whose sender may be faster than any setting allows.

The settings stop at a hundred a second, which no benchmark of the sender could do with. All
else is opened as the program opens it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smsdesk.delivery.identity import ulids
from smsdesk.delivery.reports import PATIENT
from smsdesk.delivery.sender import Sender, SenderFiles, SenderSettings
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.message_log import MessageLog, NewMessage
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import DEFAULT_REGION, SENDER, Settings
from smsdesk.system.vault import SessionVault

TEXT = (
    "Your engineer is on the way and will be with you between 10 and 12. Reply to this message "
    "to move it."
)


def open_fast_desk(question: dict[str, Any]) -> tuple[Desk, Database]:
    """The desk that the question describes, and its database."""
    settings = Settings(None)
    settings.set(DEFAULT_REGION, "GB")
    settings.set(SENDER, "ACME")
    paths = find_paths(data_dir=Path(question["data_dir"]), profile="default")
    desk = open_desk(
        paths=paths,
        settings=settings,
        vault=SessionVault(
            {
                "application_id": question["application_id"],
                "private_key_path": question["private_key_path"],
                "api_key": "demo",
                "api_secret": "demo",
            }
        ),
        profile="default",
        api_url=question["api_url"],
    )
    database = Database(paths.database)
    pace = SenderSettings(question["per_second"], question["lines"])
    sender = Sender(
        database=database,
        log=MessageLog(database, desk.changes.announce_messages, boot_id=ulids.make()),
        lock=ProcessLock(paths.sender_lock),
        files=SenderFiles(high_water=paths.high_water, ballast=paths.ballast),
        connect=desk.account.connect,
        settings=lambda: pace,
        on_status=lambda _status: desk.changes.announce(Change(ChangeKind.SENDER)),
        first_lookup=lambda *, is_unknown: PATIENT.wait(is_unknown=is_unknown, asked=0),
        clock=Clock(),
        waiting=WaitingRoom(database, desk.changes.announce_messages),
    )
    others = [service for service in desk.services if service.name != sender.name]
    return replace(desk, sender=sender, services=(sender, *others)), database


def queue(
    database: Database,
    count: int,
    *,
    on_change: Callable[[frozenset[str] | None], None],
    state: State = State.QUEUED,
) -> None:
    """Store one batch, in one commit."""
    messages = [
        NewMessage(
            id=ulids.make(),
            to=f"+447700900{number % 1000:03}",
            sender="ACME",
            text=TEXT,
            encoding=Encoding.GSM7,
            parts=1,
            state=state,
        )
        for number in range(count)
    ]
    log = MessageLog(database, on_change, boot_id="benchmark")
    log.add_batch(ulids.make(), messages, at=datetime.now(UTC))
