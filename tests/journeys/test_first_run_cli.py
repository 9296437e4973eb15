"""The first run from the command line: an account is connected, examined and used.

The keyring is a real Secret Service on a private bus, and the pretend Vonage is a process of
its own, as a person would start it.
"""

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.simulator.server import Simulator
from tests.journeys.conftest import API_SECRET, Keys
from tests.journeys.program import Program

pytestmark = pytest.mark.keyring

SIGNATURE_SECRET = "a-signature-secret-of-at-least-32-characters"
GOOD = "+447400123456"


@pytest.fixture
def vonage_url(tmp_path: Path, keys: Keys) -> Iterator[str]:
    """A simulator started by its own verb, which knows our key."""
    program = Program(tmp_path / "elsewhere")
    program.home.mkdir()
    with program.running(
        *("simulator", "--public-key", str(keys.public)),
        *("--application-id", keys.application_id),
        *("--ledger", str(tmp_path / "ledger.jsonl"), "--api-secret", API_SECRET),
    ) as simulator:
        assert simulator.stdout is not None
        yield simulator.stdout.readline().rstrip("\n")


def test_an_account_is_connected_examined_and_used(
    office: Program, vonage_url: str, keys: Keys, tmp_path: Path
) -> None:
    assert office.run("doctor").code == 1
    configured = office.run(
        *("configure", "--application-id", keys.application_id),
        *("--private-key", str(keys.private), "--api-url", vonage_url, "--api-key", "demo"),
        *("--api-secret-stdin", "--signature-secret-stdin", "--from", "SMSDesk"),
        stdin=f"{API_SECRET}\n{SIGNATURE_SECRET}\n",
    )
    assert configured.code == 0, configured.err

    examined = office.run("doctor", "--online", "--json")
    sent = office.run("send", "--to", GOOD, "--text", "hi", "--json")
    waited = office.run("send", "--resume", "--until", "delivered", "--json")

    assert examined.code == 0, examined.out
    findings = {found["name"]: found["health"] for found in examined.json["findings"]}
    assert set(findings.values()) == {"ok"}
    assert {"keyring", "private_key", "database", "disk", "network", "clock"} <= set(findings)
    assert (sent.code, sent.states) == (0, ["accepted"])
    assert (waited.code, waited.states) == (0, ["delivered"])
    (kept,) = office.run("history", "--format", "json").json
    assert kept["state"] == "delivered"
    ledger = (tmp_path / "ledger.jsonl").read_text("utf-8")
    assert ledger.count('"path":"/v1/messages"') == 1
    assert kept["client_refs"][0] in ledger


def test_the_simulators_first_line_is_its_address(vonage_url: str) -> None:
    assert vonage_url.startswith("http://127.0.0.1:")
    assert vonage_url.rpartition(":")[2].isdecimal()


def test_without_an_account_nothing_is_queued(office: Program) -> None:
    sent = office.run("send", "--to", GOOD, "--from", "Me", "--text", "hi", "--json")

    assert sent.code == 3
    assert sent.json["messages"] == []
    assert "Nothing was queued" in sent.err
    assert office.run("history", "--format", "json").json == []


def test_without_a_keyring_nothing_is_queued_and_no_secret_kept(
    tmp_path: Path, keys: Keys
) -> None:
    program = Program(tmp_path)

    configured = program.run(
        *("configure", "--application-id", keys.application_id),
        *("--private-key", str(keys.private), "--api-key", "demo", "--api-secret-stdin"),
        stdin=f"{API_SECRET}\n",
    )
    sent = program.run("send", "--to", GOOD, "--from", "Me", "--text", "hi")

    assert (configured.code, sent.code) == (3, 3)
    assert "keyring" in configured.err
    assert not files_with(tmp_path, API_SECRET)


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--application-id", "not-a-uuid", "application id"),
        ("--private-key", "nowhere.key", "nowhere.key"),
        ("--api-url", "http://example.com", "https"),
        ("--api-url", "ftp://127.0.0.1", "https"),
        ("--region", "ZZ", "country"),
    ],
)
def test_what_will_not_do_is_named_and_nothing_is_stored(
    office: Program, keys: Keys, option: str, value: str, complaint: str
) -> None:
    good = {
        "--application-id": keys.application_id,
        "--private-key": str(keys.private),
        "--from": "SMSDesk",
    }
    arguments = [text for pair in {**good, option: value}.items() for text in pair]

    answer = office.run("configure", *arguments)

    assert answer.code == 2
    assert complaint in answer.err.lower()
    assert answer.err.count("\n") == 1
    assert office.run("send", "--to", GOOD, "--text", "hi").code == 3


