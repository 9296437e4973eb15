"""The suppression list: who wants no more messages, and that nothing waits for them.

A number on the list is refused when it is queued and when it comes onto the list, each inside
the transaction that does it; so no message to it can be waiting, and none can be claimed.

Of a person who was erased the list keeps a digest in place of the number (`store.digests`). It
refuses as a number does, and is neither shown nor searched for, because nobody can read it.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from smsdesk.sms.suppression import ALL_SENDERS, OPTED_OUT, Suppression, SuppressionReason
from smsdesk.store.digests import digest_of
from smsdesk.store.errors import translated
from smsdesk.store.rows import from_ms, to_ms
from smsdesk.store.trail import Act, append

if TYPE_CHECKING:
    from smsdesk.store.database import Database
    from smsdesk.store.trail import Detail

OnChange = Callable[[frozenset[str] | None], None]

Key = tuple[str, str]
"""What an entry is found by: its number and its sender."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of entering numbers."""

    new: int
    failed: int
    """Messages that were waiting for them, and will not be sent."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How long the list is, and where its pages end, for somebody who scrolls about in it."""

    count: int
    ends: tuple[Key, ...]
    """The key of the last entry of each full page."""


class SuppressionList:
    """Reads and edits the list for a person.

    `on_change` is told the messages that failed by it, `on_list` that the list is another.
    """

    def __init__(
        self, database: Database, on_change: OnChange, on_list: Callable[[], None]
    ) -> None:
        self._database = database
        self._on_change = on_change
        self._on_list = on_list

    def page(
        self, *, search: str = "", after: Key | None = None, limit: int = 200
    ) -> list[Suppression]:
        """Entries in the order of their numbers, from behind `after` on.

        `search` is any part of a number, however it is written.
        """
        digits = _digits(search)
        if digits is None:
            return []
        number, sender = after or ("", "")
        with translated():
            rows = self._database.connection.execute(
                _PAGE,
                {"digits": f"%{digits}%", "number": number, "sender": sender, "limit": limit},
            ).fetchall()
        return [_read(row) for row in rows]

    def outline(self, *, search: str = "", size: int = 200) -> Outline:
        """How many entries fit, and where each page of `size` ends. Reads all keys once."""
        digits = _digits(search)
        if digits is None:
            return Outline(0, ())
        count, ends = 0, []
        with translated():
            for row in self._database.connection.execute(_KEYS, {"digits": f"%{digits}%"}):
                count += 1
                if count % size == 0:
                    ends.append((row["number"], row["sender"]))
        return Outline(count, tuple(ends))

    def get(self, key: Key) -> Suppression | None:
        """The entry of exactly this number and sender."""
        with translated():
            connection = self._database.connection
            row = connection.execute(_GET, key).fetchone()
            if row is not None:
                return _read(row)
            return _find_erased(connection, *key, is_exact=True)

    def known(self, entries: Iterable[Suppression]) -> int:
        """How many of these are on the list already."""
        with translated():
            connection = self._database.connection
            return sum(
                connection.execute(_GET, (entry.number, entry.sender)).fetchone() is not None
                for entry in entries
            )

    def count(self) -> int:
        """How many entries there are."""
        with translated():
            row = self._database.connection.execute(
                "SELECT count(*) AS n FROM suppression"
            ).fetchone()
        return int(row["n"])

    def count_erased(self) -> int:
        """How many entries are digests of persons who were erased."""
        with translated():
            row = self._database.connection.execute(
                "SELECT count(*) AS n FROM erased_opt_out"
            ).fetchone()
        return int(row["n"])

    def erased_among(self, numbers: Iterable[str], *, sender: str) -> set[str]:
        """Those of these numbers that this sender may not write to though they were erased."""
        with translated():
            connection = self._database.connection
            if not self.count_erased():
                return set()
            return {one for one in numbers if _find_erased(connection, one, sender)}

    def of(self, numbers: Iterable[str], *, sender: str) -> dict[str, Suppression]:
        """The entries that forbid this sender to write to one of these numbers."""
        found = {}
        with translated():
            connection = self._database.connection
            for number in numbers:
                entry = _find(connection, number, sender)
                if entry is not None:
                    found[number] = entry
        return found

    def add(self, entries: Sequence[Suppression], *, at: datetime) -> Entered:
        """Enter numbers, all or none; what waits for them fails.

        A number that is on the list already keeps its first entry. Raises StoreError.

        They are gathered beside the log first, which nobody else has to wait for; what then
        happens in the log are three statements, however many there are.
        """
        with self._gathered(entries), self._database.transaction() as connection:
            parameters = {"all": ALL_SENDERS, "code": OPTED_OUT, "now": to_ms(at)}
            failed = [row["id"] for row in connection.execute(_FAIL_GATHERED, parameters)]
            connection.execute(_NOTE_GATHERED, parameters)
            added = connection.execute(_ENTER_GATHERED).rowcount
            if added:
                key = (entries[0].number, entries[0].sender) if len(entries) == 1 else added
                self._trace(connection, Act.OPTED_OUT, key, at=at)
        if failed:
            self._on_change(frozenset(failed))
        if added:
            self._on_list()
        return Entered(added, len(failed))

    @contextmanager
    def _gathered(self, entries: Iterable[Suppression]) -> Iterator[None]:
        """These entries, and no others, in the table `gathered`, which only this thread sees."""
        with translated():
            connection = self._database.connection
            connection.execute("PRAGMA temp_store = MEMORY")  # numbers are for no other file
            connection.execute("DROP TABLE IF EXISTS temp.gathered")
            connection.execute(_GATHERED)
            connection.executemany(_GATHER, map(_write, entries))
        try:
            yield
        finally:
            connection.execute("DROP TABLE temp.gathered")

    def remove(self, number: str, sender: str, *, why: str, at: datetime) -> bool:
        """Take an entry off, because a person says why; False when there is none.

        Raises StoreError, or ValueError without a reason.
        """
        if not why.strip():
            raise ValueError("taking a number off the list needs a reason")
        with self._database.transaction() as connection:
            removed = connection.execute(
                "DELETE FROM suppression WHERE number = ? AND sender = ?", (number, sender)
            ).rowcount
            removed += connection.execute(
                "DELETE FROM erased_opt_out WHERE person = ? AND sender = ?",
                (digest_of(connection, number), sender),
            ).rowcount
            if removed:
                note(
                    connection,
                    who="person",
                    what="allowed_again",
                    detail=_audit_detail(number, sender, why.strip()),
                    at=at,
                )
                self._trace(connection, Act.ALLOWED_AGAIN, (number, sender), at=at)
        if removed:
            self._on_list()
        return bool(removed)

    def _trace(
        self,
        connection: sqlite3.Connection,
        what: Act,
        about: Key | int,
        *,
        at: datetime,
    ) -> None:
        """One entry of the trail, about one number or about how many."""
        detail: Detail
        if isinstance(about, int):
            detail = {"people": about}
        else:
            number, sender = about
            detail = {"person": digest_of(connection, number), "sender": sender}
        append(connection, self._database.actor, what, detail, at=at)


