"""An account is removed from the window: chosen, explained, confirmed, and its messages kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.profiles import Profiles
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import Paths, find_paths
from smsdesk.system.vault import KeyringLockedError, SessionVault
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.profile_removal import ProfileRemoval

OpenWindow = Callable[[Desk], MainWindow]


class LockableVault(SessionVault):
    """A keyring that can be locked."""

    is_locked = False

    def delete(self, name: str) -> None:
        if self.is_locked:
            raise KeyringLockedError
        super().delete(name)


@pytest.fixture
def sales_vault() -> LockableVault:
    return LockableVault({"api_secret": "a-secret-of-sales"})


@pytest.fixture
def sales(paths: Paths) -> Paths:
    return find_paths(data_dir=paths.root, profile="sales")


@pytest.fixture
def profiles(paths: Paths, sales_vault: LockableVault, sales: Paths) -> Profiles:
    """The account of the window, the default one, and "sales", which has messages."""
    profiles = Profiles(root=paths.root, current="care", vault_of=lambda _name: sales_vault)
    profiles.create("sales")
    sales.database.write_bytes(b"messages")
    return profiles


@pytest.fixture
def removal(open_window: OpenWindow, desk: Desk, profiles: Profiles) -> ProfileRemoval:
    window = open_window(replace(desk, profiles=profiles))
    window.profiles_menu.fill()
    window.profiles_menu.remove_action.trigger()
    return window.findChildren(ProfileRemoval)[0]


def answer(monkeypatch: pytest.MonkeyPatch, *, yes: bool) -> list[str]:
    """Answer the question that will be asked; gives what it says."""
    said: list[str] = []

    def exec_(shown: MessageDialog) -> int:
        said.append(f"{shown.heading.text()} {shown.text.text()}")
        return 1 if yes else 2

    monkeypatch.setattr(MessageDialog, "exec", exec_)
    return said


def offered(removal: ProfileRemoval) -> list[str]:
    return [removal.list.item(row).text() for row in range(removal.list.count())]


def test_neither_the_default_one_nor_the_one_shown_is_offered(removal: ProfileRemoval) -> None:
    assert offered(removal) == ["sales"]


def test_it_says_what_happens_and_where_the_folder_is(
    removal: ProfileRemoval, sales: Paths
) -> None:
    said = removal.words.text()

    assert "secrets are forgotten" in said
    assert "all messages" in said
    assert str(sales.home) in said.replace("\u200b", "")  # where the line may break


def test_an_account_is_removed_and_its_messages_kept(
    removal: ProfileRemoval,
    sales: Paths,
    sales_vault: LockableVault,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answer(monkeypatch, yes=True)
    removal.remove_button.click()

    qtbot.waitUntil(lambda: "is removed" in removal.said.text())
    aside = Path(f"{sales.home}.removed-1")
    assert "“sales”" in asked[0]
    assert str(aside) in removal.said.text()
    assert (aside / "smsdesk.db").read_bytes() == b"messages"
    assert sales_vault.get("api_secret") is None
    assert offered(removal) == []
    assert not removal.remove_button.isEnabled()


def test_nothing_happens_before_it_is_confirmed(
    removal: ProfileRemoval,
    sales: Paths,
    sales_vault: LockableVault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(monkeypatch, yes=False)

    removal.remove_button.click()

    assert sales.database.exists()
    assert sales_vault.get("api_secret")
    assert offered(removal) == ["sales"]


def test_an_account_that_another_window_has_open_stays(
    removal: ProfileRemoval, sales: Paths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ProcessLock(sales.window_lock)
    assert lock.try_acquire()
    answer(monkeypatch, yes=True)

    removal.remove_button.click()

    qtbot.waitUntil(lambda: "in use" in removal.said.text())
    lock.release()
    assert removal.remove_button.isEnabled()
    assert sales.database.exists()


def test_a_locked_keyring_is_said_and_nothing_is_moved(
    removal: ProfileRemoval,
    sales: Paths,
    sales_vault: LockableVault,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sales_vault.is_locked = True
    answer(monkeypatch, yes=True)

    removal.remove_button.click()

    qtbot.waitUntil(lambda: "keyring is locked" in removal.said.text())
    assert sales.database.exists()


def test_without_another_account_there_is_nothing_to_remove(window: MainWindow) -> None:
    window.profiles_menu.fill()

    assert not window.profiles_menu.remove_action.isEnabled()
