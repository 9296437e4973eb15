"""The way in: it is open only when the receiver itself has seen a word that came from outside.

The receiver is a stand-in that really listens; a tunnel is a real process whose public name is
led to the stand-in, or to a stranger, by the test.
"""

import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.changes import ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.desk.way_in import (
    AGAIN_S,
    BEGINNING_S,
    EVERY_S,
    HAND_ON_S,
    LASTING_S,
    LONG_PAUSE_S,
    SETTLE_S,
    WayIn,
)
from smsdesk.desk.way_in_values import AtVonage, WayInChoice, WayInPhase
from smsdesk.desk.wording import account_sentence
from smsdesk.desk.wording_receipts import way_in_notice, way_in_sentence
from smsdesk.simulator.server import Simulator
from smsdesk.system.clock import SETTLE_AFTER_SLEEP_S
from smsdesk.system.settings import (
    PROXY,
    PUBLIC_URL,
    RECEIVER,
    TUNNEL_COMMAND,
    WAY_IN,
)
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.reach import post_probe
from tests.desk.office import Office
from tests.desk.stand_in import SECRET_PATH, Listening, StandIn
from tests.support import TurnedClock, until
from tests.vonage import keys
from tests.vonage.fault_server import FaultServer, answer, serve_all

ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
NAME, OTHER_NAME = "https://violet-words.trycloudflare.com", "https://amber.trycloudflare.com"
SIGNATURE = "s" * 32


@dataclass
class Internet:
    """Leads the names of tunnels to servers of this computer, by real requests."""

    places: dict[str, str] = field(default_factory=dict)
    is_away: bool = False

    def post(self, url: str, body: bytes) -> Answer:
        for name, place in self.places.items():
            url = url.replace(name, place)
        return post_probe(url, body, proxy=None)


@dataclass
class House:
    """A desk with an account, a receiver, and a way in that a test leads step by step."""

    desk: Desk
    way_in: WayIn
    receiver: StandIn
    internet: Internet
    clock: TurnedClock
    vonage: Simulator
    folder: Path
    news: list[ChangeKind]
    named: list[str]

    @property
    def phase(self) -> WayInPhase:
        return self.way_in.status.phase

    def step(self, seconds: float = 0.0) -> WayInPhase:
        """So much time passes, and what is noticed then is acted on."""
        self.clock.turn(seconds)
        self.way_in.step()
        self.clock.turn(HAND_ON_S)
        self.way_in.step()
        return self.phase

    def keep_until(self, is_true: Callable[[], bool]) -> None:
        def look() -> bool:
            self.step()
            return is_true()

        until(look)

    def listen_at(self, url: str) -> None:
        self.desk.settings.set(RECEIVER, True)
        self.desk.settings.set(WAY_IN, "address")
        self.desk.settings.set(PUBLIC_URL, url)

    def open_tunnel(self, script: str) -> None:
        path = self.folder / f"tunnel{len(list(self.folder.iterdir()))}.py"
        path.write_text(script, encoding="utf-8")
        self.desk.settings.set(RECEIVER, True)
        self.desk.settings.set(WAY_IN, "tunnel")
        self.desk.settings.set(
            TUNNEL_COMMAND,
            f"{shlex.quote(sys.executable)} -I {shlex.quote(str(path))} {{port}}",
        )

    def at_vonage_status(self) -> AtVonage:
        return self.way_in.status.at_vonage

    def at_vonage(self) -> tuple[str, str]:
        found = self.desk.connecting.application(ID)
        return found.inbound_url, found.status_url


def tunnel_named(name: str) -> str:
    return f"import signal\nprint('| {name} |', flush=True)\nsignal.pause()"


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    public = keys.public_key().decode()
    with Simulator(application_id=ID, public_key_pem=public, pace=0.01) as simulator:
        yield simulator


