"""What a person types for the account, and what is wrong with it before anything is stored.

Nothing is asked of the network or the keyring here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smsdesk.desk.account_values import AccountError, AccountForm
from smsdesk.sms.phone import regions
from smsdesk.sms.sender_id import SenderIdError, parse_sender_id
from smsdesk.vonage import credentials
from smsdesk.vonage.auth import SigningKey, load_private_key
from smsdesk.vonage.errors import CredentialsError, KeyFileError


def check_form(
    form: AccountForm, *, region: str | None, stored_passphrase: Callable[[], str]
) -> AccountForm:
    """The form as it is to be stored. Raises AccountError for the first thing that will not do.

    `region` is the country of a sender that is typed without one.
    """
    default_region = _check_region(form.default_region)
    return AccountForm(
        application_id=_parsed(
            "application_id", form.application_id, credentials.parse_application_id
        ),
        private_key_path=_check_key_path(form, stored_passphrase),
        passphrase=form.passphrase,
        api_key=_parsed("api_key", form.api_key, credentials.parse_api_key),
        api_secret=_check_secret("api_secret", form.api_secret),
        signature_secret=_check_secret("signature_secret", form.signature_secret),
        sender=check_sender(form.sender, default_region or region),
        api_url=_parsed("api_url", form.api_url, credentials.parse_api_url),
        default_region=default_region,
    )


def check_proxy(text: str) -> None:
    """Whether that can be the address of a proxy; "" is none. Raises AccountError."""
    _parsed("proxy", text, credentials.parse_proxy)


def check_sender(sender: str | None, region: str | None) -> str | None:
    """A sender ID as it is stored; `region` is the country of a number that is typed without
    one. Raises AccountError."""
    if not sender or not sender.strip():
        return sender
    try:
        return parse_sender_id(sender, default_region=region).value
    except SenderIdError as error:
        raise AccountError("sender", f"sender_{error.problem}") from None


def load_key(path: str, passphrase: str | None) -> SigningKey:
    """The key in a file. Raises AccountError."""
    try:
        return load_private_key(Path(path).expanduser(), passphrase=passphrase or None)
    except KeyFileError as error:
        field = "passphrase" if "passphrase" in error.code else "private_key_path"
        raise AccountError(field, error.code, error.path) from None


def _check_key_path(form: AccountForm, stored_passphrase: Callable[[], str]) -> str | None:
    if not form.private_key_path:
        return form.private_key_path
    passphrase = stored_passphrase() if form.passphrase is None else form.passphrase
    load_key(form.private_key_path, passphrase)
    return str(Path(form.private_key_path).expanduser().absolute())


def _check_region(region: str | None) -> str | None:
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
