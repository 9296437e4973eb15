"""Looking back, and settling what is open: the log as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from smsdesk.delivery.status import ReceiptSource, ReceiptsStatus
from smsdesk.desk.acting import Acting
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.sms.channels import CHANNELS
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.search import parse_search
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.errors import StoreError
from smsdesk.store.history import Attempt, Extent, HistoryFilter, Receipt, Turn
from smsdesk.store.legs import LegNews
from smsdesk.store.lookups import Lookup
from smsdesk.store.message_log import Settled
from smsdesk.store.search_index import SMALL, Progress
from smsdesk.system.settings import EXPIRY_HOURS, RECEIPTS, RECEIVER

if TYPE_CHECKING:
    from smsdesk.delivery.outbox import Outbox
    from smsdesk.desk.saved_searches import SavedSearches
    from smsdesk.desk.timing import Timing
    from smsdesk.sms.message import Message, MessageEvent
    from smsdesk.store.history import HistoryView
    from smsdesk.store.lookups import LookupTable
    from smsdesk.store.message_log import MessageLog
    from smsdesk.store.search_index import SearchIndex
    from smsdesk.system.clock import Clock
    from smsdesk.system.settings import Settings

__all__ = [
    "FILTER_GROUPS",
    "Asking",
    "Attempt",
    "Evidence",
    "EvidenceLevel",
    "Extent",
    "History",
    "HistoryFilter",
    "LegNews",
    "Lookup",
    "Progress",
    "Receipt",
    "Settle",
    "Settled",
    "Step",
    "StoreError",
    "Turn",
    "parse_search",
    "read_recipient",
]

FILTER_GROUPS: Mapping[str, frozenset[State]] = {
    "all": frozenset(),
    "replies": frozenset({State.RECEIVED}),
    "waiting": frozenset({State.SCHEDULED, State.QUEUED, State.HELD, State.SENDING}),
    "sent": frozenset({State.ACCEPTED, State.SUBMITTED}),
    "delivered": frozenset({State.DELIVERED, State.READ}),
    "failed": frozenset({State.UNDELIVERABLE, State.REJECTED, State.FAILED, State.CANCELLED}),
    "review": frozenset({State.UNKNOWN}),
}
"""The groups of the filter row, each with the states it shows; none means all."""


def read_recipient(typed: str, *, default_region: str | None) -> str:
    """Whom a filter means: a number however it is written, and anything else as it stands."""
    try:
        return parse_phone(typed, default_region=default_region).e164
    except PhoneNumberError:
        return typed


SENDABLE_AGAIN = frozenset(
    {State.DELIVERED, State.READ, State.ACCEPTED, State.SUBMITTED, *FILTER_GROUPS["failed"]}
)


def can_send_again(message: Message) -> bool:
    """Whether a new message like this one may be queued: it has ended, and its text is there."""
    return message.state in SENDABLE_AGAIN and message.text_kept_days is None


def may_have_other_time(message: Message) -> bool:
    """Whether another time may be chosen for it: it waits for one, or its time was missed."""
    if message.state is State.HELD:
        return message.held_reason in (HeldReason.STALE, HeldReason.QUIET_HOURS)
    return message.state is State.SCHEDULED and not message.is_about_to_leave


COUNT_AT_MOST = 10_000
NO_END = 10**9
EARLIEST_PROOF = timedelta(minutes=60)
APART = timedelta(minutes=30)
NO_HOPE_AFTER = timedelta(hours=72)
SETTLED_AT_ONCE = 250
"""As many doubts are settled in one commit; the log is free for others in between."""


class TextRemovedError(ValueError):
    """The message cannot be sent again: its text is gone, after so many days."""

    def __init__(self, days: int) -> None:
        super().__init__(f"the text was removed after {days} days")
        self.days = days


class ChannelOffError(ValueError):
    """The message cannot be sent again: the account does not use `channel` any more."""

    def __init__(self, channel: str) -> None:
        super().__init__(f"{channel} is not switched on")
        self.channel = channel


class EvidenceLevel(StrEnum):
    """How much is known about a doubtful message."""

    NOTHING_YET = "nothing_yet"
    SEARCHED = "searched"
    """Looked for and not found, but too early to mean anything."""
    PROBABLY_NOT_SENT = "probably_not_sent"
    """Two complete look-ups, late and well apart, found others of that time, not this one."""
    NOBODY_CAN_ASK = "nobody_can_ask"
    """Reports cannot be asked and no webhook is listened for, so nothing more will be known."""
    CANNOT_BE_DETERMINED = "cannot_be_determined"


class Asking(StrEnum):
    """Whether Vonage's reports can be asked just now, or why not."""

    YES = "yes"
    OFF = "off"
    NO_SECRET = "no_secret"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    SPENT = "spent"


