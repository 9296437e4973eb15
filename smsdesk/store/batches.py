"""Batches: the messages of one Send to several people, as a whole.

Whether a batch is paused, confirmed or cancelled stands in one row, and is true from one commit
on: `message_log` claims nothing of it against that. The rows of its messages follow here in many
small commits, so that a hundred thousand of them are in nobody's way; a run that ends in between
is finished by the next (`settle_batches`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.message_log import HELD_BY_BATCH, LET_GO, WAS_CANCELLED, OnChange
from smsdesk.store.rows import (
    MESSAGE_COLUMNS,
    from_ms,
    optional_moment,
    read_message,
    to_ms,
)
from smsdesk.store.trail import Act, Detail, append

AT_ONCE = 1000
"""Rows a commit; some hundredths of a second under the write lock."""
_NOT_YET_SENT = "state IN ('queued', 'scheduled', 'held')"


@dataclass(frozen=True, slots=True)
class Batch:
    """One Send to more than one person."""

    id: str
    created_at: datetime
    size: int
    name: str | None
    """What a person called it; None for what was written in the window."""
    text: str
    """Of its first message."""
    sender: str
    paused_at: datetime | None
    needs_confirmation: bool
    confirmed_by: str | None

    @property
    def is_unconfirmed(self) -> bool:
        """A second person has not looked at it yet."""
        return self.needs_confirmation and self.confirmed_by is None


@dataclass(frozen=True, slots=True)
class Tally:
    """So many messages of a batch are in the same state, for the same reason."""

    state: State
    held_reason: HeldReason | None
    failure_code: str | None
    failure_title: str
    """As Vonage gave it to one of them."""
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """So many messages came to a state in the same second."""

    second: int
    """Counted from when the batch was stored."""
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did to a batch; `what` is a code for wording."""

    at: datetime
    who: str
    what: str
    count: int
    """Messages that it was done to."""
    detail: str


