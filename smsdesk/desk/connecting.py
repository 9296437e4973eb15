"""Connecting an account: what the first-run assistant, Settings and `configure` ask for.

Every credential is proved by a call that changes nothing and sends nothing. A form's fields that
are None are taken from what is stored, so one method serves typed and stored credentials alike.

All methods but those that say so are slow (they ask the network, the keyring, or make a key): a
window calls them from a worker. They raise AccountError; its field "network" is for whatever is
not the fault of a field.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from smsdesk.desk.account import Account, AccountError, AccountForm
from smsdesk.desk.answers import cause_of, cause_of_answer, lacks_messages
from smsdesk.desk.compose import Compose, SendResult
from smsdesk.sms.message import Draft
from smsdesk.sms.sender_rules import NumberFacts, write_number_facts
from smsdesk.system.i18n import _
from smsdesk.system.paths import is_sync_folder
from smsdesk.system.settings import OWN_NUMBERS, Settings
from smsdesk.vonage.account_client import AccountClient
from smsdesk.vonage.account_payloads import Application, OwnedNumber
from smsdesk.vonage.client import Client
from smsdesk.vonage.credentials import is_loopback
from smsdesk.vonage.errors import AnswerError, KeyFileError, TransportError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.hosts import REGIONS, region_of
from smsdesk.vonage.key_pair import make_key_pair, public_fingerprint

NOTABLE_SKEW_S = 30.0
TEST_REF = "test"


@dataclass(frozen=True, slots=True)
class Proof:
    """What became of a proof that an application's key is the right one."""

    application_id: str
    fingerprint: str
    bits: int
    is_signature_proved: bool
    """Vonage took a token signed with it, and refuses spoilt ones."""
    application_name: str | None
    """None when there are no account credentials to read the application with."""
    clock_skew_s: float
    """How far Vonage's clock is ahead of ours; 0 while it hardly matters."""
    has_credit: bool = True

    @property
    def is_compared(self) -> bool:
        """The application at Vonage holds the public half of the key, letter for letter."""
        return self.application_name is not None


@dataclass(frozen=True, slots=True)
class ApplicationChoice:
    """An application of the account, to be chosen."""

    id: str
    name: str
    has_messages: bool
    inbound_url: str
    status_url: str
    improve_ai: bool
    fingerprint: str | None
    """Of its public key, to be compared with a private one's; None without a usable key."""


@dataclass(frozen=True, slots=True)
class NumberChoice:
    """A number of the account, to be chosen as sender."""

    e164: str
    country: str
    kind: str
    can_sms: bool
    can_mms: bool
    can_voice: bool
    sms_reach: str
    """"" for everywhere, or what outbound SMS are limited to, such as "DOMESTIC"."""
    application_id: str
    """The application that it is linked to, "" for none."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A private key made here, and the public half that Vonage may know."""

    path: Path
    public_pem: str
    fingerprint: str
    is_in_sync_folder: bool
    """Other computers get copies of it: worth a warning."""


