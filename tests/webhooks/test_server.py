"""Clients that are slow, endless, many or broken (T10, F70): none holds up a genuine webhook."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from smsdesk.webhooks.arrival import LARGEST_BODY
from smsdesk.webhooks.server import ARRIVING, AT_WORK, WHOLE_REQUEST_S
from tests.support import until
from tests.webhooks.station import Station, raw_call, read_all, status_body

SLOW = 200
HALF_A_HEAD = b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def station() -> Iterator[Station]:
    with Station().running() as station:
        yield station


def status_of(answered: bytes) -> int:
    return int(answered.split()[1]) if answered else 0


@pytest.mark.case("F70")
def test_a_body_that_is_too_long_is_not_waited_for(station: Station) -> None:
    path = station.status.status_path

    assert status_of(station.say(raw_call(b"{}", path, length=10_000_000))) == 413
    assert station.post(status_body()) == 200


def test_a_body_that_is_sent_all_the_same_is_cut(station: Station) -> None:
    body = b"x" * 10_000_000
    with station.connect() as sock:
        with suppress(ConnectionResetError, BrokenPipeError):
            sock.sendall(raw_call(body, station.status.status_path))
        assert status_of(read_all(sock)) in (413, 0)
    assert station.post(status_body()) == 200


def test_the_longest_body_that_is_taken_is_taken(station: Station) -> None:
    spare = LARGEST_BODY - len(status_body(client_ref=""))

    assert station.post(status_body(client_ref="x" * spare)) == 200
    assert station.post(status_body(client_ref="x" * (spare + 1))) == 413


@pytest.mark.case("F70")
def test_an_endless_head_is_cut(station: Station) -> None:
    with station.connect() as sock:
        with suppress(ConnectionResetError, BrokenPipeError):
            sock.sendall(HALF_A_HEAD + b"X: endless\r\n" * 100_000)
        assert status_of(read_all(sock)) in (431, 0)
    assert station.post(status_body()) == 200


@pytest.mark.case("T10", "F70")
def test_one_byte_at_a_time_wins_no_time(station: Station) -> None:
    """Each byte comes long before any silence would be noticed."""
    began, pause = time.monotonic(), threading.Event()
    with station.connect() as sock:
        sock.sendall(HALF_A_HEAD + b"X: ")
        try:
            while time.monotonic() - began < 4 * WHOLE_REQUEST_S:
                sock.sendall(b"x")
                pause.wait(0.2)
        except (ConnectionResetError, BrokenPipeError):
            return
    pytest.fail("it was never cut")


@pytest.mark.case("F70")
def test_silence_is_cut(station: Station) -> None:
    with station.connect() as silent, station.connect() as half:
        half.sendall(HALF_A_HEAD)

        assert (read_all(silent), read_all(half)) == (b"", b"")


@pytest.mark.case("T10")
@pytest.mark.parametrize("said", [b"", HALF_A_HEAD, b"GET"])
def test_many_slow_clients_hold_up_nobody(station: Station, said: bytes) -> None:
    with ExitStack() as stack:
        for number in range(SLOW):
            sock = stack.enter_context(station.connect())
            sock.sendall(said)
            if number % 20 == 0:
                assert station.post(status_body()) == 200
    assert len(station.heard) == SLOW // 20


@pytest.mark.case("T10")
def test_a_flood_that_never_ends_holds_up_nobody(station: Station) -> None:
    stop = threading.Event()

    def flood() -> None:
        """Connect as fast as can be, say half of something, and wait to be cut."""
        slow: list[socket.socket] = []
        while not stop.is_set():
            try:
                slow.append(station.connect())
                slow[-1].sendall(HALF_A_HEAD)
            except OSError:
                pass
            if len(slow) > SLOW:
                slow.pop(0).close()
        for sock in slow:
            sock.close()

    flooders = [threading.Thread(target=flood) for _ in range(2)]
    for flooder in flooders:
        flooder.start()
    try:
        answers = [_persist(station) for _ in range(20)]
    finally:
        stop.set()
        for flooder in flooders:
            flooder.join()

    assert set(answers) == {200}


def test_the_oldest_slow_client_is_the_one_that_is_cut(station: Station) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(station.connect()) for _ in range(ARRIVING)]
        for sock in slow:
            sock.sendall(HALF_A_HEAD)
        server = station.receiver._server
        assert server is not None
        until(lambda: len(server._arriving) == ARRIVING)

        one_more = stack.enter_context(station.connect())
        one_more.sendall(HALF_A_HEAD)

        assert read_all(slow[0]) == b""
        slow[1].settimeout(0.1)
        with pytest.raises(TimeoutError):
            slow[1].recv(1)


def test_more_than_can_be_looked_at_at_once_wait_their_turn(station: Station) -> None:
    let_go = threading.Event()
    take = station._take
    station.take = lambda events: take(events) if let_go.wait(20) else []
    answers: list[int] = []
    callers = [
        threading.Thread(target=lambda: answers.append(station.post(status_body())))
        for _ in range(3 * AT_WORK)
    ]
    for caller in callers:
        caller.start()
    let_go.set()
    for caller in callers:
        caller.join()

    assert answers == [200] * 3 * AT_WORK


def test_who_hangs_up_early_does_no_harm(station: Station) -> None:
    whole = raw_call(status_body(), station.status.status_path)
    for end in (0, 1, len(whole) // 2, len(whole) - 1, len(whole)):
        with station.connect() as sock:
            sock.sendall(whole[:end])
            if end % 2:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert station.post(status_body()) == 200


def test_only_one_request_is_taken_from_a_connection(station: Station) -> None:
    path = station.status.status_path
    two = raw_call(status_body(), path) + raw_call(status_body(), path)

    assert station.say(two).count(b"HTTP/1.1 200") <= 1
    assert len(station.heard) == 1


def test_nothing_is_left_open_when_it_stops(station: Station) -> None:
    with station.connect() as silent:
        station.settings = type(station.settings)(is_on=False, port=0)
        station.receiver.reload()

        assert read_all(silent) == b""


def _persist(station: Station) -> int:
    """A genuine webhook; one that is cut comes again, as Vonage's would."""
    body = status_body()
    for _ in range(5):
        try:
            return station.post(body)
        except OSError:
            continue
    return 0
