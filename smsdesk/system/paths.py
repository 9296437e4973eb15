"""Knows where the program's files live on this machine, and whether that place is fit for them.

What is in the files is left to those who open them.
"""

import errno
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PROFILE = "default"
LEAST_FREE_BYTES = 50 * 1024 * 1024

_PROFILE_NAME = re.compile(r"[a-z0-9_-]{1,32}")

# SQLite's write-ahead log needs shared memory and real locks (https://sqlite.org/wal.html),
# which these file systems do not give, or not between two machines. A FUSE file system may be
# anything, so all are refused but one that is known to be a local disk.
_NETWORK_FILE_SYSTEMS = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "lustre", "ncpfs"}
    | {"nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "fuse"}
)
_LOCAL_FUSE = "fuse.fuse-overlayfs"  # the root of some containers

_SYNC_FOLDERS = (
    "onedrive",
    "dropbox",
    "google drive",
    "googledrive",
    "icloud",
    "icloud drive",
    "iclouddrive",
    "mobile documents",
    "cloudstorage",
    "nextcloud",
    "owncloud",
)


class ProfileNameError(ValueError):
    """A profile's name is not 1 to 32 of a-z, 0-9, "_" and "-"."""


class FolderError(Exception):
    """The folder cannot be used. `code` is one of: not_a_folder, read_only, not_local,
    sync_folder, no_space, not_ours (another user's, or shared by all like /tmp)."""

    def __init__(self, code: str, path: Path, detail: str = "") -> None:
        super().__init__(f"{code}: {path}" + (f" ({detail})" if detail else ""))
        self.code = code
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Paths:
    """The places of one profile. `root` holds everything the program writes."""

    root: Path
    home: Path

    @property
    def profile(self) -> str:
        """The profile whose places these are."""
        return DEFAULT_PROFILE if self.home == self.root else self.home.name

    @property
    def database(self) -> Path:
        return self.home / "smsdesk.db"

    @property
    def settings(self) -> Path:
        return self.home / "settings.json"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def backups(self) -> Path:
        return self.home / "backups"

    @property
    def sender_lock(self) -> Path:
        """Held by the one process that sends."""
        return self.home / "sender.lock"

    @property
    def window_lock(self) -> Path:
        """Held by the one window of this profile."""
        return self.home / "window.lock"

    @property
    def copies_lock(self) -> Path:
        """Held by whoever makes, changes or puts back a copy of the database."""
        return self.home / "copies.lock"

    @property
    def high_water(self) -> Path:
        """Remembers, outside the database, how far the database had come."""
        return self.home / "high-water.json"

    @property
    def ballast(self) -> Path:
        """Spare room, given back when the disk is full so that results can still be written."""
        return self.home / "ballast"


def find_paths(*, data_dir: Path | None, profile: str) -> Paths:
    """Names the places of `profile`, below `data_dir` or where this system keeps user data.

    Touches nothing on the disk. Raises ProfileNameError.
    """
    if not _PROFILE_NAME.fullmatch(profile):
        raise ProfileNameError(profile)

    if data_dir is None:
        import platformdirs  # start-up time

        # roaming=False: a roaming profile would carry the database to a second machine
        root = platformdirs.user_data_path("smsdesk", appauthor=False, roaming=False)
    else:
        root = data_dir.expanduser().absolute()
    home = root if profile == DEFAULT_PROFILE else root / "profiles" / profile
    return Paths(root=root, home=home)


def person_settings_folder() -> Path:
    """Where the desktop keeps what this user has chosen: `~/.config` on Linux."""
    import platformdirs  # start-up time

    return platformdirs.user_config_path()


def profile_names(root: Path) -> list[str]:
    """The profiles that have a folder below `root`, besides the default one."""
    try:
        folders = [entry.name for entry in (root / "profiles").iterdir() if entry.is_dir()]
    except OSError:
        return []
    return sorted(name for name in folders if _PROFILE_NAME.fullmatch(name))


def set_profile_aside(paths: Paths) -> Path:
    """Renames a profile's folder so that it is none any more; returns where it is now.

    Raises OSError.
    """
    number = 1
    while (aside := paths.home.with_name(f"{paths.home.name}.removed-{number}")).exists():
        number += 1
    return paths.home.rename(aside)


def prepare(paths: Paths) -> None:
    """Makes the folders, closes them to other users, and proves that they can be written.

    Raises FolderError, before anything is made if the place itself is unfit.
    """
    place = paths.home.resolve()
    if is_sync_folder(place):
        raise FolderError("sync_folder", paths.home)
    file_system = file_system_of(place)
    if is_network(file_system):
        raise FolderError("not_local", paths.home, file_system)

    for folder in (paths.root, paths.home.parent, paths.home, paths.logs, paths.backups):
        if folder.is_relative_to(paths.root):
            _prepare_folder(folder)
    _try_to_write(paths.home)
    if free_bytes(paths.home) < LEAST_FREE_BYTES:
        raise FolderError("no_space", paths.home)


def free_bytes(path: Path) -> int:
    """How much this user may still write where `path` is."""
    return shutil.disk_usage(path).free


def resource(name: str) -> Path:
    """The path of a data file or folder that came with the program, such as "locale".

    Installed, the data lie inside the package; in the source tree, beside it. "manual" is
    the folder of the manual's pages.
    """
    package = Path(__file__).parent.parent
    installed = package / "resources"
    if installed.is_dir():
        return installed / name
    return package.parent / ("docs" if name == "manual" else f"resources/{name}")


def is_sync_folder(path: Path) -> bool:
    """Whether a file-sync program would copy what lies at `path` while it is being written.

    Recognised by the names such programs give their folders ("OneDrive - Contoso"); names
    above the user's home do not count, for a user may be called "nextcloud".
    """
    home = Path.home().resolve()
    parts = path.relative_to(home).parts if path.is_relative_to(home) else path.parts
    return any(
        part == known or part.startswith(known + " ")
        for part in map(str.lower, parts)
        for known in _SYNC_FOLDERS
    )


def file_system_of(path: Path) -> str:
    """The type of the file system that holds `path`, as Linux names it; "" if unsure."""
    if path.drive.startswith("\\\\"):
        return "cifs"  # a Windows share: \\server\folder
    try:
        table = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return find_mount_type(path, table)


def find_mount_type(path: Path, mountinfo: str) -> str:
    """Reads proc(5)'s mountinfo: the deepest mount above `path` counts, of equals the last."""
    depth, found = 0, ""
    for line in mountinfo.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        mount_point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4]))
        if path.is_relative_to(mount_point) and len(mount_point.parts) >= depth:
            depth, found = len(mount_point.parts), after.split(" ")[0]
    return found


def is_network(file_system: str) -> bool:
    """Whether a file system of this type may lie on another machine."""
    if file_system in _NETWORK_FILE_SYSTEMS:
        return True
    return file_system.startswith("fuse.") and file_system != _LOCAL_FUSE


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            facts = folder.stat()
            if facts.st_uid != os.geteuid() or facts.st_mode & stat.S_ISVTX:
                raise FolderError("not_ours", folder)
            if stat.S_IMODE(facts.st_mode) != 0o700:
                folder.chmod(0o700)
    except OSError as error:
        raise _folder_error(folder, error) from error


def _try_to_write(folder: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
    except OSError as error:
        raise _folder_error(folder, error) from error


def _folder_error(folder: Path, error: OSError) -> FolderError:
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        code = "not_a_folder"
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        code = "no_space"
    else:
        code = "read_only"
    return FolderError(code, folder, error.strerror or "")
