"""How a row of the log becomes a value of `sms`, and how moments become whole milliseconds.

Shared by the files that read messages; which messages, they decide.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from smsdesk.sms.channels.content import PLAIN, read_content
from smsdesk.sms.channels.received import read_received
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.errors import DatabaseDamagedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

MESSAGE_COLUMNS = (
    "seq, id, direction, channel, state, held_reason, recipient, sender, text, encoding, "
    "parts, batch_id, ref, message_uuid, attempts, failure_code, failure_title, "
    "failure_detail, unknown_reason, price, currency, network, created_ms, updated_ms, "
    "due_ms, expires_ms, resend_of, alarm, read_ms, text_kept_days, entity_id, content_id, "
    "due_local, due_zone, content, legs, workflow_id"
)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC moment that many milliseconds after 1970.

    Raises OverflowError for years that `datetime` does not have.
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


def optional_moment(milliseconds: int | None) -> datetime | None:
    """`from_ms`, where there may be no moment."""
    return None if milliseconds is None else from_ms(milliseconds)


def read_message(row: sqlite3.Row) -> Message:
    """One row with `MESSAGE_COLUMNS` as a Message.

    Raises DatabaseDamagedError when it holds what nobody has written: a state that does not
    exist, or a time beyond all years. SQLite's own check looks at pages, not at meanings.
    """
    try:
        return _message(row)
    except (ValueError, TypeError, OverflowError) as error:
        raise DatabaseDamagedError("a message holds what cannot be") from error


def _message(row: sqlite3.Row) -> Message:
    is_inbound = row["direction"] == Direction.INBOUND
    return Message(
        seq=row["seq"],
        id=row["id"],
        direction=Direction(row["direction"]),
        channel=row["channel"],
        state=State(row["state"]),
        held_reason=HeldReason(row["held_reason"]) if row["held_reason"] else None,
        to=row["recipient"],
        sender=row["sender"],
        text=row["text"],
        encoding=Encoding(row["encoding"]),
        parts=row["parts"],
        batch_id=row["batch_id"],
        ref=row["ref"],
        message_uuid=row["message_uuid"],
        attempts=row["attempts"],
        failure=_read_failure(row),
        unknown_reason=row["unknown_reason"],
        price=row["price"],
        currency=row["currency"],
        network=row["network"],
        created_at=from_ms(row["created_ms"]),
        updated_at=from_ms(row["updated_ms"]),
        due_at=optional_moment(row["due_ms"]),
        expires_at=optional_moment(row["expires_ms"]),
        resend_of=row["resend_of"],
        alarm=row["alarm"],
        is_unread=is_inbound and row["read_ms"] is None,
        text_kept_days=row["text_kept_days"],
        entity_id=row["entity_id"],
        content_id=row["content_id"],
        due_local=_read_local(row["due_local"]),
        due_zone=row["due_zone"],
        content=PLAIN if is_inbound else read_content(row["content"]),
        received=read_received(row["content"]) if is_inbound else None,
        legs=row["legs"],
        workflow_id=row["workflow_id"],
    )


def _read_local(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _read_failure(row: sqlite3.Row) -> FailureReason | None:
    if row["failure_code"] is None:
        return None
    return FailureReason(
        code=row["failure_code"],
        title=row["failure_title"] or "",
        detail=row["failure_detail"] or "",
    )
