"""What the receiver is to do, and what it is doing, as values for whoever sets or shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """What a person has chosen."""

    is_on: bool
    port: int
    """On this computer; 0 takes any that is free."""
    public_host: str = ""
    """The name under which Vonage calls us, besides those of this computer."""


class ReceiverPhase(StrEnum):
    """The receiver's state in one word."""

    OFF = "off"
    LISTENING = "listening"
    NO_SECRET = "no_secret"
    """No signature secret is stored, or the keyring does not give it: see `cause`. Whatever
    comes is asked to come again."""
    SECRET_SHORT = "secret_short"
    """The signature secret is too short to be relied on. Likewise."""
    PORT_TAKEN = "port_taken"
    """Another program has the port; it is tried again every few seconds."""
    FAILED = "failed"
    """The port cannot be opened for another reason; likewise."""


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """One moment of the receiver."""

    phase: ReceiverPhase = ReceiverPhase.OFF
    port: int = 0
    """The one that is listened on, or was to be."""
    status_path: str = ""
    inbound_path: str = ""
    """Both with their secret part; empty unless listening."""
    cause: str = ""
    """A code: why there is no secret, or what failed."""
    last_at: datetime | None = None
    """When the last genuine webhook was stored."""
    accepted: int = 0
    refused: int = 0
    """Since the program began."""
