"""Takes one person out of a database: messages both ways, and all that hangs on them.

Rows are deleted, not emptied: a time, a price and Vonage's id would still be about the person. A
batch keeps its size. What stays of somebody who had opted out is a digest that refuses to send
(`store.suppression`), and digests of ids, so that what Vonage sends late does not bring the person
back. Copies of the database and the bytes in the files are `desk.erasing`'s.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from smsdesk.sms.phone import written_forms
from smsdesk.store.database import Database
from smsdesk.store.digests import digest, digest_of
from smsdesk.store.erased_marks import mark_erased
from smsdesk.store.errors import translated
from smsdesk.store.identities import is_somebodys_id
from smsdesk.store.retention import DELETE_EMPTY_BATCH
from smsdesk.store.search_index import index_follows
from smsdesk.store.suppression import erase_entries
from smsdesk.store.trail import Act, Detail, append

ERASING = "erasing"
"""In `meta`: whom an erasure is about that has not come to its end. It is the last to go."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a database holds about one person."""

    sent: int = 0
    """Messages to them, of whatever state."""
    replies: int = 0
    events: int = 0
    """Receipts and replies as they came, also those that no message fits."""
    contacts: int = 0
    drafts: int = 0
    names: int = 0
    """Names of lists in which the number stands."""
    searches: int = 0
    """Saved searches for the number."""
    opt_outs: int = 0
    waiting: int = 0
    """Of `sent`: not tried yet. They are not sent then."""
    in_doubt: int = 0
    """Of `sent`: on the wire or `unknown`. A person settles these before anything is erased."""

    def __bool__(self) -> bool:
        return any(
            (
                *(self.sent, self.replies, self.events, self.contacts),
                *(self.drafts, self.names, self.searches),
            )
        )


