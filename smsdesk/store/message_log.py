"""The message log, which is also the outbox: one row a message, for life.

It knows every step that our own acts make a row take, each guarded by the state the row must
be in. Receipts are applied in `events`; looking at many rows belongs to `history`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.channels.content import PLAIN, write_content
from smsdesk.sms.state import HeldReason, State, may_move
from smsdesk.sms.suppression import (
    OPTED_OUT,
    OPTED_OUT_AT_VONAGE,
    Suppression,
    SuppressionReason,
)
from smsdesk.store.errors import IllegalMoveError, SuppressedError, translated
from smsdesk.store.legs import add_legs, bind_first, legs_of, pairs_of
from smsdesk.store.rows import MESSAGE_COLUMNS, optional_moment, read_message, to_ms
from smsdesk.store.suppression import is_suppressed, suppress
from smsdesk.store.trail import Act, append

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Content, Leg
    from smsdesk.sms.encoding import Encoding
    from smsdesk.sms.failure import FailureReason
    from smsdesk.sms.message import Message
    from smsdesk.store.database import Database
    from smsdesk.store.legs import LegNews
    from smsdesk.store.trail import Detail

OnChange = Callable[[frozenset[str] | None], None]
"""Called after a commit with the ids that moved on, or None for "look at everything again"."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """An outbound message that is not in the log yet; its id is made before the commit."""

    id: str
    to: str
    sender: str
    text: str
    encoding: Encoding
    parts: int
    channel: str = "sms"
    ref: str | None = None
    state: State = State.QUEUED
    due_at: datetime | None = None
    due_local: datetime | None = None
    """The time on the wall that was chosen, in the zone `due_zone`."""
    due_zone: str | None = None
    expires_at: datetime | None = None
    resend_of: str | None = None
    entity_id: str | None = None
    content_id: str | None = None
    is_let_through: bool = False
    """A person sends it in spite of quiet hours."""
    content: Content = PLAIN
    legs: tuple[Leg, ...] = ()
    """Every channel that is tried in turn, the first one included; none where there is only the
    one that the message itself names."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The intent to submit one message, written down before the first byte leaves."""

    seq: int
    id: str
    n: int
    client_ref: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """What became of one attempt, and the state its message takes."""

    seq: int
    id: str
    n: int
    state: State
    outcome: str
    http_status: int | None = None
    error_type: str | None = None
    message_uuid: str | None = None
    workflow_id: str | None = None
    held_reason: HeldReason | None = None
    failure: FailureReason | None = None
    unknown_reason: str | None = None
    first_lookup_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of settling many doubts at once."""

    moved: int
    suppressed: int
    """Still in doubt: the recipient has opted out meanwhile, so nothing is queued for them."""


class MessageLog:
    """Every write to the rows of the log that is ours to make.

    `boot_id` marks the attempts of this run of the sender, so that the next run knows which
    were interrupted. `on_list` is called when Vonage's answer has put somebody on the
    suppression list.
    """

    def __init__(
        self,
        database: Database,
        on_change: OnChange,
        *,
        boot_id: str,
        on_list: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._on_change = on_change
        self._on_list = on_list
        self.boot_id = boot_id

    @property
    def database(self) -> Database:
        """The file that the log is in."""
        return self._database

    # Queueing -----------------------------------------------------------------

    def add_batch(
        self,
        batch_id: str,
        messages: Sequence[NewMessage],
        *,
        at: datetime,
        name: str | None = None,
        source_sha256: str | None = None,
        needs_confirmation: bool = False,
    ) -> None:
        """Store the messages of one Send, all or none. What needs a confirmation is held until
        the batch has it.

        `source_sha256` is the digest of the file they were made from, by which `imports` knows
        it again.

        Raises SuppressedError for recipients who have opted out, or another StoreError. A
        failure while committing is ambiguous; ask `has_batch` on a fresh connection before
        telling anybody that nothing was saved.
        """
        with self._database.transaction() as connection:
            _refuse_suppressed(connection, [pair for one in messages for pair in _pairs(one)])
            connection.execute(
                "INSERT INTO batch "
                "(id, created_ms, size, name, source_sha256, needs_confirmation) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    batch_id,
                    to_ms(at),
                    len(messages),
                    name,
                    source_sha256,
                    int(needs_confirmation),
                ),
            )
            connection.executemany(
                _INSERT_MESSAGE,
                (
                    _new_row(message, batch_id, at, is_held=needs_confirmation)
                    for message in messages
                ),
            )
            for message in messages:
                if message.is_let_through:
                    _note(connection, message.id, "let_through", at=at)
                if message.legs:
                    add_legs(connection, message.id, message.legs)
            is_list = source_sha256 is not None or name is not None
            self._trace(
                connection,
                Act.SENT_LIST if is_list else Act.SENT,
                {"batch": batch_id, "messages": len(messages)},
                at=at,
            )
        self._on_change(frozenset(message.id for message in messages))

    def has_batch(self, batch_id: str) -> bool:
        """Is the batch stored? Asked on a fresh connection."""
        self._database.close_thread()
        with translated():
            row = self._database.connection.execute(
                "SELECT 1 FROM batch WHERE id = ?", (batch_id,)
            ).fetchone()
        return row is not None

    # The way to the wire ------------------------------------------------------

    def next_queued(
        self, limit: int, *, at: datetime, not_from: Collection[str] = ()
    ) -> list[Message]:
        """The oldest queued messages that have not expired, but for those from some senders."""
        parameters = {
            "now": to_ms(at),
            "limit": limit,
            "not_from": json.dumps(sorted(not_from)),
        }
        query = _NEXT_QUEUED.format(but="AND " + _NOT_FROM if not_from else "")
        with translated():
            rows = self._database.connection.execute(query, parameters).fetchall()
        return [read_message(row) for row in rows]

    def legs_of(self, seq: int) -> list[LegNews]:
        """The channels that a message tries in turn; none where there is only the one."""
        return legs_of(self._database, seq)

    def commit_step(
        self, results: Sequence[AttemptResult], claims: Sequence[Claim], *, at: datetime
    ) -> list[Claim]:
        """Write finished attempts and new claims in one durable commit.

        Returns the claims that won: a message cancelled, held or expired meanwhile is left
        alone. Only a returned claim may be put on the wire.
        """
        won: list[Claim] = []
        touched = {result.id for result in results}
        opted_out = [result for result in results if is_opt_out(result.failure)]
        now = to_ms(at)
        with self._database.transaction() as connection:
            for result in results:
                _write_result(connection, result, now)
            for result in opted_out:
                touched.update(suppress_refused(connection, result.seq, at=at))
            for claim in claims:
                if _write_claim(connection, claim, self.boot_id, now):
                    won.append(claim)
        self._on_change(frozenset(touched | {claim.id for claim in won}))
        if opted_out:
            self._on_list()
        return won

    def hold_queued(self, reason: HeldReason, *, at: datetime) -> int:
        """Put everything that is queued on hold; returns how many rows moved."""
        return self._move_many(
            "UPDATE message SET state = 'held', held_reason = :reason, updated_ms = :now "
            "WHERE state = 'queued'",
            {"reason": reason.value, "now": to_ms(at)},
        )

    def hold_scheduled(self, reason: HeldReason, *, at: datetime) -> int:
        """Put everything that waits for its time on hold; the time itself is in doubt."""
        return self._move_many(
            "UPDATE message SET state = 'held', held_reason = :reason, updated_ms = :now "
            "WHERE state = 'scheduled'",
            {"reason": reason.value, "now": to_ms(at)},
        )

    def hold_waiting(self, reason: HeldReason, *, at: datetime) -> int:
        """Put on hold what is queued, what waits for its time, and what its batch holds."""
        return self._move_many(
            "UPDATE message SET state = 'held', held_reason = :reason, updated_ms = :now "
            "WHERE state IN ('queued', 'scheduled') "
            "OR (state = 'held' AND held_reason IN ('batch_paused', 'confirmation'))",
            {"reason": reason.value, "now": to_ms(at)},
        )

    def hold_batch(self, batch_id: str, reason: HeldReason, *, at: datetime) -> int:
        """Put what is left of one batch on hold."""
        return self._move_many(
            "UPDATE message SET state = 'held', held_reason = :reason, updated_ms = :now "
            "WHERE state = 'queued' AND batch_id = :batch",
            {"reason": reason.value, "now": to_ms(at), "batch": batch_id},
        )

    def release(self, reasons: Collection[HeldReason], *, at: datetime) -> int:
        """Queue again what was held for one of these reasons, or let it wait for its time.

        What belongs to a batch that is paused or not confirmed stays on hold for that. Quiet
        hours are no time of the message's own: the sender looks whether they hold it still.
        """
        return sum(
            self._move_many(
                f"UPDATE message SET {LET_GO} WHERE state = 'held' AND held_reason = :reason",
                {"reason": reason.value, "now": to_ms(at)},
            )
            for reason in reasons
        )

    def promote_due(self, *, at: datetime, late_after_ms: int) -> int:
        """Queue scheduled messages whose time has come; hold the ones that are far too late."""
        now = to_ms(at)
        parameters = {"now": now, "late": now - late_after_ms}
        stale = self._move_many(
            "UPDATE message SET state = 'held', held_reason = 'stale', updated_ms = :now "
            "WHERE state = 'scheduled' AND due_ms < :late",
            parameters,
        )
        due = self._move_many(
            "UPDATE message SET state = 'queued', updated_ms = :now "
            "WHERE state = 'scheduled' AND due_ms <= :now AND due_ms >= :late",
            parameters,
        )
        return stale + due

    def next_due(self) -> datetime | None:
        """When the next scheduled message's time comes."""
        with translated():
            row = self._database.connection.execute(
                "SELECT min(due_ms) AS due_ms FROM message WHERE state = 'scheduled'"
            ).fetchone()
        return optional_moment(row["due_ms"])

    def expire(self, *, at: datetime) -> int:
        """Fail what waited longer than it was meant to; it was surely not sent."""
        with self._database.transaction() as connection:
            ids = [row["id"] for row in connection.execute(_EXPIRE, {"now": to_ms(at)})]
        if ids:
            self._on_change(frozenset(ids))
        return len(ids)

    def interrupt(self, reason: str, *, at: datetime, this_boot: bool) -> list[str]:
        """Call `unknown` whatever is still `sending`, and close its attempts.

        With `this_boot` false only attempts of earlier runs are meant: their process is gone,
        and whether a byte left it nobody can say.
        """
        comparison = "=" if this_boot else "<>"
        parameters = {"boot": self.boot_id, "now": to_ms(at), "reason": reason}
        with self._database.transaction() as connection:
            ids = [
                row["id"]
                for row in connection.execute(
                    _INTERRUPT_MESSAGES.format(comparison=comparison), parameters
                )
            ]
            connection.execute(_INTERRUPT_ATTEMPTS.format(comparison=comparison), parameters)
        if ids:
            self._on_change(frozenset(ids))
        return ids

    # What a person decides ----------------------------------------------------

    def cancel(self, message_id: str, *, at: datetime) -> bool:
        """Stop a message before any attempt; False when it is too late."""
        return bool(self.cancel_many([message_id], at=at))

    def cancel_many(self, ids: Collection[str], *, at: datetime) -> list[str]:
        """`cancel` for many, in one commit; returns the ids of what was stopped in time."""
        stopped = []
        with self._database.transaction() as connection:
            for message_id in ids:
                if _cancel(connection, message_id, at=at):
                    stopped.append(message_id)
            if stopped:
                one: Detail = {"message": stopped[0]}
                detail: Detail = one if len(ids) == 1 else {"messages": len(stopped)}
                self._trace(connection, Act.CANCELLED, detail, at=at)
        if stopped:
            self._on_change(frozenset(stopped))
        return stopped

    def cancel_batch(self, batch_id: str, *, at: datetime) -> list[str]:
        """Stop whatever of one Send has not been tried yet; returns the ids of what was
        stopped. The rest is too late."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "UPDATE message SET state = 'cancelled', held_reason = NULL, updated_ms = :now "
                "WHERE batch_id = :batch AND state IN ('queued', 'scheduled', 'held') "
                "RETURNING id",
                {"batch": batch_id, "now": to_ms(at)},
            ).fetchall()
            ids = [str(row["id"]) for row in rows]
            for message_id in ids:
                _note(connection, message_id, "cancelled", at=at)
            if ids:
                self._trace(
                    connection,
                    Act.CANCELLED,
                    {"batch": batch_id, "messages": len(ids)},
                    at=at,
                )
        if ids:
            self._on_change(frozenset(ids))
        return ids

    def treat_as_sent(self, message_id: str, *, at: datetime) -> None:
        """A person settles doubt: the message counts as sent and is never sent again.

        Raises IllegalMoveError when it is not `unknown` any more.
        """
        self._settle(message_id, State.ACCEPTED, "treated_as_sent", at=at)

    def send_again_after_doubt(
        self, message_id: str, *, at: datetime, expires_at: datetime | None
    ) -> None:
        """A person settles doubt the other way: queue another attempt of the same message.

        It may reach the recipient twice, and the audit entry says who chose so. `expires_at`
        replaces the old limit, which has often passed while the person was thinking.

        Raises IllegalMoveError when it is not `unknown` any more, and SuppressedError when the
        recipient has opted out meanwhile.
        """
        self._settle(message_id, State.QUEUED, "sent_again", at=at, expires_at=expires_at)

    def treat_many_as_sent(self, seqs: Sequence[int], *, at: datetime) -> Settled:
        """`treat_as_sent` for many, in one commit; what is no doubt any more is passed over."""
        return self._settle_many(seqs, State.ACCEPTED, "treated_as_sent", at=at)

    def send_many_again_after_doubt(
        self, seqs: Sequence[int], *, at: datetime, expires_at: datetime | None
    ) -> Settled:
        """`send_again_after_doubt` for many, in one commit.

        What is no doubt any more is passed over; who has opted out meanwhile is left in doubt.
        """
        return self._settle_many(seqs, State.QUEUED, "sent_again", at=at, expires_at=expires_at)

    def leave(self, message_id: str, *, at: datetime) -> None:
        """Note that a person looked at the doubt and let it stand."""
        with self._database.transaction() as connection:
            _note(connection, message_id, "left_as_unknown", at=at)
            self._trace(
                connection,
                Act.SETTLED,
                {"message": message_id, "how": "left_as_unknown"},
                at=at,
            )
        self._on_change(frozenset({message_id}))

    def _settle(
        self,
        message_id: str,
        state: State,
        what: str,
        *,
        at: datetime,
        expires_at: datetime | None = None,
    ) -> None:
        with self._database.transaction() as connection:
            row = _end_doubt(connection, message_id, state, at=at, expires_at=expires_at)
            if row is None:
                raise IllegalMoveError(f"message {message_id} is not unknown")
            if state is State.QUEUED:
                _refuse_suppressed(connection, pairs_of(connection, row["seq"]))
            _note(connection, message_id, what, at=at)
            self._trace(connection, Act.SETTLED, {"message": message_id, "how": what}, at=at)
        self._on_change(frozenset({message_id}))

    def _settle_many(
        self,
        seqs: Sequence[int],
        state: State,
        what: str,
        *,
        at: datetime,
        expires_at: datetime | None = None,
    ) -> Settled:
        moved: list[str] = []
        suppressed = 0
        with self._database.transaction() as connection:
            for seq in seqs:
                row = connection.execute(
                    "SELECT id FROM message WHERE seq = ? AND state = 'unknown'", (seq,)
                ).fetchone()
                if row is None:
                    continue
                if state is State.QUEUED and _may_not_be_written_to(connection, seq):
                    suppressed += 1
                    continue
                _end_doubt(connection, row["id"], state, at=at, expires_at=expires_at)
                _note(connection, row["id"], what, at=at)
                moved.append(row["id"])
            if moved:
                self._trace(
                    connection, Act.SETTLED, {"messages": len(moved), "how": what}, at=at
                )
        if moved:
            self._on_change(frozenset(moved))
        return Settled(len(moved), suppressed)

    def _trace(
        self, connection: sqlite3.Connection, what: Act, detail: Detail, *, at: datetime
    ) -> None:
        append(connection, self._database.actor, what, detail, at=at)

    def _move_many(self, statement: str, parameters: Mapping[str, object]) -> int:
        with self._database.transaction() as connection:
            count = connection.execute(statement, parameters).rowcount
        if count:
            self._on_change(None)
        return count


def _cancel(connection: sqlite3.Connection, message_id: str, *, at: datetime) -> bool:
    """Stop one message before any attempt; False when it is too late."""
    cursor = connection.execute(
        "UPDATE message SET state = 'cancelled', held_reason = NULL, updated_ms = :now "
        "WHERE id = :id AND state IN ('queued', 'scheduled', 'held')",
        {"id": message_id, "now": to_ms(at)},
    )
    if cursor.rowcount == 1:
        _note(connection, message_id, "cancelled", at=at)
    return cursor.rowcount == 1


def _end_doubt(
    connection: sqlite3.Connection,
    message_id: str,
    state: State,
    *,
    at: datetime,
    expires_at: datetime | None,
) -> sqlite3.Row | None:
    """Take one message out of doubt; None when it is in none."""
    row: sqlite3.Row | None = connection.execute(
        "UPDATE message SET state = :state, updated_ms = :now, "
        "expires_ms = coalesce(:expires, expires_ms) "
        "WHERE id = :id AND state = 'unknown' RETURNING seq",
        {
            "id": message_id,
            "state": state.value,
            "now": to_ms(at),
            "expires": None if expires_at is None else to_ms(expires_at),
        },
    ).fetchone()
    return row


def _refuse_suppressed(
    connection: sqlite3.Connection, pairs: Sequence[tuple[str, str]]
) -> None:
    suppressed = tuple(to for to, sender in pairs if is_suppressed(connection, to, sender))
    if suppressed:
        raise SuppressedError(suppressed)


def _may_not_be_written_to(connection: sqlite3.Connection, seq: int) -> bool:
    """Whether a message's recipient has opted out, on any of its channels."""
    return any(
        is_suppressed(connection, to, sender) for to, sender in pairs_of(connection, seq)
    )


