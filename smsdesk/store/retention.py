"""What is removed from the log after its time: texts, then receipts, then whole messages.

It works in small commits with pauses between them, so that it is never long in the sender's
way; a run that ends anywhere is taken up by the next. When it runs is decided in
`delivery.upkeep`; old backups are `store.upkeep`'s.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import datetime, timedelta

from smsdesk.sms.state import FINAL, State
from smsdesk.store.database import OPERATIONS_BETWEEN_LOOKS, Database
from smsdesk.store.errors import translated
from smsdesk.store.events import UNMATCHED_FOR
from smsdesk.store.message_log import OnChange
from smsdesk.store.meta import Meta
from smsdesk.store.rows import from_ms, to_ms
from smsdesk.store.search_index import index_follows
from smsdesk.store.trail import Act, append

BATCH = 500
"""Rows a commit; some hundredths of a second under the write lock."""
EVERY = timedelta(days=1)
QUIET_FOR = timedelta(days=30)
"""No carrier reports so late: an accepted message without news since then counts as ended."""
LONG_BREAK = timedelta(days=30)
"""After a break of that length the first run is put off for a day. What is removed never comes
back, and a clock that is wrong by months shows in a day: Vonage refuses to be spoken to."""

WRITTEN_ANEW_EVERY = timedelta(days=7)
"""As long as a backup may hold what has been removed from the log."""

_LAST = "retention_ms"
_REMOVED_SINCE = "retention_removed_since"
_WRITTEN_ANEW = "written_anew_ms"
_BREAK = "retention_break_ms"
_UNFINISHED = "retention_unfinished"


@dataclass(frozen=True, slots=True)
class KeptDays:
    """How long each thing is kept, in days; 0 for ever."""

    texts: int
    messages: int
    events: int


@dataclass(frozen=True, slots=True)
class Removed:
    """How much a run has removed so far."""

    texts: int = 0
    messages: int = 0
    events: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))


class Retention:
    """Removes what has been kept long enough.

    A message that waits, is on its way or is in doubt keeps everything, however old it is.
    """

    def __init__(self, database: Database, on_change: OnChange) -> None:
        self._database = database
        self._meta = Meta(database)
        self._on_change = on_change

    def is_fresh(self, *, at: datetime) -> bool:
        """Whether a run has been finished within the last day."""
        last = self._moment(_LAST)
        return last is not None and timedelta(0) <= at - last < EVERY

    def is_due(self, *, at: datetime) -> bool:
        """Whether to run now. After a long break it is noted that the day of grace begins."""
        if self.is_fresh(at=at):
            return False
        last = self._moment(_LAST)
        if last is None or at - last < LONG_BREAK:
            return True
        since = self._moment(_BREAK)
        if since is None or not last < since <= at:
            self._meta.set(_BREAK, str(to_ms(at)))
            return False
        return at - since >= EVERY

    def run(self, kept: KeptDays, *, at: datetime, go_on: Callable[[], bool]) -> bool:
        """Remove what is past its time; True once nothing of it is left in the files.

        `go_on` is called between commits: it leaves the write lock to others for a moment, and
        answers whether there is time for more. Raises StoreError.
        """
        commits = 0
        for _commit in self._remove(kept, at):
            commits += 1
            if not go_on():
                return False
        if commits:
            self._on_change(None)
        return self._finish(at)

    def is_worn(self, *, at: datetime) -> bool:
        """Whether the file is to be written anew: something was removed since it last was, a
        week has passed, and nothing is on its way that would have to wait for it."""
        if self._meta.get(_REMOVED_SINCE) is None:
            return False
        last = self._moment(_WRITTEN_ANEW)
        if last is not None and timedelta(0) <= at - last < WRITTEN_ANEW_EVERY:
            return False
        return not self._rows(_ON_ITS_WAY, {})

    def has_been_worn_long(self, *, at: datetime) -> bool:
        """Whether a week and more has passed since something was removed, and the file has not
        been written anew."""
        since = self._moment(_REMOVED_SINCE)
        return since is not None and not timedelta(0) <= at - since < WRITTEN_ANEW_EVERY

    def write_anew(self, *, at: datetime, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Write the whole file anew: what was removed may still stand where SQLite once moved
        its row from, which `secure_delete` does not overwrite.

        Nobody can write meanwhile, and it takes twice the room of the file. `go_on` is called
        every some milliseconds in the first part of it; when it says no, all is as before, and
        False is returned. One that fails is tried again a week later. Raises StoreError.
        """
        before = self._meta.get(_WRITTEN_ANEW)
        with self._database.transaction() as connection:
            connection.execute(_SET_META, (_WRITTEN_ANEW, str(to_ms(at))))
        if not self._vacuum(go_on):
            with self._database.transaction() as connection:
                if before is None:
                    connection.execute("DELETE FROM meta WHERE key = ?", (_WRITTEN_ANEW,))
                else:
                    connection.execute(_SET_META, (_WRITTEN_ANEW, before))
            return False
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (_REMOVED_SINCE,))
        self._database.empty_wal()
        return True

    def _vacuum(self, go_on: Callable[[], bool]) -> bool:
        connection = self._database.connection
        connection.set_progress_handler(lambda: not go_on(), OPERATIONS_BETWEEN_LOOKS)
        try:
            with translated():
                connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
        finally:
            connection.set_progress_handler(None, 0)
        return True

    def _remove(self, kept: KeptDays, at: datetime) -> Iterator[None]:
        """One step a commit."""
        if kept.messages:
            yield from self._remove_messages(_Limit.of(kept.messages, at))
        if kept.texts:
            yield from self._remove_texts(_Limit.of(kept.texts, at))
        if kept.events:
            yield from self._remove_events(_Limit.of(kept.events, at))
        yield from self._forget_unmatched(to_ms(at - UNMATCHED_FOR))

    def _remove_texts(self, limit: _Limit) -> Iterator[None]:
        place = {"created": -1, "seq": -1}
        while rows := self._rows(_OLD_TEXTS, limit.parameters | place):
            place = {"created": rows[-1]["created_ms"], "seq": rows[-1]["seq"]}
            if due := [row["seq"] for row in rows if row["is_due"]]:
                with self._database.transaction() as connection:
                    ended = _still_ended(connection, due, limit)
                    with index_follows(connection, ended):
                        connection.executemany(
                            _CLEAR_TEXT, [(limit.days, seq) for seq in ended]
                        )
                    for statement in _CLEAR_HEARD:
                        connection.executemany(statement, [(seq,) for seq in ended])
                    _count(connection, Removed(texts=len(ended)))
                yield

    def _remove_messages(self, limit: _Limit) -> Iterator[None]:
        for rows in self._walk(_OLD_MESSAGES, limit):
            if due := [row["place"] for row in rows if row["is_due"]]:
                batches = {row["batch_id"] for row in rows if row["is_due"]} - {None}
                with self._database.transaction() as connection:
                    ended = _still_ended(connection, due, limit)
                    with index_follows(connection, ended):
                        for statement in _DELETE_MESSAGE:
                            connection.executemany(statement, [(one,) for one in ended])
                    for statement in DELETE_EMPTY_BATCH:
                        connection.executemany(
                            statement, [{"batch": batch} for batch in sorted(batches)]
                        )
                    _count(connection, Removed(messages=len(ended)))
                yield

    def _remove_events(self, limit: _Limit) -> Iterator[None]:
        """Receipts go; a reply's event stays as long as the reply, bare, so that the same one
        is not taken for another."""
        for rows in self._walk(_OLD_EVENTS, limit):
            if due := [(row["place"],) for row in rows if row["is_due"]]:
                with self._database.transaction() as connection:
                    count = sum(
                        connection.executemany(statement, due).rowcount
                        for statement in _REMOVE_EVENT
                    )
                    _count(connection, Removed(events=count))
                yield

    def _walk(self, query: str, limit: _Limit) -> Iterator[list[sqlite3.Row]]:
        """Batches of rows in the order of their key, as far as there are old ones.

        It ends with a batch in which none is: one row with an odd date hides nothing.
        """
        place = -1
        while True:
            rows = self._rows(query, limit.parameters | {"place": place})
            if not any(row["is_old"] for row in rows):
                return
            yield rows
            place = rows[-1]["place"]

    def _forget_unmatched(self, oldest: int) -> Iterator[None]:
        parameters = {"oldest": oldest, "size": BATCH}
        while rows := self._rows(_OLD_UNMATCHED, parameters):
            with self._database.transaction() as connection:
                # One that found its message meanwhile is no stranger any more.
                count = connection.executemany(
                    "DELETE FROM event WHERE id = ? AND message IS NULL",
                    [(row["id"],) for row in rows],
                ).rowcount
                _count(connection, Removed(events=count))
            yield

    def _finish(self, at: datetime) -> bool:
        """Be rid of what the write-ahead log still holds, and note the run.

        What was removed is counted in the commits that removed it: so a run that was broken
        off is finished, and told of, by the next.
        """
        removed = _read_count(self._meta.get(_UNFINISHED))
        if removed and not self._database.empty_wal():
            return False
        with self._database.transaction() as connection:
            if removed:
                append(
                    connection, self._database.actor, Act.OLD_REMOVED, asdict(removed), at=at
                )
                connection.execute(
                    "INSERT OR IGNORE INTO meta VALUES (?, ?)", (_REMOVED_SINCE, str(to_ms(at)))
                )
            connection.execute(
                "DELETE FROM erased_mark WHERE at_ms < ?", (to_ms(at - UNMATCHED_FOR),)
            )
            connection.execute("DELETE FROM meta WHERE key IN (?, ?)", (_UNFINISHED, _BREAK))
            connection.execute(_SET_META, (_LAST, str(to_ms(at))))
        return True

    def _moment(self, key: str) -> datetime | None:
        value = self._meta.get(key)
        return None if value is None else from_ms(int(value))

    def _rows(self, query: str, parameters: dict[str, int]) -> list[sqlite3.Row]:
        """Found before the write lock is taken; what is found is looked at again below it."""
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


