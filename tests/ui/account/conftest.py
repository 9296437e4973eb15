"""A pretend Vonage, and the key of the application that it knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.simulator.server import Simulator
from smsdesk.system.settings import API_URL, Settings
from tests.ui.conftest import APPLICATION_ID
from tests.vonage import keys


@pytest.fixture
def vonage(settings: Settings) -> Iterator[Simulator]:
    """A pretend Vonage, to which the desk goes instead of the real one."""
    public = keys.public_key().decode()
    with Simulator(
        application_id=APPLICATION_ID, public_key_pem=public, pace=0.01
    ) as simulator:
        settings.set(API_URL, simulator.url)
        yield simulator


@pytest.fixture
def old_key(tmp_path: Path) -> Path:
    return keys.write_key(tmp_path, keys.pkcs8())
