"""Webhooks at the desk: with its keys and settings, into its log (F65 to F67, F73, F75)."""

import json
import random
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.changes import ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.receiving import ReceiverPhase
from smsdesk.desk.wording_receiver import receiver_sentence
from smsdesk.simulator.server import DEMO_SIGNATURE_SECRET, Simulator
from smsdesk.sms.message import Direction, Message
from smsdesk.sms.state import State
from smsdesk.store.history import HistoryFilter
from smsdesk.system.settings import PUBLIC_URL, RECEIVER, RECEIVER_PORT
from smsdesk.system.vault import KeyringLockedError, SessionVault
from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.signature import derive_path
from smsdesk.webhooks.receiver import ASK_AGAIN_S
from smsdesk.webhooks.routes import Call
from smsdesk.webhooks.status import ReceiverStatus
from tests.desk.office import Office
from tests.support import TurnedClock, until
from tests.webhooks.station import API_KEY, SECRET, claims, inbound_body, sign, status_body

REPEATS = 1_000
MESSAGES = 100


class MoodyVault(SessionVault):
    """Locked, as long as a test wants it."""

    is_locked = False

    def get(self, name: str) -> str | None:
        if self.is_locked:
            raise KeyringLockedError
        return super().get(name)


@pytest.fixture
def vault() -> MoodyVault:
    return MoodyVault({"signature_secret": SECRET, "api_key": API_KEY})


@pytest.fixture
def office(tmp_path: Path, vault: MoodyVault) -> Iterator[Office]:
    office = Office(tmp_path / "data", clock=TurnedClock(), vault=vault)
    yield office
    office.close()


@pytest.fixture
def desk(office: Office) -> Desk:
    desk = office.open()
    desk.settings.set(RECEIVER, True)
    desk.settings.set(RECEIVER_PORT, 0)
    return desk


