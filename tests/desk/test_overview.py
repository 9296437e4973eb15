"""The figures of the overview, held against logs made by hand."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk.overview import AT_ONCE, Overview, write_picture
from smsdesk.desk.overview_figures import (
    Cost,
    Day,
    DeliveryTimes,
    Outcome,
    Period,
    fold,
)
from smsdesk.desk.sheets.table import SheetError
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.phone import Destination
from smsdesk.sms.state import HeldReason, State
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter, HistoryView
from smsdesk.store.overview import OverviewCounts
from smsdesk.store.suppression import SuppressionList
from tests.support import FROM, NOW, Log, StoppedClock, make_heard, receipt, reply

DAY = timedelta(days=1)
TODAY = NOW.date()
GERMAN, AMERICAN, JAMAICAN = "+4915123456789", "+14155550132", "+18765550132"
FICTION = "+447700900000"


@pytest.fixture
def zone() -> Iterator[None]:
    """Puts the zone back that a test has chosen."""
    old = os.environ.get("TZ")
    yield
    if old is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = old
    time.tzset()


def live_in(name: str) -> None:
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone cannot be set for a test")
    os.environ["TZ"] = name
    time.tzset()


@pytest.fixture
def overview(database: Database) -> Overview:
    return Overview(OverviewCounts(database), StoppedClock())


class Post:
    """Messages with all that is known of them, told in one line each."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._heard = make_heard(log.database, log, clock=StoppedClock(NOW + DAY))
        self._count = 0

    def send(
        self,
        state: State = State.DELIVERED,
        *,
        at: datetime = NOW,
        after_s: float | None = None,
        price: str | None = None,
        currency: str | None = "EUR",
        code: str | None = None,
        **fields: object,
    ) -> None:
        """A message that Vonage took at `at`, and about which it has said `state`."""
        self._count += 1
        uuid = f"uuid-{self._count}"
        self.log.accepted(uuid, at=at, **fields)
        if state is not State.ACCEPTED or price is not None:
            told = None if after_s is None else at + timedelta(seconds=after_s)
            failure = None if code is None else FailureReason(code, "A title", "")
            self._heard.take(
                [
                    receipt(
                        state,
                        message_uuid=uuid,
                        provider_time=told,
                        price=price,
                        currency=None if price is None else currency,
                        failure=failure,
                    )
                ]
            )


@pytest.fixture
def post(log: Log) -> Post:
    return Post(log)


def day_of(overview: Overview, day: date, period: Period) -> Day:
    figures = overview.count(period)
    assert figures is not None
    return next(one for one in figures.days if one.first == day)


def test_an_empty_log_has_days_and_no_figures(overview: Overview) -> None:
    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert [day.first for day in figures.days] == [TODAY - n * DAY for n in range(6, -1, -1)]
    assert (figures.written, figures.answered, figures.taken, figures.replies) == (0, 0, 0, 0)
    assert (figures.times, figures.costs, figures.senders, figures.failures) == (
        None,
        (),
        (),
        (),
    )
    assert figures.begins is None


def test_each_message_counts_on_the_day_it_was_written(overview: Overview, post: Post) -> None:
    post.send(at=NOW - DAY)
    post.send(State.ACCEPTED, at=NOW - DAY)
    post.send(State.UNDELIVERABLE, at=NOW, code="1260")
    post.log.unknown(at=NOW)
    post.log.queue(2, at=NOW)
    post.send(at=NOW - 9 * DAY)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    days = {day.first: day for day in figures.days}
    assert days[TODAY - DAY].outcomes == {Outcome.DELIVERED: 1, Outcome.SENT: 1}
    assert days[TODAY].outcomes == {
        Outcome.REVIEW: 1,
        Outcome.FAILED: 1,
        Outcome.WAITING: 2,
    }
    assert figures.written == 6


def test_delivery_is_counted_of_what_has_a_final_answer(overview: Overview, post: Post) -> None:
    post.send(State.DELIVERED)
    post.send(State.READ)
    post.send(State.UNDELIVERABLE, code="1260")
    post.send(State.REJECTED, code="1210")
    post.send(State.SUBMITTED)
    post.send(State.ACCEPTED)
    post.log.unknown()
    failed = post.log.sending()
    post.log.finish(failed, State.FAILED, failure=FailureReason("invalid", "", ""))
    (cancelled,) = post.log.queue()
    post.log.log.cancel(cancelled, at=NOW)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert (figures.arrived, figures.answered, figures.taken) == (2, 4, 6)
    assert {(one.state, one.code): one.count for one in figures.failures} == {
        (State.UNDELIVERABLE, "1260"): 1,
        (State.REJECTED, "1210"): 1,
        (State.FAILED, "invalid"): 1,
    }


