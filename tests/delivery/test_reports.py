"""Questions to Reports: by id in groups, about doubt by number and time, and never too often."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.report_budget import ReportBudget
from smsdesk.delivery.reports import GIVE_UP_AFTER, PATIENT, QUICK, ReportLookup, Timetable
from smsdesk.delivery.status import ReceiptSource, ReceiptsStatus
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.reports import PATH
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.lookups import LookupTable
from smsdesk.store.message_log import Claim
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import AnswerError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import ReportPage
from tests.delivery.station import Station
from tests.simulator.customer import send
from tests.support import make_heard, until

AT_ONCE = Timetable(accepted_s=(0.05,), unknown_s=(0.05,))


class Inquiry:
    """A report look-up at a station."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.statuses: list[ReceiptsStatus] = []
        self.is_wanted = True
        self.most_a_day = 1000
        self.connect: Callable[[], Client] = station.open_client
        self.timetable = AT_ONCE
        self.table = LookupTable(station.database)

    @contextmanager
    def running(self) -> Iterator[ReportLookup]:
        lookup = ReportLookup(
            database=self.station.sender_database,
            heard=make_heard(self.station.sender_database, self.station.log),
            budget=ReportBudget(
                database=self.station.sender_database,
                most_a_day=lambda: self.most_a_day,
                clock=self.station.clock,
            ),
            on_change=self.station.log.news.append,
            connect=lambda: self.connect(),
            timetable=lambda: self.timetable,
            is_wanted=lambda: self.is_wanted,
            on_status=self.statuses.append,
            clock=self.station.clock,
        )
        stop = threading.Event()
        thread = threading.Thread(target=lookup.run, args=(stop,), name="receipts")
        thread.start()
        try:
            yield lookup
        finally:
            stop.set()
            thread.join(30)
        assert not thread.is_alive()

    @property
    def queries(self) -> list[dict[str, list[str]]]:
        return [
            parse_qs(entry.query)
            for entry in self.station.simulator.requests
            if entry.path == PATH
        ]

    def until_source(self, lookup: ReportLookup, source: ReceiptSource) -> None:
        until(lambda: lookup.status.source is source)


@pytest.fixture
def inquiry(station: Station) -> Inquiry:
    return Inquiry(station)


def accepted(station: Station, *, number: str = "447700900000") -> str:
    """A message that the simulator really has."""
    claim = station.log.sending(at=station.clock.now(), to=f"+{number}")
    uuid = send(station.simulator, to=number, client_ref=claim.client_ref).json()[
        "message_uuid"
    ]
    station.log.finish(
        claim, State.ACCEPTED, outcome="accepted", message_uuid=uuid, at=station.clock.now()
    )
    return claim.id


def doubtful(station: Station, *, was_sent: bool, number: str = "447700900055") -> Claim:
    claim = station.log.unknown(at=station.clock.now(), to=f"+{number}")
    if was_sent:
        send(station.simulator, to=number, client_ref=claim.client_ref)
    return claim


# News


def test_accepted_messages_become_delivered(station: Station, inquiry: Inquiry) -> None:
    ids = [accepted(station) for _ in range(3)]
    with inquiry.running() as lookup:
        until(lambda: all(station.log.state(one) is State.DELIVERED for one in ids))
        inquiry.until_source(lookup, ReceiptSource.REPORTS)

    message = station.message(ids[0])
    assert message.price is not None
    assert message.currency is not None
    assert inquiry.table.next_due() is None, "nothing more is expected"


def test_a_failure_is_told_with_its_number(station: Station, inquiry: Inquiry) -> None:
    message_id = accepted(station, number="447700900101")
    with inquiry.running():
        until(lambda: station.log.state(message_id) is State.REJECTED)

    failure = station.message(message_id).failure
    assert failure is not None
    assert failure.code == "1240"


