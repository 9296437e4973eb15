"""What the receiver answers, and when it listens (T7 to T11, F62 to F64, F69, F71 to F74)."""

import logging
import os
import socket
import threading
from collections.abc import Sequence

import pytest

from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.signature import WebhookKeys, derive_path
from smsdesk.webhooks.receiver import ASK_AGAIN_S, FATE_S, TRY_AGAIN_S
from smsdesk.webhooks.status import ReceiverPhase, ReceiverSettings
from tests.support import until
from tests.webhooks.station import (
    KEYS,
    SECRET,
    Event,
    Station,
    claims,
    inbound_body,
    raw_call,
    sign,
    status_body,
)

NONCE = "a-word-that-nobody-knows"


def on(port: int = 0, *, public_host: str = "") -> ReceiverSettings:
    return ReceiverSettings(is_on=True, port=port, public_host=public_host)


OFF = ReceiverSettings(is_on=False, port=0)


# What is let in --------------------------------------------------------------------------


def test_a_receipt_is_heard_then_answered() -> None:
    with Station().running() as station:
        assert station.post(status_body(client_ref="REF-1")) == 200

    (receipt,) = station.heard
    assert isinstance(receipt, DeliveryReceipt)
    assert (receipt.client_ref, receipt.status) == ("REF-1", State.DELIVERED)
    assert receipt.jti


def test_a_reply_is_heard_then_answered() -> None:
    with Station().running() as station:
        path = station.status.inbound_path
        assert station.post(inbound_body(text="a\0b 👋"), path=path) == 200

    (reply,) = station.heard
    assert isinstance(reply, InboundMessage)
    assert (reply.text, reply.sender) == ("a\0b 👋", "+447700900000")
    assert reply.jti


def test_an_answer_says_nothing_but_its_status() -> None:
    with Station().running() as station:
        for options in ({}, {"path": "/elsewhere"}, {"authorization": None}, {"method": "GET"}):
            status, body, headers = station.call(status_body(), **options)

            assert body == b""
            assert set(headers) <= {"Date", "Connection", "Content-Length", "Allow"}, status
            assert headers["Connection"] == "close"


def test_a_body_in_chunks_is_the_same_body() -> None:
    with Station().running() as station:
        body = status_body()
        whole = raw_call(body, station.status.status_path)
        head = whole[: -len(body)].replace(
            b"Content-Length: %d" % len(body), b"Transfer-Encoding: chunked"
        )
        chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)

        answered = station.say(head + chunks + b"0\r\n\r\n")

        assert answered.startswith(b"HTTP/1.1 200 ")
        assert [event.raw for event in station.heard] == [body.decode()]


def test_who_asks_whether_the_body_may_come_is_told() -> None:
    with Station().running() as station:
        body = status_body()
        whole = raw_call(body, station.status.status_path, headers=["Expect: 100-continue"])
        with station.connect() as sock:
            sock.sendall(whole[: -len(body)])
            assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            sock.sendall(body)
            assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.case("T7")
@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "HEAD", "DELETE"])
def test_nothing_can_be_read_from_it(method: str) -> None:
    with Station().running() as station:
        assert station.post(b"", method=method) == 405
        assert station.post(b"", method=method, path="/") == 405


def test_another_path_leads_nowhere() -> None:
    with Station().running() as station:
        for path in ("/", "/status", station.status.status_path + "/"):
            assert station.post(status_body(), path=path) == 404
    assert station.heard == []


@pytest.mark.case("T7", "F72")
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example", "X-Forwarded-Host": "sms.example.com"},
    ],
)
def test_a_page_in_a_browser_gets_nowhere(headers: dict[str, str]) -> None:
    with Station().running() as station:
        assert station.post(status_body(), headers=headers) == 403
    assert station.heard == []


def test_the_public_name_is_ours_too() -> None:
    with Station().running() as station:
        assert station.post(status_body(), headers={"Host": "sms.example.com"}) == 200


