"""The account: where its secrets are kept is introduced to what uses them.

The vault keeps, `vonage` uses, and neither knows the other. Every method that touches the vault
may take seconds (a keyring may ask the person), so a window calls them from a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.desk.account_form import check_form, load_key
from smsdesk.desk.account_values import AccountError, AccountForm, KeyFacts, StoredAccount
from smsdesk.sms.state import HeldReason
from smsdesk.system.clock import Clock
from smsdesk.system.proxy import system_proxy
from smsdesk.system.settings import (
    API_URL,
    BALANCE_WARNING,
    DEFAULT_REGION,
    PROXY,
    PROXY_MODE,
    SENDER,
    Settings,
)
from smsdesk.system.vault import Vault, VaultError
from smsdesk.vonage.account_client import AccountClient, open_account_client
from smsdesk.vonage.auth import SigningKey, close_to_others, load_private_key
from smsdesk.vonage.client import Client, open_client
from smsdesk.vonage.credentials import (
    AccountCredentials,
    ApplicationCredentials,
    Secret,
    is_loopback,
    parse_api_url,
    parse_proxy,
)
from smsdesk.vonage.errors import CredentialsError, KeyFileError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.hosts import API_ORIGIN, OWN_ORIGINS
from smsdesk.vonage.media import MediaFetch
from smsdesk.vonage.reach import post_probe
from smsdesk.vonage.signature import WebhookKeys

__all__ = ["Account", "AccountError", "AccountForm", "KeyFacts", "Signer", "StoredAccount"]

_KEY_COMES_BACK = frozenset(
    {"missing", "unreadable", "needs_passphrase", "wrong_passphrase", "open_to_others"}
)
"""Troubles of the key file that waiting or a person cures without new credentials."""


@dataclass(frozen=True, slots=True)
class Signer:
    """An application and its key, of which the one is said to fit the other."""

    application_id: str
    key: SigningKey


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
        key = load_key(path, passphrase)
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
        checked = self.check(form)
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

    def check(self, form: AccountForm) -> AccountForm:
        """The form as it would be stored. Raises AccountError."""
        return check_form(
            form,
            region=self._settings.get(DEFAULT_REGION) or None,
            stored_passphrase=lambda: self._get("private_key_passphrase"),
        )

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
            return self._open_client(application, key, account, self._stored_url())
        except CredentialsError as error:
            raise NotConnectableError(HeldReason.CONFIG, error.code) from None

    def signer(self, form: AccountForm) -> Signer:
        """The application and key of a form; what it leaves out is taken from what is stored.

        Raises AccountError.
        """
        checked = self.check(form)
        application_id = self._typed_or_stored("application_id", checked.application_id)
        path = self._typed_or_stored("private_key_path", checked.private_key_path)
        if not application_id:
            raise AccountError("application_id", "application_id_empty")
        if not path:
            raise AccountError("private_key_path", "private_key_empty")
        return Signer(application_id, load_key(path, self._passphrase(checked)))

    def connect_with(self, form: AccountForm) -> Client:
        """A client for the application of a form, stored or not. Raises AccountError."""
        signer = self.signer(form)
        application = ApplicationCredentials(signer.application_id, Path())
        try:
            return self._open_client(application, signer.key, None, self._url_of(form))
        except CredentialsError as error:
            raise AccountError("network", error.code) from None

    def open_account(self, form: AccountForm | None = None) -> AccountClient:
        """A client for the account of a form, or for the stored one. Raises AccountError."""
        checked = self.check(form or AccountForm())
        api_key = self._typed_or_stored("api_key", checked.api_key)
        api_secret = self._typed_or_stored("api_secret", checked.api_secret)
        if not api_key:
            raise AccountError("api_key", "api_key_empty")
        if not api_secret:
            raise AccountError("api_secret", "api_secret_empty")
        self._hide(api_secret)
        try:
            url = self._url_of(checked)
            return open_account_client(
                AccountCredentials(api_key, Secret(api_secret)),
                api_url=url,
                proxy=self._proxy(url),
                now=self._clock.epoch,
            )
        except CredentialsError as error:
            raise AccountError("network", error.code) from None

    def webhook_keys(self) -> WebhookKeys | None:
        """What webhooks are judged by; None while no signature secret is stored.

        Raises AccountError("vault", …).
        """
        secret = self._secret("signature_secret")
        if secret is None:
            return None
        return WebhookKeys(self._get("api_key"), self._get("application_id"), secret)

    def can_open_account(self, form: AccountForm | None = None) -> bool:
        """Whether there is an API key and a secret, typed or stored. Raises AccountError."""
        form = form or AccountForm()
        return bool(
            self._typed_or_stored("api_key", form.api_key)
            and self._typed_or_stored("api_secret", form.api_secret)
        )

    def post_probe(self, url: str, body: bytes) -> Answer:
        """Post to a public address of our own, by the proxy of all other calls.

        Raises AccountError, NotSent or NoAnswer.
        """
        try:
            return post_probe(url, body, proxy=self._proxy(url))
        except CredentialsError as error:
            raise AccountError("network", error.code) from None

    def own_origin(self) -> str:
        """The host that stands for all of Vonage's, as a simulator does; "" for Vonage's own.
        Quick."""
        try:
            url = self._stored_url()
        except CredentialsError:
            return ""
        return "" if url in OWN_ORIGINS else url

    def fetch_media(self, url: str, kind: str) -> MediaFetch:
        """What somebody has sent, by the proxy of all other calls, and with a token for Vonage's
        hosts where one can be made. Nothing is asked of the network yet."""
        tokens = None
        with suppress(NotConnectableError), closing(self.connect()) as client:
            tokens = client.tokens
        return MediaFetch(
            url, kind, own_origin=self.own_origin(), tokens=tokens, proxy_of=self._proxy
        )

    def is_on_this_computer(self, form: AccountForm | None = None) -> bool:
        """Whether Vonage is a pretended one here, as in the demo and in tests. Quick."""
        return is_loopback(urlsplit(self._url_of(form or AccountForm())).hostname or "")

    @property
    def balance_warning(self) -> float:
        """Below this balance the person wants to be told."""
        return self._settings.get(BALANCE_WARNING)

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

    def _open_client(
        self,
        application: ApplicationCredentials,
        key: SigningKey,
        account: AccountCredentials | None,
        api_url: str,
    ) -> Client:
        return open_client(
            application=application,
            key=key,
            account=account,
            api_url=api_url,
            proxy=self._proxy(api_url),
            now=self._clock.epoch,
        )

    def _proxy(self, api_url: str) -> str | None:
        mode = self._settings.get(PROXY_MODE)
        if mode == "none":
            return None
        is_system = mode == "system"
        named = system_proxy(api_url or API_ORIGIN) if is_system else self._settings.get(PROXY)
        return parse_proxy(named) or None

    def _stored_url(self) -> str:
        return self._api_url or parse_api_url(self._settings.get(API_URL))

    def _url_of(self, form: AccountForm) -> str:
        """The address of a form that was checked, or the stored one."""
        return self._api_url or (self._stored_url() if form.api_url is None else form.api_url)

    def _passphrase(self, form: AccountForm) -> str | None:
        return self._typed_or_stored("private_key_passphrase", form.passphrase) or None

    def _typed_or_stored(self, name: str, typed: str | None) -> str:
        return self._get(name) if typed is None else typed

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


def _secrets_of(form: AccountForm) -> list[tuple[str, str | None]]:
    return [
        ("application_id", form.application_id),
        ("private_key_path", form.private_key_path),
        ("private_key_passphrase", form.passphrase),
        ("api_key", form.api_key),
        ("api_secret", form.api_secret),
        ("signature_secret", form.signature_secret),
    ]
