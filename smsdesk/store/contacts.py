"""The address book: contacts, their groups, and quick answers to whose number that is.

A contact is found by the beginning of any word of its name, through a table of folded words, or
by any part of its number. What a name may be is for `sms.contact` and the desk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from smsdesk.sms.contact import (
    Contact,
    ContactEntry,
    ContactGroup,
    digits_of,
    fold,
    tidy,
    words_of,
)
from smsdesk.store.errors import NameTakenError, NumberTakenError, translated

if TYPE_CHECKING:
    from smsdesk.store.database import Database

_T = TypeVar("_T")

Key = tuple[str, int]
"""Where a contact stands: its folded name, and its id."""

AT_ONCE = 500
"""Numbers or ids in one statement; old SQLite takes 999 parameters."""
BATCH = 1000
"""Contacts of a file in one commit; some hundredths of a second under the write lock."""
_RANKED = 200
"""Of more that fit, the first ones by the word's alphabet are looked at."""
_WALKED = 2000


@dataclass(frozen=True, slots=True)
class Outline:
    """How long a list is, and where each of its pages ends."""

    count: int
    ends: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of bringing in entries."""

    added: int = 0
    changed: int = 0
    left: int = 0
    """Were there already, and stayed as they were."""


class ContactBook:
    """Reads and edits the address book; `on_change` is told after each commit."""

    def __init__(self, database: Database, on_change: Callable[[], None]) -> None:
        self._database = database
        self._on_change = on_change

    # Looking ---------------------------------------------------------------------

    def names_of(self, numbers: Iterable[str]) -> dict[str, str]:
        """The names of those numbers that have one, and of IDs that were joined to a contact; an
        index answers, at any length of book."""
        found = {}
        for some in _chunks(numbers):
            for row in self._rows(
                f"SELECT number, name FROM contact WHERE number IN ({_marks(some)})", some
            ):
                found[row["number"]] = row["name"]
            for row in self._rows(f"{_NAMES_OF_IDENTITIES} ({_marks(some)})", some):
                found[row["identity"]] = row["name"]
        return found

    def find(self, number: str) -> Contact | None:
        """The contact that has this number, or to whom this ID was joined."""
        rows = self._rows(_FIND_CONTACT, (number, number))
        return _read(rows[0]) if rows else None

    def get(self, contact_id: int) -> Contact | None:
        """One contact by its id."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM contact WHERE id = ?", (contact_id,))
        return _read(rows[0]) if rows else None

    def page(
        self,
        *,
        search: str = "",
        group: int | None = None,
        after: Key | None = None,
        limit: int = 200,
    ) -> list[Contact]:
        """Contacts by name, from behind `after` on."""
        conditions, parameters = _conditions(search, group)
        if after is not None:
            conditions.append("(folded, id) > (:folded, :id)")
            parameters |= {"folded": after[0], "id": after[1]}
        rows = self._rows(
            f"SELECT {_COLUMNS} FROM contact{_where(conditions)} "
            "ORDER BY folded, id LIMIT :limit",
            parameters | {"limit": limit},
        )
        return [_read(row) for row in rows]

    def outline(
        self, *, search: str = "", group: int | None = None, size: int = 200
    ) -> Outline:
        """The length of the list, or of what a search leaves of it, and the ends of its pages."""
        conditions, parameters = _conditions(search, group)
        where = _where(conditions)
        count = self._rows(f"SELECT count(*) AS n FROM contact{where}", parameters)[0]["n"]
        if count <= size:
            return Outline(count, ())
        rows = self._rows(
            "SELECT folded, id FROM (SELECT folded, id, row_number() OVER "
            f"(ORDER BY folded, id) AS place FROM contact{where}) "
            "WHERE place % :size = 0 ORDER BY place",
            parameters | {"size": size},
        )
        return Outline(count, tuple((row["folded"], row["id"]) for row in rows))

    def count(self) -> int:
        """How many contacts there are."""
        return int(self._rows("SELECT count(*) AS n FROM contact")[0]["n"])

    def complete(self, typed: str, *, limit: int) -> list[Contact]:
        """Who may be meant by what has been typed so far, the likeliest first.

        Whose name begins with it comes before whose other name does, and names before numbers.
        """
        found: dict[int, Contact] = {}
        words = words_of(typed)
        if words:
            rows = self._rows(*_by_words(self._rarest_first(words), limit=_RANKED))
            start = fold(typed)
            contacts = sorted(
                {row["id"]: _read(row) for row in rows}.values(),
                key=lambda one: (not fold(one.name).startswith(start), fold(one.name), one.id),
            )
            found = {contact.id: contact for contact in contacts[:limit]}
        digits = digits_of(typed)
        if digits and len(found) < limit:
            for row in self._rows(_BY_DIGITS, {"digits": digits, "limit": limit - len(found)}):
                found.setdefault(row["id"], _read(row))
        return list(found.values())[:limit]

    # Changing --------------------------------------------------------------------

    def add(self, entry: ContactEntry) -> Contact:
        """Enter a contact. Raises NumberTakenError when its number is there already."""
        with self._database.transaction() as connection:
            taken = _find(connection, entry.number)
            if taken is not None:
                raise NumberTakenError(taken)
            contact_id = _insert(connection, entry)
            _join(connection, contact_id, entry.groups)
        self._on_change()
        return Contact(contact_id, entry.name, entry.number, entry.note)

    def change(self, contact_id: int, entry: ContactEntry) -> bool:
        """Rewrite a contact with the groups it is in; False when it is gone.

        Raises NumberTakenError.
        """
        with self._database.transaction() as connection:
            taken = _find(connection, entry.number)
            if taken is not None and taken.id != contact_id:
                raise NumberTakenError(taken)
            is_there = _update(connection, contact_id, entry)
            if is_there:
                connection.execute("DELETE FROM group_member WHERE contact = ?", (contact_id,))
                _join(connection, contact_id, entry.groups)
        if is_there:
            self._on_change()
        return is_there

    def merge(
        self,
        entries: Sequence[ContactEntry],
        *,
        replaces: bool,
        go_on: Callable[[], bool] = lambda: True,
    ) -> Merged:
        """Bring in many, in commits of a thousand; a run that was broken off may be repeated.

        A number that is there keeps its name and note unless `replaces`; the groups are added in
        any case. `go_on` is called between commits, leaves the write lock to others, and says
        whether to go on.
        """
        total = Merged()
        for start in range(0, len(entries), BATCH):
            if start and not go_on():
                break
            with self._database.transaction() as connection:
                done = _merge(connection, entries[start : start + BATCH], replaces=replaces)
            total = Merged(
                total.added + done.added, total.changed + done.changed, total.left + done.left
            )
        if entries:
            self._on_change()
        return total

    def erase(self, contact_ids: Iterable[int]) -> int:
        """Remove contacts and all that is kept about them; returns how many there were.

        Their bytes are overwritten, and the write-ahead log is cut where nobody is using it.
        """
        removed = 0
        with self._database.transaction() as connection:
            for contact_id in contact_ids:
                removed += connection.execute(
                    "DELETE FROM contact WHERE id = ?", (contact_id,)
                ).rowcount
        if removed:
            self._on_change()
            self._database.empty_wal()
        return removed

    def known(self, numbers: Iterable[str]) -> dict[str, Contact]:
        """The contacts that have one of these numbers."""
        found = {}
        for some in _chunks(numbers):
            for row in self._rows(
                f"SELECT {_COLUMNS} FROM contact WHERE number IN ({_marks(some)})", some
            ):
                found[row["number"]] = _read(row)
        return found

    # Groups ----------------------------------------------------------------------

    def groups(self) -> list[ContactGroup]:
        """Every group with its size, by name."""
        rows = self._rows(_GROUPS)
        return [ContactGroup(row["id"], row["name"], row["size"]) for row in rows]

    def groups_of(self, contact_id: int) -> tuple[str, ...]:
        """The names of the groups that a contact is in."""
        return self.groups_of_many([contact_id]).get(contact_id, ())

    def groups_of_many(self, contact_ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
        """The names of the groups of each contact that is in one."""
        found: dict[int, tuple[str, ...]] = {}
        for some in _chunks(contact_ids):
            for row in self._rows(_GROUPS_OF.format(ids=_marks(some)), some):
                found[row["contact"]] = (*found.get(row["contact"], ()), row["name"])
        return found

    def complete_group(self, typed: str, *, limit: int) -> list[ContactGroup]:
        """Groups with a word that begins with what was typed."""
        wanted = words_of(typed)
        if not wanted:
            return []
        found = []
        for row in self._rows("SELECT id, name FROM contact_group ORDER BY folded"):
            words = words_of(row["name"])
            if all(any(word.startswith(one) for word in words) for one in wanted):
                found.append(ContactGroup(row["id"], row["name"], self._size(row["id"])))
                if len(found) == limit:
                    break
        return found

    def members(self, group_id: int) -> list[Contact]:
        """Everybody in a group, by name."""
        rows = self._rows(_MEMBERS, (group_id,))
        return [_read(row) for row in rows]

    def add_group(self, name: str) -> ContactGroup:
        """Make an empty group. Raises NameTakenError."""
        with self._database.transaction() as connection:
            group_id = connection.execute(
                "INSERT INTO contact_group (name, folded) VALUES (?, ?) ON CONFLICT DO NOTHING "
                "RETURNING id",
                (name, fold(name)),
            ).fetchone()
            if group_id is None:
                raise NameTakenError("another group has this name")
        self._on_change()
        return ContactGroup(group_id["id"], name, 0)

    def rename_group(self, group_id: int, name: str) -> bool:
        """Give a group another name; False when it is gone. Raises NameTakenError."""
        with self._database.transaction() as connection:
            taken = connection.execute(
                "SELECT 1 FROM contact_group WHERE folded = ? AND id <> ?",
                (fold(name), group_id),
            ).fetchone()
            if taken is not None:
                raise NameTakenError("another group has this name")
            renamed = connection.execute(
                "UPDATE contact_group SET name = ?, folded = ? WHERE id = ?",
                (name, fold(name), group_id),
            ).rowcount
        if renamed:
            self._on_change()
        return bool(renamed)

    def remove_group(self, group_id: int) -> bool:
        """Remove a group; its members stay contacts."""
        with self._database.transaction() as connection:
            removed = connection.execute(
                "DELETE FROM contact_group WHERE id = ?", (group_id,)
            ).rowcount
        if removed:
            self._on_change()
        return bool(removed)

    def put_in(self, group_id: int, contact_ids: Iterable[int]) -> int:
        """Put contacts into a group; returns how many were not in it before."""
        with self._database.transaction() as connection:
            added = connection.executemany(
                _PUT_IN, [{"group": group_id, "contact": one} for one in contact_ids]
            ).rowcount
        if added > 0:
            self._on_change()
        return max(added, 0)

    def take_out(self, group_id: int, contact_ids: Iterable[int]) -> int:
        """Take contacts out of a group; returns how many were in it."""
        with self._database.transaction() as connection:
            removed = connection.executemany(
                "DELETE FROM group_member WHERE contact_group = ? AND contact = ?",
                [(group_id, one) for one in contact_ids],
            ).rowcount
        if removed > 0:
            self._on_change()
        return max(removed, 0)

    def _size(self, group_id: int) -> int:
        query = "SELECT count(*) AS n FROM group_member WHERE contact_group = ?"
        return int(self._rows(query, (group_id,))[0]["n"])

    def _rarest_first(self, words: Sequence[str]) -> list[str]:
        """The words in the order of how few contacts have them; counting stops early."""
        if len(words) < 2:
            return list(words)
        query = (
            "SELECT count(*) AS n FROM (SELECT 1 FROM contact_word "
            "WHERE word >= ? AND word < ? LIMIT ?)"
        )
        counts = {
            word: self._rows(query, (word, word + _LAST, _WALKED))[0]["n"] for word in words
        }
        return sorted(words, key=counts.__getitem__)

    def _rows(
        self, query: str, parameters: Mapping[str, object] | Sequence[object] = ()
    ) -> list[sqlite3.Row]:
        with translated():
            return self._database.connection.execute(query, parameters).fetchall()


def key_of(contact: Contact) -> Key:
    """Where a contact stands in the list."""
    return fold(contact.name), contact.id


def _merge(
    connection: sqlite3.Connection, entries: Sequence[ContactEntry], *, replaces: bool
) -> Merged:
    added = changed = left = 0
    for entry in entries:
        known = _find(connection, entry.number)
        if known is None:
            contact_id = _insert(connection, entry)
            added += 1
        else:
            contact_id = known.id
            # A file that has no notes must not wipe those that are here.
            note = entry.note or known.note
            is_other = replaces and (entry.name, note) != (known.name, known.note)
            if is_other:
                _update(connection, contact_id, ContactEntry(entry.name, entry.number, note))
            joined = _join(connection, contact_id, entry.groups)
            changed += is_other or joined > 0
            left += not (is_other or joined > 0)
            continue
        _join(connection, contact_id, entry.groups)
    return Merged(added, changed, left)


def _insert(connection: sqlite3.Connection, entry: ContactEntry) -> int:
    row = connection.execute(
        "INSERT INTO contact (name, folded, number, note) VALUES (?, ?, ?, ?) RETURNING id",
        (entry.name, fold(entry.name), entry.number, entry.note),
    ).fetchone()
    contact_id = int(row["id"])
    _index(connection, contact_id, entry.name)
    return contact_id


def _update(connection: sqlite3.Connection, contact_id: int, entry: ContactEntry) -> bool:
    updated = connection.execute(
        "UPDATE contact SET name = ?, folded = ?, number = ?, note = ? WHERE id = ?",
        (entry.name, fold(entry.name), entry.number, entry.note, contact_id),
    ).rowcount
    if updated:
        connection.execute("DELETE FROM contact_word WHERE contact = ?", (contact_id,))
        _index(connection, contact_id, entry.name)
    return bool(updated)


def _index(connection: sqlite3.Connection, contact_id: int, name: str) -> None:
    connection.executemany(
        "INSERT INTO contact_word (word, contact) VALUES (?, ?)",
        [(word, contact_id) for word in words_of(name)],
    )


def _join(connection: sqlite3.Connection, contact_id: int, groups: Iterable[str]) -> int:
    """Put a contact into groups by name; those that do not exist yet are made."""
    joined = 0
    for name in filter(None, map(tidy, groups)):
        connection.execute(
            "INSERT INTO contact_group (name, folded) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (name, fold(name)),
        )
        row = connection.execute(
            "SELECT id FROM contact_group WHERE folded = ?", (fold(name),)
        ).fetchone()
        joined += connection.execute(
            _PUT_IN, {"group": row["id"], "contact": contact_id}
        ).rowcount
    return joined


def _find(connection: sqlite3.Connection, number: str) -> Contact | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM contact WHERE number = ?", (number,)
    ).fetchone()
    return _read(row) if row is not None else None


