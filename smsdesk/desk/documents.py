"""A message as a JSON object: the shape that scripts rely on, whoever writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from smsdesk.desk import wording
from smsdesk.desk.history import LegNews
from smsdesk.sms.channels.content import PLAIN
from smsdesk.sms.message import Message, MessageEvent

MESSAGE_FIELDS = (
    "id",
    "direction",
    "channel",
    "state",
    "held_reason",
    "to",
    "from",
    "text",
    "encoding",
    "parts",
    "batch_id",
    "ref",
    "message_uuid",
    "attempts",
    "client_refs",
    "failure",
    "price",
    "currency",
    "network",
    "entity_id",
    "content_id",
    "created_at",
    "updated_at",
)


def write_message(
    message: Message,
    client_refs: Sequence[str],
    events: Sequence[MessageEvent] | None = None,
    *,
    legs: Sequence[LegNews] = (),
) -> dict[str, Any]:
    """One message as a JSON object. What only other channels have is there only with them."""
    failure = message.failure
    document: dict[str, Any] = {
        "id": message.id,
        "direction": message.direction.value,
        "channel": message.channel,
        "state": message.state.value,
        "held_reason": message.held_reason.value if message.held_reason else None,
        "to": message.to,
        "from": message.sender,
        # Removed is not the same as empty.
        "text": message.text if message.text_kept_days is None else None,
        "encoding": message.encoding.value,
        "parts": message.parts,
        "batch_id": message.batch_id,
        "ref": message.ref,
        "message_uuid": message.message_uuid,
        "attempts": message.attempts,
        "client_refs": list(client_refs),
        "failure": None
        if failure is None
        else {
            "code": failure.code,
            "title": failure.title or wording.message_word(message),
            "detail": failure.detail or wording.failure_sentence(message),
        },
        "price": message.price,
        "currency": message.currency,
        "network": message.network,
        "entity_id": message.entity_id,
        "content_id": message.content_id,
        "created_at": write_time(message.created_at),
        "updated_at": write_time(message.updated_at),
    }
    if message.content != PLAIN:
        document["content"] = asdict(message.content)
    if message.received is not None:
        document["content"] = asdict(message.received)
    if legs:
        document["workflow_id"] = message.workflow_id
        document["legs"] = [_write_leg(leg, message) for leg in legs]
    if events is not None:
        document["events"] = [
            {
                "at": write_time(event.at),
                "source": event.source,
                "status": event.status,
                "detail": event.detail,
            }
            for event in events
        ]
    return document


def _write_leg(news: LegNews, message: Message) -> dict[str, Any]:
    failure = news.failure
    return {
        "channel": news.leg.channel,
        "to": news.leg.to,
        "from": news.leg.sender,
        "text": news.leg.text if message.text_kept_days is None else None,
        "state": None if news.state is None else news.state.value,
        "message_uuid": news.message_uuid,
        "failure_code": None if failure is None else failure.code,
        "price": news.price,
        "updated_at": None if news.at is None else write_time(news.at),
    }


def write_time(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