def test_times_are_those_between_here_and_the_carriers_account(
    overview: Overview, post: Post
) -> None:
    for seconds in range(1, 101):
        post.send(after_s=seconds)
    post.send(State.READ, after_s=500)  # tells when it was read, not when it arrived
    post.send(after_s=None)
    post.send(after_s=-30)  # two clocks disagree
    post.send(State.SUBMITTED, after_s=700)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert figures.times == DeliveryTimes(100, median_s=50, most_s=95)


def test_a_single_time_is_the_median_of_one(overview: Overview, post: Post) -> None:
    post.send(after_s=0.4)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert figures.times == DeliveryTimes(1, median_s=0, most_s=0)


def test_currencies_are_never_added(overview: Overview, post: Post) -> None:
    post.send(to=GERMAN, price="0.0700")
    post.send(to=GERMAN, price="0.0700", sender="ACME")
    post.send(to=AMERICAN, price="0.0080", currency="USD")
    post.send(to=JAMAICAN, price="0.1", currency="USD")
    post.send(to=GERMAN)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert figures.costs == (
        Cost("EUR", Decimal("0.1400"), 2),
        Cost("USD", Decimal("0.1080"), 2),
    )
    assert [(one.destination.region, one.cost) for one in figures.countries] == [
        ("DE", Cost("EUR", Decimal("0.1400"), 2)),
        ("JM", Cost("USD", Decimal("0.1"), 1)),
        ("US", Cost("USD", Decimal("0.0080"), 1)),
    ]
    assert {one.sender: one.costs for one in figures.senders} == {
        FROM: (Cost("EUR", Decimal("0.0700"), 1), Cost("USD", Decimal("0.1080"), 2)),
        "ACME": (Cost("EUR", Decimal("0.0700"), 1),),
    }


def test_a_number_of_no_known_range_is_given_to_no_country(
    overview: Overview, post: Post
) -> None:
    post.send(to=FICTION, price="0.04")
    post.send(to="+447400123456", price="0.04")

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert {one.destination for one in figures.countries} == {
        Destination(44, None),
        Destination(44, "GB"),
    }


def test_one_sender_alone_is_counted(overview: Overview, post: Post) -> None:
    post.send(sender="ACME", price="0.05", to=GERMAN, after_s=3)
    post.send(State.REJECTED, code="1210", price="0.07", to=AMERICAN)
    make_heard(post.log.database, post.log, clock=StoppedClock()).take([reply("Yes")])

    figures = overview.count(overview.latest(7), sender="ACME")
    ours = overview.count(overview.latest(7), sender=FROM)

    assert figures is not None
    assert ours is not None
    assert (figures.written, figures.failures, figures.replies) == (1, (), 0)
    assert figures.times == DeliveryTimes(1, 3, 3)
    assert figures.costs == (Cost("EUR", Decimal("0.05"), 1),)
    assert [one.destination.region for one in figures.countries] == ["DE"]
    assert [one.sender for one in figures.senders] == [FROM, "ACME"]
    assert [one.sender for one in figures.shown_senders] == ["ACME"]
    assert (ours.written, ours.replies, len(ours.failures)) == (1, 1, 1)


def test_opt_outs_count_since_they_are_on_the_list(
    overview: Overview, database: Database
) -> None:
    listed = SuppressionList(database, lambda _ids: None, lambda: None)
    entries = (
        ("+447400000001", "", NOW - DAY, SuppressionReason.STOP),
        ("+447400000002", "ACME", NOW, SuppressionReason.VONAGE),
        ("+447400000003", "OTHER", NOW, SuppressionReason.STOP),
        ("+447400000004", "", NOW, SuppressionReason.PERSON),
        ("+447400000005", "", NOW, SuppressionReason.IMPORT),
        ("+447400000006", "", NOW - 30 * DAY, SuppressionReason.STOP),
    )
    listed.add(
        [Suppression(number, sender, at, why) for number, sender, at, why in entries], at=NOW
    )

    everybody = overview.count(overview.latest(7))
    acme = overview.count(overview.latest(7), sender="ACME")

    assert everybody is not None
    assert acme is not None
    assert (everybody.stops, everybody.entered) == (3, 2)
    assert (acme.stops, acme.entered) == (2, 2)
    assert [(day.stops, day.entered) for day in everybody.days[-2:]] == [(1, 0), (2, 2)]


@pytest.mark.parametrize(
    ("name", "day", "begins", "hours"),
    [
        ("Europe/London", date(2026, 3, 29), datetime(2026, 3, 29, 0, tzinfo=UTC), 23),
        ("Europe/London", date(2026, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC), 25),
        ("Asia/Beirut", date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC), 23),
        ("Asia/Kathmandu", date(2026, 3, 2), datetime(2026, 3, 1, 18, 15, tzinfo=UTC), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 4, 13, tzinfo=UTC), 24.5),
    ],
)
@pytest.mark.usefixtures("zone")
def test_a_day_is_as_long_as_the_clocks_make_it(
    overview: Overview, log: Log, name: str, day: date, begins: datetime, hours: float
) -> None:
    live_in(name)
    ends = begins + timedelta(hours=hours)
    moment = timedelta(milliseconds=1)
    for at in (begins - moment, begins, ends - moment, ends):
        log.queue(at=at)

    period = Period(day - DAY, day + DAY)
    counts = [sum(day_of(overview, one, period).states.values()) for one in period.days]

    assert (Period(day, day).since, Period(day, day).until) == (begins, ends)
    assert counts == [1, 2, 1]


