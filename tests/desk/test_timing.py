"""The time of a message as the desk sees it: plans, quiet hours, and second thoughts."""

from datetime import datetime, timedelta

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.timing import PastError
from smsdesk.sms.message import Draft, Message
from smsdesk.sms.quiet import QuietMode
from smsdesk.sms.schedule import OURS, Plan
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.settings import QUIET_HOURS, QUIET_MODE, UNDO_S
from tests.desk.office import Office
from tests.support import NOW

CALIFORNIA, LONDON, PERTH = "+14155550123", "+447911123456", "+61412345678"
"""At `NOW` it is one in the morning, nine, and five in the afternoon there."""


def draft(*numbers: str) -> Draft:
    return Draft("+447700900001", "\n".join(numbers), "The van is here.")


def send(
    desk: Desk, *numbers: str, plan: Plan | None = None, urgent: bool = False
) -> list[Message]:
    result = desk.compose.send(draft(*numbers), plan=plan, ignores_quiet_hours=urgent)
    assert result.messages, result.problems
    return list(result.messages)


def here(desk: Desk, ahead: timedelta) -> Plan:
    return Plan(desk.compose.timing.now_here() + ahead)


def test_by_our_time_all_wait_for_the_same_moment(desk: Desk) -> None:
    messages = send(desk, LONDON, PERTH, plan=here(desk, timedelta(hours=2)))

    assert {message.due_at for message in messages} == {NOW + timedelta(hours=2)}
    assert {(m.state, m.due_zone) for m in messages} == {(State.SCHEDULED, OURS)}
    assert all(m.expires_at and m.due_at and m.expires_at > m.due_at for m in messages)


def test_by_their_time_each_waits_for_their_own(desk: Desk) -> None:
    plan = Plan(datetime(2026, 3, 3, 9, 0), is_recipients=True)  # noqa: DTZ001
    by_number = {message.to: message for message in send(desk, LONDON, CALIFORNIA, plan=plan)}

    assert by_number[CALIFORNIA].due_zone == "America/Los_Angeles"
    assert by_number[CALIFORNIA].due_at == NOW + timedelta(days=1, hours=8)
    assert by_number[LONDON].due_at == NOW + timedelta(days=1)


def test_a_time_that_is_over_for_anybody_is_refused_and_nothing_is_stored(desk: Desk) -> None:
    plan = Plan(datetime(2026, 3, 2, 12, 0), is_recipients=True)  # noqa: DTZ001
    result = desk.compose.send(draft(LONDON, PERTH), plan=plan)  # noon is over in Perth

    assert [(problem.field, problem.code) for problem in result.problems] == [("when", "past")]
    assert not result.messages
    outlook = desk.compose.timing.outlook(
        desk.compose.preview(draft(LONDON, PERTH)).numbers, plan
    )
    assert outlook.forecast is not None
    assert outlook.forecast.past == 1


def test_the_delay_after_send_is_none_of_a_plans(desk: Desk) -> None:
    desk.settings.set(UNDO_S, 10)
    planned = desk.compose.send(
        draft(LONDON), plan=here(desk, timedelta(hours=1)), undo=desk.compose.undo_time
    )
    sent = desk.compose.send(draft(LONDON), undo=desk.compose.undo_time)

    assert planned.undo_until is None
    assert [m.is_about_to_leave for m in (*planned.messages, *sent.messages)] == [False, True]
    assert sent.messages[0].due_zone is None


def test_quiet_hours_warn_as_they_come_and_hold_nothing(desk: Desk) -> None:
    numbers = desk.compose.preview(draft(LONDON, CALIFORNIA)).numbers
    outlook = desk.compose.timing.outlook(numbers, None)

    assert outlook.mode is QuietMode.WARN
    assert [(one.region, one.count) for one in outlook.asleep] == [("US", 1)]
    assert outlook.asleep[0].until == NOW + timedelta(hours=7)
    assert desk.compose.timing.quiet_until(CALIFORNIA, NOW) is None


def test_a_plan_is_weighed_at_the_moment_it_leaves(desk: Desk) -> None:
    timing = desk.compose.timing
    numbers = desk.compose.preview(draft(LONDON, CALIFORNIA)).numbers
    in_the_evening = here(desk, timedelta(hours=9))  # ten in the morning in California
    at_ten = Plan(datetime(2026, 3, 3, 22, 0), is_recipients=True)  # noqa: DTZ001

    assert timing.outlook(numbers, in_the_evening).asleep == ()
    assert [one.region for one in timing.outlook(numbers, at_ten).asleep] == ["US"]


def test_held_quiet_hours_hold_and_off_says_nothing(desk: Desk) -> None:
    timing = desk.compose.timing
    desk.settings.set(QUIET_MODE, "hold")
    assert timing.quiet_until(CALIFORNIA, NOW) == NOW + timedelta(hours=7)
    assert timing.quiet_until(LONDON, NOW) is None

    desk.settings.set(QUIET_HOURS, {"*": "08:30-10:00"})
    assert timing.quiet_until(LONDON, NOW) == NOW + timedelta(hours=1)

    desk.settings.set(QUIET_MODE, "off")
    numbers = desk.compose.preview(draft(LONDON)).numbers
    assert timing.outlook(numbers, None).asleep == ()


def test_a_waiting_message_gets_another_time(desk: Desk) -> None:
    (message,) = send(desk, LONDON, plan=here(desk, timedelta(hours=2)))
    timing = desk.history.timing
    assert timing.plan_of(message) == here(desk, timedelta(hours=2))

    assert timing.reschedule(message, here(desk, timedelta(hours=5)))
    moved = desk.history.get(message.id)
    assert moved is not None
    assert moved.due_at == NOW + timedelta(hours=5)

    with pytest.raises(PastError):
        timing.reschedule(message, here(desk, -timedelta(hours=1)))
    desk.history.cancel(message.id)
    assert not timing.reschedule(message, here(desk, timedelta(hours=6)))


def test_one_or_all_of_a_send_leave_in_spite_of_quiet_hours(desk: Desk, office: Office) -> None:
    messages = send(desk, CALIFORNIA, "+14155550124", "+14155550125")
    room = WaitingRoom(office.log().database, lambda _ids: None)
    room.hold_back([(m.seq, NOW + timedelta(hours=7)) for m in messages], at=NOW)
    timing = desk.history.timing
    held = desk.history.get(messages[0].id)
    assert held is not None
    assert held.held_reason is HeldReason.QUIET_HOURS
    assert timing.held_back_of(held) == 3

    assert timing.send_anyway(held) == 1
    assert timing.send_anyway(held) == 0
    assert timing.send_anyway(held, all_of_it=True) == 2
    assert room.may_pass([m.seq for m in messages]) == {m.seq for m in messages}


def test_what_is_urgent_is_sent_past_quiet_hours_from_the_start(
    desk: Desk, office: Office
) -> None:
    (message,) = send(desk, CALIFORNIA, urgent=True)
    room = WaitingRoom(office.log().database, lambda _ids: None)

    assert room.may_pass([message.seq]) == {message.seq}
