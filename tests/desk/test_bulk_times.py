"""When the messages to a list leave: one moment or many, the uncertain ones, and the night."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from smsdesk.desk.bulk_plan import BulkPlan
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import ReadingStoppedError
from smsdesk.desk.timing import PastError
from smsdesk.sms.message import Message
from smsdesk.sms.schedule import OURS, Plan
from smsdesk.sms.state import State
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.settings import QUIET_HOURS, QUIET_MODE, THROUGHPUT
from tests.desk.office import Office
from tests.support import NOW

LONDON, PERTH, CALIFORNIA, NOWHERE = (
    "+447911123456",
    "+61412345678",
    "+14155550123",
    "+80012345678",
)
"""At `NOW` it is nine, five in the afternoon, and one in the morning; nobody knows of the last."""
NINE = Plan(datetime(2026, 3, 4, 9, 0), is_recipients=True)  # noqa: DTZ001

MakePlan = Callable[..., BulkPlan]


@pytest.fixture
def make_plan(desk: Desk, tmp_path: Path) -> MakePlan:
    def make(*numbers: str) -> BulkPlan:
        file = tmp_path / "staff.csv"
        file.write_text("Mobile\n" + "".join(f"{one}\n" for one in numbers), "utf-8")
        sheet = desk.bulk.read(file, ReadingOptions(default_region="GB"))
        plan = desk.bulk.plan(sheet, "The depot is closed.", "ACME")
        assert not plan.row_problems
        return plan

    return make


def stored(desk: Desk) -> dict[str, Message]:
    return {one.to: one for one in desk.history.page(HistoryFilter(), limit=1_000)}


def test_at_once_nothing_is_chosen_and_it_can_be_taken_back(
    desk: Desk, make_plan: MakePlan
) -> None:
    queued = desk.bulk.queue(make_plan(LONDON), undo=timedelta(seconds=10))

    assert queued.undo_until == NOW + timedelta(seconds=10)
    assert stored(desk)[LONDON].due_zone is None


def test_at_our_time_all_wait_for_one_moment_and_the_clock_is_kept(
    desk: Desk, make_plan: MakePlan
) -> None:
    when = Plan(desk.compose.timing.now_here() + timedelta(hours=2))
    plan = desk.bulk.timed(make_plan(LONDON, PERTH), when)
    queued = desk.bulk.queue(plan, undo=timedelta(seconds=10))

    assert queued.undo_until is None
    assert {(m.state, m.due_at, m.due_local, m.due_zone) for m in stored(desk).values()} == {
        (State.SCHEDULED, NOW + timedelta(hours=2), when.local, OURS)
    }
    assert all(m.expires_at and m.expires_at > NOW for m in stored(desk).values())


def test_by_their_time_each_waits_for_their_own(desk: Desk, make_plan: MakePlan) -> None:
    plan = desk.bulk.timed(make_plan(LONDON, PERTH, CALIFORNIA, NOWHERE), NINE)
    desk.bulk.queue(plan)

    assert {to: m.due_zone for to, m in stored(desk).items()} == {
        LONDON: "Europe/London",
        PERTH: "Australia/Perth",
        CALIFORNIA: "America/Los_Angeles",
        NOWHERE: OURS,
    }
    due = {to: m.due_at for to, m in stored(desk).items()}
    assert due[LONDON] == NOW + timedelta(days=2)
    assert due[PERTH] == NOW + timedelta(days=2) - timedelta(hours=8)
    assert due[CALIFORNIA] == NOW + timedelta(days=2, hours=8)


def test_the_uncertain_are_listed_by_their_rows(desk: Desk, make_plan: MakePlan) -> None:
    plan = make_plan(LONDON, PERTH, NOWHERE)
    doubtful = desk.bulk.doubtful_times(desk.bulk.timed(plan, NINE))

    assert [(one.message.row.place, one.reckoned.due.zone) for one in doubtful] == [
        (3, "Australia/Perth"),
        (4, OURS),
    ]
    assert desk.bulk.doubtful_times(plan) == []


def test_a_time_that_is_over_for_anybody_queues_nothing(
    desk: Desk, make_plan: MakePlan
) -> None:
    noon = Plan(datetime(2026, 3, 2, 12, 0), is_recipients=True)  # noqa: DTZ001
    plan = desk.bulk.timed(make_plan(LONDON, PERTH), noon)  # it is over in Perth

    seen = desk.bulk.outlook(plan).forecast
    assert seen is not None
    assert seen.past == 1
    with pytest.raises(PastError):
        desk.bulk.queue(plan)
    assert stored(desk) == {}


def test_who_opts_out_meanwhile_does_not_shift_the_times_of_the_others(
    desk: Desk, office: Office, make_plan: MakePlan
) -> None:
    plan = desk.bulk.timed(make_plan(LONDON, PERTH, CALIFORNIA), NINE)
    desk.bulk.outlook(plan)
    office.open().opt_outs.add(LONDON, sender="", why="rang up", default_region=None)
    desk.bulk.queue(plan)

    assert {to: m.due_zone for to, m in stored(desk).items()} == {
        PERTH: "Australia/Perth",
        CALIFORNIA: "America/Los_Angeles",
    }


def test_quiet_hours_are_counted_by_country_before_sending(
    desk: Desk, make_plan: MakePlan
) -> None:
    desk.settings.set(QUIET_MODE, "hold")
    plan = make_plan(LONDON, CALIFORNIA, "+14155550124")

    (asleep,) = desk.bulk.outlook(plan).asleep
    assert (asleep.region, asleep.count, asleep.until) == ("US", 2, NOW + timedelta(hours=7))
    assert desk.bulk.outlook(desk.bulk.timed(plan, NINE)).asleep == ()
    at_night = desk.bulk.timed(plan, due_at=NOW + timedelta(hours=1))
    assert desk.bulk.outlook(at_night).asleep[0].count == 2
    by_day = desk.bulk.timed(plan, due_at=NOW + timedelta(hours=8))
    assert desk.bulk.outlook(by_day).asleep == ()


def test_a_long_list_is_seen_to_run_into_the_night(desk: Desk, make_plan: MakePlan) -> None:
    desk.settings.set(QUIET_HOURS, {"GB": "09:30-10:00"})
    desk.settings.set(THROUGHPUT, 0.5)  # a hundred messages take 200 s, two thousand 67 min
    numbers = [f"+4474001{n:05}" for n in range(2_000)]

    assert desk.bulk.outlook(make_plan(*numbers[:100])).asleep == ()
    (asleep,) = desk.bulk.outlook(make_plan(*numbers)).asleep
    assert asleep.count == 900  # those of the half hour
    assert asleep.until == NOW + timedelta(hours=1)


def test_what_is_urgent_passes_quiet_hours_from_the_start(
    desk: Desk, office: Office, make_plan: MakePlan
) -> None:
    plan = desk.bulk.timed(make_plan(CALIFORNIA, LONDON), ignores_quiet_hours=True)
    desk.bulk.queue(plan)

    room = WaitingRoom(office.log().database, lambda _ids: None)
    seqs = {message.seq for message in stored(desk).values()}
    assert room.may_pass(seqs) == seqs


def test_looking_ahead_can_be_stopped(desk: Desk, make_plan: MakePlan) -> None:
    plan = desk.bulk.timed(make_plan(LONDON), NINE)

    with pytest.raises(ReadingStoppedError):
        desk.bulk.outlook(plan, stop=lambda: True)
