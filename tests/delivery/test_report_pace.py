"""Reports is asked no faster than it answers."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from smsdesk.delivery.report_budget import ReportBudget
from smsdesk.delivery.reports import QUICK, ReportLookup
from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.reports import PATH
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.lookups import LookupTable
from smsdesk.system.clock import Clock
from smsdesk.vonage.auth import load_private_key
from smsdesk.vonage.client import Client, open_client
from smsdesk.vonage.credentials import AccountCredentials, ApplicationCredentials, Secret
from tests.simulator.customer import APPLICATION_ID, send
from tests.support import Log, make_heard, until


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(pace=0.01) as simulator:
        yield simulator


def connector(simulator: Simulator, folder: Path) -> Client:
    key_file = folder / "private.key"
    key_file.touch(mode=0o600)
    key_file.write_text(make_key_pair()[0], encoding="ascii")
    return open_client(
        application=ApplicationCredentials(APPLICATION_ID, key_file, None),
        key=load_private_key(key_file, passphrase=None),
        account=AccountCredentials("demo", Secret("demo")),
        api_url=simulator.url,
        proxy=None,
        now=Clock().epoch,
    )


def test_many_doubts_are_looked_up_without_being_told_to_slow_down(
    log: Log, database: Database, simulator: Simulator, tmp_path: Path
) -> None:
    now = Clock().now()
    doubts = [log.unknown(at=now, to=f"+4474000001{n:02}") for n in range(12)]
    for n, doubt in enumerate(doubts):
        send(simulator, to=f"4474000001{n:02}", client_ref=doubt.client_ref)
    lookup = ReportLookup(
        database=database,
        heard=make_heard(database, log),
        budget=ReportBudget(database=database, most_a_day=lambda: 1000, clock=Clock()),
        on_change=lambda _ids: None,
        connect=lambda: connector(simulator, tmp_path),
        timetable=lambda: QUICK,
        is_wanted=lambda: True,
        on_status=lambda _status: None,
        clock=Clock(),
    )
    stop = threading.Event()
    thread = threading.Thread(target=lookup.run, args=(stop,))
    thread.start()

    until(lambda: all(log.state(doubt.id) is State.DELIVERED for doubt in doubts))

    stop.set()
    thread.join()
    statuses = {entry.status for entry in simulator.requests if "reports" in entry.path}
    assert statuses == {200}


def test_a_group_that_is_refused_is_asked_about_one_by_one_and_no_faster_than_allowed(
    log: Log, database: Database, simulator: Simulator, tmp_path: Path
) -> None:
    clock = Clock()
    ids = []
    for _ in range(20):
        claim = log.sending(at=clock.now(), to="+447700900000")
        uuid = send(simulator, client_ref=claim.client_ref).json()["message_uuid"]
        log.finish(claim, State.ACCEPTED, message_uuid=uuid, at=clock.now())
        ids.append(claim.id)
    refused_once = Rule(OUTCOMES["bad-recipient"], path=PATH, first=1)
    simulator.scenario = Scenario(rules=(refused_once,))
    lookup = ReportLookup(
        database=database,
        heard=make_heard(database, log),
        budget=ReportBudget(database=database, most_a_day=lambda: 1000, clock=clock),
        on_change=lambda _ids: None,
        connect=lambda: connector(simulator, tmp_path),
        timetable=lambda: QUICK,
        is_wanted=lambda: True,
        on_status=lambda _status: None,
        clock=clock,
    )
    stop = threading.Event()
    thread = threading.Thread(target=lookup.run, args=(stop,))
    thread.start()

    until(lambda: all(log.state(one) is State.DELIVERED for one in ids))

    stop.set()
    thread.join()
    asked = [entry.status for entry in simulator.requests if entry.path == PATH]
    assert asked[0] == 422
    assert len(asked) > 20
    assert set(asked[1:]) == {200}, "never told to go slower"


def test_news_of_the_accepted_does_not_wait_behind_the_doubtful(
    log: Log, database: Database
) -> None:
    now = Clock().now()
    for _ in range(30):
        log.unknown(at=now)
    accepted = log.accepted("aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab", at=now)
    table = LookupTable(database)
    table.start(at=now)

    due = table.due(at=now + timedelta(seconds=1), limit=20, is_known=True)

    assert [waiting.id for waiting in due] == [accepted.id]
