"""How a list of recipients is typed or pasted, and read entry by entry.

What is wrong with a single number is known to `phone`; whether a list may be sent to, to
`message`. Where a channel names people by IDs, they are read here too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from smsdesk.sms.phone import PhoneNumberError, parse_phone

if TYPE_CHECKING:
    from smsdesk.sms.phone import PhoneNumber, PhoneProblem


class IdentityProblem(StrEnum):
    """Why a text cannot be the ID of a person."""

    BAD_IDENTITY = "bad_identity"
    """An ID has 1 to 50 characters, without blanks."""


@dataclass(frozen=True, slots=True)
class RecipientEntry:
    """One entry of the list: a number, an ID or a problem."""

    input: str
    """As it was typed, without the blanks around it."""
    number: PhoneNumber | None
    problem: PhoneProblem | IdentityProblem | None
    is_duplicate: bool
    """The same number stands earlier in this list, perhaps written otherwise."""
    identity: str | None = None
    """The ID of a person, on a channel that has IDs in place of numbers."""

    @property
    def address(self) -> str | None:
        """Whom a message would go to: E.164, or an ID; None where there is a problem."""
        return self.identity if self.number is None else self.number.e164


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


def read_identities(text: str) -> list[RecipientEntry]:
    """Read every ID of a list, one a line or divided by commas and semicolons."""
    return list(_read_identities(text))


IDENTITY = re.compile(r"[^\s\x00-\x1f\x7f]{1,50}")
"""https://developer.vonage.com/en/api/messages: `to` of Messenger has 1 to 50 characters."""

_SEPARATOR = re.compile(
    r"[\n\r\v\f\t\x85\u2028\u2029,;\uff0c\uff1b\u3001\u060c\u061b]"
    r"|(?<=>)"
    r"|(?<=[0-9])\s*(?=\+)"
)
_IDENTITY_SEPARATOR = re.compile(r"[\n\r\v\f\t\x85\u2028\u2029,;]")
_NAMED = re.compile(r"[^0-9<>+]*<([^<>]+)>|[^\W\d][^0-9+(<>]*(?<=[\s:])([+(0-9].*)")
_BULLET = re.compile(r"^[•‣◦·*–-]\s+")
_LINK = re.compile(r"\s*(?:tel|sms):", re.IGNORECASE)


@lru_cache(maxsize=8)
def _read_identities(text: str) -> tuple[RecipientEntry, ...]:
    seen: set[str] = set()
    entries = []
    for piece in _IDENTITY_SEPARATOR.split(text):
        typed = piece.strip()
        if not typed:
            continue
        identity = typed if IDENTITY.fullmatch(typed) else None
        problem = None if identity else IdentityProblem.BAD_IDENTITY
        entries.append(RecipientEntry(typed, None, problem, typed in seen, identity))
        seen.add(typed)
    return tuple(entries)


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