def suppress(
    connection: sqlite3.Connection,
    entry: Suppression,
    *,
    at: datetime,
    who: str,
    message: int | None = None,
) -> tuple[bool, list[str]]:
    """Enter one number inside the caller's transaction, and fail what waits for it.

    `message` is the row that says so. Returns whether the entry is new, and the ids that failed.
    """
    is_new = (
        connection.execute(
            _INSERT,
            _write(entry),
        ).rowcount
        == 1
    )
    if is_new:
        detail = _audit_detail(entry.number, entry.sender, entry.reason.value)
        note(connection, who=who, what="opted_out", detail=detail, at=at, message=message)
    failed = connection.execute(
        _FAIL_WAITING,
        {
            "number": entry.number,
            "sender": entry.sender,
            "all": ALL_SENDERS,
            "code": OPTED_OUT,
            "now": to_ms(at),
        },
    ).fetchall()
    return is_new, [row["id"] for row in failed]


def allow(
    connection: sqlite3.Connection,
    number: str,
    sender: str,
    *,
    at: datetime,
    asked_at: datetime,
    message: int | None = None,
) -> bool:
    """Take a number off the list inside the caller's transaction, because it asked for it.

    An entry that is younger than `asked_at` stays: what was asked before it came late.
    """
    asked = {"number": number, "sender": sender, "all": ALL_SENDERS, "asked": to_ms(asked_at)}
    removed = connection.execute(
        "DELETE FROM suppression WHERE number = :number AND sender IN (:sender, :all) "
        "AND since_ms <= :asked",
        asked,
    ).rowcount
    removed += connection.execute(
        "DELETE FROM erased_opt_out WHERE person = :person AND sender IN (:sender, :all) "
        "AND since_ms <= :asked",
        asked | {"person": digest_of(connection, number)},
    ).rowcount
    if removed:
        detail = _audit_detail(number, sender, "start")
        note(
            connection,
            who="recipient",
            what="allowed_again",
            detail=detail,
            at=at,
            message=message,
        )
    return bool(removed)