class BatchLog:
    """Looks at batches, and writes what a person decides about one."""

    def __init__(self, database: Database, on_change: OnChange) -> None:
        self._database = database
        self._on_change = on_change

    # Looking ----------------------------------------------------------------------

    def get(self, batch_id: str) -> Batch | None:
        """One batch, whatever its size."""
        found = self._rows(f"{_BATCH} WHERE id = :batch", {"batch": batch_id})
        return self._read(found[0]) if found else None

    def page(self, *, before: Batch | None = None, limit: int = 50) -> list[Batch]:
        """Batches of more than one message, newest first, from behind `before` on."""
        where, parameters = "", dict[str, object](limit=limit)
        if before is not None:
            where = "AND (created_ms, id) < (:created, :before)"
            parameters |= {"created": to_ms(before.created_at), "before": before.id}
        rows = self._rows(
            f"{_BATCH} WHERE size > 1 {where} ORDER BY created_ms DESC, id DESC LIMIT :limit",
            parameters,
        )
        return [self._read(row) for row in rows]

    def current(self, *, since: datetime, limit: int) -> list[Batch]:
        """Batches that have something waiting or on its way, and those stored since then;
        newest first."""
        ids = {row["id"] for row in self._rows(_SINCE, {"since": to_ms(since), "limit": limit})}
        ids |= {row["id"] for row in self._rows(_AT_WORK, {})}
        found = [batch for one in ids if (batch := self.get(one)) and batch.size > 1]
        found.sort(key=lambda batch: (batch.created_at, batch.id), reverse=True)
        return found[:limit]

    def unconfirmed(self, *, limit: int) -> list[Batch]:
        """Batches that no second person has confirmed, oldest first; cancelled ones too."""
        query = (
            f"{_BATCH} WHERE needs_confirmation = 1 AND confirmed_by IS NULL "
            "ORDER BY created_ms LIMIT :limit"
        )
        return [self._read(row) for row in self._rows(query, {"limit": limit})]

    def tally(self, batch_id: str) -> list[Tally]:
        """The whole batch counted. Tenths of a second for a hundred thousand messages."""
        return [
            Tally(
                State(row["state"]),
                HeldReason(row["held_reason"]) if row["held_reason"] else None,
                row["failure_code"],
                row["title"] or "",
                row["n"],
            )
            for row in self._rows(_TALLY, {"batch": batch_id})
        ]

    def steps(self, batch: Batch) -> list[Step]:
        """When the messages came to the state they are in, by the second; oldest first.
        As slow as `tally`."""
        rows = self._rows(_STEPS, {"batch": batch.id, "start": to_ms(batch.created_at)})
        return [Step(row["second"], State(row["state"]), row["n"]) for row in rows]

    def deeds(self, batch_id: str) -> list[Deed]:
        """What persons did to the batch, oldest first."""
        found = []
        for row in self._rows(_DEEDS, {"prefix": f"{batch_id} %"}):
            _batch, count, *rest = row["detail"].split(" ", 2)
            found.append(
                Deed(
                    from_ms(row["at_ms"]),
                    row["who"],
                    row["what"],
                    int(count),
                    rest[0] if rest else "",
                )
            )
        return found

    def messages(self, batch_id: str, *, size: int = 500) -> Iterator[list[Message]]:
        """All messages in their order, some at a time."""
        yield from self._walk(_PAGE, batch_id, size)

    def surely_not_received(self, batch_id: str, *, size: int = 500) -> Iterator[list[Message]]:
        """The messages that surely did not reach anybody, some at a time.

        Never one that Vonage has without saying more, about which two reports differ, or whose
        text is gone; nor one of which any attempt is in doubt, unless it is the only one and
        the carrier has given it up.
        """
        yield from self._walk(_NOT_RECEIVED, batch_id, size)

    def sent_anew(self, since_seq: int) -> set[str]:
        """The ids of messages that a later one took the place of, if that one is not surely
        unsent itself. It looks at the whole log from `since_seq` on."""
        return {row["resend_of"] for row in self._rows(_SENT_ANEW, {"since": since_seq})}

    # What a person decides --------------------------------------------------------

    def pause(self, batch_id: str, *, at: datetime) -> int:
        """From the first commit on nothing of the batch is claimed; returns how many rows were
        put on hold. What is on the wire is answered and stays as it comes."""
        audit = self._decide(
            "UPDATE batch SET paused_ms = :now WHERE id = :batch AND paused_ms IS NULL",
            batch_id,
            "batch_paused",
            at=at,
        )
        return self._follow(_PAUSE, batch_id, audit, at=at)

    def resume(self, batch_id: str, *, at: datetime) -> int:
        """The batch goes on where it was; returns how many rows were let go."""
        audit = self._decide(
            "UPDATE batch SET paused_ms = NULL WHERE id = :batch AND paused_ms IS NOT NULL",
            batch_id,
            "batch_resumed",
            at=at,
        )
        return self._follow(_RELEASE, batch_id, audit, at=at)

    def confirm(self, batch_id: str, *, by: str, at: datetime) -> int:
        """A second person says yes; returns how many rows were let go."""
        audit = self._decide(_CONFIRM, batch_id, "batch_confirmed", at=at, by=by)
        return self._follow(_RELEASE, batch_id, audit, at=at, by=by)

    def confirm_whole(self, batch_id: str, *, by: str, at: datetime) -> int:
        """`confirm` from beside the program that has this log: in one commit, because nobody
        would finish here what a process that died had begun."""
        now = to_ms(at)
        with self._database.transaction() as connection:
            decided = connection.execute(_CONFIRM, {"batch": batch_id, "by": by}).rowcount
            if decided != 1:
                return 0
            everything = {"batch": batch_id, "after": -1, "now": now, "limit": -1}
            moved = sum(1 for _row in connection.execute(_RELEASE, everything))
            detail = _detail(batch_id, moved, by)
            connection.execute(
                _AUDIT, {"now": now, "what": "batch_confirmed", "detail": detail}
            )
            self._trace(connection, "batch_confirmed", {"batch": batch_id, "by": by}, at=at)
        self._on_change(None)
        return moved

    def note_confirmed_elsewhere(
        self, account: str, batch_id: str, count: int, *, at: datetime
    ) -> None:
        """From this account a batch of another one has been confirmed."""
        detail = f"{account} {batch_id} {count}"
        with self._database.transaction() as connection:
            connection.execute(
                _AUDIT, {"now": to_ms(at), "what": "confirmed_elsewhere", "detail": detail}
            )
            self._trace(
                connection,
                "confirmed_elsewhere",
                {"profile": account, "batch": batch_id, "messages": count},
                at=at,
            )

    def cancel(self, batch_id: str, *, at: datetime) -> int:
        """Stop all that has not been tried yet; returns how many messages.

        It is paused first, so that none of it leaves while the rows follow, and it stays so:
        what comes back unsent from the wire is cancelled too.
        """
        audit = self._decide(
            "UPDATE batch SET paused_ms = coalesce(paused_ms, :now) WHERE id = :batch",
            batch_id,
            "batch_cancelled",
            at=at,
            mark="batch_cancelled:",
        )
        return self._follow(_CANCEL, batch_id, audit, at=at)

    def note_wrong_pin(self, batch_id: str, *, at: datetime) -> None:
        """Somebody tried to confirm with a PIN that is not the right one."""
        with self._database.transaction() as connection:
            _note(connection, batch_id, "batch_wrong_pin", at=at)
            self._trace(connection, "batch_wrong_pin", {"batch": batch_id}, at=at)

    def note_pin(self, what: str, *, at: datetime, detail: str) -> None:
        """The rule of two pairs of eyes has been changed."""
        with self._database.transaction() as connection:
            connection.execute(_AUDIT, {"now": to_ms(at), "what": what, "detail": detail})
            self._trace(connection, what, {"rule": detail}, at=at)

    def _decide(
        self,
        statement: str,
        batch_id: str,
        what: str,
        *,
        at: datetime,
        by: str = "",
        mark: str = "",
    ) -> int | None:
        """Write the decision; the key of its line in the audit trail, or None when it had been
        decided before."""
        with self._database.transaction() as connection:
            parameters = {"batch": batch_id, "now": to_ms(at), "by": by}
            if connection.execute(statement, parameters).rowcount != 1:
                return None
            if mark:
                connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, '1')", (mark + batch_id,)
                )
            # The rows follow in commits of their own: how many they are, the batch tells.
            detail = {"batch": batch_id, "by": by} if by else {"batch": batch_id}
            self._trace(connection, what, detail, at=at)
            return _note(connection, batch_id, what, at=at, by=by)

    def _trace(
        self, connection: sqlite3.Connection, what: str, detail: Detail, *, at: datetime
    ) -> None:
        append(connection, self._database.actor, Act(what), detail, at=at)

    def _follow(
        self, statement: str, batch_id: str, audit: int | None, *, at: datetime, by: str = ""
    ) -> int:
        """Let the rows follow the decision, some at a time, and count them in the audit trail."""
        after, moved = -1, 0
        while True:
            parameters = {
                "batch": batch_id,
                "after": after,
                "now": to_ms(at),
                "limit": AT_ONCE,
            }
            with self._database.transaction() as connection:
                rows = connection.execute(statement, parameters).fetchall()
                moved += len(rows)
                if rows and audit is not None:
                    connection.execute(
                        "UPDATE audit SET detail = ? WHERE id = ?",
                        (_detail(batch_id, moved, by), audit),
                    )
            if len(rows) < AT_ONCE:
                break
            after = max(row["seq"] for row in rows)
        self._on_change(None)
        return moved

    def _walk(self, query: str, batch_id: str, size: int) -> Iterator[list[Message]]:
        after = -1
        while rows := self._rows(query, {"batch": batch_id, "after": after, "limit": size}):
            yield [read_message(row) for row in rows]
            after = rows[-1]["seq"]

    def _read(self, row: sqlite3.Row) -> Batch:
        first = self._rows(_FIRST, {"batch": row["id"]})
        return Batch(
            id=row["id"],
            created_at=from_ms(row["created_ms"]),
            size=row["size"],
            name=row["name"],
            text=first[0]["text"] if first else "",
            sender=first[0]["sender"] if first else "",
            paused_at=optional_moment(row["paused_ms"]),
            needs_confirmation=bool(row["needs_confirmation"]),
            confirmed_by=row["confirmed_by"],
        )

    def _rows(self, query: str, parameters: Mapping[str, object]) -> Sequence[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def settle_batches(database: Database, *, at: datetime) -> None:
    """Finish what an earlier run had decided about batches and not yet written into each row."""
    with database.transaction() as connection:
        for statement in _SETTLE:
            connection.execute(statement, {"now": to_ms(at)})


def _note(
    connection: sqlite3.Connection, batch_id: str, what: str, *, at: datetime, by: str = ""
) -> int | None:
    parameters = {"now": to_ms(at), "what": what, "detail": _detail(batch_id, 0, by)}
    return connection.execute(_AUDIT, parameters).lastrowid


def _detail(batch_id: str, count: int, by: str) -> str:
    return f"{batch_id} {count} {by}".rstrip()


_BATCH = (
    "SELECT id, created_ms, size, name, paused_ms, needs_confirmation, confirmed_by FROM batch"
)

_CONFIRM = """
UPDATE batch SET confirmed_by = :by
WHERE id = :batch AND needs_confirmation = 1 AND confirmed_by IS NULL
"""

_FIRST = "SELECT text, sender FROM message WHERE batch_id = :batch ORDER BY seq LIMIT 1"

_SINCE = """
SELECT id FROM batch WHERE created_ms >= :since AND size > 1
ORDER BY created_ms DESC LIMIT :limit
"""

_AT_WORK = """
SELECT DISTINCT batch_id AS id FROM message
WHERE state IN ('queued', 'scheduled', 'held', 'sending') AND batch_id IS NOT NULL
"""

_TALLY = """
SELECT state, held_reason, failure_code, max(failure_title) AS title, count(*) AS n
FROM message WHERE batch_id = :batch GROUP BY state, held_reason, failure_code
"""

_STEPS = """
SELECT max(0, (updated_ms - :start) / 1000) AS second, state, count(*) AS n
FROM message WHERE batch_id = :batch AND state NOT IN ('queued', 'scheduled', 'held')
GROUP BY second, state ORDER BY second
"""

_DEEDS = """
SELECT at_ms, who, what, detail FROM audit
WHERE message IS NULL AND what LIKE 'batch#_%' ESCAPE '#' AND detail LIKE :prefix ORDER BY id
"""

_PAGE = f"""
SELECT {MESSAGE_COLUMNS} FROM message
WHERE batch_id = :batch AND seq > :after ORDER BY seq LIMIT :limit
"""

# The plus, here and below, keeps SQLite from walking down the states of the whole log.
_NOT_RECEIVED = f"""
SELECT {MESSAGE_COLUMNS} FROM message
WHERE batch_id = :batch AND seq > :after AND text_kept_days IS NULL AND alarm IS NULL
  AND +state IN ('failed', 'undeliverable', 'rejected', 'cancelled')
  AND ((attempts = 1 AND state IN ('undeliverable', 'rejected'))
       OR NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.message = message.seq
                      AND coalesce(outcome, 'unknown') IN ('unknown', 'interrupted')))
ORDER BY seq LIMIT :limit
"""

_SENT_ANEW = """
SELECT resend_of FROM message
WHERE seq > :since AND resend_of IS NOT NULL
  AND state NOT IN ('failed', 'undeliverable', 'rejected', 'cancelled')
"""

_FOLLOWING = """
WHERE seq IN (SELECT seq FROM message WHERE batch_id = :batch AND seq > :after AND {which}
              ORDER BY seq LIMIT :limit)
RETURNING seq
"""

_PAUSE = """
UPDATE message SET state = 'held', held_reason = 'batch_paused', updated_ms = :now
""" + _FOLLOWING.format(
    which="+state IN ('queued', 'scheduled') AND EXISTS "
    "(SELECT 1 FROM batch WHERE id = :batch AND paused_ms IS NOT NULL)"
)

_RELEASE = f"UPDATE message SET {LET_GO}" + _FOLLOWING.format(
    which="+state = 'held' AND held_reason IN ('batch_paused', 'confirmation') "
    f"AND NOT {HELD_BY_BATCH}"
)

_CANCEL = """
UPDATE message SET state = 'cancelled', held_reason = NULL, updated_ms = :now
""" + _FOLLOWING.format(which=f"+{_NOT_YET_SENT}")

_AUDIT = """
INSERT INTO audit (at_ms, who, what, detail) VALUES (:now, 'person', :what, :detail)
"""

_SETTLE = (
    f"UPDATE message SET state = 'cancelled', held_reason = NULL, updated_ms = :now "
    f"WHERE {_NOT_YET_SENT} AND {WAS_CANCELLED}",
    f"UPDATE message SET {LET_GO} WHERE state IN ('queued', 'scheduled') AND {HELD_BY_BATCH}",
    f"UPDATE message SET {LET_GO} WHERE state = 'held' "
    f"AND held_reason IN ('batch_paused', 'confirmation') AND NOT {HELD_BY_BATCH}",
)
