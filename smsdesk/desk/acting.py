"""Acting on many messages at once: sending again, cancelling, settling, copying.

An errand goes through what was selected in short steps, so that others get their turn at the
log, and can end after any of them. What a person is asked beforehand is the window's affair; what
may be done without asking is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from smsdesk.desk.conversations import peer_of
from smsdesk.desk.not_stored import told
from smsdesk.sms.message import Direction
from smsdesk.sms.state import WAITING, State
from smsdesk.store.errors import SuppressedError

if TYPE_CHECKING:
    from smsdesk.delivery.outbox import Outbox
    from smsdesk.sms.message import Message
    from smsdesk.store.history import HistoryFilter, HistoryView
    from smsdesk.store.message_log import MessageLog
    from smsdesk.system.clock import Clock

STEP = 250
"""As many messages are acted on in one commit."""
MOST_AGAIN = 50_000
"""As many can be sent again at once; they are one batch, in one commit."""
MOST_COPIED = 100_000


@dataclass(frozen=True, slots=True)
class Span:
    """Keys from `oldest` to `newest`, both included."""

    newest: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What fits a filter and lies in one of some spans, which do not overlap."""

    which: HistoryFilter
    spans: tuple[Span, ...]


class Left(StrEnum):
    """Why a message was left out."""

    OPTED_OUT = "opted_out"
    TEXT_REMOVED = "text_removed"
    CHANNEL_OFF = "channel_off"
    """The account does not use that channel any more."""
    WAITING = "waiting"
    """It is not sent yet, or is being sent."""
    INBOUND = "inbound"
    MAY_HAVE_IT = "may_have_it"
    """The recipient may have it, and nobody said that they may get it twice."""
    TOO_LATE = "too_late"
    """It does not wait any more."""
    NO_DOUBT = "no_doubt"