@pytest.fixture
def house(office: Office, vonage: Simulator, tmp_path: Path) -> Iterator[House]:
    office.clock = clock = TurnedClock()
    desk = office.open()
    key_file = keys.write_key(tmp_path, keys.pkcs8())
    desk.account.save(
        AccountForm(ID, str(key_file), api_key="demo", api_secret="demo", api_url=vonage.url)
    )
    folder = tmp_path / "tunnels"
    folder.mkdir()
    with StandIn() as receiver:
        internet = Internet({NAME: receiver.url, OTHER_NAME: receiver.url})
        news: list[ChangeKind] = []
        named: list[str] = []
        way_in = WayIn(
            receiver=receiver,
            account=desk.account,
            connecting=desk.connecting,
            settings=desk.settings,
            clock=clock,
            is_offline=lambda: internet.is_away,
            on_change=lambda: news.append(ChangeKind.WAY_IN),
            on_name=lambda: named.append(desk.settings.get(PUBLIC_URL)),
            post=internet.post,
        )
        house = House(desk, way_in, receiver, internet, clock, vonage, folder, news, named)
        yield house
        desk.settings.set(RECEIVER, False)
        way_in.step()


# Off ------------------------------------------------------------------------------------


def test_nothing_runs_while_the_receiver_is_off(house: House) -> None:
    house.desk.settings.set(WAY_IN, "tunnel")
    house.desk.settings.set(TUNNEL_COMMAND, "no-such-program")

    assert house.step() is WayInPhase.OFF
    assert house.news == []
    assert way_in_notice(house.way_in.status) == ""


def test_it_is_one_of_the_services(desk: Desk) -> None:
    assert "way_in" in [service.name for service in desk.services]


# An address of one's own ------------------------------------------------------------------


def test_an_address_is_open_when_the_receiver_saw_the_word(house: House) -> None:
    house.listen_at(house.receiver.url)

    assert house.step() is WayInPhase.OPEN
    assert len(house.receiver.bodies) == 1
    assert len(house.receiver.bodies[0]) == 64
    assert house.way_in.status.checked_at is not None
    assert set(house.news) == {ChangeKind.WAY_IN}


def test_an_address_of_ones_own_is_written_only_when_asked(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    before = house.at_vonage()
    told = way_in_notice(house.way_in.status)
    house.way_in.write()

    assert before == ("", "")
    assert "other addresses" in told
    assert house.at_vonage() == house.receiver.urls(house.receiver.url)
    assert house.way_in.status.at_vonage is AtVonage.OURS
    assert "Vonage has the address" in way_in_sentence(house.way_in.status)
    assert way_in_notice(house.way_in.status) == ""


@pytest.mark.case("T30")
@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "202 Accepted"])
def test_a_stranger_who_says_yes_is_no_success(house: House, status: str) -> None:
    with FaultServer(serve_all(answer(status, b""))) as stranger:
        house.listen_at(stranger.url)

        assert house.step() is WayInPhase.UNREACHABLE

    assert house.way_in.status.code == "stranger"
    assert "Something else answers" in way_in_sentence(house.way_in.status)
    assert b"secret" not in stranger.requests[0].lower()
    assert b"Authorization" not in stranger.requests[0]


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (answer("404 Not Found"), "status_404", "does not know the path"),
        (answer("502 Bad Gateway"), "status_502", "does not get through"),
        (answer("530 x"), "status_530", "(530)"),
        (answer("401 Unauthorized"), "status_401", "password"),
        (
            answer("302 Found", headers="Location: https://elsewhere.example/\r\n"),
            "redirect",
            "redirect",
        ),
        (b"HTTP/1.1 nonsense\r\n\r\n", "garbled", "could not be understood"),
    ],
)
def test_each_wrong_answer_is_named(house: House, reply: bytes, code: str, words: str) -> None:
    with FaultServer(serve_all(reply)) as server:
        house.listen_at(server.url)
        house.step()

    assert (house.phase, house.way_in.status.code) == (WayInPhase.UNREACHABLE, code)
    assert words in way_in_sentence(house.way_in.status)
    assert len(server.requests) == 1, "a redirect is not followed, and nothing repeated"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "way_in_no_address"),
        ("http://example.com", "webhook_not_https"),
        ("nonsense", "webhook_malformed"),
    ],
)
def test_an_address_that_cannot_be_one_is_named(house: House, address: str, code: str) -> None:
    house.listen_at(address)
    house.step()

    assert (house.phase, house.way_in.status.code) == (WayInPhase.UNREACHABLE, code)
    assert f"({code})" not in way_in_sentence(house.way_in.status)


def test_a_proxy_that_will_not_do_is_named(house: House) -> None:
    house.desk.settings.set(PROXY, "ftp://proxy.example")
    with pytest.raises(AccountError) as error:
        house.desk.account.post_probe("https://sms.example.com/x", b"word")

    assert error.value.code == "proxy_scheme"