def test_a_header_that_stands_there_twice_is_refused() -> None:
    with Station().running() as station:
        body, path = status_body(), station.status.status_path
        for line in ("Host: evil.example", "Authorization: Bearer x", "Content-Length: 1"):
            answered = station.say(raw_call(body, path, headers=[line]))
            assert answered.startswith(b"HTTP/1.1 400 "), line
    assert station.heard == []


# What is genuine -------------------------------------------------------------------------


@pytest.mark.case("F62", "F63")
def test_what_is_not_vonages_is_refused() -> None:
    with Station().running() as station:
        body = status_body()
        for forged in (
            sign(claims(body), secret="another-secret-of-at-least-64-bytes-" * 3),
            sign(claims(body), algorithm="HS512"),
            sign(claims(body), algorithm="none", secret=""),
            sign(claims(b"")),
            sign(claims(body, iss="Somebody")),
            "Bearer rubbish",
        ):
            assert station.post(body, authorization=forged) == 401
        assert station.post(body + b" ", authorization=sign(claims(body))) == 401
    assert station.heard == []


@pytest.mark.case("T11", "F62")
def test_what_comes_without_a_token_is_to_come_again() -> None:
    with Station().running() as station:
        body = status_body()

        assert station.post(body, authorization=None) == 503
        assert station.post(body) == 200


@pytest.mark.case("F69")
def test_a_token_of_another_time_is_to_come_again() -> None:
    with Station().running() as station:
        body = status_body()
        token = sign(claims(body, now=station.clock.epoch()))

        station.clock.set(-600)
        assert station.post(body, authorization=token) == 503
        station.clock.set(600)
        assert station.post(body, authorization=token) == 200


def test_what_is_genuine_and_cannot_be_read_does_not_come_again() -> None:
    with Station().running() as station:
        assert station.post(b"{}") == 400
        assert station.post(status_body(status="odd")) == 400
        inbound = station.status.inbound_path
        assert station.post(inbound_body(text=None), path=inbound) == 400
        assert station.post(status_body(), path=inbound) == 400


def test_a_token_that_was_used_for_another_body_is_refused() -> None:
    station = Station(take=lambda events: [False] * len(events))
    with station.running():
        assert station.post(status_body()) == 401


# Our own faults --------------------------------------------------------------------------


@pytest.mark.case("T11", "F08", "F47")
def test_what_cannot_be_stored_comes_again() -> None:
    def fail(_events: Sequence[Event]) -> Sequence[bool]:
        raise OSError("no space")

    station = Station(take=fail)
    with station.running():
        body = status_body()
        token = sign(claims(body))

        assert station.post(body, authorization=token) == 503
        station.take = None
        assert station.post(body, authorization=token) == 200

    assert station.status.accepted == 1
    assert station.closed


def test_an_event_that_cannot_be_stored_holds_up_no_other() -> None:
    gathered = threading.Event()
    first = threading.Event()

    def fail_for_one(events: Sequence[Event]) -> Sequence[bool]:
        if not gathered.is_set():
            first.set()
            gathered.wait(20)
        if any("BAD" in event.raw for event in events):
            raise RuntimeError("a bug")
        return station._take(events)

    station = Station(take=fail_for_one)
    answers: dict[str, int] = {}

    def post(ref: str) -> None:
        answers[ref] = station.post(status_body(client_ref=ref))

    with station.running():
        threads = [threading.Thread(target=post, args=(ref,)) for ref in ("0", "1", "BAD", "2")]
        threads[0].start()
        assert first.wait(20)
        for thread in threads[1:]:
            thread.start()
        until(lambda: station.receiver._inbox.qsize() == 3)
        gathered.set()
        for thread in threads:
            thread.join()

    assert answers == {"0": 200, "1": 200, "BAD": 503, "2": 200}


def test_an_answer_that_does_not_fit_is_our_own_fault() -> None:
    station = Station(take=lambda _events: [])
    with station.running():
        assert station.post(status_body()) == 503


