"""Finds out whether a public address leads back to this very program.

Whoever wants to know sends a word that nobody else knows to that address, and waits here for it
to arrive. The word is good for once and for a minute, and its arrival does nothing else.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable

GOOD_FOR_S = 60.0
SHORTEST_NONCE = 16
_MOST = 16


class Probe:
    """One word that is on its way."""

    def __init__(self, nonce: bytes, expires_at: float) -> None:
        self._nonce = nonce
        self._expires_at = expires_at
        self._has_arrived = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the word has arrived; false if it does not in this time."""
        return self._has_arrived.wait(timeout_s)

    def is_pending(self, now: float) -> bool:
        return now < self._expires_at and not self._has_arrived.is_set()

    def matches(self, body: bytes) -> bool:
        return hmac.compare_digest(self._nonce, body)

    def arrive(self) -> None:
        self._has_arrived.set()


class Probes:
    """The words that are on their way; asked from any thread."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._probes: list[Probe] = []

    def expect(self, nonce: str) -> Probe:
        """Listen for a word. Raises ValueError for one that could be guessed."""
        if len(nonce) < SHORTEST_NONCE:
            raise ValueError(f"a nonce has at least {SHORTEST_NONCE} characters")
        now = self._monotonic()
        probe = Probe(nonce.encode("utf-8"), now + GOOD_FOR_S)
        with self._lock:
            pending = [known for known in self._probes if known.is_pending(now)]
            self._probes = [*pending, probe][-_MOST:]
        return probe

    def take(self, body: bytes) -> bool:
        """Whether this is a word that was listened for; from now on it no longer is."""
        now = self._monotonic()
        with self._lock:
            for probe in self._probes:
                if probe.matches(body) and probe.is_pending(now):
                    probe.arrive()
                    self._probes.remove(probe)
                    return True
        return False
