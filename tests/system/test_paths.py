import errno
import os
import tempfile
from pathlib import Path

import pytest

from smsdesk.system import paths as module
from smsdesk.system.paths import (
    FolderError,
    Paths,
    ProfileNameError,
    find_mount_type,
    find_paths,
    free_bytes,
    is_network,
    is_sync_folder,
    prepare,
    resource,
)

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX")


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def refused(paths: Paths) -> str:
    with pytest.raises(FolderError) as caught:
        prepare(paths)
    return caught.value.code


def test_the_default_profile_lives_in_the_data_folder_itself(tmp_path: Path) -> None:
    paths = find_paths(data_dir=tmp_path, profile="default")

    assert paths.home == paths.root == tmp_path
    assert paths.database == tmp_path / "smsdesk.db"
    assert paths.settings == tmp_path / "settings.json"
    assert paths.logs == tmp_path / "logs"
    assert paths.backups == tmp_path / "backups"


def test_another_profile_shares_nothing_with_it(tmp_path: Path) -> None:
    one = find_paths(data_dir=tmp_path, profile="default")
    other = find_paths(data_dir=tmp_path, profile="demo")

    assert other.home == tmp_path / "profiles" / "demo"
    for name in ("database", "settings", "logs", "backups", "sender_lock", "window_lock"):
        assert getattr(one, name) != getattr(other, name)


def test_without_a_data_folder_the_system_names_one() -> None:
    paths = find_paths(data_dir=None, profile="default")

    assert paths.root.is_absolute()
    assert paths.root.name == "smsdesk"


def test_a_relative_data_folder_is_taken_from_where_we_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert find_paths(data_dir=Path("data"), profile="default").root == tmp_path / "data"


@pytest.mark.parametrize("name", ["", "..", "a/b", "Demo", "x" * 33, "a b", "a\n", "ä", "a.b"])
def test_a_profile_name_that_could_be_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProfileNameError):
        find_paths(data_dir=tmp_path, profile=name)


@posix_only
@pytest.mark.parametrize("profile", ["default", "second"])
def test_the_folders_are_closed_to_others_whatever_the_umask(
    tmp_path: Path, profile: str
) -> None:
    paths = find_paths(data_dir=tmp_path / "data", profile=profile)
    former = os.umask(0)
    try:
        prepare(paths)
    finally:
        os.umask(former)

    for folder in (paths.root, paths.home, paths.logs, paths.backups):
        assert mode_of(folder) == 0o700


@posix_only
def test_a_folder_open_to_others_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    prepare(find_paths(data_dir=tmp_path, profile="default"))

    assert mode_of(tmp_path) == 0o700


def test_to_prepare_twice_changes_nothing(tmp_path: Path) -> None:
    paths = find_paths(data_dir=tmp_path, profile="default")

    prepare(paths)
    prepare(paths)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["backups", "logs"]


@pytest.mark.parametrize("blocked", ["data", "data/logs"])
def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path, blocked: str) -> None:
    (tmp_path / blocked).parent.mkdir(exist_ok=True)
    (tmp_path / blocked).write_text("here first")

    assert refused(find_paths(data_dir=tmp_path / "data", profile="default")) == "not_a_folder"
    assert (tmp_path / blocked).read_text() == "here first"


@posix_only
def test_a_folder_shared_by_all_is_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)

    assert refused(find_paths(data_dir=shared, profile="default")) == "not_ours"
    assert mode_of(shared) == 0o777


@pytest.mark.case("F48")
@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs /sys, which is read-only")
def test_a_place_where_nothing_can_be_written_is_read_only() -> None:
    assert refused(find_paths(data_dir=Path("/sys/kernel/smsdesk"), profile="default")) == (
        "read_only"
    )


def test_a_disk_that_refuses_to_write_is_read_only_or_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, code in ((errno.EROFS, "read_only"), (errno.ENOSPC, "no_space")):

        def refuse(number: int = number, **_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
        assert refused(find_paths(data_dir=tmp_path, profile="default")) == code


def test_a_disk_almost_full_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "free_bytes", lambda path: 50 * 1024 * 1024 - 1)

    assert refused(find_paths(data_dir=tmp_path, profile="default")) == "no_space"


