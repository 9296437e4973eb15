"""The named accounts of this computer's user, each with its own credentials and log."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from smsdesk.system.autostart import Autostart, autostart_of
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import (
    DEFAULT_PROFILE,
    FolderError,
    Paths,
    ProfileNameError,
    find_paths,
    prepare,
    profile_names,
    set_profile_aside,
)
from smsdesk.system.vault import SECRET_NAMES, Vault, VaultError

RESERVED = "demo"
"""The demo's own folder; it is not an account."""


class ProfileError(Exception):
    """A profile cannot be made or removed; `code` is for wording."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(f"{code}: {name}")
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """One profile, for a switcher."""

    name: str
    is_current: bool

    @property
    def is_removable(self) -> bool:
        """The default one stays, and so does the one that is shown."""
        return not self.is_current and self.name != DEFAULT_PROFILE


class Profiles:
    """All profiles below one folder. A window that switches opens another one's session."""

    def __init__(
        self,
        *,
        root: Path,
        current: str,
        vault_of: Callable[[str], Vault],
        on_removed: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._on_removed = on_removed
        self._root = root
        self._current = current
        self._vault_of = vault_of

    def list(self) -> tuple[ProfileEntry, ...]:
        """Every profile by name, the default one first. Quick."""
        names = [name for name in profile_names(self._root) if name != RESERVED]
        if self._current not in (*names, DEFAULT_PROFILE, RESERVED):
            names.append(self._current)
        ordered = [DEFAULT_PROFILE, *sorted(names)]
        return tuple(ProfileEntry(name, name == self._current) for name in ordered)

    def create(self, name: str) -> ProfileEntry:
        """Make the folders of a new profile. Raises ProfileError."""
        name = name.strip().lower()
        if name in (RESERVED, *(entry.name for entry in self.list())):
            raise ProfileError("profile_exists", name)
        try:
            prepare(find_paths(data_dir=self._root, profile=name))
        except ProfileNameError:
            raise ProfileError("profile_name", name) from None
        except FolderError as error:
            raise ProfileError(error.code, name) from None
        return ProfileEntry(name, is_current=False)

    def folder(self, name: str) -> Path:
        """Where the messages and settings of a profile are. Quick."""
        return find_paths(data_dir=self._root, profile=name).home

    def autostart(self, name: str | None = None) -> Autostart | None:
        """The desktop's entry that starts a profile's window at login; this one's if none is
        named. None where there can be none: for the demo, and in a Flatpak."""
        name = name or self._current
        if name == RESERVED:
            return None
        return autostart_of(find_paths(data_dir=self._root, profile=name))

    def remove(self, name: str) -> Path:
        """Forget a profile's secrets and set its folder aside; no message is deleted.

        Returns where the folder is now. Slow, for it asks the keyring. Raises ProfileError.
        """
        if name in (DEFAULT_PROFILE, RESERVED) or name == self._current:
            raise ProfileError("profile_in_use", name)
        if name not in (entry.name for entry in self.list()):
            raise ProfileError("profile_unknown", name)
        paths = find_paths(data_dir=self._root, profile=name)
        if _is_in_use(paths):
            raise ProfileError("profile_in_use", name)
        vault = self._vault_of(name)
        try:
            for secret in SECRET_NAMES:
                vault.delete(secret)
        except VaultError as error:
            raise ProfileError(error.code, name) from None
        try:
            aside = set_profile_aside(paths)
        except OSError:
            raise ProfileError("profile_not_moved", name) from None
        entry = self.autostart(name)
        if entry is not None:
            with suppress(OSError):  # then it opens a new profile, and is switched off there
                entry.switch(on=False)
        self._on_removed(name)
        return aside


def _is_in_use(paths: Paths) -> bool:
    """Whether another program has this profile open."""
    for file in (paths.sender_lock, paths.window_lock):
        lock = ProcessLock(file)
        with suppress(OSError):
            if not lock.try_acquire():
                return True
            lock.release()
    return False