def is_opt_out(failure: FailureReason | None) -> bool:
    """Whether Vonage refused a message because its recipient had opted out."""
    return failure is not None and failure.code == OPTED_OUT_AT_VONAGE


def suppress_refused(
    connection: sqlite3.Connection, seq: int, *, at: datetime, leg: int | None = None
) -> list[str]:
    """Vonage says that this message's recipient has opted out: so they have here.

    Its list is kept for each sender, and so is the entry. Where several channels are tried,
    `leg` says of which it was said. Returns the ids of the messages that were waiting for the
    same person, and failed.
    """
    row = connection.execute(
        "SELECT recipient, sender FROM message WHERE seq = :seq AND :leg IS NULL "
        "UNION ALL SELECT recipient, sender FROM leg WHERE message = :seq AND n = :leg",
        {"seq": seq, "leg": leg},
    ).fetchone()
    entry = Suppression(
        number=row["recipient"],
        sender=row["sender"],
        since=at,
        reason=SuppressionReason.VONAGE,
        detail=OPTED_OUT_AT_VONAGE,
    )
    _is_new, failed = suppress(connection, entry, at=at, who="vonage", message=seq)
    return failed


def _pairs(message: NewMessage) -> list[tuple[str, str]]:
    """Who is written to, and from what, on every channel."""
    legs = [(leg.to, leg.sender) for leg in message.legs]
    return legs or [(message.to, message.sender)]