def test_free_bytes_are_those_of_the_disk(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0


MOUNTINFO = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:40 / /home/anna/Net\\040work rw - nfs4 server:/export rw
31 22 0:41 / /home/anna/remote rw shared:3 master:1 - fuse.sshfs anna@host: rw
32 31 0:42 / /home/anna/remote/scratch rw - tmpfs tmpfs rw
33 22 0:43 / /mnt/usb rw - fuseblk /dev/sdb1 rw
34 22 0:44 / /mnt/over rw - ext4 /dev/sdc1 rw
35 22 0:45 / /mnt/over rw - cifs //server/share rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind", "network"),
    [
        ("/home/anna/.local/share/smsdesk", "ext4", False),
        ("/home/anna/Net work/smsdesk", "nfs4", True),
        ("/home/anna/Net workers/smsdesk", "ext4", False),
        ("/home/anna/remote/smsdesk", "fuse.sshfs", True),
        ("/home/anna/remote/scratch/smsdesk", "tmpfs", False),
        ("/mnt/usb/smsdesk", "fuseblk", False),
        ("/mnt/over/smsdesk", "cifs", True),
    ],
)
def test_the_deepest_and_latest_mount_tells_the_file_system(
    path: str, kind: str, network: bool
) -> None:
    found = find_mount_type(Path(path), MOUNTINFO)

    assert found == kind
    assert is_network(found) is network


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse", "fuse.rclone", "fuse.gvfsd-fuse"],
)
def test_a_file_system_of_another_machine_is_network(kind: str) -> None:
    assert is_network(kind)


@pytest.mark.parametrize(
    "kind",
    [
        "ext4",
        "xfs",
        "btrfs",
        "zfs",
        "tmpfs",
        "overlay",
        "f2fs",
        "fuse.fuse-overlayfs",
        "apfs",
        "",
    ],
)
def test_a_local_or_unknown_file_system_is_not(kind: str) -> None:
    assert not is_network(kind)


@pytest.mark.case("T21", "F93")
def test_a_data_folder_on_a_network_is_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "file_system_of", lambda path: "nfs4")

    assert refused(find_paths(data_dir=tmp_path / "data", profile="default")) == "not_local"
    assert not (tmp_path / "data").exists()


@pytest.mark.case("T21", "F93")
@pytest.mark.parametrize(
    "folder",
    [
        "OneDrive",
        "OneDrive - Contoso",
        "Dropbox",
        "Dropbox (Personal)",
        "Google Drive",
        "Nextcloud",
        "ownCloud",
        "Library/Mobile Documents/com~apple~CloudDocs",
        "Library/CloudStorage/GoogleDrive-anna@example.com",
        "iCloudDrive",
    ],
)
def test_a_known_sync_folder_is_refused_and_nothing_made_in_it(
    tmp_path: Path, folder: str
) -> None:
    place = tmp_path / folder / "smsdesk"

    assert refused(find_paths(data_dir=place, profile="default")) == "sync_folder"
    assert not place.exists()


@pytest.mark.case("T21", "F93")
def test_a_link_into_a_sync_folder_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "Dropbox")

    assert refused(find_paths(data_dir=tmp_path / "data", profile="default")) == "sync_folder"


@pytest.mark.parametrize("folder", ["dropboxes", "my-nextcloud", "one drive", "icloudy"])
def test_a_folder_that_only_resembles_one_is_not(tmp_path: Path, folder: str) -> None:
    assert not is_sync_folder(tmp_path / folder)


def test_a_user_may_be_called_nextcloud(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "nextcloud"
    monkeypatch.setattr(Path, "home", lambda: home)

    assert not is_sync_folder(home / "data")
    assert is_sync_folder(home / "Nextcloud" / "data")


def test_resources_are_found_in_the_source_tree() -> None:
    repository = Path(__file__).parents[2]

    assert resource("locale") == repository / "resources" / "locale"
    assert resource("locale").is_dir()


def test_resources_are_found_in_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "smsdesk"
    (package / "resources" / "locale").mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(package / "system" / "paths.py"))

    assert resource("locale") == package / "resources" / "locale"


def test_a_refusal_names_the_place(tmp_path: Path) -> None:
    place = tmp_path / "Dropbox"

    with pytest.raises(FolderError, match="sync_folder") as caught:
        prepare(find_paths(data_dir=place, profile="default"))

    assert caught.value.path == place
