"""What India's operators want to know of a message: who is registered, and for which text.

They look both IDs up in a shared register (DLT), and block or replace what is not in it. How the
IDs get to Vonage is left to others.

https://developer.vonage.com/en/blog/introducing-distribution-ledger-technology-sms-indian-regulation
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsdesk.sms.phone import PhoneNumber

REGION = "IN"
LONGEST_ID = 30
USUAL_LENGTHS = range(12, 20)
"""A template ID is "a numeric value with length between 12 and 19 characters"
(https://docs.yellow.ai/docs/platform_concepts/engagement/outbound/templates/sms-template/); what
people show of entity IDs is alike, mostly 19 digits. The register's keepers publish no rule, so
another length is only warned of."""

_DIGITS = re.compile(r"[0-9]+")


class DltProblem(StrEnum):
    """What can be wrong with an ID, besides that it is too long."""

    NOT_DIGITS = "not_digits"
    UNUSUAL_LENGTH = "unusual_length"
    """Warning: `value` is the number of digits."""


def is_to_india(numbers: Iterable[PhoneNumber]) -> bool:
    """Whether any of the numbers is one for which the IDs are wanted."""
    return any(number.region == REGION for number in numbers)


def normalise_id(text: str) -> str:
    """The ID as it is sent; the blanks that came along with copying are no part of it."""
    return "".join(text.split())


def is_digits(identity: str) -> bool:
    """Whether it is written in the digits 0 to 9 alone."""
    return _DIGITS.fullmatch(identity) is not None
