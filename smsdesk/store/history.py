"""History is a view of the log: pages, counts and the story of one message.

Every query is ordered by key, so that a page costs the same at any depth of a log of any
length. It writes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smsdesk.sms.message import LONGEST_UNDO, Direction, Message, MessageEvent
from smsdesk.sms.state import State
from smsdesk.store.contacts import numbers_called
from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.message_log import find_by_id
from smsdesk.store.rows import (
    MESSAGE_COLUMNS,
    from_ms,
    optional_moment,
    read_message,
    to_ms,
)


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which messages a person wants to see; an empty field asks for nothing."""

    search: str = ""
    """Part of a text, a number or a reference, where ASCII letters match in either case; or the
    beginnings of words of a contact's name."""
    states: frozenset[State] = frozenset()
    to: str | None = None
    """A number in E.164, or what the network gave for an inbound message."""
    direction: Direction | None = None
    since: datetime | None = None
    until: datetime | None = None
    batch: str | None = None
    """The id of one Send."""
    failure: str | None = None
    """A code of `sms.failure`, or "" for none at all."""

    def fits(self, message: Message) -> bool:
        """Whether a message is let through by the states, the batch and the failure."""
        code = message.failure.code if message.failure is not None else ""
        return (
            (not self.states or message.state in self.states)
            and self.batch in (None, message.batch_id)
            and self.failure in (None, code)
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try on the wire."""

    n: int
    client_ref: str
    opened_at: datetime
    finished_at: datetime | None
    outcome: str | None
    http_status: int | None
    error_type: str | None
    message_uuid: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A message that has come to a state, told as briefly as can be."""

    id: str
    seq: int
    state: State
    at: datetime
    """When it came to it."""
    other: str
    """Whom it went to, or who wrote it."""
    unknown_reason: str | None


_AT_ONCE = 500
"""Ids asked for in one statement; old SQLite takes 999 parameters."""

_LAST_NETWORK = """
    SELECT network FROM (
        SELECT seq, network FROM message WHERE recipient = ? ORDER BY seq DESC LIMIT 20
    ) WHERE network IS NOT NULL ORDER BY seq DESC LIMIT 1
"""


class HistoryView:
    """Reads the log for people and scripts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, which: HistoryFilter, *, before_seq: int | None = None, limit: int = 100
    ) -> list[Message]:
        """The newest messages that fit, or those older than `before_seq`; newest first."""
        conditions, parameters = _conditions(which)
        parameters["limit"] = limit
        if before_seq is not None:
            conditions.append("seq < :before")
            parameters["before"] = before_seq
        rows = self._rows(_page_query(conditions, which.states, parameters), parameters)
        return [read_message(row) for row in rows]

    def networks_of(self, recipients: Sequence[str]) -> dict[str, str]:
        """The network in which a message last arrived, for those recipients where it is known."""
        found = {}
        with translated():
            for recipient in recipients:
                row = self._database.connection.execute(_LAST_NETWORK, (recipient,)).fetchone()
                if row is not None:
                    found[recipient] = str(row["network"])
        return found

    def get(self, message_id: str) -> Message | None:
        """One message by its id."""
        return next(iter(self.get_many([message_id])), None)

    def get_many(self, ids: Iterable[str]) -> list[Message]:
        """Messages by their ids, oldest first."""
        return find_by_id(self._database, ids)

    def conversation(
        self, peer: str, *, before_seq: int | None = None, limit: int = 100
    ) -> list[Message]:
        """The newest messages to and from one person, or those older than `before_seq`;
        newest first."""
        rows = self._rows(
            _CONVERSATION, {"peer": peer, "limit": limit, "before": before_seq or _NO_SEQ}
        )
        return [read_message(row) for row in rows]

    def unread_of(self, peer: str, *, at_most: int = 100) -> int:
        """How many replies of one person nobody has read; counting stops at `at_most`."""
        rows = self._rows(
            "SELECT count(*) AS n FROM (SELECT 1 FROM message WHERE sender = :peer "
            "AND direction = 'inbound' AND read_ms IS NULL LIMIT :limit)",
            {"peer": peer, "limit": at_most},
        )
        return int(rows[0]["n"])

    def batch(self, batch_id: str) -> list[Message]:
        """The messages of one Send, in its order."""
        return [
            read_message(row)
            for row in self._rows(
                f"SELECT {MESSAGE_COLUMNS} FROM message WHERE batch_id = :batch ORDER BY seq",
                {"batch": batch_id},
            )
        ]

    def in_states(self, states: Iterable[State], *, limit: int) -> list[Message]:
        """The oldest messages in these states, oldest first."""
        found = [
            read_message(row)
            for state in states
            for row in self._rows(
                f"SELECT {MESSAGE_COLUMNS} FROM message WHERE state = :state "
                "ORDER BY seq LIMIT :limit",
                {"state": state.value, "limit": limit},
            )
        ]
        return sorted(found, key=lambda message: message.seq)[:limit]

    def seqs_in(self, state: State) -> list[int]:
        """The keys of all messages in a state, oldest first: a few bytes each, and no message."""
        return [
            row["seq"]
            for row in self._rows(
                "SELECT seq FROM message WHERE state = :state ORDER BY seq",
                {"state": state.value},
            )
        ]

    def count(self, states: Iterable[State], *, at_most: int) -> int:
        """How many messages are in these states; counting stops at `at_most`."""
        return sum(
            int(
                self._rows(
                    "SELECT count(*) AS n FROM "
                    "(SELECT 1 FROM message WHERE state = :state LIMIT :limit)",
                    {"state": state.value, "limit": at_most},
                )[0]["n"]
            )
            for state in states
        )

    def unread(self, *, at_most: int) -> int:
        """How many replies nobody has read yet; counting stops at `at_most`."""
        rows = self._rows(
            "SELECT count(*) AS n FROM (SELECT 1 FROM message "
            "WHERE direction = 'inbound' AND read_ms IS NULL LIMIT :limit)",
            {"limit": at_most},
        )
        return int(rows[0]["n"])

    def newest_seq(self) -> int:
        """The place of the last row of the log; 0 in an empty one."""
        return int(self._rows("SELECT coalesce(max(seq), 0) AS n FROM message", {})[0]["n"])

    def turns(self, ids: Iterable[str], states: Iterable[State]) -> list[Turn]:
        """Those of the messages that are in one of the states, and no read replies, oldest
        first. Made for very many ids of which few are in such a state."""
        wanted = [state.value for state in states]
        todo, found = list(ids), list[sqlite3.Row]()
        with translated():
            for start in range(0, len(todo), _AT_ONCE):
                some = todo[start : start + _AT_ONCE]
                query = _TURNS.format(ids=_marks(some), states=_marks(wanted))
                found += self._database.connection.execute(query, (*some, *wanted)).fetchall()
        turns = [
            Turn(
                id=row["id"],
                seq=row["seq"],
                state=State(row["state"]),
                at=from_ms(row["updated_ms"]),
                other=row["other"],
                unknown_reason=row["unknown_reason"],
            )
            for row in found
        ]
        return sorted(turns, key=lambda turn: turn.seq)

    def attempts(self, message_id: str) -> list[Attempt]:
        """Every try on the wire, the first one first."""
        return [
            Attempt(
                n=row["n"],
                client_ref=row["client_ref"],
                opened_at=from_ms(row["opened_ms"]),
                finished_at=optional_moment(row["finished_ms"]),
                outcome=row["outcome"],
                http_status=row["http_status"],
                error_type=row["error_type"],
                message_uuid=row["message_uuid"],
            )
            for row in self._rows(_ATTEMPTS, {"id": message_id})
        ]

    def client_refs(self, message_seqs: Iterable[int]) -> Mapping[int, list[str]]:
        """The references used on the wire, by message."""
        refs: dict[int, list[str]] = {}
        for seq in message_seqs:
            rows = self._rows(
                "SELECT client_ref FROM attempt WHERE message = :seq ORDER BY n", {"seq": seq}
            )
            refs[seq] = [row["client_ref"] for row in rows]
        return refs

    def events(self, message_id: str) -> list[MessageEvent]:
        """The life of one message so far, oldest first, with codes for `desk.wording`."""
        undo_ms = LONGEST_UNDO // timedelta(milliseconds=1)
        rows = self._rows(_LIFE, {"id": message_id, "undo": undo_ms})
        return [
            MessageEvent(
                at=from_ms(row["at_ms"]),
                source=row["source"],
                status=row["status"],
                detail=row["detail"],
            )
            for row in rows
        ]

    def _rows(self, query: str, parameters: Mapping[str, object]) -> list[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _conditions(which: HistoryFilter) -> tuple[list[str], dict[str, object]]:
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if which.search.strip():
        search = which.search.strip()
        parameters |= _search_parameters(search)
        named = numbers_called(search, parameters)
        conditions.append(_SEARCH if named is None else _SEARCH_NAMES.format(named=named))
    if which.to is not None:
        conditions.append("recipient = :to")
        parameters["to"] = which.to
    if which.direction is not None:
        conditions.append("direction = :direction")
        parameters["direction"] = which.direction.value
    if which.since is not None:
        conditions.append("created_ms >= :since")
        parameters["since"] = to_ms(which.since)
    if which.until is not None:
        conditions.append("created_ms < :until")
        parameters["until"] = to_ms(which.until)
    if which.batch is not None:
        conditions.append("batch_id = :batch")
        parameters["batch"] = which.batch
    if which.failure is not None:
        conditions.append("coalesce(failure_code, '') = :failure")
        parameters["failure"] = which.failure
    return conditions, parameters


def _search_parameters(search: str) -> dict[str, object]:
    digits = "".join(character for character in search if character.isdecimal())
    is_number = len(digits) >= 3 and not set(search) - set("0123456789+-()./ \u00a0")
    # A number is often typed the national way; its digits after the zeros are in E.164 too.
    number = digits.lstrip("0") if is_number else search
    return {
        "text": f"%{_escape_like(search)}%",
        "number": f"%{_escape_like(number)}%",
        "exact": search,
    }


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _page_query(
    conditions: list[str], states: frozenset[State], parameters: dict[str, object]
) -> str:
    """One ordered walk down the key, or one for each state merged at the end.

    `state IN (…) ORDER BY seq` would make SQLite sort every row of those states; a walk each,
    cut at the limit, reads a page's worth.
    """
    if not states:
        return _select(conditions) + " ORDER BY seq DESC LIMIT :limit"
    # One batch is walked by its own index, whatever the states.
    plus = "+" if "batch" in parameters else ""
    walks = []
    for number, state in enumerate(sorted(states)):
        parameters[f"state_{number}"] = state.value
        walk = _select([f"{plus}state = :state_{number}", *conditions])
        walks.append(f"SELECT * FROM ({walk} ORDER BY seq DESC LIMIT :limit)")
    return " UNION ALL ".join(walks) + " ORDER BY seq DESC LIMIT :limit"


def _select(conditions: list[str]) -> str:
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {MESSAGE_COLUMNS} FROM message{where}"


_TURNS = """
SELECT id, seq, state, updated_ms, unknown_reason,
       CASE direction WHEN 'inbound' THEN sender ELSE recipient END AS other
FROM message WHERE id IN ({ids}) AND +state IN ({states})
  AND (direction = 'outbound' OR read_ms IS NULL)
"""
# The plus keeps SQLite from walking down the states instead of looking up the ids.

_SEARCH = """
(text LIKE :text ESCAPE '\\' OR recipient LIKE :number ESCAPE '\\'
 OR (direction = 'inbound' AND sender LIKE :number ESCAPE '\\')
 OR sender LIKE :text ESCAPE '\\' OR ref LIKE :text ESCAPE '\\'
 OR id = :exact OR message_uuid = :exact)
"""

_SEARCH_NAMES = f"""
({_SEARCH} OR (direction = 'outbound' AND recipient IN ({{named}}))
 OR (direction = 'inbound' AND sender IN ({{named}})))
"""

_NO_SEQ = 2**63 - 1

# What was written to a person and what they wrote: a walk down each index, cut at the limit.
_CONVERSATION = f"""
SELECT * FROM (SELECT {MESSAGE_COLUMNS} FROM message
               WHERE recipient = :peer AND direction = 'outbound' AND seq < :before
               ORDER BY seq DESC LIMIT :limit)
UNION ALL
SELECT * FROM (SELECT {MESSAGE_COLUMNS} FROM message
               WHERE sender = :peer AND direction = 'inbound' AND seq < :before
               ORDER BY seq DESC LIMIT :limit)
ORDER BY seq DESC LIMIT :limit
"""

_ATTEMPTS = """
SELECT n, client_ref, opened_ms, finished_ms, outcome, http_status, error_type,
       attempt.message_uuid
FROM attempt JOIN message ON message.seq = attempt.message
WHERE message.id = :id ORDER BY n
"""

# The story is told from what the tables hold anyway; nothing is written a second time for it.
_LIFE = """
WITH this AS (SELECT * FROM message WHERE id = :id)
SELECT at_ms, source, status, detail FROM (
    SELECT created_ms AS at_ms, 0 AS place, 'desk' AS source,
           CASE WHEN direction = 'inbound' THEN 'received'
                WHEN due_zone IS NOT NULL THEN 'scheduled'
                WHEN due_ms - created_ms > :undo AND NOT EXISTS
                     (SELECT 1 FROM audit WHERE message = seq AND what = 'held_back')
                THEN 'scheduled' ELSE 'queued' END AS status,
           '' AS detail FROM this
    UNION ALL
    SELECT opened_ms, 1, 'sender', 'sending', client_ref
    FROM attempt WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT finished_ms, 2, 'sender', outcome,
           coalesce(message_uuid, error_type, CAST(http_status AS TEXT), '')
    FROM attempt WHERE message = (SELECT seq FROM this) AND finished_ms IS NOT NULL
    UNION ALL
    SELECT received_ms, 3, source, status, coalesce(error_code, '')
    FROM event WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT at_ms, 4, who, what, detail FROM audit WHERE message = (SELECT seq FROM this)
    UNION ALL
    SELECT updated_ms, 5, 'desk', failure_code, '' FROM this
    WHERE state = 'failed' AND failure_code IN ('expired', 'opted_out')
    UNION ALL
    SELECT updated_ms, 5, 'desk', 'held', held_reason FROM this WHERE state = 'held'
) ORDER BY at_ms, place
"""
