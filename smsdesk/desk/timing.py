"""When a message goes: the time a person chooses, and the quiet hours of those it goes to.

What a time on the wall means is reckoned in `sms.schedule`, what quiet hours mean in
`sms.quiet`; here both meet the settings, the clock and the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from smsdesk.desk.not_stored import NotStoredError
from smsdesk.sms.message import Message
from smsdesk.sms.phone import PhoneNumber
from smsdesk.sms.quiet import QuietHours, QuietRules, count_asleep, read_rules
from smsdesk.sms.schedule import (
    OURS,
    Due,
    Forecast,
    Plan,
    Quick,
    forecast,
    quick_times,
    reckon,
)
from smsdesk.sms.zones import region_of
from smsdesk.store.errors import StoreError
from smsdesk.store.waiting import PlannedTime, WaitingRoom
from smsdesk.system.clock import Clock
from smsdesk.system.settings import EXPIRY_HOURS, QUIET_HOURS, QUIET_MODE, Settings

JUST_NOW = timedelta(minutes=1)
"""A time is written to the minute, and the one that runs is not over."""


class QuietMode(StrEnum):
    """What quiet hours do."""

    OFF = "off"
    WARN = "warn"
    HOLD = "hold"


class PastError(ValueError):
    """The chosen time is over."""


@dataclass(frozen=True, slots=True)
class Asleep:
    """Recipients of one country who have quiet hours at the moment a message would leave."""

    region: str
    """"" for numbers of no country."""
    count: int
    hours: QuietHours
    until: datetime
    """When the last of them may be written to."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is to be said about the time of a draft, before it is sent."""

    recipients: int
    forecast: Forecast | None
    """None without a plan: it would leave now."""
    mode: QuietMode
    asleep: tuple[Asleep, ...]
    """Most of them first."""

    @property
    def is_past(self) -> bool:
        """The time is over, for some of the recipients at least."""
        return self.forecast is not None and self.forecast.past > 0


class Timing:
    """What the faces ask about times."""

    def __init__(
        self,
        *,
        room: WaitingRoom,
        settings: Settings,
        clock: Clock,
        wake_sender: Callable[[], None] = lambda: None,
    ) -> None:
        self._room = room
        self._settings = settings
        self._clock = clock
        self._wake_sender = wake_sender
        self._rules: tuple[dict[str, str], QuietRules] = ({}, QuietRules({}))

    # Looking ahead ------------------------------------------------------------------

    def now_here(self) -> datetime:
        """What our clocks on the wall show."""
        return self._clock.now().astimezone().replace(tzinfo=None, fold=0)

    def quick_times(self) -> list[tuple[Quick, datetime]]:
        """Times that are worth offering just now."""
        return quick_times(self.now_here())

    def outlook(self, numbers: Sequence[PhoneNumber], plan: Plan | None) -> Outlook:
        """What a plan, or sending at once, means for these recipients. Takes a moment for
        very many."""
        return self._look([(number.e164, number.region) for number in numbers], plan)

    def _look(self, people: Sequence[tuple[str, str | None]], plan: Plan | None) -> Outlook:
        now = self._clock.now() - JUST_NOW
        seen = None if plan is None else forecast(plan, people, now=now)
        return Outlook(len(people), seen, self.mode, self._asleep(people, plan))

    def _asleep(
        self, people: Sequence[tuple[str, str | None]], plan: Plan | None
    ) -> tuple[Asleep, ...]:
        if self.mode is QuietMode.OFF:
            return ()
        found: dict[str, tuple[int, datetime]] = {}
        for region, (count, until) in self._count_asleep(people, plan):
            had, last = found.get(region, (0, until))
            found[region] = (had + count, max(last, until))
        asleep = [
            Asleep(region, count, hours, until)
            for region, (count, until) in found.items()
            if (hours := self.rules.of(region)) is not None
        ]
        return tuple(sorted(asleep, key=lambda one: -one.count))

    def _count_asleep(
        self, people: Sequence[tuple[str, str | None]], plan: Plan | None
    ) -> Iterable[tuple[str, tuple[int, datetime]]]:
        if plan is None or not plan.is_recipients:
            at = self._clock.now() if plan is None else reckon(plan, "").due.at
            yield from count_asleep(self.rules, people, at=at).items()
            return
        for one in people:
            at = reckon(plan, one[0]).due.at
            yield from count_asleep(self.rules, [one], at=at).items()

    def due_of(self, plan: Plan, number: str) -> Due:
        """When a message to this number leaves by the plan."""
        return reckon(plan, number).due

    def is_past(self, plan: Plan, numbers: Iterable[str]) -> bool:
        """Whether the time is over already, for any of them."""
        now = self._clock.now() - JUST_NOW
        return any(reckon(plan, number).due.at <= now for number in numbers)

    # Quiet hours --------------------------------------------------------------------

    @property
    def mode(self) -> QuietMode:
        return QuietMode(self._settings.get(QUIET_MODE))

    @property
    def rules(self) -> QuietRules:
        written: dict[str, str] = self._settings.get(QUIET_HOURS)
        known, rules = self._rules
        if written != known:
            rules = read_rules(written)
            self._rules = (dict(written), rules)
        return rules

    def quiet_until(self, number: str, at: datetime) -> datetime | None:
        """For the sender: until when a message must wait; None where it may leave."""
        if self.mode is not QuietMode.HOLD:
            return None
        return self.rules.until(number, region_of(number), at=at)

    def held_back_of(self, message: Message) -> int:
        """How many messages of the same Send wait for the end of quiet hours."""
        return 0 if message.batch_id is None else self._room.count_held_back(message.batch_id)

    def send_anyway(self, message: Message, *, all_of_it: bool = False) -> int:
        """A person sends a message, or all of its Send, in spite of quiet hours; returns how
        many were still waiting. Raises NotStoredError."""
        now = self._clock.now()
        try:
            if all_of_it and message.batch_id is not None:
                count = self._room.let_batch_through(message.batch_id, at=now)
            else:
                count = int(self._room.let_through(message.id, at=now))
        except StoreError as error:
            raise NotStoredError(error.code) from error
        self._wake_sender()
        return count

    # A time that was chosen ---------------------------------------------------------

    def outlook_of(self, message: Message, plan: Plan) -> Outlook:
        """What a plan means for a message that is in the log."""
        people = [(message.to, region_of(message.to))]
        return self._look(people, plan)

    def plan_of(self, message: Message) -> Plan:
        """The time that a waiting message has now, to be changed."""
        if message.due_local is not None:
            return Plan(message.due_local, is_recipients=message.due_zone not in (None, OURS))
        due_at = message.due_at or self._clock.now()
        return Plan(due_at.astimezone().replace(tzinfo=None, second=0, microsecond=0, fold=0))

    def reschedule(self, message: Message, plan: Plan) -> bool:
        """Give a waiting message another time; False when it is too late for that.

        Raises PastError and NotStoredError.
        """
        due, now = reckon(plan, message.to).due, self._clock.now()
        if due.at <= now:
            raise PastError("that time is over")
        expiry = timedelta(hours=self._settings.get(EXPIRY_HOURS))
        to = PlannedTime(due.local, due.zone, due.at)
        try:
            return self._room.reschedule(message.id, to, expires_at=due.at + expiry, at=now)
        except StoreError as error:
            raise NotStoredError(error.code) from error
