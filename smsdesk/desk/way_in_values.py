"""What is said of the way in: how Vonage's webhooks reach this computer, or why they do not.

Plain values without a door behind them, so that the window knows them from the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WayInPhase(StrEnum):
    """How far the way in is open."""

    OFF = "off"
    OPENING = "opening"
    OPEN = "open"
    UNREACHABLE = "unreachable"
    TUNNEL_FAILED = "tunnel_failed"


class AtVonage(StrEnum):
    """Which addresses the application has at Vonage."""

    UNASKED = "unasked"
    OURS = "ours"
    OTHERS = "others"
    UNKNOWN = "unknown"
    """It could not be read or written; `WayInStatus.problem` says why."""


@dataclass(frozen=True, slots=True)
class WayInStatus:
    """What is known of the way in at this moment."""

    phase: WayInPhase = WayInPhase.OFF
    address: str = ""
    """The public one; "" while it is not known."""
    checked_at: datetime | None = None
    """When it last led here."""
    since: datetime | None = None
    """Since when it does not lead here."""
    code: str = ""
    """Why it does not, for wording."""
    said: str = field(default="", repr=False)
    """The last line of what the tunnel's program said; foreign text, for the person alone."""
    is_lasting: bool = False
    """It has been so for long enough to tell a person who does not ask."""
    at_vonage: AtVonage = AtVonage.UNASKED
    problem: str = ""
    """Why Vonage's addresses could not be read, written or removed, for wording."""


@dataclass(frozen=True, slots=True)
class WayInChoice:
    """What a person chose as way in, as typed."""

    is_tunnel: bool
    command: str = ""
    public_url: str = ""
    """For a tunnel only needed where its program does not say it."""
    signature_secret: str | None = field(default=None, repr=False)
    """None leaves the one that is stored."""


TUNNEL_EXAMPLES = (
    ("ngrok", "ngrok http {port} --log=stdout"),
    ("Cloudflare Tunnel", "cloudflared tunnel --url http://127.0.0.1:{port}"),
    ("Tailscale Funnel", "tailscale funnel {port}"),
    (
        "SSH (localhost.run)",
        "ssh -o StrictHostKeyChecking=accept-new -o ExitOnForwardFailure=yes"
        " -o ServerAliveInterval=30 -R 80:127.0.0.1:{port} nokey@localhost.run",
    ),
)
"""Commands to begin with, under the names of what they run."""
