"""One field of somebody else's JSON, read so that nothing in it can make the program stumble.

A wrong type counts as missing, and texts are cut to a bearable length. Which fields there are is
known by `payloads`, `webhook_payloads` and `account_payloads`.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

_FULL_NUMBER = re.compile(r"[1-9][0-9]{6,14}")  # https://developer.vonage.com/en/api/messages
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SANE_YEARS = range(2000, 2101)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def read_json(body: bytes) -> object:
    """A body as JSON, or None if it is none (or so deep or odd that nobody meant it)."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError, InvalidOperation):
        return None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def object_of(value: object) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text_of(value: object, longest: int) -> str:
    """A text, or a number as text, at most this long; "" for anything else.

    A lone half of a surrogate pair cannot be stored: it becomes the replacement character.
    """
    match value:
        case str():
            return _LONE_SURROGATES.sub("\ufffd", value[:longest])
        case bool():
            return ""
        case int() | Decimal():
            return str(value)[:longest]
    return ""


def number_of(value: object) -> str:
    """Who wrote, or was written to: a full number as E.164, anything else as it came.

    On the wire numbers are digits alone; short codes and names have fewer, or other characters.
    """
    text = text_of(value, 60).strip()
    return f"+{text}" if _FULL_NUMBER.fullmatch(text) else text


def decimal_of(value: object) -> Decimal | None:
    """A number of bearable size, written as text or not; None for anything else."""
    try:
        number = Decimal(text_of(value, 40))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None


def price_of(value: object) -> str | None:
    """A price as it came, if it is one."""
    return text_of(value, 40).strip() if decimal_of(value) is not None else None


def count_of(value: object, *, most: int) -> int | None:
    """A whole number from 1 to `most`, written as text or not; None for anything else."""
    text = text_of(value, 10)
    return int(text) if is_digits(text) and 0 < int(text) <= most else None


def uuid_of(value: object) -> str | None:
    """An id of Vonage's, in lower case; None for anything else."""
    text = text_of(value, 40).lower()
    return text if _UUID.fullmatch(text) else None


def moment_of(value: object) -> datetime | None:
    """A moment in UTC; None when missing, unreadable or absurd. No zone means UTC."""
    try:
        moment = datetime.fromisoformat(text_of(value, 50).strip())
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _SANE_YEARS else None


def is_digits(text: str) -> bool:
    """Whether this is a number in plain digits."""
    return text.isascii() and text.isdecimal()
