"""Writing and sending: from what was typed to messages in the log."""

from __future__ import annotations

import locale
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from smsdesk.desk.channels import Choice
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.desk.wording_places import country_name
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.message import Problem, check_draft
from smsdesk.sms.sender_rules import read_number_facts, sender_warnings
from smsdesk.sms.state import NEVER_SENT, HeldReason, State
from smsdesk.store.errors import StoreError, SuppressedError
from smsdesk.system.settings import (
    DEFAULT_REGION,
    DLT_CONTENT_ID,
    DLT_ENTITY_ID,
    EXPIRY_HOURS,
    OWN_NUMBERS,
    REGISTERED_SENDERS,
    SENDER,
    SENDERS,
    UNDO_S,
)

if TYPE_CHECKING:
    from smsdesk.delivery.outbox import Outbox
    from smsdesk.desk.channels import Channels
    from smsdesk.desk.opt_outs import OptOuts
    from smsdesk.desk.timing import Timing
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.message import Draft, Message, Preview
    from smsdesk.sms.recipients import RecipientEntry
    from smsdesk.sms.schedule import Plan
    from smsdesk.sms.sender_id import SenderId
    from smsdesk.store.drafts import DraftShelf
    from smsdesk.store.history import HistoryView
    from smsdesk.system.clock import Clock
    from smsdesk.system.settings import (
        Settings,
    )

__all__ = ["Compose", "NotStoredError", "SendResult", "Undone", "region_of_locale"]


@dataclass(frozen=True, slots=True)
class SendResult:
    """What one Send came to: messages, or the problems that kept them from being queued."""

    messages: tuple[Message, ...] = ()
    problems: tuple[Problem, ...] = ()
    batch_id: str | None = None
    undo_until: datetime | None = None
    """Until then they stay here, so that the Send can be taken back."""

    @property
    def needs_confirmation(self) -> bool:
        """They wait for a second person."""
        return any(one.held_reason is HeldReason.CONFIRMATION for one in self.messages)


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking back a Send came to."""

    stopped: int
    """How many messages were stopped in time."""
    left: int
    """How many had left already."""
    recipients: tuple[str, ...] = ()
    """Whom the stopped ones of a draft were for (E.164)."""


class Compose:
    """What the compose pane and `smsdesk send` ask for."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        history: HistoryView,
        drafts: DraftShelf,
        opt_outs: OptOuts,
        timing: Timing,
        channels: Channels,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._history = history
        self._drafts = drafts
        self._opt_outs = opt_outs
        self.timing = timing
        self.channels = channels
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender
        self._regions = Regions()

    @property
    def default_region(self) -> str | None:
        """The country of numbers written the national way: the setting, or the system's."""
        return self._settings.get(DEFAULT_REGION) or region_of_locale()

    def preview(self, draft: Draft, *, default_region: str | None = None) -> Preview:
        """What would happen on Send. Quick; made for every keystroke."""
        preview = check_draft(
            draft,
            default_region=default_region or self.default_region,
            address_on=self.channels.address_on,
        )
        more = (*self.channels.problems(preview), *self._opt_outs.refuse(preview))
        if more:
            preview = replace(preview, problems=(*preview.problems, *more))
        if preview.sender is None:
            return preview
        return with_sender_warnings(preview, tuple(self._sender_warnings(preview)))

    def choices(self, draft: Draft) -> tuple[Choice, ...]:
        """Every channel of the account, each with what keeps the draft's recipients from it."""
        return self.channels.choices(draft, default_region=self.default_region)

    def choices_for_lists(self, draft: Draft) -> tuple[Choice, ...]:
        """The same for a list of numbers, of whom none is in the draft."""
        return tuple(
            choice
            if choice.channel.recipient is Address.NUMBER
            else Choice(
                choice.channel, Problem("channel", choice.channel.title, "not_for_lists")
            )
            for choice in self.choices(draft)
        )

    def recipients_on(self, draft: Draft, channel: Channel) -> str:
        """The To field of a draft as another channel names its people."""
        return self.channels.recipients_on(draft, channel, default_region=self.default_region)

    def _sender_warnings(self, preview: Preview) -> Iterator[Problem]:
        """What countries say about the senders of an SMS, be it tried first or after others."""
        ways = [(preview.channel, preview.sender, "")]
        ways += [(leg.channel, leg.sender, leg.channel.name) for leg in preview.failover]
        for channel, sender, leg in ways:
            if channel.goes_by_country and sender is not None:
                regions = self._regions.of(preview)
                for problem in sender_problems(sender, regions, self._settings):
                    yield replace(problem, leg=leg)

    def send(
        self,
        draft: Draft,
        *,
        default_region: str | None = None,
        due_at: datetime | None = None,
        plan: Plan | None = None,
        ignores_quiet_hours: bool = False,
        undo: timedelta = timedelta(0),
    ) -> SendResult:
        """Queue the draft's messages, all or none, and remember its sender and its IDs.

        With `due_at` or a `plan` they wait for that moment first. Else they stay here for the
        time `undo`, in which the Send can be taken back.

        Raises NotStoredError when the log could not take them.
        """
        preview = self.preview(draft, default_region=default_region)
        if not preview.can_send:
            return SendResult(problems=preview.problems)
        now = self._clock.now()
        if plan is not None and self.timing.is_past(plan, (n.e164 for n in preview.numbers)):
            return SendResult(problems=(Problem("when", "", "past"),))
        is_for_later = due_at is not None or plan is not None
        undo_until = now + undo if undo and not is_for_later else None
        try:
            queued = self._outbox.queue(
                preview,
                ref=draft.ref.strip() or None,
                at=now,
                expires_after=self._expiry(),
                due_at=due_at or undo_until,
                due_of=None if plan is None else partial(self.timing.due_of, plan),
                ignores_quiet_hours=ignores_quiet_hours,
            )
        except SuppressedError:
            # Somebody opted out while the message was being written.
            self._opt_outs.forget_answers()
            return SendResult(
                problems=self.preview(draft, default_region=default_region).problems
            )
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        senders = (draft.sender, *(leg.sender for leg in draft.failover))
        channels = (preview.channel, *(leg.channel for leg in preview.failover))
        ways = [(way, typed.strip()) for way, typed in zip(channels, senders, strict=True)]
        self.remember_ways(ways, preview.entity_id, preview.content_id)
        messages = tuple(self._history.get_many(queued.ids))
        result = SendResult(messages, preview.problems, queued.batch_id, undo_until)
        # What waits for a second person waits for longer than that, and is cancelled as a batch.
        return replace(result, undo_until=None) if result.needs_confirmation else result

    @property
    def undo_time(self) -> timedelta:
        """How long a Send can be taken back, as the person has set it."""
        return timedelta(seconds=self._settings.get(UNDO_S))

    def left_to_undo(self, until: datetime) -> timedelta:
        """The time that is left until then; none, or less than none, when it is over."""
        return until - self._clock.now()

    def undo(self, batch_id: str) -> Undone:
        """Take a Send back: stop whatever of it has not left.

        Raises NotStoredError when the log could not be changed.
        """
        try:
            self._outbox.take_back(batch_id, at=self._clock.now())
        except StoreError as error:
            raise NotStoredError(error.code) from error
        batch = self._history.batch(batch_id)
        stopped = tuple(one.to for one in batch if one.state is State.CANCELLED)
        left = sum(message.state not in NEVER_SENT for message in batch)
        return Undone(len(stopped), left, stopped)

    def load_draft(self) -> Draft:
        """The draft as it was left; with what is remembered where it has no sender and no IDs."""
        draft = self.channels.with_senders(self._drafts.load())
        return replace(
            draft,
            entity_id=draft.entity_id or self._settings.get(DLT_ENTITY_ID),
            content_id=draft.content_id or self._settings.get(DLT_CONTENT_ID),
        )

    def save_draft(self, draft: Draft) -> None:
        """Keep the draft for the next start. Raises StoreError."""
        self._drafts.save(draft, at=self._clock.now())

    def confirm_registration(self, sender: str) -> None:
        """The person says that a US number is registered; it is not asked about again.

        Raises OSError when that cannot be kept.
        """
        known = self._settings.get(REGISTERED_SENDERS)
        if sender not in known:
            self._settings.set(REGISTERED_SENDERS, [*known, sender])

    def remembered_senders(self) -> list[str]:
        """The senders used before, the last one first."""
        senders: list[str] = self._settings.get(SENDERS)
        return senders

    def remember(self, sender: str, entity_id: str | None, content_id: str | None) -> None:
        """A new message starts with this sender, and with the IDs that were given."""
        others = [known for known in self.remembered_senders() if known != sender]
        senders = [sender, *others][:10]
        try:
            self._settings.set(SENDERS, senders)
            self._settings.set(SENDER, sender)
            if entity_id is not None:
                self._settings.set(DLT_ENTITY_ID, entity_id)
            if content_id is not None:
                self._settings.set(DLT_CONTENT_ID, content_id)
        except OSError:
            # The messages are queued; a full disk must not make it look otherwise.
            return

    def remember_ways(
        self,
        ways: Iterable[tuple[Channel, str]],
        entity_id: str | None,
        content_id: str | None,
    ) -> None:
        """A new message on each of these channels starts with its sender."""
        for channel, sender in ways:
            if channel.goes_by_country:
                self.remember(sender, entity_id, content_id)
            else:
                # The messages are queued; a full disk must not make it look otherwise.
                with suppress(OSError):
                    self.channels.remember(channel.name, sender)

    def _expiry(self) -> timedelta:
        return timedelta(hours=self._settings.get(EXPIRY_HOURS))


