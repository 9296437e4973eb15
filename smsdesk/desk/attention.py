"""Whether somebody is at the window, for work that would be in their way."""

from __future__ import annotations

from smsdesk.system.clock import Clock

LEFT_ALONE_S = 600.0
"""Whoever has looked at something else for so long is not about to send."""


class Attention:
    """Without a window nobody is ever at it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._is_here = False
        self._since = clock.monotonic()

    def note(self, *, is_here: bool) -> None:
        """The window has come to the front, or something else has."""
        self._is_here, self._since = is_here, self._clock.monotonic()

    def is_left_alone(self) -> bool:
        """Whether the window has been left alone for a while. May be asked on any thread."""
        return not self._is_here and self._clock.monotonic() - self._since >= LEFT_ALONE_S
