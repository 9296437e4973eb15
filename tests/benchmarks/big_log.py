"""A log as it is after years: a million messages of about a hundred characters, made in seconds.

The schema is the program's own. The rows go in without its care for durability, for this file
is thrown away. It is indexed as far as the program would have indexed it.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from smsdesk.store import migrations
from smsdesk.store.database import Database
from smsdesk.store.search_index import SearchIndex

MILLION = 1_000_000
RARE_WORD = "quinquereme"
"""Stands in one message of a hundred thousand."""
_STATES = ["delivered"] * 92 + ["undeliverable"] * 4 + ["rejected"] * 2 + ["failed"] * 2
_PROSE = """
your parcel order engineer appointment invoice delivery depot office account booking is was has
been ready confirmed delayed arrived moved before after today tomorrow Monday Friday please call
reply collect bring check at the front desk between ten and noon thank you for waiting we are on
our way
"""
_WORDS = _PROSE.split()
_LENGTH = 100
FIRST_MS = 1_700_000_000_000
_EVERY_MS = 45_000

_INSERT = """
INSERT INTO message (id, direction, channel, state, recipient, sender, text, encoding, parts,
                     message_uuid, attempts, created_ms, updated_ms)
VALUES (?, 'outbound', 'sms', ?, ?, 'ACME', ?, 'GSM-7', 1, ?, 1, ?, ?)
"""


def put_log(path: Path, messages: int, *, shelf: Path) -> None:
    """Put a database with so many messages at `path`; the first of its size stays on the shelf."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    first = shelf / f"{messages}.db"
    if not first.exists():
        _make_log(first, messages)
    shutil.copyfile(first, path)


def _make_log(path: Path, messages: int) -> None:
    migrations.create(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-1000000")
        connection.execute("BEGIN")
        connection.executemany(_INSERT, _rows(messages))
        connection.execute("COMMIT")
    database = Database(path)
    index = SearchIndex(database)
    while index.step():
        pass
    database.empty_wal()
    database.close_thread()


def _rows(messages: int) -> Iterator[tuple[object, ...]]:
    rng = random.Random(1)
    texts = [_text(rng) for _ in range(10_000)]
    for number in range(messages):
        at_ms = FIRST_MS + number * _EVERY_MS
        text = rng.choice(texts)
        yield (
            f"{number:026}",
            rng.choice(_STATES),
            f"+447700{900_000 + rng.randrange(100_000)}",
            f"{RARE_WORD} {text}" if number % 100_000 == 50_000 else text,
            f"{rng.getrandbits(128):032x}",
            at_ms,
            at_ms + 2_000,
        )


def _text(rng: random.Random) -> str:
    text = ""
    while len(text) < _LENGTH:
        text += f"{rng.choice(_WORDS)} "
    return text.strip()
