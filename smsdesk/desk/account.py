"""The account: where its secrets are kept is introduced to what uses them.

The vault keeps, `vonage` uses, and neither knows the other. Every method that touches the vault
may take seconds (a keyring may ask the person), so a window calls them from a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.sms.phone import regions
from smsdesk.sms.sender_id import SenderIdError, parse_sender_id
from smsdesk.sms.state import HeldReason
from smsdesk.system.clock import Clock
from smsdesk.system.settings import API_URL, DEFAULT_REGION, PROXY, SENDER, Settings
from smsdesk.system.vault import Vault, VaultError
from smsdesk.vonage import credentials
from smsdesk.vonage.auth import close_to_others, load_private_key
from smsdesk.vonage.client import Client, open_client
from smsdesk.vonage.credentials import (
    AccountCredentials,
    ApplicationCredentials,
    Secret,
    parse_api_url,
    parse_proxy,
)
from smsdesk.vonage.errors import CredentialsError, KeyFileError

_KEY_COMES_BACK = frozenset(
    {"missing", "unreadable", "needs_passphrase", "wrong_passphrase", "open_to_others"}
)
"""Troubles of the key file that waiting or a person cures without new credentials."""


class AccountError(Exception):
    """Something typed or chosen for the account will not do; nothing was stored.

    `field` is the field of AccountForm it is about, or "vault" or "settings" for the place
    itself; `code` is for wording.
    """

    def __init__(self, field: str, code: str, path: Path | None = None) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What a person wants stored. None leaves a value as it is, "" removes it."""

    application_id: str | None = None
    private_key_path: str | None = None
    passphrase: str | None = None
    api_key: str | None = None
    api_secret: str | None = None
    signature_secret: str | None = None
    sender: str | None = None
    api_url: str | None = None
    default_region: str | None = None

    def __repr__(self) -> str:
        return "AccountForm(hidden)"


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """What is stored, without the secrets themselves."""

    application_id: str
    private_key_path: str
    api_key: str
    has_passphrase: bool
    has_api_secret: bool
    has_signature_secret: bool
    sender: str
    api_url: str
    default_region: str
    keyring: str
    """The keyring's own name, for people."""

    @property
    def is_configured(self) -> bool:
        """Enough is stored to send."""
        return bool(self.application_id and self.private_key_path)


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a private key file turned out to be."""

    fingerprint: str
    bits: int
    is_encrypted: bool


class Account:
    """What the Settings dialog, `configure`, `doctor` and the sender ask for.

    `api_url` replaces the setting, for the demo; `hide` is told each secret that is read, so
    that no log shows it; `on_saved` is called after new credentials are in place.
    """

    def __init__(
        self,
        *,
        vault: Vault,
        settings: Settings,
        clock: Clock,
        api_url: str | None,
        hide: Callable[[str], None],
        on_saved: Callable[[], None],
    ) -> None:
        self._vault = vault
        self._settings = settings
        self._clock = clock
        self._api_url = api_url
        self._hide = hide
        self._on_saved = on_saved

    def load(self) -> StoredAccount:
        """What is stored. Raises AccountError("vault", …)."""
        return StoredAccount(
            application_id=self._get("application_id"),
            private_key_path=self._get("private_key_path"),
            api_key=self._get("api_key"),
            has_passphrase=bool(self._get("private_key_passphrase")),
            has_api_secret=bool(self._get("api_secret")),
            has_signature_secret=bool(self._get("signature_secret")),
            sender=self._settings.get(SENDER),
            api_url=self._settings.get(API_URL),
            default_region=self._settings.get(DEFAULT_REGION),
            keyring=self._vault.describe(),
        )

    def check_key(self, path: str, passphrase: str | None = None) -> KeyFacts:
        """Look at a key file before it is stored. Raises AccountError."""
        try:
            key = load_private_key(Path(path).expanduser(), passphrase=passphrase or None)
        except KeyFileError as error:
            field = "passphrase" if "passphrase" in error.code else "private_key_path"
            raise AccountError(field, error.code, error.path) from None
        return KeyFacts(key.fingerprint, key.bits, key.is_encrypted)

    def check_stored_key(self) -> KeyFacts:
        """Look at the key file that is stored, with its passphrase. Raises AccountError."""
        passphrase = self._secret("private_key_passphrase")
        path = self._get("private_key_path")
        return self.check_key(path, passphrase.reveal() if passphrase else None)

    def repair_key(self, path: str) -> None:
        """Take the rights of all others from a key file. Raises AccountError."""
        try:
            close_to_others(Path(path).expanduser())
        except KeyFileError as error:
            raise AccountError("private_key_path", error.code, error.path) from None

    def save(self, form: AccountForm) -> None:
        """Check everything, and only then store it.

        Raises AccountError for the first thing that will not do; nothing is stored then,
        unless it is the keyring or the settings file that fails half-way.
        """
        checked = self._check(form)
        try:
            for name, value in _secrets_of(checked):
                if value is None:
                    continue
                if value:
                    self._vault.set(name, value)
                else:
                    self._vault.delete(name)
        except VaultError as error:
            raise AccountError("vault", error.code) from None
        try:
            for setting, value in (
                (SENDER, checked.sender),
                (API_URL, checked.api_url),
                (DEFAULT_REGION, checked.default_region),
            ):
                if value is not None:
                    self._settings.set(setting, value)
        except OSError:
            raise AccountError("settings", "not_saved") from None
        finally:
            self._on_saved()

    def connect(self) -> Client:
        """A client with the credentials of this moment.

        Raises NotConnectableError, with the reason for which messages are to wait.
        """
        try:
            stored = self._stored_credentials()
        except AccountError as error:
            raise NotConnectableError(HeldReason.KEY_LOCKED, error.code) from None
        if stored is None:
            raise NotConnectableError(HeldReason.CONFIG, "not_configured")
        application, account = stored
        passphrase = application.passphrase
        try:
            key = load_private_key(
                application.private_key_path,
                passphrase=passphrase.reveal() if passphrase else None,
            )
        except KeyFileError as error:
            comes_back = error.code in _KEY_COMES_BACK
            hold = HeldReason.KEY_LOCKED if comes_back else HeldReason.CONFIG
            raise NotConnectableError(hold, f"key_{error.code}") from None
        try:
            return open_client(
                application=application,
                key=key,
                account=account,
                api_url=self._api_url or parse_api_url(self._settings.get(API_URL)),
                proxy=parse_proxy(self._settings.get(PROXY)) or None,
                now=self._clock.epoch,
            )
        except CredentialsError as error:
            raise NotConnectableError(HeldReason.CONFIG, error.code) from None

    def problem(self) -> str | None:
        """What would keep messages waiting now, as a cause for wording; None when all is well.

        Nothing is asked of the network.
        """
        try:
            self.connect().close()
        except NotConnectableError as error:
            return error.cause
        return None

    def _stored_credentials(
        self,
    ) -> tuple[ApplicationCredentials, AccountCredentials | None] | None:
        application_id = self._get("application_id")
        key_path = self._get("private_key_path")
        if not application_id or not key_path:
            return None
        application = ApplicationCredentials(
            application_id, Path(key_path), self._secret("private_key_passphrase")
        )
        api_key, api_secret = self._get("api_key"), self._secret("api_secret")
        if not api_key or api_secret is None:
            return application, None
        return application, AccountCredentials(api_key, api_secret)

    def _secret(self, name: str) -> Secret | None:
        value = self._get(name)
        if not value:
            return None
        self._hide(value)
        return Secret(value)

    def _get(self, name: str) -> str:
        try:
            return self._vault.get(name) or ""
        except VaultError as error:
            raise AccountError("vault", error.code) from None

    def _check(self, form: AccountForm) -> AccountForm:
        region = self._check_region(form.default_region)
        return AccountForm(
            application_id=_parsed(
                "application_id", form.application_id, credentials.parse_application_id
            ),
            private_key_path=self._check_key_path(form),
            passphrase=form.passphrase,
            api_key=_parsed("api_key", form.api_key, credentials.parse_api_key),
            api_secret=_check_secret("api_secret", form.api_secret),
            signature_secret=_check_secret("signature_secret", form.signature_secret),
            sender=self._check_sender(form.sender, region),
            api_url=_parsed("api_url", form.api_url, parse_api_url),
            default_region=region,
        )

    def _check_key_path(self, form: AccountForm) -> str | None:
        if not form.private_key_path:
            return form.private_key_path
        passphrase = form.passphrase
        if passphrase is None:
            passphrase = self._get("private_key_passphrase")
        self.check_key(form.private_key_path, passphrase)
        return str(Path(form.private_key_path).expanduser().absolute())

    def _check_sender(self, sender: str | None, region: str | None) -> str | None:
        if not sender or not sender.strip():
            return sender
        region = region or self._settings.get(DEFAULT_REGION) or None
        try:
            return parse_sender_id(sender, default_region=region).value
        except SenderIdError as error:
            raise AccountError("sender", f"sender_{error.problem}") from None

    def _check_region(self, region: str | None) -> str | None:
        if not region:
            return region
        if region.upper() not in regions():
            raise AccountError("default_region", "region_unknown")
        return region.upper()


def _parsed(field: str, text: str | None, parse: Callable[[str], str]) -> str | None:
    if not text:
        return text
    try:
        return parse(text)
    except CredentialsError as error:
        raise AccountError(field, error.code) from None


def _check_secret(field: str, text: str | None) -> str | None:
    """A secret pasted with a blank or a line break at its end is the commonest mistake."""
    if not text:
        return text
    stripped = text.strip()
    if not stripped or any(character.isspace() for character in stripped):
        raise AccountError(field, f"{field}_malformed")
    return stripped


def _secrets_of(form: AccountForm) -> list[tuple[str, str | None]]:
    return [
        ("application_id", form.application_id),
        ("private_key_path", form.private_key_path),
        ("private_key_passphrase", form.passphrase),
        ("api_key", form.api_key),
        ("api_secret", form.api_secret),
        ("signature_secret", form.signature_secret),
    ]