def _read(row: sqlite3.Row) -> Contact:
    return Contact(row["id"], row["name"], row["number"], row["note"])


def _conditions(search: str, group: int | None) -> tuple[list[str], dict[str, object]]:
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    if group is not None:
        conditions.append(
            "id IN (SELECT contact FROM group_member WHERE contact_group = :group)"
        )
        parameters["group"] = group
    either = []
    if words := words_of(search):
        either.append(_has_words(words, parameters))
    if digits := digits_of(search):
        either.append("instr(number, :digits)")
        parameters["digits"] = digits
    if either:
        conditions.append(f"({' OR '.join(either)})")
    elif search.strip():
        conditions.append("0")  # nothing in it that a name or number could have
    return conditions, parameters


def numbers_called(search: str, parameters: dict[str, object]) -> str | None:
    """A query for the numbers of those whose names a search fits, for whoever has to do with
    numbers; None when it can be no name. Its parameters are added to the others."""
    words = words_of(search)
    if not words:
        return None
    return f"SELECT number FROM contact WHERE {_has_words(words, parameters)}"


def _has_words(words: Sequence[str], parameters: dict[str, object]) -> str:
    each = []
    for place, word in enumerate(words):
        each.append(
            "id IN (SELECT contact FROM contact_word "
            f"WHERE word >= :from_{place} AND word < :to_{place})"
        )
        parameters |= {f"from_{place}": word, f"to_{place}": word + _LAST}
    return f"({' AND '.join(each)})"


