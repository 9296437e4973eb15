"""Webhooks that are not Vonage's for us, one for each number, the same for the same number.

Each begins as a good one and is then spoilt in one way. Whoever accepts one is wrong, for what
leaves the meaning as it was (a header's case, a path's own query) is not among the ways.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import string
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smsdesk.webhooks.routes import Call
from tests.webhooks.station import API_KEY, APPLICATION_ID, SECRET

PUBLIC_KEY = (
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
)
_HEADER = {"alg": "HS256", "typ": "JWT"}
_ALPHABET = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True, slots=True)
class Forgery:
    """One call, and the way in which it was spoilt."""

    way: str
    call: Call

    def as_bytes(self) -> bytes:
        """The call as it is on the wire."""
        head = [f"{self.call.method} {self.call.target} HTTP/1.1"]
        head += [f"{name}: {value}" for name, value in self.call.headers.items()]
        head.append(f"content-length: {len(self.call.body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + self.call.body


class Forger:
    """Spoils webhooks for the receiver with these two paths."""

    def __init__(
        self, status_path: str, inbound_path: str, *, now: float | None = None
    ) -> None:
        self._paths = (status_path, inbound_path)
        self._now = time.time() if now is None else now

    def good(self, number: int) -> Call:
        """A good one; without it the forgeries would prove nothing."""
        dice = random.Random(f"good {number}")
        body = _body(dice)
        return self._call(body, _token(self._claims(dice, body)))

    def forge(self, number: int, *, seed: int = 1) -> Forgery:
        dice = random.Random(f"{seed} {number}")
        way = dice.choice(_WAYS)
        return Forgery(way.__name__, way(self, dice))

    def _claims(self, dice: random.Random, body: bytes) -> dict[str, Any]:
        return {
            "iat": int(self._now) - dice.randrange(3600),
            "jti": f"{dice.getrandbits(128):032x}",
            "iss": "Vonage",
            "payload_hash": hashlib.sha256(body).hexdigest(),
            "api_key": API_KEY,
            "application_id": APPLICATION_ID,
        }

    def _call(self, body: bytes, token: str) -> Call:
        headers = {"host": "127.0.0.1", "authorization": f"Bearer {token}"}
        return Call("POST", self._paths[0], headers, body)

    # The ways ---------------------------------------------------------------------------

    def without_a_token(self, dice: random.Random) -> Call:
        call = self._call(_body(dice), "")
        given = dice.choice([None, "", "Bearer", "Bearer ", "Basic ZGVtbzpkZW1v", "JWT x"])
        headers = {name: value for name, value in call.headers.items() if name == "host"}
        return replace(
            call, headers=headers if given is None else {**headers, "authorization": given}
        )

    def rubbish_for_a_token(self, dice: random.Random) -> Call:
        letters = dice.choice([_ALPHABET, _ALPHABET + ".", string.printable[:95], "é\xff\x80."])
        return self._call(
            _body(dice), _some(dice, letters, dice.randrange(1, 400)).strip() or "."
        )

    def another_secret(self, dice: random.Random) -> Call:
        body = _body(dice)
        secret = dice.choice(["", "x", SECRET[:-1], SECRET.upper(), SECRET + "\0", PUBLIC_KEY])
        return self._call(body, _token(self._claims(dice, body), secret=secret))

    def another_algorithm(self, dice: random.Random) -> Call:
        body = _body(dice)
        algorithm: object = dice.choice(
            [
                "none",
                "None",
                "nOnE",
                "",
                None,
                "HS384",
                "HS512",
                "RS256",
                "ES256",
                "hs256",
                1,
                [],
            ]
        )
        digest = dice.choice(["sha256", "sha384", "sha512", ""])
        header = {"alg": algorithm, "typ": "JWT"}
        return self._call(body, _token(self._claims(dice, body), header=header, digest=digest))

    def something_critical(self, dice: random.Random) -> Call:
        body = _body(dice)
        critical = dice.choice([[], ["b64"], ["exp"], ["x"], "b64", None, [1]])
        header = {**_HEADER, "crit": critical, "b64": dice.choice([True, False]), "x": 1}
        return self._call(body, _token(self._claims(dice, body), header=header))

    def a_claim_missing(self, dice: random.Random) -> Call:
        body = _body(dice)
        claims = self._claims(dice, body)
        del claims[dice.choice(["iat", "jti", "iss", "payload_hash", "api_key"])]
        return self._call(body, _token(claims))

    def a_claim_of_another_kind(self, dice: random.Random) -> Call:
        body = _body(dice)
        name = dice.choice(["iat", "jti", "iss", "payload_hash", "api_key"])
        value: object = dice.choice(
            [None, [], {}, True, "", -1, float("nan"), float("inf"), ["Vonage"]]
        )
        return self._call(body, _token({**self._claims(dice, body), name: value}))

    def a_claim_that_says_something_else(self, dice: random.Random) -> Call:
        body = _body(dice)
        claims = self._claims(dice, body)
        name = dice.choice(["iss", "payload_hash", "api_key", "application_id"])
        # No case of another letter: an id means the same in capitals.
        spoilt = _spoilt_letter(dice, claims[name], letters="xyz~")
        return self._call(body, _token({**claims, name: spoilt}))

    def another_time(self, dice: random.Random) -> Call:
        body = _body(dice)
        off = dice.choice(
            [-27 * 3600, -(10**6), -(10**9), 400, 86_400, 10**9, 10**400, -(10**400)]
        )
        return self._call(
            body, _token({**self._claims(dice, body), "iat": int(self._now) + off})
        )

    def another_body(self, dice: random.Random) -> Call:
        body = _body(dice)
        token = _token(self._claims(dice, body))
        spoilt = bytearray(body)
        place = dice.randrange(len(spoilt))
        match dice.randrange(5):
            case 0:
                spoilt[place] ^= 1 << dice.randrange(8)
            case 1:
                del spoilt[place]
            case 2:
                spoilt.insert(place, dice.randrange(256))
            case 3:
                spoilt = bytearray(json.dumps(json.loads(body), indent=1).encode())
            case _:
                spoilt = bytearray(_body(dice))
        return self._call(bytes(spoilt), token)

    def another_letter_in_the_token(self, dice: random.Random) -> Call:
        body = _body(dice)
        token = _token(self._claims(dice, body))
        return self._call(body, _spoilt_letter(dice, token, letters=_ALPHABET + ".=+/!"))

    def a_token_cut_or_grown(self, dice: random.Random) -> Call:
        body = _body(dice)
        token = _token(self._claims(dice, body))
        place = dice.randrange(1, len(token))
        grown = token[:place] + dice.choice("!\t= ~é") + token[place:]
        spoilt = [token[:-place], token[place:], token + "=", token + ".", grown]
        return self._call(body, dice.choice([*spoilt, f"{token}.{token}"]))

    def parts_of_two_tokens(self, dice: random.Random) -> Call:
        body, other = _body(dice), _body(dice)
        one = _token(self._claims(dice, body)).split(".")
        two = _token(self._claims(dice, other)).split(".")
        mixed = [one[0], one[1], two[2]] if dice.randrange(2) else [two[0], one[1], two[2]]
        return self._call(body, ".".join(mixed))

    def another_path(self, dice: random.Random) -> Call:
        path = dice.choice(self._paths)
        target = dice.choice(
            [
                *(
                    "/",
                    "/status",
                    "/inbound",
                    "*",
                    path + "/",
                    path + "?x",
                    "/." + path,
                    path.upper(),
                ),
                *(path + "%00", path[:-1], "/" + path, "http://127.0.0.1" + path, path + "#x"),
                *(
                    _spoilt_letter(dice, path),
                    _spoilt_letter(dice, path),
                    _spoilt_letter(dice, path),
                ),
            ]
        )
        return replace(self.good(dice.randrange(10**6)), target=target)

    def another_method(self, dice: random.Random) -> Call:
        method = dice.choice(
            ["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "TRACE", "post", "POSTS"]
        )
        return replace(self.good(dice.randrange(10**6)), method=method)

    def another_host(self, dice: random.Random) -> Call:
        host = dice.choice(
            [
                "",
                "evil.example",
                "127.0.0.1.evil.example",
                "0.0.0.0",
                "localhost.",
                "127.0.0.1:x",
            ]
        )
        good = self.good(dice.randrange(10**6))
        return replace(good, headers={**good.headers, "host": host})

    def from_a_browser(self, dice: random.Random) -> Call:
        name = dice.choice(["origin", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-user"])
        good = self.good(dice.randrange(10**6))
        value = dice.choice(["", "null", "http://127.0.0.1", "same-origin"])
        return replace(good, headers={**good.headers, name: value})

    def a_body_that_says_nothing(self, dice: random.Random) -> Call:
        """Signed as it should be; but what is said is nothing that a receipt or reply could be."""
        body = dice.choice(
            [b"", b"{}", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 5000, b'{"status": "odd"}']
        )
        call = self._call(body, _token(self._claims(dice, body)))
        return replace(call, target=dice.choice(self._paths))


_WAYS: Sequence[Callable[[Forger, random.Random], Call]] = (
    Forger.without_a_token,
    Forger.rubbish_for_a_token,
    Forger.another_secret,
    Forger.another_algorithm,
    Forger.something_critical,
    Forger.a_claim_missing,
    Forger.a_claim_of_another_kind,
    Forger.a_claim_that_says_something_else,
    Forger.another_time,
    Forger.another_body,
    Forger.another_letter_in_the_token,
    Forger.a_token_cut_or_grown,
    Forger.parts_of_two_tokens,
    Forger.another_path,
    Forger.another_method,
    Forger.another_host,
    Forger.from_a_browser,
    Forger.a_body_that_says_nothing,
)
WAYS = frozenset(way.__name__ for way in _WAYS)


def _body(dice: random.Random) -> bytes:
    said = {
        "message_uuid": f"{dice.getrandbits(32):08x}-bbbb-4ccc-8ddd-{dice.getrandbits(48):012x}",
        "to": "447700900000",
        "from": "447700900001",
        "timestamp": "2026-11-23T12:30:00.250Z",
        "status": dice.choice(["submitted", "delivered", "rejected", "undeliverable"]),
        "channel": "sms",
    }
    return json.dumps(said).encode()


def _token(
    claims: object, *, header: object = _HEADER, secret: str = SECRET, digest: str = "sha256"
) -> str:
    """Signed by hand, for a library would refuse much of this."""
    signed = ".".join(_segment(json.dumps(part).encode()) for part in (header, claims))
    mac = hmac.digest(secret.encode(), signed.encode(), digest) if digest else b""
    return f"{signed}.{_segment(mac)}"


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _spoilt_letter(dice: random.Random, text: str, *, letters: str = _ALPHABET) -> str:
    place = dice.randrange(len(text))
    other = dice.choice(letters.replace(text[place], ""))
    return text[:place] + other + text[place + 1 :]


def _some(dice: random.Random, letters: str, count: int) -> str:
    return "".join(dice.choice(letters) for _ in range(count))
