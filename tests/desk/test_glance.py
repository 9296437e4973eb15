"""The balance is told quietly: when it changes, while somebody looks, and not off line."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.connecting import REGION_CODES, region_code, region_url
from smsdesk.desk.desk import Desk
from smsdesk.desk.glance import EVERY_S, AccountWatch
from smsdesk.desk.wording import glance_sentence, region_word
from smsdesk.simulator.server import Simulator
from smsdesk.system.clock import Clock
from smsdesk.system.settings import API_URL, BALANCE_WARNING
from tests.desk.office import Office
from tests.support import NOW, StoppedClock, hear, until


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    with Simulator(pace=0.01) as simulator:
        simulator.balance = Decimal("12.4")
        yield simulator


@pytest.fixture
def connected(desk: Desk, vonage: Simulator) -> Desk:
    desk.account.save(AccountForm(api_key="demo", api_secret="demo", api_url=vonage.url))
    return desk


def test_the_balance_is_told_once_it_is_known(connected: Desk) -> None:
    news = hear(connected.changes)
    before = connected.watch.glance
    connected.watch.ask()
    connected.watch.ask()

    glance = connected.watch.glance
    assert before.balance is None
    assert (glance.balance, glance.currency, glance.as_of) == (Decimal("12.4"), "EUR", NOW)
    assert glance_sentence(glance) == "Balance €12.40"
    assert news == [Change(ChangeKind.GLANCE)]


def test_a_low_balance_is_marked(connected: Desk) -> None:
    connected.settings.set(BALANCE_WARNING, 20.0)
    connected.watch.ask()

    assert connected.watch.glance.is_low
    assert glance_sentence(connected.watch.glance) == "Balance €12.40 · low"


def test_a_refusal_is_told_and_the_last_balance_stays(
    connected: Desk, vonage: Simulator
) -> None:
    connected.watch.ask()
    vonage.stop()
    connected.watch.ask()

    assert connected.watch.glance.problem == "refused"
    assert connected.watch.glance.balance == Decimal("12.4")


def test_another_account_begins_anew(connected: Desk) -> None:
    connected.watch.ask()
    connected.account.save(AccountForm(api_secret="wrong"))
    assert connected.watch.glance.balance is None
    connected.watch.ask()

    assert connected.watch.glance.problem == "api_secret_refused"
    assert glance_sentence(connected.watch.glance)


def test_it_is_asked_every_few_minutes_while_somebody_looks(
    office: Office, connected: Desk
) -> None:
    clock = office.clock
    assert isinstance(clock, StoppedClock)
    watch = connected.watch
    assert watch.is_due
    watch.ask()
    assert not watch.is_due
    clock.move(timedelta(seconds=EVERY_S))
    assert watch.is_due
    watch.pause()
    assert not watch.is_due
    watch.resume()

    assert watch.is_due


def test_without_an_account_it_waits_for_one(desk: Desk) -> None:
    desk.watch.ask()

    assert not desk.watch.is_due or desk.watch.glance.balance is None
    assert glance_sentence(desk.watch.glance) == ""


def test_off_line_nothing_is_asked(connected: Desk) -> None:
    watch = AccountWatch(
        account=connected.account,
        settings=connected.settings,
        clock=Clock(),
        is_offline=lambda: True,
        on_change=lambda: None,
    )

    assert not watch.is_due


def test_the_service_asks_and_stops(office: Office, vonage: Simulator) -> None:
    office.clock = Clock()
    desk = office.open(api_url=vonage.url)
    desk.account.save(AccountForm(api_key="demo", api_secret="demo"))
    stop = threading.Event()
    thread = threading.Thread(target=desk.watch.run, args=(stop,))
    thread.start()

    until(lambda: desk.watch.glance.balance is not None)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_every_region_has_its_host_and_its_word(desk: Desk) -> None:
    for code in REGION_CODES:
        assert region_code(region_url(code)) == code
        assert region_word(code)
        desk.settings.set(API_URL, region_url(code))
        assert desk.watch.glance.region == code

    assert region_word(region_code("https://relay.example")) == "Another host"
