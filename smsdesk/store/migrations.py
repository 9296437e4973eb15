"""The schema, as the list of steps that lead to it.

A step is a named function and is never edited once released; another one is added. Each step
and its record (`user_version`) are committed together.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from smsdesk.store.database import APPLICATION_ID, Database, create_file
from smsdesk.store.errors import DatabaseDamagedError, ForeignDatabaseError, translated

MigrationStep = Callable[[sqlite3.Connection], None]


def create_the_message_log(connection: sqlite3.Connection) -> None:
    """Messages, their attempts on the wire, and what was heard of them.

    Times are whole milliseconds since 1970 UTC. `seq` is the order of queueing and the key of
    every page of history; `id` is what the world outside sees.
    """
    for statement in _FIRST_SCHEMA:
        connection.execute(statement)


_FIRST_SCHEMA = (
    """
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE batch (
        id TEXT PRIMARY KEY,
        created_ms INTEGER NOT NULL,
        size INTEGER NOT NULL,
        policy_if_unsure TEXT NOT NULL DEFAULT 'ask'
            CHECK (policy_if_unsure IN ('ask', 'leave', 'send_again'))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        direction TEXT NOT NULL CHECK (direction IN ('outbound', 'inbound')),
        channel TEXT NOT NULL,
        state TEXT NOT NULL,
        held_reason TEXT,
        recipient TEXT NOT NULL,
        sender TEXT NOT NULL,
        text TEXT NOT NULL,
        encoding TEXT NOT NULL,
        parts INTEGER NOT NULL,
        batch_id TEXT REFERENCES batch (id),
        ref TEXT,
        message_uuid TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        failure_code TEXT,
        failure_title TEXT,
        failure_detail TEXT,
        unknown_reason TEXT,
        price TEXT,
        currency TEXT,
        network TEXT,
        status_ms INTEGER,
        created_ms INTEGER NOT NULL,
        updated_ms INTEGER NOT NULL,
        due_ms INTEGER,
        expires_ms INTEGER,
        lookup_ms INTEGER,
        lookups INTEGER NOT NULL DEFAULT 0,
        resend_of TEXT,
        alarm TEXT,
        CHECK ((state = 'held') = (held_reason IS NOT NULL)),
        CHECK (state <> 'accepted' OR message_uuid IS NOT NULL OR unknown_reason IS NOT NULL)
    ) STRICT
    """,
    "CREATE INDEX message_by_state ON message (state, seq)",
    "CREATE INDEX message_by_recipient ON message (recipient, seq)",
    "CREATE INDEX message_by_batch ON message (batch_id) WHERE batch_id IS NOT NULL",
    "CREATE INDEX message_by_uuid ON message (message_uuid) WHERE message_uuid IS NOT NULL",
    "CREATE INDEX message_by_lookup ON message (lookup_ms) WHERE lookup_ms IS NOT NULL",
    "CREATE INDEX message_by_due ON message (due_ms) WHERE state = 'scheduled'",
    """
    CREATE TABLE attempt (
        message INTEGER NOT NULL REFERENCES message (seq),
        n INTEGER NOT NULL,
        client_ref TEXT NOT NULL UNIQUE,
        boot_id TEXT NOT NULL,
        request_sha256 TEXT NOT NULL,
        opened_ms INTEGER NOT NULL,
        finished_ms INTEGER,
        outcome TEXT,
        http_status INTEGER,
        error_type TEXT,
        message_uuid TEXT,
        PRIMARY KEY (message, n)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        dedupe_key TEXT NOT NULL UNIQUE,
        message INTEGER REFERENCES message (seq),
        received_ms INTEGER NOT NULL,
        provider_ms INTEGER,
        source TEXT NOT NULL,
        status TEXT NOT NULL,
        message_uuid TEXT,
        client_ref TEXT,
        error_code TEXT,
        error_title TEXT,
        error_detail TEXT,
        applied INTEGER NOT NULL,
        raw TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX event_by_message ON event (message) WHERE message IS NOT NULL",
    "CREATE INDEX event_unmatched ON event (received_ms) WHERE message IS NULL",
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        message INTEGER REFERENCES message (seq),
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX audit_by_message ON audit (message) WHERE message IS NOT NULL",
    """
    CREATE TABLE lookup (
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES message (seq),
        at_ms INTEGER NOT NULL,
        is_complete INTEGER NOT NULL,
        control_found INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX lookup_by_message ON lookup (message)",
    """
    CREATE TABLE draft (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        sender TEXT NOT NULL,
        recipients TEXT NOT NULL,
        text TEXT NOT NULL,
        ref TEXT NOT NULL,
        updated_ms INTEGER NOT NULL
    ) STRICT
    """,
)


def keep_prices(connection: sqlite3.Connection) -> None:
    """What a part of an SMS costs by country and network, and when Vonage said so.

    A price is a decimal as text. A country without one is kept too: Vonage has none for it.
    """
    for statement in _PRICES:
        connection.execute(statement)


_PRICES = (
    """
    CREATE TABLE price_list (
        country TEXT PRIMARY KEY,
        currency TEXT NOT NULL,
        price TEXT,
        asked_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE network_price (
        country TEXT NOT NULL REFERENCES price_list (country),
        network TEXT NOT NULL,
        name TEXT NOT NULL,
        price TEXT NOT NULL,
        PRIMARY KEY (country, network)
    ) STRICT, WITHOUT ROWID
    """,
)


def hear_answers(connection: sqlite3.Connection) -> None:
    """Replies, who has not read them, who wants no more messages, and what asking cost; and the
    IDs that India's operators want.

    `read_ms` is set once somebody at the desk has seen a reply. `text_kept_days` is set once a
    text has been removed, to the number of days it was kept. A suppression with the sender ""
    is for all senders.
    """
    for statement in _ANSWERS:
        connection.execute(statement)


_ANSWERS = (
    "ALTER TABLE message ADD COLUMN read_ms INTEGER",
    "ALTER TABLE message ADD COLUMN entity_id TEXT",
    "ALTER TABLE message ADD COLUMN content_id TEXT",
    "ALTER TABLE message ADD COLUMN text_kept_days INTEGER "
    "CHECK (text_kept_days IS NULL OR text = '')",
    "CREATE INDEX message_with_text ON message (created_ms) WHERE text_kept_days IS NULL",
    "ALTER TABLE draft ADD COLUMN entity_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE draft ADD COLUMN content_id TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX message_by_writer ON message (sender, seq) WHERE direction = 'inbound'",
    "CREATE INDEX message_unread ON message (seq) "
    "WHERE direction = 'inbound' AND read_ms IS NULL",
    "ALTER TABLE event ADD COLUMN jti TEXT",
    "CREATE INDEX event_by_jti ON event (jti) WHERE jti IS NOT NULL",
    """
    CREATE TABLE inbound_part (
        message INTEGER NOT NULL REFERENCES message (seq),
        ref TEXT NOT NULL,
        number INTEGER NOT NULL,
        total INTEGER NOT NULL,
        message_uuid TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (message, number)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX inbound_part_by_uuid ON inbound_part (message_uuid)",
    """
    CREATE TABLE suppression (
        number TEXT NOT NULL,
        sender TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('stop', 'vonage', 'person', 'import')),
        detail TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (number, sender)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE report_cost (
        day TEXT PRIMARY KEY,
        records INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


def know_people(connection: sqlite3.Connection) -> None:
    """Contacts, their groups, templates; and that a batch has a name and came from a file.

    `folded` is a name as it is sorted and compared (`sms.contact`), and `contact_word` holds the
    words of it, so that a contact is found by the beginning of any of them. Erasing a contact
    erases all of this about it. `source_sha256` is the digest of the file that a batch was read
    from.
    """
    for statement in _PEOPLE:
        connection.execute(statement)


_PEOPLE = (
    """
    CREATE TABLE contact (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        number TEXT NOT NULL UNIQUE,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX contact_by_name ON contact (folded, id)",
    """
    CREATE TABLE contact_word (
        word TEXT NOT NULL,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (word, contact)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX contact_word_by_contact ON contact_word (contact)",
    """
    CREATE TABLE contact_group (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE
    ) STRICT
    """,
    """
    CREATE TABLE group_member (
        contact_group INTEGER NOT NULL REFERENCES contact_group (id) ON DELETE CASCADE,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (contact_group, contact)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX group_member_by_contact ON group_member (contact)",
    """
    CREATE TABLE template (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        updated_ms INTEGER NOT NULL,
        used INTEGER NOT NULL DEFAULT 0,
        used_ms INTEGER
    ) STRICT
    """,
    "ALTER TABLE batch ADD COLUMN name TEXT",
    "ALTER TABLE batch ADD COLUMN source_sha256 TEXT",
    "CREATE INDEX batch_by_source ON batch (source_sha256) WHERE source_sha256 IS NOT NULL",
)


def watch_over_batches(connection: sqlite3.Connection) -> None:
    """That a batch is paused or waits for a second person, and by which clock a message is due.

    `due_local` is the wall-clock time that was meant, in the zone `due_zone`; `due_ms` follows
    from them, and is reckoned anew when the rules of a zone change.
    """
    for statement in _BATCHES:
        connection.execute(statement)


_BATCHES = (
    "ALTER TABLE batch ADD COLUMN paused_ms INTEGER",
    "ALTER TABLE batch ADD COLUMN needs_confirmation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE batch ADD COLUMN confirmed_by TEXT",
    "ALTER TABLE message ADD COLUMN due_local TEXT",
    "ALTER TABLE message ADD COLUMN due_zone TEXT",
    "CREATE INDEX batch_by_time ON batch (created_ms) WHERE size > 1",
)


def find_messages(connection: sqlite3.Connection) -> None:
    """A search index, made block by block later on; searches with a name; and indexes by what
    history may be asked for.

    `search_gram` says where in a block three letters stand side by side (`store.search_index`).
    `search_stale` has the messages that have changed since; whoever changes them without
    keeping the index in step is noticed by a trigger. Sender, channel and failure are indexed
    where they are worth it: hardly anything goes out by another channel than SMS.
    """
    for statement in _FINDING:
        connection.execute(statement)


_FINDING = (
    """
    CREATE TABLE search_block (
        first INTEGER PRIMARY KEY,
        size INTEGER NOT NULL,
        oldest_ms INTEGER NOT NULL,
        newest_ms INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE search_gram (
        block INTEGER NOT NULL,
        gram TEXT NOT NULL,
        places BLOB NOT NULL,
        PRIMARY KEY (block, gram)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE search_stale (seq INTEGER PRIMARY KEY) STRICT",
    """
    CREATE TRIGGER search_after_change AFTER UPDATE OF text ON message
    WHEN new.text <> old.text
    BEGIN INSERT OR IGNORE INTO search_stale (seq) VALUES (new.seq); END
    """,
    """
    CREATE TRIGGER search_after_delete AFTER DELETE ON message
    BEGIN INSERT OR IGNORE INTO search_stale (seq) VALUES (old.seq); END
    """,
    """
    CREATE TABLE saved_search (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        folded TEXT NOT NULL UNIQUE,
        wanted TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX message_by_sender ON message (sender, seq) WHERE direction = 'outbound'",
    "CREATE INDEX message_by_our_number ON message (recipient, seq) "
    "WHERE direction = 'inbound'",
    "CREATE INDEX message_by_channel ON message (channel, seq) WHERE channel <> 'sms'",
    "CREATE INDEX message_by_failure ON message (failure_code, seq) "
    "WHERE failure_code IS NOT NULL",
)


def keep_a_trail(connection: sqlite3.Connection) -> None:
    """What persons did, as a chain that is only added to; and what is left of erased persons.

    Each entry of `trail` holds the hash of the one before (`store.trail`). `erased_opt_out` says
    whom not to write to without naming the number, and `erased_mark` holds the digests of what
    Vonage may still send about messages that have been erased. The key of the digests is made
    here, so that all copies have the same one.
    """
    for statement in _TRAIL:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('digest_key', ?)", (os.urandom(32).hex(),))


_TRAIL = (
    """
    CREATE TABLE trail (
        id INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        who TEXT NOT NULL,
        profile TEXT NOT NULL,
        what TEXT NOT NULL,
        detail TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX trail_by_act ON trail (what, id)",
    """
    CREATE TRIGGER trail_is_followed BEFORE INSERT ON trail
    WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM trail)
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END
    """,
    """
    CREATE TRIGGER trail_is_not_changed BEFORE UPDATE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END
    """,
    """
    CREATE TRIGGER trail_is_not_cut BEFORE DELETE ON trail
    BEGIN SELECT RAISE(ABORT, 'the trail is only added to'); END
    """,
    """
    CREATE TABLE erased_opt_out (
        person TEXT NOT NULL,
        sender TEXT NOT NULL,
        since_ms INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (person, sender)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE erased_mark (
        digest TEXT PRIMARY KEY,
        at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)


def know_other_channels(connection: sqlite3.Connection) -> None:
    """What a message carries besides its text, the channels that are tried in turn, and who a
    person is on each channel.

    `content` is JSON: of an outbound message `sms.channels.content`, of an inbound one
    `sms.channels.received`. A message has as many rows in `leg` as `legs` says; the first of
    them repeats what the message itself says. `state` of a leg is NULL until something was heard
    of it. `channels` of the draft and of a
    template is JSON as well: how it is meant to go out.
    """
    for statement in _CHANNELS:
        connection.execute(statement)


_CHANNELS = (
    "ALTER TABLE message ADD COLUMN content TEXT",
    "ALTER TABLE message ADD COLUMN legs INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE message ADD COLUMN workflow_id TEXT",
    """
    CREATE TABLE leg (
        message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        channel TEXT NOT NULL,
        sender TEXT NOT NULL,
        recipient TEXT NOT NULL,
        text TEXT NOT NULL,
        encoding TEXT NOT NULL,
        parts INTEGER NOT NULL,
        content TEXT,
        entity_id TEXT,
        content_id TEXT,
        message_uuid TEXT,
        state TEXT,
        status_ms INTEGER,
        updated_ms INTEGER,
        failure_code TEXT,
        failure_title TEXT,
        failure_detail TEXT,
        price TEXT,
        currency TEXT,
        PRIMARY KEY (message, n)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX leg_by_uuid ON leg (message_uuid) WHERE message_uuid IS NOT NULL",
    "CREATE INDEX leg_by_recipient ON leg (recipient)",
    """
    CREATE TABLE contact_identity (
        channel TEXT NOT NULL,
        identity TEXT NOT NULL,
        contact INTEGER NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        PRIMARY KEY (channel, identity)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX contact_identity_by_contact ON contact_identity (contact)",
    "CREATE INDEX contact_identity_by_identity ON contact_identity (identity)",
    "ALTER TABLE draft ADD COLUMN channels TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE template ADD COLUMN channels TEXT NOT NULL DEFAULT ''",
)

MIGRATIONS: tuple[MigrationStep, ...] = (
    create_the_message_log,
    keep_prices,
    hear_answers,
    know_people,
    watch_over_batches,
    find_messages,
    keep_a_trail,
    know_other_channels,
)
"""Step n leads from `user_version` n to n + 1."""

NEWEST = len(MIGRATIONS)

_OPERATIONS_A_MESSAGE: Mapping[MigrationStep, int] = {hear_answers: 84, find_messages: 21}
"""Of SQLite's own, in the steps that look at every message; only for telling how far it is."""


def create(path: Path) -> None:
    """Make a new, complete database at `path`, where there is none.

    It gets its name only once it is whole: an empty file under that name is then never one
    that we began, but one that somebody put there.
    """
    unfinished = path.with_name(path.name + ".new")
    for leftover in path.parent.glob(unfinished.name + "*"):
        leftover.unlink()
    create_file(unfinished)
    database = Database(unfinished)
    try:
        migrate(database)
        with translated():
            database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close_thread()
    unfinished.rename(path)


def schema_version(database: Database) -> int:
    """How many steps the file has taken."""
    with translated():
        return int(database.connection.execute("PRAGMA user_version").fetchone()[0])


def operations_left(database: Database) -> int:
    """About how many of its own operations SQLite needs for the steps that are missing."""
    missing = MIGRATIONS[schema_version(database) :]
    with translated():
        messages = int(
            database.connection.execute("SELECT count(*) FROM message").fetchone()[0]
        )
    return messages * sum(_OPERATIONS_A_MESSAGE.get(step, 0) for step in missing)


def check_schema(database: Database) -> None:
    """Refuse a file of our newest version that was furnished by somebody else: with a trigger of
    theirs, or without one of ours. Raises ForeignDatabaseError."""
    with translated():
        found = _schema(database.connection)
    if found != newest_schema():
        raise ForeignDatabaseError("the tables and triggers are not those of this program")


def check_tables(database: Database) -> None:
    """Look at each opening whether a file of our newest version is furnished as we left it.

    A table or index that is missing or reads otherwise was damaged: SQLite's own check does not
    see a flipped bit in the name of a column. What somebody added for their own queries stays,
    but a trigger or view of theirs could act in our name.

    Raises DatabaseDamagedError or ForeignDatabaseError.
    """
    with translated():
        found = _schema(database.connection)
    if checksum(found) == NEWEST_SCHEMA:
        return
    expected = newest_schema()
    changed = [name for name, sql in expected.items() if found.get(name) != sql]
    # Who takes away a trigger that guards the trail is found out by its chain; the doctor tells.
    if any(
        name in found or not expected[name].startswith("CREATE TRIGGER") for name in changed
    ):
        raise DatabaseDamagedError("a table is not as it was made")
    added = [sql.upper() for name, sql in found.items() if name not in expected]
    if any(sql.startswith(("CREATE TRIGGER", "CREATE VIEW")) for sql in added):
        raise ForeignDatabaseError("somebody has put a trigger or a view into the log")


NEWEST_SCHEMA = 0x947C6D2A
"""The checksum of `newest_schema()`, which takes too long to be made at each start."""


def newest_schema() -> dict[str, str]:
    """What each table, index and trigger of the newest version was made by, under its name."""
    ours = sqlite3.connect(":memory:")
    try:
        for step in MIGRATIONS:
            step(ours)
        return _schema(ours)
    finally:
        ours.close()


def checksum(schema: dict[str, str]) -> int:
    """A number that changes with every flipped bit."""
    return zlib.crc32(repr(sorted(schema.items())).encode())


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    return {str(name): " ".join(str(sql).split()) for name, sql in rows}


def migrate(database: Database, *, steps: tuple[MigrationStep, ...] = MIGRATIONS) -> int:
    """Take the steps that are still missing; returns how many were taken.

    Each is a transaction of its own: a crash between two leaves a database that the next
    start takes further.
    """
    taken = 0
    while (version := schema_version(database)) < len(steps):
        with database.transaction() as connection:
            # Asked again under the write lock: a second process may have been quicker.
            if int(connection.execute("PRAGMA user_version").fetchone()[0]) == version:
                steps[version](connection)
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version={version + 1}")
                taken += 1
    return taken
