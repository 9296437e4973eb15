"""Which channels an account uses, from what, and whom each of them can reach just now.

With SMS alone, as it is from the start, nothing of the others is to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.desk.contacts import Completion
from smsdesk.sms.channels import CHANNELS as KNOWN
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.checks import parse_sender, read_people
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Problem
from smsdesk.sms.sender_id import SenderIdError
from smsdesk.store.errors import StoreError
from smsdesk.system.settings import (
    API_URL,
    CHANNEL_SENDERS,
    CHANNELS,
    SENDER,
    THROUGHPUT,
)
from smsdesk.vonage.hosts import SANDBOX_ORIGIN, SANDBOX_PER_SECOND

if TYPE_CHECKING:
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.message import Draft, Preview
    from smsdesk.sms.recipients import RecipientEntry
    from smsdesk.store.history import HistoryView
    from smsdesk.store.identities import IdentityBook
    from smsdesk.system.clock import Clock
    from smsdesk.system.settings import (
        Settings,
    )

__all__ = ["ALWAYS_OPEN", "SANDBOX_ORIGIN", "Channels", "Choice", "ReplyWindow"]

WINDOWS_SHOWN = 20
"""Of more recipients, it is not looked up when they last wrote."""


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """Whether a person may be sent a text of our own on a channel that wants theirs first."""

    open_until: datetime | None
    """None: they have never written, as far as we have heard."""
    is_open: bool


ALWAYS_OPEN = ReplyWindow(None, is_open=True)
"""The channel has no such window."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel that is offered for a draft."""

    channel: Channel
    problem: Problem | None
    """Why it cannot be taken for these recipients; None where it can."""


def throughput_of(settings: Settings) -> float:
    """Messages a second, as they are set; the sandbox takes one."""
    rate: float = settings.get(THROUGHPUT)
    return min(rate, SANDBOX_PER_SECOND) if settings.get(API_URL) == SANDBOX_ORIGIN else rate