class InDoubtError(Exception):
    """Messages to this person are on the wire or in doubt."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} messages are in doubt")
        self.count = count


SHORTEST_ID = 8
"""Characters. A shorter ID stands in texts, and among the bytes of any file, by chance."""


@dataclass(frozen=True, slots=True)
class Person:
    """By what somebody is found: a number, and the IDs that channels have given them; or one such
    ID alone."""

    number: str
    """E.164, or an ID of somebody of whom no number is known."""
    ids: tuple[str, ...] = ()
    """The IDs that are joined to the contact of the number."""

    @property
    def addresses(self) -> tuple[str, ...]:
        return (self.number, *self.ids)

    @property
    def forms(self) -> tuple[str, ...]:
        """The ways in which the number and the IDs are written."""
        ids = (one for one in self.addresses if not one.startswith("+"))
        numbers = written_forms(self.number) if self.number.startswith("+") else ()
        return (*numbers, *(one for one in ids if len(one) >= SHORTEST_ID))

    def parameters(self) -> dict[str, str]:
        """For the statements below."""
        return {"number": self.number, "people": json.dumps(self.addresses)}


class Erasure:
    """Counts and erases what one database holds about a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def person(self, address: str) -> Person | None:
        """Whose number or ID that is, with all that is joined to it; None for an ID that nothing
        here knows. A number is somebody's in any case."""
        with translated():
            connection = self._database.connection
            row = connection.execute(_NUMBER_OF_ID, (address,)).fetchone()
            number = address if row is None else str(row["number"])
            is_known = row is not None or address.startswith("+")
            if not is_known and not is_somebodys_id(connection, address):
                return None
            return _with_ids(connection, Person(number))

    def look(self, person: Person) -> Holding:
        """How much there is. Nothing is changed."""
        with translated():
            return _count(self._database.connection, person)

    def mentions(self, person: Person) -> int:
        """In how many texts of others, templates and notes the person stands. Those are not the
        person's, and stay. It reads all texts."""
        with translated():
            return sum(
                _count_fitting(self._database.connection, query, person) for query in _MENTIONS
            )

    def texts(self, person: Person, *, limit: int = 100) -> list[str]:
        """Some of the texts to and from the person, to look for their bytes afterwards."""
        with translated():
            rows = self._database.connection.execute(
                f"SELECT DISTINCT text FROM message WHERE seq IN ({_THEIRS}) AND text <> '' "
                "ORDER BY length(text) DESC LIMIT :limit",
                {**person.parameters(), "limit": limit},
            ).fetchall()
        return [str(row["text"]) for row in rows]

    def is_held_by_others(self, text: str) -> bool:
        """Whether a text stands in what is left: written to somebody else too, or a template."""
        with translated():
            return any(
                self._database.connection.execute(query, (text,)).fetchone() is not None
                for query in _HELD_BY_OTHERS
            )

    def erase(self, person: Person, *, at: datetime) -> Holding:
        """Take the person out, in one commit; returns what was taken out.

        It is noted as unfinished until `finish`. Raises InDoubtError.
        """
        with self._database.transaction() as connection:
            held = _count(connection, person)
            if held.in_doubt:
                raise InDoubtError(held.in_doubt)
            _set(connection, ERASING, "\n".join(person.addresses))
            _take_out(connection, person, at=at)
        return held

    def erase_from_copy(self, person: Person, *, at: datetime) -> bool:
        """The same in a copy, whatever state its messages are in: none is sent from there before
        a person looks. Says whether there was anything; its free pages may still hold some of it.
        """
        with self._database.transaction() as connection:
            person = _with_ids(connection, person)  # others may have been joined there
            held = _count(connection, person)
            connection.execute("DELETE FROM meta WHERE key = ?", (ERASING,))
            if not held and not held.opt_outs:
                return False
            _take_out(connection, person, at=at)
        return True

    def unfinished(self) -> Person | None:
        """Whom an erasure was about that did not come to its end."""
        with translated():
            row = self._database.connection.execute(
                "SELECT value FROM meta WHERE key = ?", (ERASING,)
            ).fetchone()
        if row is None:
            return None
        number, *ids = str(row["value"]).split("\n")
        return Person(number, tuple(ids))

    def finish(self, person: Person, held: Holding, more: Detail, *, at: datetime) -> None:
        """Everything has been taken out, from the copies too: the trail says so."""
        counts = {name: count for name, count in asdict(held).items() if count}
        with self._database.transaction() as connection:
            detail = {**_digests(connection, person), **counts, **more}
            append(connection, self._database.actor, Act.ERASED, detail, at=at)
            connection.execute("DELETE FROM meta WHERE key = ?", (ERASING,))

    def note_check(self, person: Person, files: int, found: int, *, at: datetime) -> None:
        """In how many files was looked for the person's bytes, and in how many they were."""
        with self._database.transaction() as connection:
            detail: Detail = {
                "person": digest_of(connection, person.number),
                "files": files,
                "found": found,
            }
            append(connection, self._database.actor, Act.ERASURE_CHECKED, detail, at=at)

    def vacuum(self) -> None:
        """Write the file anew, without anything in its free room."""
        with translated():
            self._database.connection.execute("VACUUM")


def people_of(
    connection: sqlite3.Connection, digests: Iterable[str], key: str
) -> dict[str, str]:
    """The numbers and IDs in a database whose digest is one of these, by their digests."""
    wanted = set(digests)
    if not wanted:
        return {}
    found = (str(row["number"]) for row in connection.execute(_NUMBERS))
    return {one: number for number in found if (one := digest(key, number)) in wanted}


def stands_in(text: str, forms: Sequence[str]) -> bool:
    """Whether a number is written in a text, with whatever between its digits, and not only as
    a part of a longer one."""
    close = _BETWEEN_DIGITS.sub("", text)
    return any(
        re.search(rf"(?<!\d){re.escape(form)}(?!\d)", written) is not None
        for form in forms
        for written in (text, close)
    )


def _with_ids(connection: sqlite3.Connection, person: Person) -> Person:
    """With every ID that is joined to the contact of the number."""
    joined = (str(row["identity"]) for row in connection.execute(_IDS_OF, (person.number,)))
    return replace(person, ids=tuple(dict.fromkeys((*person.ids, *joined))))