class Connecting:
    """One profile's way to an account."""

    def __init__(self, *, account: Account, compose: Compose, settings: Settings) -> None:
        self._account = account
        self._compose = compose
        self._settings = settings

    # Proving ------------------------------------------------------------------------

    def prove(self, form: AccountForm | None = None) -> Proof:
        """Prove that Vonage takes what the key signs, with a request that can send nothing.

        With account credentials the application itself is looked at too; then the cause of a
        refusal can be named. How and why: docs/decisions/0008.
        """
        form = form or AccountForm()
        signer = self._account.signer(form)
        compared = self.compare(form) if self.has_account(form) else None
        with closing(self._account.connect_with(form)) as client, _said():
            answer = _try_token(client)
            is_proved = answer.status == 402 or (
                answer.status == 422 and client.try_token(is_spoilt=True).status in (401, 403)
            )
            skew_s = client.tokens.skew_s
        return Proof(
            application_id=signer.application_id,
            fingerprint=signer.key.fingerprint,
            bits=signer.key.bits,
            is_signature_proved=is_proved,
            application_name=compared.application_name if compared else None,
            clock_skew_s=_notable(skew_s),
            has_credit=answer.status != 402,
        )

    def compare(self, form: AccountForm | None = None) -> Proof:
        """Compare the key with the one that the application has at Vonage; sign nothing.

        It needs the account's credentials.
        """
        form = form or AccountForm()
        signer = self._account.signer(form)
        with self._ask(form) as client:
            try:
                found = client.application(signer.application_id)
            except AnswerError as error:
                if error.answer.status == 404:
                    raise AccountError("application_id", "application_unknown") from None
                raise
            skew_s = client.skew_s or 0.0
        if public_fingerprint(found.public_key) != signer.key.fingerprint:
            raise AccountError("private_key_path", "other_applications_key")
        if not found.has_messages:
            raise AccountError("application_id", "no_capability")
        return Proof(
            application_id=signer.application_id,
            fingerprint=signer.key.fingerprint,
            bits=signer.key.bits,
            is_signature_proved=False,
            application_name=found.name,
            clock_skew_s=_notable(skew_s),
        )

    def check_account(self, form: AccountForm | None = None) -> tuple[Decimal, str]:
        """Prove API key and secret; hands out the balance and its currency."""
        with self._ask(form) as client:
            balance = client.balance()
        return balance.value, balance.currency

    def has_account(self, form: AccountForm | None = None) -> bool:
        """Whether there is an API key and a secret at all; asks only the keyring."""
        return self._account.can_open_account(form)

    # Applications -------------------------------------------------------------------

    def applications(self, form: AccountForm | None = None) -> list[ApplicationChoice]:
        """The account's applications, those that can send messages first."""
        with self._ask(form) as client:
            found = [_choice(application) for application in client.applications()]
        return sorted(found, key=lambda one: (not one.has_messages, one.name.casefold()))

    def application(
        self, application_id: str, form: AccountForm | None = None
    ) -> ApplicationChoice:
        """One application as it is at Vonage now."""
        with self._ask(form) as client:
            return _choice(client.application(application_id))

    def make_key(self, path: str, passphrase: str | None = None) -> MadeKey:
        """Make a key pair; the private half goes into a new file and nowhere else."""
        place = Path(path).expanduser().absolute()
        try:
            pair = make_key_pair(place, passphrase=passphrase or None)
        except KeyFileError as error:
            raise AccountError("private_key_path", error.code, error.path) from None
        return MadeKey(
            place, pair.public_pem, pair.fingerprint, is_sync_folder(place.parent.resolve())
        )

    def create_application(
        self,
        name: str,
        key: MadeKey,
        form: AccountForm | None = None,
        *,
        inbound_url: str = "",
        status_url: str = "",
    ) -> ApplicationChoice:
        """Make an application for messages that knows the key's public half.

        Vonage is told not to use its content for training.
        """
        if not name.strip():
            raise AccountError("application_name", "application_name_empty")
        with self._ask(form) as client:
            made = client.create_application(
                name=name.strip(),
                public_key=key.public_pem,
                inbound_url=self._webhook(inbound_url, "inbound_url", form),
                status_url=self._webhook(status_url, "status_url", form),
            )
        return _choice(made)

    def replace_public_key(
        self, application_id: str, public_pem: str, form: AccountForm | None = None
    ) -> ApplicationChoice:
        """Give an application another key; from then on the one before is refused."""
        with self._ask(form) as client:
            return _choice(client.replace_public_key(application_id, public_pem))

    # Numbers ------------------------------------------------------------------------

    def numbers(self, form: AccountForm | None = None) -> list[NumberChoice]:
        """The account's numbers, those that can send SMS first.

        What they can do is remembered for the warnings beside the compose pane.
        """
        with self._ask(form) as client:
            found = client.numbers()
        self._remember(found)
        choices = [_number_choice(number) for number in found]
        return sorted(choices, key=lambda one: (not one.can_sms, one.country, one.e164))

    def check_number(self, e164: str, form: AccountForm | None = None) -> NumberChoice:
        """A number as it is at Vonage now; it must be the account's."""
        with self._ask(form) as client:
            return _number_choice(_own(client, e164))

    def link_number(
        self, e164: str, application_id: str, form: AccountForm | None = None
    ) -> NumberChoice:
        """Link a number to an application and read it again; voice settings are kept.

        Does nothing where it is linked to that application already.
        """
        with self._ask(form) as client:
            number = _own(client, e164)
            if number.application_id != application_id:
                client.link_number(number, application_id)
                number = _own(client, e164)
        if number.application_id != application_id:
            raise AccountError("number", "number_not_linked")
        return _number_choice(number)

    # Webhooks -----------------------------------------------------------------------

    def write_webhooks(
        self,
        application_id: str,
        *,
        inbound_url: str,
        status_url: str,
        form: AccountForm | None = None,
    ) -> ApplicationChoice:
        """Write both addresses to the application, and read it again to see that they stay.

        Nothing else of it is altered. "" takes an address away.
        """
        inbound_url = self._webhook(inbound_url, "inbound_url", form)
        status_url = self._webhook(status_url, "status_url", form)
        with self._ask(form) as client:
            client.set_webhooks(application_id, inbound_url=inbound_url, status_url=status_url)
            found = client.application(application_id)
        if (found.inbound_url, found.status_url) != (inbound_url, status_url):
            raise AccountError("status_url", "webhooks_not_kept")
        return _choice(found)

    def check_webhooks(
        self, inbound_url: str | None, status_url: str | None, form: AccountForm | None = None
    ) -> None:
        """Whether Vonage could call these addresses at all. Quick."""
        self._webhook(inbound_url or "", "inbound_url", form)
        self._webhook(status_url or "", "status_url", form)

    # A test message -----------------------------------------------------------------

    def send_test(self, *, to: str, sender: str) -> SendResult:
        """Queue one message to the person's own phone; its row shows its state, live.

        It costs what a message costs. Quick, but it waits for the disk.
        """
        text = _("SMS Desk is connected. This is your test message.")
        return self._compose.send(Draft(sender, to, text, TEST_REF))

    def _webhook(self, text: str, field: str, form: AccountForm | None) -> str:
        is_local = self._account.is_on_this_computer(form)
        return check_webhook_url(text, field, is_local=is_local)

    def _remember(self, numbers: list[OwnedNumber]) -> None:
        facts = [
            NumberFacts(
                e164=f"+{number.msisdn}",
                can_send_sms=number.can_send_sms,
                is_domestic_only=_sms_reach(number) == "DOMESTIC",
            )
            for number in numbers
        ]
        try:
            self._settings.set(OWN_NUMBERS, [write_number_facts(fact) for fact in facts])
        except OSError:
            return  # only a warning less

    @contextmanager
    def _ask(self, form: AccountForm | None) -> Iterator[AccountClient]:
        with closing(self._account.open_account(form)) as client, _said():
            yield client


