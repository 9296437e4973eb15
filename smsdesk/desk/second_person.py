"""Two pairs of eyes: how large a batch may be without a second person, and that person's PIN.

The PIN is kept as a salted hash in the settings. It keeps colleagues at the desk from sending a
large batch on their own; whoever can change the files of the profile can change this one too.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading

from smsdesk.system.clock import Clock
from smsdesk.system.settings import CONFIRM_ABOVE, CONFIRM_PIN, Settings

SHORTEST_PIN, LONGEST_PIN = 4, 64
TRIES = 3
WAIT_S = 30.0
# 16 MB and some hundredths of a second for each guess.
_COST, _BLOCK, _LANES = 2**14, 8, 1
_STORED = re.compile(r"scrypt:(\d+):(\d+):(\d+):([0-9a-f]{32}):([0-9a-f]{64})")


class PinError(Exception):
    """The PIN will not do; `code` is for wording, `left` are tries, or seconds to wait."""

    def __init__(self, code: str, left: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.left = left


class SecondPerson:
    """The rule of one profile. Any thread may ask; hashing takes a moment, so not the GUI's."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._guard = threading.Lock()
        self._wrong = 0
        self._wait_until: float | None = None

    @property
    def above(self) -> int:
        """A batch of more messages than this waits for a second person; 0 is off."""
        return self._settings.get(CONFIRM_ABOVE)

    @property
    def has_pin(self) -> bool:
        return bool(self._settings.get(CONFIRM_PIN))

    def is_needed(self, size: int) -> bool:
        """Whether a second person has to confirm so many messages."""
        return self.has_pin and 0 < self.above < size

    def check(self, pin: str) -> None:
        """Raises PinError when it is not the PIN, or after three wrong ones for a while."""
        with self._guard:
            now = self._clock.monotonic()
            if self._wait_until is not None and now < self._wait_until:
                raise PinError("wait", max(1, round(self._wait_until - now)))
            if _is_right(pin, self._settings.get(CONFIRM_PIN)):
                self._wrong, self._wait_until = 0, None
                return
            self._wrong += 1
            if self._wrong < TRIES:
                raise PinError("wrong", TRIES - self._wrong)
            self._wrong, self._wait_until = 0, now + WAIT_S
            raise PinError("wait", round(WAIT_S))

    def change(self, above: int, *, old_pin: str, new_pin: str) -> None:
        """Set the rule. Where there is a PIN it is asked for first; an empty new one keeps it.

        Raises PinError, ValueError for a wrong number, or OSError when it cannot be kept.
        """
        above = CONFIRM_ABOVE.check(above)
        if self.has_pin:
            self.check(old_pin)
        if new_pin:
            if len(new_pin) < SHORTEST_PIN:
                raise PinError("short", SHORTEST_PIN)
            self._settings.set(CONFIRM_PIN, _write(new_pin))
        elif above and not self.has_pin:
            raise PinError("missing", SHORTEST_PIN)
        self._settings.set(CONFIRM_ABOVE, above)


def _write(pin: str) -> str:
    salt = os.urandom(16)
    digest = _hash(pin, salt, _COST, _BLOCK, _LANES)
    return f"scrypt:{_COST}:{_BLOCK}:{_LANES}:{salt.hex()}:{digest.hex()}"


def _is_right(pin: str, stored: str) -> bool:
    """What cannot be read is nobody's PIN."""
    found = _STORED.fullmatch(stored)
    if found is None:
        return False
    cost, block, lanes = (int(part) for part in found.groups()[:3])
    if (cost, block, lanes) != (_COST, _BLOCK, _LANES):
        return False
    digest = _hash(pin, bytes.fromhex(found[4]), cost, block, lanes)
    return hmac.compare_digest(digest, bytes.fromhex(found[5]))


def _hash(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(
        pin.encode("utf-8", "surrogatepass"), salt=salt, n=cost, r=block, p=lanes, dklen=32
    )