def _new_row(
    message: NewMessage, batch_id: str, at: datetime, *, is_held: bool
) -> dict[str, object]:
    return {
        "id": message.id,
        "channel": message.channel,
        "state": State.HELD.value if is_held else message.state.value,
        "held_reason": HeldReason.CONFIRMATION.value if is_held else None,
        "recipient": message.to,
        "sender": message.sender,
        "text": message.text,
        "encoding": message.encoding.value,
        "parts": message.parts,
        "batch": batch_id,
        "ref": message.ref,
        "now": to_ms(at),
        "due": None if message.due_at is None else to_ms(message.due_at),
        "due_local": None if message.due_local is None else message.due_local.isoformat(),
        "due_zone": message.due_zone,
        "expires": None if message.expires_at is None else to_ms(message.expires_at),
        "resend_of": message.resend_of,
        "entity_id": message.entity_id,
        "content_id": message.content_id,
        "content": write_content(message.content),
        "legs": len(message.legs),
    }


def _write_claim(connection: sqlite3.Connection, claim: Claim, boot_id: str, now: int) -> bool:
    cursor = connection.execute(_CLAIM, {"seq": claim.seq, "n": claim.n, "now": now})
    if cursor.rowcount != 1:
        return False
    connection.execute(
        "INSERT INTO attempt (message, n, client_ref, boot_id, request_sha256, opened_ms) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (claim.seq, claim.n, claim.client_ref, boot_id, claim.request_sha256, now),
    )
    return True


