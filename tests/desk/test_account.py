"""The account: checked field by field, kept in the vault, and nothing of it told to anybody."""

from dataclasses import replace
from pathlib import Path

import pytest

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.desk.account import AccountError, AccountForm
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.sms.state import HeldReason
from smsdesk.system.settings import (
    API_URL,
    DEFAULT_REGION,
    PROXY,
    PROXY_MODE,
    SENDER,
    Settings,
)
from smsdesk.system.vault import KeyringLockedError, NoKeyringError, VaultError
from tests.desk.office import Office
from tests.support import hear
from tests.vonage import keys

APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return write_key(tmp_path / "private.key", keys.pkcs8())


def write_key(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


@pytest.fixture
def form(key_file: Path) -> AccountForm:
    return AccountForm(
        application_id=f" {APPLICATION_ID.upper()}\n",
        private_key_path=str(key_file),
        api_key="abcd1234",
        api_secret=" s3cret\n",
        signature_secret="hmac",
        sender="SMSDesk",
        api_url="http://127.0.0.1:9999/",
        default_region="gb",
    )


def error_of(desk: Desk, form: AccountForm) -> tuple[str, str]:
    with pytest.raises(AccountError) as caught:
        desk.account.save(form)
    return caught.value.field, caught.value.code


def test_what_is_saved_is_loaded_without_its_secrets(
    desk: Desk, form: AccountForm, key_file: Path
) -> None:
    desk.account.save(form)
    stored = desk.account.load()

    assert stored.application_id == APPLICATION_ID
    assert stored.private_key_path == str(key_file)
    assert (stored.api_key, stored.sender) == ("abcd1234", "SMSDesk")
    assert (stored.api_url, stored.default_region) == ("http://127.0.0.1:9999", "GB")
    assert (stored.has_api_secret, stored.has_signature_secret) == (True, True)
    assert (stored.has_passphrase, stored.is_configured) == (False, True)
    assert "s3cret" not in repr(stored)


def test_a_secret_is_kept_without_the_blanks_around_it(
    office: Office, desk: Desk, form: AccountForm
) -> None:
    desk.account.save(form)

    assert office.vault.get("api_secret") == "s3cret"


def test_none_leaves_a_value_and_an_empty_text_removes_it(
    office: Office, desk: Desk, form: AccountForm
) -> None:
    desk.account.save(form)
    desk.account.save(AccountForm(api_secret="", sender="Other"))

    assert office.vault.get("api_secret") is None
    assert office.vault.get("api_key") == "abcd1234"
    assert desk.account.load().sender == "Other"


def test_a_form_and_its_errors_show_no_secret(desk: Desk, form: AccountForm) -> None:
    with pytest.raises(AccountError) as caught:
        desk.account.save(replace(form, api_secret="s3cret with blanks"))

    assert "s3cret" not in repr(form) + repr(caught.value) + str(caught.value)
    assert caught.value.__context__ is None or "s3cret" not in str(caught.value.__context__)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("application_id", "not an id", "application_id_malformed"),
        ("application_id", "  ", "application_id_empty"),
        ("api_key", "with blank", "api_key_malformed"),
        ("api_key", " ", "api_key_empty"),
        ("api_secret", "two words", "api_secret_malformed"),
        ("api_secret", "  ", "api_secret_malformed"),
        ("signature_secret", "two words", "signature_secret_malformed"),
        ("sender", "FarTooLongAName", "sender_too_long"),
        ("sender", "Ünïcode", "sender_bad_characters"),
        ("sender", "+44 12", "sender_bad_number"),
        ("api_url", "http://api.example", "api_url_not_https"),
        ("api_url", "https://user:word@api.example", "api_url_with_password"),
        ("api_url", "ftp://api.example", "api_url_scheme"),
        ("api_url", "https://", "api_url_malformed"),
        ("default_region", "XX", "region_unknown"),
        ("private_key_path", "/no/such/file", "missing"),
    ],
)
def test_one_wrong_field_is_named_and_nothing_at_all_is_stored(
    office: Office, desk: Desk, form: AccountForm, field: str, value: str, code: str
) -> None:
    changes = hear(desk.changes)

    assert error_of(desk, replace(form, **{field: value})) == (field, code)
    assert office.vault.get("application_id") is None
    assert (desk.settings.get(SENDER), desk.settings.get(API_URL)) == ("", "")
    assert desk.settings.get(DEFAULT_REGION) == ""
    assert changes == []


def test_saving_is_told_to_services_and_listeners(desk: Desk, form: AccountForm) -> None:
    changes = hear(desk.changes)
    desk.account.save(form)

    assert changes == [Change(ChangeKind.ACCOUNT)]


def test_settings_that_cannot_be_written_are_said(
    desk: Desk, form: AccountForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Settings, "set", fail)

    assert error_of(desk, form) == ("settings", "not_saved")


# The key file


def test_a_key_file_is_looked_at_before_it_is_stored(desk: Desk, key_file: Path) -> None:
    facts = desk.account.check_key(str(key_file))

    assert (facts.bits, facts.is_encrypted) == (2048, False)
    assert facts.fingerprint


