"""What became of the messages of a period, added up so that no figure says more than is known.

Days are those of this computer's time zone, whatever its clocks do meanwhile. What the figures
are called, and which are too small for a percentage, is for `wording_overview`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from smsdesk.desk.batches import OUTCOMES, Outcome, Reason
from smsdesk.desk.sheets.writing import PLAIN, whole_file
from smsdesk.sms.phone import Destination, destination
from smsdesk.sms.state import REPORTED, State
from smsdesk.sms.suppression import SuppressionReason
from smsdesk.store.errors import StoreError
from smsdesk.store.overview import QUARTER_MS, Counts, OverviewCounts, Wanted
from smsdesk.system.clock import Clock

__all__ = [
    "Cost",
    "Day",
    "DeliveryTimes",
    "Figures",
    "Outcome",
    "Overview",
    "Period",
    "Reason",
    "SenderFigures",
    "StoreError",
]

AT_ONCE = 25_000
"""Places of the log counted in one go: about a tenth of a second."""
LONGEST_DAYS = 3660
EARLIEST, LATEST = date(2000, 1, 1), date(3000, 1, 1)
ARRIVED = frozenset({State.DELIVERED, State.READ})
ANSWERED = frozenset({*ARRIVED, State.UNDELIVERABLE, State.REJECTED})
"""Vonage took the message, and the carrier has said how it ended."""
_ASKED_FOR_IT = frozenset({SuppressionReason.STOP, SuppressionReason.VONAGE})


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
    def states(self) -> Mapping[State, int]:
        """How many messages are in which state."""
        return _added(day.states for day in self.days)

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


class Overview:
    """What the overview page and `smsdesk overview` ask for."""

    def __init__(self, counts: OverviewCounts, clock: Clock) -> None:
        self._counts = counts
        self._clock = clock

    def latest(self, days: int) -> Period:
        """So many days, of which the last is today."""
        today = self.today
        return Period(today - timedelta(days=days - 1), today)

    @property
    def today(self) -> date:
        return self._clock.now().astimezone().date()

    def count(
        self,
        period: Period,
        *,
        sender: str | None = None,
        is_wanted: Callable[[], bool] = lambda: True,
        on_progress: Callable[[float], None] = lambda _share: None,
    ) -> Figures | None:
        """Count a period; None as soon as it is not wanted any more. Some seconds for a million
        messages: for a worker. Raises StoreError."""
        wanted = Wanted(period.since, period.until, sender)
        sums = _Sums(period)
        span = self._counts.span(wanted)
        for first in range(span[0], span[1] + 1, AT_ONCE) if span else ():
            if not is_wanted():
                return None
            last = min(first + AT_ONCE - 1, span[1] if span else first)
            sums.add(self._counts.count(wanted, first=first, last=last))
            if span:
                on_progress((last - span[0] + 1) / (span[1] - span[0] + 1))
        for entry in self._counts.opted_out(wanted):
            sums.note_opt_out(entry.at, entry.reason)
        return sums.figures(sender, self._counts.begins())


def write_picture(path: Path, png: bytes) -> None:
    """Write a picture, whole or not at all. Raises SheetError."""
    with whole_file(path, encoding=PLAIN) as file:
        file.buffer.write(png)


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
        _added(day.states for day in days),
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


class _Sums:
    """Adds up what is counted of one stretch of the log after the other."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._days = {day: Counter[State]() for day in period.days}
        self._stops: Counter[date] = Counter()
        self._entered: Counter[date] = Counter()
        self._senders: dict[str, Counter[State]] = {}
        self._sender_costs: dict[str, _Costs] = {}
        self._country_costs: dict[Destination, _Costs] = {}
        self._failures: Counter[tuple[State, str | None]] = Counter()
        self._titles: dict[tuple[State, str | None], str] = {}
        self._seconds: Counter[int] = Counter()
        self._day_of: dict[int, date] = {}
        self._destinations: dict[str, Destination] = {}

    def add(self, counts: Counts) -> None:
        for written in counts.written:
            self._days[self._day(written.quarter)][written.state] += written.count
        for sent in counts.sent:
            self._senders.setdefault(sent.sender, Counter())[sent.state] += sent.count
            if sent.price is not None:
                costs = self._sender_costs.setdefault(sent.sender, _Costs())
                costs.add(sent.currency, sent.price, sent.count)
        for reached in counts.reached:
            if reached.price is not None:
                where = self._destination(reached.prefix, reached.example)
                costs = self._country_costs.setdefault(where, _Costs())
                costs.add(reached.currency, reached.price, reached.count)
        for failed in counts.failed:
            key = (failed.state, failed.code)
            self._failures[key] += failed.count
            self._titles[key] = max(self._titles.get(key, ""), failed.title)
        # What seems to have arrived before it left was timed by two clocks that disagree.
        self._seconds.update({s: n for s, n in counts.seconds.items() if s >= 0})

    def note_opt_out(self, at: datetime, reason: SuppressionReason) -> None:
        found = self._stops if reason in _ASKED_FOR_IT else self._entered
        found[at.astimezone().date()] += 1

    def figures(self, sender: str | None, begins: datetime | None) -> Figures:
        """`begins` is when the first message of the log was written."""
        first = min((day for day, states in self._days.items() if states), default=date.max)
        if begins is not None:
            day = begins.astimezone().date()
            # A clock that was wrong may have put later ones before it.
            if not self._period.first < day <= first:
                begins = None
        return Figures(
            self._period,
            sender,
            tuple(self._make_day(day, states) for day, states in self._days.items()),
            self._make_senders(),
            self._make_countries(),
            tuple(
                Reason(state, code, self._titles[state, code], count)
                for (state, code), count in self._failures.most_common()
            ),
            _times(self._seconds),
            begins,
        )

    def _day(self, quarter: int) -> date:
        if quarter not in self._day_of:
            moment = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, UTC)
            self._day_of[quarter] = moment.astimezone().date()
        return self._day_of[quarter]

    def _destination(self, prefix: str, example: str) -> Destination:
        if prefix not in self._destinations:
            self._destinations[prefix] = destination(example)
        return self._destinations[prefix]

    def _make_day(self, day: date, states: Counter[State]) -> Day:
        ours = {state: states[state] for state in State if state in OUTCOMES and states[state]}
        replies = states[State.RECEIVED]
        return Day(day, day, ours, replies, self._stops[day], self._entered[day])

    def _make_senders(self) -> tuple[SenderFigures, ...]:
        found = [
            SenderFigures(sender, states, self._sender_costs.get(sender, _Costs()).all())
            for sender, states in self._senders.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.written, one.sender)))

    def _make_countries(self) -> tuple[DestinationCost, ...]:
        found = [
            DestinationCost(where, cost)
            for where, costs in self._country_costs.items()
            for cost in costs.all()
        ]
        found.sort(key=lambda one: (one.cost.currency, -one.cost.total))
        return tuple(found)


class _Costs:
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


def _add_costs(costs: Iterator[Cost]) -> tuple[Cost, ...]:
    sums = _Costs()
    for cost in costs:
        sums.add_cost(cost)
    return sums.all()


def _added(counts: Iterator[Mapping[State, int]]) -> Mapping[State, int]:
    found: Counter[State] = Counter()
    for some in counts:
        found.update(some)
    return found


def _times(seconds: Mapping[int, int]) -> DeliveryTimes | None:
    count = sum(seconds.values())
    if not count:
        return None
    return DeliveryTimes(count, _nearest(seconds, count, 50), _nearest(seconds, count, 95))


def _nearest(seconds: Mapping[int, int], count: int, percent: int) -> int:
    """The percentile by the nearest rank: one of the times there really were."""
    rank, seen = -(-count * percent // 100), 0
    for second in sorted(seconds):
        seen += seconds[second]
        if seen >= rank:
            return second
    raise ValueError("no times")


def _begin(day: date) -> datetime:
    """Midnight; where the clocks skip it, the moment they do."""
    return datetime.fromtimestamp(datetime.combine(day, time()).timestamp(), UTC)
