"""Runs one check of KeyringVault against the keyring of the bus it is started on, and prints
what came of it as JSON. The tests in test_vault_keyring.py start it and judge.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keyring.backend import KeyringBackend

from smsdesk.system.vault import KeyringVault, VaultError

if TYPE_CHECKING:
    from secretstorage import Collection

SECRET = "correct-horse-battery-staple"
OTHER_SECRET = "naïve\nsecret with two lines and 日本"


def code_of(act: Callable[[], object]) -> str:
    """The code of the VaultError that `act` raises, or "none"."""
    try:
        act()
    except VaultError as error:
        return "told the secret" if SECRET in repr(error) else error.code
    return "none"


def round_trip(vault: KeyringVault) -> object:
    vault.set("api_secret", SECRET)
    vault.set("api_key", OTHER_SECRET)
    vault.set("private_key_passphrase", "")
    return {
        "secret": vault.get("api_secret") == SECRET,
        "other": vault.get("api_key") == OTHER_SECRET,
        "empty": vault.get("private_key_passphrase"),
        "elsewhere": KeyringVault("another").get("api_secret"),
        "entries": entries(),
        "describe": vault.describe(),
    }


def replace(vault: KeyringVault) -> object:
    vault.set("api_secret", "first")
    vault.set("api_secret", "second")
    return [vault.get("api_secret"), len(entries())]


def missing(vault: KeyringVault) -> object:
    return vault.get("api_secret")


def delete_twice(vault: KeyringVault) -> object:
    vault.set("api_secret", SECRET)
    vault.delete("api_secret")
    vault.delete("api_secret")
    return vault.get("api_secret")


def locked(vault: KeyringVault) -> object:
    vault.set("api_secret", SECRET)
    with default_collection() as collection:
        collection.lock()
    return [
        code_of(lambda: vault.get("api_secret")),
        code_of(lambda: vault.set("api_key", "k")),
    ]


def stopped(vault: KeyringVault) -> object:
    vault.set("api_secret", SECRET)
    impatient = KeyringVault("default", timeout_s=0.3)
    daemon = daemon_id()
    os.kill(daemon, signal.SIGSTOP)
    try:
        codes = [code_of(lambda: impatient.get("api_secret")) for _ in range(3)]
    finally:
        os.kill(daemon, signal.SIGCONT)
    for call in threading.enumerate():
        if call.name == "keyring":
            call.join()
    return [codes, impatient.get("api_secret") == SECRET]


def killed(vault: KeyringVault) -> object:
    vault.set("api_secret", SECRET)
    os.kill(daemon_id(), signal.SIGKILL)
    return [
        code_of(lambda: vault.set("api_key", SECRET)),
        code_of(lambda: vault.get("api_key")),
    ]


def no_bus(vault: KeyringVault) -> object:
    return [code_of(lambda: vault.set("api_secret", SECRET)), code_of(vault.describe)]


def plain_text_plug_in(vault: KeyringVault) -> object:
    class PlaintextKeyring(KeyringBackend):
        """A plug-in as there are some: it writes a plain file and calls itself the best.
        To define the class is to register it."""

        priority = 50

        def get_password(self, service: str, username: str) -> str | None:
            raise AssertionError("a plain-text keyring was asked")

        def set_password(self, service: str, username: str, password: str) -> None:
            Path.home().joinpath("plain.txt").write_text(password, encoding="utf-8")

    return [code_of(lambda: vault.set("api_secret", SECRET)), code_of(vault.describe)]


@contextmanager
def default_collection() -> Iterator["Collection"]:
    import secretstorage  # there is none but on Linux

    with closing(secretstorage.dbus_init()) as bus:
        yield secretstorage.get_default_collection(bus)


def entries() -> list[list[str]]:
    """Service and user name of all that is kept."""
    with default_collection() as collection:
        kept = [item.get_attributes() for item in collection.get_all_items()]
    return sorted([entry["service"], entry["username"]] for entry in kept)


def daemon_id() -> int:
    """The process that serves secrets on this bus."""
    bus = "org.freedesktop.DBus"
    question = f"{bus}.GetConnectionUnixProcessID string:org.freedesktop.secrets"
    asked = f"dbus-send --session --print-reply=literal --dest={bus} / {question}"
    answer = subprocess.run(asked.split(), capture_output=True, text=True, check=True).stdout
    return int(answer.split()[-1])


def files_with_the_secret() -> list[str]:
    """Every file below the home and the XDG folders that holds the secret in clear."""
    places = {path for name, path in os.environ.items() if re.match("HOME$|XDG_.*_", name)}
    spellings = (SECRET.encode(), SECRET.encode("utf-16-le"))
    return [
        str(path)
        for place in places
        for path in Path(place).rglob("*")
        if path.is_file() and any(spelling in path.read_bytes() for spelling in spellings)
    ]


CHECKS = (
    round_trip,
    replace,
    missing,
    delete_twice,
    locked,
    stopped,
    killed,
    no_bus,
    plain_text_plug_in,
)

if __name__ == "__main__":
    checks = {check.__name__: check for check in CHECKS}
    outcome = checks[sys.argv[1]](KeyringVault("default"))
    print(json.dumps({"outcome": outcome, "files": files_with_the_secret()}))
