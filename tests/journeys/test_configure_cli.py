"""An administrator sets up a desk without a window: application, key, number and webhooks.

The keyring is a real Secret Service on a private bus; Vonage is the simulator.
"""

import stat
import sys
from pathlib import Path

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from tests.journeys.conftest import API_SECRET, Keys
from tests.journeys.program import Answer, Program

pytestmark = pytest.mark.keyring

NUMBER = "447700900000"
GOOD = "+447400123456"
INBOUND, STATUS = "https://desk.example/in", "https://desk.example/status"


def create(
    office: Program,
    vonage: Simulator,
    *more: str,
    secret: str = API_SECRET,
    out: str = "new.key",
) -> Answer:
    return office.run(
        *("configure", "--create-application", "Front desk"),
        *("--private-key-out", str(office.home / out), "--api-url", vonage.url),
        *("--api-key", "demo", "--api-secret-stdin", *more),
        stdin=f"{secret}\n",
    )


def test_one_command_makes_everything_and_the_desk_sends(
    office: Program, vonage: Simulator
) -> None:
    made = create(
        office,
        vonage,
        *("--link-number", f"+{NUMBER}", "--inbound-url", INBOUND, "--status-url", STATUS),
        *("--from", f"+{NUMBER}"),
    )
    examined = office.run("doctor", "--online", "--json")
    sent = office.run("send", "--to", GOOD, "--text", "hi", "--json")

    assert made.code == 0, made.err
    assert "Application made: " in made.out
    application_id = made.out.partition("Application made: ")[2].partition("\n")[0]
    assert examined.code == 0, examined.out
    found = {finding["name"]: finding["value"] for finding in examined.json["findings"]}
    assert (found["account"], found["application"]) == (application_id, "Front desk")
    assert (sent.code, sent.states) == (0, ["accepted"])
    key = (office.home / "new.key").read_text("ascii")
    assert key.startswith("-----BEGIN PRIVATE KEY-----")
    assert not [entry for entry in vonage.requests if b"PRIVATE KEY" in entry.body]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_the_key_is_this_users_alone_and_may_have_a_passphrase(
    office: Program, vonage: Simulator
) -> None:
    made = office.run(
        *("configure", "--create-application", "Locked", "--api-url", vonage.url),
        *("--private-key-out", str(office.home / "new.key"), "--passphrase-stdin"),
        *("--api-key", "demo", "--api-secret-stdin"),
        stdin=f"open sesame\n{API_SECRET}\n",
    )

    assert made.code == 0, made.err
    path = office.home / "new.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "ENCRYPTED" in path.read_text("ascii")
    assert office.run("doctor", "--online").code == 0


def test_a_wrong_secret_makes_nothing(office: Program, vonage: Simulator) -> None:
    made = create(office, vonage, secret="wrong")

    assert (made.code, made.out) == (3, "")
    assert "API key or secret" in made.err
    assert not (office.home / "new.key").exists()
    assert office.run("doctor").code == 1


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (("--link-number", "+447700900999"), "no such number"),
        (("--inbound-url", INBOUND), "go together"),
        (("--inbound-url", "nonsense", "--status-url", STATUS), "web address"),
        (("--application-id", "x"), "do not give"),
    ],
)
def test_bad_input_makes_nothing(
    office: Program, vonage: Simulator, more: tuple[str, ...], complaint: str
) -> None:
    made = create(office, vonage, *more)

    assert (made.code, made.out) == (2, "")
    assert complaint in made.err
    assert not (office.home / "new.key").exists()
    assert not [entry for entry in vonage.requests if entry.method == "POST"]


def test_a_key_file_that_exists_is_never_overwritten(
    office: Program, vonage: Simulator
) -> None:
    (office.home / "old.key").write_text("precious")
    made = create(office, vonage, out="old.key")

    assert made.code == 2
    assert (office.home / "old.key").read_text() == "precious"
    assert vonage.requests == []


def test_no_network_is_its_own_exit_code(office: Program, vonage: Simulator) -> None:
    vonage.stop()
    made = create(office, vonage)

    assert made.code == 4
    assert made.err.count("\n") == 1


def test_a_key_without_an_application_is_told(office: Program, vonage: Simulator) -> None:
    failing = Rule(OUTCOMES["error-503"], path="/v2/applications")
    vonage.scenario = Scenario(rules=(failing,))
    made = create(office, vonage)

    assert made.code == 4
    assert "Private key written: " in made.out
    assert "Application made" not in made.out


def test_a_stored_application_gets_a_number_and_webhooks(
    configured: Program, vonage: Simulator, keys: Keys, tmp_path: Path
) -> None:
    done = configured.run(
        *("configure", "--link-number", NUMBER),
        *("--inbound-url", INBOUND, "--status-url", STATUS),
    )

    assert done.code == 0, done.err
    assert f"Number linked: +{NUMBER}" in done.out
    puts = [entry for entry in vonage.requests if entry.method == "PUT"]
    assert [entry.path for entry in puts] == [f"/v2/applications/{keys.application_id}"]


def test_the_doctor_names_a_key_of_another_application(
    configured: Program, vonage: Simulator, keys: Keys
) -> None:
    assert create(configured, vonage, out="other.key").code == 0
    configured.run("configure", "--application-id", keys.application_id)

    examined = configured.run("doctor", "--online", "--json")

    assert examined.code == 1
    (failing,) = [found for found in examined.json["findings"] if found["health"] == "fail"]
    assert (failing["name"], failing["code"]) == ("application", "other_applications_key")
    assert "another application" in failing["sentence"]


def test_a_dry_run_says_what_it_would_cost(configured: Program) -> None:
    told = configured.run(
        *("send", "--dry-run", "--json", "--text", "x" * 161),
        *("--to", GOOD, "--to", "+353871234567", "--to", "+870773111632"),
    )
    spoken = configured.run("send", "--dry-run", "--text", "hi", "--to", GOOD, "--wait", "0")

    estimate = told.json["estimate"]
    assert told.code == 0
    assert (estimate["is_known"], estimate["total"]) == (False, None)
    costs = {cost["region"]: cost["total"] for cost in estimate["countries"]}
    assert costs == {"GB": "0.0824", "IE": "0.1178", None: None}
    assert "United Kingdom: 1 part × 1 recipient × €0.0412 ≈ €0.0412" in spoken.out


def test_the_sandbox_is_an_account_of_its_own_kind(office: Program, keys: Keys) -> None:
    made = office.run(
        *("configure", "--sandbox", "--application-id", keys.application_id),
        *("--private-key", str(keys.private)),
    )
    sms = office.run("send", "--to", GOOD, "--text", "hi", "--channel", "sms", "--json")
    text = ("--to", GOOD, "--text", "hi", "--from", "14157386102", "--dry-run", "--json")
    whatsapp = office.run("send", *text)
    both = office.run("configure", "--sandbox", "--api-url", "https://api.nexmo.com")

    assert made.code == 0, made.err
    assert "Channels in use: WhatsApp, Viber, Messenger" in made.out
    assert "one message a second" in made.out
    assert (sms.code, both.code) == (2, 2)
    assert "Vonage's sandbox has no SMS." in sms.json["problems"][-1]["problem"]
    assert (whatsapp.code, whatsapp.json["messages"][0]["channel"]) == (0, "whatsapp")