def _write_result(connection: sqlite3.Connection, result: AttemptResult, now: int) -> None:
    if not may_move(State.SENDING, result.state):
        raise IllegalMoveError(f"sending does not become {result.state}")
    failure = result.failure
    parameters = {
        "seq": result.seq,
        "n": result.n,
        "now": now,
        "outcome": result.outcome,
        "http_status": result.http_status,
        "error_type": result.error_type,
        "uuid": result.message_uuid,
        "workflow_id": result.workflow_id,
        "state": result.state.value,
        "held_reason": None if result.held_reason is None else result.held_reason.value,
        "failure_code": None if failure is None else failure.code,
        "failure_title": None if failure is None else failure.title,
        "failure_detail": None if failure is None else failure.detail,
        "unknown_reason": result.unknown_reason,
        "lookup": None if result.first_lookup_at is None else to_ms(result.first_lookup_at),
    }
    connection.execute(_FINISH_ATTEMPT, parameters)
    connection.execute(_NOTICE_TWO_SENDS, parameters)
    if result.message_uuid is not None:
        bind_first(connection, result.seq, result.message_uuid)
    moved = connection.execute(_FINISH_MESSAGE, parameters).rowcount
    if moved == 0:
        # A receipt was quicker than our answer: the answer only fills the gap it left.
        connection.execute(_FILL_GAPS, parameters)
    elif result.state is State.QUEUED:
        # It comes back to a batch that a person has paused meanwhile, or has cancelled; or its
        # recipient has opted out while it was on the wire.
        connection.execute(_FOLLOW_PAUSE, parameters)
        connection.execute(_FOLLOW_CANCEL, parameters)
        if _may_not_be_written_to(connection, result.seq):
            connection.execute(_FOLLOW_OPT_OUT, {"seq": result.seq, "code": OPTED_OUT})


