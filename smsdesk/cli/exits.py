"""Exit codes, and the error that carries a sentence and one of them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What scripts may rely on."""

    OK = 0
    """Every message was accepted."""
    REFUSED = 1
    """Some were refused or failed."""
    USAGE = 2
    """Bad usage or bad input; nothing was queued."""
    NOT_CONFIGURED = 3
    """No account is connected, or its credentials are refused."""
    WAITING = 4
    """Some are still queued or on hold."""
    UNKNOWN = 5
    """At least one outcome cannot be known."""


class CliError(Exception):
    """Ends the program with one plain sentence on standard error."""

    def __init__(self, sentence: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(sentence)
        self.code = code
