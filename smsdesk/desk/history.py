"""Looking back, and settling what is open: the log as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from smsdesk.delivery.outbox import Outbox
from smsdesk.desk.compose import NotStoredError
from smsdesk.sms.message import Message, MessageEvent
from smsdesk.sms.state import State
from smsdesk.store.errors import StoreError
from smsdesk.store.history import Attempt, HistoryFilter, HistoryView, Turn
from smsdesk.store.lookups import Lookup, LookupTable
from smsdesk.store.message_log import MessageLog
from smsdesk.system.clock import Clock
from smsdesk.system.settings import EXPIRY_HOURS, Settings

__all__ = [
    "FILTER_GROUPS",
    "Attempt",
    "Evidence",
    "EvidenceLevel",
    "History",
    "HistoryFilter",
    "Turn",
]

FILTER_GROUPS: Mapping[str, frozenset[State]] = {
    "all": frozenset(),
    "waiting": frozenset({State.SCHEDULED, State.QUEUED, State.HELD, State.SENDING}),
    "sent": frozenset({State.ACCEPTED, State.SUBMITTED}),
    "delivered": frozenset({State.DELIVERED, State.READ}),
    "failed": frozenset({State.UNDELIVERABLE, State.REJECTED, State.FAILED, State.CANCELLED}),
    "review": frozenset({State.UNKNOWN}),
}
"""The groups of the filter row, each with the states it shows; none means all."""

SENDABLE_AGAIN = frozenset(
    {State.DELIVERED, State.READ, State.ACCEPTED, State.SUBMITTED, *FILTER_GROUPS["failed"]}
)


def can_send_again(message: Message) -> bool:
    """Whether a new message like this one may be queued: it has ended, and its text is there."""
    return message.state in SENDABLE_AGAIN and message.text_kept_days is None


COUNT_AT_MOST = 10_000
EARLIEST_PROOF = timedelta(minutes=60)
APART = timedelta(minutes=30)
NO_HOPE_AFTER = timedelta(hours=72)


class TextRemovedError(ValueError):
    """The message cannot be sent again: its text is gone, after so many days."""

    def __init__(self, days: int) -> None:
        super().__init__(f"the text was removed after {days} days")
        self.days = days


class EvidenceLevel(StrEnum):
    """How much is known about a doubtful message."""

    NOTHING_YET = "nothing_yet"
    SEARCHED = "searched"
    """Looked for and not found, but too early to mean anything."""
    PROBABLY_NOT_SENT = "probably_not_sent"
    """Two complete look-ups, late and well apart, found others of that time, not this one."""
    CANNOT_BE_DETERMINED = "cannot_be_determined"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against a doubtful message having been sent."""

    level: EvidenceLevel
    lookups: int
    last_at: datetime | None


