"""Batches as a person watches them: how far one is, what became of it, and what to do about it.

Everything that counts a whole batch is for a worker. The words are in `wording_batches`; a batch
as a file is written by `exports`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from smsdesk.delivery.outbox import Outbox
from smsdesk.desk.channels import throughput_of
from smsdesk.desk.compose import Undone
from smsdesk.desk.not_stored import told
from smsdesk.desk.opt_outs import OptOuts
from smsdesk.desk.second_person import PinError, SecondPerson
from smsdesk.sms.message import Message
from smsdesk.sms.state import NEVER_SENT, State
from smsdesk.store.batches import Batch, BatchLog, Deed, Step, Tally
from smsdesk.system.clock import Clock
from smsdesk.system.settings import EXPIRY_HOURS, Settings

if TYPE_CHECKING:
    from smsdesk.desk.other_accounts import OtherAccounts

__all__ = [
    "Bars",
    "Batch",
    "BatchPhase",
    "Batches",
    "Deed",
    "Missed",
    "Outcome",
    "Progress",
    "Reason",
    "Tally",
]

RECENT = timedelta(hours=8)
"""What has run within a shift is told of, until it is dismissed."""
MEASURED_S = 10.0
"""The pace is that of the last seconds."""
TRUSTED_S = 3.0
"""A shorter time says nothing about the pace."""
MOST_BARS = 30
_WIDTHS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
_LATE_SHARE = 0.02
"""So few stragglers share the last bar, so that the others are not squeezed into the first."""


class Outcome(StrEnum):
    """What a batch is told in: what became of its messages, in so many groups."""

    DELIVERED = "delivered"
    SENT = "sent"
    """Vonage or the carrier has it; nothing more is known yet."""
    REVIEW = "review"
    FAILED = "failed"
    WAITING = "waiting"
    """Not sent yet, or on its way."""


OUTCOMES: Mapping[State, Outcome] = {
    State.DELIVERED: Outcome.DELIVERED,
    State.READ: Outcome.DELIVERED,
    State.ACCEPTED: Outcome.SENT,
    State.SUBMITTED: Outcome.SENT,
    State.UNKNOWN: Outcome.REVIEW,
    State.UNDELIVERABLE: Outcome.FAILED,
    State.REJECTED: Outcome.FAILED,
    State.FAILED: Outcome.FAILED,
    State.CANCELLED: Outcome.FAILED,
    State.SCHEDULED: Outcome.WAITING,
    State.QUEUED: Outcome.WAITING,
    State.HELD: Outcome.WAITING,
    State.SENDING: Outcome.WAITING,
}

_CANCELLABLE = (State.QUEUED, State.SCHEDULED, State.HELD)


class BatchPhase(StrEnum):
    """What a batch as a whole is doing."""

    UNCONFIRMED = "unconfirmed"
    PAUSED = "paused"
    SENDING = "sending"
    WAITING = "waiting"
    """For its time, or for what holds everything."""
    DONE = "done"
    """Nothing of it is left here."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some did not get it."""

    state: State
    code: str | None
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch, counted."""

    batch: Batch
    counts: Mapping[State, int]
    reasons: tuple[Reason, ...]
    """Why some did not get it, the commonest first."""
    rate: float | None
    """Messages a second that left lately; None while nothing can be said."""
    left: timedelta | None
    """How long what waits will take; None when it does not move."""

    @property
    def phase(self) -> BatchPhase:
        if not self.can_cancel:
            return BatchPhase.SENDING if self.counts.get(State.SENDING) else BatchPhase.DONE
        if self.batch.is_unconfirmed:
            return BatchPhase.UNCONFIRMED
        if self.batch.paused_at is not None:
            return BatchPhase.PAUSED
        if self.counts.get(State.QUEUED) or self.counts.get(State.SENDING):
            return BatchPhase.SENDING
        return BatchPhase.WAITING

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """The counts by group; groups without a message are left out."""
        return _by_outcome(self.counts)

    @property
    def total(self) -> int:
        """As many as are in the log still."""
        return sum(self.counts.values())

    @property
    def can_cancel(self) -> int:
        """How many have not been tried."""
        return sum(self.counts.get(state, 0) for state in _CANCELLABLE)


@dataclass(frozen=True, slots=True)
class Bars:
    """When the messages of a batch came to where they are, in bars of the same width."""

    start: datetime
    width: timedelta
    bars: tuple[Mapping[Outcome, int], ...]
    has_late: bool
    """The last bar also holds the few that came later."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Who surely did not get a batch, and may be written to again."""

    messages: tuple[Message, ...]
    opted_out: int
    """Left out: they want no more messages."""
    sent_anew: int
    """Left out: a later message took the place of theirs."""


