"""What became of the messages of a period, added up so that no figure says more than is known.

Days are those of this computer's time zone, whatever its clocks do meanwhile. What the figures
are called, and which are too small for a percentage, is for `wording_overview`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from smsdesk.desk.batches import OUTCOMES, Reason
from smsdesk.desk.overview_figures import (
    Costs,
    Day,
    DeliveryTimes,
    DestinationCost,
    Figures,
    Period,
    SenderFigures,
    add_states,
)
from smsdesk.desk.sheets.writing import whole_file
from smsdesk.sms.phone import Destination, destination
from smsdesk.sms.state import State
from smsdesk.sms.suppression import SuppressionReason
from smsdesk.store.errors import StoreError
from smsdesk.store.overview import QUARTER_MS, Counts, OverviewCounts, Wanted
from smsdesk.system.clock import Clock

__all__ = ["Overview", "StoreError", "write_picture"]

AT_ONCE = 25_000
"""Places of the log counted in one go: about a tenth of a second."""
_ASKED_FOR_IT = frozenset({SuppressionReason.STOP, SuppressionReason.VONAGE})


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
        stretches = _stretches(self._counts.span(wanted))
        for number, (first, last) in enumerate(stretches, start=1):
            if not is_wanted():
                return None
            sums.add(self._counts.count(wanted, first=first, last=last))
            on_progress(number / len(stretches))
        for entry in self._counts.opted_out(wanted):
            sums.note_opt_out(entry.at, entry.reason)
        return sums.figures(sender, self._counts.begins())


def write_picture(path: Path, png: bytes) -> None:
    """Write a picture, whole or not at all. Raises SheetError."""
    with whole_file(path) as file:
        file.write(png)


class _Sums:
    """Adds up what is counted of one stretch of the log after the other."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._days = {day: Counter[State]() for day in period.days}
        self._stops: Counter[date] = Counter()
        self._entered: Counter[date] = Counter()
        self._senders: dict[str, Counter[State]] = {}
        self._sender_costs: dict[str, Costs] = {}
        self._country_costs: dict[Destination, Costs] = {}
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
                costs = self._sender_costs.setdefault(sent.sender, Costs())
                costs.add(sent.currency, sent.price, sent.count)
        for reached in counts.reached:
            if reached.price is not None:
                where = self._destination(reached.prefix, reached.example)
                costs = self._country_costs.setdefault(where, Costs())
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
        days = tuple(self._make_day(day, states) for day, states in self._days.items())
        return Figures(
            self._period,
            sender,
            days,
            add_states(day.states for day in days),
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
            SenderFigures(sender, states, self._sender_costs.get(sender, Costs()).all())
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


def _stretches(span: tuple[int, int] | None) -> list[tuple[int, int]]:
    """A span of the log in pieces that are counted in one go each."""
    if span is None:
        return []
    first, last = span
    return [
        (begin, min(begin + AT_ONCE - 1, last)) for begin in range(first, last + 1, AT_ONCE)
    ]


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
