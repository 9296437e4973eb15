"""The lines of one client: made when needed, opened as many as wanted, dropped with it."""

import queue
from collections.abc import Iterator

import pytest

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.line_pool import LinePool
from smsdesk.delivery.lines import Opened, Probed, Report
from smsdesk.sms.state import HeldReason
from smsdesk.vonage.client import Client
from tests.delivery.station import Station


class Yard:
    """A pool with what it reported and how often it connected."""

    def __init__(self, station: Station) -> None:
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.connected = 0
        self.now = 100.0
        self.station = station
        self.pool = LinePool(self.connect, self.reports.put, lambda: self.now)

    def connect(self) -> Client:
        self.connected += 1
        return self.station.open_client()

    def hear(self) -> Report:
        report = self.reports.get(timeout=10)
        assert isinstance(report, Opened | Probed)
        report.line.heard(is_ready=isinstance(report, Opened))
        return report


@pytest.fixture
def yard(station: Station) -> Iterator[Yard]:
    yard = Yard(station)
    yield yard
    yard.pool.close(timeout_s=10)


def test_one_client_serves_all_lines(yard: Yard) -> None:
    first = yard.pool.fill(2)

    assert yard.pool.fill(4) is first
    assert yard.connected == 1
    assert yard.pool.ready(yard.now) == []


def test_only_as_many_lines_are_opened_as_are_wanted(yard: Yard) -> None:
    yard.pool.fill(4)
    yard.pool.open(2, in_flight=0)
    yard.pool.open(2, in_flight=0)  # the two being opened count
    for _ in range(2):
        yard.hear()

    assert len(yard.pool.ready(yard.now)) == 2
    assert yard.reports.empty()
    yard.pool.open(0, in_flight=0)
    yard.pool.open(-1, in_flight=0)
    assert yard.reports.empty()


def test_a_probe_waits_until_no_line_is_at_work(yard: Yard) -> None:
    yard.pool.probe()  # without lines there is nobody to ask
    yard.pool.fill(2)
    yard.pool.open(1, in_flight=0)
    yard.pool.probe()
    assert isinstance(yard.hear(), Opened)
    yard.pool.probe()
    yard.pool.probe()
    assert isinstance(yard.hear(), Probed)

    assert yard.reports.empty()
    assert len(yard.station.questions) == 1


def test_dropped_lines_are_gone_and_the_next_client_is_a_new_one(yard: Yard) -> None:
    first = yard.pool.fill(2)
    yard.pool.drop()
    yard.pool.drop()

    assert yard.pool.client is None
    assert yard.pool.fill(1) is not first
    assert yard.connected == 2


def test_what_cannot_be_connected_is_passed_on_and_tried_again() -> None:
    def connect() -> Client:
        raise NotConnectableError(HeldReason.CONFIG, "not_configured")

    pool = LinePool(connect, lambda _report: None, lambda: 0.0)
    for _ in range(2):
        with pytest.raises(NotConnectableError):
            pool.fill(2)

    assert pool.client is None
