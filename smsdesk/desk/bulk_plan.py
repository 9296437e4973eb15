"""What a list and a text come to, before anything is stored: every message, and every row that
gets none, with the reason.

How it is made is known to `bulk`; the sentences are in `wording_bulk`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from smsdesk.desk.sheets.numbers import Duplicate, Entry, Numbers, RowProblem
from smsdesk.desk.sheets.table import Row, Table
from smsdesk.sms.channels import Channel
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.encoding import Encoding
from smsdesk.sms.message import Problem
from smsdesk.sms.phone import PhoneNumber
from smsdesk.sms.schedule import Plan as Schedule
from smsdesk.sms.segments import Measure
from smsdesk.sms.sender_id import SenderId
from smsdesk.sms.zones import Whereabouts
from smsdesk.store.imports import EarlierImport

Places = dict[frozenset[str | None] | None, Sequence[Whereabouts]]
"""By the countries whose people were looked for; None is all of them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list that was read, and its numbers."""

    table: Table
    numbers: Numbers
    region: str | None
    """The country by which national numbers were read."""


class PlannedMessage(NamedTuple):
    """One message as it would be sent."""

    row: Row
    number: PhoneNumber
    text: str
    encoding: Encoding
    parts: int


@dataclass(frozen=True, slots=True)
class RowPreview:
    """One row's message while the text is being written."""

    entry: Entry
    text: str
    measure: Measure
    problem: RowProblem | None


@dataclass(frozen=True, slots=True)
class ForeignUse:
    """A character that GSM-7 lacks, and the messages that are UCS-2 because of it."""

    char: str
    name: str
    suggestion: str | None
    messages: int
    first_place: int
    """The place of the first row that has it."""


@dataclass(frozen=True, slots=True)
class BulkCountry:
    """What goes to one country."""

    region: str | None
    """None for numbers that belong to no country."""
    messages: int
    parts: int
    price: Decimal | None
    """Of one part; None when nobody has told it."""
    currency: str
    is_old: bool

    @property
    def total(self) -> Decimal | None:
        return None if self.price is None else self.price * self.parts


@dataclass(frozen=True)
class BulkPlan:
    """The whole of it. Only what stands in `messages` can be queued.

    What goes through all messages is worked out once, for whoever asks first.
    """

    sheet: Sheet
    sender: SenderId | None
    text: str
    """With its placeholders."""
    entity_id: str | None
    """Of the registration with India's operators; None unless it goes there."""
    content_id: str | None
    """Of the text registered there."""
    is_replaced: bool
    """Characters that GSM-7 lacks have been replaced where that spares UCS-2."""
    messages: tuple[PlannedMessage, ...]
    """In the order of the rows."""
    problems: tuple[Problem, ...]
    """About the whole: what is no warning keeps all of it from being queued."""
    row_problems: tuple[RowProblem, ...]
    """Rows that get no message until somebody mends them, in their order."""
    opted_out: tuple[Entry, ...]
    """Rows whose people want no messages from this sender."""
    countries: tuple[BulkCountry, ...]
    """The most messages first."""
    foreign: tuple[ForeignUse, ...]
    """The most messages first."""
    parts_if_replaced: int
    """How many parts it would be with replacements; `parts` if that changes nothing."""
    earlier: tuple[EarlierImport, ...]
    """When the very same file was sent to before, the last time first."""
    duration: timedelta
    """How long the sending takes at the throughput that is set."""
    channel: Channel = SMS
    failover: tuple[tuple[Channel, SenderId], ...] = ()
    """What is tried after it, each with its sender."""
    when: Schedule | None = None
    """The time that was chosen by a clock; None for at once, or for `due_at`."""
    due_at: datetime | None = None
    """A moment that is the same by every clock."""
    ignores_quiet_hours: bool = False
    """A person sends it in spite of them."""
    places: Places = field(default_factory=dict, compare=False, repr=False)
    """Where the recipient of each message may be, as far as anybody has asked. Plans that differ
    in the time alone share it."""

    @property
    def is_for_later(self) -> bool:
        return self.when is not None or self.due_at is not None

    @property
    def is_by_recipient(self) -> bool:
        """Each leaves at the same time by another clock."""
        return self.when is not None and self.when.is_recipients

    @property
    def ways(self) -> tuple[tuple[Channel, str], ...]:
        """Every channel in the order of trying, with its sender; none for a plain SMS."""
        if self.sender is None or (self.channel is SMS and not self.failover):
            return ()
        others = ((channel, sender.value) for channel, sender in self.failover)
        return ((self.channel, self.sender.value), *others)

    @property
    def can_queue(self) -> bool:
        return bool(self.messages) and all(problem.is_warning for problem in self.problems)

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """Rows whose number an earlier row has."""
        return self.sheet.numbers.duplicates

    @cached_property
    def unassigned(self) -> tuple[PlannedMessage, ...]:
        """Messages to numbers in no range that is known to be in use."""
        return tuple(one for one in self.messages if not one.number.is_valid)

    @cached_property
    def parts(self) -> int:
        return sum(message.parts for message in self.messages)

    @cached_property
    def in_ucs2(self) -> int:
        """How many messages are sent as UCS-2."""
        return sum(message.encoding is Encoding.UCS2 for message in self.messages)

    @cached_property
    def longest(self) -> PlannedMessage | None:
        """The message with the most characters."""
        return max(self.messages, key=lambda message: len(message.text), default=None)

    @cached_property
    def dearest(self) -> PlannedMessage | None:
        """The message with the most parts."""
        return max(self.messages, key=lambda message: message.parts, default=None)

    @property
    def cost(self) -> Decimal | None:
        """The sum of all; None while a price is unknown, or where they differ in currency."""
        totals = [country.total for country in self.countries]
        if not totals or len({country.currency for country in self.countries}) > 1:
            return None
        known = [total for total in totals if total is not None]
        return sum(known, Decimal()) if len(known) == len(totals) else None

    @property
    def currency(self) -> str:
        return self.countries[0].currency if self.cost is not None else ""
