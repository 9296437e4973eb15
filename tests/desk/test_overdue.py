"""One decision about all scheduled messages whose time was missed."""

from datetime import datetime, timedelta

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.overdue import OverdueCount
from smsdesk.desk.timing import PastError
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.schedule import Plan
from smsdesk.sms.state import HeldReason, State
from tests.desk.office import Office
from tests.support import NOW, StoppedClock

LONDON, PERTH = "+447911123456", "+61412345678"


@pytest.fixture
def missed(desk: Desk, office: Office) -> list[Message]:
    """Two messages for eleven o'clock, and then a day in which nothing ran."""
    plan = Plan(desk.compose.timing.now_here() + timedelta(hours=2))
    sent = desk.compose.send(Draft("ACME", f"{LONDON}\n{PERTH}", "Hello"), plan=plan)
    assert isinstance(office.clock, StoppedClock)
    office.clock.move(timedelta(days=1))
    return list(sent.messages)


def now(desk: Desk, messages: list[Message]) -> list[Message]:
    return desk.history.get_many(one.id for one in messages)


def test_without_a_sender_they_are_found_by_looking(desk: Desk, missed: list[Message]) -> None:
    assert desk.overdue.count() is None

    due = NOW + timedelta(hours=2)
    assert desk.overdue.notice() == OverdueCount(2, due, due)
    assert {one.held_reason for one in now(desk, missed)} == {HeldReason.STALE}


def test_all_are_sent_or_cancelled(desk: Desk, missed: list[Message]) -> None:
    desk.overdue.notice()
    assert desk.overdue.send_now() == 2
    assert {one.state for one in now(desk, missed)} == {State.QUEUED}
    assert desk.overdue.cancel() == 0
    assert desk.overdue.count() is None


def test_all_get_another_time_each_by_their_clock(desk: Desk, missed: list[Message]) -> None:
    desk.overdue.notice()
    nine = Plan(datetime(2026, 3, 5, 9, 0), is_recipients=True)  # noqa: DTZ001

    seen = desk.overdue.outlook(nine)
    assert seen.recipients == 2
    assert seen.forecast is not None
    assert len(seen.forecast.uncertain) == 1
    assert desk.overdue.reschedule(nine) == 2
    zones = {one.to: one.due_zone for one in now(desk, missed)}
    assert zones == {LONDON: "Europe/London", PERTH: "Australia/Perth"}
    assert {one.state for one in now(desk, missed)} == {State.SCHEDULED}


def test_a_time_that_is_over_again_is_refused(desk: Desk, missed: list[Message]) -> None:
    desk.overdue.notice()
    with pytest.raises(PastError):
        desk.overdue.reschedule(Plan(desk.compose.timing.now_here() - timedelta(hours=1)))
    assert {one.held_reason for one in now(desk, missed)} == {HeldReason.STALE}
