"""The judge of a kill loop: what the provider's ledger shows against what our log says.

The ledger is the judge's witness, the database is the accused. Judging is pure; the two
readers below fetch the evidence from a run that is over.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MESSAGES_PATH = "/v1/messages"

NEVER_SENT = frozenset({"draft", "scheduled", "queued", "held", "failed", "cancelled"})
HAS_AN_ID = frozenset({"accepted", "submitted", "delivered", "undeliverable", "rejected"})
PROOF_OF_REFUSAL = frozenset({"not_sent", "too_many", "refused", "refused_all"})
"""What an attempt may have come to when another one follows without a person's word."""
REFUSED_STATUSES = frozenset({400, 401, 402, 403, 404, 413, 415, 422, 429})


@dataclass(frozen=True, slots=True)
class Received:
    """One request that reached the provider in full."""

    client_ref: str
    body_sha256: str
    status: int | None = None
    """What was answered; None when no answer was given."""
    message_uuid: str | None = None
    """Given when the message was taken, whatever was answered."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the log."""

    id: str
    state: str
    message_uuid: str | None = None
    alarm: str | None = None
    heard: frozenset[str] = frozenset()
    """What receipts have said of it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a message, as the log tells it."""

    message_id: str
    n: int
    client_ref: str
    request_sha256: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """What our database says at the end."""

    rows: Sequence[Row]
    attempts: Sequence[Attempt]
    integrity: str = "ok"


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was broken, and by which message or reference."""

    promise: str
    who: str


def judge(
    *, queued: Collection[str], ledger: Iterable[Received], log: Log, doubts_at_most: int
) -> list[Breach]:
    """Every broken promise of a run; none is what a good sender leaves.

    `queued` are the ids of all messages of which a person was told that they are stored.
    """
    case = _Case(queued, tuple(ledger), log, doubts_at_most)
    return [
        *case.lost(),
        *case.sent_twice(),
        *case.tried_again_in_doubt(),
        *case.sent_without_intent(),
        *case.sent_something_else(),
        *case.denied(),
        *case.made_up(),
        *case.accepted_without_id(),
        *case.left_open(),
        *case.undone(),
        *case.doubted_too_much(),
        *case.damaged(),
    ]


class _Case:
    """The evidence, put in order once."""

    def __init__(
        self,
        queued: Collection[str],
        ledger: Sequence[Received],
        log: Log,
        doubts_at_most: int,
    ) -> None:
        self._queued = queued
        self._ledger = ledger
        self._log = log
        self._doubts_at_most = doubts_at_most
        self._rows: Mapping[str, Row] = {row.id: row for row in log.rows}
        self._attempts = {attempt.client_ref: attempt for attempt in log.attempts}
        self._received: dict[str, list[Received]] = defaultdict(list)
        for request in ledger:
            self._received[self._message_of(request)].append(request)

    def lost(self) -> list[Breach]:
        """A message that was said to be stored is in the log."""
        return [Breach("lost", i) for i in self._queued if i not in self._rows]

    def sent_twice(self) -> list[Breach]:
        """A reference arrives once; a message again only after a refusal."""
        refs = Counter(request.client_ref for request in self._ledger)
        breaches = [Breach("sent twice", ref) for ref, count in refs.items() if count > 1]
        for message_id, requests in self._received.items():
            if any(request.status not in REFUSED_STATUSES for request in requests[:-1]):
                breaches.append(Breach("sent twice", message_id))
        return breaches

    def tried_again_in_doubt(self) -> list[Breach]:
        """Another attempt needs proof that the one before it was not taken."""
        outcomes = {(a.message_id, a.n): a.outcome for a in self._log.attempts}
        return [
            Breach("tried again in doubt", attempt.message_id)
            for attempt in self._log.attempts
            if attempt.n > 1
            and outcomes.get((attempt.message_id, attempt.n - 1)) not in PROOF_OF_REFUSAL
        ]

    def sent_without_intent(self) -> list[Breach]:
        """Nothing reaches the network before its attempt is in the log."""
        return [
            Breach("sent without intent", request.client_ref)
            for request in self._ledger
            if request.client_ref not in self._attempts
        ]

    def sent_something_else(self) -> list[Breach]:
        """The bytes that arrived are those the attempt was written for."""
        return [
            Breach("sent something else", request.client_ref)
            for request in self._ledger
            if (attempt := self._attempts.get(request.client_ref)) is not None
            and attempt.request_sha256 != request.body_sha256
        ]

    def denied(self) -> list[Breach]:
        """What the provider took is not called unsent."""
        return [
            Breach("denied", row.id)
            for row in self._log.rows
            if row.state in NEVER_SENT and self._uuids(row.id)
        ]

    def made_up(self) -> list[Breach]:
        """An id in the log is one that the provider gave for this message."""
        return [
            Breach("made up", row.id)
            for row in self._log.rows
            if row.message_uuid is not None and row.message_uuid not in self._uuids(row.id)
        ]

    def accepted_without_id(self) -> list[Breach]:
        """Accepted implies the provider's id."""
        return [
            Breach("accepted without id", row.id)
            for row in self._log.rows
            if row.state in HAS_AN_ID and row.message_uuid is None
        ]

    def left_open(self) -> list[Breach]:
        """At the end nothing is under way, and no doubt stands that a look-up could end."""
        return [
            Breach("left open", row.id)
            for row in self._log.rows
            if row.state in ("sending", "queued", "held")
            or (row.state == "unknown" and self._uuids(row.id))
        ]

    def undone(self) -> list[Breach]:
        """What is known to have arrived stays so, whatever comes late."""
        return [
            Breach("undone", row.id)
            for row in self._log.rows
            if "delivered" in row.heard and row.state != "delivered"
        ]

    def doubted_too_much(self) -> list[Breach]:
        """There are no more doubts than there were reasons for doubt."""
        doubts = sum(a.outcome in ("interrupted", "unknown", None) for a in self._log.attempts)
        if doubts <= self._doubts_at_most:
            return []
        return [Breach("doubted too much", f"{doubts} of at most {self._doubts_at_most}")]

    def damaged(self) -> list[Breach]:
        """The file is sound, and no message raises an alarm."""
        breaches = [Breach("alarm", row.id) for row in self._log.rows if row.alarm]
        if self._log.integrity != "ok":
            breaches.append(Breach("damaged", self._log.integrity))
        return breaches

    def _uuids(self, message_id: str) -> set[str]:
        requests = self._received.get(message_id, [])
        return {request.message_uuid for request in requests if request.message_uuid}

    def _message_of(self, request: Received) -> str:
        attempt = self._attempts.get(request.client_ref)
        # Without an attempt the reference itself still names the message: its second part.
        return attempt.message_id if attempt else request.client_ref.split("-")[1]


def read_ledger(path: Path) -> list[Received]:
    """The requests to send, in the order in which they arrived."""
    entries = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [
        Received(
            client_ref=entry["client_ref"],
            body_sha256=entry["body_sha256"],
            status=entry.get("status"),
            message_uuid=entry.get("message_uuid"),
        )
        for entry in entries
        if entry["path"] == MESSAGES_PATH
    ]


def read_log(path: Path) -> Log:
    """The messages and attempts in a database that nobody writes to any more."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT id, state, message_uuid, alarm, "
            "(SELECT group_concat(status) FROM event WHERE event.message = message.seq) "
            "FROM message"
        )
        attempts = connection.execute(
            "SELECT message.id, n, client_ref, request_sha256, outcome "
            "FROM attempt JOIN message ON message.seq = attempt.message ORDER BY seq, n"
        )
        return Log(
            rows=[
                Row(one, state, uuid, alarm, frozenset((heard or "").split(",")))
                for one, state, uuid, alarm, heard in rows
            ],
            attempts=[Attempt(*attempt) for attempt in attempts],
            integrity=connection.execute("PRAGMA integrity_check").fetchone()[0],
        )
    finally:
        connection.close()
