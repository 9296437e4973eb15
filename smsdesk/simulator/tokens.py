"""Who may come in: the JSON Web Tokens and Basic credentials of Vonage's authentication guide.

Which applications exist, and with which public key, is known by `applications`.
"""

import base64
import binascii
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

DEFAULT_LIFE_S = 15 * 60
LONGEST_LIFE_S = 24 * 3600
FUTURE_LEEWAY_S = 10
CACHE_SIZE = 1024


class RefusedError(Exception):
    """These credentials open no door. The text says why and holds no part of a secret."""

    def __init__(self, detail: str, *, anchor: str = "#unauthorized") -> None:
        super().__init__(detail)
        self.anchor = anchor


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request; `application_id` is None for an account with key and secret."""

    kind: str
    application_id: str | None = None


class KnownApplications(Protocol):
    def public_key(self, application_id: str) -> str | None:
        """The PEM to verify with; None: any signature will do. Raises RefusedError."""


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    public_key: str | None
    not_before: float
    not_after: float


class Doorkeeper:
    """Admits or refuses callers. Each token's signature is verified once, then remembered."""

    def __init__(
        self,
        applications: KnownApplications,
        *,
        api_key: str,
        api_secret: str,
        now: Callable[[], float],
    ) -> None:
        self._applications = applications
        self._basic = f"{api_key}:{api_secret}".encode()
        self._now = now
        self._lock = threading.Lock()
        self._verified: dict[str, _Verified] = {}

    def admit(self, authorization: str) -> Caller:
        """Read an Authorization header, Bearer or Basic. Raises RefusedError."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return self._admit_token(credentials.strip())
        return self.admit_account(authorization)

    def admit_account(self, authorization: str) -> Caller:
        """As `admit`, but for the paths that take an account's key and secret only."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "basic":
            raise RefusedError("Authorization is missing or of an unknown kind.")
        try:
            given = base64.b64decode(credentials.strip(), validate=True)
        except binascii.Error as error:
            raise RefusedError("The Basic credentials are not Base64.") from error
        if not secrets.compare_digest(given, self._basic):
            raise RefusedError("The API key or secret is wrong.")
        return Caller("basic")

    def _admit_token(self, token: str) -> Caller:
        known = self._verified.get(token)
        if known is None or self._changed(known):
            known = self._verify(token)
            with self._lock:
                if len(self._verified) >= CACHE_SIZE:
                    self._verified.clear()
                self._verified[token] = known
        now = self._now()
        if now < known.not_before - FUTURE_LEEWAY_S:
            raise RefusedError("The token was issued in the future.")
        if now >= known.not_after:
            raise RefusedError("The token has expired.")
        return known.caller

    def _changed(self, known: _Verified) -> bool:
        assert known.caller.application_id is not None
        return self._applications.public_key(known.caller.application_id) != known.public_key

    def _verify(self, token: str) -> _Verified:
        import jwt  # start-up time

        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError as error:
            raise RefusedError("The token is not a JSON Web Token.") from error
        if header.get("alg") != "RS256" or not token.rpartition(".")[2]:
            raise RefusedError("The token is not signed with RS256.")
        application_id = claims.get("application_id")
        if not isinstance(application_id, str):
            raise RefusedError("The token lacks application_id.")
        public_key = self._applications.public_key(application_id)
        if public_key is not None:
            try:
                jwt.decode(
                    token,
                    public_key,
                    algorithms=["RS256"],
                    options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
                )
            except jwt.InvalidTokenError as error:
                raise RefusedError("The signature does not fit the application.") from error
        not_before, not_after = _life(claims)
        return _Verified(Caller("bearer", application_id), public_key, not_before, not_after)


def _life(claims: dict[str, object]) -> tuple[float, float]:
    """From when until when the token may be used.

    `exp` may be left out, which means 15 minutes; no token outlives `iat` by more than a day
    (Vonage support article 360000958407).
    """
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise RefusedError("The token lacks jti.")
    issued = _moment(claims, "iat")
    expires = _moment(claims, "exp") if "exp" in claims else issued + DEFAULT_LIFE_S
    starts = _moment(claims, "nbf") if "nbf" in claims else issued
    return max(issued, starts), min(expires, issued + LONGEST_LIFE_S)


def _moment(claims: dict[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise RefusedError(f"The token's {name} is missing or is not a number.")
    return float(value)
