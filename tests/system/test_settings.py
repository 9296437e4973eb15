import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from smsdesk.system import settings as module
from smsdesk.system.settings import (
    API_URL,
    BALANCE_WARNING,
    DEFAULT_REGION,
    EXPIRY_HOURS,
    KEY_ROTATION,
    LINES,
    OWN_NUMBERS,
    PROXY_MODE,
    RECEIPTS,
    REGISTERED_SENDERS,
    SENDER,
    SENDER_THROUGHPUT,
    SENDERS,
    THEME,
    THROUGHPUT,
    WINDOW,
    Setting,
    Settings,
    read_one,
)

EVERY: list[Setting[Any]] = [
    value for value in vars(module).values() if isinstance(value, Setting)
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_every_setting_has_its_own_name_a_right_default_and_a_sentence() -> None:
    assert len({setting.name for setting in EVERY}) == len(EVERY)
    for setting in EVERY:
        assert setting.check(setting.default) == setting.default
        assert setting.sentence.endswith(".")


def test_without_a_file_every_setting_has_its_default(path: Path) -> None:
    settings = Settings(path)

    assert [settings.get(setting) for setting in EVERY] == [
        setting.default for setting in EVERY
    ]
    assert settings.notice is None
    assert not path.exists()


@pytest.mark.parametrize(
    ("file", "sender"),
    [
        (b'{"sender": "Acme", "of_a_newer_version": 1}', "Acme"),
        (b'{"sender": 7}', ""),
        (b"{}", ""),
        (b"[1]", ""),
        (b"null", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
        (None, ""),
    ],
)
def test_one_value_is_read_without_touching_the_file(
    path: Path, file: bytes | None, sender: str
) -> None:
    """Damage is for Settings to find, and to tell."""
    if file is not None:
        path.write_bytes(file)

    assert read_one(path, SENDER) == sender
    assert [entry.read_bytes() for entry in path.parent.iterdir()] == [
        content for content in (file,) if content is not None
    ]


def test_what_is_set_is_there_at_the_next_start(path: Path) -> None:
    settings = Settings(path)
    settings.set(SENDER, "Acme")
    settings.set(SENDERS, ["Acme", "+447700900123"])
    settings.set(THROUGHPUT, 2.5)
    settings.set(WINDOW, {"geometry": "AdnQ", "panes": "AAAA"})

    again = Settings(path)

    assert again.get(SENDER) == "Acme"
    assert again.get(SENDERS) == ["Acme", "+447700900123"]
    assert again.get(THROUGHPUT) == 2.5
    assert again.get(WINDOW) == {"geometry": "AdnQ", "panes": "AAAA"}


def test_a_text_that_is_no_unicode_survives(path: Path) -> None:
    Settings(path).set(SENDER, "\ud800 ünï")

    assert Settings(path).get(SENDER) == "\ud800 ünï"


def test_without_a_path_settings_last_until_the_end() -> None:
    settings = Settings(None)

    settings.set(THEME, "dark")

    assert settings.get(THEME) == "dark"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_file_is_private_whatever_the_umask(path: Path) -> None:
    former = os.umask(0)
    try:
        Settings(path).set(THEME, "dark")
    finally:
        os.umask(former)

    assert path.stat().st_mode & 0o777 == 0o600


def test_only_the_file_itself_stays_in_the_folder(path: Path) -> None:
    settings = Settings(path)

    settings.set(THEME, "dark")
    settings.set(THEME, "light")

    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"theme": "dark"', b"[" * 100_000]
)
def test_a_damaged_file_is_kept_aside_and_said(path: Path, damage: bytes) -> None:
    path.write_bytes(damage)

    settings = Settings(path)

    assert settings.notice == "settings_damaged"
    assert settings.get(THEME) == "system"
    assert path.with_name("settings.json.damaged").read_bytes() == damage
    settings.set(THEME, "dark")
    assert Settings(path).notice is None


def test_a_folder_in_place_of_the_file_is_unreadable(path: Path) -> None:
    path.mkdir()

    settings = Settings(path)

    assert settings.notice == "settings_unreadable"
    assert settings.get(LINES) == 4
    with pytest.raises(OSError, match="settings"):
        settings.set(LINES, 2)


WRONG: list[tuple[Setting[Any], Any]] = [
    (DEFAULT_REGION, "gb"),
    (DEFAULT_REGION, "GBR"),
    (DEFAULT_REGION, "GB\n"),
    (DEFAULT_REGION, None),
    (THROUGHPUT, 0),
    (THROUGHPUT, 101),
    (THROUGHPUT, float("nan")),
    (THROUGHPUT, True),
    (THROUGHPUT, "10"),
    (LINES, 0),
    (LINES, 9),
    (LINES, 4.0),
    (LINES, True),
    (EXPIRY_HOURS, 0),
    (THEME, "pink"),
    (RECEIPTS, 1),
    (SENDERS, "Acme"),
    (SENDERS, [1]),
    (API_URL, "x" * 2001),
    (SENDER_THROUGHPUT, {"ACME": 0}),
    (SENDER_THROUGHPUT, {"ACME": "1"}),
    (SENDER_THROUGHPUT, [1]),
    (PROXY_MODE, "always"),
    (BALANCE_WARNING, -1),
    (OWN_NUMBERS, "+44"),
    (REGISTERED_SENDERS, [1]),
    (KEY_ROTATION, {"step": 1}),
    (WINDOW, [1]),
    (WINDOW, {"a": 1}),
]


@pytest.mark.parametrize(("setting", "value"), WRONG)
def test_a_wrong_value_in_the_file_falls_back_to_the_default(
    path: Path, setting: Setting[Any], value: object
) -> None:
    path.write_text(json.dumps({setting.name: value, "theme_of_tomorrow": "x"}))

    settings = Settings(path)

    assert settings.get(setting) == setting.default
    assert settings.notice is None


@pytest.mark.parametrize(("setting", "value"), WRONG)
def test_a_wrong_value_is_not_set(path: Path, setting: Setting[Any], value: object) -> None:
    settings = Settings(path)

    with pytest.raises(ValueError, match="needs"):
        settings.set(setting, value)

    assert not path.exists()


def test_only_the_last_ten_sender_ids_are_kept(path: Path) -> None:
    settings = Settings(path)

    settings.set(SENDERS, [f"Shop{number}" for number in range(12)])

    assert settings.get(SENDERS) == [f"Shop{number}" for number in range(10)]


def test_a_value_handed_out_may_be_changed_without_harm(path: Path) -> None:
    settings = Settings(path)

    settings.get(SENDERS).append("Acme")

    assert settings.get(SENDERS) == SENDERS.default == []


def test_settings_of_a_newer_version_are_kept(path: Path) -> None:
    path.write_text(json.dumps({"of_tomorrow": {"deep": [1]}, "theme": "dark"}))

    Settings(path).set(THEME, "light")

    assert json.loads(path.read_text()) == {"of_tomorrow": {"deep": [1]}, "theme": "light"}


def test_what_another_process_has_set_meanwhile_is_kept(path: Path) -> None:
    window, command_line = Settings(path), Settings(path)

    command_line.set(SENDER, "Acme")
    window.set(THEME, "dark")

    assert Settings(path).get(SENDER) == "Acme"
    assert window.get(SENDER) == "Acme"


def test_a_save_that_fails_leaves_the_old_value_and_no_rest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(path)
    settings.set(THEME, "dark")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            settings.set(THEME, "light")

    assert settings.get(THEME) == Settings(path).get(THEME) == "dark"
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_many_threads_may_set_at_once(path: Path) -> None:
    settings = Settings(path)
    wide: list[Setting[str]] = [
        Setting(f"name_{number}", "", "A test.", SENDER.check) for number in range(8)
    ]
    threads = [
        threading.Thread(target=settings.set, args=(setting, setting.name)) for setting in wide
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    again = Settings(path)
    assert [again.get(setting) for setting in wide] == [setting.name for setting in wide]