REGION_CODES = tuple(REGIONS)
"""The regions through which messages may be sent; "" leaves it to Vonage."""


def region_url(code: str) -> str:
    """The setting `API_URL` that chooses a region."""
    return REGIONS[code] if code else ""


def region_code(api_url: str) -> str | None:
    """The region that the setting chooses, or None for a host that is not Vonage's."""
    return region_of(api_url)


def check_webhook_url(text: str, field: str, *, is_local: bool = False) -> str:
    """An address that Vonage can call, or "". Raises AccountError.

    It is https, for what people write should not travel in the open, and on a host that the
    internet can reach. `is_local` is for a pretend Vonage on this computer, which may call it by
    http.
    """
    address = text.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise AccountError(field, "webhook_malformed") from None
    if not host or any(character.isspace() for character in address):
        raise AccountError(field, "webhook_malformed")
    if is_local and is_loopback(host) and parts.scheme in ("http", "https"):
        return address
    if parts.scheme != "https":
        raise AccountError(field, "webhook_not_https")
    if is_loopback(host):
        raise AccountError(field, "webhook_not_public")
    return address


def _notable(skew_s: float) -> float:
    return skew_s if abs(skew_s) > NOTABLE_SKEW_S else 0.0


def _try_token(client: Client) -> Answer:
    """The answer to a token that was taken. Raises AccountError, NotSent or NoAnswer."""
    answer = client.try_token()
    if answer.status == 401 and client.tokens.skew_s:
        # Our clock was to blame: now that Vonage's is known, the next token is made by it.
        client.tokens.renew()
        answer = client.try_token()
    if answer.status in (402, 422):
        return answer
    if lacks_messages(answer):
        raise AccountError("application_id", "no_capability")
    if answer.status == 401:
        raise AccountError("application_id", "token_refused")
    raise AccountError("network", cause_of_answer(answer))


@contextmanager
def _said() -> Iterator[None]:
    """What goes wrong between us and Vonage becomes an AccountError."""
    try:
        yield
    except AnswerError as error:
        if error.answer.status in (401, 403):
            raise AccountError("api_secret", "api_secret_refused") from None
        raise AccountError("network", cause_of(error)) from None
    except TransportError as error:
        raise AccountError("network", cause_of(error)) from None


def _choice(application: Application) -> ApplicationChoice:
    return ApplicationChoice(
        id=application.id,
        name=application.name,
        has_messages=application.has_messages,
        inbound_url=application.inbound_url,
        status_url=application.status_url,
        improve_ai=application.improve_ai,
        fingerprint=public_fingerprint(application.public_key),
    )


def _number_choice(number: OwnedNumber) -> NumberChoice:
    return NumberChoice(
        e164=f"+{number.msisdn}",
        country=number.country,
        kind=number.kind,
        can_sms=number.can_send_sms,
        can_mms="MMS" in number.features,
        can_voice="VOICE" in number.features,
        sms_reach=_sms_reach(number),
        application_id=number.application_id,
    )


def _sms_reach(number: OwnedNumber) -> str:
    return next(
        (
            limit.reach
            for limit in number.limitations
            if limit.feature == "SMS" and limit.direction == "OUTBOUND"
        ),
        "",
    )


def _own(client: AccountClient, e164: str) -> OwnedNumber:
    msisdn = e164.strip().removeprefix("+")
    for number in client.numbers():
        if number.msisdn == msisdn:
            return number
    raise AccountError("number", "number_unknown")
