"""Several accounts on one computer: listed, made, and set aside without losing a message."""

from pathlib import Path

import pytest

from smsdesk.desk.desk import Desk
from smsdesk.desk.profiles import ProfileEntry, ProfileError, Profiles
from smsdesk.desk.wording import profile_sentence
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import find_paths
from smsdesk.system.vault import NoKeyringError, SessionVault


@pytest.fixture
def vaults() -> dict[str, SessionVault]:
    return {}


@pytest.fixture
def profiles(tmp_path: Path, vaults: dict[str, SessionVault]) -> Profiles:
    root = tmp_path / "root"
    return Profiles(
        root=root,
        current="default",
        vault_of=lambda name: vaults.setdefault(name, SessionVault({"api_key": "abcd"})),
    )


def refused(error: pytest.ExceptionInfo[ProfileError]) -> str:
    assert " " in profile_sentence(error.value)
    assert "will not do" not in profile_sentence(error.value)
    return error.value.code


def test_a_new_computer_has_the_default_account_alone(profiles: Profiles) -> None:
    assert profiles.list() == (ProfileEntry("default", is_current=True),)


def test_an_account_is_made_and_listed(profiles: Profiles) -> None:
    profiles.create(" Sales ")
    profiles.create("care")

    assert [entry.name for entry in profiles.list()] == ["default", "care", "sales"]


def test_the_default_account_and_the_current_one_cannot_be_removed(tmp_path: Path) -> None:
    profiles = Profiles(root=tmp_path, current="care", vault_of=lambda _name: SessionVault())
    profiles.create("sales")

    assert [entry.name for entry in profiles.list() if entry.is_removable] == ["sales"]
    assert profiles.folder("sales") == find_paths(data_dir=tmp_path, profile="sales").home


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("default", "profile_exists"),
        ("demo", "profile_exists"),
        ("a b", "profile_name"),
        ("", "profile_name"),
        ("../x", "profile_name"),
    ],
)
def test_a_name_that_will_not_do_is_refused(profiles: Profiles, name: str, code: str) -> None:
    with pytest.raises(ProfileError) as error:
        profiles.create(name)

    assert refused(error) == code


def test_a_removed_account_loses_its_secrets_and_keeps_its_messages(
    profiles: Profiles, tmp_path: Path, vaults: dict[str, SessionVault]
) -> None:
    profiles.create("sales")
    paths = find_paths(data_dir=tmp_path / "root", profile="sales")
    paths.database.write_bytes(b"messages")
    aside = profiles.remove("sales")

    assert (aside / "smsdesk.db").read_bytes() == b"messages"
    assert vaults["sales"].get("api_key") is None
    assert [entry.name for entry in profiles.list()] == ["default"]
    profiles.create("sales")
    assert profiles.remove("sales") != aside


@pytest.mark.parametrize(
    ("name", "code"), [("default", "profile_in_use"), ("nobody", "profile_unknown")]
)
def test_what_cannot_be_removed_is_named(profiles: Profiles, name: str, code: str) -> None:
    with pytest.raises(ProfileError) as error:
        profiles.remove(name)

    assert refused(error) == code


def test_an_account_that_another_window_uses_stays(profiles: Profiles, tmp_path: Path) -> None:
    profiles.create("sales")
    lock = ProcessLock(find_paths(data_dir=tmp_path / "root", profile="sales").sender_lock)
    assert lock.try_acquire()
    with pytest.raises(ProfileError) as error:
        profiles.remove("sales")
    lock.release()

    assert refused(error) == "profile_in_use"


def test_without_a_keyring_nothing_is_moved(tmp_path: Path) -> None:
    class Shut(SessionVault):
        def delete(self, name: str) -> None:
            raise NoKeyringError

    profiles = Profiles(root=tmp_path / "root", current="x", vault_of=lambda _name: Shut())
    profiles.create("sales")
    with pytest.raises(ProfileError) as error:
        profiles.remove("sales")

    assert refused(error) == "no_keyring"
    assert "sales" in [entry.name for entry in profiles.list()]


def test_the_desk_knows_which_account_is_its_own(desk: Desk) -> None:
    assert desk.profiles.list() == (ProfileEntry("default", is_current=True),)
