"""What the tests of this room share: a profile in a folder of its own, and its desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smsdesk.desk.desk import Desk
from tests.desk.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "data")
    yield office
    office.close()


@pytest.fixture
def desk(office: Office) -> Desk:
    return office.open()
