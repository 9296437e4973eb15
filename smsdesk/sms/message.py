"""One message, the draft it comes from, and what a draft must be before it may be sent.

Where messages are kept, and how they are sent, is left to others; so are the sentences in
which a person reads about a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from smsdesk.sms import dlt
from smsdesk.sms.channels import CHANNELS
from smsdesk.sms.channels.checks import content_problems, parse_sender, read_people
from smsdesk.sms.channels.content import PLAIN, Leg
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.dlt import DltProblem
from smsdesk.sms.encoding import foreign_characters
from smsdesk.sms.problem import Problem, ProblemCode
from smsdesk.sms.segments import MANY_PARTS
from smsdesk.sms.sender_id import SenderIdError
from smsdesk.sms.state import State

if TYPE_CHECKING:
    from smsdesk.sms.channels import Channel
    from smsdesk.sms.channels.content import Content
    from smsdesk.sms.channels.received import Received
    from smsdesk.sms.encoding import Encoding, ForeignCharacter
    from smsdesk.sms.failure import FailureReason
    from smsdesk.sms.phone import PhoneNumber
    from smsdesk.sms.recipients import RecipientEntry
    from smsdesk.sms.schedule import Plan
    from smsdesk.sms.segments import Measure
    from smsdesk.sms.sender_id import SenderId
    from smsdesk.sms.state import HeldReason

__all__ = [
    "Direction",
    "Draft",
    "DraftLeg",
    "Message",
    "MessageEvent",
    "Preview",
    "PreviewLeg",
    "Problem",
    "ProblemCode",
    "check_draft",
    "dlt_problems",
    "normalise_text",
    "text_problems",
]


class Direction(StrEnum):
    """Which way a message goes, seen from us."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class DraftLeg:
    """Another way to the same people, tried when the one before it has failed; as typed."""

    channel: str
    sender: str = ""
    text: str | None = None
    """None: the same as in the draft."""
    content: Content = PLAIN


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the compose pane, unchecked and as typed."""

    sender: str = ""
    recipients: str = ""
    """The whole To field; how it divides into entries, `recipients` knows."""
    text: str = ""
    ref: str = ""
    """The person's own reference, such as a ticket. It stays in the log, and is not sent."""
    entity_id: str = ""
    """Who is registered with India's operators; of no account for other recipients."""
    content_id: str = ""
    """The registered text, likewise."""
    when: Plan | None = None
    """The time that was chosen for it; None for at once."""
    channel: str = SMS.name
    content: Content = PLAIN
    failover: tuple[DraftLeg, ...] = ()
    """What is tried after the channel itself, in this order."""


