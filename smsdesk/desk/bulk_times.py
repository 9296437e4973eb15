"""When the messages to a list leave: all at one moment, or each by the clock of its recipient.

What a time means, and who is asleep then, is asked of `timing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from smsdesk.desk.bulk_plan import BulkPlan, PlannedMessage
from smsdesk.desk.sheets.reading import LOOK_EVERY, never
from smsdesk.desk.sheets.table import ReadingStoppedError
from smsdesk.desk.timing import Outlook, Timing
from smsdesk.sms.schedule import Due, Reckoned, reckon_in
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
        people: Sequence[Whereabouts] = (
            self._places(plan, stop) if plan.is_by_recipient else self._find(plan, stop)
        )
        return self._timing.look_ahead(people, plan.when, due_at=plan.due_at, pace=pace)

    def is_past(self, plan: BulkPlan) -> bool:
        """The time is over, for some of the recipients at least."""
        if plan.when is None:
            return False
        places = set(self._places(plan)) if plan.is_by_recipient else {Whereabouts("", ())}
        return self._timing.look_ahead(list(places), plan.when).is_past

    def dues(self, plan: BulkPlan) -> Iterator[Due | None]:
        """When each of the messages leaves, in their order; None without a time by a clock."""
        if plan.when is None:
            yield from (None for _message in plan.messages)
            return
        known: dict[tuple[str, ...], Due] = {}
        places = self._places(plan) if plan.is_by_recipient else None
        for number in range(len(plan.messages)):
            zones = () if places is None else places[number].zones
            due = known.get(zones)
            if due is None:
                due = known[zones] = reckon_in(plan.when, zones).due
            yield due

    def doubtful(self, plan: BulkPlan) -> list[DoubtfulTime]:
        """The messages by each recipient's time of which the time zone is uncertain."""
        if plan.when is None or not plan.is_by_recipient:
            return []
        known: dict[tuple[str, ...], Reckoned] = {}
        found = []
        for message, place in zip(plan.messages, self._places(plan), strict=True):
            one = known.get(place.zones)
            if one is None:
                one = known[place.zones] = reckon_in(plan.when, place.zones)
            if one.is_uncertain:
                found.append(DoubtfulTime(message, one))
        return found

    def _places(
        self, plan: BulkPlan, stop: Callable[[], bool] = never
    ) -> Sequence[Whereabouts]:
        """Where the recipients of the messages may be, in their order."""
        if len(plan.places) != len(plan.messages):
            plan.places[:] = self._find(plan, stop)
        return plan.places

    def _find(self, plan: BulkPlan, stop: Callable[[], bool]) -> list[Whereabouts]:
        return [
            self._timing.place_of(message.number, plan.when)
            for message in _while_wanted(plan.messages, stop)
        ]


def _while_wanted(
    messages: Sequence[PlannedMessage], stop: Callable[[], bool]
) -> Iterator[PlannedMessage]:
    for count, message in enumerate(messages):
        if count % LOOK_EVERY == 0 and stop():
            raise ReadingStoppedError
        yield message
