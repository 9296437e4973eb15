"""The figures of a period as values, and what follows from them without asking the log.

How they are counted is for `overview`, what they are called for `wording_overview`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from smsdesk.desk.batches import OUTCOMES, Outcome, Reason
from smsdesk.sms.phone import Destination
from smsdesk.sms.state import REPORTED, State

__all__ = [
    "Cost",
    "Costs",
    "Day",
    "DeliveryTimes",
    "DestinationCost",
    "Figures",
    "Outcome",
    "Period",
    "Reason",
    "SenderFigures",
    "add_states",
    "by_outcome",
    "count_in",
    "fold",
]

LONGEST_DAYS = 3660
EARLIEST, LATEST = date(2000, 1, 1), date(3000, 1, 1)
ARRIVED = frozenset({State.DELIVERED, State.READ})
ANSWERED = frozenset({*ARRIVED, State.UNDELIVERABLE, State.REJECTED})
"""Vonage took the message, and the carrier has said how it ended."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of this computer's time zone, from the first to the last. Raises ValueError
    when they are the wrong way round, more than `LONGEST_DAYS` apart, or out of all reason."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise ValueError("a period ends before it begins, or is too long")
        if not EARLIEST <= self.first <= self.last < LATEST:
            raise ValueError("no message was ever written then")

    @property
    def since(self) -> datetime:
        """The moment at which it begins, in UTC."""
        return _begin(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over, in UTC."""
        return _begin(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=number) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or several together."""

    first: date
    last: date
    states: Mapping[State, int]
    """What has become by now of the messages written then."""
    replies: int
    stops: int
    """People who asked for no more messages, and are on the list still."""
    entered: int
    """People put onto the list at the desk, or by an import."""

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        return by_outcome(self.states)


@dataclass(frozen=True, slots=True)
class Cost:
    """What messages cost in one currency."""

    currency: str
    """ISO 4217 as Vonage gave it; "" if it gave none."""
    total: Decimal
    count: int
    """How many messages that is the price of."""


@dataclass(frozen=True, slots=True)
class DestinationCost:
    """What messages to one country cost in one currency."""

    destination: Destination
    cost: Cost


@dataclass(frozen=True, slots=True)
class SenderFigures:
    """The messages of one sender."""

    sender: str
    states: Mapping[State, int]
    costs: tuple[Cost, ...]

    @property
    def written(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """How long it took from here to the phone, where both ends are known to the second."""

    count: int
    """How many messages that is of."""
    median_s: int
    most_s: int
    """95 of 100 took no longer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A period, counted."""

    period: Period
    sender: str | None
    days: tuple[Day, ...]
    """Every day of the period, days without a message too."""
    states: Mapping[State, int]
    """How many messages of all days are in which state."""
    senders: tuple[SenderFigures, ...]
    """All senders of the period, whichever is wanted; the one with most messages first."""
    countries: tuple[DestinationCost, ...]
    """By currency, and within one the dearest country first."""
    failures: tuple[Reason, ...]
    """The commonest first; what a person has cancelled did not fail."""
    times: DeliveryTimes | None
    """None when nothing is known of any."""
    begins: datetime | None
    """When the oldest message that is still in the log was written, if that is after the period
    began: older ones may have been removed."""

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        return by_outcome(self.states)

    @property
    def written(self) -> int:
        """How many messages were written."""
        return sum(self.states.values())

    @property
    def arrived(self) -> int:
        return count_in(self.states, ARRIVED)

    @property
    def answered(self) -> int:
        """How many have a final answer of the carrier."""
        return count_in(self.states, ANSWERED)

    @property
    def taken(self) -> int:
        """How many Vonage surely has, and so may cost something."""
        return count_in(self.states, REPORTED)

    @property
    def shown_senders(self) -> tuple[SenderFigures, ...]:
        """The sender that is wanted, or all."""
        return tuple(one for one in self.senders if self.sender in (None, one.sender))

    @property
    def costs(self) -> tuple[Cost, ...]:
        """By currency; amounts in two currencies are never added."""
        return _add_costs(cost for one in self.shown_senders for cost in one.costs)

    @property
    def replies(self) -> int:
        return sum(day.replies for day in self.days)

    @property
    def stops(self) -> int:
        return sum(day.stops for day in self.days)

    @property
    def entered(self) -> int:
        return sum(day.entered for day in self.days)


def fold(days: Sequence[Day]) -> list[Day]:
    """As many days together as make bars that can be told apart: days up to a quarter of a year,
    weeks that begin on Monday up to two years, then months."""
    groups: dict[object, list[Day]] = {}
    for day in days:
        groups.setdefault(_group(day.first, len(days)), []).append(day)
    return [_together(some) for some in groups.values()]


MOST_DAYS = 92
MOST_DAYS_IN_WEEKS = 731


def _group(day: date, length: int) -> object:
    if length <= MOST_DAYS:
        return day
    if length <= MOST_DAYS_IN_WEEKS:
        return day - timedelta(days=day.weekday())
    return day.year, day.month


def _together(days: Sequence[Day]) -> Day:
    return Day(
        days[0].first,
        days[-1].last,
        add_states(day.states for day in days),
        sum(day.replies for day in days),
        sum(day.stops for day in days),
        sum(day.entered for day in days),
    )


def by_outcome(states: Mapping[State, int]) -> Mapping[Outcome, int]:
    """The groups of the history's filter row; groups without a message are left out."""
    found: Counter[Outcome] = Counter()
    for state, count in states.items():
        found[OUTCOMES[state]] += count
    return {outcome: found[outcome] for outcome in Outcome if found[outcome]}


def count_in(states: Mapping[State, int], wanted: frozenset[State]) -> int:
    return sum(count for state, count in states.items() if state in wanted)


class Costs:
    """Amounts by currency, exactly."""

    def __init__(self) -> None:
        self._totals: dict[str, Decimal] = {}
        self._counts: Counter[str] = Counter()

    def add(self, currency: str, price: str, count: int) -> None:
        self.add_cost(Cost(currency, Decimal(price) * count, count))

    def add_cost(self, cost: Cost) -> None:
        self._totals[cost.currency] = self._totals.get(cost.currency, Decimal()) + cost.total
        self._counts[cost.currency] += cost.count

    def all(self) -> tuple[Cost, ...]:
        return tuple(
            Cost(currency, total, self._counts[currency])
            for currency, total in sorted(self._totals.items())
        )


def _add_costs(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    sums = Costs()
    for cost in costs:
        sums.add_cost(cost)
    return sums.all()


def add_states(counts: Iterable[Mapping[State, int]]) -> Mapping[State, int]:
    found: Counter[State] = Counter()
    for some in counts:
        found.update(some)
    return found


def _begin(day: date) -> datetime:
    """Midnight; where the clocks skip it, the moment they do."""
    return datetime.fromtimestamp(datetime.combine(day, time()).timestamp(), UTC)
