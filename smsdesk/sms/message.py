"""One message, the draft it comes from, and what a draft must be before it may be sent.

Where messages are kept, and how they are sent, is left to others; so are the sentences in
which a person reads about a problem.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from smsdesk.sms import dlt
from smsdesk.sms.dlt import DltProblem
from smsdesk.sms.encoding import Encoding, ForeignCharacter, foreign_characters
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.phone import PhoneNumber
from smsdesk.sms.recipients import RecipientEntry, read_recipients
from smsdesk.sms.schedule import Plan
from smsdesk.sms.segments import MANY_PARTS, MAX_CHARACTERS, Measure, measure
from smsdesk.sms.sender_id import SenderId, SenderIdError, parse_sender_id
from smsdesk.sms.state import HeldReason, State


class Direction(StrEnum):
    """Which way a message goes, seen from us."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


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
    """"from", "to", "entity_id", "content_id", "text" or "ref"."""
    input: str
    """The entry it is about, as typed; empty where the field as a whole is meant."""
    code: str
    """A `ProblemCode`, `PhoneProblem`, `SenderIdProblem` or `DltProblem`."""
    is_warning: bool = False
    """It may be sent all the same."""
    value: int | None = None
    """A number that belongs to the code."""


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


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one recipient: one row of the log, for life."""

    id: str
    seq: int
    """Its place in the log; later rows have larger ones."""
    direction: Direction
    channel: str
    """Always "sms" today."""
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
MANY_CHARACTERS = 1000
FOREIGN_SHOWN = 100

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSENDABLE = re.compile(f"{_CONTROL.pattern}|{_SURROGATE.pattern}")


def normalise_text(text: str) -> str:
    """The text as it is counted, stored and sent: every line break is one LF.

    CR is a character of the default alphabet too, so a CRLF would be paid for twice.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_draft(draft: Draft, *, default_region: str | None) -> Preview:
    """Read all fields of a draft and collect what is wrong with them; never raises.

    Line ends become LF, which costs one septet instead of two; nothing else in the text is
    touched. Its limit of 3,200 is counted in code points, because Vonage gives it in
    "characters" and does not say of which kind; should it count emoji twice, it refuses the
    message as a whole. Cheap enough for every keystroke.
    """
    text = normalise_text(draft.text)
    size = measure(text)
    sender, sender_problems = _check_sender(draft.sender, default_region)
    entries, recipient_problems, to_india = _check_recipients(draft.recipients, default_region)
    entity_id = dlt.normalise_id(draft.entity_id) if to_india else ""
    content_id = dlt.normalise_id(draft.content_id) if to_india else ""
    return Preview(
        sender=sender,
        recipients=entries,
        measure=size,
        foreign=tuple(foreign_characters(text, limit=FOREIGN_SHOWN)),
        problems=(
            *sender_problems,
            *recipient_problems,
            *dlt_problems("entity_id", entity_id),
            *dlt_problems("content_id", content_id),
            *text_problems(text, size),
            *_ref_problems(draft.ref),
        ),
        text=text,
        is_to_india=to_india,
        entity_id=entity_id or None,
        content_id=content_id or None,
    )


# Sender and recipients rest while the text is being typed, so both are read only once.


@lru_cache(maxsize=8)
def _check_sender(
    text: str, default_region: str | None
) -> tuple[SenderId | None, tuple[Problem, ...]]:
    try:
        return parse_sender_id(text, default_region=default_region), ()
    except SenderIdError as error:
        return None, (Problem("from", text, error.problem),)


@lru_cache(maxsize=8)
def _check_recipients(
    text: str, default_region: str | None
) -> tuple[tuple[RecipientEntry, ...], tuple[Problem, ...], bool]:
    """The entries, what is wrong with them, and whether any is in India."""
    entries = tuple(read_recipients(text, default_region=default_region))
    if not entries:
        return entries, (Problem("to", "", ProblemCode.EMPTY),), False
    problems = tuple(problem for entry in entries for problem in _entry_problems(entry))
    numbers = (entry.number for entry in entries if entry.number is not None)
    return entries, problems, dlt.is_to_india(numbers)


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


def text_problems(text: str, size: Measure) -> Iterator[Problem]:
    """What is wrong with a text, and what a person should know of it; `size` is its measure."""
    if not text.strip():
        yield Problem("text", "", ProblemCode.EMPTY)
    yield from _character_problems("text", text)
    if size.characters > MAX_CHARACTERS:
        yield Problem("text", "", ProblemCode.TOO_LONG, value=size.characters)
    elif size.characters > MANY_CHARACTERS:
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
