"""What the tests of this room share: a simulator of their own, and a sender's surroundings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.server import Simulator
from smsdesk.store.database import Database
from tests.delivery.station import APPLICATION_ID, Station
from tests.support import TurnedClock


@pytest.fixture(scope="session")
def key_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A private key file, and the public key that belongs to it."""
    private_key, public_key = make_key_pair()
    key_file = tmp_path_factory.mktemp("key") / "private.key"
    key_file.touch(mode=0o600)
    key_file.write_text(private_key, encoding="ascii")
    return key_file, public_key


@pytest.fixture
def station(database: Database, key_pair: tuple[Path, str]) -> Iterator[Station]:
    clock = TurnedClock()
    simulator = Simulator(
        application_id=APPLICATION_ID, public_key_pem=key_pair[1], pace=0.02, now=clock.epoch
    )
    with simulator:
        yield Station(simulator, database, key_pair[0], clock)
