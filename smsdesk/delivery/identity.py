"""The names we give: to messages and batches, and to each attempt on the wire.

Both are made before anything is stored, so that an uncertain commit can be asked about.
"""

from __future__ import annotations

import os
import threading
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_INSTALL_TAG_LENGTH = 8


class UlidSource:
    """Makes ULIDs (https://github.com/ulid/spec) that sort in the order they were made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def make(self) -> str:
        """A new ULID: 26 characters, later ones sort after earlier ones.

        Within a millisecond, or when the clock goes back, the last one is counted up.
        """
        with self._lock:
            fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS
            fresh |= int.from_bytes(os.urandom(_RANDOM_BITS // 8))
            same_moment = fresh >> _RANDOM_BITS <= self._last >> _RANDOM_BITS
            self._last = self._last + 1 if same_moment else fresh
            return _encode(self._last, 26)


ulids = UlidSource()
"""One source a process: order holds across threads."""


def make_install_tag() -> str:
    """Eight random characters that tell this installation's references from another's."""
    return _encode(int.from_bytes(os.urandom(5)), _INSTALL_TAG_LENGTH)


def make_client_ref(install_tag: str, message_id: str, attempt: int) -> str:
    """The reference of one attempt: exactly 40 characters of 0-9, A-Z and "-".

    Forty is what the strictest of Vonage's own documents allow (the Reports schema). It holds
    no personal data, for it shows up in provider logs and invoices. Two check characters end
    it, so that a reference typed from such a log is surely ours. The attempt has room for
    32,767, which a message that is told "too many" for three days does not reach.
    """
    body = f"{install_tag}-{message_id}{_encode(attempt, 3)}"
    return body + _check_characters(body)


def is_client_ref(text: str) -> bool:
    """Does it have our form, and do the check characters fit?"""
    return len(text) == 40 and _check_characters(text[:-2]) == text[-2:]


def _check_characters(body: str) -> str:
    value = 0
    for character in body.encode("ascii", "replace"):
        value = (value * 257 + character) % 1021
    return _encode(value, 2)


def _encode(value: int, length: int) -> str:
    characters = []
    for _ in range(length):
        value, digit = divmod(value, 32)
        characters.append(_CROCKFORD[digit])
    return "".join(reversed(characters))
