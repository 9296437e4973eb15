"""One person's messages, both ways: looking at them, and that somebody has looked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smsdesk.sms.message import Direction, Message
from smsdesk.store.history import HistoryView
from smsdesk.store.inbound import InboundBook
from smsdesk.system.clock import Clock


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
    """They can be written to at all: a number, not a name."""


class Conversations:
    """What the conversation view asks for."""

    def __init__(self, *, view: HistoryView, replies: InboundBook, clock: Clock) -> None:
        self._view = view
        self._replies = replies
        self._clock = clock

    def load(self, peer: str, *, limit: int = 100) -> Conversation:
        """The newest messages to and from one person."""
        found = self._view.conversation(peer, limit=limit + 1)
        messages = tuple(reversed(found[:limit]))
        return Conversation(
            peer=peer,
            messages=messages,
            has_more=len(found) > limit,
            reply_from=reply_from(found),
            can_answer=peer.startswith("+"),
        )

    def older(self, peer: str, *, before_seq: int, limit: int = 100) -> list[Message]:
        """Messages older than the oldest that is shown, the oldest first."""
        return self._view.conversation(peer, before_seq=before_seq, limit=limit)[::-1]

    def unread_of(self, peer: str) -> int:
        """How many replies of this person nobody has read; counting stops at 100."""
        return self._view.unread_of(peer)

    def mark_read(self, peer: str) -> frozenset[str]:
        """Somebody has seen what this person wrote. Raises StoreError."""
        return self._replies.mark_read(peer, at=self._clock.now())

    def mark_unread(self, message_ids: Iterable[str]) -> None:
        """Somebody wants to come back to these. Raises StoreError."""
        self._replies.mark_unread(message_ids)


def peer_of(message: Message) -> str:
    """The other person of a message."""
    return message.sender if message.direction is Direction.INBOUND else message.to


def reply_from(newest_first: Iterable[Message]) -> str:
    """Whom an answer comes from. What they wrote to counts before what we wrote from: only
    numbers can be written to."""
    ours = ""
    for message in newest_first:
        if message.direction is Direction.INBOUND:
            return message.to
        ours = ours or message.sender
    return ours
