"""What can be wrong with what a person wrote, as a code for a field.

Which sentence is shown for it is left to others.
"""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    """What can be wrong with a field besides a `PhoneProblem`, a `SenderIdProblem` or a
    `DltProblem`."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    """`value` is the number of characters."""
    CONTROL_CHARACTERS = "control_characters"
    """Characters that no phone shows; `value` is the place of the first."""
    LONE_SURROGATES = "lone_surrogates"
    """Half an emoji, which cannot be sent or stored; `value` is the place of the first."""
    DUPLICATE = "duplicate"
    """Warning: the number is in the list already and gets one message."""
    NOT_ASSIGNED = "not_assigned"
    """Warning: a possible number, in no range that is in use."""
    MANY_CHARACTERS = "many_characters"
    """Warning: Vonage's own limit used to be 1,000; `value` is the number of characters."""
    MANY_PARTS = "many_parts"
    """Warning: parts of so long a text get lost more easily; `value` is their number."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a draft from being sent, or that a person should know first."""

    field: str
    """"from", "to", "entity_id", "content_id", "text" or "ref"; and where other channels are
    used "channel", "image", "template", "category", "tag", "ttl" or "failover"."""
    input: str
    """The entry it is about, as typed; empty where the field as a whole is meant."""
    code: str
    """A `ProblemCode`, `PhoneProblem`, `SenderIdProblem`, `DltProblem` or a code of
    `channels`."""
    is_warning: bool = False
    """It may be sent all the same."""
    value: int | None = None
    """A number that belongs to the code."""
    leg: str = ""
    """The channel it is about, where that is one which is tried after the others."""
