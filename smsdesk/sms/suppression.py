"""One entry of the suppression list: a person who wants no messages from a sender, or from any.

Keeping the list, and refusing to write to whoever is on it, is left to others.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ALL_SENDERS = ""
"""The sender of an entry that is for all senders."""

OPTED_OUT = "opted_out"
"""The failure code of a message that waited when its recipient opted out."""

OPTED_OUT_AT_VONAGE = "1240"
"""Vonage's code for a recipient that it keeps on a list of its own.
https://developer.vonage.com/en/api-errors/messages"""


class SuppressionReason(StrEnum):
    """How somebody came onto the list."""

    STOP = "stop"
    """They wrote STOP, or a word like it."""
    VONAGE = "vonage"
    """Vonage refused a message to them, because they had opted out there."""
    PERSON = "person"
    """Somebody at the desk entered them."""
    IMPORT = "import"
    """They were in a list that was imported."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One number that is not written to."""

    number: str
    """E.164."""
    sender: str
    """The sender ID it is for; `ALL_SENDERS` for every one."""
    since: datetime
    reason: SuppressionReason
    detail: str = ""
    """What they wrote, or why somebody entered them."""
