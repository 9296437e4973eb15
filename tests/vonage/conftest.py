"""What the tests of this room share: a certificate authority, made once."""

import pytest

from tests.vonage.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
