"""The states in a message's life, and every step from one to another that is allowed.

Who takes a step, and how it is stored in one guarded update, is left to the message log.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a message is. The words are Vonage's wherever Vonage has one."""

    DRAFT = "draft"
    """Being written; saved by itself."""
    SCHEDULED = "scheduled"
    """Waits for its time."""
    QUEUED = "queued"
    """Stored and ready to be claimed by the sender."""
    HELD = "held"
    """Waits for a condition or a person; the reason is a `HeldReason`."""
    SENDING = "sending"
    """Claimed: an attempt is on disk and the request may be on the wire."""
    UNKNOWN = "unknown"
    """May have been sent. Never sent again by itself; a person or a receipt decides."""
    ACCEPTED = "accepted"
    """Vonage answered 202 and its `message_uuid` is stored. That is not delivery."""
    SUBMITTED = "submitted"
    """The carrier has it."""
    DELIVERED = "delivered"
    """The carrier says that the handset has it."""
    READ = "read"
    """The recipient opened it. Rare for SMS, but a status Vonage may send."""
    UNDELIVERABLE = "undeliverable"
    """The carrier gave up."""
    REJECTED = "rejected"
    """Vonage or the carrier refused it after it had been accepted."""
    FAILED = "failed"
    """Surely not sent, and it will not be tried again."""
    CANCELLED = "cancelled"
    """Stopped by a person before any attempt."""
    RECEIVED = "received"
    """Inbound: somebody wrote to us."""

    @property
    def is_final(self) -> bool:
        """Nothing more is expected; only a receipt may still add to it."""
        return self in FINAL


class HeldReason(StrEnum):
    """What a held message waits for."""

    PAUSED = "paused"
    """A person paused the sender."""
    AUTH = "auth"
    """Vonage refuses our credentials."""
    BALANCE = "balance"
    """The account has no credit left."""
    CONFIG = "config"
    """The set-up is wrong: address, proxy, certificate, or a field of the account."""
    STALE = "stale"
    """It is far later than the time it was scheduled for."""
    RESTORED_DB = "restored_db"
    """The database is older than the one last used, so it may have been sent already."""
    CLOCK = "clock"
    """The computer's clock jumped."""
    DISK = "disk"
    """The disk is too full to write down a result."""
    KEY_LOCKED = "key_locked"
    """The private key or its passphrase cannot be read just now."""
    BATCH_SUSPICIOUS = "batch_suspicious"
    """Too many messages of the same batch were refused."""
    CRASHED = "crashed"
    """The sender met an error nobody foresaw."""
    QUIET_HOURS = "quiet_hours"
    """It is night where the recipient is; it goes on by itself when that is over."""
    BATCH_PAUSED = "batch_paused"
    """A person paused the batch that it belongs to."""
    CONFIRMATION = "confirmation"
    """The batch is so large that a second person has to confirm it."""


OF_THE_BATCH = frozenset({HeldReason.BATCH_PAUSED, HeldReason.CONFIRMATION})
"""What only an act on the batch itself ends, whatever is resumed or clears up elsewhere."""


WAITING = frozenset({State.SCHEDULED, State.QUEUED, State.HELD})
"""Not yet on its way; a person may still cancel it."""

FINAL = frozenset(
    {
        State.DELIVERED,
        State.READ,
        State.UNDELIVERABLE,
        State.REJECTED,
        State.FAILED,
        State.CANCELLED,
        State.RECEIVED,
    }
)
"""Nothing more is expected."""

REPORTED = frozenset(
    {
        State.ACCEPTED,
        State.SUBMITTED,
        State.DELIVERED,
        State.READ,
        State.UNDELIVERABLE,
        State.REJECTED,
    }
)
"""States that a receipt or a report can bring. Each of them proves that Vonage has it."""

NEVER_SENT = frozenset({State.DRAFT, *WAITING, State.FAILED, State.CANCELLED})
"""States in which our records say that nothing left the machine."""

_OUTCOMES = frozenset({State.DELIVERED, State.UNDELIVERABLE, State.REJECTED, State.READ})
_ARRIVED = frozenset({State.DELIVERED, State.READ})