@dataclass(frozen=True, slots=True)
class _Limit:
    """How old is too old."""

    days: int
    parameters: dict[str, int]

    @classmethod
    def of(cls, days: int, at: datetime) -> _Limit:
        return cls(
            days,
            {
                # No log is older than the calendar.
                "limit": to_ms(at) - days * 24 * 3600 * 1000,
                "quiet": to_ms(at - QUIET_FOR),
                "size": BATCH,
            },
        )


def _still_ended(
    connection: sqlite3.Connection, seqs: Sequence[int], limit: _Limit
) -> list[int]:
    return [
        seq
        for seq in seqs
        if connection.execute(_IS_DUE, limit.parameters | {"seq": seq}).fetchone() is not None
    ]


def _count(connection: sqlite3.Connection, more: Removed) -> None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_UNFINISHED,)).fetchone()
    total = _read_count(None if row is None else row["value"]) + more
    connection.execute(_SET_META, (_UNFINISHED, _write_count(total)))


def _read_count(text: str | None) -> Removed:
    return Removed() if text is None else Removed(**json.loads(text))


def _write_count(removed: Removed) -> str:
    return json.dumps(asdict(removed))


# A message's age is counted from the moment it was meant for.
_DUE = f"""
(coalesce(due_ms, created_ms) < :limit AND
 (state IN ({", ".join(f"'{state}'" for state in sorted(FINAL))})
  OR (state IN ('{State.ACCEPTED}', '{State.SUBMITTED}') AND updated_ms < :quiet)))
"""

