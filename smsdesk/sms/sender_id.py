"""What may appear as the origin of an SMS, and how people type it.

Whether the account owns the number, and whether the recipient's country lets this sender
through, only Vonage knows. The rules are those of its page on custom sender IDs.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from smsdesk.sms.phone import PhoneNumberError, parse_phone


class SenderKind(StrEnum):
    """The three kinds of sender ID, and what other channels name us by."""

    LONG_NUMBER = "long_number"
    SHORT_CODE = "short_code"
    ALPHANUMERIC = "alphanumeric"
    IDENTITY = "identity"
    """An ID or a name that another channel has given; it can be answered there."""


class SenderIdProblem(StrEnum):
    """Why a text cannot be a sender ID."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    """A name of more than 11 characters."""
    BAD_CHARACTERS = "bad_characters"
    """A name may have the letters A to Z and digits, and no spaces."""
    BAD_NUMBER = "bad_number"
    """Neither a short code nor a phone number."""


class ChannelSenderProblem(StrEnum):
    """Why a text cannot be what another channel than SMS sends from."""

    NEEDS_NUMBER = "needs_number"
    """A full phone number is wanted."""
    BAD_IDENTITY = "bad_identity"
    """An ID of 1 to 50 characters is wanted, without blanks."""
    BAD_AGENT = "bad_agent"
    """A name of letters, digits, "-", "_" and "&" is wanted."""


class SenderIdError(ValueError):
    """The text is not a sender ID; `problem` says why."""

    def __init__(self, problem: SenderIdProblem | ChannelSenderProblem, text: str) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.text = text


@dataclass(frozen=True, slots=True)
class SenderId:
    """What appears as the origin. Made by `parse_sender_id`; raises `ValueError` if `value`
    is not of its kind."""

    value: str
    """E.164 with its plus for a long number, digits for a short code, else the name."""
    kind: SenderKind

    def __post_init__(self) -> None:
        if not _PATTERNS[self.kind].fullmatch(self.value):
            raise ValueError(f"not a sender ID of kind {self.kind}")

    @property
    def can_be_answered(self) -> bool:
        """Whether a reply can reach it at all; nobody can answer a name."""
        return self.kind is not SenderKind.ALPHANUMERIC


MAX_NAME_LENGTH = 11

_PATTERNS = {
    SenderKind.LONG_NUMBER: re.compile(r"\+[1-9][0-9]{6,14}"),
    SenderKind.SHORT_CODE: re.compile(r"[1-9][0-9]{2,7}"),
    SenderKind.ALPHANUMERIC: re.compile(
        rf"(?=[0-9]*[A-Za-z])[A-Za-z0-9]{{1,{MAX_NAME_LENGTH}}}"
    ),
    SenderKind.IDENTITY: re.compile(r"[^\s\x00-\x1f\x7f]{1,50}"),
}
_SURELY_SHORT_CODE = re.compile(r"[1-9][0-9]{2,5}")


def parse_sender_id(text: str, *, default_region: str | None) -> SenderId:
    """Read a sender ID as it is typed. Raises `SenderIdError`.

    Anything with a letter is a name. Three to six digits are a short code. Seven or eight
    are a phone number where the region has such short numbers, else a short code. All else
    is read as a phone number.
    """
    typed = text.strip()
    if not typed:
        raise SenderIdError(SenderIdProblem.EMPTY, text)
    if any(char.isalpha() for char in typed):
        return _parse_name(typed)
    if _SURELY_SHORT_CODE.fullmatch(typed):
        return SenderId(typed, SenderKind.SHORT_CODE)
    try:
        number = parse_phone(typed, default_region=default_region)
    except PhoneNumberError:
        if _PATTERNS[SenderKind.SHORT_CODE].fullmatch(typed):
            return SenderId(typed, SenderKind.SHORT_CODE)
        raise SenderIdError(SenderIdProblem.BAD_NUMBER, text) from None
    return SenderId(number.e164, SenderKind.LONG_NUMBER)


def _parse_name(typed: str) -> SenderId:
    if not (typed.isascii() and typed.isalnum()):
        raise SenderIdError(SenderIdProblem.BAD_CHARACTERS, typed)
    if len(typed) > MAX_NAME_LENGTH:
        raise SenderIdError(SenderIdProblem.TOO_LONG, typed)
    return SenderId(typed, SenderKind.ALPHANUMERIC)
