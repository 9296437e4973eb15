"""What is said of the figures, above all where there are few."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from smsdesk.desk import wording_overview as wording
from smsdesk.desk.batches import Reason
from smsdesk.desk.overview_figures import (
    Cost,
    Day,
    DeliveryTimes,
    DestinationCost,
    Figures,
    Period,
    SenderFigures,
)
from smsdesk.desk.overview_table import figures_table
from smsdesk.desk.sheets.table import SheetError
from smsdesk.sms.phone import Destination
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseBusyError

FIRST = date(2026, 3, 2)
PERIOD = Period(FIRST, FIRST + timedelta(days=1))


def figures(states: dict[State, int] | None = None, **fields: Any) -> Figures:
    """Two days, all messages on the first; with fields replaced."""
    days = (
        Day(FIRST, FIRST, states or {}, 2, 1, 0),
        Day(PERIOD.last, PERIOD.last, {}, 0, 0, 3),
    )
    given: dict[str, Any] = {
        "period": PERIOD,
        "sender": None,
        "days": days,
        "states": states or {},
        "senders": (),
        "countries": (),
        "failures": (),
        "times": None,
        "begins": None,
        **fields,
    }
    return Figures(**given)


def key(name: str, of: Figures) -> tuple[str, str]:
    found = next(one for one in wording.key_figures(of) if one.name == name)
    return found.value, found.base


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 1, "0 of 1"),
        (3, 3, "3 of 3"),
        (19, 19, "19 of 19"),
        (20, 20, "100.0%"),
        (0, 20, "0.0%"),
        (1_158, 1_204, "96.2%"),
        (999_999, 1_000_000, "over 99.9%"),
        (1, 1_000_000, "under 0.1%"),
    ],
)
def test_a_share_of_few_is_no_percentage_and_almost_all_is_not_all(
    part: int, whole: int, words: str
) -> None:
    assert wording.share_words(part, whole) == words


def test_delivery_says_of_how_many_it_speaks() -> None:
    many = figures({State.DELIVERED: 1_158, State.UNDELIVERABLE: 46, State.ACCEPTED: 9})

    assert key("delivered", many) == ("96.2%", "of 1,204 messages with a final answer")
    assert key("delivered", figures({State.DELIVERED: 3})) == (
        "3 of 3",
        "3 messages have a final answer: too few for a percentage",
    )
    assert key("delivered", figures({State.ACCEPTED: 3})) == (
        "–",
        "no message has a final answer",
    )


def test_what_is_not_known_yet_is_shown_as_such() -> None:
    doubt = figures({State.ACCEPTED: 2, State.SUBMITTED: 1, State.UNKNOWN: 1, State.QUEUED: 4})

    assert key("open", doubt) == ("4", "3 sent without an answer, 1 needs review")
    assert key("written", doubt) == ("8", "messages, 4 of them not sent yet")
    assert key("open", figures()) == ("0", "nothing is without an answer")


def test_times_of_few_have_a_median_and_no_more() -> None:
    few = figures(times=DeliveryTimes(3, 4, 9))
    many = figures(times=DeliveryTimes(1_150, 4, 38))

    assert key("time", few) == ("4 s", "median of 3 messages with a known time")
    assert key("time", many) == (
        "4 s",
        "95% within 38 s; median of 1,150 messages with a known time",
    )
    assert key("time", figures()) == ("–", "no message has a known time")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under 1 s"),
        (59, "59 s"),
        (130, "2 min 10 s"),
        (3_900, "1 h 5 min"),
        (47 * 3600, "47 h 0 min"),
        (2 * 86_400 + 4 * 3600, "2 d 4 h"),
    ],
)
def test_a_time_is_as_exact_as_it_is_worth(seconds: int, words: str) -> None:
    assert wording.duration_words(seconds) == words


def test_each_currency_stands_by_itself() -> None:
    costs = (Cost("EUR", Decimal("48.20"), 30), Cost("USD", Decimal("3.1"), 5))
    sender = SenderFigures("ACME", {State.DELIVERED: 40}, costs)
    both = figures({State.DELIVERED: 40}, senders=(sender,))

    assert key("cost", both) == (
        "€48.20\n$3.10",
        "the price is known of 35 of 40 messages that Vonage has",
    )
    assert key("cost", figures()) == ("–", "no message has a price")


def test_a_bar_tells_of_what_failure_is_made() -> None:
    day = Day(
        FIRST, FIRST, {State.DELIVERED: 1_200, State.REJECTED: 2, State.CANCELLED: 1}, 1, 0, 0
    )

    assert wording.states_sentence(day) == (
        "Mon 2 Mar 2026: Delivered 1,200, Did not get it 3 (Refused 2, Cancelled 1)"
    )
    assert wording.states_sentence(Day(FIRST, FIRST, {}, 0, 0, 0)) == (
        "Mon 2 Mar 2026: no messages"
    )
    assert wording.replies_sentence(day) == "Mon 2 Mar 2026: 1 reply"


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (Destination(49, "DE"), "Germany"),
        (Destination(44, None), "+44, country not known"),
        (Destination(None, None), "No country known"),
    ],
)
def test_a_country_that_is_not_known_is_not_guessed(
    destination: Destination, words: str
) -> None:
    assert wording.country_words(destination) == words


def test_a_sender_says_of_how_many_its_share_is() -> None:
    few = SenderFigures("ACME", {State.DELIVERED: 2, State.REJECTED: 1, State.QUEUED: 1}, ())
    many = SenderFigures("ACME", {State.DELIVERED: 90, State.REJECTED: 10}, ())

    assert wording.sender_sentence(few) == "4 messages · 2 of 3 delivered"
    assert wording.sender_sentence(many) == "100 messages · 90.0% of 100 delivered"
    assert wording.sender_sentence(SenderFigures("A", {State.QUEUED: 1}, ())) == "1 message"


def test_the_page_says_whose_messages_it_counts_and_since_when() -> None:
    begins = datetime(2026, 3, 3, 12, tzinfo=UTC)

    assert wording.title_words(figures()) == "Overview · 2 Mar – 3 Mar 2026 · all senders"
    assert wording.title_words(figures(sender="ACME")).endswith("· from ACME")
    assert wording.begins_sentence(figures()) == ""
    assert wording.begins_sentence(figures(begins=begins)).startswith(
        "The log begins on 3 Mar 2026;"
    )


def test_the_table_is_one_for_spreadsheets_and_holds_no_formula() -> None:
    states = {State.DELIVERED: 2, State.REJECTED: 1}
    sender = SenderFigures("=HYPERLINK()", states, (Cost("EUR", Decimal("0.14"), 2),))
    told = figures_table(
        figures(
            states,
            senders=(sender,),
            countries=(
                DestinationCost(Destination(44, None), Cost("EUR", Decimal("0.14"), 2)),
            ),
            failures=(Reason(State.REJECTED, "77777", "@SUM(A1)\tx\n", 1),),
        )
    )

    rows = [line.split("\t") for line in told.splitlines()]
    assert ["Day", "Delivered", "Refused", "Replies", "Opted out", "Entered here"] in rows
    assert ["2026-03-02", "2", "1", "2", "1", "0"] in rows
    assert ["'=HYPERLINK()", "0.14", "EUR", "2"] in rows
    assert ["'+44, country not known", "0.14", "EUR", "2"] in rows
    assert ["'@SUM(A1) x (77777)", "Refused", "1"] in rows


def test_trouble_is_told_in_a_sentence() -> None:
    path = Path("/nowhere/a.png")
    assert str(path) in (wording.trouble_sentence(SheetError("not_writable", path)) or "")
    assert wording.trouble_sentence(DatabaseBusyError())
    assert wording.trouble_sentence(ValueError()) is None
