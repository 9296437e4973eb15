"""`smsdesk overview`, on a log that the test has filled."""

from datetime import timedelta

import pytest

from smsdesk.cli.overview import write_figures
from smsdesk.desk.overview import Overview
from smsdesk.desk.overview_figures import Period
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import State
from smsdesk.store.overview import OverviewCounts
from tests.cli.conftest import Run
from tests.support import FROM, NOW, Log, StoppedClock, make_heard, receipt

DAYS = ("--since", "2026-03-01", "--until", "2026-03-03")


@pytest.fixture
def filled(log: Log) -> Log:
    """One delivered, with all that is told of it; one refused; one on its way."""
    heard = make_heard(log.database, log, clock=StoppedClock())
    log.accepted("uuid-1", to="+4915123456789")
    log.accepted("uuid-2", sender="ACME")
    log.accepted("uuid-3", at=NOW + timedelta(days=1))
    heard.take(
        [
            receipt(
                State.DELIVERED,
                message_uuid="uuid-1",
                provider_time=NOW + timedelta(seconds=4),
                price="0.0700",
                currency="EUR",
            ),
            receipt(
                State.REJECTED,
                message_uuid="uuid-2",
                failure=FailureReason("1210", "Anti-Spam", ""),
            ),
        ]
    )
    return log


def test_scripts_get_every_figure(run: Run, filled: Log) -> None:
    answer = run("overview", *DAYS, "--json")

    assert (answer.code, answer.err) == (0, "")
    figures = answer.json
    assert (figures["since"], figures["until"], figures["sender"]) == (
        "2026-03-01",
        "2026-03-03",
        None,
    )
    assert figures["states"] == {"accepted": 1, "delivered": 1, "rejected": 1}
    assert (figures["delivered"], figures["with_final_answer"]) == (1, 2)
    assert figures["seconds_to_delivery"] == {"messages": 1, "median": 4, "percentile_95": 4}
    euros = {"currency": "EUR", "total": "0.0700", "messages": 1}
    assert figures["cost"] == [euros]
    assert figures["countries"] == [{"country": "DE", "calling_code": 49, **euros}]
    assert [day["states"] for day in figures["days"]] == [
        {},
        {"delivered": 1, "rejected": 1},
        {"accepted": 1},
    ]
    assert figures["senders"][1] == {"sender": "ACME", "states": {"rejected": 1}, "cost": []}
    assert figures["failures"] == [
        {
            "state": "rejected",
            "code": "1210",
            "reason": "The carrier's spam filter stopped the message (1210)",
            "messages": 1,
        }
    ]
    assert (figures["replies"], figures["opted_out"], figures["opt_outs_entered"]) == (0, 0, 0)


def test_the_window_and_the_command_line_count_alike(run: Run, filled: Log) -> None:
    overview = Overview(OverviewCounts(filled.database), StoppedClock())
    today = NOW.date()
    counted = overview.count(Period(today, today))

    assert counted is not None
    day = today.isoformat()
    told = run("overview", "--since", day, "--until", day, "--json").json
    assert told == write_figures(counted)


def test_one_sender_is_counted_however_it_is_written(run: Run, filled: Log) -> None:
    ours = run("overview", *DAYS, "--sender", f"  {FROM[:3]} {FROM[3:]}", "--json").json
    acme = run("overview", *DAYS, "--sender", "ACME", "--json").json

    assert (ours["sender"], ours["states"]) == (FROM, {"accepted": 1, "delivered": 1})
    assert acme["states"] == {"rejected": 1}


def test_without_json_it_is_a_table(run: Run, filled: Log) -> None:
    lines = run("overview", *DAYS).out.splitlines()

    assert lines[0] == "Overview · 1 Mar – 3 Mar 2026 · all senders"
    assert "Germany\t0.0700\tEUR\t1" in lines


def test_the_last_thirty_days_are_counted_if_none_are_named(run: Run, filled: Log) -> None:
    assert len(run("overview", "--json").json["days"]) == 30


@pytest.mark.parametrize(
    "wrong",
    [
        ["--since", "yesterday"],
        ["--since", "2026-03-02T10:00"],
        ["--since", "2026-03-03", "--until", "2026-03-01"],
        ["--since", "1970-01-01"],
        ["--since", "9999-12-31", "--until", "9999-12-31"],
        ["--sender", "no such, name"],
        ["--sender", "\udcff"],
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(run: Run, wrong: list[str]) -> None:
    answer = run("overview", *wrong)

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("smsdesk: ")
