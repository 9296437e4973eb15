"""Who wants no more messages: the list for a person to see and to change.

What STOP does to it happens where replies are heard; that nobody on it is written to, the store
sees to. Files of opt-outs are read and written in `opt_out_files`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsdesk.sms.channels.channel import Address
from smsdesk.sms.message import Problem
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.recipients import IDENTITY
from smsdesk.sms.sender_id import SenderIdError, parse_sender_id
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store.errors import StoreError
from smsdesk.store.suppression import Entered, Key, Outline

if TYPE_CHECKING:
    from smsdesk.desk.channels import Channels
    from smsdesk.sms.message import Preview
    from smsdesk.sms.recipients import RecipientEntry
    from smsdesk.sms.sender_id import SenderId
    from smsdesk.store.suppression import SuppressionList
    from smsdesk.system.clock import Clock

__all__ = [
    "Added",
    "Entered",
    "Key",
    "OptOutEntryError",
    "OptOutStoreError",
    "OptOuts",
    "Outline",
    "key_of",
    "read_sender",
]


class OptOutEntryError(Exception):
    """What was typed is no number, no sender or no reason; `field` and `code` are for wording."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class OptOutStoreError(Exception):
    """The list could not be read or changed, and is as it was; `code` is for wording."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Added:
    """What came of entering one number."""

    entry: Suppression
    """As it stands on the list, which may be since long ago."""
    is_new: bool
    failed: int
    """Messages that were waiting for it, and will not be sent."""


def key_of(entry: Suppression) -> Key:
    """What an entry is found by."""
    return entry.number, entry.sender


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the store as this room's own, which the faces of the program know."""
    try:
        yield
    except StoreError as error:
        raise OptOutStoreError(error.code) from error


