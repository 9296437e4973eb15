"""What a channel is: by what people are named on it, how much it carries, and what it is told
besides.

Each channel is a module beside this one, and every limit in it is from Vonage's document of the
Messages API (https://developer.vonage.com/en/api/messages), version 1.20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from smsdesk.sms.encoding import encoding_of
from smsdesk.sms.segments import Measure

if TYPE_CHECKING:
    from smsdesk.sms.channels.content import Content, Leg
    from smsdesk.sms.state import State


class Address(StrEnum):
    """By what somebody is named."""

    NUMBER = "number"
    """A phone number, kept as E.164."""
    SENDER_ID = "sender_id"
    """A phone number, a short code or a name."""
    IDENTITY = "identity"
    """An ID that the channel has given, up to 50 characters."""
    AGENT = "agent"
    """A name that is registered for RCS."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What a picture may be."""

    endings: tuple[str, ...]
    longest_caption: int
    """Characters below it; 0 where there is no place for any."""


def no_fields(_leg: Leg) -> dict[str, object]:
    """The channel is told nothing besides."""
    return {}


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person."""

    name: str
    """Vonage's name for it."""
    title: str
    """The name people know it by; it is the same in every language."""
    recipient: Address
    sender: Address
    longest_text: int
    usual_text: int | None = None
    """Longer ones may be refused, though the limit is higher."""
    ttl_s: tuple[int, int] | None = None
    """The least and the most seconds; None where a message cannot be given a time to live."""
    categories: tuple[str, ...] = ()
    category_with_tag: str = ""
    """The category that needs a tag, and the only one that has one."""
    pictures: Pictures | None = None
    has_templates: bool = False
    reply_window: timedelta | None = None
    """So long after a person wrote, a text of our own may be sent to them."""
    adds: frozenset[State] = frozenset()
    """States that a receipt may bring besides the usual ones."""
    goes_by_country: bool = False
    """Countries have rules for it, and prices a part: it is sold like an SMS."""
    is_in_sandbox: bool = False
    size_of: Callable[[str], Measure] | None = None
    """How a text is measured where it is divided into parts."""
    own_fields: Callable[[Leg], dict[str, object]] = field(default=no_fields)
    """What a request says to this channel alone."""

    @property
    def has_parts(self) -> bool:
        """A text is divided, and each part is paid for."""
        return self.size_of is not None

    def longest_with(self, content: Content) -> int:
        """How many characters a text may have that goes with this content."""
        if content.image_url and self.pictures is not None:
            return self.pictures.longest_caption
        return self.longest_text

    def measure(self, text: str) -> Measure:
        """The size of a text. Where there are no parts, every character counts once, and what
        remains is what may still be written."""
        if self.size_of is not None:
            return self.size_of(text)
        return Measure(
            encoding=encoding_of(text),
            units=len(text),
            parts=1 if text else 0,
            remaining=max(0, self.longest_text - len(text)),
            characters=len(text),
        )


def plain_ttl(leg: Leg) -> dict[str, object]:
    """The time to live, where it stands among the fields of all channels."""
    return {} if leg.content.ttl_s is None else {"ttl": leg.content.ttl_s}
