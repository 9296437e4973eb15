"""Replies without a public address: fetched late, each stored once, within the day's limit."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from smsdesk.delivery import reply_reports
from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.reply_reports import ReplyLookup
from smsdesk.delivery.report_budget import ReportBudget
from smsdesk.simulator.reports import PATH
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import HeldReason
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter
from smsdesk.system.clock import SETTLE_AFTER_SLEEP_S
from smsdesk.vonage.client import Client
from tests.delivery.station import APPLICATION_ID, Station
from tests.support import TurnedClock, make_heard, until

OUR_NUMBER = "447700900001"
ANNA = "447700900123"


class Post:
    """A look-up of replies at a station."""

    def __init__(self, station: Station, *, every_s: float = 0.05) -> None:
        self.station = station
        self.is_wanted = True
        self.every_s = every_s
        self.most_a_day = 1000
        self.connect: Callable[[], Client] = station.open_client
        self.lookup = ReplyLookup(
            database=station.database,
            heard=make_heard(station.database, station.log, clock=station.clock),
            budget=ReportBudget(
                database=station.database,
                most_a_day=lambda: self.most_a_day,
                clock=station.clock,
            ),
            connect=lambda: self.connect(),
            is_wanted=lambda: self.is_wanted,
            every_s=self.every_s,
            clock=station.clock,
        )

    def writes(self, text: str, *, sender: str = ANNA) -> None:
        self.station.simulator.receive(sender=sender, to=OUR_NUMBER, text=text)

    def replies(self) -> list[Message]:
        return self.station.log.view.page(HistoryFilter(direction=Direction.INBOUND))[::-1]

    @property
    def questions(self) -> int:
        return sum(entry.path == PATH for entry in self.station.simulator.requests)


@pytest.fixture
def post(station: Station) -> Post:
    return Post(station)


def test_a_reply_is_fetched_with_its_text_and_stored_once(post: Post) -> None:
    post.writes("Grüße aus Köln 👍")

    post.lookup.ask()
    post.lookup.ask()

    (found,) = post.replies()
    assert (found.sender, found.to) == (f"+{ANNA}", f"+{OUR_NUMBER}")
    assert found.text == "Grüße aus Köln 👍"


def test_what_came_while_nobody_asked_is_fetched_day_by_day(post: Post) -> None:
    post.lookup.ask()
    for day in range(3):
        post.station.clock.turn(20 * 3600)
        post.writes(f"day {day}")
    before = post.questions

    post.station.clock.turn(60)
    post.lookup.ask()

    assert [found.text for found in post.replies()] == ["day 0", "day 1", "day 2"]
    assert post.questions - before == 3, "60 hours and a little, in windows of 24"


def test_what_came_while_the_computer_slept_is_fetched_soon_after(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_reports, "LOOK_S", 0.01)
    post, stop = Post(station, every_s=300.0), threading.Event()
    thread = threading.Thread(target=post.lookup.run, args=(stop,))
    thread.start()
    until(lambda: post.questions == 1)

    station.clock.sleep(3600)
    post.writes("while you slept")
    until(lambda: post.lookup._due_at < station.clock.monotonic() + SETTLE_AFTER_SLEEP_S + 1)
    station.clock.turn(SETTLE_AFTER_SLEEP_S)

    until(lambda: len(post.replies()) == 1)
    stop.set()
    thread.join(30)


def test_a_record_that_is_late_is_still_found(
    database: Database, key_pair: tuple[Path, str]
) -> None:
    clock = TurnedClock()
    simulator = Simulator(
        application_id=APPLICATION_ID,
        public_key_pem=key_pair[1],
        now=clock.epoch,
        reports_lag_s=300,
    )
    with simulator:
        post = Post(Station(simulator, database, key_pair[0], clock))
        post.writes("late")
        post.lookup.ask()
        assert post.replies() == []

        clock.turn(400)
        post.lookup.ask()

        assert [found.text for found in post.replies()] == ["late"]


def test_after_a_long_pause_only_the_last_week_is_asked_about(post: Post) -> None:
    post.lookup.ask()
    before = post.questions

    post.station.clock.turn(timedelta(days=40).total_seconds())
    post.lookup.ask()

    assert post.questions - before in (7, 8)


def test_no_more_is_asked_than_a_person_allows(post: Post) -> None:
    post.most_a_day = 2
    for number in range(3):
        post.writes(f"number {number}")

    post.lookup.ask()
    asked = post.questions
    post.lookup.ask()

    assert post.questions == asked
    post.station.clock.turn(24 * 3600)
    post.lookup.ask()
    assert post.questions > asked


def test_the_service_asks_only_while_it_is_wanted(post: Post) -> None:
    post.is_wanted = False
    stop = threading.Event()
    thread = threading.Thread(target=post.lookup.run, args=(stop,))
    thread.start()
    post.writes("Hello")
    looks = post.station.clock.monotonic() + 1.2
    until(lambda: post.station.clock.monotonic() > looks)
    assert post.questions == 0

    post.is_wanted = True
    until(lambda: bool(post.replies()))

    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_an_error_nobody_foresaw_does_not_make_it_ask_and_pay_at_once(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        can_ask_reports = True
        asked = 0

        def replies_window(self, *_arguments: object) -> None:
            Broken.asked += 1
            raise KeyError("what nobody foresaw")

        def close(self) -> None:
            pass

    post.connect = Broken  # type: ignore[assignment]
    stop = threading.Event()
    thread = threading.Thread(target=post.lookup.run, args=(stop,))
    thread.start()
    until(lambda: "nobody foresaw" in caplog.text)
    looks = post.station.clock.monotonic() + 1.2
    until(lambda: post.station.clock.monotonic() > looks)
    assert Broken.asked == 1

    post.connect = post.station.open_client
    post.writes("Hello")
    post.lookup.reload()
    until(lambda: bool(post.replies()))

    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_without_an_account_it_waits(post: Post) -> None:
    def refuse() -> Client:
        raise NotConnectableError(HeldReason.CONFIG, "not_configured")

    post.connect = refuse
    stop = threading.Event()
    thread = threading.Thread(target=post.lookup.run, args=(stop,))
    thread.start()
    post.writes("Hello")
    post.connect = post.station.open_client

    until(lambda: bool(post.replies()))

    stop.set()
    thread.join(20)
    assert not thread.is_alive()
