"""What people wrote to us: each reply stored once, however often and by whichever way it comes.

It also does what a reply asks for (STOP, START) in the same commit. What a text asks for is
left to the caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smsdesk.sms.channels.received import write_received
from smsdesk.sms.encoding import encoding_of
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.opt_out import OptOut
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.store.database import Database
from smsdesk.store.erased_marks import is_erased
from smsdesk.store.events import dedupe_key
from smsdesk.store.message_log import OnChange
from smsdesk.store.rows import to_ms
from smsdesk.store.search_index import index_follows
from smsdesk.store.suppression import allow, suppress

AHEAD = timedelta(minutes=5)
"""A provider's time further ahead of ours is not believed."""
MISSING = "…"
"""Stands for a part that has not come yet."""
PARTS_WITHIN = timedelta(hours=24)
"""The network counts its references in a byte or two: a day later the same one is another
message's."""


@dataclass(frozen=True, slots=True)
class HeardReply:
    """One reply, what it asks for, and the sender that is meant by it."""

    message: InboundMessage
    asks: OptOut | None = None
    scope: str = ""
    """The sender that STOP is about; `ALL_SENDERS` for every one."""


class InboundBook:
    """Writes replies. `on_list` is called when the suppression list is another."""

    def __init__(
        self,
        database: Database,
        on_change: OnChange,
        *,
        on_list: Callable[[], None],
        make_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._on_change = on_change
        self._on_list = on_list
        self._make_id = make_id

    def record(self, heard: Sequence[HeardReply], *, at: datetime) -> frozenset[str]:
        """Store replies in one commit; returns the ids of the messages they touched.

        A reply already stored is passed over. Raises StoreError, and then nothing of the call
        is stored.
        """
        touched: set[str] = set()
        is_list_changed = False
        with self._database.transaction() as connection:
            for one in heard:
                stored = self._store(connection, one.message, at)
                if stored is None:
                    continue
                seq, message_id = stored
                touched.add(message_id)
                is_changed, failed = _do_what_is_asked(connection, one, seq=seq, at=at)
                is_list_changed |= is_changed
                touched.update(failed)
        if touched:
            self._on_change(frozenset(touched))
        if is_list_changed:
            self._on_list()
        return frozenset(touched)

    def mark_read(self, peer: str, *, at: datetime) -> frozenset[str]:
        """Somebody at the desk has seen what this person wrote. Returns what was unread."""
        with self._database.transaction() as connection:
            rows = connection.execute(_MARK_READ, {"peer": peer, "now": to_ms(at)}).fetchall()
        ids = frozenset(row["id"] for row in rows)
        if ids:
            self._on_change(ids)
        return ids

    def mark_unread(self, message_ids: Iterable[str]) -> None:
        """Somebody wants to come back to these."""
        ids = frozenset(message_ids)
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE message SET read_ms = NULL WHERE id = ? AND direction = 'inbound'",
                [(one,) for one in ids],
            )
        self._on_change(ids)

    def _store(
        self, connection: sqlite3.Connection, message: InboundMessage, at: datetime
    ) -> tuple[int, str] | None:
        """The row of a reply that is new; None for one that was there."""
        known = _find(connection, message)
        if known is None and is_erased(connection, message.message_uuid):
            return None
        is_new = known is None
        if known is None:
            known = self._find_whole(connection, message, at)
        if known is None:
            known = self._insert(connection, message, at)
        seq, _message_id = known
        if is_new and message.part is not None:
            _add_part(connection, seq, message, at)
        connection.execute(
            _INSERT_EVENT,
            {
                "key": dedupe_key(message.raw),
                "message": seq,
                "now": to_ms(at),
                "provider": None
                if message.provider_time is None
                else to_ms(message.provider_time),
                "source": message.source,
                "uuid": message.message_uuid,
                "raw": message.raw,
                "jti": message.jti,
                "applied": int(is_new),
            },
        )
        if not is_new:
            connection.execute(
                _FILL_GAPS,
                _cost(message)
                | {
                    "seq": seq,
                    "content": write_received(message.received),
                    "is_better": int(message.source == "webhook"),
                },
            )
            return None
        return known

    def _insert(
        self, connection: sqlite3.Connection, message: InboundMessage, at: datetime
    ) -> tuple[int, str]:
        message_id = self._make_id()
        cursor = connection.execute(
            _INSERT_MESSAGE,
            _cost(message)
            | {
                "id": message_id,
                "channel": message.channel,
                "recipient": message.to,
                "sender": message.sender,
                "text": message.text,
                "encoding": encoding_of(message.text).value,
                "parts": message.parts,
                "uuid": message.message_uuid,
                "written": to_ms(_written_at(message, at)),
                "now": to_ms(at),
                "content": write_received(message.received),
            },
        )
        return int(cursor.lastrowid or 0), message_id

    def _find_whole(
        self, connection: sqlite3.Connection, message: InboundMessage, at: datetime
    ) -> tuple[int, str] | None:
        """The row that holds other parts of the same divided message."""
        if message.part is None:
            return None
        row = connection.execute(
            _FIND_WHOLE,
            {
                "sender": message.sender,
                "recipient": message.to,
                "ref": message.part.ref,
                "total": message.part.total,
                "number": message.part.number,
                "since": to_ms(at - PARTS_WITHIN),
            },
        ).fetchone()
        return None if row is None else (int(row["seq"]), str(row["id"]))