class OptOuts:
    """The suppression list of one profile. What fails on disk raises OptOutStoreError."""

    def __init__(
        self,
        suppression: SuppressionList,
        clock: Clock,
        *,
        channels: Channels,
        on_exported: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """`on_exported` is told how many entries have been written to a file."""
        self._channels = channels
        self.on_exported = on_exported
        self._list = suppression
        self._clock = clock
        self._last: (
            tuple[tuple[RecipientEntry, ...], tuple[_Way, ...], tuple[Problem, ...]] | None
        ) = None

    def page(
        self, *, search: str = "", after: Suppression | Key | None = None, limit: int = 200
    ) -> list[Suppression]:
        """Entries by number, from behind `after` on."""
        key = key_of(after) if isinstance(after, Suppression) else after
        with _told():
            return self._list.page(search=search, after=key, limit=limit)

    def outline(self, *, search: str = "", size: int = 200) -> Outline:
        """How many entries fit, and where each page of `size` ends. Slow for a long list."""
        with _told():
            return self._list.outline(search=search, size=size)

    def known(self, entries: Iterable[Suppression]) -> int:
        """How many of these are on the list already. Slow for many."""
        with _told():
            return self._list.known(entries)

    def matching(
        self, number: str, *, sender: str, default_region: str | None
    ) -> Suppression | None:
        """The entry of exactly this number and sender, as they are typed.

        Raises OptOutEntryError.
        """
        key = (
            self._read_person(number, default_region),
            self._read_sender(sender, default_region),
        )
        with _told():
            return self._list.get(key)

    def count(self) -> int:
        """How many entries there are."""
        with _told():
            return self._list.count()

    def count_erased(self) -> int:
        """How many more there are of persons who were erased: nobody can read those."""
        with _told():
            return self._list.count_erased()

    def add(self, number: str, *, sender: str, why: str, default_region: str | None) -> Added:
        """Enter one number, or an ID that is known here, for a sender or, with "", for all; what
        waits for it fails.

        Raises OptOutEntryError.
        """
        if not why.strip():
            raise OptOutEntryError("why", "empty")
        entry = Suppression(
            number=self._read_person(number, default_region),
            sender=self._read_sender(sender, default_region),
            since=self._clock.now(),
            reason=SuppressionReason.PERSON,
            detail=" ".join(why.split())[:200],
        )
        entered = self.bring_in([entry])
        known = entry if entered.new else self._list.get(key_of(entry))
        return Added(known or entry, entered.new == 1, entered.failed)

    def remove(self, entry: Suppression, *, why: str) -> bool:
        """Take one off the list; False when it is gone already.

        Raises OptOutEntryError without a reason.
        """
        if not why.strip():
            raise OptOutEntryError("why", "empty")
        with _told():
            return self._list.remove(
                entry.number, entry.sender, why=" ".join(why.split()), at=self._clock.now()
            )

    def bring_in(self, entries: Sequence[Suppression]) -> Entered:
        """Store what a file said, all or none; what waits for them fails."""
        with _told():
            return self._list.add(entries, at=self._clock.now())

    def _read_person(self, text: str, default_region: str | None) -> str:
        """An ID that is known here is that, however much it looks like a number."""
        typed = text.strip()
        with _told():
            is_id = bool(IDENTITY.fullmatch(typed)) and self._channels.is_known_id(typed)
        return typed if is_id else _read_number(text, default_region)

    def _read_sender(self, text: str, default_region: str | None) -> str:
        """What messages go out from on a channel is taken as it is."""
        typed = text.strip()
        with _told():
            is_ours = bool(typed) and self._channels.is_own_sender(typed)
        return typed if is_ours else read_sender(text, default_region)

    @property
    def takes_ids(self) -> bool:
        """Whether the account has channels that name people by IDs."""
        return any(one.recipient is Address.IDENTITY for one in self._channels.on)

    def among(self, numbers: Collection[str], *, sender: str) -> set[str]:
        """Which of many numbers this sender may not write to; "" is no sender yet."""
        if self.count() > len(numbers):
            with _told():
                return set(self._list.of(numbers, sender=sender))
        wanted, found = set(numbers), set[str]()
        after: Suppression | None = None
        while entries := self.page(after=after, limit=1000):
            found |= {
                one.number
                for one in entries
                if one.number in wanted and one.sender in (ALL_SENDERS, sender)
            }
            after = entries[-1]
        with _told():
            return found | self._list.erased_among(wanted - found, sender=sender)

    # In the compose pane --------------------------------------------------------------

    def refuse(self, preview: Preview) -> tuple[Problem, ...]:
        """Which recipients of a draft have opted out, as problems of the To field.

        Asked for every keystroke: while recipients and sender rest, the answer is remembered.
        """
        ways = tuple(_ways(preview))
        last = self._last
        if last is not None and last[0] is preview.recipients and last[1] == ways:
            return last[2]
        addresses = [entry.address for entry in preview.people if entry.address]
        found: set[str] = set()
        for sender, elsewhere in ways:
            there = {dict(elsewhere).get(address, address): address for address in addresses}
            found.update(there[one] for one in self._list.of(there, sender=sender))
        problems = tuple(
            Problem("to", entry.input, "opted_out")
            for entry in preview.people
            if entry.address in found
        )
        self._last = (preview.recipients, ways, problems)
        return problems

    def refused(self, numbers: Iterable[str], *, sender: str) -> set[str]:
        """Those of many numbers that this sender may not write to. Slow for many."""
        with _told():
            return set(self._list.of(numbers, sender=sender))

    def forget_answers(self) -> None:
        """The list is another now. Called from any thread."""
        self._last = None


_Way = tuple[str, tuple[tuple[str, str], ...]]
"""A sender, and where it reaches people under other addresses than those that were typed."""


def _ways(preview: Preview) -> Iterator[_Way]:
    """What a draft would be sent from: one way, and one for each channel that is tried next."""
    yield preview.sender.value if preview.sender else ALL_SENDERS, ()
    for leg in preview.failover:
        if leg.sender is not None:
            yield leg.sender.value, tuple(leg.addresses.items())


def _read_number(text: str, default_region: str | None) -> str:
    try:
        return parse_phone(text, default_region=default_region).e164
    except PhoneNumberError as error:
        raise OptOutEntryError("number", error.problem) from None


def read_sender(text: str, default_region: str | None) -> str:
    """The sender that an entry is for; "" is every one. Raises OptOutEntryError."""
    if not text.strip():
        return ALL_SENDERS
    try:
        sender: SenderId = parse_sender_id(text, default_region=default_region)
    except SenderIdError as error:
        raise OptOutEntryError("sender", error.problem) from None
    return sender.value
