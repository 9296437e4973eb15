"""Changing the key: each step may be repeated, and until the switch it can be given up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.desk import Desk
from smsdesk.desk.rotation import RotationStep
from smsdesk.desk.wording import account_sentence, rotation_sentence
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.system.clock import Clock
from tests.desk.office import Office
from tests.vonage import keys

ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def vonage() -> Iterator[Simulator]:
    public = keys.public_key().decode()
    with Simulator(application_id=ID, public_key_pem=public, pace=0.01) as simulator:
        yield simulator


@pytest.fixture
def old_key(tmp_path: Path) -> Path:
    return keys.write_key(tmp_path, keys.pkcs8())


@pytest.fixture
def connected(office: Office, vonage: Simulator, old_key: Path) -> Desk:
    office.clock = Clock()
    desk = office.open()
    desk.account.save(
        AccountForm(ID, str(old_key), api_key="demo", api_secret="demo", api_url=vonage.url)
    )
    return desk


def step_of(desk: Desk) -> RotationStep:
    return desk.rotation.state.step


def refused(error: pytest.ExceptionInfo[AccountError]) -> str:
    assert "(" not in account_sentence(error.value)
    return error.value.code


@pytest.mark.case("T28")
def test_a_key_is_changed_and_the_old_one_kept_until_it_is_removed(
    connected: Desk, old_key: Path, tmp_path: Path
) -> None:
    made = connected.rotation.begin(str(tmp_path / "new.key"), "open sesame")
    assert step_of(connected) is RotationStep.MADE
    proof = connected.rotation.go_on("open sesame")

    stored = connected.account.load()
    assert (stored.private_key_path, stored.has_passphrase) == (str(made.path), True)
    assert proof.fingerprint == made.fingerprint
    assert connected.connecting.prove().is_compared
    assert step_of(connected) is RotationStep.SWITCHED
    assert old_key.exists()

    connected.rotation.remove_old()
    assert not old_key.exists()
    assert step_of(connected) is RotationStep.NONE


def test_a_change_goes_on_where_it_was_broken_off(
    office: Office, connected: Desk, vonage: Simulator, tmp_path: Path
) -> None:
    connected.rotation.begin(str(tmp_path / "new.key"))
    down = Rule(OUTCOMES["error-503"], path="/v1/messages")
    vonage.scenario = Scenario(rules=(down,), uses_test_numbers=False)
    with pytest.raises(AccountError):
        connected.rotation.go_on()
    assert step_of(connected) is RotationStep.UPLOADED
    vonage.scenario = Scenario()

    again = office.open()
    again.rotation.go_on()

    assert step_of(again) is RotationStep.SWITCHED
    assert again.account.load().private_key_path == str(tmp_path / "new.key")


def test_a_change_that_is_given_up_leaves_the_old_key_in_force(
    connected: Desk, vonage: Simulator, old_key: Path, tmp_path: Path
) -> None:
    connected.rotation.begin(str(tmp_path / "new.key"))
    down = Rule(OUTCOMES["error-503"], path="/v1/messages")
    vonage.scenario = Scenario(rules=(down,), uses_test_numbers=False)
    with pytest.raises(AccountError):
        connected.rotation.go_on()
    vonage.scenario = Scenario()

    connected.rotation.go_back()

    assert connected.connecting.prove().is_compared
    assert connected.account.load().private_key_path == str(old_key)
    assert step_of(connected) is RotationStep.NONE


def test_without_vonage_no_key_is_made(
    connected: Desk, vonage: Simulator, tmp_path: Path
) -> None:
    vonage.stop()
    with pytest.raises(AccountError) as error:
        connected.rotation.begin(str(tmp_path / "new.key"))

    assert refused(error) == "refused"
    assert not (tmp_path / "new.key").exists()
    assert step_of(connected) is RotationStep.NONE


def test_a_free_place_beside_the_old_key_is_proposed(connected: Desk, old_key: Path) -> None:
    old_key.with_name("private-2.key").touch()
    assert connected.rotation.propose_path() == str(old_key.with_name("private-3.key"))

    connected.rotation.begin(connected.rotation.propose_path())
    connected.rotation.go_on()

    assert connected.rotation.propose_path() == str(old_key.with_name("private-4.key"))


def test_the_upload_is_told_before_the_test(
    connected: Desk, vonage: Simulator, tmp_path: Path
) -> None:
    told: list[RotationStep] = []
    connected.rotation.begin(str(tmp_path / "new.key"))

    connected.rotation.go_on(on_uploaded=lambda: told.append(step_of(connected)))

    assert told == [RotationStep.UPLOADED]


def test_the_old_file_may_stay_when_all_is_done(
    connected: Desk, old_key: Path, tmp_path: Path
) -> None:
    with pytest.raises(AccountError) as early:
        connected.rotation.keep_old()
    assert refused(early) == "rotation_not_done"
    connected.rotation.begin(str(tmp_path / "new.key"))
    connected.rotation.go_on()

    connected.rotation.keep_old()

    assert step_of(connected) is RotationStep.NONE
    assert old_key.exists()


def test_steps_out_of_order_are_refused(connected: Desk, tmp_path: Path) -> None:
    for step in (connected.rotation.go_on, connected.rotation.go_back):
        with pytest.raises(AccountError) as error:
            step()
        assert refused(error) == "rotation_not_begun"
    connected.rotation.begin(str(tmp_path / "new.key"))
    with pytest.raises(AccountError) as again:
        connected.rotation.begin(str(tmp_path / "other.key"))
    with pytest.raises(AccountError) as early:
        connected.rotation.remove_old()

    assert (refused(again), refused(early)) == ("rotation_under_way", "rotation_not_done")


def test_every_step_has_a_sentence(connected: Desk, tmp_path: Path) -> None:
    assert rotation_sentence(connected.rotation.state)
    connected.rotation.begin(str(tmp_path / "new.key"))

    assert "does not know it yet" in rotation_sentence(connected.rotation.state)