@dataclass(frozen=True, slots=True)
class PreviewLeg:
    """Another way to the recipients of a preview, checked."""

    channel: Channel
    sender: SenderId | None
    text: str
    measure: Measure
    content: Content
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where the people of the draft are reached on this channel, if under other addresses."""

    def after(self, first: Leg) -> Leg:
        """The way to one recipient; `first` is the one that is tried before all others."""
        if self.sender is None:
            raise ValueError("a leg without a sender goes nowhere")
        by_country = self.channel.goes_by_country
        return Leg(
            channel=self.channel.name,
            to=self.addresses.get(first.to, first.to),
            sender=self.sender.value,
            text=self.text,
            encoding=self.measure.encoding,
            parts=self.measure.parts,
            content=self.content,
            entity_id=first.entity_id if by_country else None,
            content_id=first.content_id if by_country else None,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as it would be sent, and all that is to be said about it beforehand."""

    sender: SenderId | None
    recipients: tuple[RecipientEntry, ...]
    measure: Measure
    foreign: tuple[ForeignCharacter, ...]
    """The first `FOREIGN_SHOWN` characters that GSM-7 lacks."""
    problems: tuple[Problem, ...]
    """In the order of the fields: from, to, entity_id, content_id, text, ref."""
    text: str
    """Exactly the text that would be sent."""
    is_to_india: bool = False
    """Some of the recipients are there, and are sent these two with the text."""
    entity_id: str | None = None
    content_id: str | None = None
    channel: Channel = SMS
    content: Content = PLAIN
    failover: tuple[PreviewLeg, ...] = ()

    @property
    def can_send(self) -> bool:
        return all(problem.is_warning for problem in self.problems)

    @property
    def numbers(self) -> tuple[PhoneNumber, ...]:
        """Whom it would be sent to: every number once, in the order of the list."""
        return tuple(
            entry.number
            for entry in self.recipients
            if entry.number is not None and not entry.is_duplicate
        )

    @property
    def people(self) -> tuple[RecipientEntry, ...]:
        """The same by their entries, of which each has an address: a number or an ID."""
        return tuple(
            entry
            for entry in self.recipients
            if entry.address is not None and not entry.is_duplicate
        )

    def legs_to(self, person: RecipientEntry) -> tuple[Leg, ...]:
        """Every way to one recipient of a sendable draft, in the order of trying."""
        if self.sender is None or person.address is None:
            raise ValueError("a draft with problems goes nowhere")
        to_india = person.number is not None and person.number.region == dlt.REGION
        first = Leg(
            channel=self.channel.name,
            to=person.address,
            sender=self.sender.value,
            text=self.text,
            encoding=self.measure.encoding,
            parts=self.measure.parts,
            content=self.content,
            entity_id=self.entity_id if to_india else None,
            content_id=self.content_id if to_india else None,
        )
        return (first, *(leg.after(first) for leg in self.failover))


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one recipient: one row of the log, for life."""

    id: str
    seq: int
    """Its place in the log; later rows have larger ones."""
    direction: Direction
    channel: str
    """A name in `channels`; or, for an inbound message, whatever Vonage calls it."""
    state: State
    held_reason: HeldReason | None
    """Set exactly while `state` is held."""
    to: str
    """E.164, or what the network gave for an inbound message."""
    sender: str
    """The sender ID."""
    text: str
    """Exactly what is sent."""
    encoding: Encoding
    parts: int
    batch_id: str | None
    ref: str | None
    message_uuid: str | None
    """Vonage's id, from the moment it is accepted."""
    attempts: int
    failure: FailureReason | None
    unknown_reason: str | None
    """Why the outcome of the last attempt cannot be known, as a code."""
    price: str | None
    currency: str | None
    network: str | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    resend_of: str | None
    """Id of the message that this one repeats."""
    alarm: str | None
    """Set, as a code, if receipts contradict our records."""
    is_unread: bool
    """An inbound message that nobody at the desk has seen."""
    entity_id: str | None = None
    """Sent along to a recipient in India."""
    content_id: str | None = None
    text_kept_days: int | None = None
    """Set once the text has been removed, to the number of days it was kept; then it is ""."""

    due_local: datetime | None = None
    """The time on the wall that was chosen for it, without a zone."""
    due_zone: str | None = None
    """By whose clock: a name of the tz database, or `schedule.OURS`."""
    content: Content = PLAIN
    """What it carries besides its text."""
    received: Received | None = None
    """What an inbound message is, where it is more than a text."""
    legs: int = 0
    """How many channels are tried in turn; 0 where there is only the one."""
    workflow_id: str | None = None
    """Vonage's id for that trying, from the moment it is accepted."""

    def as_leg(self) -> Leg:
        """The message as it goes out on its own channel."""
        return Leg(
            channel=self.channel,
            to=self.to,
            sender=self.sender,
            text=self.text,
            encoding=self.encoding,
            parts=self.parts,
            content=self.content,
            entity_id=self.entity_id,
            content_id=self.content_id,
        )

    @property
    def is_about_to_leave(self) -> bool:
        """Sent by a person, who may still take it back for a moment: its time is only that
        delay after Send, and none that anybody chose."""
        return (
            self.state is State.SCHEDULED
            and self.due_at is not None
            and self.due_zone is None
            and self.due_at - self.created_at <= LONGEST_UNDO
        )


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One line of a message's story."""

    at: datetime
    source: str
    """"desk", "sender", "webhook", "report" or "person"."""
    status: str
    detail: str


LONGEST_UNDO = timedelta(seconds=60)
"""What waits no longer than this after Send waits only so that it can be taken back."""
MAX_REF_LENGTH = 100
MOST_LEGS = 6
"""Every channel once."""
FOREIGN_SHOWN = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSENDABLE = re.compile(f"{_CONTROL.pattern}|{_SURROGATE.pattern}")