def _written_at(message: InboundMessage, at: datetime) -> datetime:
    """When it was written, as far as Vonage can be believed."""
    said = message.provider_time
    return at if said is None or said > at + AHEAD else said


def _find(connection: sqlite3.Connection, message: InboundMessage) -> tuple[int, str] | None:
    row = connection.execute(_FIND, {"uuid": message.message_uuid}).fetchone()
    return None if row is None else (int(row["seq"]), str(row["id"]))


def _add_part(
    connection: sqlite3.Connection, seq: int, message: InboundMessage, at: datetime
) -> None:
    """Put one part to the others, and the text together from those that are there."""
    part = message.part
    assert part is not None
    connection.execute(
        "INSERT INTO inbound_part (message, ref, number, total, message_uuid, text) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (seq, part.ref, part.number, part.total, message.message_uuid, message.text),
    )
    rows = connection.execute(
        "SELECT number, text FROM inbound_part WHERE message = ?", (seq,)
    ).fetchall()
    there = {row["number"]: row["text"] for row in rows}
    text = "".join(there.get(number, MISSING) for number in range(1, part.total + 1))
    with index_follows(connection, [seq]):
        connection.execute(
            "UPDATE message SET text = ?, encoding = ?, parts = ?, updated_ms = ?, "
            "read_ms = NULL WHERE seq = ?",
            (text, encoding_of(text).value, part.total, to_ms(at), seq),
        )


def _do_what_is_asked(
    connection: sqlite3.Connection, heard: HeardReply, *, seq: int, at: datetime
) -> tuple[bool, list[str]]:
    """Whether the suppression list is another now, and the messages that failed by it."""
    message = heard.message
    # Replies come late, and not in their order: what was written last is what is wanted.
    asked_at = _written_at(message, at)
    if heard.asks is OptOut.START:
        is_allowed = allow(
            connection, message.sender, message.to, at=at, asked_at=asked_at, message=seq
        )
        return is_allowed, []
    if heard.asks is OptOut.STOP:
        entry = Suppression(
            number=message.sender,
            sender=heard.scope,
            since=asked_at,
            reason=SuppressionReason.STOP,
            detail=message.text.strip()[:100],
        )
        return suppress(connection, entry, at=at, who="recipient", message=seq)
    return False, []


def _cost(message: InboundMessage) -> dict[str, object]:
    return {
        "price": message.price,
        "currency": message.currency,
        "network": message.network,
    }


_FIND = """
SELECT seq, id FROM message WHERE message_uuid = :uuid AND direction = 'inbound'
UNION ALL
SELECT message.seq, message.id FROM inbound_part
JOIN message ON message.seq = inbound_part.message WHERE inbound_part.message_uuid = :uuid
LIMIT 1
"""

_FIND_WHOLE = """
SELECT message.seq, message.id FROM message
JOIN inbound_part ON inbound_part.message = message.seq
WHERE message.direction = 'inbound' AND message.sender = :sender
  AND message.recipient = :recipient AND message.created_ms >= :since
  AND inbound_part.ref = :ref AND inbound_part.total = :total
  AND NOT EXISTS (SELECT 1 FROM inbound_part AS same
                  WHERE same.message = message.seq AND same.number = :number)
ORDER BY message.seq DESC LIMIT 1
"""

_INSERT_MESSAGE = """
INSERT INTO message (id, direction, channel, state, recipient, sender, text, encoding, parts,
                     message_uuid, price, currency, network, created_ms, updated_ms, content)
VALUES (:id, 'inbound', :channel, 'received', :recipient, :sender, :text, :encoding, :parts,
        :uuid, :price, :currency, :network, :written, :now, :content)
"""

_INSERT_EVENT = """
INSERT INTO event (dedupe_key, message, received_ms, provider_ms, source, status, message_uuid,
                   applied, raw, jti)
VALUES (:key, :message, :now, :provider, :source, 'received', :uuid, :applied, :raw, :jti)
ON CONFLICT (dedupe_key) DO NOTHING
"""

_FILL_GAPS = """
UPDATE message SET price = coalesce(price, :price), currency = coalesce(currency, :currency),
                   network = coalesce(network, :network),
                   content = CASE WHEN :is_better AND text_kept_days IS NULL
                             THEN coalesce(:content, content) ELSE content END
WHERE seq = :seq
"""
# A webhook says what a picture is; a report, which may come first, only that there was something.

_MARK_READ = """
UPDATE message SET read_ms = :now
WHERE sender = :peer AND direction = 'inbound' AND read_ms IS NULL RETURNING id
"""
