"""Knows how secrets are kept: in the keyring of the operating system, one entry for each.

What a secret is for is left to those who name it. The private key itself never comes here: an
RSA key is longer than a Windows credential may be, so the vault keeps the path of its file.

    VaultError
    ├── NoKeyringError         this machine offers no keyring
    ├── WeakKeyringError       it offers only one that we do not trust, such as a plain file
    ├── KeyringLockedError     it is locked, or the person dismissed its question
    ├── KeyringTimeoutError    it does not answer, or waits for a person
    ├── SecretTooLongError     no keyring on every system would take the value
    └── KeyringFailedError     anything else
"""

import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TypeVar

from smsdesk.system.i18n import _

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SECRET_NAMES = (
    "application_id",
    "private_key_path",
    "private_key_passphrase",
    "api_key",
    "api_secret",
    "signature_secret",
)

# A Windows credential holds 2,560 bytes of UTF-16 (CRED_MAX_CREDENTIAL_BLOB_SIZE).
LONGEST_SECRET = 1280

# The keyrings of operating systems, by class, with what a person calls them. Any other class is
# refused: a plug-in may well write a plain file (keyrings.alt does) and call itself the best.
TRUSTED_KEYRINGS: Mapping[str, str] = {
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "Secret Service (libsecret)",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet 4",
}

# What the library itself offers when there is nothing to keep a secret in.
_NO_KEYRINGS = ("keyring.backends.fail.", "keyring.backends.chainer.", "keyring.backends.null.")


class VaultError(Exception):
    """A secret could not be read or kept. `code` names the case for the window's words; no
    message holds a value."""

    code = "keyring_failed"


class NoKeyringError(VaultError):
    code = "no_keyring"


class WeakKeyringError(VaultError):
    code = "weak_keyring"


class KeyringLockedError(VaultError):
    code = "keyring_locked"


class KeyringTimeoutError(VaultError):
    code = "keyring_timeout"


class SecretTooLongError(VaultError):
    code = "secret_too_long"


class KeyringFailedError(VaultError):
    code = "keyring_failed"


class Vault(Protocol):
    """Keeps the secrets of one profile. `name` is one of SECRET_NAMES, else ValueError."""

    def get(self, name: str) -> str | None:
        """The value, or None if there is none. Raises VaultError."""

    def set(self, name: str, value: str) -> None:
        """Keeps the value in place of an older one. Raises VaultError."""

    def delete(self, name: str) -> None:
        """Forgets the value; there need not be one. Raises VaultError."""

    def describe(self) -> str:
        """What a person calls the place where the secrets are. Raises VaultError."""


class KeyringVault:
    """The keyring of the operating system.

    A keyring may wait for a person without end, or hang, and knows no time limit. So every
    call runs in a thread of its own and is given up after `timeout_s`; until a call given up
    has come back after all, further ones fail at once. A `set` given up may still be done.
    """

    def __init__(self, profile: str, *, timeout_s: float = 10.0) -> None:
        self._profile = profile
        self._timeout_s = timeout_s
        self._keyring: KeyringBackend | None = None
        self._given_up: threading.Thread | None = None

    def get(self, name: str) -> str | None:
        service = self._service(name)
        return self._ask(lambda keyring: keyring.get_password(service, name))

    def set(self, name: str, value: str) -> None:
        service = self._service(name)
        _check_length(name, value)
        self._ask(lambda keyring: keyring.set_password(service, name, value))

    def delete(self, name: str) -> None:
        service = self._service(name)

        def delete(keyring: "KeyringBackend") -> None:
            from keyring.errors import PasswordDeleteError  # start-up time

            try:
                keyring.delete_password(service, name)
            except PasswordDeleteError:
                # says the same for "there is none" and for "cancelled by the user"
                if keyring.get_password(service, name) is not None:
                    raise

        self._ask(delete)

    def describe(self) -> str:
        return TRUSTED_KEYRINGS[self._ask(lambda keyring: _class_name(type(keyring)))]

    def _service(self, name: str) -> str:
        """A service for each secret: Windows keeps one entry a service, and moves the older
        one aside, in two steps, when a second user name comes."""
        _check_name(name)
        return f"smsdesk/{self._profile}/{name}"

    def _ask(self, question: "Callable[[KeyringBackend], T]") -> T:
        if self._given_up is not None and self._given_up.is_alive():
            raise KeyringTimeoutError("an earlier call has not come back yet")

        from concurrent.futures import Future  # start-up time

        answer: Future[T] = Future()

        def ask() -> None:
            try:
                answer.set_result(question(self._opened_keyring()))
            except VaultError as error:
                answer.set_exception(error)
            # Keyrings let through errors of D-Bus, of Windows and of Python: this is the border
            except Exception as error:  # noqa: BLE001
                answer.set_exception(_read_error(error))

        caller = threading.Thread(target=ask, name="keyring", daemon=True)
        caller.start()
        try:
            return answer.result(self._timeout_s)
        except TimeoutError:
            self._given_up = caller
            raise KeyringTimeoutError(f"no answer within {self._timeout_s:g} s") from None

    def _opened_keyring(self) -> "KeyringBackend":
        """The keyring chosen at the first call, and kept to from then on."""
        if self._keyring is None:
            self._keyring = _choose_keyring()
        return self._keyring