MOVES: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        # A person presses Send.
        State.DRAFT: frozenset({State.QUEUED, State.SCHEDULED}),
        # The clock: due, or far too late. A person: cancel. The recipient: opts out.
        State.SCHEDULED: frozenset({State.QUEUED, State.HELD, State.CANCELLED, State.FAILED}),
        # The sender: claim, hold, or expired. A person: cancel. The recipient: opts out.
        State.QUEUED: frozenset({State.SENDING, State.HELD, State.CANCELLED, State.FAILED}),
        # The sender, once the condition is gone (to its time, if that is still to come), or
        # expired. A person: resume, cancel. The recipient: opts out.
        State.HELD: frozenset({State.QUEUED, State.SCHEDULED, State.CANCELLED, State.FAILED}),
        # The sender, by the result of the attempt: 202; surely not sent (queued, held);
        # refused for good; or not to be known. Start-up: every row left here is unknown.
        State.SENDING: frozenset(
            {State.ACCEPTED, State.QUEUED, State.HELD, State.FAILED, State.UNKNOWN}
        ),
        # A person: treat as sent (accepted), or send again (queued, a new attempt).
        # A receipt or a report: what it says. Never the sender by itself.
        State.UNKNOWN: frozenset({State.QUEUED, *REPORTED}),
        # Receipts and reports only, from here down.
        State.ACCEPTED: frozenset({State.SUBMITTED, *_OUTCOMES}),
        State.SUBMITTED: _OUTCOMES,
        State.DELIVERED: frozenset({State.READ}),
        State.READ: frozenset(),
        State.UNDELIVERABLE: frozenset(),
        State.REJECTED: frozenset(),
        # The end. "Edit and send again" makes a new message that points back to this one.
        State.FAILED: frozenset(),
        State.CANCELLED: frozenset(),
        State.RECEIVED: frozenset(),
    }
)
"""Every ordinary step. What only a contradicting receipt may do is `receipt_moves`."""

RANK: Mapping[State, int] = MappingProxyType(
    {
        State.DRAFT: 0,
        State.FAILED: 0,
        State.CANCELLED: 0,
        State.SCHEDULED: 1,
        State.HELD: 1,
        State.QUEUED: 1,
        State.SENDING: 2,
        State.UNKNOWN: 3,
        State.ACCEPTED: 4,
        State.SUBMITTED: 5,
        State.DELIVERED: 6,
        State.UNDELIVERABLE: 6,
        State.REJECTED: 6,
        State.READ: 7,
        State.RECEIVED: 7,
    }
)
"""How much is known about a message; a receipt only ever adds to it.

`failed` and `cancelled` are ends, but they lie before acceptance: a receipt for such a
message knows better, so their rank is the lowest.
"""


def may_move(old: State, new: State) -> bool:
    """Whether the step is in the table of ordinary steps, `MOVES`."""
    return new in MOVES[old]


def receipt_moves(old: State, new: State) -> bool:
    """Whether a receipt or report that says `new` changes a message that is in `old`.

    Only upwards in rank, so that a late `submitted` does not undo `delivered`. Between two
    different outcomes of equal rank the answer is yes, and the caller lets the later
    provider time win. Receipts also lift messages that we believed never sent: they are
    evidence (see `is_contradiction`). An inbound message has no receipts.
    """
    if new not in REPORTED or old is State.RECEIVED or old is new:
        return False
    return RANK[new] > RANK[old] or (RANK[new] == RANK[old] and old in FINAL)


def is_contradiction(old: State, new: State) -> bool:
    """Whether a receipt that says `new` denies what our records said, so that a person
    should hear of it.

    Either the records said that nothing had been sent, which proves that some failure was
    classified wrongly (unless an earlier attempt was in doubt and a person queued the
    message again: the caller knows the attempts); or one receipt says that it arrived and
    another that it did not.
    """
    if new not in REPORTED:
        return False
    if old in NEVER_SENT:
        return True
    return {old, new} <= _OUTCOMES and (old in _ARRIVED) != (new in _ARRIVED)
