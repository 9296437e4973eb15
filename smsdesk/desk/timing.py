"""When a message goes: the time a person chooses, and the quiet hours of those it goes to.

What a time on the wall means is reckoned in `sms.schedule`, what quiet hours mean in
`sms.quiet`; here both meet the settings, the clock and the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from smsdesk.desk.not_stored import NotStoredError
from smsdesk.sms.quiet import QuietMode, QuietRules, count_asleep, read_rules
from smsdesk.sms.schedule import (
    OURS,
    Plan,
    forecast,
    quick_times,
    reckon,
    reckon_in,
)
from smsdesk.sms.zones import Whereabouts, region_of, whereabouts, zones_of
from smsdesk.store.errors import StoreError
from smsdesk.store.waiting import PlannedTime
from smsdesk.system.settings import EXPIRY_HOURS, QUIET_HOURS, QUIET_MODE

if TYPE_CHECKING:
    from smsdesk.sms.message import Message
    from smsdesk.sms.phone import PhoneNumber
    from smsdesk.sms.quiet import QuietHours
    from smsdesk.sms.schedule import (
        Due,
        Forecast,
        Quick,
    )
    from smsdesk.store.waiting import WaitingRoom
    from smsdesk.system.clock import Clock
    from smsdesk.system.settings import Settings

JUST_NOW = timedelta(minutes=1)
"""A time is written to the minute, and the one that runs is not over."""
STRIDE = timedelta(minutes=10)
"""When each message of a long list leaves is reckoned to this."""


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

    def outlook(
        self,
        numbers: Sequence[PhoneNumber],
        plan: Plan | None,
        *,
        due_at: datetime | None = None,
    ) -> Outlook:
        """What a plan, or sending at once or at `due_at`, means for these recipients. Takes a
        moment for very many."""
        people = [self.place_of(number, plan) for number in numbers]
        return self.look_ahead(people, plan, due_at=due_at)

    def place_of(self, number: PhoneNumber, plan: Plan | None) -> Whereabouts:
        """Where somebody may be, as far as the plan and the quiet hours ask for it."""
        if (plan is not None and plan.is_recipients) or self.may_sleep(number.region):
            return whereabouts(number)
        return Whereabouts(number.region or "", ())

    def may_sleep(self, region: str | None) -> bool:
        """Whether a country has quiet hours, and they matter."""
        return self.mode is not QuietMode.OFF and self.rules.of(region) is not None

    def look_ahead(
        self,
        people: Sequence[Whereabouts],
        plan: Plan | None,
        *,
        due_at: datetime | None = None,
        pace: float | None = None,
    ) -> Outlook:
        """The outlook of a list: who may be where, in the order in which they are written to.

        Without a plan they leave at `due_at`, or now. With a `pace`, in messages a second, they
        leave one after another, and the last ones may come into the night.
        """
        now = self._clock.now()
        seen = None
        if plan is not None:
            seen = forecast(plan, Counter(people), now=now - JUST_NOW)
        asleep: tuple[Asleep, ...] = ()
        if self.mode is not QuietMode.OFF:
            asleep = self._asleep(_departures(people, plan, due_at or now, pace))
        return Outlook(len(people), seen, self.mode, asleep)

    def _asleep(
        self, departures: Mapping[tuple[Whereabouts, datetime], int]
    ) -> tuple[Asleep, ...]:
        asleep = [
            Asleep(region, count, hours, until)
            for region, (count, until) in count_asleep(self.rules, departures).items()
            if (hours := self.rules.of(region)) is not None
        ]
        return tuple(sorted(asleep, key=lambda one: -one.count))

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
        place = Whereabouts(region_of(message.to) or "", zones_of(message.to))
        return self.look_ahead([place], plan)

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


def _departures(
    people: Sequence[Whereabouts], plan: Plan | None, at: datetime, pace: float | None
) -> Counter[tuple[Whereabouts, datetime]]:
    """How many messages leave for each place at each moment: by the plan, or at `at`. Those that
    are due at the same moment leave one after another."""
    dues: dict[Whereabouts, datetime] = {}
    before: Counter[datetime] = Counter()
    departures: Counter[tuple[Whereabouts, datetime]] = Counter()
    a_stride = None if pace is None else pace * STRIDE.total_seconds()
    for place in people:
        due = dues.get(place)
        if due is None:
            due = at if plan is None else reckon_in(plan, place.zones).due.at
            dues[place] = due
        leaves = due
        if a_stride is not None:
            leaves += int(before[due] / a_stride) * STRIDE
            before[due] += 1
        departures[place, leaves] += 1
    return departures