def _note(connection: sqlite3.Connection, message_id: str, what: str, *, at: datetime) -> None:
    connection.execute(
        "INSERT INTO audit (message, at_ms, who, what) "
        "SELECT seq, :now, 'person', :what FROM message WHERE id = :id",
        {"id": message_id, "now": to_ms(at), "what": what},
    )


def find_by_id(database: Database, ids: Iterable[str]) -> list[Message]:
    """The messages with these ids, oldest first; ids that do not exist are left out."""
    found: list[Message] = []
    with translated():
        for message_id in ids:
            row = database.connection.execute(_BY_ID, (message_id,)).fetchone()
            if row is not None:
                found.append(read_message(row))
    return sorted(found, key=lambda message: message.seq)


_BY_ID = f"SELECT {MESSAGE_COLUMNS} FROM message WHERE id = ?"

_INSERT_MESSAGE = """
INSERT INTO message (id, direction, channel, state, held_reason, recipient, sender, text,
                     encoding, parts, batch_id, ref, created_ms, updated_ms, due_ms,
                     expires_ms, resend_of, entity_id, content_id, due_local, due_zone,
                     content, legs)
VALUES (:id, 'outbound', :channel, :state, :held_reason, :recipient, :sender, :text,
        :encoding, :parts, :batch, :ref, :now, :now, :due,
        :expires, :resend_of, :entity_id, :content_id, :due_local, :due_zone,
        :content, :legs)
"""