def test_it_is_tried_every_few_minutes(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.step(EVERY_S - 1)
    assert len(house.receiver.bodies) == 1
    house.step(2)

    assert len(house.receiver.bodies) == 2


def test_it_is_tried_soon_after_the_computer_has_slept(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.clock.sleep(3600)
    house.step()
    assert len(house.receiver.bodies) == 1, "the network has not come back yet"
    house.step(SETTLE_AFTER_SLEEP_S)

    assert len(house.receiver.bodies) == 2


@pytest.mark.case("T30")
def test_a_way_that_closes_is_told_within_a_quarter_of_an_hour_and_taken_back(
    house: House,
) -> None:
    with FaultServer(serve_all(answer("204 No Content", b""))) as stranger:
        house.internet.places = {"https://sms.example.com": house.receiver.url}
        house.listen_at("https://sms.example.com")
        house.step()
        house.way_in.write()
        house.internet.places = {"https://sms.example.com": stranger.url}

        passed = 0.0
        while not way_in_notice(house.way_in.status):
            passed += 5.0
            assert passed < 900.0
            house.step(5.0)
        told = way_in_notice(house.way_in.status)
        house.internet.places = {"https://sms.example.com": house.receiver.url}
        house.step(EVERY_S)

    assert told.startswith("Since ")
    assert "Something else answers" in told
    assert house.phase is WayInPhase.OPEN
    assert way_in_notice(house.way_in.status) == ""


def test_one_failure_alone_is_not_told(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.way_in.write()
    house.listen_at("http://127.0.0.1:1")
    house.step()

    assert house.phase is WayInPhase.UNREACHABLE
    assert way_in_notice(house.way_in.status) == ""
    for again_s in AGAIN_S[:5]:
        house.step(again_s)
    assert sum(AGAIN_S[:5]) > LASTING_S
    assert way_in_notice(house.way_in.status) != ""


def test_nothing_is_tried_off_line_or_while_nobody_looks_for_long(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.internet.is_away = True
    house.step(EVERY_S)
    assert len(house.receiver.bodies) == 1

    house.internet.is_away = False
    house.way_in.pause()
    house.step()
    assert len(house.receiver.bodies) == 2, "a short pause changes nothing"
    house.step(LONG_PAUSE_S + 1)
    assert len(house.receiver.bodies) == 2
    house.way_in.resume()
    house.step()

    assert len(house.receiver.bodies) == 3


def test_it_can_be_tried_at_once(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    status = house.way_in.test()

    assert status.phase is WayInPhase.OPEN
    assert len(house.receiver.bodies) == 2


# A tunnel ----------------------------------------------------------------------------------


def test_a_tunnel_is_opened_tried_and_written_by_itself(house: House) -> None:
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    assert house.phase is WayInPhase.OPENING
    house.step(SETTLE_S)

    assert (house.phase, house.way_in.status.address) == (WayInPhase.OPEN, NAME)
    assert house.at_vonage() == house.receiver.urls(NAME)
    assert way_in_notice(house.way_in.status) == ""


def test_a_new_name_replaces_the_old_one_at_vonage(house: House) -> None:
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    house.step(SETTLE_S)
    house.open_tunnel(tunnel_named(OTHER_NAME))
    house.keep_until(lambda: house.way_in.status.address == OTHER_NAME)
    house.step(SETTLE_S)

    assert house.at_vonage() == house.receiver.urls(OTHER_NAME)


@pytest.mark.case("T30")
def test_a_name_that_leads_to_a_stranger_is_never_written(house: House) -> None:
    with FaultServer(serve_all(answer("204 No Content", b""))) as stranger:
        house.internet.places = {NAME: stranger.url}
        house.open_tunnel(tunnel_named(NAME))
        house.keep_until(lambda: house.way_in.status.address == NAME)
        house.step(SETTLE_S)

    assert house.way_in.status.code == "stranger"
    assert house.at_vonage() == ("", "")


def test_another_servers_addresses_are_overwritten_only_by_a_person(house: House) -> None:
    other = {"inbound_url": "https://crm.example/in", "status_url": "https://crm.example/st"}
    house.desk.connecting.write_webhooks(
        ID, inbound_url=other["inbound_url"], status_url=other["status_url"]
    )
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    house.step(SETTLE_S)
    assert house.at_vonage() == tuple(other.values())
    assert "other addresses" in way_in_notice(house.way_in.status)
    house.way_in.write()

    assert house.at_vonage() == house.receiver.urls(NAME)


def test_without_account_credentials_it_says_what_is_missing(house: House) -> None:
    house.desk.account.save(AccountForm(api_key="", api_secret=""))
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    house.step(SETTLE_S)

    assert house.phase is WayInPhase.OPEN
    assert "API key" in way_in_notice(house.way_in.status)


def test_vonage_away_is_asked_again(house: House) -> None:
    house.vonage.stop()
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    house.step(SETTLE_S)
    assert house.at_vonage_status() is AtVonage.UNKNOWN
    assert "could not be looked at" in way_in_sentence(house.way_in.status)
    assert way_in_notice(house.way_in.status) == "", "it may pass"
    house.vonage.start()
    house.step(EVERY_S + 1)

    assert house.at_vonage_status() is AtVonage.OURS


def test_a_tunnel_that_fails_says_why(house: House) -> None:
    house.open_tunnel("print('no authtoken')")
    house.keep_until(lambda: house.phase is WayInPhase.TUNNEL_FAILED)
    first = house.way_in.status
    house.clock.turn(60)
    house.keep_until(lambda: house.way_in.status.is_lasting)

    assert (first.code, first.said) == ("tunnel_ended_at_once", "no authtoken")
    assert way_in_notice(first) == "", "it is started again first"
    assert "It said last: no authtoken" in way_in_notice(house.way_in.status)


def test_a_missing_program_is_told_at_once(house: House) -> None:
    house.open_tunnel("")
    house.desk.settings.set(TUNNEL_COMMAND, "no-such-program {port}")
    house.step()

    assert house.phase is WayInPhase.TUNNEL_FAILED
    assert "was not found" in way_in_notice(house.way_in.status)


def test_a_tunnel_that_tells_no_name_has_the_one_in_the_settings(house: House) -> None:
    house.internet.places = {"https://sms.example.com": house.receiver.url}
    house.desk.settings.set(PUBLIC_URL, "https://sms.example.com/")
    house.open_tunnel("import signal\nprint('Registered tunnel connection')\nsignal.pause()")
    house.step()
    assert house.phase is WayInPhase.OPENING
    house.step(31)
    house.step(SETTLE_S)
    house.step(SETTLE_S)

    assert (house.phase, house.way_in.status.address) == (
        WayInPhase.OPEN,
        "https://sms.example.com",
    )


# Switching it off -------------------------------------------------------------------------


@pytest.mark.case("T30")
def test_switching_it_off_ends_the_tunnel_and_takes_the_addresses_out(house: House) -> None:
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)
    house.step(SETTLE_S)
    house.desk.settings.set(RECEIVER, False)
    house.step()

    assert house.phase is WayInPhase.OFF
    assert house.at_vonage() == ("", "")
    assert way_in_notice(house.way_in.status) == ""


def test_addresses_of_others_stay_when_it_is_switched_off(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.desk.connecting.write_webhooks(
        ID,
        inbound_url=f"https://old.example{SECRET_PATH}/inbound",
        status_url="https://crm.example/st",
    )

    assert house.way_in.close() == ""
    assert house.at_vonage() == ("", "https://crm.example/st")


def test_what_could_not_be_taken_out_is_said(house: House) -> None:
    house.listen_at(house.receiver.url)
    house.step()
    house.vonage.stop()
    house.desk.settings.set(RECEIVER, False)
    house.step()
    told = way_in_notice(house.way_in.status)
    house.vonage.start()

    assert "still has this computer's addresses" in told
    assert told == way_in_sentence(house.way_in.status)


# Choosing, and setting up -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "field", "code"),
    [
        (WayInChoice(is_tunnel=True), "tunnel_command", "tunnel_empty"),
        (WayInChoice(is_tunnel=True, command="a 'b"), "tunnel_command", "tunnel_malformed"),
        (
            WayInChoice(is_tunnel=True, command="a" * 3000, signature_secret=SIGNATURE),
            "tunnel_command",
            "way_in_too_long",
        ),
        (WayInChoice(is_tunnel=False), "public_url", "way_in_no_address"),
        (
            WayInChoice(is_tunnel=False, public_url="http://example.com"),
            "public_url",
            "webhook_not_https",
        ),
        (
            WayInChoice(is_tunnel=True, command="a"),
            "signature_secret",
            "signature_secret_empty",
        ),
        (
            WayInChoice(is_tunnel=True, command="a", signature_secret=" "),
            "signature_secret",
            "signature_secret_empty",
        ),
        (
            WayInChoice(is_tunnel=True, command="a", signature_secret="s" * 31),
            "signature_secret",
            "signature_secret_short",
        ),
    ],
)
def test_a_choice_that_will_not_do_is_named_and_switches_nothing_on(
    house: House, choice: WayInChoice, field: str, code: str
) -> None:
    with pytest.raises(AccountError) as error:
        house.way_in.choose(choice)

    assert (error.value.field, error.value.code) == (field, code)
    assert f"({code})" not in account_sentence(error.value)
    assert not house.desk.settings.get(RECEIVER)


@pytest.fixture
def running(house: House) -> Iterator[House]:
    """The service runs on a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=house.way_in.run, args=(stop,))
    thread.start()
    yield house
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_setting_up_waits_for_the_outcome_and_writes(running: House) -> None:
    running.way_in.choose(
        WayInChoice(
            is_tunnel=False, public_url=running.receiver.url, signature_secret=SIGNATURE
        )
    )
    status = running.way_in.set_up()

    assert (status.phase, status.at_vonage) == (WayInPhase.OPEN, AtVonage.OURS)
    assert running.at_vonage() == running.receiver.urls(running.receiver.url)
    assert SIGNATURE not in repr(WayInChoice(is_tunnel=True, signature_secret=SIGNATURE))


def test_an_address_that_cannot_be_seen_from_here_is_written_all_the_same(
    running: House,
) -> None:
    url = "http://127.0.0.1:1"
    running.way_in.choose(
        WayInChoice(is_tunnel=False, public_url=url, signature_secret=SIGNATURE)
    )
    status = running.way_in.set_up()

    assert (status.phase, status.code) == (WayInPhase.UNREACHABLE, "refused")
    assert running.at_vonage() == running.receiver.urls(url)


def test_an_address_of_a_stranger_is_not_written(running: House) -> None:
    with FaultServer(serve_all(answer("204 No Content", b""))) as stranger:
        running.way_in.choose(
            WayInChoice(is_tunnel=False, public_url=stranger.url, signature_secret=SIGNATURE)
        )
        status = running.way_in.set_up()

    assert status.code == "stranger"
    assert running.at_vonage() == ("", "")


def test_nothing_is_written_while_there_is_no_address(house: House) -> None:
    with pytest.raises(AccountError) as error:
        house.way_in.write()

    assert error.value.code == "way_in_no_address"


# The receiver beside it ----------------------------------------------------------------------


def test_a_tunnels_name_is_told_to_the_receiver(house: House) -> None:
    house.open_tunnel(tunnel_named(NAME))
    house.keep_until(lambda: house.way_in.status.address == NAME)

    assert house.desk.settings.get(PUBLIC_URL) == NAME
    assert house.named == [NAME]


@pytest.mark.parametrize("phase", ["no_secret", "secret_short", "port_taken", "failed"])
def test_a_receiver_that_cannot_listen_is_told_of(house: House, phase: str) -> None:
    house.receiver.status = Listening(house.receiver.status.port, phase)
    house.listen_at(house.receiver.url)
    assert house.step() is WayInPhase.OPENING
    assert house.step(BEGINNING_S) is WayInPhase.UNREACHABLE
    house.step(LASTING_S)
    told = way_in_notice(house.way_in.status)
    house.receiver.status = Listening(house.receiver.status.port)
    house.step()

    assert "listen" in told or "too short" in told
    assert house.phase is WayInPhase.OPEN


def test_a_run_that_ended_may_be_begun_again(house: House, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    house.open_tunnel(
        f"print('x', file=open({str(starts)!r}, 'a'), flush=True)\n{tunnel_named(NAME)}"
    )
    for count in (1, 2):
        stop = threading.Event()
        thread = threading.Thread(target=house.way_in.run, args=(stop,))
        thread.start()
        until(lambda count=count: _lines(starts) == count)  # type: ignore[misc]
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0