def _by_words(words: Sequence[str], *, limit: int) -> tuple[str, dict[str, object]]:
    """A walk down the words that begin with the first one; the others are looked for in what
    that finds. The walk has an end, since two words that everybody has and nobody has together
    would cost a look at everybody."""
    parameters: dict[str, object] = {"limit": limit, "walked": _WALKED}
    conditions = []
    for place, word in enumerate(words):
        parameters |= {f"from_{place}": word, f"to_{place}": word + _LAST}
        if place:
            conditions.append(
                "EXISTS (SELECT 1 FROM contact_word AS other WHERE other.contact = first.contact "
                f"AND other.word >= :from_{place} AND other.word < :to_{place})"
            )
    query = (
        f"SELECT {_COLUMNS} FROM (SELECT contact FROM contact_word "
        "WHERE word >= :from_0 AND word < :to_0 ORDER BY word LIMIT :walked) AS first "
        f"CROSS JOIN contact ON contact.id = first.contact{_where(conditions)} LIMIT :limit"
    )
    return query, parameters


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    every = list(values)
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


_COLUMNS = "id, name, number, note"

_NAMES_OF_IDENTITIES = (
    "SELECT identity, name FROM contact_identity JOIN contact ON contact.id = contact "
    "WHERE identity IN"
)

