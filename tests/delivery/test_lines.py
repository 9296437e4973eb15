"""A line tells how far each message got, by phase and never by the name of an exception."""

import queue
import threading
from collections.abc import Iterator
from typing import cast

import pytest

from smsdesk.delivery.lines import (
    FRESH_S,
    Broken,
    Finished,
    LineWorker,
    NotOpened,
    Opened,
    Probed,
    Report,
)
from smsdesk.store.message_log import Claim
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import AnswerError, NoAnswer, NotSent
from smsdesk.vonage.exchange import Answer, Phase

CLAIM = Claim(1, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 1, "ref", "0" * 64)
ACCEPTED = Answer(202, {}, b"{}")


class FakeLine:
    """A line whose phase a test sets."""

    def __init__(self) -> None:
        self.phase = Phase.IDLE
        self.error: Exception | None = None
        self.is_closed = False
        self.is_aborted = False

    def open(self) -> None:
        if self.error is not None:
            raise self.error
        self.phase = Phase.CONNECTED

    def abort(self) -> None:
        self.is_aborted = True

    def close(self) -> None:
        self.is_closed = True


class FakeClient:
    """A client that gets as far as a test says, and then answers or breaks."""

    def __init__(self) -> None:
        self.fake_line = FakeLine()
        self.reaches = Phase.DONE
        self.error: Exception | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.bodies: list[bytes] = []

    def line(self) -> FakeLine:
        return self.fake_line

    def submit(self, line: FakeLine, body: bytes) -> Answer:
        self.may_answer.wait(10)
        line.phase = self.reaches
        self.bodies.append(body)
        if self.error is not None:
            raise self.error
        return ACCEPTED

    def probe(self) -> None:
        if self.error is not None:
            raise self.error


class Bench:
    """A line worker with the client it was given, and its reports."""

    def __init__(self) -> None:
        self.client = FakeClient()
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.now = 100.0
        self.worker = LineWorker(cast(Client, self.client), self.reports.put, lambda: self.now)

    def next(self) -> Report:
        return self.reports.get(timeout=10)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.client.may_answer.set()
    bench.worker.close()
    assert bench.worker.join(10)
    assert bench.client.fake_line.is_closed


def test_a_line_that_opens_is_ready_for_a_moment(bench: Bench) -> None:
    bench.worker.open()
    assert bench.worker.is_busy
    assert isinstance(bench.next(), Opened)
    assert not bench.worker.is_ready(bench.now), "not before the owner has heard of it"
    bench.worker.heard(is_ready=True)

    assert bench.worker.is_ready(bench.now + FRESH_S - 0.1)
    assert not bench.worker.is_ready(bench.now + FRESH_S)


def test_a_line_that_does_not_open_says_why(bench: Bench) -> None:
    bench.client.fake_line.error = NotSent(Phase.CONNECTING, "dns")
    bench.worker.open()
    report = bench.next()
    bench.worker.heard(is_ready=False)

    assert isinstance(report, NotOpened)
    assert report.error.reason == "dns"
    assert not bench.worker.is_ready(bench.now)


def test_a_claim_is_reported_with_its_answer_and_when_it_was_made(bench: Bench) -> None:
    bench.client.may_answer.clear()
    bench.worker.submit(CLAIM, b"body")
    bench.now = 160.0
    bench.client.may_answer.set()
    report = bench.next()

    assert isinstance(report, Finished)
    assert (report.claim, report.result, report.claimed_at) == (CLAIM, ACCEPTED, 100.0)
    assert bench.client.bodies == [b"body"]
    assert bench.worker.stays_open


@pytest.mark.parametrize(
    "error", [NotSent(Phase.CONNECTED, "local"), NoAnswer(Phase.WAITING, "closed")]
)
def test_what_the_transport_says_is_passed_on(bench: Bench, error: NotSent | NoAnswer) -> None:
    bench.client.error = error
    bench.client.reaches = error.phase
    bench.worker.submit(CLAIM, b"body")
    report = bench.next()

    assert isinstance(report, Finished)
    assert report.result is error
    assert not bench.worker.stays_open


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.DONE])
def test_an_error_nobody_foresaw_is_judged_by_how_far_it_got(
    bench: Bench, phase: Phase
) -> None:
    bench.client.error = MemoryError()
    bench.client.reaches = phase
    bench.worker.submit(CLAIM, b"body")
    report = bench.next()

    assert isinstance(report, Finished)
    expected = NotSent if phase < Phase.WRITING else NoAnswer
    assert type(report.result) is expected
    assert cast(NotSent, report.result).reason == "local"


def test_a_probe_is_answered_or_fails(bench: Bench) -> None:
    bench.worker.probe()
    answered = bench.next()
    bench.client.error = AnswerError(Answer(503, {}, b""))
    bench.worker.probe()
    failed = bench.next()

    assert isinstance(answered, Probed)
    assert isinstance(failed, Probed)
    assert (answered.error, failed.error) == (None, bench.client.error)


def test_an_odd_error_while_opening_does_not_end_the_thread(bench: Bench) -> None:
    bench.client.fake_line.error = KeyError("odd")
    bench.worker.open()
    assert isinstance(bench.next(), Broken)
    bench.client.fake_line.error = None
    bench.worker.open()
    assert isinstance(bench.next(), Opened)


def test_an_abort_reaches_the_line_at_once(bench: Bench) -> None:
    bench.client.may_answer.clear()
    bench.worker.submit(CLAIM, b"body")
    bench.worker.abort()

    assert bench.client.fake_line.is_aborted
    assert not bench.worker.join(0.0)
