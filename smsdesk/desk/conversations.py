"""One person's messages, both ways: looking at them, and that somebody has looked.

A person is found by an address, which is their number, or what a channel has named them by.
Addresses that are joined to one contact are looked at together; each channel can be looked at
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.desk.channels import ALWAYS_OPEN
from smsdesk.desk.contacts import BookError, ContactError
from smsdesk.sms.channels import find_channel
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Direction
from smsdesk.sms.recipients import read_identities
from smsdesk.store.errors import NumberTakenError, StoreError
from smsdesk.store.identities import Identity

if TYPE_CHECKING:  # start-up time
    from smsdesk.desk.channels import Channels, ReplyWindow
    from smsdesk.sms.message import Message
    from smsdesk.store.history import HistoryView
    from smsdesk.store.identities import IdentityBook
    from smsdesk.store.inbound import InboundBook
    from smsdesk.system.clock import Clock

__all__ = ["Answer", "Conversation", "Conversations", "Identity", "peer_of", "reply_from"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The newest messages of one person, the oldest of them first."""

    peer: str
    """Whom it is with: E.164, or what the network gave."""
    messages: tuple[Message, ...]
    has_more: bool
    """There are older ones."""
    reply_from: str
    """The number that they wrote to last, or that we last wrote from: an answer comes from
    there. "" when there is neither."""
    can_answer: bool
    """They can be written to at all: a number or an ID, not a name."""
    reply_channel: str = SMS.name
    """By which an answer goes: the channel of what they wrote last, or else of our own."""
    reply_to: str = ""
    """Their address on it."""
    window: ReplyWindow = ALWAYS_OPEN
    """Whether they may be sent a text of our own there."""
    addresses: tuple[str, ...] = ()
    """Everything they are known by; `peer` comes first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an answer to a person goes."""

    to: str
    """Their address on the channel."""
    channel: str
    """That of what they wrote last, or else of our own."""
    sender: str
    """What they wrote to last on it, or what we last wrote from; "" when there is neither."""
    is_possible: bool
    """They can be written to at all: a number or an ID, not a name, on a channel that is on."""


