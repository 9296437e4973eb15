"""What was heard of our messages: each receipt as it came, and the step it makes a row take.

A receipt is stored before it is believed, once, whatever the order or number of its repeats.
Where receipts come from (webhook or report) is left to the callers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import RANK, State, is_contradiction, receipt_moves
from smsdesk.store.database import Database
from smsdesk.store.erased_marks import is_erased
from smsdesk.store.errors import translated
from smsdesk.store.legs import HeardLeg, hear
from smsdesk.store.message_log import OnChange, is_opt_out, suppress_refused
from smsdesk.store.rows import to_ms

UNMATCHED_LIMIT = 10_000
"""Receipts kept although no message of ours fits them; the oldest go first."""
UNMATCHED_FOR = timedelta(days=30)
"""Older ones will find no message any more."""
FAR_AHEAD = timedelta(hours=24)
"""A provider's time so far ahead of ours orders nothing; then the order of arrival counts."""


@dataclass(frozen=True, slots=True)
class _Target:
    seq: int
    id: str
    state: State
    status_ms: int | None
    message_uuid: str | None
    attempt: int | None
    attempt_uuid: str | None
    legs: int


class ReceiptBook:
    """Writes receipts, and lets them move messages upward in rank.

    `on_list` is called when a receipt has put somebody on the suppression list.
    """

    def __init__(
        self,
        database: Database,
        on_change: OnChange,
        *,
        on_list: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._on_change = on_change
        self._on_list = on_list

    def record(self, receipts: Sequence[DeliveryReceipt], *, at: datetime) -> frozenset[str]:
        """Store the receipts in one commit; returns the ids of messages they touched.

        A receipt already stored is passed over. Raises StoreError, and then nothing of the
        call is stored.
        """
        with self._database.transaction() as connection:
            found = [_record(connection, receipt, at) for receipt in receipts]
            touched = frozenset[str]().union(*found)
            if not all(found):
                oldest = to_ms(at - UNMATCHED_FOR)
                connection.execute(
                    _FORGET_UNMATCHED, {"limit": UNMATCHED_LIMIT, "oldest": oldest}
                )
        if touched:
            self._on_change(touched)
        if any(is_opt_out(receipt.failure) for receipt in receipts):
            self._on_list()
        return touched

    def is_replay(self, jti: str | None, raw: str) -> bool:
        """Whether a token of this id came before, with another body. Raises StoreError."""
        if jti is None:
            return False
        with translated():
            row = self._database.connection.execute(
                "SELECT 1 FROM event WHERE jti = ? AND dedupe_key <> ? LIMIT 1",
                (jti, dedupe_key(raw)),
            ).fetchone()
        return row is not None


def dedupe_key(raw: str) -> str:
    """What makes two events the same one: every byte of them."""
    import hashlib  # start-up time: OpenSSL comes with it

    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def _record(connection: sqlite3.Connection, receipt: DeliveryReceipt, at: datetime) -> set[str]:
    """The ids of the messages that a receipt touches."""
    target = _find_target(connection, receipt)
    if target is None and is_erased(connection, receipt.client_ref, receipt.message_uuid):
        return set()
    provider_ms = None if receipt.provider_time is None else to_ms(receipt.provider_time)
    is_orderly = provider_ms is not None and provider_ms <= to_ms(at + FAR_AHEAD)
    order_ms = provider_ms if is_orderly else None
    heard: HeardLeg | None = None
    status = receipt.status
    if target is not None and target.legs and not _is_stored(connection, receipt):
        heard = hear(connection, target.seq, receipt, now=to_ms(at), order_ms=order_ms)
        status = heard.whole if heard is not None else State.ACCEPTED
    moves = target is not None and _moves(target, receipt, status, order_ms)
    cursor = connection.execute(
        _INSERT_EVENT,
        {
            "key": dedupe_key(receipt.raw),
            "message": None if target is None else target.seq,
            "now": to_ms(at),
            "provider": provider_ms,
            "source": receipt.source,
            "status": receipt.status.value,
            "uuid": receipt.message_uuid,
            "client_ref": receipt.client_ref,
            "error_code": receipt.failure.code if receipt.failure else None,
            "error_title": receipt.failure.title if receipt.failure else None,
            "error_detail": receipt.failure.detail if receipt.failure else None,
            "applied": int(moves),
            "raw": receipt.raw,
            "jti": receipt.jti,
        },
    )
    if cursor.rowcount == 0 or target is None:
        return set()
    if not target.legs or (heard is not None and heard.n == 1):
        _bind_uuid(connection, target, receipt)
    if target.legs:
        _note_leg(connection, target, receipt, heard)
    _raise_alarm(connection, target, status)
    touched = {target.id}
    if is_opt_out(receipt.failure):
        leg = None if heard is None else heard.n
        touched.update(suppress_refused(connection, target.seq, at=at, leg=leg))
    cost = _cost(receipt, heard)
    if moves:
        _apply(connection, target, receipt, status, cost, to_ms(at), order_ms)
    else:
        connection.execute(_FILL_GAPS, cost | {"seq": target.seq})
        if heard is not None:
            # A channel more may cost more; the sum of all is always the newest.
            connection.execute(_SET_PRICE, cost | {"seq": target.seq})
    return touched


def _is_stored(connection: sqlite3.Connection, receipt: DeliveryReceipt) -> bool:
    """Whether the receipt has done its work already."""
    row = connection.execute(
        "SELECT 1 FROM event WHERE dedupe_key = ? AND message IS NOT NULL",
        (dedupe_key(receipt.raw),),
    ).fetchone()
    return row is not None


def _note_leg(
    connection: sqlite3.Connection,
    target: _Target,
    receipt: DeliveryReceipt,
    heard: HeardLeg | None,
) -> None:
    """What a receipt about one of several channels says of the message as a whole."""
    connection.execute(
        "UPDATE message SET workflow_id = coalesce(workflow_id, :workflow), "
        "message_uuid = coalesce(message_uuid, :uuid) WHERE seq = :seq",
        {
            "seq": target.seq,
            "workflow": receipt.workflow_id,
            "uuid": receipt.message_uuid,
        },
    )
    if heard is not None and heard.is_second:
        _set_alarm(connection, target.seq, "two_sends")
    elif heard is not None and heard.is_odd:
        _set_alarm(connection, target.seq, "contradiction")


def _cost(receipt: DeliveryReceipt, heard: HeardLeg | None) -> dict[str, object]:
    return {
        "price": receipt.price if heard is None else heard.price,
        "currency": receipt.currency,
        "network": receipt.network,
    }


def _find_target(connection: sqlite3.Connection, receipt: DeliveryReceipt) -> _Target | None:
    row = None
    if receipt.client_ref is not None:
        row = connection.execute(_BY_CLIENT_REF, (receipt.client_ref,)).fetchone()
    if row is None and receipt.message_uuid is not None:
        row = connection.execute(_BY_UUID, {"uuid": receipt.message_uuid}).fetchone()
    if row is None:
        return None
    return _Target(
        seq=row["seq"],
        id=row["id"],
        state=State(row["state"]),
        status_ms=row["status_ms"],
        message_uuid=row["message_uuid"],
        attempt=row["n"],
        attempt_uuid=row["attempt_uuid"],
        legs=row["legs"],
    )


def _moves(
    target: _Target, receipt: DeliveryReceipt, status: State, order_ms: int | None
) -> bool:
    if not receipt_moves(target.state, status):
        return False
    if status is State.ACCEPTED and target.state is not State.UNKNOWN:
        # What is accepted has an id of Vonage's; without one it stays on its way.
        return (receipt.message_uuid or target.message_uuid) is not None
    same_rank = RANK[target.state] == RANK[status]
    if same_rank and target.status_ms is not None and order_ms is not None:
        return order_ms > target.status_ms
    return True


def _bind_uuid(
    connection: sqlite3.Connection, target: _Target, receipt: DeliveryReceipt
) -> None:
    if receipt.message_uuid is None or target.attempt is None:
        return
    if target.attempt_uuid is None:
        connection.execute(
            "UPDATE attempt SET message_uuid = ? WHERE message = ? AND n = ?",
            (receipt.message_uuid, target.seq, target.attempt),
        )
        connection.execute(
            "UPDATE message SET message_uuid = coalesce(message_uuid, ?) WHERE seq = ?",
            (receipt.message_uuid, target.seq),
        )
    elif target.attempt_uuid != receipt.message_uuid:
        _set_alarm(connection, target.seq, "two_sends")


def _raise_alarm(connection: sqlite3.Connection, target: _Target, status: State) -> None:
    if is_contradiction(target.state, status):
        was_sent = connection.execute(
            "SELECT 1 FROM audit WHERE message = ? AND what = 'sent_again'", (target.seq,)
        ).fetchone()
        # News of an earlier attempt of a message that a person queued again is no surprise.
        if target.state is State.FAILED or target.state.is_final or was_sent is None:
            _set_alarm(connection, target.seq, "contradiction")


def _set_alarm(connection: sqlite3.Connection, seq: int, alarm: str) -> None:
    # Two sends are the graver news, whichever was noticed first.
    connection.execute(
        "UPDATE message SET alarm = ? WHERE seq = ? AND alarm IS NOT 'two_sends'", (alarm, seq)
    )


def _apply(
    connection: sqlite3.Connection,
    target: _Target,
    receipt: DeliveryReceipt,
    status: State,
    cost: dict[str, object],
    now: int,
    order_ms: int | None,
) -> None:
    # While another channel is still to be tried, the failure of one is none of the message.
    failure = receipt.failure if status is receipt.status else None
    connection.execute(
        _APPLY,
        cost
        | {
            "seq": target.seq,
            "state": status.value,
            "now": now,
            "order": order_ms,
            "failure_code": None if failure is None else failure.code,
            "failure_title": None if failure is None else failure.title,
            "failure_detail": None if failure is None else failure.detail,
            "is_final": int(status.is_final),
        },
    )


_TARGET_COLUMNS = (
    "message.seq, message.id, message.state, message.status_ms, message.message_uuid, "
    "attempt.n, attempt.message_uuid AS attempt_uuid, message.legs"
)

_BY_CLIENT_REF = f"""
SELECT {_TARGET_COLUMNS} FROM attempt JOIN message ON message.seq = attempt.message
WHERE attempt.client_ref = ?
"""

_BY_UUID = f"""
SELECT {_TARGET_COLUMNS} FROM message
LEFT JOIN attempt ON attempt.message = message.seq AND attempt.message_uuid = :uuid
WHERE message.message_uuid = :uuid
   OR message.seq IN (SELECT message FROM leg WHERE leg.message_uuid = :uuid)
"""

_INSERT_EVENT = """
INSERT INTO event (dedupe_key, message, received_ms, provider_ms, source, status, message_uuid,
                   client_ref, error_code, error_title, error_detail, applied, raw, jti)
VALUES (:key, :message, :now, :provider, :source, :status, :uuid, :client_ref, :error_code,
        :error_title, :error_detail, :applied, :raw, :jti)
ON CONFLICT (dedupe_key) DO UPDATE SET message = excluded.message, applied = excluded.applied
    WHERE event.message IS NULL AND excluded.message IS NOT NULL
"""
# A repeat of a receipt that found no message before is tried again, any other is passed over.

_APPLY = """
UPDATE message SET state = :state, held_reason = NULL, updated_ms = :now, status_ms = :order,
                   price = coalesce(:price, price), currency = coalesce(:currency, currency),
                   network = coalesce(:network, network), failure_code = :failure_code,
                   failure_title = :failure_title, failure_detail = :failure_detail,
                   lookup_ms = CASE WHEN :is_final THEN NULL ELSE lookup_ms END
WHERE seq = :seq
"""

_FILL_GAPS = """
UPDATE message SET price = coalesce(price, :price), currency = coalesce(currency, :currency),
                   network = coalesce(network, :network)
WHERE seq = :seq
"""
# What the message costs is told once, often with a status that comes out of order.

_SET_PRICE = "UPDATE message SET price = coalesce(:price, price) WHERE seq = :seq"

_FORGET_UNMATCHED = """
DELETE FROM event WHERE message IS NULL AND (received_ms < :oldest OR id IN (
    SELECT id FROM event WHERE message IS NULL
    ORDER BY received_ms DESC, id DESC LIMIT -1 OFFSET :limit))
"""
