"""What a draft would cost: quick from memory, asked for slowly, and kept for a day off line."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.prices import PACE_S, PATIENCE_S
from smsdesk.desk.wording import country_cost_sentence, estimate_sentence, money
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Draft
from smsdesk.sms.prices import CostEstimate
from smsdesk.sms.state import State
from smsdesk.store.events import ReceiptBook
from smsdesk.system.clock import Clock
from tests.desk.office import Office
from tests.support import NOW, StoppedClock, hear, receipt, until
from tests.vonage import keys

ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
UK, US, IRISH, SEA = "+447400123456", "+12025550123", "+353871234567", "+870773111632"


class NotedClock(StoppedClock):
    """Time passes by waiting, and each wait is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        self.move(timedelta(seconds=seconds))
        return event.is_set()


@pytest.fixture
def clock(office: Office) -> NotedClock:
    office.clock = NotedClock()
    return office.clock


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    with Simulator(pace=0.01) as simulator:
        yield simulator


@pytest.fixture
def connected(office: Office, clock: NotedClock, vonage: Simulator, tmp_path: Path) -> Desk:
    desk = office.open()
    key = keys.write_key(tmp_path, keys.pkcs8())
    desk.account.save(
        AccountForm(ID, str(key), api_key="demo", api_secret="demo", api_url=vonage.url)
    )
    return desk


def estimate(desk: Desk, *numbers: str, text: str = "hi") -> CostEstimate:
    return desk.prices.estimate(desk.compose.preview(Draft("ACME", "\n".join(numbers), text)))


def ask(desk: Desk) -> int:
    return desk.prices.ask_wanted(threading.Event())


def test_an_unknown_price_is_said_to_be_unknown(desk: Desk) -> None:
    found = estimate(desk, UK)

    assert not found.is_known
    assert estimate_sentence(found) == "Price unknown"
    assert country_cost_sentence(found.countries[0]).endswith("price unknown")


def test_what_was_unknown_is_asked_for_and_told(connected: Desk) -> None:
    news = hear(connected.changes)
    estimate(connected, UK)

    assert ask(connected) == 1
    assert estimate(connected, UK, text="x" * 161).total == Decimal("0.0824")
    assert news == [Change(ChangeKind.PRICES)]


def test_one_country_is_asked_a_second(connected: Desk, clock: NotedClock) -> None:
    estimate(connected, UK, US, IRISH)

    assert ask(connected) == 3
    assert clock.waits == [PACE_S, PACE_S, 0.0]


def test_a_price_is_asked_once_a_day(
    connected: Desk, clock: NotedClock, vonage: Simulator
) -> None:
    for _ in range(2):
        estimate(connected, UK)
        ask(connected)
    clock.move(timedelta(hours=25))
    old = estimate(connected, UK)
    ask(connected)

    assert (old.is_known, old.is_old) == (True, True)
    assert "(old prices)" in estimate_sentence(old)
    assert "price of 20" in country_cost_sentence(old.countries[0])
    assert not estimate(connected, UK).is_old
    assert len([entry for entry in vonage.requests if "pricing" in entry.path]) == 2


def test_prices_outlive_the_program_and_serve_off_line(
    office: Office, connected: Desk, vonage: Simulator
) -> None:
    estimate(connected, UK)
    ask(connected)
    vonage.stop()

    assert estimate(office.open(), UK).total == Decimal("0.0412")


def test_after_a_failure_it_has_patience(
    connected: Desk, clock: NotedClock, vonage: Simulator
) -> None:
    vonage.stop()
    estimate(connected, UK)
    assert ask(connected) == 0
    assert connected.prices.is_complete
    estimate(connected, UK)

    assert not connected.prices._may_ask()
    clock.move(timedelta(seconds=PATIENCE_S))
    assert connected.prices._may_ask()


def test_another_account_may_have_other_prices(connected: Desk, clock: NotedClock) -> None:
    estimate(connected, UK)
    ask(connected)
    clock.move(timedelta(seconds=1))
    connected.account.save(AccountForm(api_secret="demo"))

    assert estimate(connected, UK).is_old


def test_the_network_of_the_last_message_counts(office: Office, connected: Desk) -> None:
    log = office.log()
    log.accepted("11111111-2222-4333-8444-555555555555", to=UK)
    ReceiptBook(log.database, log.news.append).record(
        [
            receipt(
                State.DELIVERED,
                message_uuid="11111111-2222-4333-8444-555555555555",
                network="23410",
            )
        ],
        at=NOW,
    )
    estimate(connected, UK)
    ask(connected)

    assert connected.prices._group(connected.compose.preview(Draft("A", UK, "x"))) == {
        ("GB", "23410"): 1
    }
    log.database.close_thread()


def test_numbers_of_no_country_have_no_price(connected: Desk) -> None:
    found = estimate(connected, UK, SEA)
    ask(connected)
    found = estimate(connected, UK, SEA)

    assert not found.is_known
    assert estimate_sentence(found) == "Price unknown for International numbers"


def test_several_countries_are_told_one_by_one(connected: Desk) -> None:
    estimate(connected, UK, US, "+447400123457")
    ask(connected)
    found = estimate(connected, UK, US, "+447400123457")

    assert [country_cost_sentence(cost) for cost in found.countries] == [
        "United Kingdom: 1 part × 2 recipients × €0.0412 ≈ €0.0824",
        "United States: 1 part × 1 recipient × €0.0068 ≈ €0.0068",
    ]
    assert estimate_sentence(found) == "≈ €0.0892"


def test_the_service_asks_while_it_runs_and_stops_when_told(
    office: Office, vonage: Simulator, tmp_path: Path
) -> None:
    office.clock = Clock()
    desk = office.open()
    key = keys.write_key(tmp_path, keys.pkcs8())
    desk.account.save(
        AccountForm(ID, str(key), api_key="demo", api_secret="demo", api_url=vonage.url)
    )
    stop = threading.Event()
    thread = threading.Thread(target=desk.prices.run, args=(stop,))
    thread.start()
    estimate(desk, UK)

    until(lambda: estimate(desk, UK).is_known)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.0412", "€0.0412"),
        ("0.04", "€0.04"),
        ("0.0824000", "€0.0824"),
        ("12.345", "€12.35"),
        ("1234.5", "€1,234.50"),
        ("0", "€0.00"),
    ],
)
def test_amounts_are_written_as_people_write_them(amount: str, shown: str) -> None:
    assert money(Decimal(amount), "EUR") == shown
    assert money(Decimal(amount), "CHF").endswith(" CHF")