_FIND_CONTACT = f"""
SELECT {_COLUMNS} FROM contact WHERE number = ?
UNION ALL
SELECT {_COLUMNS} FROM contact
WHERE id = (SELECT contact FROM contact_identity WHERE identity = ? LIMIT 1)
LIMIT 1
"""

_LAST = "\U0010ffff"
"""Behind every word that begins alike."""

_BY_DIGITS = """
SELECT id, name, number, note FROM contact
WHERE id IN (SELECT id FROM contact INDEXED BY sqlite_autoindex_contact_1
             WHERE instr(number, :digits) LIMIT :limit)
ORDER BY folded, id
"""

_GROUPS = """
SELECT id, name, (SELECT count(*) FROM group_member WHERE contact_group = id) AS size
FROM contact_group ORDER BY folded
"""

_GROUPS_OF = """
SELECT contact, name FROM group_member JOIN contact_group ON id = contact_group
WHERE contact IN ({ids}) ORDER BY folded
"""

_MEMBERS = """
SELECT id, name, number, note FROM contact
WHERE id IN (SELECT contact FROM group_member WHERE contact_group = ?) ORDER BY folded, id
"""

_PUT_IN = """
INSERT INTO group_member (contact_group, contact) VALUES (:group, :contact)
ON CONFLICT DO NOTHING
"""