@contextmanager
def listening(
    desk: Desk, phase: ReceiverPhase = ReceiverPhase.LISTENING
) -> Iterator[ReceiverStatus]:
    """The desk's receiver at work on a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=desk.receiving.run, args=(stop,))
    thread.start()
    try:
        until(lambda: desk.receiving.status.phase is phase)
        yield desk.receiving.status
    finally:
        stop.set()
        desk.receiving.reload()
        thread.join()


def post(desk: Desk, body: bytes, *, to: str = "status", token: str = "") -> int:
    """A webhook, signed unless a token is given."""
    target = f"/{derive_path(Secret(SECRET))}/{to}"
    headers = {"host": "localhost", "authorization": token or sign(claims(body))}
    return desk.receiving._receiver.answer(Call("POST", target, headers, body))


def inbox(desk: Desk) -> list[Message]:
    return desk.history.page(HistoryFilter(direction=Direction.INBOUND))


def test_a_receipt_moves_its_message(office: Office, desk: Desk) -> None:
    message_uuid = str(uuid.uuid4())
    log = office.log()
    claim = log.accepted(message_uuid)
    news: list[ChangeKind] = []
    desk.changes.subscribe(lambda change: news.append(change.kind))

    with listening(desk):
        assert post(desk, status_body(message_uuid=message_uuid)) == 200
        assert log.state(claim.id) is State.DELIVERED
        assert post(desk, status_body(message_uuid=message_uuid, status="submitted")) == 200

    assert log.state(claim.id) is State.DELIVERED
    assert {ChangeKind.MESSAGES, ChangeKind.RECEIVER} <= set(news)
    log.database.close_thread()


@pytest.mark.case("F65")
def test_a_replay_is_answered_and_applied_once(office: Office, desk: Desk) -> None:
    message_uuid = str(uuid.uuid4())
    log = office.log()
    claim = log.accepted(message_uuid)
    body = status_body(message_uuid=message_uuid)
    token = sign(claims(body))

    with listening(desk):
        answers = {post(desk, body, token=token) for _ in range(REPEATS)}

    assert answers == {200}
    events = [event for event in desk.history.events(claim.id) if event.source == "webhook"]
    assert [event.status for event in events] == ["delivered"]
    log.database.close_thread()


@pytest.mark.case("T9")
def test_whatever_the_order_and_the_repeats_all_is_applied_once(
    office: Office, desk: Desk
) -> None:
    """Each status comes three times, all of them shuffled, over eight threads at once."""
    log = office.log()
    uuids = [str(uuid.uuid4()) for _ in range(MESSAGES)]
    ids = [log.accepted(message_uuid).id for message_uuid in uuids]
    bodies = [
        status_body(message_uuid=message_uuid, status=status)
        for message_uuid in uuids
        for status in ("submitted", "delivered")
    ]
    calls = [(body, sign(claims(body))) for body in bodies] * 3
    random.Random(7).shuffle(calls)

    with listening(desk), ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda call: post(desk, call[0], token=call[1]), calls))

    assert answers == {200}
    for message_id in ids:
        assert log.state(message_id) is State.DELIVERED
        heard = [e.status for e in desk.history.events(message_id) if e.source == "webhook"]
        assert sorted(heard) == ["delivered", "submitted"]
    log.database.close_thread()


def test_a_token_signs_one_body(desk: Desk) -> None:
    one, other = status_body(), status_body()
    with listening(desk):
        assert post(desk, one, token=sign(claims(one, jti="token-1"))) == 200
        assert post(desk, other, token=sign(claims(other, jti="token-1"))) == 401
        assert post(desk, one, token=sign(claims(one, jti="token-1"))) == 200


@pytest.mark.case("F67")
def test_a_receipt_for_nobody_is_kept_and_answered(desk: Desk) -> None:
    with listening(desk):
        assert post(desk, status_body()) == 200


@pytest.mark.case("F75")
@pytest.mark.parametrize(
    "text", ["x" * 60_000, "a\0b", "👩‍👩‍👧‍👦 e\u0301", "\u202eabc\r\n<b>%s</b>", ""]
)
def test_a_reply_is_stored_exactly(desk: Desk, text: str) -> None:
    with listening(desk):
        assert post(desk, inbound_body(text=text), to="inbound") == 200

    (message,) = inbox(desk)
    assert message.text == text
    assert message.state is State.RECEIVED


@pytest.mark.case("F75")
def test_half_a_character_does_not_stop_a_reply(desk: Desk) -> None:
    with listening(desk):
        assert post(desk, inbound_body(text="a\ud800b"), to="inbound") == 200

    assert [message.text for message in inbox(desk)] == ["a\ufffdb"]


@pytest.mark.case("F73")
def test_a_locked_keyring_loses_nothing(office: Office, desk: Desk, vault: MoodyVault) -> None:
    body = status_body()
    vault.is_locked = True
    with listening(desk, ReceiverPhase.NO_SECRET) as status:
        assert status.cause == "keyring_locked"
        assert "locked" in receiver_sentence(status)
        assert post(desk, body) == 503
        vault.is_locked = False
        assert isinstance(office.clock, TurnedClock)
        office.clock.turn(ASK_AGAIN_S + 1)
        assert post(desk, body) in (200, 503)
        until(lambda: desk.receiving.status.phase is ReceiverPhase.LISTENING)
        assert post(desk, body) == 200


def test_a_secret_that_is_entered_is_used_at_once(desk: Desk, vault: MoodyVault) -> None:
    vault.delete("signature_secret")
    with listening(desk, ReceiverPhase.NO_SECRET) as status:
        assert "signature secret" in receiver_sentence(status)
        desk.account.save(AccountForm(signature_secret="x" * 31))
        until(lambda: desk.receiving.status.phase is ReceiverPhase.SECRET_SHORT)
        assert "32" in receiver_sentence(desk.receiving.status)
        desk.account.save(AccountForm(signature_secret=SECRET))
        until(lambda: desk.receiving.status.phase is ReceiverPhase.LISTENING)
        assert post(desk, status_body()) == 200


def test_it_is_switched_on_by_its_setting(desk: Desk) -> None:
    desk.settings.set(RECEIVER, False)
    with listening(desk, ReceiverPhase.OFF):
        desk.settings.set(RECEIVER, True)
        desk.apply_settings()
        until(lambda: desk.receiving.status.phase is ReceiverPhase.LISTENING)


def test_whoever_insists_needs_no_setting(desk: Desk) -> None:
    desk.settings.set(RECEIVER, False)
    desk.receiving.insist(port=0)
    with listening(desk) as status:
        assert status.port
        assert str(status.port) in receiver_sentence(status)


def test_its_addresses_are_the_public_ones_or_those_here(desk: Desk) -> None:
    before = desk.receiving.urls("https://sms.example.com/")
    with listening(desk) as status:
        assert desk.receiving.urls("https://sms.example.com") == before
        here = f"http://127.0.0.1:{status.port}"
        assert desk.receiving.urls() == (
            f"{here}{status.inbound_path}",
            f"{here}{status.status_path}",
        )
    assert before[0].endswith("/inbound")
    assert before[1].startswith("https://sms.example.com/")


@pytest.mark.parametrize(
    ("secret", "code"),
    [("", "signature_secret_empty"), ("x" * 31, "signature_secret_short")],
)
def test_without_a_good_secret_it_has_no_address(
    desk: Desk, vault: MoodyVault, secret: str, code: str
) -> None:
    vault.set("signature_secret", secret)

    with pytest.raises(AccountError) as caught:
        desk.receiving.urls()

    assert (caught.value.field, caught.value.code) == ("signature_secret", code)


def test_the_public_address_names_the_host_that_is_let_in(desk: Desk) -> None:
    desk.settings.set(PUBLIC_URL, "https://SMS.example.com:8443/")
    body = status_body()
    with listening(desk) as status:
        for host, answer in (("sms.example.com", 200), ("other.example.com", 403)):
            headers = {"host": host, "authorization": sign(claims(body))}
            call = Call("POST", status.status_path, headers, body)
            assert desk.receiving._receiver.answer(call) == answer


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://münchen.example/", "xn--mnchen-3ya.example"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        (" https://a.example/path ", "a.example"),
    ],
)
def test_an_unusual_public_name_is_let_in_as_requests_have_it(
    desk: Desk, public_url: str, host: str
) -> None:
    desk.settings.set(PUBLIC_URL, public_url)
    body = status_body()
    with listening(desk) as status:
        headers = {"host": host, "authorization": sign(claims(body))}
        assert (
            desk.receiving._receiver.answer(Call("POST", status.status_path, headers, body))
            == 200
        )


@pytest.mark.parametrize("public_url", ["", "no address", "https://[", "https://" + "a" * 70])
def test_what_is_no_public_address_names_no_host(desk: Desk, public_url: str) -> None:
    desk.settings.set(PUBLIC_URL, public_url)
    with listening(desk):
        assert post(desk, status_body()) == 200


def test_a_probe_finds_its_way(desk: Desk) -> None:
    nonce = uuid.uuid4().hex
    with listening(desk):
        probe = desk.receiving.expect_probe(nonce)
        assert post(desk, nonce.encode()) == 204
        assert probe.wait(0)


def test_what_the_simulator_brings_arrives(
    office: Office, desk: Desk, vault: MoodyVault
) -> None:
    """Signed, posted and repeated by it, received and stored by us."""
    vault.set("signature_secret", DEMO_SIGNATURE_SECRET)
    vault.set("api_key", "demo")
    with listening(desk):
        inbound_url, status_url = desk.receiving.urls()
        with Simulator(inbound_url=inbound_url, status_url=status_url, pace=0.05) as simulator:
            vault.is_locked = True
            desk.receiving.reload()
            until(lambda: desk.receiving.status.phase is ReceiverPhase.NO_SECRET)
            simulator.receive(sender="447700900123", to="447700900001", text="Where is it?")
            until(lambda: [call.status for call in simulator.webhook_calls] == [503])
            vault.is_locked = False
            desk.receiving.reload()
            until(lambda: [call.status for call in simulator.webhook_calls] == [503, 200])

    (message,) = inbox(desk)
    assert (message.sender, message.text) == ("+447700900123", "Where is it?")


def test_no_secret_reaches_the_settings(office: Office, desk: Desk) -> None:
    with listening(desk) as status:
        secret_part = status.status_path.split("/")[1]
    kept = office.paths.settings.read_text("ascii")

    assert json.loads(kept)["receiver"] is True
    assert SECRET not in kept
    assert secret_part not in kept