class Channels:
    """What the faces ask about channels. Quick; settings and the log are read only."""

    def __init__(
        self, *, settings: Settings, view: HistoryView, identities: IdentityBook, clock: Clock
    ) -> None:
        self._settings = settings
        self._view = view
        self._identities = identities
        self._clock = clock

    # What is switched on --------------------------------------------------------

    @property
    def on(self) -> tuple[Channel, ...]:
        """The channels of this account, in the order in which they are offered.

        In the sandbox they are those that it has; all of them, unless some were chosen.
        """
        names: list[str] = self._settings.get(CHANNELS)
        chosen = tuple(channel for channel in KNOWN.values() if channel.name in names)
        if not self.is_sandbox:
            return chosen or (SMS,)
        there = tuple(channel for channel in KNOWN.values() if channel.is_in_sandbox)
        return tuple(channel for channel in there if channel in chosen) or there

    @property
    def is_only_sms(self) -> bool:
        """Nothing is to be seen of channels."""
        return self.on == (SMS,)

    @property
    def is_sandbox(self) -> bool:
        """The account tries things out where only people who agreed to it are reached."""
        url: str = self._settings.get(API_URL)
        return url == SANDBOX_ORIGIN

    def switch_on(self, names: Iterable[str]) -> None:
        """Use exactly these channels.

        Raises ValueError for a name that is not known or for none at all, and OSError when that
        cannot be kept.
        """
        wanted = list(dict.fromkeys(names))
        if not wanted or not set(wanted) <= set(KNOWN):
            raise ValueError("needs names of channels")
        self._settings.set(CHANNELS, wanted)

    # From what ------------------------------------------------------------------

    def sender_of(self, channel: str) -> str:
        """What a new message on a channel is sent from; "" where nothing is remembered."""
        if channel == SMS.name:
            sender: str = self._settings.get(SENDER)
            return sender
        senders: dict[str, str] = self._settings.get(CHANNEL_SENDERS)
        return senders.get(channel, "")

    def remember(self, channel: str, sender: str) -> None:
        """The next message on a channel other than SMS starts with this sender.

        Raises OSError when that cannot be kept.
        """
        senders: dict[str, str] = self._settings.get(CHANNEL_SENDERS)
        if senders.get(channel) != sender:
            self._settings.set(CHANNEL_SENDERS, {**senders, channel: sender})

    def is_own_sender(self, text: str) -> bool:
        """Whether messages are, or were, sent from that on any channel. Raises StoreError."""
        senders: dict[str, str] = self._settings.get(CHANNEL_SENDERS)
        return text in senders.values() or text in self._view.senders()

    # For a draft ----------------------------------------------------------------

    def with_senders(self, draft: Draft) -> Draft:
        """The draft with what is remembered where it names no sender."""
        legs = tuple(
            leg if leg.sender else replace(leg, sender=self.sender_of(leg.channel))
            for leg in draft.failover
        )
        return replace(
            draft, sender=draft.sender or self.sender_of(draft.channel), failover=legs
        )

    def choices(self, draft: Draft, *, default_region: str | None) -> tuple[Choice, ...]:
        """Every channel of the account, each with what keeps these recipients from it."""
        return tuple(
            Choice(channel, self._obstacle(channel, draft, default_region))
            for channel in self.on
        )

    def _obstacle(
        self, channel: Channel, draft: Draft, default_region: str | None
    ) -> Problem | None:
        lost = self._first_lost(channel, draft, default_region)
        if lost is not None:
            code = "needs_identity" if channel.recipient is Address.IDENTITY else "needs_number"
            return Problem("channel", lost, code)
        sender = draft.sender if channel.name == draft.channel else self.sender_of(channel.name)
        try:
            parse_sender(channel, sender, default_region=default_region)
        except SenderIdError as error:
            return Problem("from", sender, error.problem, leg=channel.name)
        return None

    def recipients_on(
        self, draft: Draft, channel: Channel, *, default_region: str | None
    ) -> str:
        """The To field of a draft as another channel names its people: by what is joined to
        their contacts. What is not known there stays as it was typed."""
        entries = self._read(draft, default_region)
        if entries is None or not _names_differ(draft, channel):
            return draft.recipients
        return "\n".join(
            (entry.address and self.address_on(entry.address, channel.name)) or entry.input
            for entry in entries
        )

    def _first_lost(
        self, channel: Channel, draft: Draft, default_region: str | None
    ) -> str | None:
        """The first entry that a channel cannot reach: neither as it was typed, nor by what is
        joined to its contact."""
        entries = self._read(draft, default_region)
        if entries is None or not _names_differ(draft, channel):
            entries = read_people(channel, draft.recipients, default_region=default_region)
            return next((entry.input for entry in entries if entry.address is None), None)
        for entry in entries:
            if entry.address is not None:
                if self.address_on(entry.address, channel.name) is None:
                    return entry.input
            elif read_people(channel, entry.input, default_region=default_region)[0].problem:
                return entry.input
        return None

    @staticmethod
    def _read(draft: Draft, default_region: str | None) -> list[RecipientEntry] | None:
        """The recipients as the draft's own channel reads them; None for no such channel."""
        own = KNOWN.get(draft.channel)
        if own is None:
            return None
        return read_people(own, draft.recipients, default_region=default_region)

    def not_on(self, ways: Iterable[Channel]) -> Iterator[Problem]:
        """Which of these channels the account does not use, as problems."""
        on = self.on
        for channel in ways:
            if channel not in on:
                is_missing = self.is_sandbox and not channel.is_in_sandbox
                code = "not_in_sandbox" if is_missing else "off"
                yield Problem("channel", channel.title, code)

    def problems(self, preview: Preview) -> Iterator[Problem]:
        """What the account, and the people's own last words, say about a draft's channels."""
        yield from self.not_on((preview.channel, *(leg.channel for leg in preview.failover)))
        if self.is_sandbox and preview.content.template is not None:
            yield Problem("template", "", "not_in_sandbox")
        yield from self._window_problems(preview)

    def _window_problems(self, preview: Preview) -> Iterator[Problem]:
        """Who cannot be sent a text of our own now; a warning, for they may have written where
        this log did not hear of it."""
        wants_window = preview.channel.reply_window and preview.content.template is None
        has_reason = bool(preview.content.tag)
        if not wants_window or has_reason or len(preview.people) > WINDOWS_SHOWN:
            return
        for person in preview.people:
            if not self.window(person.address or "", preview.channel.name).is_open:
                code = f"window_closed_{preview.channel.name}"
                yield Problem("to", person.input, code, is_warning=True)

    def complete(self, channel: Channel, typed: str, *, limit: int) -> tuple[Completion, ...]:
        """Contacts that may be meant by what was typed, on a channel that names people by IDs.
        Quick; made for every keystroke."""
        if not typed.strip():
            return ()
        try:
            found = self._identities.complete(channel.name, typed, limit=limit)
        except StoreError:
            return ()  # IDs can be typed all the same
        return tuple(Completion(contact=contact, address=one) for contact, one in found)

    def is_known_id(self, text: str) -> bool:
        """Whether somebody is known by that ID on a channel. Raises StoreError."""
        return self._identities.is_known(text)

    # Whom they reach ------------------------------------------------------------

    def window(self, address: str, channel: str) -> ReplyWindow:
        """Until when a person may be written to freely; open for ever where a channel has no
        such window."""
        known = KNOWN.get(channel)
        if known is None or known.reply_window is None:
            return ALWAYS_OPEN
        try:
            heard_at = self._view.last_heard(address, channel)
        except StoreError:
            heard_at = None
        if heard_at is None:
            return ReplyWindow(None, is_open=False)
        until = heard_at + known.reply_window
        return ReplyWindow(until, is_open=self._clock.now() < until)

    def address_on(self, address: str, channel: str) -> str | None:
        """Under which address somebody is reached on a channel that names people in another
        way: as it was joined to the contact whom the first address belongs to."""
        try:
            return self._identities.address_on(address, channel)
        except StoreError:
            return None


def _names_differ(draft: Draft, channel: Channel) -> bool:
    """A channel names people in another way than that of the draft."""
    own = KNOWN.get(draft.channel)
    return own is not None and own.recipient is not channel.recipient
