import threading
import traceback
from collections.abc import Callable

import pytest
from keyring import errors
from keyring.backend import KeyringBackend

from smsdesk.system import vault
from smsdesk.system.vault import (
    LONGEST_SECRET,
    SECRET_NAMES,
    KeyringFailedError,
    KeyringTimeoutError,
    KeyringVault,
    SecretTooLongError,
    SessionVault,
    Vault,
    VaultError,
)

SECRET = "correct-horse-battery-staple"


class DoubleKeyring(KeyringBackend):
    """Answers as a test wishes. The library sees it, but it is viable only in such a test."""

    priority = 1
    viable = False
    answer: Callable[[], str | None]
    calls: int

    def get_password(self, service: str, username: str) -> str | None:
        type(self).calls += 1
        return type(self).answer()

    def set_password(self, service: str, username: str, password: str) -> None:
        type(self).calls += 1
        type(self).answer()

    def delete_password(self, service: str, username: str) -> None:
        raise errors.PasswordDeleteError("the same word for two cases")


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> type[DoubleKeyring]:
    """The only keyring that is trusted in this test."""
    name = f"{DoubleKeyring.__module__}.{DoubleKeyring.__qualname__}"
    monkeypatch.setattr(vault, "TRUSTED_KEYRINGS", {name: "the double"})
    monkeypatch.setattr(DoubleKeyring, "viable", True)
    monkeypatch.setattr(DoubleKeyring, "answer", lambda: None, raising=False)
    monkeypatch.setattr(DoubleKeyring, "calls", 0, raising=False)
    return DoubleKeyring


def raises(error: Exception) -> Callable[[], str | None]:
    def answer() -> str | None:
        raise error

    return answer


def caused(error: Exception, cause: str) -> Exception:
    error.__cause__ = type(cause, (Exception,), {})(SECRET)
    return error


def end_of_calls() -> None:
    for call in threading.enumerate():
        if call.name == "keyring":
            call.join()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.KeyringLocked(SECRET), "keyring_locked"),
        (errors.NoKeyringError(SECRET), "no_keyring"),
        (caused(errors.InitError(SECRET), "PromptDismissedException"), "keyring_locked"),
        (caused(errors.InitError(SECRET), "SecretServiceNotAvailableException"), "no_keyring"),
        (errors.PasswordSetError(SECRET), "keyring_failed"),
        (OSError(1783, SECRET), "keyring_failed"),
        (TimeoutError(SECRET), "keyring_failed"),
        (UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET), "keyring_failed"),
    ],
)
def test_every_error_of_a_keyring_gets_our_name_and_loses_its_message(
    double: type[DoubleKeyring], error: Exception, code: str
) -> None:
    double.answer = raises(error)

    with pytest.raises(VaultError) as caught:
        KeyringVault("default").set("api_secret", SECRET)

    assert caught.value.code == code
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@pytest.mark.case("F79")
def test_a_keyring_that_hangs_is_given_up_and_not_asked_again_until_it_comes_back(
    double: type[DoubleKeyring],
) -> None:
    awake = threading.Event()
    double.answer = lambda: str(awake.wait())
    kept = KeyringVault("default", timeout_s=0.05)

    with pytest.raises(KeyringTimeoutError):
        kept.get("api_secret")
    with pytest.raises(KeyringTimeoutError):
        kept.get("api_secret")
    calls_while_hung = double.calls
    awake.set()
    end_of_calls()

    assert calls_while_hung == 1
    assert kept.get("api_secret") == "True"


def test_a_delete_that_was_refused_is_no_success(double: type[DoubleKeyring]) -> None:
    double.answer = lambda: SECRET

    with pytest.raises(KeyringFailedError):
        KeyringVault("default").delete("api_secret")


@pytest.mark.case("T3")
def test_the_keyring_is_chosen_once(
    double: type[DoubleKeyring], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = KeyringVault("default")
    kept.get("api_key")

    monkeypatch.setattr(DoubleKeyring, "viable", False)

    assert kept.describe() == "the double"


# PyGObject, where a system has it, is imported by an old way that Python warns of
@pytest.mark.filterwarnings("ignore::ImportWarning")
def test_every_trusted_keyring_is_a_class_of_the_library() -> None:
    for name in vault.TRUSTED_KEYRINGS:
        assert issubclass(vault._load_class(name), KeyringBackend)


@pytest.mark.case("T4")
@pytest.mark.parametrize(
    "value", ["x" * (LONGEST_SECRET + 1), "😀" * (LONGEST_SECRET // 2 + 1)]
)
def test_a_secret_too_long_for_windows_is_refused_before_it_is_stored(
    double: type[DoubleKeyring], value: str
) -> None:
    for kept in (KeyringVault("default"), SessionVault()):
        with pytest.raises(SecretTooLongError):
            kept.set("private_key_passphrase", value)

    assert double.calls == 0


def test_a_secret_of_the_greatest_length_is_kept(double: type[DoubleKeyring]) -> None:
    KeyringVault("default").set("private_key_passphrase", "x" * LONGEST_SECRET)

    assert double.calls == 1


def test_only_the_declared_names_are_secrets(double: type[DoubleKeyring]) -> None:
    for kept in (KeyringVault("default"), SessionVault()):
        for act in (kept.get, kept.delete, lambda name, kept=kept: kept.set(name, "key")):
            with pytest.raises(ValueError, match="private_key'"):
                act("private_key")


def test_a_session_vault_keeps_and_forgets() -> None:
    kept: Vault = SessionVault({"api_key": "abc"})

    kept.set("api_secret", SECRET)
    kept.delete("api_key")
    kept.delete("api_key")

    assert [kept.get(name) for name in SECRET_NAMES] == [None, None, None, None, SECRET, None]
    assert "memory" in kept.describe()


def test_no_vault_shows_its_values() -> None:
    kept = SessionVault({"api_secret": SECRET})

    assert SECRET not in repr(kept)