def _digests(connection: sqlite3.Connection, person: Person) -> dict[str, str]:
    """Who it was, for the trail."""
    found = {"person": digest_of(connection, person.number)}
    if person.ids:
        found["also"] = " ".join(digest_of(connection, one) for one in person.ids)
    return found


def _count(connection: sqlite3.Connection, person: Person) -> Holding:
    forms = person.forms
    found = connection.execute(_COUNT, person.parameters()).fetchone()
    return Holding(
        sent=found["sent"],
        replies=found["replies"],
        events=found["events"] + len(_strangers(connection, forms)),
        contacts=found["contacts"],
        drafts=int(_is_in_draft(connection, person)),
        names=len(_names(connection, forms)),
        searches=len(_searches(connection, forms)),
        opt_outs=found["opt_outs"],
        waiting=found["waiting"],
        in_doubt=found["in_doubt"],
    )


def _take_out(connection: sqlite3.Connection, person: Person, *, at: datetime) -> None:
    parameters, forms = person.parameters(), person.forms
    ids = {row["id"] for row in connection.execute(_IDS, parameters)} - {None}
    mark_erased(connection, ids, at=at)
    if _is_in_draft(connection, person):
        connection.execute("DELETE FROM draft")
    batches = [row["batch_id"] for row in connection.execute(_BATCHES, parameters)]
    connection.executemany(
        "DELETE FROM event WHERE id = ?",
        [(event_id,) for event_id in _strangers(connection, forms)],
    )
    connection.executemany(
        "UPDATE batch SET name = NULL WHERE id = ?",
        [(batch_id,) for batch_id in _names(connection, forms)],
    )
    for address in person.addresses:
        erase_entries(connection, address)
        connection.execute(_FORGET_NOTES, (address,))
    connection.executemany(
        "DELETE FROM saved_search WHERE id = ?",
        [(search_id,) for search_id in _searches(connection, forms)],
    )
    seqs = [row["seq"] for row in connection.execute(_THEIRS, parameters)]
    with index_follows(connection, seqs):
        for statement in _TAKE_OUT:
            connection.execute(statement, parameters)
    for statement in DELETE_EMPTY_BATCH:
        connection.executemany(statement, [{"batch": batch} for batch in batches])


def _count_fitting(connection: sqlite3.Connection, query: str, person: Person) -> int:
    """In how many texts that a query finds the number is written, whichever way."""
    found = [
        row[0]
        for form in person.forms
        for row in connection.execute(query, {"form": form, **person.parameters()})
        if stands_in(row[0], [form])
    ]
    return len(found)


def _strangers(connection: sqlite3.Connection, forms: Sequence[str]) -> list[int]:
    """What was heard about the number, and no message fits: at most ten thousand are kept."""
    return [
        row["id"]
        for row in connection.execute("SELECT id, raw FROM event WHERE message IS NULL")
        if stands_in(row["raw"], forms)
    ]


def _names(connection: sqlite3.Connection, forms: Sequence[str]) -> list[str]:
    return [
        row["id"]
        for row in connection.execute("SELECT id, name FROM batch WHERE name IS NOT NULL")
        if stands_in(row["name"], forms)
    ]


def _searches(connection: sqlite3.Connection, forms: Sequence[str]) -> list[int]:
    """Saved searches that ask for the number, or are called by it."""
    return [
        row["id"]
        for row in connection.execute("SELECT id, name, wanted FROM saved_search")
        if stands_in(row["name"], forms) or stands_in(row["wanted"], forms)
    ]


def _is_in_draft(connection: sqlite3.Connection, person: Person) -> bool:
    row = connection.execute("SELECT recipients, text, ref FROM draft").fetchone()
    if row is None:
        return False
    if any(stands_in(column, person.forms) for column in row):
        return True
    contact = connection.execute(
        "SELECT name FROM contact WHERE number = ?", (person.number,)
    ).fetchone()
    return contact is not None and contact["name"] in row["recipients"]