def test_a_missing_line_of_input_is_named(office: Program) -> None:
    answer = office.run(
        *("configure", "--api-key", "demo", "--api-secret-stdin", "--signature-secret-stdin"),
        stdin=f"{API_SECRET}\n",
    )

    assert answer.code == 2
    assert "signature secret" in answer.err
    assert API_SECRET not in answer.err


@pytest.mark.case("F77")
@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_key_file_that_others_may_read_is_refused(
    office: Program, keys: Keys, tmp_path: Path
) -> None:
    key = tmp_path / "open.key"
    key.write_bytes(keys.private.read_bytes())
    key.chmod(0o644)

    answer = office.run(
        "configure", "--application-id", keys.application_id, "--private-key", str(key)
    )

    assert answer.code == 2
    assert str(key) in answer.err


@pytest.mark.case("F76")
@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_key_that_disappears_holds_the_queue_and_is_named(
    configured: Program, vonage: Simulator, keys: Keys, tmp_path: Path
) -> None:
    key = tmp_path / "moved.key"
    key.touch(mode=0o600)
    key.write_bytes(keys.private.read_bytes())
    assert configured.run("configure", "--private-key", str(key)).code == 0
    key.unlink()

    sent = configured.run("send", "--to", GOOD, "--text", "hi", "--json")
    examined = configured.run("doctor", "--json")

    assert sent.code == 3
    assert "key" in sent.err
    failing = [found for found in examined.json["findings"] if found["health"] == "fail"]
    assert failing[0]["name"] == "private_key"
    assert [entry for entry in vonage.requests if entry.path == "/v1/messages"] == []


def test_credentials_that_vonage_refuses_hold_the_message_and_say_so(
    configured: Program, vonage: Simulator
) -> None:
    stranger = "11111111-2222-4333-8444-555555555555"
    configured.run("configure", "--application-id", stranger)

    refused = configured.run("send", "--to", GOOD, "--text", "hi", "--json")

    assert refused.code == 3
    assert refused.json["messages"][0]["held_reason"] == "auth"


def test_repaired_credentials_send_what_was_held(
    configured: Program, vonage: Simulator, keys: Keys
) -> None:
    configured.run("configure", "--application-id", "11111111-2222-4333-8444-555555555555")
    assert configured.run("send", "--to", GOOD, "--text", "hi").code == 3

    configured.run("configure", "--application-id", keys.application_id)
    resumed = configured.run("send", "--resume", "--json")

    assert (resumed.code, resumed.states) == (0, ["accepted"])


def test_profiles_know_nothing_of_each_other(configured: Program, vonage: Simulator) -> None:
    assert configured.run("send", "--to", GOOD, "--text", "hi").code == 0
    other = Program(configured.home, ("--profile", "other"), configured.environment)

    assert other.run("history", "--format", "json").json == []
    assert other.run("send", "--to", GOOD, "--from", "Me", "--text", "hi").code == 3


def test_everything_lies_below_the_data_folder_and_belongs_to_its_owner_alone(
    configured: Program, vonage: Simulator
) -> None:
    configured.run("send", "--to", GOOD, "--text", "hi")

    assert [path.name for path in configured.home.iterdir()] == ["data"]
    (home,) = (configured.data_dir / "profiles").iterdir()
    names = {path.name for path in home.iterdir()}
    assert {"smsdesk.db", "settings.json", "logs", "backups"} <= names
    if sys.platform != "win32":
        for path in [configured.data_dir, *configured.data_dir.rglob("*")]:
            expected = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == expected, path


@pytest.mark.case("T6")
def test_no_secret_lies_in_any_file_or_in_what_is_printed(
    configured: Program, vonage: Simulator, keys: Keys
) -> None:
    answers = [
        configured.run("configure", "--signature-secret-stdin", stdin=SIGNATURE_SECRET),
        configured.run("doctor", "--online"),
        configured.run("send", "--to", GOOD, "--text", "hi"),
        configured.run("history", "--format", "json"),
    ]

    key_line = keys.private.read_text("ascii").splitlines()[5]
    for secret in (API_SECRET, SIGNATURE_SECRET, key_line):
        assert not files_with(configured.home, secret)
        assert not [answer for answer in answers if secret in answer.out + answer.err]


def files_with(folder: Path, secret: str) -> list[Path]:
    """The files that hold the secret, as text or as Windows would write it."""
    spellings = (secret.encode(), secret.encode("utf-16-le"))
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]