def test_one_id_that_reports_refuses_keeps_no_other_from_its_news(
    station: Station, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, good = accepted(station), [accepted(station) for _ in range(3)]
    uuid = station.message(poison).message_uuid
    ask = Client.report_by_ids

    def refuse(client: Client, ids: Sequence[str]) -> ReportPage:
        if uuid in ids:
            raise AnswerError(Answer(422, {}, b"{}"))
        return ask(client, ids)

    monkeypatch.setattr(Client, "report_by_ids", refuse)
    with inquiry.running():
        until(lambda: all(station.log.state(one) is State.DELIVERED for one in good))

    assert station.log.state(poison) is State.ACCEPTED


def test_ids_are_asked_for_in_groups_of_twenty(station: Station, inquiry: Inquiry) -> None:
    station.simulator.scenario = Scenario(default=OUTCOMES["no-status"])
    for _ in range(45):
        accepted(station)
    inquiry.timetable = PATIENT
    with inquiry.running():
        until(lambda: len(inquiry.queries) == 3)

    sizes = [len(query["id"][0].split(",")) for query in inquiry.queries]
    assert sizes == [20, 20, 5]


def test_doubt_is_resolved_by_our_own_reference(station: Station, inquiry: Inquiry) -> None:
    claim = doubtful(station, was_sent=True)
    with inquiry.running():
        until(lambda: station.log.state(claim.id) is State.DELIVERED)

    message = station.message(claim.id)
    assert (message.message_uuid is not None, message.alarm) == (True, None)
    assert inquiry.queries[0]["to"] == ["447700900055"]
    assert inquiry.table.empty_lookups(claim.id) == []


def test_another_message_to_the_same_number_is_not_ours(
    station: Station, inquiry: Inquiry
) -> None:
    claim = doubtful(station, was_sent=False)
    send(station.simulator, to="447700900055", client_ref="somebody else's")
    with inquiry.running():
        until(lambda: len(inquiry.table.empty_lookups(claim.id)) >= 2)

    assert station.log.state(claim.id) is State.UNKNOWN


def test_an_empty_answer_counts_with_its_control(station: Station, inquiry: Inquiry) -> None:
    claim = doubtful(station, was_sent=False)
    with inquiry.running():
        until(lambda: len(inquiry.table.empty_lookups(claim.id)) == 1)
        accepted(station)
        until(lambda: inquiry.table.empty_lookups(claim.id)[-1].control_found)

    first, *_, last = inquiry.table.empty_lookups(claim.id)
    assert (first.is_complete, first.control_found) == (True, False)
    assert (last.is_complete, last.control_found) == (True, True)


# Windows


@pytest.mark.parametrize("days", [1, 3])
def test_an_attempt_closed_days_later_by_the_next_start_is_still_looked_up(
    station: Station, inquiry: Inquiry, days: int
) -> None:
    """After a crash the attempt only ends when the program is started again."""
    claim = station.log.sending(at=station.clock.now(), to="+447700900055")
    send(station.simulator, to="447700900055", client_ref=claim.client_ref)
    station.clock.turn(days * 86_400 - 600)
    station.log.log.interrupt("crash", at=station.clock.now(), this_boot=True)
    with inquiry.running():
        until(lambda: station.log.state(claim.id) is State.DELIVERED)


def test_an_attempt_in_the_future_of_a_clock_set_back_does_no_harm(
    station: Station, inquiry: Inquiry
) -> None:
    later = station.clock.now() + timedelta(hours=2)
    odd = station.log.unknown(at=later, to="+447700900055")
    good = doubtful(station, was_sent=True, number="447700900056")
    with inquiry.running():
        until(lambda: station.log.state(good.id) is State.DELIVERED)
        until(lambda: len(inquiry.table.empty_lookups(odd.id)) >= 1)


# What it costs


def test_records_are_counted_and_no_more_are_asked_for_than_allowed(
    station: Station, inquiry: Inquiry
) -> None:
    station.simulator.scenario = Scenario(default=OUTCOMES["no-status"])
    inquiry.most_a_day = 7
    for _ in range(10):
        accepted(station)
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.SPENT)
        estimate = lookup.estimate()

    assert lookup.status.records_today == 7
    assert (estimate.today, estimate.most_a_day, estimate.open_messages) == (7, 7, 10)
    assert estimate.at_most_more >= 10
    assert sum(len(query["id"][0].split(",")) for query in inquiry.queries) == 7


def test_doubt_is_looked_up_within_the_days_limit_too(
    station: Station, inquiry: Inquiry
) -> None:
    inquiry.most_a_day = 2
    for _ in range(3):
        doubtful(station, was_sent=True)  # a question to one number brings three records
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.SPENT)
        asked = len(inquiry.queries)

    assert asked == 1
    assert lookup.status.records_today == 3  # of one answer nobody can take a part


def test_the_real_thing_is_asked_about_at_most_ten_times() -> None:
    assert PATIENT.questions(GIVE_UP_AFTER) == 10


# Timetables


@pytest.mark.parametrize("timetable", [PATIENT, QUICK])
def test_questions_become_rarer(timetable: Timetable) -> None:
    for is_unknown in (True, False):
        waits = [timetable.wait(is_unknown=is_unknown, asked=n) for n in range(20)]

        assert waits == sorted(waits)
        assert waits[-1] == waits[-2], "the last number repeats"


