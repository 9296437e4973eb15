"""The channels that one message tries in turn: each is a row beside it, and what is heard of
them together is the state of the message.

Vonage does the trying, so nothing here is ever sent again; who may be written to at all is for
`suppression`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from smsdesk.sms.channels.content import Leg, read_content, write_content
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import RANK, State, is_contradiction, receipt_moves
from smsdesk.store.errors import translated
from smsdesk.store.rows import optional_moment

if TYPE_CHECKING:  # start-up time
    from smsdesk.sms.receipt import DeliveryReceipt
    from smsdesk.store.database import Database

ARRIVED = frozenset({State.DELIVERED, State.READ})
FAILED = frozenset({State.REJECTED, State.UNDELIVERABLE})


@dataclass(frozen=True, slots=True)
class LegNews:
    """One channel of a message, and what is known of it."""

    n: int
    """Its place; 1 is tried first."""
    leg: Leg
    state: State | None
    """None: nothing was heard, and perhaps it was never tried."""
    message_uuid: str | None
    failure: FailureReason | None
    price: str | None
    currency: str | None
    at: datetime | None
    """When we last heard of it."""

    @property
    def has_arrived(self) -> bool:
        return self.state in ARRIVED


def add_legs(connection: sqlite3.Connection, message_id: str, legs: Sequence[Leg]) -> None:
    """Store the channels of a message that is new, inside the caller's transaction."""
    connection.executemany(
        _INSERT,
        [
            {
                "id": message_id,
                "n": n,
                "channel": leg.channel,
                "sender": leg.sender,
                "recipient": leg.to,
                "text": leg.text,
                "encoding": leg.encoding.value,
                "parts": leg.parts,
                "content": write_content(leg.content),
                "entity_id": leg.entity_id,
                "content_id": leg.content_id,
            }
            for n, leg in enumerate(legs, start=1)
        ],
    )


def legs_of(database: Database, seq: int) -> list[LegNews]:
    """The channels of a message in the order of trying; none where there is only the one."""
    with translated():
        rows = database.connection.execute(
            f"SELECT {_COLUMNS} FROM leg WHERE message = ? ORDER BY n", (seq,)
        ).fetchall()
    return [_read(row) for row in rows]


def pairs_of(connection: sqlite3.Connection, seq: int) -> list[tuple[str, str]]:
    """Who is written to by a message, and from what: one pair a channel."""
    rows = connection.execute(
        "SELECT recipient, sender FROM message WHERE seq = :seq "
        "UNION SELECT recipient, sender FROM leg WHERE message = :seq",
        {"seq": seq},
    )
    return [(row["recipient"], row["sender"]) for row in rows]


def bind_first(connection: sqlite3.Connection, seq: int, message_uuid: str | None) -> None:
    """Vonage's answer names the first channel's message."""
    connection.execute(
        "UPDATE leg SET message_uuid = coalesce(message_uuid, ?), "
        "state = coalesce(state, 'accepted') WHERE message = ? AND n = 1",
        (message_uuid, seq),
    )


@dataclass(frozen=True, slots=True)
class HeardLeg:
    """What a receipt about one channel means for the message."""

    n: int
    whole: State
    """The state that all channels together give it."""
    is_odd: bool
    """It denies what an earlier receipt said of the same channel."""
    is_second: bool
    """Vonage knows another message of the same place: it was asked twice."""
    price: str | None
    """What all channels cost so far, together."""


def hear(
    connection: sqlite3.Connection,
    seq: int,
    receipt: DeliveryReceipt,
    *,
    now: int,
    order_ms: int | None,
) -> HeardLeg | None:
    """Note a receipt on the channel that it is about; None when that cannot be told."""
    rows = connection.execute(
        "SELECT n, channel, message_uuid, state, status_ms FROM leg WHERE message = ? "
        "ORDER BY n",
        (seq,),
    ).fetchall()
    row = _which(rows, receipt)
    if row is None:
        return None
    old = State(row["state"]) if row["state"] else State.ACCEPTED
    moves = row["state"] is None or _moves(old, receipt.status, row["status_ms"], order_ms)
    failure = receipt.failure
    connection.execute(
        _HEAR,
        {
            "seq": seq,
            "n": row["n"],
            "uuid": receipt.message_uuid,
            "moves": int(moves),
            "state": receipt.status.value,
            "now": now,
            "order": order_ms,
            "failure_code": None if failure is None else failure.code,
            "failure_title": None if failure is None else failure.title,
            "failure_detail": None if failure is None else failure.detail,
            "price": receipt.price,
            "currency": receipt.currency,
        },
    )
    states = {one["n"]: State(one["state"]) for one in rows if one["state"]}
    if moves:
        states[row["n"]] = receipt.status
    known = row["message_uuid"]
    return HeardLeg(
        n=row["n"],
        whole=state_of_all(states, len(rows)),
        is_odd=is_contradiction(old, receipt.status),
        is_second=None not in (known, receipt.message_uuid) and known != receipt.message_uuid,
        price=_price(connection, seq),
    )