def is_suppressed(connection: sqlite3.Connection, number: str, sender: str) -> bool:
    """Whether this sender may not write to this number."""
    return _find(connection, number, sender) is not None


def note(
    connection: sqlite3.Connection,
    *,
    who: str,
    what: str,
    detail: str,
    at: datetime,
    message: int | None = None,
) -> None:
    """One line of the audit trail, inside the caller's transaction."""
    connection.execute(
        "INSERT INTO audit (message, at_ms, who, what, detail) VALUES (?, ?, ?, ?, ?)",
        (message, to_ms(at), who, what, detail),
    )


def erase_entries(connection: sqlite3.Connection, number: str) -> int:
    """Put a digest in place of a number that is on the list, inside the caller's transaction;
    returns how many entries that were."""
    connection.execute(
        "INSERT OR IGNORE INTO erased_opt_out "
        "SELECT :person, sender, since_ms, reason FROM suppression WHERE number = :number",
        {"person": digest_of(connection, number), "number": number},
    )
    return connection.execute("DELETE FROM suppression WHERE number = ?", (number,)).rowcount


def _find(connection: sqlite3.Connection, number: str, sender: str) -> Suppression | None:
    row: sqlite3.Row | None = connection.execute(
        _OF, {"number": number, "sender": sender, "all": ALL_SENDERS}
    ).fetchone()
    return _find_erased(connection, number, sender) if row is None else _read(row)


def _find_erased(
    connection: sqlite3.Connection, number: str, sender: str, *, is_exact: bool = False
) -> Suppression | None:
    """The entry of an erased person that is for this sender, or for all unless it `is_exact`."""
    if connection.execute("SELECT 1 FROM erased_opt_out LIMIT 1").fetchone() is None:
        return None
    row = connection.execute(
        _OF_ERASED,
        {
            "person": digest_of(connection, number),
            "sender": sender,
            "all": sender if is_exact else ALL_SENDERS,
        },
    ).fetchone()
    if row is None:
        return None
    reason = SuppressionReason(row["reason"])
    return Suppression(number, row["sender"], from_ms(row["since_ms"]), reason)


def _digits(search: str) -> str | None:
    """The part of an E.164 number that is looked for; None when no number has it.

    The zeros before a national number, and those in brackets behind a country code, are no part
    of it.
    """
    text = search.replace("(0)", "")
    digits = "".join(str(unicodedata.decimal(one)) for one in text if one.isdecimal())
    if not digits and search.strip(" +()"):
        return None
    return digits.lstrip("0")


def _write(entry: Suppression) -> dict[str, object]:
    return {
        "number": entry.number,
        "sender": entry.sender,
        "since": to_ms(entry.since),
        "reason": entry.reason.value,
        "detail": entry.detail,
    }