def test_the_real_thing_is_asked_about_doubt_soon_and_late_enough_to_prove_something() -> None:
    moments = [timedelta()]
    for asked in range(8):
        moments.append(moments[-1] + PATIENT.wait(is_unknown=True, asked=asked))
    late = [moment for moment in moments if moment >= timedelta(minutes=60)]

    assert moments[1] < timedelta(minutes=1)
    assert late[1] - late[0] >= timedelta(minutes=30)


def test_after_three_days_nobody_asks_any_more(station: Station, inquiry: Inquiry) -> None:
    station.simulator.scenario = Scenario(default=OUTCOMES["no-status"])
    old: datetime = station.clock.now() - GIVE_UP_AFTER - timedelta(minutes=1)
    station.log.accepted("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", at=old)
    with inquiry.running():
        until(lambda: len(inquiry.queries) == 1)
        until(lambda: inquiry.table.next_due() is None)

    assert len(inquiry.queries) == 1


# When nobody can be asked


def test_it_asks_nothing_while_it_is_turned_off(station: Station, inquiry: Inquiry) -> None:
    inquiry.is_wanted = False
    message_id = accepted(station)
    with inquiry.running() as lookup:
        until(lambda: LookupTable(station.database).next_due() is not None)
        inquiry.until_source(lookup, ReceiptSource.OFF)
        assert inquiry.queries == []
        inquiry.is_wanted = True
        until(lambda: station.log.state(message_id) is State.DELIVERED)


def test_without_a_secret_it_waits_and_a_new_one_sets_it_going(
    station: Station, inquiry: Inquiry
) -> None:
    station.secret = None
    message_id = accepted(station)
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.NO_SECRET)
        assert lookup.status.cause == "no_api_secret"
        station.secret = "demo"
        lookup.reload()
        until(lambda: station.log.state(message_id) is State.DELIVERED)


def test_a_locked_keyring_is_not_asked_again_and_again(
    station: Station, inquiry: Inquiry
) -> None:
    asked: list[int] = []

    def connect() -> Client:
        asked.append(1)
        raise NotConnectableError(HeldReason.KEY_LOCKED, "keyring_locked")

    inquiry.connect = connect
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.NO_SECRET)
        station.clock.turn(30)
        until(lambda: len(asked) >= 1)
        seen = len(asked)
        station.clock.turn(31)
        until(lambda: len(asked) == seen + 1)

    assert seen == 1


def test_refused_credentials_are_told_and_not_tried_again_for_a_while(
    station: Station, inquiry: Inquiry
) -> None:
    station.secret = "wrong"
    message_id = accepted(station)
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.REFUSED)
        assert lookup.status.cause == "status_401"
        station.clock.turn(590)
        assert len(inquiry.queries) == 1
        station.secret = "demo"
        lookup.reload()
        until(lambda: station.log.state(message_id) is State.DELIVERED)


@pytest.mark.parametrize("outcome", ["error-503", "busy", "close"])
def test_an_outage_is_told_and_asked_again_ever_more_slowly(
    station: Station, inquiry: Inquiry, outcome: str
) -> None:
    message_id = accepted(station)
    station.simulator.scenario = Scenario(rules=(Rule(OUTCOMES[outcome], path=PATH, first=3),))
    with inquiry.running() as lookup:
        inquiry.until_source(lookup, ReceiptSource.UNREACHABLE)
        station.let_time_pass(
            lambda: station.log.state(message_id) is State.DELIVERED, step_s=0.5
        )
        inquiry.until_source(lookup, ReceiptSource.REPORTS)

    assert len(inquiry.queries) >= 4


def test_an_answer_that_is_no_report_does_no_harm(station: Station, inquiry: Inquiry) -> None:
    message_id = accepted(station)
    claim = doubtful(station, was_sent=False)
    station.simulator.scenario = Scenario(
        rules=(Rule(OUTCOMES["html-202"], path=PATH, first=2),)
    )
    with inquiry.running():
        station.let_time_pass(
            lambda: station.log.state(message_id) is State.DELIVERED, step_s=10
        )
        station.let_time_pass(lambda: bool(inquiry.table.empty_lookups(claim.id)), step_s=10)


def test_an_error_nobody_foresaw_is_logged_and_the_service_lives(
    station: Station, inquiry: Inquiry, caplog: pytest.LogCaptureFixture
) -> None:
    def connect() -> Any:
        raise KeyError("odd")

    inquiry.connect = connect
    message_id = accepted(station)
    with inquiry.running():
        until(lambda: any("nobody foresaw" in record.message for record in caplog.records))
        inquiry.connect = station.open_client
        station.clock.turn(601)
        until(lambda: station.log.state(message_id) is State.DELIVERED)