def normalise_text(text: str) -> str:
    """The text as it is counted, stored and sent: every line break is one LF.

    CR is a character of the default alphabet too, so a CRLF would be paid for twice.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_draft(
    draft: Draft,
    *,
    default_region: str | None,
    address_on: Callable[[str, str], str | None] = lambda _address, _channel: None,
) -> Preview:
    """Read all fields of a draft and collect what is wrong with them; never raises.

    Line ends become LF, which costs one septet instead of two; nothing else in the text is
    touched. Its limit is counted in code points, because Vonage gives it in "characters" and
    does not say of which kind; should it count emoji twice, it refuses the message as a whole.
    Cheap enough for every keystroke.

    `address_on` says under which address a recipient is reached on a channel that names people
    in another way; None where that is not known.
    """
    channel = CHANNELS.get(draft.channel)
    if channel is None:
        unknown = (Problem("channel", draft.channel, "unknown"),)
        return Preview(None, (), SMS.measure(""), (), unknown, draft.text)
    text = normalise_text(draft.text)
    size = channel.measure(text)
    sender, sender_problems = _check_sender(channel.name, draft.sender, default_region)
    entries, recipient_problems, to_india = _check_recipients(
        channel.name, draft.recipients, default_region
    )
    legs, leg_problems = _check_legs(draft, entries, default_region, address_on)
    by_country = channel.goes_by_country or any(leg.channel.goes_by_country for leg in legs)
    to_india = to_india and by_country
    entity_id = dlt.normalise_id(draft.entity_id) if to_india else ""
    content_id = dlt.normalise_id(draft.content_id) if to_india else ""
    return Preview(
        sender=sender,
        recipients=entries,
        measure=size,
        foreign=tuple(foreign_characters(text, limit=FOREIGN_SHOWN))
        if channel.has_parts
        else (),
        problems=(
            *sender_problems,
            *recipient_problems,
            *dlt_problems("entity_id", entity_id),
            *dlt_problems("content_id", content_id),
            *text_problems(text, size, channel, draft.content),
            *content_problems(channel, draft.content, text),
            *leg_problems,
            *_ref_problems(draft.ref),
        ),
        text=text,
        is_to_india=to_india,
        entity_id=entity_id or None,
        content_id=content_id or None,
        channel=channel,
        content=draft.content,
        failover=legs,
    )


# Sender and recipients rest while the text is being typed, so both are read only once.


@lru_cache(maxsize=8)
def _check_sender(
    channel: str, text: str, default_region: str | None
) -> tuple[SenderId | None, tuple[Problem, ...]]:
    try:
        return parse_sender(CHANNELS[channel], text, default_region=default_region), ()
    except SenderIdError as error:
        return None, (Problem("from", text, error.problem),)


@lru_cache(maxsize=8)
def _check_recipients(
    channel: str, text: str, default_region: str | None
) -> tuple[tuple[RecipientEntry, ...], tuple[Problem, ...], bool]:
    """The entries, what is wrong with them, and whether any is in India."""
    entries = tuple(read_people(CHANNELS[channel], text, default_region=default_region))
    if not entries:
        return entries, (Problem("to", "", ProblemCode.EMPTY),), False
    problems = tuple(problem for entry in entries for problem in _entry_problems(entry))
    numbers = (entry.number for entry in entries if entry.number is not None)
    return entries, problems, dlt.is_to_india(numbers)


def _check_legs(
    draft: Draft,
    entries: tuple[RecipientEntry, ...],
    default_region: str | None,
    address_on: Callable[[str, str], str | None],
) -> tuple[tuple[PreviewLeg, ...], tuple[Problem, ...]]:
    """The further ways of a draft, and what is wrong with them, as problems of "failover"."""
    legs: list[PreviewLeg] = []
    problems: list[Problem] = []
    seen = {draft.channel}
    if len(draft.failover) >= MOST_LEGS:
        problems.append(Problem("failover", "", "too_many", value=MOST_LEGS))
    for typed in draft.failover:
        channel = CHANNELS.get(typed.channel)
        if channel is None or typed.channel in seen:
            code = "unknown_channel" if channel is None else "channel_twice"
            problems.append(Problem("failover", typed.channel, code))
            continue
        seen.add(channel.name)
        text = normalise_text(draft.text if typed.text is None else typed.text)
        size = channel.measure(text)
        sender, sender_problems = _check_sender(channel.name, typed.sender, default_region)
        addresses, address_problems = _addresses(draft.channel, channel, entries, address_on)
        legs.append(PreviewLeg(channel, sender, text, size, typed.content, addresses))
        found = (
            *sender_problems,
            *text_problems(text, size, channel, typed.content),
            *content_problems(channel, typed.content, text),
        )
        problems += [replace(one, leg=channel.name) for one in (*found, *address_problems)]
    return tuple(legs), tuple(problems)


def _addresses(
    first: str,
    channel: Channel,
    entries: tuple[RecipientEntry, ...],
    address_on: Callable[[str, str], str | None],
) -> tuple[dict[str, str], list[Problem]]:
    """Where everybody is reached on a channel that names people in another way."""
    if first in CHANNELS and CHANNELS[first].recipient is channel.recipient:
        return {}, []
    found: dict[str, str] = {}
    problems = []
    for entry in entries:
        if entry.address is None or entry.is_duplicate:
            continue
        address = address_on(entry.address, channel.name)
        if address is None:
            problems.append(Problem("to", entry.input, "no_address"))
        else:
            found[entry.address] = address
    return found, problems


def _entry_problems(entry: RecipientEntry) -> Iterator[Problem]:
    if entry.problem is not None:
        yield Problem("to", entry.input, entry.problem)
    elif entry.is_duplicate:
        yield Problem("to", entry.input, ProblemCode.DUPLICATE, is_warning=True)
    elif entry.number is not None and not entry.number.is_valid:
        yield Problem("to", entry.input, ProblemCode.NOT_ASSIGNED, is_warning=True)


def dlt_problems(field: str, identity: str) -> Iterator[Problem]:
    """What is wrong with an ID for India's operators, as `dlt.normalise_id` leaves it.

    An ID that is not given is none: what is sent from abroad has none to give.
    """
    if not identity:
        return
    length = len(identity)
    if not dlt.is_digits(identity):
        yield Problem(field, identity, DltProblem.NOT_DIGITS)
    elif length > dlt.LONGEST_ID:
        yield Problem(field, "", ProblemCode.TOO_LONG, value=length)
    elif length not in dlt.USUAL_LENGTHS:
        yield Problem(field, "", DltProblem.UNUSUAL_LENGTH, is_warning=True, value=length)


def text_problems(
    text: str, size: Measure, channel: Channel = SMS, content: Content = PLAIN
) -> Iterator[Problem]:
    """What is wrong with a text, and what a person should know of it; `size` is its measure."""
    if not text.strip() and not content.needs_no_text:
        yield Problem("text", "", ProblemCode.EMPTY)
    yield from _character_problems("text", text)
    if size.characters > channel.longest_text and channel.has_parts:
        yield Problem("text", "", ProblemCode.TOO_LONG, value=size.characters)
    elif size.characters > channel.longest_text:
        yield Problem("text", channel.title, "over_limit", value=channel.longest_text)
    elif channel.usual_text is not None and size.characters > channel.usual_text:
        yield Problem(
            "text", "", ProblemCode.MANY_CHARACTERS, is_warning=True, value=size.characters
        )
    if size.parts > MANY_PARTS:
        yield Problem("text", "", ProblemCode.MANY_PARTS, is_warning=True, value=size.parts)


def _ref_problems(ref: str) -> Iterator[Problem]:
    yield from _character_problems("ref", ref)
    if len(ref) > MAX_REF_LENGTH:
        yield Problem("ref", "", ProblemCode.TOO_LONG, value=len(ref))


def _character_problems(field: str, text: str) -> Iterator[Problem]:
    if not _UNSENDABLE.search(text):
        return
    for pattern, code in (
        (_CONTROL, ProblemCode.CONTROL_CHARACTERS),
        (_SURROGATE, ProblemCode.LONE_SURROGATES),
    ):
        if match := pattern.search(text):
            number = f"U+{ord(match[0]):04X}"
            yield Problem(field, number, code, value=match.start())
