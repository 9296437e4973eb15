"""Which calls are let in at all, before anything of their content is looked at.

Two paths lead in, both behind a part that nobody can guess, and only for POST. A browser is
turned away whatever it asks, and so is a call for a name that is not ours: that is how a page
on the web would reach a program on this computer (https://owasp.org/www-community/attacks/csrf
and DNS rebinding).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

_LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that is here in full. Names of headers are in lower case."""

    method: str
    target: str
    """The path and whatever follows it, exactly as it came."""
    headers: Mapping[str, str]
    body: bytes


class Route(Enum):
    """What a call is about."""

    STATUS = "status"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Paths:
    """The two ways in, with their secret part."""

    status: str
    inbound: str


class TurnedAwayError(Exception):
    """A call that is not let in; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def paths_with(secret_part: str) -> Paths:
    """The two ways in behind this part."""
    return Paths(f"/{secret_part}/status", f"/{secret_part}/inbound")


def check_caller(call: Call, *, public_host: str) -> None:
    """Whether such a call may be made at all. Raises TurnedAwayError.

    What a proxy says of itself in `X-Forwarded-*` counts for nothing: anybody can say it.
    """
    if call.method != "POST":
        raise TurnedAwayError(405)
    names = call.headers.keys()
    if "origin" in names or any(name.startswith("sec-fetch-") for name in names):
        raise TurnedAwayError(403)
    host = _HOST.fullmatch(call.headers.get("host", "").lower())
    ours = _LOOPBACK_NAMES | ({public_host.lower()} if public_host else set())
    if host is None or host[1] not in ours:
        raise TurnedAwayError(403)


def find_route(call: Call, paths: Paths) -> Route:
    """Where the call leads. Raises TurnedAwayError."""
    target = call.target.encode("utf-8", "surrogatepass")
    is_status = hmac.compare_digest(target, paths.status.encode("ascii"))
    is_inbound = hmac.compare_digest(target, paths.inbound.encode("ascii"))
    if is_status:
        return Route.STATUS
    if is_inbound:
        return Route.INBOUND
    raise TurnedAwayError(404)
