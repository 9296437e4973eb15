"""Each finding says what to do about it; on line only harmless questions are asked."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.desk.doctor import Finding, Health
from smsdesk.desk.wording import finding_sentence
from smsdesk.simulator.server import Simulator
from smsdesk.store.errors import DatabaseDamagedError
from smsdesk.store.search_index import Progress, SearchIndex
from smsdesk.system.clock import Clock
from smsdesk.system.settings import KEEP_MESSAGES_DAYS, KEEP_TEXT_DAYS
from smsdesk.vonage.key_pair import make_key_pair
from tests.desk.office import Office
from tests.support import TurnedClock
from tests.vonage import keys

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


def examine(desk: Desk, *, online: bool = False) -> dict[str, Finding]:
    return {finding.name: finding for finding in desk.doctor.examine(online=online)}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    ours = Simulator(
        application_id=APPLICATION_ID, public_key_pem=keys.public_key().decode(), pace=0.01
    )
    with ours as simulator:
        yield simulator


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "private.key"
    path.touch(mode=0o600)
    path.write_bytes(keys.pkcs8())
    return path


@pytest.fixture
def connected(office: Office, simulator: Simulator, key_file: Path) -> Desk:
    office.clock = Clock()
    desk = office.open(api_url=simulator.url)
    desk.account.save(
        AccountForm(
            APPLICATION_ID,
            str(key_file),
            api_key="demo",
            api_secret="demo",
            api_url=simulator.url,
        )
    )
    return desk


def test_an_empty_profile_lacks_an_account(desk: Desk) -> None:
    found = examine(desk)

    assert found["account"].code == found["signing"].code == "not_configured"
    assert {found[name].health for name in ("keyring", "database", "disk")} == {Health.OK}


def test_a_whole_account_is_well_on_line(connected: Desk, simulator: Simulator) -> None:
    found = examine(connected, online=True)

    assert {finding.health for finding in found.values()} == {Health.OK}
    assert {"network", "api_secret", "application", "clock"} <= set(found)
    assert found["application"].value == "Simulator"
    assert simulator.messages == []
    assert {entry.method for entry in simulator.requests} == {"GET"}


def test_off_line_nothing_is_asked(connected: Desk, simulator: Simulator) -> None:
    found = examine(connected)

    assert "network" not in found
    assert simulator.requests == []


def test_a_refused_secret_is_named(connected: Desk) -> None:
    connected.account.save(AccountForm(api_secret="wrong"))

    assert examine(connected, online=True)["api_secret"].code == "api_secret_refused"


def test_a_refused_secret_does_not_keep_the_key_from_being_proved(connected: Desk) -> None:
    connected.account.save(AccountForm(api_secret="wrong"))

    assert examine(connected, online=True)["application"].health is Health.OK


def test_a_key_of_another_application_is_named(connected: Desk, tmp_path: Path) -> None:
    other = make_key_pair(tmp_path / "other.key", passphrase=None)
    connected.account.save(AccountForm(private_key_path=str(other.path)))

    found = examine(connected, online=True)["application"]
    assert (found.health, found.code) == (Health.FAIL, "other_applications_key")


def test_a_low_balance_is_a_warning(connected: Desk, simulator: Simulator) -> None:
    simulator.balance = Decimal("4.2")

    found = examine(connected, online=True)["api_secret"]
    assert (found.health, found.code, found.value) == (Health.WARN, "balance_low", "4.2 EUR")
    assert "4.2 EUR" in finding_sentence(found)


def test_a_clock_that_is_wrong_is_a_warning(office: Office, connected: Desk) -> None:
    turned = TurnedClock()
    turned.set(7200)
    office.clock = turned
    desk = office.open(api_url=connected.account.load().api_url or None)

    found = examine(desk, online=True)
    assert found["application"].health is Health.OK
    assert (found["clock"].health, found["clock"].code) == (Health.WARN, "clock_wrong")


def test_a_network_that_is_down_is_named(connected: Desk, simulator: Simulator) -> None:
    simulator.stop()

    network = examine(connected, online=True)["network"]
    assert (network.health, network.code) == (Health.FAIL, "refused")


def test_a_missing_secret_is_only_a_warning(connected: Desk) -> None:
    connected.account.save(AccountForm(api_secret=""))

    assert examine(connected)["receipts"].health is Health.WARN


@pytest.mark.parametrize(
    ("texts", "messages", "sentence"),
    [
        (90, 396, "Texts are kept 90 days, messages 13 months"),
        (1, 365, "Texts are kept 1 day, messages 12 months"),
        (0, 0, "Texts are kept for ever, messages for ever"),
        (0, 400, "Texts are kept 400 days, messages 400 days"),
        (90, 0, "Texts are kept 90 days, messages for ever"),
    ],
)
def test_how_long_things_are_kept_is_said(
    desk: Desk, texts: int, messages: int, sentence: str
) -> None:
    desk.settings.set(KEEP_TEXT_DAYS, texts)
    desk.settings.set(KEEP_MESSAGES_DAYS, messages)
    found = examine(desk)["retention"]

    assert (found.health, finding_sentence(found)) == (Health.OK, sentence)


def test_a_search_index_that_lies_behind_is_told_with_who_makes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding_sentence(examine(desk)["search"]) == "Searches are quick"

    monkeypatch.setattr(SearchIndex, "progress", lambda _index: Progress(70_000, 1_000_000))
    found = examine(desk)["search"]

    assert found.health is Health.WARN
    assert "70,000 of 1,000,000" in finding_sentence(found)


@pytest.mark.parametrize("mode", [0o644, None])
def test_a_key_that_cannot_be_used_is_named(
    connected: Desk, key_file: Path, mode: int | None
) -> None:
    if mode is None:
        key_file.unlink()
    else:
        key_file.chmod(mode)
    found = examine(connected)

    assert found["private_key"].code == found["signing"].code
    assert found["signing"].health is Health.FAIL
    assert "private key" in finding_sentence(found["signing"])


def test_a_damaged_log_and_a_full_disk_are_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_database: object) -> None:
        raise DatabaseDamagedError("page 7")

    monkeypatch.setattr("smsdesk.desk.doctor.integrity_check", fail)
    monkeypatch.setattr("smsdesk.desk.doctor.free_bytes", lambda _folder: 3 * 1024 * 1024)
    found = examine(desk)

    assert found["database"].code == "damaged"
    assert (found["disk"].code, found["disk"].value) == ("disk_full", "3 MB")


def test_every_finding_has_a_sentence(desk: Desk, connected: Desk) -> None:
    for finding in (*examine(desk).values(), *examine(connected, online=True).values()):
        if finding.code:
            assert finding_sentence(finding) != finding.code
