"""What the tests of several rooms share: a clock to turn, a wait with an end, messages to send."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from smsdesk.delivery.heard import Heard
from smsdesk.delivery.identity import make_client_ref, ulids
from smsdesk.desk.changes import Change, ChangeKind, Changes
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryView
from smsdesk.store.message_log import AttemptResult, Claim, MessageLog, NewMessage
from smsdesk.system.clock import Clock

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INSTALL_TAG = "TESTTEST"
FROM = "+447700900001"
TO = "+447700900000"


def until(condition: Callable[[], bool], *, timeout_s: float = 20.0) -> None:
    """Wait for the condition; fail when it does not come true in time."""
    pause = threading.Event()
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        pause.wait(0.01)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class TurnedClock(Clock):
    """The machine's clock, which a test may turn forward without waiting."""

    def __init__(self) -> None:
        self._turned_s = 0.0
        self._slept_s = 0.0
        self._set_s = 0.0

    def epoch(self) -> float:
        return super().epoch() + self._turned_s + self._slept_s + self._set_s

    def monotonic(self) -> float:
        return super().monotonic() + self._turned_s

    def since_boot(self) -> float:
        return super().monotonic() + self._turned_s + self._slept_s

    def turn(self, seconds: float) -> None:
        """So much time has passed."""
        self._turned_s += seconds

    def sleep(self, seconds: float) -> None:
        """The computer slept: its monotonic clock stood still."""
        self._slept_s += seconds

    def set(self, seconds: float) -> None:
        """Somebody set the wall clock, forward or back."""
        self._set_s += seconds


class StoppedClock(Clock):
    """Stands at `NOW` until a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def epoch(self) -> float:
        return self.at.timestamp()

    def monotonic(self) -> float:
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        self.at += by


class Log:
    """A message log with the few sentences that tests say to it again and again."""

    def __init__(self, database: Database, *, boot_id: str = "this-boot") -> None:
        self.news: list[frozenset[str] | None] = []
        self.database = database
        self.log = MessageLog(database, self.news.append, boot_id=boot_id)
        self.view = HistoryView(database)

    def queue(self, count: int = 1, *, at: datetime = NOW, **fields: Any) -> list[str]:
        """Queue messages as one batch; returns their ids."""
        messages = [new_message(**fields) for _ in range(count)]
        self.log.add_batch(ulids.make(), messages, at=at)
        return [message.id for message in messages]

    def claim(self, message_id: str, *, at: datetime = NOW) -> Claim | None:
        """Claim one message; None when the log refuses."""
        claim = self.make_claim(message_id)
        won = self.log.commit_step([], [claim], at=at)
        return claim if won else None

    def make_claim(self, message_id: str) -> Claim:
        message = self.view.get(message_id)
        assert message is not None
        n = message.attempts + 1
        ref = make_client_ref(INSTALL_TAG, message.id, n)
        return Claim(message.seq, message.id, n, ref, "0" * 64)

    def sending(self, *, at: datetime = NOW, **fields: Any) -> Claim:
        """A message that is on its way."""
        (message_id,) = self.queue(at=at, **fields)
        claim = self.claim(message_id, at=at)
        assert claim is not None
        return claim

    def finish(self, claim: Claim, state: State, *, at: datetime = NOW, **fields: Any) -> None:
        """Write the result of an attempt."""
        result = AttemptResult(
            **{
                "seq": claim.seq,
                "id": claim.id,
                "n": claim.n,
                "state": state,
                "outcome": state.value,
                **fields,
            }
        )
        self.log.commit_step([result], [], at=at)

    def accepted(self, message_uuid: str, *, at: datetime = NOW, **fields: Any) -> Claim:
        """A message that Vonage has taken."""
        claim = self.sending(at=at, **fields)
        self.finish(claim, State.ACCEPTED, at=at, message_uuid=message_uuid)
        return claim

    def unknown(self, *, at: datetime = NOW, **fields: Any) -> Claim:
        """A message in doubt."""
        claim = self.sending(at=at, **fields)
        self.finish(claim, State.UNKNOWN, at=at, unknown_reason="closed")
        return claim

    def state(self, message_id: str) -> State:
        message = self.view.get(message_id)
        assert message is not None
        return message.state


def make_heard(database: Database, log: Log, *, clock: Clock | None = None) -> Heard:
    """What takes receipts and replies, with news to a log's."""
    return Heard(
        database=database,
        on_change=log.news.append,
        on_list=lambda: None,
        clock=clock or Clock(),
    )


def new_message(**fields: Any) -> NewMessage:
    """A good message with a fresh id, with fields replaced."""
    good: dict[str, Any] = {
        "id": ulids.make(),
        "to": TO,
        "sender": FROM,
        "text": "The van is here.",
        "encoding": Encoding.GSM7,
        "parts": 1,
    }
    return NewMessage(**{**good, **fields})


def receipt(status: State, **fields: Any) -> DeliveryReceipt:
    """A receipt with fields replaced; its raw text is made of all that it says."""
    said: dict[str, Any] = {
        "message_uuid": None,
        "client_ref": None,
        "status": status,
        "provider_time": None,
        "source": "webhook",
        "failure": None,
        "price": None,
        "currency": None,
        "network": None,
        "parts": None,
        **fields,
    }
    return DeliveryReceipt(**{"raw": repr(said), **said})


def reply(text: str, **fields: Any) -> InboundMessage:
    """A reply to `FROM`, with fields replaced."""
    said: dict[str, Any] = {
        "message_uuid": ulids.make(),
        "sender": "+447700900123",
        "to": FROM,
        "text": text,
        "provider_time": None,
        "source": "webhook",
        **fields,
    }
    return InboundMessage(**{"raw": repr(said), **said})


def hear(changes: Changes) -> list[Change]:
    """What is told from now on, without the trail's news: those come when its writer has time."""
    heard: list[Change] = []

    def note(change: Change) -> None:
        if change.kind is not ChangeKind.TRAIL:
            heard.append(change)

    changes.subscribe(note)
    return heard
