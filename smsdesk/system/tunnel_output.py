"""Reads what a tunnel program says: the public address among all the others in it.

Programs that tunnel print links to their terms, documents and dashboards too, and a wrong one
would send what people write to strangers. What is read here is therefore only a candidate:
whoever uses it tests that it leads to this computer first.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

LONGEST_LINE = 4096
LONGEST_SAID = 200

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_FRAME = re.compile(r"^[\s|+=*─│┌┐└┘-]+|[\s|+=*─│┌┐└┘-]+$")
_URL = re.compile(r"https://[^\s\"'<>|\\`\[\](){}]+", re.IGNORECASE)
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)

# Below these names every tunnel gets a name of its own. The services and where they say so:
# https://ngrok.com/docs/universal-gateway/domains
# https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
#   do-more-with-tunnels/trycloudflare/
# https://tailscale.com/kb/1223/funnel · https://serveo.net · https://localhost.run/docs
# https://pinggy.io/docs/ · https://theboroer.github.io/localtunnel-www/
_TUNNEL_NAMES = (
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "ngrok-free.app",
    "ngrok-free.dev",
    "trycloudflare.com",
    "ts.net",
    "serveo.net",
    "serveousercontent.com",
    "lhr.life",
    "lhr.rocks",
    "localhost.run",
    "pinggy.link",
    "loca.lt",
    "devtunnels.ms",
)
_NEVER = (
    "cloudflare.com",
    "discord.com",
    "discord.gg",
    "github.com",
    "ngrok.com",
    "pinggy.io",
    "slack.com",
    "tailscale.com",
    "twitter.com",
    "x.com",
    "youtube.com",
)
_NO_TUNNELS_LABEL = re.compile(
    r"(?:account|accounts|admin|api|app|apps|auth|blog|cdn|community|console|controlplane"
    r"|dash|dashboard|developer|developers|doc|docs|download|downloads|forum|help|issues"
    r"|login|one|portal|signin|signup|status|support|update|updates|wiki|www)"
)
_TELLS = re.compile(
    r"started tunnel|\bForwarding\b|tunneled with|your url is|available on the internet",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:ERR|ERRO|ERROR|FTL|fatal|failed|failure|WRN|warn|warning|update|upgrade|terms|"
    r"visit|see|read|learn|docs?|documentation|sign ?up|log ?in)\b|lvl=(?:eror|crit|warn)",
    re.IGNORECASE,
)
_WITHIN_TAILNET = re.compile(r"available within your tailnet|tailnet only", re.IGNORECASE)
_ON_INTERNET = re.compile(r"available on the internet|funnel on", re.IGNORECASE)


class OutputReader:
    """What one run of a tunnel program has said so far, line by line."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._is_private = False
        self.address = ""
        """The public address, without a slash at its end; "" until it was said."""
        self.said = ""
        """The last line that has words in it, short; it may hold what is nobody else's."""

    def read(self, line: str) -> None:
        """Take in one line."""
        plain = strip_controls(line[:LONGEST_LINE])
        words = _FRAME.sub("", plain)
        if any(character.isalpha() for character in words):
            self.said = words[:LONGEST_SAID]
        if _WITHIN_TAILNET.search(plain):
            self._is_private = True
        elif _ON_INTERNET.search(plain):
            self._is_private = False
        self._look_for_address(plain)

    def _look_for_address(self, line: str) -> None:
        configured = _configured_hostname(line, self._port)
        if configured:
            self._take(f"https://{configured}", is_sure=True)
            return
        for match in _URL.finditer(line):
            address = _origin(match[0])
            if not address:
                continue
            host = urlsplit(address).hostname or ""
            if self._is_private and _is_below(host, ("ts.net",)):
                continue
            if _is_below(host, _TUNNEL_NAMES) or _TELLS.search(line):
                self._take(address, is_sure=True)
            elif not _TROUBLE.search(line):
                self._take(address, is_sure=False)

    def _take(self, address: str, *, is_sure: bool) -> None:
        """The first one counts; only one that is surely a tunnel's name replaces it, for some
        services change the name while they run."""
        if is_sure or not self.address:
            self.address = address


def strip_controls(line: str) -> str:
    """The line without colours and other commands to a terminal."""
    return _UNSEEN.sub(" ", _ANSI.sub("", line)).strip()


def _origin(url: str) -> str:
    """Scheme, host and port of an address that may be a tunnel's, or ""."""
    try:
        parts = urlsplit(url.rstrip(".,;:!?*_"))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        return ""
    if not _HOST.fullmatch(host) or _is_reserved(host):
        return ""
    return f"https://{host}" if port in (None, 443) else f"https://{host}:{port}"


def _is_reserved(host: str) -> bool:
    """A name that is a service's own, or that the internet does not know (RFC 6761, RFC 8375)."""
    label = host.partition(".")[0]
    if _is_below(host, ("localhost", "local", "internal", "home.arpa", "test", "invalid")):
        return True
    if _is_below(host, _NEVER) or host in _TUNNEL_NAMES:
        return True
    # devtunnels.ms: the page on which a developer looks at the traffic
    return label.endswith("-inspect") or _NO_TUNNELS_LABEL.fullmatch(label) is not None


def _is_below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def _configured_hostname(line: str, port: int) -> str:
    """The name that a cloudflared tunnel managed in Cloudflare's dashboard leads to our port.

    It logs `Updated to new configuration config="{\\"ingress\\":[…]}" version=2`.
    """
    _, found, rest = line.partition('config="')
    if not found or "ingress" not in rest:
        return ""
    try:
        text = json.JSONDecoder().raw_decode('"' + rest)[0]
        rules: Any = json.loads(text)["ingress"]
        hosts = [
            str(rule["hostname"]).lower()
            for rule in rules
            if "hostname" in rule and str(rule.get("service", "")).endswith(f":{port}")
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return next((host for host in hosts if _HOST.fullmatch(host)), "")