_IS_DUE = f"SELECT 1 FROM message WHERE seq = :seq AND {_DUE}"

_OLD_TEXTS = f"""
SELECT seq, created_ms, {_DUE} AS is_due FROM message
WHERE text_kept_days IS NULL AND created_ms < :limit AND (created_ms, seq) > (:created, :seq)
ORDER BY created_ms, seq LIMIT :size
"""

_CLEAR_TEXT = "UPDATE message SET text = '', content = NULL, text_kept_days = ? WHERE seq = ?"

_CLEAR_HEARD = (
    "UPDATE event SET raw = '' WHERE message = ? AND status = 'received'",
    "UPDATE inbound_part SET text = '' WHERE message = ?",
    "UPDATE leg SET text = '', content = NULL WHERE message = ?",
)

_OLD_MESSAGES = f"""
SELECT seq AS place, batch_id, created_ms < :limit AS is_old, {_DUE} AS is_due FROM message
WHERE seq > :place ORDER BY seq LIMIT :size
"""

_DELETE_MESSAGE = (
    "DELETE FROM attempt WHERE message = ?",
    "DELETE FROM event WHERE message = ?",
    "DELETE FROM lookup WHERE message = ?",
    "DELETE FROM inbound_part WHERE message = ?",
    "DELETE FROM leg WHERE message = ?",
    "UPDATE audit SET message = NULL WHERE message = ?",
    "DELETE FROM message WHERE seq = ?",
)

DELETE_EMPTY_BATCH = (
    "DELETE FROM batch WHERE id = :batch "
    "AND NOT EXISTS (SELECT 1 FROM message WHERE batch_id = :batch)",
    "DELETE FROM meta WHERE key = 'batch_cancelled:' || :batch "
    "AND NOT EXISTS (SELECT 1 FROM batch WHERE id = :batch)",
)

_OLD_EVENTS = """
SELECT id AS place, received_ms < :limit AS is_old,
       received_ms < :limit AND message IS NOT NULL
       AND (status <> 'received' OR raw <> '') AS is_due
FROM event WHERE id > :place ORDER BY id LIMIT :size
"""

_REMOVE_EVENT = (
    "DELETE FROM event WHERE id = ? AND status <> 'received'",
    "UPDATE event SET raw = '' WHERE id = ?",
)

_OLD_UNMATCHED = """
SELECT id FROM event WHERE message IS NULL AND received_ms < :oldest
ORDER BY received_ms LIMIT :size
"""

_ON_ITS_WAY = "SELECT 1 FROM message WHERE state IN ('queued', 'sending') LIMIT 1"

_SET_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