@pytest.mark.case("F78")
def test_a_key_with_a_passphrase_asks_for_it(
    desk: Desk, form: AccountForm, tmp_path: Path
) -> None:
    locked = write_key(tmp_path / "locked.key", keys.pkcs8(is_locked=True))
    form = replace(form, private_key_path=str(locked))

    assert error_of(desk, form) == ("passphrase", "needs_passphrase")
    assert error_of(desk, replace(form, passphrase="no")) == ("passphrase", "wrong_passphrase")
    desk.account.save(replace(form, passphrase=keys.PASSPHRASE))
    assert desk.account.check_stored_key().is_encrypted
    assert desk.account.load().has_passphrase
    desk.account.connect().close()


@pytest.mark.case("F77")
def test_a_key_that_others_can_read_is_refused_and_can_be_repaired(
    desk: Desk, form: AccountForm, key_file: Path
) -> None:
    key_file.chmod(0o644)
    assert error_of(desk, form) == ("private_key_path", "open_to_others")
    desk.account.repair_key(str(key_file))
    desk.account.save(form)

    assert key_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(AccountError):
        desk.account.repair_key("/no/such/file")


# Connecting


def hold_of(desk: Desk) -> tuple[HeldReason, str]:
    with pytest.raises(NotConnectableError) as caught:
        desk.account.connect()
    return caught.value.hold, caught.value.cause


def test_without_an_account_messages_wait_for_the_set_up(desk: Desk) -> None:
    assert hold_of(desk) == (HeldReason.CONFIG, "not_configured")
    assert desk.account.problem() == "not_configured"


def test_with_an_account_there_is_a_client(desk: Desk, form: AccountForm) -> None:
    desk.account.save(form)
    client = desk.account.connect()

    assert client.can_ask_reports
    client.close()
    assert desk.account.problem() is None


def test_a_proxy_that_cannot_be_one_is_named(desk: Desk, form: AccountForm) -> None:
    desk.account.save(form)
    desk.settings.set(PROXY, "socks5://127.0.0.1:1080")

    assert hold_of(desk) == (HeldReason.CONFIG, "proxy_scheme")
    desk.settings.set(PROXY, "proxy.example:3128")
    desk.account.connect().close()


def test_without_a_secret_it_can_send_but_not_ask(desk: Desk, form: AccountForm) -> None:
    desk.account.save(replace(form, api_secret=None))
    client = desk.account.connect()

    assert not client.can_ask_reports
    client.close()


@pytest.mark.case("F76", "F81")
@pytest.mark.parametrize(
    ("content", "hold", "cause"),
    [
        (None, HeldReason.KEY_LOCKED, "key_missing"),
        (b"nonsense", HeldReason.CONFIG, "key_not_pem"),
        (keys.pkcs8(is_locked=True), HeldReason.KEY_LOCKED, "key_needs_passphrase"),
    ],
)
def test_a_key_that_changed_on_disk_is_named(
    desk: Desk,
    form: AccountForm,
    key_file: Path,
    content: bytes | None,
    hold: HeldReason,
    cause: str,
) -> None:
    """F76, F81: the file is read anew for each client."""
    desk.account.save(form)
    key_file.unlink()
    if content is not None:
        write_key(key_file, content)

    assert hold_of(desk) == (hold, cause)


@pytest.mark.parametrize("error", [KeyringLockedError(), NoKeyringError()])
def test_a_vault_that_does_not_open_is_named(
    office: Office, desk: Desk, monkeypatch: pytest.MonkeyPatch, error: VaultError
) -> None:
    def fail(_name: str) -> str:
        raise error

    monkeypatch.setattr(office.vault, "get", fail)

    assert hold_of(desk) == (HeldReason.KEY_LOCKED, error.code)
    with pytest.raises(AccountError, match=f"vault: {error.code}"):
        desk.account.load()


def test_a_vault_that_does_not_take_is_named(
    office: Office, desk: Desk, form: AccountForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_name: str, _value: str) -> None:
        raise KeyringLockedError

    monkeypatch.setattr(office.vault, "set", fail)

    assert error_of(desk, form) == ("vault", "keyring_locked")
    assert desk.settings.get(SENDER) == ""


@pytest.mark.parametrize(
    ("mode", "named", "used"),
    [
        ("none", "http://named.example:1", None),
        ("manual", "http://named.example:1", "http://named.example:1"),
        ("manual", "", None),
        ("system", "http://named.example:1", "http://system.example:2"),
    ],
)
def test_the_environments_proxy_is_used_only_where_a_person_chose_so(
    desk: Desk,
    form: AccountForm,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    named: str,
    used: str | None,
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("https_proxy", "http://system.example:2")
    desk.settings.set(PROXY_MODE, mode)
    desk.settings.set(PROXY, named)
    desk.account.save(replace(form, api_url=""))
    client = desk.account.connect()

    assert client._transport._proxy == (used or "")
    client.close()


def test_a_region_takes_messages_alone(desk: Desk, form: AccountForm) -> None:
    desk.account.save(replace(form, api_url="https://api-eu.nexmo.com"))
    client = desk.account.connect()

    assert client._transport.origin == "https://api-eu.nexmo.com"
    assert client._reports_transport.origin == "https://api.nexmo.com"
    client.close()