def _read(row: sqlite3.Row) -> Suppression:
    return Suppression(
        number=row["number"],
        sender=row["sender"],
        since=from_ms(row["since_ms"]),
        reason=SuppressionReason(row["reason"]),
        detail=row["detail"],
    )


def _audit_detail(number: str, sender: str, why: str) -> str:
    return f"{number} {sender or '*'}: {why}"


_PAGE = """
SELECT number, sender, since_ms, reason, detail FROM suppression
WHERE (number, sender) > (:number, :sender) AND number LIKE :digits
ORDER BY number, sender LIMIT :limit
"""

_KEYS = """
SELECT number, sender FROM suppression WHERE number LIKE :digits ORDER BY number, sender
"""

_GET = """
SELECT number, sender, since_ms, reason, detail FROM suppression
WHERE number = ? AND sender = ?
"""

_OF = """
SELECT number, sender, since_ms, reason, detail FROM suppression
WHERE number = :number AND sender IN (:sender, :all) ORDER BY sender LIMIT 1
"""

_OF_ERASED = """
SELECT sender, since_ms, reason FROM erased_opt_out
WHERE person = :person AND sender IN (:sender, :all) ORDER BY sender LIMIT 1
"""

_INSERT = """
INSERT INTO suppression (number, sender, since_ms, reason, detail)
VALUES (:number, :sender, :since, :reason, :detail) ON CONFLICT DO NOTHING
"""

_FAIL_WAITING = """
UPDATE message SET state = 'failed', held_reason = NULL, failure_code = :code,
                   failure_title = NULL, failure_detail = NULL, updated_ms = :now
WHERE direction = 'outbound' AND state IN ('queued', 'scheduled', 'held') AND seq IN
    (SELECT seq FROM message WHERE recipient = :number AND (:sender = :all OR sender = :sender)
     UNION ALL
     SELECT message FROM leg WHERE recipient = :number AND (:sender = :all OR sender = :sender))
RETURNING id
"""
# Of several channels that are tried in turn, one that may not be used forbids the whole.

_GATHERED = """
CREATE TEMP TABLE gathered (
    number TEXT NOT NULL,
    sender TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (number, sender)
) STRICT, WITHOUT ROWID
"""

_GATHER = """
INSERT INTO temp.gathered (number, sender, since_ms, reason, detail)
VALUES (:number, :sender, :since, :reason, :detail) ON CONFLICT DO NOTHING
"""

# What waits is seldom much, and is gone through by its state; the other way round every number
# of the list would be looked up in the log.
_FAIL_GATHERED = """
UPDATE message SET state = 'failed', held_reason = NULL, failure_code = :code,
                   failure_title = NULL, failure_detail = NULL, updated_ms = :now
WHERE state IN ('queued', 'scheduled', 'held') AND direction = 'outbound'
  AND (EXISTS (SELECT 1 FROM temp.gathered AS entry
               WHERE entry.number = message.recipient
                 AND entry.sender IN (:all, message.sender))
       OR (legs > 0 AND EXISTS
           (SELECT 1 FROM leg JOIN temp.gathered AS entry ON entry.number = leg.recipient
            WHERE leg.message = message.seq AND entry.sender IN (:all, leg.sender))))
RETURNING id
"""

_NOTE_GATHERED = """
INSERT INTO audit (at_ms, who, what, detail)
SELECT :now, 'person', 'opted_out',
       number || ' ' || CASE sender WHEN :all THEN '*' ELSE sender END || ': ' || reason
FROM temp.gathered AS entry
WHERE NOT EXISTS (SELECT 1 FROM suppression AS known
                  WHERE known.number = entry.number AND known.sender = entry.sender)
"""

_ENTER_GATHERED = """
INSERT INTO suppression (number, sender, since_ms, reason, detail)
SELECT number, sender, since_ms, reason, detail FROM temp.gathered WHERE true
ON CONFLICT DO NOTHING
"""
