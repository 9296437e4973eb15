"""How a person is named where their number must not stand: by a digest under a random key.

The key lies in the same database. So a digest keeps a number out of sight, out of searches and out
of anybody's hands who has the digest alone; whoever has the whole file can try all numbers there
are, and find it.
"""

from __future__ import annotations

import sqlite3

_HELD_DIGITS = 32
"""128 bits: enough that no two numbers have the same."""


def digest_of(connection: sqlite3.Connection, number: str) -> str:
    """The digest of an E.164 number."""
    return digest(read_key(connection), number)


def read_key(connection: sqlite3.Connection) -> str:
    """The key, which is as old as the database, and the same in all its copies."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'digest_key'").fetchone()
    return str(row["value"])


def digest(key: str, number: str) -> str:
    """HMAC-SHA-256, cut to half of it."""
    import hmac  # start-up time: OpenSSL comes with it

    return hmac.digest(bytes.fromhex(key), number.encode(), "sha256").hex()[:_HELD_DIGITS]