@pytest.mark.case("T11", "F73")
def test_a_locked_keyring_costs_no_webhook() -> None:
    class LockedError(Exception):
        code = "keyring_locked"

    def locked() -> WebhookKeys | None:
        raise LockedError

    station = Station(keys=locked)
    with station.running(ReceiverPhase.NO_SECRET):
        assert station.status.cause == "keyring_locked"
        until(lambda: station.port != 0)
        body = status_body()
        path = f"/{derive_path(Secret(SECRET))}/status"
        assert station.post(body, path=path) == 503
        station.keys = lambda: KEYS
        assert station.post(body, path=path) == 503, "not looked at all the time"

        station.clock.turn(ASK_AGAIN_S + 1)
        assert station.post(body, path=path) in (200, 503)
        station.until_phase(ReceiverPhase.LISTENING)
        assert station.post(body) == 200


def test_new_credentials_are_heeded_at_once() -> None:
    station = Station(keys=lambda: None)
    with station.running(ReceiverPhase.NO_SECRET):
        assert station.status.cause == ""

        station.keys = lambda: KEYS
        station.receiver.reload()
        station.until_phase(ReceiverPhase.LISTENING)
        old = station.status.status_path

        other = "quite-another-secret-of-at-least-64-bytes-" * 2
        station.keys = lambda: WebhookKeys("", "", Secret(other))
        station.receiver.reload()
        until(lambda: station.status.status_path not in ("", old))
        body = status_body()
        assert station.post(body) == 401
        assert station.post(body, authorization=sign(claims(body), secret=other)) == 200


def test_a_secret_that_is_too_short_is_told_and_trusted_with_nothing() -> None:
    short = Secret("x" * 31)
    station = Station(keys=lambda: WebhookKeys("", "", short))
    with station.running(ReceiverPhase.SECRET_SHORT):
        until(lambda: station.port != 0)
        assert station.status.status_path == ""
        assert station.post(status_body(), path="/x/status") == 503


# When it listens -------------------------------------------------------------------------


def test_switched_off_it_listens_to_nothing() -> None:
    asked: list[int] = []

    def read_keys() -> WebhookKeys | None:
        asked.append(1)
        return KEYS

    station = Station(settings=OFF, keys=read_keys)
    with station.running(ReceiverPhase.OFF):
        until(lambda: bool(station.told))
        assert _server_threads() == []
        assert asked == []


def test_it_can_be_switched_on_and_off_while_it_runs() -> None:
    station = Station(settings=OFF)
    with station.running(ReceiverPhase.OFF):
        station.settings = on()
        station.receiver.reload()
        station.until_phase(ReceiverPhase.LISTENING)
        assert station.post(status_body()) == 200
        port = station.port

        station.settings = OFF
        station.receiver.reload()
        station.until_phase(ReceiverPhase.OFF)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=20)
        assert _server_threads() == []


def test_another_port_is_taken_up_while_it_runs() -> None:
    with Station().running() as station:
        old, free = station.port, _free_port()
        station.settings = on(free)
        station.receiver.reload()
        until(lambda: station.port == free and station.status.phase is ReceiverPhase.LISTENING)

        assert station.post(status_body()) == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", old), timeout=20)


def test_a_reload_that_changes_nothing_keeps_the_port() -> None:
    with Station().running() as station:
        port = station.port
        station.receiver.reload()
        assert station.post(status_body()) == 200
        assert station.port == port


@pytest.mark.case("F74")
def test_a_taken_port_is_told_and_tried_again() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        station = Station(settings=on(port))
        with station.running(ReceiverPhase.PORT_TAKEN):
            assert station.status.port == port
            other.close()
            station.clock.turn(TRY_AGAIN_S + 1)
            station.until_phase(ReceiverPhase.LISTENING)
            assert station.post(status_body()) == 200


def test_a_web_server_that_died_begins_anew() -> None:
    with Station().running() as station:
        server = station.receiver._server
        assert server is not None
        server.stop()
        until(lambda: station.receiver._server not in (None, server))

        assert station.post(status_body()) == 200