def _price(connection: sqlite3.Connection, seq: int) -> str | None:
    rows = connection.execute(
        "SELECT price FROM leg WHERE message = ? AND price IS NOT NULL", (seq,)
    ).fetchall()
    if len(rows) < 2:
        return rows[0]["price"] if rows else None
    return str(sum(Decimal(row["price"]) for row in rows))


def state_of_all(states: dict[int, State], count: int) -> State:
    """What several channels, by their places, come to together.

    One that has arrived decides; only the failure of the last is the failure of all, for until
    then the next one is tried.
    """
    if arrived := ARRIVED.intersection(states.values()):
        return max(arrived, key=RANK.__getitem__)
    last = states.get(count)
    if last in FAILED:
        return last
    return State.SUBMITTED if State.SUBMITTED in states.values() else State.ACCEPTED


def _which(rows: Iterable[sqlite3.Row], receipt: DeliveryReceipt) -> sqlite3.Row | None:
    """The channel a receipt is about: by Vonage's id, by its place, or by its name."""
    rows = list(rows)
    for row in rows:
        if receipt.message_uuid is not None and row["message_uuid"] == receipt.message_uuid:
            return row
    for row in rows:
        if receipt.leg == row["n"]:
            return row
    for row in rows:
        if receipt.leg is None and receipt.channel == row["channel"]:
            return row
    return None


def _moves(old: State, new: State, status_ms: int | None, order_ms: int | None) -> bool:
    if not receipt_moves(old, new):
        return False
    if RANK[old] == RANK[new] and status_ms is not None and order_ms is not None:
        return order_ms > status_ms
    return True


def _read(row: sqlite3.Row) -> LegNews:
    return LegNews(
        n=row["n"],
        leg=Leg(
            channel=row["channel"],
            to=row["recipient"],
            sender=row["sender"],
            text=row["text"],
            encoding=Encoding(row["encoding"]),
            parts=row["parts"],
            content=read_content(row["content"]),
            entity_id=row["entity_id"],
            content_id=row["content_id"],
        ),
        state=State(row["state"]) if row["state"] else None,
        message_uuid=row["message_uuid"],
        failure=None
        if row["failure_code"] is None
        else FailureReason(
            row["failure_code"], row["failure_title"] or "", row["failure_detail"] or ""
        ),
        price=row["price"],
        currency=row["currency"],
        at=optional_moment(row["updated_ms"]),
    )


_COLUMNS = (
    "n, channel, sender, recipient, text, encoding, parts, content, entity_id, content_id, "
    "message_uuid, state, updated_ms, failure_code, failure_title, failure_detail, price, "
    "currency"
)

_INSERT = """
INSERT INTO leg (message, n, channel, sender, recipient, text, encoding, parts, content,
                 entity_id, content_id)
SELECT seq, :n, :channel, :sender, :recipient, :text, :encoding, :parts, :content,
       :entity_id, :content_id FROM message WHERE id = :id
"""

_HEAR = """
UPDATE leg SET message_uuid = coalesce(message_uuid, :uuid),
               price = coalesce(:price, price), currency = coalesce(:currency, currency),
               updated_ms = :now,
               state = iif(:moves, :state, state), status_ms = iif(:moves, :order, status_ms),
               failure_code = iif(:moves, :failure_code, failure_code),
               failure_title = iif(:moves, :failure_title, failure_title),
               failure_detail = iif(:moves, :failure_detail, failure_detail)
WHERE message = :seq AND n = :n
"""
