"""What a person chooses as way in: checked as a whole, then stored, and the receiver switched on.

Nothing is opened or tried here.
"""

from __future__ import annotations

from smsdesk.desk.account import Account, AccountError, AccountForm
from smsdesk.desk.connecting import check_webhook_url
from smsdesk.desk.way_in_values import WayInChoice
from smsdesk.system.settings import PUBLIC_URL, RECEIVER, TUNNEL_COMMAND, WAY_IN, Settings
from smsdesk.system.tunnel import TunnelError, split_command
from smsdesk.vonage.errors import CredentialsError
from smsdesk.vonage.signature import SHORTEST_SECRET


def store_choice(choice: WayInChoice, *, account: Account, settings: Settings) -> None:
    """Check what a person chose, and store it. Slow: it may ask the keyring.

    Raises AccountError for the first thing that will not do; nothing is stored then.
    """
    public_url = choice.public_url.strip().rstrip("/")
    if choice.is_tunnel:
        _check_command(choice.command)
    elif not public_url:
        raise AccountError("public_url", "way_in_no_address")
    check_public_url(public_url, account)
    _check_signature_secret(choice.signature_secret, account)
    if choice.signature_secret:
        account.save(AccountForm(signature_secret=choice.signature_secret))
    try:
        if choice.is_tunnel:
            settings.set(TUNNEL_COMMAND, choice.command.strip())
        settings.set(PUBLIC_URL, public_url)
        settings.set(WAY_IN, "tunnel" if choice.is_tunnel else "address")
        settings.set(RECEIVER, True)
    except ValueError:
        field = "tunnel_command" if choice.is_tunnel else "public_url"
        raise AccountError(field, "way_in_too_long") from None
    except OSError:
        raise AccountError("settings", "not_saved") from None


def check_public_url(address: str, account: Account) -> None:
    """Whether Vonage could call it at all. Quick. Raises AccountError."""
    try:
        is_local = account.is_on_this_computer()
    except CredentialsError:
        is_local = False
    check_webhook_url(address, "public_url", is_local=is_local)


def _check_command(command: str) -> None:
    try:
        split_command(command, 0)
    except TunnelError as error:
        raise AccountError("tunnel_command", error.code) from None


def _check_signature_secret(typed: str | None, account: Account) -> None:
    if typed is None:
        if not account.load().has_signature_secret:
            raise AccountError("signature_secret", "signature_secret_empty")
    elif not typed.strip():
        raise AccountError("signature_secret", "signature_secret_empty")
    elif len(typed.strip().encode()) < SHORTEST_SECRET:
        raise AccountError("signature_secret", "signature_secret_short")
