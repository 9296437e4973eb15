"""Who wants no more messages: the list for a person to see and to change.

What STOP does to it happens where replies are heard; that nobody on it is written to, the store
sees to. Files of opt-outs are read and written in `opt_out_files`.
"""

from __future__ import annotations

from collections.abc import Sequence

from smsdesk.sms.message import Preview, Problem
from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.recipients import RecipientEntry
from smsdesk.sms.sender_id import SenderId, SenderIdError, parse_sender_id
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.store.suppression import SuppressionList
from smsdesk.system.clock import Clock


class OptOutEntryError(Exception):
    """What was typed is no number, no sender or no reason; `field` and `code` are for wording."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class OptOuts:
    """The suppression list of one profile."""

    def __init__(self, suppression: SuppressionList, clock: Clock) -> None:
        self._list = suppression
        self._clock = clock
        self._last: tuple[tuple[RecipientEntry, ...], str, tuple[Problem, ...]] | None = None

    def page(
        self, *, search: str = "", after: Suppression | None = None, limit: int = 200
    ) -> list[Suppression]:
        """Entries by number, from behind `after` on."""
        key = None if after is None else (after.number, after.sender)
        return self._list.page(search=search, after=key, limit=limit)

    def count(self) -> int:
        """How many entries there are."""
        return self._list.count()

    def add(
        self, number: str, *, sender: str, why: str, default_region: str | None
    ) -> Suppression:
        """Enter one number, for a sender or, with "", for all; what waits for it fails.

        Raises OptOutEntryError or StoreError.
        """
        if not why.strip():
            raise OptOutEntryError("why", "empty")
        try:
            found = parse_phone(number, default_region=default_region)
        except PhoneNumberError as error:
            raise OptOutEntryError("number", error.problem) from None
        entry = Suppression(
            number=found.e164,
            sender=read_sender(sender, default_region),
            since=self._clock.now(),
            reason=SuppressionReason.PERSON,
            detail=why.strip()[:200],
        )
        self._list.add([entry], at=self._clock.now())
        return entry

    def remove(self, entry: Suppression, *, why: str) -> bool:
        """Take one off the list; False when it is gone already.

        Raises OptOutEntryError without a reason, or StoreError.
        """
        if not why.strip():
            raise OptOutEntryError("why", "empty")
        return self._list.remove(entry.number, entry.sender, why=why, at=self._clock.now())

    def bring_in(self, entries: Sequence[Suppression]) -> int:
        """Store what a file said, all or none; returns how many are new. Raises StoreError."""
        return self._list.add(entries, at=self._clock.now())

    # In the compose pane --------------------------------------------------------------

    def refuse(self, preview: Preview) -> tuple[Problem, ...]:
        """Which recipients of a draft have opted out, as problems of the To field.

        Asked for every keystroke: while recipients and sender rest, the answer is remembered.
        """
        sender = preview.sender.value if preview.sender else ALL_SENDERS
        last = self._last
        if last is not None and last[0] is preview.recipients and last[1] == sender:
            return last[2]
        found = self._list.of((number.e164 for number in preview.numbers), sender=sender)
        problems = tuple(
            Problem("to", entry.input, "opted_out")
            for entry in preview.recipients
            if entry.number is not None
            and entry.number.e164 in found
            and not entry.is_duplicate
        )
        self._last = (preview.recipients, sender, problems)
        return problems

    def forget_answers(self) -> None:
        """The list is another now. Called from any thread."""
        self._last = None


def read_sender(text: str, default_region: str | None) -> str:
    """The sender that an entry is for; "" is every one. Raises OptOutEntryError."""
    if not text.strip():
        return ALL_SENDERS
    try:
        sender: SenderId = parse_sender_id(text, default_region=default_region)
    except SenderIdError as error:
        raise OptOutEntryError("sender", error.problem) from None
    return sender.value
