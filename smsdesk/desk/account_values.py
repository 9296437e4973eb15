"""What is said of an account: what is wrong with it, what is to be stored, what is stored.

Plain values without a door behind them, so that the window knows them from the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
class KeyFacts:
    """What a private key file turned out to be."""

    fingerprint: str
    bits: int
    is_encrypted: bool


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
