"""The vault against a real Secret Service on a private bus, where the machine has one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.keyring_driver import SECRET

REPOSITORY = Path(__file__).parents[2]
WITH_KEYRING = str(REPOSITORY / "tests" / "with-keyring.sh")
TOOLS = ("gnome-keyring-daemon", "dbus-run-session", "dbus-send")

needs_keyring = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}"
)
pytestmark = [pytest.mark.keyring, needs_keyring]


def environment(home: Path) -> dict[str, str]:
    """A home of its own, and no bus but the one that the script may start."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    places = {
        name: str(home / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    }
    return {**kept, **places, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}


def run(check: str, home: Path, *, on_bus: bool = True, **extra: str) -> object:
    """What came of a check. In no case may the secret lie readable in a file afterwards."""
    driver = [sys.executable, "-m", "tests.system.keyring_driver", check]
    done = subprocess.run(
        [WITH_KEYRING, *driver] if on_bus else driver,
        cwd=REPOSITORY,
        env={**environment(home), **extra},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert answer["files"] == []
    return answer["outcome"]


def test_what_is_kept_comes_back_from_an_entry_of_its_own(tmp_path: Path) -> None:
    names = ("api_key", "api_secret", "private_key_passphrase")

    answer = run("round_trip", tmp_path)

    assert answer == {
        "secret": True,
        "other": True,
        "empty": "",
        "elsewhere": None,
        "entries": [[f"smsdesk/default/{name}", name] for name in names],
        "describe": "Secret Service",
    }


def test_a_new_value_takes_the_place_of_the_old(tmp_path: Path) -> None:
    assert run("replace", tmp_path) == ["second", 1]


def test_what_was_never_kept_is_none(tmp_path: Path) -> None:
    assert run("missing", tmp_path) is None


def test_a_secret_may_be_deleted_twice(tmp_path: Path) -> None:
    assert run("delete_twice", tmp_path) is None


def test_a_locked_keyring_says_so(tmp_path: Path) -> None:
    assert run("locked", tmp_path) == ["keyring_locked", "keyring_locked"]


@pytest.mark.case("F79")
def test_a_hung_keyring_is_given_up_and_works_again_when_it_wakes(tmp_path: Path) -> None:
    assert run("stopped", tmp_path) == [["keyring_timeout"] * 3, True]


@pytest.mark.case("F80")
def test_a_keyring_that_died_leaves_no_secret_in_any_file(tmp_path: Path) -> None:
    codes = run("killed", tmp_path)

    assert isinstance(codes, list)
    assert set(codes) <= {"keyring_locked", "keyring_failed", "no_keyring"}


@pytest.mark.case("T3")
def test_an_environment_that_names_the_null_keyring_is_not_heeded(tmp_path: Path) -> None:
    null = "keyring.backends.null.Keyring"

    answer = run("round_trip", tmp_path, PYTHON_KEYRING_BACKEND=null)

    assert isinstance(answer, dict)
    assert answer["describe"] == "Secret Service"
    assert len(answer["entries"]) == 3


def test_a_configuration_file_that_names_the_null_keyring_is_not_heeded(
    tmp_path: Path,
) -> None:
    for place in ("xdg_config_home", "xdg_data_home"):
        file = tmp_path / place / "python_keyring" / "keyringrc.cfg"
        file.parent.mkdir(parents=True)
        file.write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")

    answer = run("round_trip", tmp_path)

    assert isinstance(answer, dict)
    assert answer["describe"] == "Secret Service"


@pytest.mark.case("T3")
def test_without_a_bus_there_is_no_keyring(tmp_path: Path) -> None:
    null = "keyring.backends.null.Keyring"

    codes = run("no_bus", tmp_path, on_bus=False, PYTHON_KEYRING_BACKEND=null)

    assert codes == ["no_keyring", "no_keyring"]


@pytest.mark.case("T3")
def test_a_plain_text_plug_in_is_refused_even_if_it_is_all_there_is(tmp_path: Path) -> None:
    codes = run("plain_text_plug_in", tmp_path, on_bus=False)

    assert codes == ["weak_keyring", "weak_keyring"]


def test_a_plain_text_plug_in_that_calls_itself_the_best_is_passed_over(
    tmp_path: Path,
) -> None:
    codes = run("plain_text_plug_in", tmp_path)

    assert codes == ["none", "none"]
