"""What every test may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from smsdesk.store import migrations
from smsdesk.store.database import Database
from tests.support import Log

# The machine may be busy: how long an example takes says nothing. `--hypothesis-profile=long`
# looks far longer.
settings.register_profile(
    "gate", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("long", settings.get_profile("gate"), max_examples=2_000)
settings.load_profile("gate")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long runs unless `-m` asks for something."""
    if not config.option.markexpr:
        items[:] = [item for item in items if "long" not in item.keywords]


@pytest.fixture(scope="session", autouse=True)
def desktop_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the program may write outside its own folder, such as its start at login, goes to a
    folder of the tests'."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A new, empty message log."""
    path = tmp_path / "smsdesk.db"
    migrations.create(path)
    database = Database(path)
    yield database
    database.close_thread()


@pytest.fixture
def log(database: Database) -> Log:
    return Log(database)