def test_after_a_restart_it_has_the_same_paths() -> None:
    port = _free_port()
    station = Station(settings=on(port))
    with station.running():
        path = station.status.status_path
        assert station.post(status_body()) == 200
    assert station.status.phase is ReceiverPhase.OFF

    with station.running():
        assert station.status.status_path == path
        assert station.post(status_body()) == 200


def test_it_listens_on_this_computer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever systemd may have left for whoever it started."""
    monkeypatch.setenv("LISTEN_PID", "1")
    with Station().running() as station:
        server = station.receiver._server
        assert server is not None
        assert server.bind_addr[0] == "127.0.0.1"
        assert "LISTEN_PID" not in os.environ


def test_whoever_waits_when_it_stops_gets_an_answer() -> None:
    is_held, let_go = threading.Event(), threading.Event()

    def hold(events: Sequence[Event]) -> Sequence[bool]:
        is_held.set()
        assert let_go.wait(FATE_S)
        return [True] * len(events)

    station = Station(take=hold)
    answers: list[int] = []
    caller = threading.Thread(target=lambda: answers.append(station.post(status_body())))
    with station.running():
        caller.start()
        assert is_held.wait(20)
        threading.Timer(0.1, let_go.set).start()
    caller.join()

    assert answers == [200]


# What it tells ---------------------------------------------------------------------------


def test_it_counts_and_tells() -> None:
    with Station().running() as station:
        station.post(status_body())
        station.post(status_body(), authorization="Bearer x")
        station.post(b"", path="/x")
        assert (station.status.accepted, station.status.refused) == (1, 2)
        assert station.status.last_at is not None
        station.clock.turn(2)
        until(lambda: station.told[-1].accepted == 1)
    assert [status.phase for status in station.told][-1] is ReceiverPhase.OFF


def test_nothing_that_came_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Station().running() as station:
        secret_part = station.status.status_path.split("/")[1]
        station.post(status_body(client_ref="PRIVATE"))
        station.post(inbound_body(text="PRIVATE"), path=station.status.inbound_path)
        station.post(b'{"PRIVATE": 1}')
        station.post(b"PRIVATE", path="/PRIVATE", authorization="Bearer PRIVATE")
        station.say(b"PRIVATE PRIVATE PRIVATE\r\nPRIVATE: x\r\n\r\n")

    assert caplog.text
    assert not [
        word for word in ("PRIVATE", SECRET, secret_part, "4477") if word in caplog.text
    ]


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with Station().running() as station:
        station.say(b"\xff\xff\xff\r\n\r\n")
        station.say(b"POST /\xff HTTP/1.1\r\n\xff: \xff\r\n\r\n")
        station.say(b"GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n")
        station.say(b"CONNECT a:x HTTP/1.1\r\nHost: a\r\n\r\n")
        station.say(b"POST / HTTP/9.9\r\nHost: a\r\n\r\n")
        assert station.post(status_body()) == 200

    assert capfd.readouterr() == ("", "")


# The probe -------------------------------------------------------------------------------


def test_a_word_that_is_listened_for_arrives_and_does_nothing_else() -> None:
    with Station().running() as station:
        probe = station.receiver.expect_probe(NONCE)

        assert station.post(NONCE.encode(), authorization=None) == 204
        assert probe.wait(0)
        assert station.post(NONCE.encode(), authorization=None) == 503
    assert station.heard == []


def test_a_word_arrives_only_at_the_status_path() -> None:
    with Station().running() as station:
        probe = station.receiver.expect_probe(NONCE)
        inbound = station.status.inbound_path

        assert station.post(NONCE.encode(), path=inbound, authorization=None) == 503
        assert station.post(NONCE.encode(), path="/x/status", authorization=None) == 404
        assert station.post(b"another-word-altogether", authorization=None) == 503
        assert not probe.wait(0)


def _server_threads() -> list[str]:
    """What runs only while somebody listens."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith(("webhooks", "CP Server"))]


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