class Settle(StrEnum):
    """What a person decides about doubt."""

    AS_SENT = "as_sent"
    SEND_AGAIN = "send_again"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against a doubtful message having been sent."""

    level: EvidenceLevel
    lookups: int
    """How often it was looked for and not found, whichever attempt it was about."""
    last_at: datetime | None
    attempt: Attempt | None = None
    """The last one, which the doubt is about."""
    searches: tuple[Lookup, ...] = ()
    """The look-ups since that attempt, oldest first."""
    receipts: tuple[MessageEvent, ...] = ()
    """What webhooks and reports have said about the message."""
    asking: Asking = Asking.YES
    hears_webhooks: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a message's life."""

    event: MessageEvent
    attempt: Attempt | None = None
    """The one that it begins."""
    receipt: Receipt | None = None
    """The one that it is."""


class History:
    """What the history pane and `smsdesk history` ask for."""

    def __init__(
        self,
        *,
        view: HistoryView,
        log: MessageLog,
        outbox: Outbox,
        lookups: LookupTable,
        timing: Timing,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
        saved: SavedSearches,
        index: SearchIndex,
        receipts: Callable[[], ReceiptsStatus] = lambda: ReceiptsStatus(ReceiptSource.OFF),
        channels_on: Callable[[], Collection[str]] = lambda: CHANNELS,
    ) -> None:
        """`channels_on` names the channels that the account uses."""
        self._channels_on = channels_on
        self._view = view
        self._log = log
        self._outbox = outbox
        self._lookups = lookups
        self.timing = timing
        self.saved = saved
        self._index = index
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender
        self._receipts = receipts
        self.acting = Acting(
            view=view,
            log=log,
            outbox=outbox,
            clock=clock,
            expiry=self._expiry,
            wake_sender=wake_sender,
            channels_off=self._channels_off,
        )

    # Looking ---------------------------------------------------------------------

    def page(
        self,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int = 100,
    ) -> list[Message]:
        """The newest messages that fit, or those next to a place; newest first in any case.

        With `before_seq` they are the next older ones, with `after_seq` the next newer ones.
        """
        return self._view.page(which, before_seq=before_seq, after_seq=after_seq, limit=limit)

    def keys(
        self,
        which: HistoryFilter,
        *,
        before_seq: int | None = None,
        after_seq: int | None = None,
        limit: int,
    ) -> list[int]:
        """The places of the newest messages that fit, between two others if they are given;
        newest first."""
        return self._view.keys(which, before_seq=before_seq, after_seq=after_seq, limit=limit)

    def size(self) -> int:
        """How many messages the log holds. The time it takes grows with the log."""
        return self._view.size()

    def count_fitting(self, which: HistoryFilter, *, at_most: int = COUNT_AT_MOST) -> int:
        """How many messages fit; counting stops at `at_most`."""
        return self._view.count_fitting(which, at_most=at_most)

    def extent(self, which: HistoryFilter) -> Extent | None:
        """The oldest and the newest message that fit; None where none does."""
        return self._view.extent(which)

    def first_seq_at(self, which: HistoryFilter, moment: datetime) -> int | None:
        """The place where the fitting messages from `moment` on begin; None where all are
        older. `page` with `before_seq` one above it begins with that message."""
        return self._view.first_seq_at(which, moment)

    def senders(self) -> list[str]:
        """Who messages have gone out as, and our numbers that replies have come to; sorted."""
        return self._view.senders()

    def failures(self) -> list[str]:
        """The codes with which messages have failed, sorted."""
        return self._view.failures()

    def channels(self) -> list[str]:
        """The channels that messages have gone or come by, sorted."""
        return self._view.channels()

    def search_progress(self) -> Progress:
        """How much of the log the search index holds. All of it is found at any time, only more
        slowly where the index has not come yet."""
        return self._index.progress()

    def index_a_little(self) -> None:
        """Make one short piece of the search index, some hundredths of a second, if one is
        missing: for a program that does not stay. Trouble is left to whoever stays."""
        with suppress(StoreError):
            self._index.step(at_most=SMALL)

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

    def life(self, message_id: str) -> list[Step]:
        """One message's whole life, oldest first: each event with the attempt or the receipt
        that it is about."""
        attempts = {one.client_ref: one for one in self._view.attempts(message_id)}
        receipts = self._view.receipts(message_id)
        steps = []
        for event in self._view.events(message_id):
            receipt = next((one for one in receipts if _tells_of(one, event)), None)
            if receipt is not None:
                receipts.remove(receipt)
            attempt = attempts.get(event.detail) if event.status == State.SENDING else None
            steps.append(Step(event, attempt, receipt))
        return steps

    def attempts(self, message_id: str) -> list[Attempt]:
        """Every try on the wire, the first one first."""
        return self._view.attempts(message_id)

    def legs(self, message: Message) -> list[LegNews]:
        """The channels that a message tries in turn, with what became of each; none where there
        is only the one."""
        return self._view.legs(message.seq) if message.legs else []

    def client_refs(self, messages: Iterable[Message]) -> Mapping[int, list[str]]:
        """The references used on the wire, by a message's `seq`."""
        return self._view.client_refs(message.seq for message in messages)

    def counts(self) -> Mapping[str, int]:
        """How many replies are unread, how many messages wait, and how many need review;
        counting stops at 10,000."""
        counts = {
            group: self._view.count(FILTER_GROUPS[group], at_most=COUNT_AT_MOST)
            for group in ("waiting", "review")
        }
        return {"replies": self._view.unread(at_most=COUNT_AT_MOST), **counts}

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

    def count_in_doubt(self) -> int:
        """How many messages are in doubt, all of them counted."""
        return self._view.count(FILTER_GROUPS["review"], at_most=NO_END)

    def all_in_doubt(self) -> list[int]:
        """The `seq` of every message that is in doubt now, oldest first; no message is read."""
        return self._view.seqs_in(State.UNKNOWN)

    def queued(self, *, limit: int = 10_000) -> list[Message]:
        """What waits to be sent or was being sent, perhaps by a run that crashed; oldest first."""
        return self._view.in_states((State.QUEUED, State.HELD, State.SENDING), limit=limit)

    def evidence(self, message_id: str) -> Evidence:
        """What was found out about a message in doubt, for the person who decides."""
        attempts = self._view.attempts(message_id)
        lookups = self._lookups.empty_lookups(message_id)
        attempt = attempts[-1] if attempts else None
        asking, hears_webhooks = self.asking(), bool(self._settings.get(RECEIVER))
        level = EvidenceLevel.NOTHING_YET
        if attempt is not None:
            level = _weigh(lookups, since=attempt.opened_at, now=self._clock.now())
        if level in _OPEN and asking in _NEVER_ASKED and not hears_webhooks:
            level = EvidenceLevel.NOBODY_CAN_ASK
        return Evidence(
            level,
            len(lookups),
            lookups[-1].at if lookups else None,
            attempt,
            tuple(one for one in lookups if attempt is None or one.at >= attempt.opened_at),
            tuple(
                event
                for event in self._view.events(message_id)
                if event.source in ("webhook", "report")
            ),
            asking,
            hears_webhooks,
        )

    def asking(self) -> Asking:
        """Whether Vonage's reports can be asked just now, or why not."""
        if self._settings.get(RECEIPTS) != "reports":
            return Asking.OFF
        return _ASKING.get(self._receipts().source, Asking.YES)

    # Acting ----------------------------------------------------------------------

    def cancel(self, message_id: str) -> bool:
        """Stop a message that waits; False when it is too late. Raises StoreError."""
        return self._log.cancel(message_id, at=self._clock.now())

    def send_again(self, message_id: str) -> Message:
        """Queue a new message like an old one, linked to it.

        Not for messages that wait or are in doubt: those have their own ways on. Raises
        ValueError for them, TextRemovedError where there is no text any more, ChannelOffError
        where its channel is not used any more, and NotStoredError when the log could not take it.
        """
        message = self._view.get(message_id)
        if message is None or message.state not in SENDABLE_AGAIN:
            raise ValueError(f"message {message_id} cannot be sent again")
        if message.text_kept_days is not None:
            raise TextRemovedError(message.text_kept_days)
        for channel in self._channels_off(message):
            raise ChannelOffError(channel)
        try:
            queued = self._outbox.queue_again(
                message, at=self._clock.now(), expires_after=self._expiry()
            )
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        return self._view.get_many(queued.ids)[0]

    def _channels_off(self, message: Message) -> list[str]:
        """Which of a message's channels the account does not use."""
        on = self._channels_on()
        tried = [message.channel, *(news.leg.channel for news in self.legs(message))]
        return [channel for channel in tried if channel not in on]

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

    def settle_many(self, seqs: Sequence[int], how: Settle) -> Settled:
        """Doubt ends for up to `SETTLED_AT_ONCE` messages, in one commit.

        What a receipt has settled meanwhile is passed over. Nobody who has opted out meanwhile
        is sent to again: those stay in doubt, and are counted. Raises NotStoredError.
        """
        now = self._clock.now()
        try:
            if how is Settle.AS_SENT:
                return self._log.treat_many_as_sent(seqs, at=now)
            settled = self._log.send_many_again_after_doubt(
                seqs, at=now, expires_at=now + self._expiry()
            )
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        return settled

    def ask_now(self, message_id: str) -> bool:
        """Have Vonage asked about a message in doubt as soon as it is its turn.

        False when it is no doubt any more. Raises NotStoredError.
        """
        try:
            return self._lookups.ask_now(message_id, at=self._clock.now())
        except StoreError as error:
            raise NotStoredError(error.code) from error

    def leave(self, message_id: str) -> None:
        """Doubt stays; note that somebody looked."""
        self._log.leave(message_id, at=self._clock.now())

    def _expiry(self) -> timedelta:
        return timedelta(hours=self._settings.get(EXPIRY_HOURS))


_OPEN = frozenset({EvidenceLevel.NOTHING_YET, EvidenceLevel.SEARCHED})
_NEVER_ASKED = frozenset({Asking.OFF, Asking.NO_SECRET, Asking.REFUSED})
_ASKING: Mapping[ReceiptSource, Asking] = {
    ReceiptSource.NO_SECRET: Asking.NO_SECRET,
    ReceiptSource.REFUSED: Asking.REFUSED,
    ReceiptSource.UNREACHABLE: Asking.UNREACHABLE,
    ReceiptSource.SPENT: Asking.SPENT,
}
# A service that has not run yet says OFF, and so says nothing.


def _tells_of(receipt: Receipt, event: MessageEvent) -> bool:
    return (receipt.at, receipt.source, receipt.status) == (
        event.at,
        event.source,
        event.status,
    )


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