class Batches:
    """What the batch line, the batch page and the list of batches ask for.

    Writing raises NotStoredError, reading StoreError.
    """

    def __init__(
        self,
        *,
        log: BatchLog,
        outbox: Outbox,
        opt_outs: OptOuts,
        second_person: SecondPerson,
        elsewhere: OtherAccounts,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
    ) -> None:
        self.second_person = second_person
        self.elsewhere = elsewhere
        self._log = log
        self._outbox = outbox
        self._opt_outs = opt_outs
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender
        self._paces: dict[str, _Pace] = {}

    # Looking ---------------------------------------------------------------------

    def page(self, *, before: Batch | None = None, limit: int = 50) -> list[Batch]:
        """Batches of several messages, newest first, from behind `before` on."""
        return self._log.page(before=before, limit=limit)

    def current(self, *, limit: int) -> list[Progress]:
        """What is waiting or on its way, and what was sent lately; newest first."""
        found = self._log.current(since=self._clock.now() - RECENT, limit=limit)
        self._paces = {
            batch.id: self._paces[batch.id] for batch in found if batch.id in self._paces
        }
        return [self._count(batch) for batch in found]

    def progress(self, batch_id: str) -> Progress | None:
        """One batch counted; None when it is not in the log any more."""
        batch = self._log.get(batch_id)
        return None if batch is None else self._count(batch)

    def bars(self, batch: Batch) -> Bars:
        """When its messages came to where they are."""
        return make_bars(batch.created_at, self._log.steps(batch))

    def deeds(self, batch_id: str) -> list[Deed]:
        """What persons did to it, oldest first."""
        return self._log.deeds(batch_id)

    def messages(self, batch_id: str) -> Iterator[list[Message]]:
        """All its messages in their order, some at a time."""
        return self._log.messages(batch_id)

    def missed(self, batch_id: str) -> Missed:
        """Who surely did not get it. Slow for a large one."""
        found = [one for page in self._log.surely_not_received(batch_id) for one in page]
        if not found:
            return Missed((), 0, 0)
        anew = self._log.sent_anew(found[0].seq)
        left = [message for message in found if message.id not in anew]
        refused = self._refused(left)
        may_get = tuple(one for one in left if (one.sender, one.to) not in refused)
        return Missed(may_get, len(left) - len(may_get), len(found) - len(left))

    def _count(self, batch: Batch) -> Progress:
        tallies = self._log.tally(batch.id)
        counts = tally_states(tallies)
        pace = self._paces.setdefault(batch.id, _Pace())
        gone = sum(n for state, n in counts.items() if state not in _NOT_GONE)
        rate = pace.note(gone, now=self._clock.monotonic())
        return Progress(batch, counts, _reasons(tallies), rate, self._left(counts, rate))

    def _left(self, counts: Mapping[State, int], rate: float | None) -> timedelta | None:
        waiting = counts.get(State.QUEUED, 0) + counts.get(State.SENDING, 0)
        if not waiting:
            return None
        pace = rate or throughput_of(self._settings)
        return timedelta(seconds=waiting / pace)

    def _refused(self, messages: Iterable[Message]) -> set[tuple[str, str]]:
        numbers: dict[str, list[str]] = {}
        for message in messages:
            numbers.setdefault(message.sender, []).append(message.to)
        return {
            (sender, number)
            for sender, some in numbers.items()
            for number in self._opt_outs.refused(some, sender=sender)
        }

    # Acting ----------------------------------------------------------------------

    def pause(self, batch_id: str) -> int:
        """Send nothing more of it until it is resumed; returns how many that stopped."""
        with told():
            return self._log.pause(batch_id, at=self._clock.now())

    def resume(self, batch_id: str) -> int:
        """Go on where it was; returns how many go on."""
        with told():
            count = self._log.resume(batch_id, at=self._clock.now())
        self._wake_sender()
        return count

    def cancel(self, batch_id: str) -> int:
        """Stop what has not been tried; returns how many that were."""
        with told():
            return self._log.cancel(batch_id, at=self._clock.now())

    def take_back(self, batch_id: str) -> Undone:
        """Cancel it while all of it can still be here, and say what was in time."""
        with told():
            self._log.cancel(batch_id, at=self._clock.now())
            tallies = self._log.tally(batch_id)
        return Undone(
            stopped=sum(one.count for one in tallies if one.state is State.CANCELLED),
            left=sum(one.count for one in tallies if one.state not in NEVER_SENT),
        )

    def confirm(self, batch_id: str, *, by: str, pin: str) -> int:
        """A second person, who says who they are, lets it go; returns how many go.

        Raises PinError.
        """
        now = self._clock.now()
        with told():
            name = vouch(self._log, self.second_person, batch_id, by=by, pin=pin, at=now)
            count = self._log.confirm(batch_id, by=name, at=now)
        self._wake_sender()
        return count

    def change_rule(self, above: int, *, old_pin: str, new_pin: str) -> None:
        """Set from how many messages on a second person is needed, and the PIN.

        Raises PinError, ValueError or OSError.
        """
        self.second_person.change(above, old_pin=old_pin, new_pin=new_pin)
        detail = f"above {above}" + (", new PIN" if new_pin else "")
        with told():
            self._log.note_pin("confirmation_rule", at=self._clock.now(), detail=detail)

    def send_again(self, missed: Missed, *, name: str | None) -> str:
        """A new batch for those who did not get the old one, each linked to its message there;
        returns its id."""
        with told():
            queued = self._outbox.queue_all_again(
                missed.messages,
                at=self._clock.now(),
                expires_after=timedelta(hours=self._settings.get(EXPIRY_HOURS)),
                name=name,
            )
        self._wake_sender()
        return queued.batch_id


