"""When the messages to a list leave: all at one moment, or each by the clock of its recipient.

What a time means, and who is asleep then, is asked of `timing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

from smsdesk.desk.bulk_plan import BulkPlan, PlannedMessage
from smsdesk.desk.sheets.reading import LOOK_EVERY, never
from smsdesk.desk.sheets.table import ReadingStoppedError
from smsdesk.desk.timing import Outlook, Timing
from smsdesk.sms.schedule import Due, Reckoned, reckon_in
from smsdesk.sms.schedule import Plan as Schedule
from smsdesk.sms.zones import Whereabouts


class DoubtfulTime(NamedTuple):
    """A message of which nobody knows by which clock it should leave."""

    message: PlannedMessage
    reckoned: Reckoned


class BulkTimes:
    """Finding out where a hundred thousand people may be takes seconds. It is done once for a
    plan and all that differ from it in the time alone."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing

    def outlook(
        self, plan: BulkPlan, *, pace: float, stop: Callable[[], bool] = never
    ) -> Outlook:
        """What the time of a plan means, when `pace` messages leave in a second. Raises
        ReadingStoppedError."""
        people = self._places(plan, stop)
        return self._timing.look_ahead(people, plan.when, due_at=plan.due_at, pace=pace)

    def is_past(self, plan: BulkPlan) -> bool:
        """The time is over, for some of the recipients at least."""
        if plan.when is None:
            return False
        return self._timing.look_ahead([*set(self._places(plan))], plan.when).is_past

    def dues(self, plan: BulkPlan) -> Iterator[Due | None]:
        """When each of the messages leaves, in their order; None without a time by a clock."""
        if plan.when is None:
            return repeat(None, len(plan.messages))
        return (one.due for one in self._reckon(plan, plan.when))

    def doubtful(self, plan: BulkPlan) -> list[DoubtfulTime]:
        """The messages by each recipient's time of which the time zone is uncertain."""
        if plan.when is None or not plan.is_by_recipient:
            return []
        reckoned = self._reckon(plan, plan.when)
        return [
            DoubtfulTime(message, one)
            for message, one in zip(plan.messages, reckoned, strict=True)
            if one.is_uncertain
        ]

    def _reckon(self, plan: BulkPlan, when: Schedule) -> Iterator[Reckoned]:
        known: dict[tuple[str, ...], Reckoned] = {}
        for place in self._places(plan):
            one = known.get(place.zones)
            if one is None:
                one = known[place.zones] = reckon_in(when, place.zones)
            yield one

    def _places(
        self, plan: BulkPlan, stop: Callable[[], bool] = never
    ) -> Sequence[Whereabouts]:
        """Where the recipients of the messages may be, in their order."""
        wanted = None
        if not plan.is_by_recipient:
            regions = (country.region for country in plan.countries)
            wanted = frozenset(one for one in regions if self._timing.may_sleep(one))
        for known in (None, wanted):
            if known in plan.places:
                return plan.places[known]
        plan.places[wanted] = found = [
            self._timing.place_of(message.number, plan.when)
            for message in _while_wanted(plan.messages, stop)
        ]
        return found


def _while_wanted(
    messages: Sequence[PlannedMessage], stop: Callable[[], bool]
) -> Iterator[PlannedMessage]:
    for count, message in enumerate(messages):
        if count % LOOK_EVERY == 0 and stop():
            raise ReadingStoppedError
        yield message
