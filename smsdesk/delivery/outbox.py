"""The act of queueing: a checked draft becomes rows of the log, all of them or none. And of
taking back, which stops what has not left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from smsdesk.delivery.identity import ulids
from smsdesk.sms.channels.content import Leg
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.dlt import REGION
from smsdesk.sms.state import State
from smsdesk.store.errors import StoreError, UnsureError
from smsdesk.store.message_log import NewMessage

if TYPE_CHECKING:
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.channels.content import Content
    from smsdesk.sms.encoding import Encoding
    from smsdesk.sms.message import Message, Preview
    from smsdesk.sms.schedule import Due
    from smsdesk.store.message_log import MessageLog


@dataclass(frozen=True, slots=True)
class Queued:
    """What one Send put into the log."""

    batch_id: str
    ids: tuple[str, ...]
    needs_confirmation: bool = False
    """It waits for a second person."""


class Addressed(NamedTuple):
    """One of many: a text of its own for one number."""

    to: str
    """E.164."""
    text: str
    encoding: Encoding
    parts: int
    region: str | None = None
    """The country of the number."""
    due: Due | None = None
    """When it leaves, where that was chosen by a clock."""


class Outbox:
    """Puts messages into the log, and takes them back while they are still there."""

    def __init__(
        self,
        log: MessageLog,
        *,
        needs_confirmation: Callable[[int], bool] = lambda _size: False,
    ) -> None:
        """`needs_confirmation` says of how many messages a second person has to hear first."""
        self._log = log
        self._needs_confirmation = needs_confirmation

    def queue(
        self,
        preview: Preview,
        *,
        ref: str | None,
        at: datetime,
        expires_after: timedelta,
        due_at: datetime | None = None,
        due_of: Callable[[str], Due] | None = None,
        ignores_quiet_hours: bool = False,
    ) -> Queued:
        """Queue one message for each recipient of a sendable preview, perhaps for later: for
        `due_at`, or for what `due_of` says of each number.

        Raises StoreError, and then surely nothing was queued; but after UnsureError nobody
        knows.
        """
        if preview.sender is None or not preview.can_send:
            raise ValueError("a preview with problems is not queued")
        messages = []
        for person in preview.people:
            first, *others = preview.legs_to(person)
            due = None if due_of is None else due_of(first.to)
            message = NewMessage(
                **_of_leg(first),
                id=ulids.make(),
                ref=ref,
                state=State.SCHEDULED if due or due_at else State.QUEUED,
                due_at=due.at if due else due_at,
                due_local=due.local if due else None,
                due_zone=due.zone if due else None,
                expires_at=((due.at if due else due_at) or at) + expires_after,
                is_let_through=ignores_quiet_hours,
                legs=(first, *others) if others else (),
            )
            messages.append(message)
        return self._store(messages, at)

    def queue_each(
        self,
        texts: Sequence[Addressed],
        *,
        sender: str,
        ref: str | None,
        at: datetime,
        expires_after: timedelta,
        due_at: datetime | None = None,
        ignores_quiet_hours: bool = False,
        entity_id: str | None = None,
        content_id: str | None = None,
        name: str | None = None,
        source_sha256: str | None = None,
        ways: Sequence[tuple[Channel, str]] = (),
    ) -> Queued:
        """Queue a text of its own for each number, as one batch, perhaps for later: for the time
        that is its own, or for `due_at`.

        `ways` are the channels that are tried in turn, each with its sender; without any it is
        an SMS from `sender`. `name` is what the batch is called, `source_sha256` the digest of
        its file.

        Raises StoreError, and then surely nothing was queued; but after UnsureError nobody
        knows.
        """
        messages = [
            NewMessage(
                id=ulids.make(),
                to=one.to,
                sender=sender,
                text=one.text,
                encoding=one.encoding,
                parts=one.parts,
                ref=ref,
                state=State.SCHEDULED if one.due or due_at else State.QUEUED,
                due_at=one.due.at if one.due else due_at,
                due_local=one.due.local if one.due else None,
                due_zone=one.due.zone if one.due else None,
                expires_at=((one.due.at if one.due else due_at) or at) + expires_after,
                entity_id=entity_id if one.region == REGION else None,
                content_id=content_id if one.region == REGION else None,
                is_let_through=ignores_quiet_hours,
                channel=ways[0][0].name if ways else SMS.name,
                legs=_legs(one, ways, entity_id, content_id) if len(ways) > 1 else (),
            )
            for one in texts
        ]
        return self._store(messages, at, name=name, source_sha256=source_sha256)

    def queue_again(
        self, message: Message, *, at: datetime, expires_after: timedelta
    ) -> Queued:
        """Queue a new message with the content of an old one, linked to it.

        Raises StoreError, and then surely nothing was queued; but after UnsureError nobody
        knows.
        """
        return self.queue_all_again([message], at=at, expires_after=expires_after)

    def queue_all_again(
        self,
        messages: Sequence[Message],
        *,
        at: datetime,
        expires_after: timedelta,
        name: str | None = None,
    ) -> Queued:
        """Queue a new batch with the contents of old messages, each linked to its own.

        Raises StoreError, and then surely nothing was queued; but after UnsureError nobody
        knows.
        """
        copies = [
            NewMessage(
                **_of_leg(message.as_leg()),
                id=ulids.make(),
                ref=message.ref,
                expires_at=at + expires_after,
                resend_of=message.id,
                legs=tuple(news.leg for news in self._log.legs_of(message.seq))
                if message.legs
                else (),
            )
            for message in messages
        ]
        return self._store(copies, at, name)

    def take_back(self, batch_id: str, *, at: datetime) -> list[str]:
        """Stop what is left here of one Send; returns the ids of what was stopped in time.

        Raises StoreError.
        """
        return self._log.cancel_batch(batch_id, at=at)

    def _store(
        self,
        messages: Sequence[NewMessage],
        at: datetime,
        name: str | None = None,
        source_sha256: str | None = None,
    ) -> Queued:
        batch_id = ulids.make()
        needs_confirmation = self._needs_confirmation(len(messages))
        try:
            self._log.add_batch(
                batch_id,
                messages,
                at=at,
                name=name,
                source_sha256=source_sha256,
                needs_confirmation=needs_confirmation,
            )
        except StoreError:
            # An error from COMMIT does not say whether the commit happened. The ids were made
            # before it, so the file can be asked; saying "not saved" wrongly would make the
            # person send everything twice.
            if not self._is_stored(batch_id):
                raise
        return Queued(batch_id, tuple(message.id for message in messages), needs_confirmation)

    def _is_stored(self, batch_id: str) -> bool:
        try:
            return self._log.has_batch(batch_id)
        except StoreError as error:
            raise UnsureError("neither the commit nor the question was answered") from error


def _legs(
    one: Addressed,
    ways: Sequence[tuple[Channel, str]],
    entity_id: str | None,
    content_id: str | None,
) -> tuple[Leg, ...]:
    """Every way to one of many people, who get the same text by each of them."""
    to_india = one.region == REGION
    sizes = [channel.measure(one.text) for channel, _sender in ways]
    return tuple(
        Leg(
            channel=channel.name,
            to=one.to,
            sender=sender,
            text=one.text,
            encoding=size.encoding,
            parts=size.parts,
            entity_id=entity_id if to_india else None,
            content_id=content_id if to_india else None,
        )
        for (channel, sender), size in zip(ways, sizes, strict=True)
    )


class _OfLeg(TypedDict):
    """What a new message takes from the first way to its recipient."""

    channel: str
    to: str
    sender: str
    text: str
    encoding: Encoding
    parts: int
    content: Content
    entity_id: str | None
    content_id: str | None


def _of_leg(leg: Leg) -> _OfLeg:
    return _OfLeg(
        channel=leg.channel,
        to=leg.to,
        sender=leg.sender,
        text=leg.text,
        encoding=leg.encoding,
        parts=leg.parts,
        content=leg.content,
        entity_id=leg.entity_id,
        content_id=leg.content_id,
    )