_NOT_GONE = frozenset({*_CANCELLABLE, State.SENDING, State.CANCELLED})


class _Pace:
    """How fast the messages of one batch leave."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, gone: int, *, now: float) -> float | None:
        """So many have left by now; the pace of the last seconds, if anything can be said."""
        self._seen.append((now, gone))
        while len(self._seen) > 2 and self._seen[1][0] <= now - MEASURED_S:
            self._seen.popleft()
        then, gone_then = self._seen[0]
        if now - then < TRUSTED_S or gone <= gone_then:
            return None
        return (gone - gone_then) / (now - then)


def vouch(
    log: BatchLog, person: SecondPerson, batch_id: str, *, by: str, pin: str, at: datetime
) -> str:
    """The name by which somebody confirms a batch, if they give one and know the PIN; a wrong
    one is noted with the batch. Raises PinError or StoreError."""
    name = " ".join(by.split())[:100]
    if not name:
        raise PinError("nobody")
    try:
        person.check(pin)
    except PinError:
        log.note_wrong_pin(batch_id, at=at)
        raise
    return name


def tally_states(tallies: Iterable[Tally]) -> dict[State, int]:
    """How many messages are in each state."""
    counts: dict[State, int] = {}
    for tally in tallies:
        counts[tally.state] = counts.get(tally.state, 0) + tally.count
    return counts


def make_bars(start: datetime, steps: Sequence[Step]) -> Bars:
    """The steps in at most thirty bars, wide enough for all but a few stragglers."""
    total = sum(step.count for step in steps)
    seen, last = 0, 0
    for step in steps:
        if seen >= total * (1 - _LATE_SHARE):
            break
        seen, last = seen + step.count, step.second
    width = next((one for one in _WIDTHS_S if last // one < MOST_BARS), None)
    if width is None:
        days = last // _WIDTHS_S[-1] // MOST_BARS + 1
        width = days * _WIDTHS_S[-1]
    bars: list[dict[Outcome, int]] = [{} for _ in range(last // width + 1 if total else 0)]
    for step in steps:
        bar = bars[min(step.second // width, len(bars) - 1)]
        outcome = OUTCOMES[step.state]
        bar[outcome] = bar.get(outcome, 0) + step.count
    has_late = bool(steps) and steps[-1].second // width >= len(bars)
    return Bars(start, timedelta(seconds=width), tuple(bars), has_late)


def _by_outcome(counts: Mapping[State, int]) -> dict[Outcome, int]:
    found: dict[Outcome, int] = {}
    for state, count in counts.items():
        outcome = OUTCOMES[state]
        found[outcome] = found.get(outcome, 0) + count
    return {outcome: found[outcome] for outcome in Outcome if outcome in found}


def _reasons(tallies: Iterable[Tally]) -> tuple[Reason, ...]:
    failed = [
        Reason(tally.state, tally.failure_code, tally.failure_title, tally.count)
        for tally in tallies
        if OUTCOMES[tally.state] is Outcome.FAILED
    ]
    return tuple(sorted(failed, key=lambda reason: (-reason.count, reason.state)))
