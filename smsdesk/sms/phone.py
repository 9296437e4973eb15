"""What a phone number is, and how people type one.

The only file that knows the phone number library; who the number belongs to, and whether
we may write to it, is left to others.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class PhoneProblem(StrEnum):
    """Why a text cannot be read as one phone number."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_COUNTRY = "no_country"
    """A national number, and no region was given to read it by."""
    UNKNOWN_COUNTRY = "unknown_country"
    """No country has this calling code."""
    HAS_EXTENSION = "has_extension"
    """An SMS cannot reach an extension."""
    HAS_LETTERS = "has_letters"
    """Such as 1-800-FLOWERS: which digits are meant is for the person to say."""
    SPREADSHEET = "spreadsheet"
    """Digits lost by a spreadsheet: 4.47701E+11, or 447700900123.0."""
    NOT_POSSIBLE = "not_possible"
    """No number of that country has this length."""


class PhoneNumberError(ValueError):
    """The text is not a phone number we could write to; `problem` says why."""

    def __init__(self, problem: PhoneProblem, text: str) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.text = text


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can exist. Made by `parse_phone`; raises `ValueError` if not E.164."""

    e164: str
    """"+447700900123": a plus and 7 to 15 digits."""
    region: str | None
    """ISO 3166 code such as "GB"; None if the number belongs to no country (+800 ...)."""
    kind: str
    """"mobile", "fixed_line", "fixed_line_or_mobile", "toll_free" ... or "unknown"."""
    is_valid: bool
    """False: possible, but in no assigned range. Reason to warn, not to refuse: ranges
    open before the library knows, and numbers kept for fiction are never assigned."""

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise ValueError("not an E.164 number")

    @property
    def international(self) -> str:
        """Grouped for reading: "+44 7700 900123"."""
        return show_e164(self.e164)


def parse_phone(text: str, *, default_region: str | None) -> PhoneNumber:
    raise PhoneNumberError(PhoneProblem.NOT_A_NUMBER, text)


def show_e164(e164: str) -> str:
    return e164


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