@pytest.mark.usefixtures("zone")
def test_today_is_the_day_of_this_computers_zone(database: Database) -> None:
    live_in("Pacific/Auckland")
    late = Overview(OverviewCounts(database), StoppedClock(NOW.replace(hour=20)))

    assert late.today == TODAY + DAY


def test_what_a_bar_counts_is_what_history_lists(overview: Overview, post: Post) -> None:
    """The filter that a press makes lets exactly the counted messages through."""
    for n in range(20):
        post.send(
            State.DELIVERED if n % 3 else State.UNDELIVERABLE,
            at=NOW - n * timedelta(hours=7),
            code=None if n % 3 else "1260",
            sender="ACME" if n % 2 else FROM,
        )
    view = HistoryView(post.log.database)

    figures = overview.count(overview.latest(7), sender="ACME")

    assert figures is not None
    for day in figures.days:
        one = Period(day.first, day.last)
        for state in State:
            wanted = HistoryFilter(
                states=frozenset({state}), since=one.since, until=one.until, sender="ACME"
            )
            found = view.page(wanted)
            assert len(found) == day.states.get(state, 0)
            assert all(map(wanted.fits, found))


def test_a_clock_that_was_wrong_once_hides_nothing(overview: Overview, log: Log) -> None:
    log.queue(at=NOW)
    log.queue(at=NOW - 4000 * DAY)
    log.queue(at=NOW + 400 * DAY)
    log.queue(at=NOW - DAY)

    figures = overview.count(overview.latest(7))

    assert figures is not None
    assert figures.written == 2


def test_counting_tells_how_far_it_is_and_stops_when_it_is_not_wanted(
    overview: Overview, log: Log
) -> None:
    log.queue(3)
    log.database.connection.execute(
        "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'message'", (2 * AT_ONCE,)
    )
    log.queue(3)
    told: list[float] = []
    asked: list[None] = []

    def is_wanted() -> bool:
        asked.append(None)
        return len(asked) < 3

    figures = overview.count(overview.latest(7), on_progress=told.append)
    given_up = overview.count(overview.latest(7), is_wanted=is_wanted)

    assert figures is not None
    assert figures.written == 6
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 3
    assert given_up is None


def test_a_log_that_begins_later_says_so(overview: Overview, log: Log) -> None:
    log.queue(at=NOW - 2 * DAY)

    figures = overview.count(overview.latest(7))
    later = overview.count(Period(TODAY, TODAY))

    assert figures is not None
    assert later is not None
    assert figures.begins == NOW - 2 * DAY
    assert later.begins is None
    log.queue(at=NOW - 3 * DAY)
    figures = overview.count(overview.latest(7))
    assert figures is not None
    assert figures.begins is None


def test_held_messages_wait(overview: Overview, log: Log) -> None:
    log.queue(state=State.SCHEDULED, due_at=NOW + DAY)
    claim = log.sending()
    log.finish(claim, State.HELD, held_reason=HeldReason.BALANCE)

    figures = overview.count(overview.latest(1))

    assert figures is not None
    assert figures.outcomes == {Outcome.WAITING: 2}


def test_many_days_are_told_in_weeks_and_then_in_months() -> None:
    def days(count: int) -> list[Day]:
        first = date(2026, 1, 1)  # a Thursday
        every = (first + n * DAY for n in range(count))
        return [Day(day, day, {State.DELIVERED: 1}, 1, 1, 0) for day in every]

    assert fold(days(92)) == days(92)
    weeks = fold(days(93))
    assert [(week.first, week.last) for week in weeks[:2]] == [
        (date(2026, 1, 1), date(2026, 1, 4)),
        (date(2026, 1, 5), date(2026, 1, 11)),
    ]
    assert sum(week.replies for week in weeks) == 93
    months = fold(days(800))
    assert months[1] == Day(
        date(2026, 2, 1), date(2026, 2, 28), {State.DELIVERED: 28}, 28, 28, 0
    )


def test_a_period_has_an_end_and_a_limit() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Period(TODAY, TODAY - DAY)
    with pytest.raises(ValueError, match="too long"):
        Period(date(2010, 1, 1), TODAY)
    with pytest.raises(ValueError, match="ever written"):
        Period(date.max, date.max)


def test_a_picture_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", b"\x89PNG\r\n\x00\xff")

    assert (tmp_path / "a.png").read_bytes() == b"\x89PNG\r\n\x00\xff"
    with pytest.raises(SheetError):
        write_picture(tmp_path / "nowhere" / "a.png", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