_IS_PAUSED = (
    "EXISTS (SELECT 1 FROM batch WHERE id = message.batch_id AND paused_ms IS NOT NULL)"
)
_IS_UNCONFIRMED = (
    "EXISTS (SELECT 1 FROM batch WHERE id = message.batch_id "
    "AND needs_confirmation = 1 AND confirmed_by IS NULL)"
)
HELD_BY_BATCH = (
    "EXISTS (SELECT 1 FROM batch WHERE id = message.batch_id AND (paused_ms IS NOT NULL "
    "OR (needs_confirmation = 1 AND confirmed_by IS NULL)))"
)
"""Of a message: its batch is paused or not confirmed. The batch is what decides; the rows of its
messages follow in many small commits, and until they have, this keeps them from being claimed."""

LET_GO = f"""
    state = CASE WHEN {HELD_BY_BATCH} THEN 'held'
                 WHEN due_ms > :now AND held_reason IS NOT 'quiet_hours' THEN 'scheduled'
                 WHEN due_ms IS NOT NULL AND held_reason = 'clock' THEN 'scheduled'
                 ELSE 'queued' END,
    held_reason = CASE WHEN {_IS_UNCONFIRMED} THEN 'confirmation'
                       WHEN {_IS_PAUSED} THEN 'batch_paused' END,
    expires_ms = CASE held_reason
                 WHEN 'quiet_hours' THEN expires_ms - max(coalesce(due_ms, :now) - :now, 0)
                 WHEN 'stale' THEN expires_ms + max(:now - due_ms, 0)
                 ELSE expires_ms END,
    due_ms = CASE held_reason WHEN 'quiet_hours' THEN min(due_ms, :now) ELSE due_ms END,
    updated_ms = :now
"""
"""What a held message becomes when what held it is over. What quiet hours added to the time it
may wait is taken off again where they are cut short; for what was overdue that time begins
again. What a wrong clock held waits for its time: whether that was missed by far is seen then."""

