"""What every journey may ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.server import Simulator
from tests.journeys.program import REPOSITORY, Program

os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)  # nothing on the desktop of who runs the tests

_TOOLS = ("gnome-keyring-daemon", "dbus-run-session", "dbus-send")
API_SECRET = "s3cret-of-the-account"


@dataclass(frozen=True, slots=True)
class Keys:
    """A key pair as a person has it: two files."""

    private: Path
    public: Path
    application_id: str


@pytest.fixture
def demo(tmp_path: Path) -> Program:
    """The program with its built-in simulator."""
    return Program(tmp_path, ("--demo",))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    private, public = make_key_pair()
    found = Keys(folder / "private.key", folder / "public.pem", str(uuid.uuid4()))
    found.private.touch(mode=0o600)
    found.private.write_text(private, encoding="ascii")
    found.public.write_text(public, encoding="ascii")
    return found


@pytest.fixture(scope="session")
def bus() -> Iterator[str]:
    """The address of a private bus with an unlocked keyring."""
    if not all(map(shutil.which, _TOOLS)):
        pytest.skip(f"needs {', '.join(_TOOLS)}")
    keyring = subprocess.Popen(
        [
            str(REPOSITORY / "tests" / "with-keyring.sh"),
            *("sh", "-c", 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with keyring:
        assert keyring.stdout is not None
        yield keyring.stdout.readline().strip()


@pytest.fixture
def office(tmp_path: Path, bus: str) -> Program:
    """The program on a machine with a keyring, not configured yet.

    The profile has a name that no other test uses, for all share one keyring.
    """
    name = f"t{uuid.uuid4().hex[:12]}"
    return Program(tmp_path, ("--profile", name), {"DBUS_SESSION_BUS_ADDRESS": bus})


@pytest.fixture
def vonage(keys: Keys) -> Iterator[Simulator]:
    """A pretend Vonage that a test can turn off, and on again at the same address."""
    simulator = Simulator(
        application_id=keys.application_id,
        public_key_pem=keys.public.read_text("ascii"),
        api_secret=API_SECRET,
        pace=0.05,
    )
    with simulator:
        yield simulator


@pytest.fixture
def configured(office: Program, vonage: Simulator, keys: Keys) -> Program:
    """The program with an account at `vonage`."""
    answer = office.run(
        "configure",
        *("--application-id", keys.application_id, "--private-key", str(keys.private)),
        *("--api-url", vonage.url, "--api-key", "demo", "--api-secret-stdin"),
        *("--from", "SMSDesk"),
        stdin=f"{API_SECRET}\n",
    )
    assert answer.code == 0, answer.err
    return office