class TooManyError(ValueError):
    """More than can be done at once; nothing was done."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} messages")
        self.most = most


def was_surely_not_sent(message: Message) -> bool:
    """Whether no attempt of it can have reached anybody."""
    return message.state in (State.FAILED, State.CANCELLED) and message.unknown_reason is None


class Errand:
    """One act on all that was selected. `step` may be called on any one thread at a time."""

    def __init__(self, view: HistoryView, selection: Selection) -> None:
        self._view = view
        self._which = selection.which
        self._spans = list(selection.spans)
        self._before: int | None = None
        self.seen = 0
        """How many of the selected messages it has come past."""
        self.done = 0
        self.left: Counter[Left] = Counter()

    def step(self) -> bool:
        """Do some more; False when all is done. Raises NotStoredError or TooManyError."""
        page = self._next_page()
        with told():
            if page:
                self.take(page)
            else:
                self.finish()
        self.seen += len(page)
        return bool(page)

    def take(self, messages: Sequence[Message]) -> None:
        """Act on some of them."""
        raise NotImplementedError

    def finish(self) -> None:
        """All have been taken."""

    def _next_page(self) -> list[Message]:
        while self._spans:
            span = self._spans[0]
            before = span.newest + 1 if self._before is None else self._before
            page = self._view.page(
                self._which, before_seq=before, after_seq=span.oldest - 1, limit=STEP
            )
            if page:
                self._before = page[-1].seq
                return page
            del self._spans[0]
            self._before = None
        return []


class _Moving(Errand):
    """Takes messages to another state in the log, each step in one commit."""

    def __init__(
        self, view: HistoryView, selection: Selection, log: MessageLog, clock: Clock
    ) -> None:
        super().__init__(view, selection)
        self._log = log
        self._clock = clock


class Cancelling(_Moving):
    """Stops what waits."""

    def take(self, messages: Sequence[Message]) -> None:
        waiting = [message.id for message in messages if message.state in WAITING]
        stopped = self._log.cancel_many(waiting, at=self._clock.now()) if waiting else []
        self.done += len(stopped)
        self.left[Left.TOO_LATE] += len(messages) - len(stopped)


class Settling(_Moving):
    """Ends doubt: what may have been sent counts as sent."""

    def take(self, messages: Sequence[Message]) -> None:
        doubts = [message.seq for message in messages if message.state is State.UNKNOWN]
        moved = 0
        if doubts:
            moved = self._log.treat_many_as_sent(doubts, at=self._clock.now()).moved
        self.done += moved
        self.left[Left.NO_DOUBT] += len(messages) - moved


class Weighing(Errand):
    """Only looks: how many would be sent again, and how many of them might have it already."""

    def __init__(
        self, view: HistoryView, selection: Selection, is_off: Callable[[Message], bool]
    ) -> None:
        super().__init__(view, selection)
        self._is_off = is_off
        self.doubtful = 0

    def take(self, messages: Sequence[Message]) -> None:
        for message in messages:
            reason = _why_not_again(message, self._is_off)
            if reason is not None:
                self.left[reason] += 1
            elif was_surely_not_sent(message):
                self.done += 1
            else:
                self.doubtful += 1


class SendingAgain(Errand):
    """Queues a new batch like what was selected, each message linked to the old one. What is in
    doubt gets another attempt instead, and only if `may_reach_twice`."""

    def __init__(
        self,
        view: HistoryView,
        selection: Selection,
        *,
        may_reach_twice: bool,
        log: MessageLog,
        outbox: Outbox,
        clock: Clock,
        expires_after: timedelta,
        wake_sender: Callable[[], None],
        is_off: Callable[[Message], bool],
    ) -> None:
        super().__init__(view, selection)
        self._is_off = is_off
        self._may_reach_twice = may_reach_twice
        self._log = log
        self._outbox = outbox
        self._clock = clock
        self._expires_after = expires_after
        self._wake_sender = wake_sender
        self._again: list[Message] = []
        self.needs_confirmation = False
        """A second person has to confirm them before they leave."""

    def take(self, messages: Sequence[Message]) -> None:
        for message in messages:
            reason = _why_not_again(message, self._is_off)
            if reason is None and not (self._may_reach_twice or was_surely_not_sent(message)):
                reason = Left.MAY_HAVE_IT
            if reason is not None:
                self.left[reason] += 1
            else:
                self._again.append(message)
        if len(self._again) > MOST_AGAIN:
            raise TooManyError(MOST_AGAIN)

    def finish(self) -> None:
        """Queue them, the oldest first, as the first time."""
        doubts = [one.seq for one in reversed(self._again) if one.state is State.UNKNOWN]
        again = [one for one in reversed(self._again) if one.state is not State.UNKNOWN]
        self._queue(again)
        for start in range(0, len(doubts), STEP):
            now = self._clock.now()
            settled = self._log.send_many_again_after_doubt(
                doubts[start : start + STEP], at=now, expires_at=now + self._expires_after
            )
            self.done += settled.moved
            self.left[Left.OPTED_OUT] += settled.suppressed
        self._wake_sender()

    def _queue(self, again: list[Message]) -> None:
        while again:
            try:
                queued = self._outbox.queue_all_again(
                    again, at=self._clock.now(), expires_after=self._expires_after
                )
            except SuppressedError as error:
                refused = set(error.numbers)
                kept = [
                    message for message in again if refused.isdisjoint(self._reached(message))
                ]
                self.left[Left.OPTED_OUT] += len(again) - len(kept)
                again = kept
            else:
                self.done += len(queued.ids)
                self.needs_confirmation = queued.needs_confirmation
                return

    def _reached(self, message: Message) -> set[str]:
        """Where it may go, by whichever of its channels."""
        legs = self._log.legs_of(message.seq) if message.legs else []
        return {message.to, *(news.leg.to for news in legs)}


class Copied(StrEnum):
    """What is copied of each message."""

    NUMBERS = "numbers"
    TEXTS = "texts"
    ROWS = "rows"
    """Cells between tabs, as a spreadsheet takes them; none of them is a formula there."""


class Copying(Errand):
    """Gathers a line of each message, for the clipboard; each number only once."""

    def __init__(
        self,
        view: HistoryView,
        selection: Selection,
        what: Copied,
        text_of: Callable[[Message], str],
        row_of: Callable[[Message], Sequence[str]],
    ) -> None:
        super().__init__(view, selection)
        self._what = what
        self._text_of = text_of
        self._row_of = row_of
        self._lines: dict[str, None] | list[str] = {} if what is Copied.NUMBERS else []

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def take(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if isinstance(self._lines, dict):
                self._lines[peer_of(message)] = None
            elif self._what is Copied.TEXTS and message.text_kept_days is not None:
                self.left[Left.TEXT_REMOVED] += 1
            else:
                self._lines.append(self._line(message))
        self.done = len(self._lines)
        if self.done > MOST_COPIED:
            raise TooManyError(MOST_COPIED)

    def _line(self, message: Message) -> str:
        if self._what is Copied.TEXTS:
            return self._text_of(message)
        return "\t".join(_one_cell(cell) for cell in self._row_of(message))


class Gathering(Errand):
    """Only looks: the ids of all that was selected."""

    def __init__(self, view: HistoryView, selection: Selection) -> None:
        super().__init__(view, selection)
        self.ids: list[str] = []

    def take(self, messages: Sequence[Message]) -> None:
        self.ids += [message.id for message in messages]
        self.done = len(self.ids)


class Acting:
    """Makes errands on the log."""

    def __init__(
        self,
        *,
        view: HistoryView,
        log: MessageLog,
        outbox: Outbox,
        clock: Clock,
        expiry: Callable[[], timedelta],
        wake_sender: Callable[[], None],
        channels_off: Callable[[Message], Sequence[str]],
    ) -> None:
        """`channels_off` says which of a message's channels the account does not use."""
        self._is_off = lambda message: bool(channels_off(message))
        self._view = view
        self._log = log
        self._outbox = outbox
        self._clock = clock
        self._expiry = expiry
        self._wake_sender = wake_sender

    def cancel(self, selection: Selection) -> Cancelling:
        """Stop what waits."""
        return Cancelling(self._view, selection, self._log, self._clock)

    def settle(self, selection: Selection) -> Settling:
        """Count as sent what is in doubt."""
        return Settling(self._view, selection, self._log, self._clock)

    def weigh(self, selection: Selection) -> Weighing:
        """Look what sending again would mean."""
        return Weighing(self._view, selection, self._is_off)

    def gather(self, selection: Selection) -> Gathering:
        """Read the ids."""
        return Gathering(self._view, selection)

    def send_again(self, selection: Selection, *, may_reach_twice: bool) -> SendingAgain:
        """Send again what surely was not sent, or all of it."""
        return SendingAgain(
            self._view,
            selection,
            may_reach_twice=may_reach_twice,
            log=self._log,
            outbox=self._outbox,
            clock=self._clock,
            expires_after=self._expiry(),
            wake_sender=self._wake_sender,
            is_off=self._is_off,
        )

    def copy(
        self,
        selection: Selection,
        what: Copied,
        *,
        text_of: Callable[[Message], str],
        row_of: Callable[[Message], Sequence[str]],
    ) -> Copying:
        """Gather lines for the clipboard; the callables say what a message's text is, and what
        the cells of its row."""
        return Copying(self._view, selection, what, text_of, row_of)


def _why_not_again(message: Message, is_off: Callable[[Message], bool]) -> Left | None:
    if message.direction is Direction.INBOUND:
        return Left.INBOUND
    if message.state in WAITING or message.state is State.SENDING:
        return Left.WAITING
    # Another attempt of a message in doubt is one of that message, which has no text either.
    if message.text_kept_days is not None:
        return Left.TEXT_REMOVED
    return Left.CHANNEL_OFF if is_off(message) else None


def _one_cell(text: str) -> str:
    """A cell that stays in its row and its column, and is taken for text."""
    from smsdesk.desk.sheets.table import FORMULA_STARTS  # start-up time

    line = " ".join(text.split())
    return f"'{line}" if line.startswith(FORMULA_STARTS) else line