_NEXT_QUEUED = f"""
SELECT {MESSAGE_COLUMNS} FROM message
WHERE state = 'queued' AND (expires_ms IS NULL OR expires_ms > :now) {{but}}
  AND NOT {HELD_BY_BATCH}
ORDER BY seq LIMIT :limit
"""
_NOT_FROM = "sender NOT IN (SELECT value FROM json_each(:not_from))"

_CLAIM = f"""
UPDATE message SET state = 'sending', attempts = :n, updated_ms = :now
WHERE seq = :seq AND state = 'queued' AND attempts = :n - 1
  AND (expires_ms IS NULL OR expires_ms > :now) AND NOT {HELD_BY_BATCH}
"""

_EXPIRE = """
UPDATE message SET state = 'failed', held_reason = NULL, updated_ms = :now,
                   failure_code = 'expired'
WHERE state IN ('queued', 'held') AND held_reason IS NOT 'stale' AND expires_ms <= :now
RETURNING id
"""
# What is overdue waits for a person, however long the computer slept.

_FINISH_ATTEMPT = """
UPDATE attempt SET finished_ms = :now, outcome = :outcome, http_status = :http_status,
                   error_type = :error_type, message_uuid = coalesce(message_uuid, :uuid)
WHERE message = :seq AND n = :n
"""

_NOTICE_TWO_SENDS = """
UPDATE message SET alarm = 'two_sends' WHERE seq = :seq AND EXISTS
    (SELECT 1 FROM attempt WHERE message = :seq AND n = :n AND message_uuid <> :uuid)
"""
# A receipt was quicker than our answer, and its id is another one.

_FINISH_MESSAGE = """
UPDATE message SET state = :state, held_reason = :held_reason, updated_ms = :now,
                   message_uuid = coalesce(:uuid, message_uuid),
                   workflow_id = coalesce(:workflow_id, workflow_id),
                   failure_code = :failure_code,
                   failure_title = :failure_title, failure_detail = :failure_detail,
                   unknown_reason = :unknown_reason, lookup_ms = :lookup
WHERE seq = :seq AND attempts = :n
  AND (state = 'sending' OR (state = 'unknown' AND :state = 'accepted'))
"""
# A yes that comes after all ends the doubt about its own attempt.

WAS_CANCELLED = "EXISTS (SELECT 1 FROM meta WHERE key = 'batch_cancelled:' || message.batch_id)"
"""Of a message: a person has cancelled the rest of its batch."""

_FOLLOW_PAUSE = f"""
UPDATE message SET state = 'held', held_reason = 'batch_paused'
WHERE seq = :seq AND state = 'queued' AND {_IS_PAUSED}
"""

_FOLLOW_CANCEL = f"""
UPDATE message SET state = 'cancelled', held_reason = NULL
WHERE seq = :seq AND state IN ('queued', 'held') AND {WAS_CANCELLED}
"""

_FOLLOW_OPT_OUT = """
UPDATE message SET state = 'failed', held_reason = NULL, failure_code = :code
WHERE seq = :seq AND state IN ('queued', 'held')
"""

_FILL_GAPS = """
UPDATE message SET message_uuid = coalesce(message_uuid, :uuid),
                   workflow_id = coalesce(workflow_id, :workflow_id)
WHERE seq = :seq
"""

_INTERRUPT_MESSAGES = """
UPDATE message SET state = 'unknown', unknown_reason = :reason, updated_ms = :now,
                   lookup_ms = :now
WHERE state = 'sending' AND seq IN
    (SELECT message FROM attempt WHERE finished_ms IS NULL AND boot_id {comparison} :boot)
RETURNING id
"""

_INTERRUPT_ATTEMPTS = """
UPDATE attempt SET outcome = 'interrupted', finished_ms = :now
WHERE finished_ms IS NULL AND boot_id {comparison} :boot
"""
