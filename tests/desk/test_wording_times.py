"""What is said about when a message goes."""

from datetime import UTC, datetime, timedelta

import pytest

from smsdesk.desk import wording_times as said
from smsdesk.desk.timing import Asleep, Outlook
from smsdesk.sms.quiet import QuietMode, read_hours
from smsdesk.sms.schedule import Forecast, Plan, Quick, Shift, forecast
from smsdesk.sms.zones import Whereabouts, zones_of

NINE = datetime(2026, 3, 3, 9, 0)  # noqa: DTZ001
NOW_HERE = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NIGHT = Asleep("US", 3, read_hours("21:00-08:00"), NOW)


def place(region: str, number: str) -> Whereabouts:
    return Whereabouts(region, zones_of(number))


def outlook(
    seen: Forecast | None = None,
    *asleep: Asleep,
    recipients: int = 5,
    mode: QuietMode = QuietMode.WARN,
) -> Outlook:
    return Outlook(recipients, seen, mode, asleep)


def test_a_plan_is_said_with_its_clock_and_another_year() -> None:
    assert (
        said.plan_sentence(Plan(NINE), now=NOW_HERE)
        == "Will be sent Tue 3 March, 09:00 (our time)"
    )
    theirs = Plan(NINE.replace(year=2027), is_recipients=True)
    assert said.plan_sentence(theirs, now=NOW_HERE) == (
        "Will be sent Wed 3 March 2027, 09:00 (each recipient’s time)"
    )


def test_a_gap_and_a_fold_are_said_when_the_time_is_chosen() -> None:
    gap = Plan(datetime(2026, 3, 29, 1, 30), is_recipients=True)  # noqa: DTZ001
    seen = forecast(gap, {place("GB", "+447911123456"): 1}, now=NOW)
    assert said.plan_doubts(outlook(seen)) == [
        "The clocks of London go forward over 01:30 then; it will be sent at 02:30."
    ]

    ours = Forecast(Plan(NINE), NOW, NOW, 0, (), ((Shift.FOLD, "local", NINE, 1),))
    assert said.plan_doubts(outlook(ours)) == [
        "Our clocks show 09:00 twice then; it will be sent the first time."
    ]


def test_what_is_uncertain_is_said_with_the_zone_that_is_taken() -> None:
    plan = Plan(NINE, is_recipients=True)
    people = {place("AU", "+61412345678"): 1, place("", "+80012345678"): 1}
    seen = forecast(plan, people, now=NOW)

    assert said.plan_doubts(outlook(seen)) == [
        "1 in Australia may be in several time zones: Perth’s, the latest, is taken, so that "
        "nobody is woken.",
        "1 recipient has no known time zone: our time is taken.",
    ]


@pytest.mark.parametrize(
    ("past", "sentence"),
    [
        (5, "That time is over. Choose a later one."),
        (1, "Where 1 of 5 recipients is, that time is over. Choose a later one."),
    ],
)
def test_a_time_that_is_over_is_named_first(past: int, sentence: str) -> None:
    seen = Forecast(Plan(NINE), NOW, NOW, past, (), ())
    assert said.plan_doubts(outlook(seen))[0] == sentence


def test_the_spread_is_said_by_our_clock() -> None:
    plan = Plan(NINE, is_recipients=True)
    late = NOW + timedelta(hours=1)
    one = said.spread_sentence(outlook(Forecast(plan, NOW, NOW, 0, (), ())), now=NOW_HERE)
    two = said.spread_sentence(outlook(Forecast(plan, NOW, late, 0, (), ())), now=NOW_HERE)

    assert one.startswith("By our clock: Mon 2 March")
    assert " to " in two
    assert (
        said.spread_sentence(outlook(Forecast(Plan(NINE), NOW, NOW, 0, (), ())), now=NOW) == ""
    )


def test_who_is_asleep_is_counted_and_where_and_what_comes_of_it() -> None:
    warned = said.quiet_sentence(outlook(None, NIGHT))
    held = said.quiet_sentence(outlook(None, NIGHT, mode=QuietMode.HOLD))

    assert warned == "3 of 5 recipients have quiet hours (United States 21:00–08:00)."
    assert held == warned + " Their messages wait for their end."
    assert said.quiet_sentence(outlook()) == ""
    all_of_them = outlook(None, NIGHT, recipients=3)
    assert said.quiet_sentence(all_of_them).startswith("All 3 recipients")


def test_every_time_that_is_offered_has_words() -> None:
    assert all("09:00" in said.quick_word(quick, NINE) for quick in Quick)


def test_quiet_hours_of_a_list_are_said_country_by_country() -> None:
    one = Asleep("FR", 1, read_hours("20:30-08:00 sun"), NOW)
    until = said.wall_time(NOW.astimezone(), now=NOW_HERE)

    assert said.asleep_sentences(outlook(None, NIGHT, one), now=NOW_HERE) == [
        "United States: 3 messages come in quiet hours (21:00–08:00), the last of which are over "
        f"{until} by our clock.",
        "France: 1 message comes in quiet hours (20:30–08:00 sun), which are over "
        f"{until} by our clock.",
    ]
    held = outlook(None, NIGHT, one, mode=QuietMode.HOLD)
    assert said.asleep_sentences(held, now=NOW_HERE) == [
        "United States: 3 messages wait until quiet hours (21:00–08:00) are over, the last until "
        f"{until} by our clock.",
        f"France: 1 message waits until quiet hours (20:30–08:00 sun) are over, {until} by our "
        "clock.",
    ]
    assert said.asleep_sentences(outlook(None, NIGHT, mode=QuietMode.OFF), now=NOW_HERE) == []
    assert said.more_asleep_sentence(held, beyond=1) == "1 more message in other countries."


def test_what_is_overdue_is_said_with_the_span_of_its_times() -> None:
    first, last = NOW - timedelta(days=2), NOW
    assert said.overdue_sentence(1234) == "1,234 scheduled messages are overdue"
    assert said.overdue_span(last, last, now=NOW_HERE).startswith("The time was Mon 2 March")
    assert "from Sat 28 February" in said.overdue_span(first, last, now=NOW_HERE)
