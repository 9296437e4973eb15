"""How a list of recipients is typed or pasted, and read entry by entry.

What is wrong with a single number is known to `phone`; whether a list may be sent to, to
`message`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from smsdesk.sms.phone import PhoneNumber, PhoneNumberError, PhoneProblem, parse_phone


@dataclass(frozen=True, slots=True)
class RecipientEntry:
    """One entry of the list: either a number or a problem."""

    input: str
    """As it was typed, without the blanks around it."""
    number: PhoneNumber | None
    problem: PhoneProblem | None
    is_duplicate: bool
    """The same number stands earlier in this list, perhaps written otherwise."""


def read_recipients(text: str, *, default_region: str | None) -> list[RecipientEntry]:
    """Read every entry of a list, in its order.

    Entries end at a new line, comma, semicolon or tab, after ">", and before a "+" that
    follows a digit. An entry may begin with a bullet, and with a name that has no digits:
    "Anna Meyer <+44 7700 900123>", "Anna: 07700 900123". Nothing else is dropped, and no
    digit is ever guessed: two national numbers with only a space between them are one entry
    that is too long.

    Reading the same list again costs next to nothing, so a caller need not remember it.
    """
    return list(_read_list(text, default_region))


_SEPARATOR = re.compile(
    r"[\n\r\v\f\t\x85\u2028\u2029,;\uff0c\uff1b\u3001\u060c\u061b]"
    r"|(?<=>)"
    r"|(?<=[0-9])\s*(?=\+)"
)
_NAMED = re.compile(r"[^0-9<>+]*<([^<>]+)>|[^\W\d][^0-9+(<>]*(?<=[\s:])([+(0-9].*)")
_BULLET = re.compile(r"^[•‣◦·*–-]\s+")
_LINK = re.compile(r"\s*(?:tel|sms):", re.IGNORECASE)


@lru_cache(maxsize=8)
def _read_list(text: str, default_region: str | None) -> tuple[RecipientEntry, ...]:
    return tuple(_read_entries(text, default_region))


def _read_entries(text: str, default_region: str | None) -> Iterator[RecipientEntry]:
    seen: set[str] = set()
    for piece in _SEPARATOR.split(text):
        typed = piece.strip()
        if not typed:
            continue
        number, problem = _read_entry(typed, default_region)
        is_duplicate = number is not None and number.e164 in seen
        if number is not None:
            seen.add(number.e164)
        yield RecipientEntry(typed, number, problem, is_duplicate)


@lru_cache(maxsize=16_384)
def _read_entry(
    typed: str, default_region: str | None
) -> tuple[PhoneNumber | None, PhoneProblem | None]:
    try:
        return parse_phone(_without_name(typed), default_region=default_region), None
    except PhoneNumberError as error:
        return None, error.problem


def _without_name(typed: str) -> str:
    if _LINK.match(typed):
        return typed
    typed = _BULLET.sub("", typed)
    named = _NAMED.fullmatch(typed)
    return (named[1] or named[2]) if named else typed