def _set(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s().\-/\u00a0\u2011]+(?=\d)")

_PEOPLE = "SELECT value FROM json_each(:people)"

_THEIRS = f"""
SELECT seq FROM message WHERE direction = 'outbound' AND recipient IN ({_PEOPLE})
UNION SELECT seq FROM message WHERE direction = 'inbound' AND sender IN ({_PEOPLE})
UNION SELECT message FROM leg WHERE recipient IN ({_PEOPLE})
"""
# Whatever channel it went by, and under whatever ID that was joined to the contact.

_NUMBER_OF_ID = """
SELECT number FROM contact JOIN contact_identity ON contact.id = contact WHERE identity = ?
"""

_IDS_OF = """
SELECT identity FROM contact_identity JOIN contact ON contact.id = contact WHERE number = ?
ORDER BY channel, identity
"""

_COUNT = f"""
SELECT count(*) FILTER (WHERE direction = 'outbound') AS sent,
       count(*) FILTER (WHERE direction = 'inbound') AS replies,
       count(*) FILTER (WHERE state IN ('queued', 'scheduled', 'held')) AS waiting,
       count(*) FILTER (WHERE state IN ('sending', 'unknown')) AS in_doubt,
       (SELECT count(*) FROM event WHERE message IN ({_THEIRS})) AS events,
       (SELECT count(*) FROM contact WHERE number = :number) AS contacts,
       (SELECT count(*) FROM suppression WHERE number IN ({_PEOPLE})) AS opt_outs
FROM message WHERE seq IN ({_THEIRS})
"""

_IDS = f"""
SELECT message_uuid AS id FROM message WHERE seq IN ({_THEIRS})
UNION SELECT client_ref FROM attempt WHERE message IN ({_THEIRS})
UNION SELECT message_uuid FROM attempt WHERE message IN ({_THEIRS})
UNION SELECT message_uuid FROM event WHERE message IN ({_THEIRS})
UNION SELECT message_uuid FROM inbound_part WHERE message IN ({_THEIRS})
UNION SELECT message_uuid FROM leg WHERE message IN ({_THEIRS})
"""

_BATCHES = f"""
SELECT DISTINCT batch_id FROM message WHERE seq IN ({_THEIRS}) AND batch_id IS NOT NULL
"""

_TAKE_OUT = (
    *(
        f"DELETE FROM {table} WHERE message IN ({_THEIRS})"
        for table in ("attempt", "event", "lookup", "inbound_part", "audit")
    ),
    f"DELETE FROM message WHERE seq IN ({_THEIRS})",
    "DELETE FROM contact WHERE number = :number",
)

_FORGET_NOTES = """
DELETE FROM audit WHERE message IS NULL AND what IN ('opted_out', 'allowed_again')
AND substr(detail, 1, length(?1) + 1) = ?1 || ' '
"""

_MENTIONS = (
    "SELECT text FROM message WHERE instr(text, :form) "
    f"AND NOT (recipient IN ({_PEOPLE}) AND direction = 'outbound') "
    f"AND NOT (sender IN ({_PEOPLE}) AND direction = 'inbound')",
    "SELECT text FROM template WHERE instr(text, :form)",
    "SELECT note FROM contact WHERE instr(note, :form) AND number <> :number",
)

_HELD_BY_OTHERS = (
    "SELECT 1 FROM message WHERE instr(text, ?) LIMIT 1",
    "SELECT 1 FROM template WHERE instr(text, ?) LIMIT 1",
    "SELECT 1 FROM draft WHERE instr(text, ?) LIMIT 1",
)

_NUMBERS = """
SELECT recipient AS number FROM message WHERE direction = 'outbound'
UNION SELECT sender FROM message WHERE direction = 'inbound'
UNION SELECT recipient FROM leg
UNION SELECT number FROM contact
UNION SELECT identity FROM contact_identity
UNION SELECT number FROM suppression
"""
