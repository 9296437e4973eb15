"""A key pair is made here, written for this user alone, and fits what Vonage expects."""

import stat
import sys
from pathlib import Path

import pytest

from smsdesk.vonage.auth import load_private_key
from smsdesk.vonage.errors import KeyFileError
from smsdesk.vonage.key_pair import make_key_pair, public_fingerprint
from tests.vonage import keys

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")


def test_a_pair_is_written_as_pkcs8_and_its_public_half_told(tmp_path: Path) -> None:
    pair = make_key_pair(tmp_path / "new.key", passphrase=None)

    loaded = load_private_key(pair.path, passphrase=None)
    assert pair.path.read_text("ascii").startswith("-----BEGIN PRIVATE KEY-----")
    assert pair.public_pem.startswith("-----BEGIN PUBLIC KEY-----")
    assert (loaded.bits, loaded.fingerprint) == (2048, pair.fingerprint)
    assert public_fingerprint(pair.public_pem) == pair.fingerprint
    assert loaded.public_pem() == pair.public_pem


def test_a_passphrase_locks_the_file(tmp_path: Path) -> None:
    pair = make_key_pair(tmp_path / "new.key", passphrase="correct horse ✓")

    assert b"ENCRYPTED PRIVATE KEY" in pair.path.read_bytes()
    loaded = load_private_key(pair.path, passphrase="correct horse ✓")
    assert loaded.fingerprint == pair.fingerprint
    with pytest.raises(KeyFileError, match="wrong_passphrase"):
        load_private_key(pair.path, passphrase="wrong")


@needs_posix
def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    pair = make_key_pair(tmp_path / "new.key", passphrase=None)

    assert stat.S_IMODE(pair.path.stat().st_mode) == 0o600


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "old.key"
    path.write_text("precious")

    with pytest.raises(KeyFileError, match="exists"):
        make_key_pair(path, passphrase=None)

    assert path.read_text() == "precious"


@needs_posix
def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link.key").symlink_to(tmp_path / "elsewhere.key")

    with pytest.raises(KeyFileError, match="exists"):
        make_key_pair(tmp_path / "link.key", passphrase=None)

    assert not (tmp_path / "elsewhere.key").exists()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="no_folder"):
        make_key_pair(tmp_path / "nowhere" / "new.key", passphrase=None)


@pytest.mark.parametrize("bits", [1024, 16384])
def test_a_length_that_is_no_good_is_a_mistake_of_the_callers(
    tmp_path: Path, bits: int
) -> None:
    with pytest.raises(ValueError, match="bits"):
        make_key_pair(tmp_path / "new.key", passphrase=None, bits=bits)

    assert not (tmp_path / "new.key").exists()


def test_other_public_keys_have_no_fingerprint() -> None:
    assert public_fingerprint("nonsense") is None
    assert public_fingerprint("") is None
    assert public_fingerprint(keys.public_key().decode()) is not None