class History:
    """What the history pane and `smsdesk history` ask for."""

    def __init__(
        self,
        *,
        view: HistoryView,
        log: MessageLog,
        outbox: Outbox,
        lookups: LookupTable,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
    ) -> None:
        self._view = view
        self._log = log
        self._outbox = outbox
        self._lookups = lookups
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender

    # Looking ---------------------------------------------------------------------

    def page(
        self, which: HistoryFilter, *, before_seq: int | None = None, limit: int = 100
    ) -> list[Message]:
        """The newest messages that fit, or those older than `before_seq`; newest first."""
        return self._view.page(which, before_seq=before_seq, limit=limit)

    def get(self, message_id: str) -> Message | None:
        """One message by its id."""
        return self._view.get(message_id)

    def get_many(self, ids: Iterable[str]) -> list[Message]:
        """Messages by their ids, oldest first; ids that do not exist are left out."""
        return self._view.get_many(ids)

    def batch(self, batch_id: str) -> list[Message]:
        """The messages of one Send."""
        return self._view.batch(batch_id)

    def events(self, message_id: str) -> list[MessageEvent]:
        """One message's life so far, oldest first."""
        return self._view.events(message_id)

    def attempts(self, message_id: str) -> list[Attempt]:
        """Every try on the wire, the first one first."""
        return self._view.attempts(message_id)

    def client_refs(self, messages: Iterable[Message]) -> Mapping[int, list[str]]:
        """The references used on the wire, by a message's `seq`."""
        return self._view.client_refs(message.seq for message in messages)

    def counts(self) -> Mapping[str, int]:
        """How many wait and how many need review; counting stops at 10,000."""
        return {
            group: self._view.count(FILTER_GROUPS[group], at_most=COUNT_AT_MOST)
            for group in ("waiting", "review")
        }

    def unread(self, *, at_most: int = COUNT_AT_MOST) -> int:
        """How many replies nobody has read yet; counting stops at `at_most`."""
        return self._view.unread(at_most=at_most)

    def in_doubt(self, *, at_most: int = COUNT_AT_MOST) -> int:
        """How many messages need review; counting stops at `at_most`."""
        return self._view.count(FILTER_GROUPS["review"], at_most=at_most)

    def newest_seq(self) -> int:
        """The place of the last message in the log; 0 in an empty one."""
        return self._view.newest_seq()

    def turns(self, ids: Iterable[str], states: Iterable[State]) -> list[Turn]:
        """Those of many messages that are in one of the states, read replies left out."""
        return self._view.turns(ids, states)

    def review(self, *, limit: int = 200) -> list[Message]:
        """The messages in doubt, the oldest first."""
        return self._view.in_states(FILTER_GROUPS["review"], limit=limit)

    def queued(self, *, limit: int = 10_000) -> list[Message]:
        """What waits to be sent or was being sent, perhaps by a run that crashed; oldest first."""
        return self._view.in_states((State.QUEUED, State.HELD, State.SENDING), limit=limit)

    def evidence(self, message_id: str) -> Evidence:
        """What was found out about a message in doubt, for the person who decides."""
        attempts = self._view.attempts(message_id)
        lookups = self._lookups.empty_lookups(message_id)
        last_at = lookups[-1].at if lookups else None
        if not attempts:
            return Evidence(EvidenceLevel.NOTHING_YET, len(lookups), last_at)
        level = _weigh(lookups, since=attempts[-1].opened_at, now=self._clock.now())
        return Evidence(level, len(lookups), last_at)

    # Acting ----------------------------------------------------------------------

    def cancel(self, message_id: str) -> bool:
        """Stop a message that waits; False when it is too late. Raises StoreError."""
        return self._log.cancel(message_id, at=self._clock.now())

    def send_again(self, message_id: str) -> Message:
        """Queue a new message like an old one, linked to it.

        Not for messages that wait or are in doubt: those have their own ways on. Raises
        ValueError for them, TextRemovedError where there is no text any more, and
        NotStoredError when the log could not take it.
        """
        message = self._view.get(message_id)
        if message is None or message.state not in SENDABLE_AGAIN:
            raise ValueError(f"message {message_id} cannot be sent again")
        if message.text_kept_days is not None:
            raise TextRemovedError(message.text_kept_days)
        try:
            queued = self._outbox.queue_again(
                message, at=self._clock.now(), expires_after=self._expiry()
            )
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        return self._view.get_many(queued.ids)[0]

    def settle_as_sent(self, message_id: str) -> None:
        """Doubt ends: count it as sent. Raises IllegalMoveError when there is none any more."""
        self._log.treat_as_sent(message_id, at=self._clock.now())

    def settle_and_send_again(self, message_id: str) -> None:
        """Doubt ends: another attempt, which may reach the person twice.

        Raises IllegalMoveError when it is no doubt any more.
        """
        now = self._clock.now()
        self._log.send_again_after_doubt(message_id, at=now, expires_at=now + self._expiry())
        self._wake_sender()

    def leave(self, message_id: str) -> None:
        """Doubt stays; note that somebody looked."""
        self._log.leave(message_id, at=self._clock.now())

    def _expiry(self) -> timedelta:
        return timedelta(hours=self._settings.get(EXPIRY_HOURS))


def _weigh(lookups: list[Lookup], *, since: datetime, now: datetime) -> EvidenceLevel:
    """Two sound, empty look-ups far enough apart are advice; nothing less is."""
    sound = [
        lookup.at
        for lookup in lookups
        if lookup.is_complete and lookup.control_found and lookup.at - since >= EARLIEST_PROOF
    ]
    if sound and sound[-1] - sound[0] >= APART:
        return EvidenceLevel.PROBABLY_NOT_SENT
    if now - since > NO_HOPE_AFTER:
        return EvidenceLevel.CANNOT_BE_DETERMINED
    return EvidenceLevel.SEARCHED if lookups else EvidenceLevel.NOTHING_YET
