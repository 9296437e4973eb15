"""Scheduled messages whose time was missed: counted, and decided about all at once."""

from datetime import datetime

import pytest

from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.overdue import NewTime, OverdueCount, OverdueLog
from smsdesk.store.waiting import PlannedTime
from tests.support import NOW, Log, minutes

LATE_MS = 30 * 60 * 1000


@pytest.fixture
def overdue(database: Database, log: Log) -> OverdueLog:
    return OverdueLog(database, log.news.append)


@pytest.fixture
def ids(log: Log) -> list[str]:
    """Two that are overdue; one that waits for its time and one that is queued."""
    day = 24 * 60
    ids = [
        log.queue(
            state=State.SCHEDULED,
            due_at=NOW - minutes(late),
            expires_at=NOW - minutes(late - day),
        )[0]
        for late in (3 * day, 60, -60)
    ]
    log.log.promote_due(at=NOW, late_after_ms=LATE_MS)
    return [*ids, log.queue()[0]]


def states(log: Log, ids: list[str]) -> list[State]:
    return [log.state(one) for one in ids]


def events(log: Log, message_id: str) -> list[tuple[str, str]]:
    return [(one.source, one.status) for one in log.view.events(message_id)]


def test_they_are_counted_with_the_span_of_their_times(
    log: Log, overdue: OverdueLog, ids: list[str]
) -> None:
    day = 24 * 60
    assert overdue.count() == OverdueCount(2, NOW - minutes(3 * day), NOW - minutes(60))
    assert [one.to for one in overdue.all()] == ["+447700900000"] * 2


def test_none_is_none(overdue: OverdueLog) -> None:
    assert overdue.count() is None
    assert overdue.all() == []


def test_they_do_not_expire_while_nobody_decides(
    log: Log, overdue: OverdueLog, ids: list[str]
) -> None:
    assert log.log.expire(at=NOW + minutes(60)) == 0
    assert states(log, ids[:2]) == [State.HELD, State.HELD]


def test_all_leave_now_and_their_time_to_wait_begins_again(
    log: Log, overdue: OverdueLog, ids: list[str]
) -> None:
    assert overdue.release(at=NOW) == 2

    assert states(log, ids) == [State.QUEUED, State.QUEUED, State.SCHEDULED, State.QUEUED]
    message = log.view.get(ids[0])
    assert message is not None
    assert message.expires_at == NOW + minutes(24 * 60)
    assert ("person", "sent_late") in events(log, ids[0])
    assert ("person", "sent_late") not in events(log, ids[2])
    assert overdue.release(at=NOW) == 0


def test_all_are_cancelled(log: Log, overdue: OverdueLog, ids: list[str]) -> None:
    assert overdue.cancel(at=NOW) == 2

    assert states(log, ids) == [
        State.CANCELLED,
        State.CANCELLED,
        State.SCHEDULED,
        State.QUEUED,
    ]
    assert ("person", "cancelled") in events(log, ids[1])


def test_each_gets_a_time_of_its_own_while_it_waits_for_one(
    log: Log, overdue: OverdueLog, ids: list[str]
) -> None:
    nine = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001
    time = PlannedTime(nine, "Europe/London", NOW + minutes(24 * 60))
    first, second = overdue.all()
    log.log.cancel(ids[1], at=NOW)
    news = [NewTime(one.seq, time, NOW + minutes(48 * 60)) for one in (first, second)]

    assert overdue.reschedule(news, at=NOW) == 1
    assert states(log, ids[:2]) == [State.SCHEDULED, State.CANCELLED]
    message = log.view.get(ids[0])
    assert message is not None
    assert (message.due_local, message.due_zone) == (nine, "Europe/London")
    assert ("person", "rescheduled") in events(log, ids[0])