class SessionVault:
    """Keeps secrets in memory until the program ends: for the demo, and for tests."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def get(self, name: str) -> str | None:
        _check_name(name)
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        _check_name(name)
        _check_length(name, value)
        self._values[name] = value

    def delete(self, name: str) -> None:
        _check_name(name)
        self._values.pop(name, None)

    def describe(self) -> str:
        return _("memory, until the program ends")


def _check_name(name: str) -> None:
    if name not in SECRET_NAMES:
        raise ValueError(f"no secret is called {name!r}")


def _check_length(name: str, value: str) -> None:
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_SECRET:
        raise SecretTooLongError(f"{name} has more than {LONGEST_SECRET} characters")


def _choose_keyring() -> "KeyringBackend":
    """The best trusted keyring that works on this machine.

    We load the trusted classes by name and never ask the library for its own choice: that one
    heeds PYTHON_KEYRING_BACKEND, a configuration file and every plug-in.
    """
    found = [trusted for trusted in map(_load_class, TRUSTED_KEYRINGS) if trusted.viable]
    if not found:
        raise _explain_none()
    best = max(found, key=lambda keyring: keyring.priority)
    keyring = best()
    if _class_name(best) == "keyring.backends.Windows.WinVaultKeyring":
        keyring.persist = "local machine"  # type: ignore[attr-defined]  # else it roams
    return keyring


def _load_class(name: str) -> "type[KeyringBackend]":
    module, _, class_name = name.rpartition(".")
    loaded: type[KeyringBackend] = getattr(import_module(module), class_name)
    return loaded


def _explain_none() -> VaultError:
    """Says whether there is no keyring at all, or one that we refuse."""
    from keyring.backend import KeyringBackend, get_all_keyring  # start-up time

    get_all_keyring()  # loads the plug-ins, which register their classes
    names = [_class_name(found) for found in KeyringBackend.get_viable_backends()]
    refused = sorted(name for name in names if not name.startswith(_NO_KEYRINGS))
    return WeakKeyringError(", ".join(refused)) if refused else NoKeyringError()


def _class_name(keyring: "type[KeyringBackend]") -> str:
    return f"{keyring.__module__}.{keyring.__qualname__}"


def _read_error(error: Exception) -> VaultError:
    """Our name for what went wrong. Only class names are passed on: messages quote values."""
    from keyring import errors  # start-up time

    name = type(error).__name__
    if isinstance(error, errors.KeyringLocked):
        return KeyringLockedError(name)
    if isinstance(error, errors.NoKeyringError):
        return NoKeyringError(name)
    if isinstance(error, errors.InitError):
        # there is no collection yet and the person did not make one, unless the service is gone
        cause = type(error.__cause__).__name__
        is_gone = cause == "SecretServiceNotAvailableException"
        return NoKeyringError(cause) if is_gone else KeyringLockedError(cause)
    return KeyringFailedError(name)
