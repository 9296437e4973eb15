"""The names and secrets that open Vonage's doors, as values that never print themselves.

Where secrets are kept is not known here, nor how they are used on the wire.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from smsdesk.vonage.errors import CredentialsError

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_API_KEY = re.compile(r"[A-Za-z0-9]{1,64}")
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class ApplicationCredentials:
    """What sends messages: an application and where its private key lies."""

    application_id: str
    private_key_path: Path
    passphrase: Secret | None = None


@dataclass(frozen=True, slots=True)
class AccountCredentials:
    """What reads reports and the balance: the account's key and secret."""

    api_key: str
    api_secret: Secret


def parse_application_id(text: str) -> str:
    """The application's UUID in lower case. Raises CredentialsError."""
    stripped = text.strip().lower()
    if not stripped:
        raise CredentialsError("application_id_empty")
    if not _UUID.fullmatch(stripped):
        raise CredentialsError("application_id_malformed")
    return stripped


def parse_api_key(text: str) -> str:
    """The account's API key: letters and digits, usually eight. Raises CredentialsError."""
    stripped = text.strip()
    if not stripped:
        raise CredentialsError("api_key_empty")
    if not _API_KEY.fullmatch(stripped):
        raise CredentialsError("api_key_malformed")
    return stripped


def parse_api_url(text: str) -> str:
    """The origin to talk to instead of Vonage's own, or "" for Vonage's own.

    Plain http is for a server on this computer only. Raises CredentialsError.
    """
    if not text.strip():
        return ""
    parts = _split(text, code="api_url_malformed")
    if parts.username is not None or parts.password is not None:
        raise CredentialsError("api_url_with_password")
    if parts.scheme not in ("http", "https"):
        raise CredentialsError("api_url_scheme")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise CredentialsError("api_url_not_https")
    return f"{parts.scheme}://{_place(parts)}"


def parse_proxy(text: str) -> str:
    """A proxy's address, with its user and password if any, or "" for none.

    Raises CredentialsError.
    """
    if not text.strip():
        return ""
    parts = _split(text if "://" in text else f"http://{text.strip()}", code="proxy_malformed")
    if parts.scheme not in ("http", "https"):
        raise CredentialsError("proxy_scheme")
    user, at, _ = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user}{at}{_place(parts)}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(text: str, *, code: str) -> SplitResult:
    """The parts of an address that has a host and nothing after it."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise CredentialsError(code) from None
    has_tail = parts.path not in ("", "/") or parts.query or parts.fragment
    if port == 0 or has_tail or not _HOST.fullmatch(parts.hostname or ""):
        raise CredentialsError(code)
    return parts


def _place(parts: SplitResult) -> str:
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port}" if parts.port else shown