class Conversations:
    """What the conversation view asks for."""

    def __init__(
        self,
        *,
        view: HistoryView,
        replies: InboundBook,
        channels: Channels,
        identities: IdentityBook,
        clock: Clock,
    ) -> None:
        self._view = view
        self._replies = replies
        self._channels = channels
        self._identities = identities
        self._clock = clock

    # Looking ------------------------------------------------------------------------

    def load(self, peer: str, *, channel: str | None = None, limit: int = 100) -> Conversation:
        """The newest messages to and from one person; `channel` leaves only one channel's."""
        addresses = self.addresses_of(peer)
        found = self._newest(addresses, channel=channel, limit=limit + 1)
        last = last_of(found)
        reply_channel = channel or (SMS.name if last is None else last.channel)
        reply_to = peer if last is None else peer_of(last)
        return Conversation(
            peer=peer,
            messages=tuple(reversed(found[:limit])),
            has_more=len(found) > limit,
            reply_from=reply_from(one for one in found if one.channel == reply_channel),
            can_answer=can_be_written_to(reply_to, reply_channel),
            reply_channel=reply_channel,
            reply_to=reply_to,
            window=self._channels.window(reply_to, reply_channel),
            addresses=tuple(addresses),
        )

    def answer(self, peer: str, newest_first: Sequence[Message]) -> Answer:
        """Where an answer to somebody goes, by the messages to and from them.

        Where the channel of the last message is not switched on, a number is answered by SMS.
        """
        last = last_of(newest_first)
        channel = SMS.name if last is None else last.channel
        to = peer if last is None else peer_of(last)
        on = {one.name for one in self._channels.on}
        if channel not in on and SMS.name in on and to.startswith("+"):
            channel = SMS.name
        return Answer(
            to,
            channel,
            reply_from(one for one in newest_first if one.channel == channel),
            is_possible=channel in on and can_be_written_to(to, channel),
        )

    def older(
        self, peer: str, *, before_seq: int, channel: str | None = None, limit: int = 100
    ) -> list[Message]:
        """Messages older than the oldest that is shown, the oldest first."""
        addresses = self.addresses_of(peer)
        found = self._newest(addresses, before_seq=before_seq, channel=channel, limit=limit)
        return found[::-1]

    def window(self, address: str, channel: str) -> ReplyWindow:
        """Until when somebody may be sent a text of our own on a channel."""
        return self._channels.window(address, channel)

    def unread_of(self, peer: str) -> int:
        """How many replies of this person nobody has read; counting stops at 100 an address."""
        return sum(self._view.unread_of(address) for address in self.addresses_of(peer))

    def mark_read(self, peer: str) -> frozenset[str]:
        """Somebody has seen what this person wrote. Raises StoreError."""
        now = self._clock.now()
        seen = [self._replies.mark_read(one, at=now) for one in self.addresses_of(peer)]
        return frozenset().union(*seen)

    def mark_unread(self, message_ids: Iterable[str]) -> None:
        """Somebody wants to come back to these. Raises StoreError."""
        self._replies.mark_unread(message_ids)

    def _newest(
        self,
        addresses: Sequence[str],
        *,
        limit: int,
        channel: str | None,
        before_seq: int | None = None,
    ) -> list[Message]:
        found = [
            message
            for address in addresses
            for message in self._view.conversation(
                address, before_seq=before_seq, limit=limit, channel=channel
            )
        ]
        return sorted(found, key=lambda message: -message.seq)[:limit]

    # Who belongs together -----------------------------------------------------------

    def addresses_of(self, peer: str) -> list[str]:
        """Everything the person of an address is known by; that address comes first."""
        return self._identities.addresses_with(peer)

    def channels_with_ids(self) -> list[str]:
        """The channels of the account that name people by IDs, by Vonage's names."""
        return [one.name for one in self._channels.on if one.recipient is Address.IDENTITY]

    def identities_of(self, contact_id: int) -> list[Identity]:
        """What a contact is called by on channels that have IDs. Raises BookError."""
        try:
            return self._identities.of(contact_id)
        except StoreError as error:
            raise BookError(error.code) from error

    def join(self, contact_id: int, channel: str, address: str) -> None:
        """Let an ID of a channel belong to a contact, whose conversations are then one.

        Raises ContactError for what is no ID or belongs to another, and BookError.
        """
        known = find_channel(channel)
        if known is None or known.recipient is not Address.IDENTITY:
            raise ContactError("identity", "no_such_channel")
        entries = read_identities(address)
        if len(entries) != 1 or entries[0].identity is None:
            raise ContactError("identity", "malformed")
        try:
            self._identities.join(contact_id, Identity(channel, entries[0].identity))
        except NumberTakenError as error:
            raise ContactError("identity", "taken", taken_by=error.taken_by) from None
        except StoreError as error:
            raise BookError(error.code) from error

    def part(self, channel: str, address: str) -> bool:
        """Let an ID be nobody's again; False when it was. Raises BookError."""
        try:
            return self._identities.part(Identity(channel, address))
        except StoreError as error:
            raise BookError(error.code) from error


def peer_of(message: Message) -> str:
    """The other person of a message."""
    return message.sender if message.direction is Direction.INBOUND else message.to


def can_be_written_to(address: str, channel: str) -> bool:
    """Whether a channel reaches that address: a number, or an ID where it has IDs."""
    known = find_channel(channel)
    if known is None or not address:
        return False
    return known.recipient is Address.IDENTITY or address.startswith("+")


def last_of(newest_first: Sequence[Message]) -> Message | None:
    """The message that an answer answers: the last of theirs, or else of ours."""
    for message in newest_first:
        if message.direction is Direction.INBOUND:
            return message
    return newest_first[0] if newest_first else None


def reply_from(newest_first: Iterable[Message]) -> str:
    """Whom an answer comes from. What they wrote to counts before what we wrote from: only
    numbers can be written to."""
    ours = ""
    for message in newest_first:
        if message.direction is Direction.INBOUND:
            return message.to
        ours = ours or message.sender
    return ours