class Regions:
    """The countries of a draft's recipients, each once.

    The list rests while the text is being typed, and is then not gone through again.
    """

    def __init__(self) -> None:
        self._last: tuple[tuple[RecipientEntry, ...], tuple[str | None, ...]] = ((), ())

    def of(self, preview: Preview) -> tuple[str | None, ...]:
        entries, regions = self._last
        if entries is not preview.recipients:
            regions = tuple(dict.fromkeys(number.region for number in preview.numbers))
            self._last = (preview.recipients, regions)
        return regions


def sender_problems(
    sender: SenderId, regions: Iterable[str | None], settings: Settings
) -> tuple[Problem, ...]:
    """What the countries of its recipients say about a sender, as warnings."""
    own: list[str] = settings.get(OWN_NUMBERS)
    registered: list[str] = settings.get(REGISTERED_SENDERS)
    found = sender_warnings(
        sender, regions, own_numbers=read_number_facts(own), registered=registered
    )
    return tuple(
        Problem(
            "from",
            country_name(warning.region) if warning.region else sender.value,
            warning.code,
            is_warning=True,
        )
        for warning in found
    )


def with_sender_warnings(preview: Preview, warnings: tuple[Problem, ...]) -> Preview:
    """The preview with warnings about its sender behind the other problems of that field."""
    if not warnings:
        return preview
    of_sender = [problem for problem in preview.problems if problem.field == "from"]
    others = [problem for problem in preview.problems if problem.field != "from"]
    return replace(preview, problems=(*of_sender, *warnings, *others))


def region_of_locale() -> str | None:
    """The country in the system's locale, `GB` for en_GB.UTF-8."""
    language = locale.getlocale()[0] or ""
    region = language.partition("_")[2][:2]
    return region if region.isalpha() and region.isupper() else None
