"""Whether a webhook is Vonage's: the token that comes with it, and the body it vouches for.

Vonage signs with HS256 and the account's signature secret, and names the SHA-256 of the body:
https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks
What the body says is read elsewhere, and so is whether a token was used before.
"""

import base64
import hashlib
import hmac
import math
import re
from dataclasses import dataclass
from typing import Any

from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.errors import ForgedError, UnverifiedError

OLDEST_S = 26 * 3600.0
"""Vonage repeats a webhook, token and all, for 24 hours."""
FURTHEST_AHEAD_S = 300.0
"""So far our clock may be behind Vonage's."""
SHORTEST_SECRET = 32
"""Bytes: as many as the digest has (RFC 7518, 3.2)."""
_PATH_LABEL = b"smsdesk: path of the webhooks, 1"
_PATH_LENGTH = 26
"""Letters of five bits each: 130 bits cannot be guessed."""
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""Of a signature of 256 bits the last letter bears four; other letters would mean the same, and
a decoder that passes over odd ones would find one signature in many tokens."""
_HASH = re.compile(r"[0-9a-f]{64}")
_TOKEN_ID = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """What tells a webhook of ours from any other. An empty id is one that we do not know."""

    api_key: str
    application_id: str
    signature_secret: Secret

    @property
    def is_short(self) -> bool:
        """The secret is too short to be relied on."""
        return len(_bytes_of(self.signature_secret)) < SHORTEST_SECRET


def verify_webhook(
    authorization: str | None, body: bytes, keys: WebhookKeys, *, now: float
) -> str:
    """The id of the token that vouches for this body, byte for byte.

    `authorization` is the header as it came, `now` the wall clock in seconds. Raises
    ForgedError when the webhook is surely not Vonage's for us, and UnverifiedError when that
    cannot be told: Vonage now and then sends one unsigned, and our own clock may be wrong.
    """
    if keys.is_short:
        raise UnverifiedError("signature_secret_short")
    token = _bearer(authorization)
    claims = _claims(token, _bytes_of(keys.signature_secret))
    if claims.get("iss") != "Vonage":
        raise ForgedError("issuer")
    _check_addressee(claims, keys)
    said = claims.get("payload_hash")
    if not isinstance(said, str) or not _HASH.fullmatch(said):
        raise ForgedError("payload_hash")
    if not hmac.compare_digest(said, hashlib.sha256(body).hexdigest()):
        raise ForgedError("payload_hash")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _TOKEN_ID.fullmatch(jti):
        raise ForgedError("jti")
    _check_age(claims.get("iat"), now)
    return jti


def derive_path(signature_secret: Secret) -> str:
    """A part of a path that nobody can guess, always the same for the same secret."""
    digest = hmac.digest(_bytes_of(signature_secret), _PATH_LABEL, "sha256")
    return base64.b32encode(digest).decode("ascii").lower()[:_PATH_LENGTH]


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if not scheme or (scheme.lower() == "bearer" and not token.strip()):
        raise UnverifiedError("no_token")
    if scheme.lower() != "bearer":
        raise ForgedError("scheme")
    if not _TOKEN.fullmatch(token.strip()):
        raise ForgedError("token")
    return token.strip()


def _claims(token: str, secret: bytes) -> dict[str, Any]:
    """What the token says, once its signature is seen to be good."""
    import jwt  # start-up time

    try:
        if "crit" in jwt.get_unverified_header(token):
            raise ForgedError("crit")
        # What a claim must be is judged by us: PyJWT takes a token without `iat`, or one of
        # fifty years ago, and an `exp` would end the repeats, which come with the same token.
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            options={
                "verify_signature": True,
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": False,
                "verify_iss": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    # Whatever a library makes of a stranger's token, it is not a good one.
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise ForgedError("signature") from None
    return claims


def _check_addressee(claims: dict[str, Any], keys: WebhookKeys) -> None:
    api_key = claims.get("api_key")
    if not isinstance(api_key, str) or not api_key:
        raise ForgedError("api_key")
    if keys.api_key and api_key != keys.api_key:
        raise ForgedError("api_key")
    application_id = claims.get("application_id")
    if application_id is None:
        return
    if not isinstance(application_id, str):
        raise ForgedError("application_id")
    if keys.application_id and application_id.lower() != keys.application_id.lower():
        raise ForgedError("application_id")


def _check_age(issued_at: object, now: float) -> None:
    if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
        raise ForgedError("iat")
    try:
        age = now - issued_at
    except OverflowError:
        raise ForgedError("iat") from None
    if not math.isfinite(age):
        raise ForgedError("iat")
    # The signature is good. Either it is an old call played again, or our clock is wrong; what
    # is Vonage's own is repeated, and taken once the clock is right.
    if age > OLDEST_S:
        raise UnverifiedError("too_old")
    if age < -FURTHEST_AHEAD_S:
        raise UnverifiedError("too_new")


def _bytes_of(secret: Secret) -> bytes:
    return secret.reveal().encode("utf-8", "surrogatepass")
