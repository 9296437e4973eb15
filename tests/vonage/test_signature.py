"""What proves a webhook to be Vonage's, and all that does not (F62 to F64, F69)."""

import base64
import hashlib
import hmac
import json

import jwt
import pytest

from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.errors import ForgedError, UnverifiedError, WebhookError
from smsdesk.vonage.signature import WebhookKeys, derive_path, verify_webhook
from tests.webhooks.station import API_KEY, APPLICATION_ID, KEYS, SECRET, claims, sign

NOW = 1_790_000_000.0
BODY = b'{"status": "delivered", "message_uuid": "x"}'


def verify(authorization: str | None, body: bytes = BODY, keys: WebhookKeys = KEYS) -> str:
    return verify_webhook(authorization, body, keys, now=NOW)


def good(**changed: object) -> dict[str, object]:
    return claims(BODY, now=NOW, **changed)


def code_of(authorization: str | None, kind: type[WebhookError], body: bytes = BODY) -> str:
    with pytest.raises(kind) as caught:
        verify(authorization, body)
    return caught.value.code


def test_a_signed_webhook_is_vonages_and_names_its_token() -> None:
    assert verify(sign(good(jti="token-1"))) == "token-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"application_id": None},
        {"application_id": APPLICATION_ID.upper()},
        {"exp": 1},
        {"nbf": NOW},
    ],
)
def test_what_need_not_be_in_a_token_does_not_matter(changed: dict[str, object]) -> None:
    """No `exp` is in the published sample; a repeat comes with the same token for a day."""
    assert verify(sign(good(**changed)))


def test_ids_that_we_do_not_know_are_not_compared() -> None:
    keys = WebhookKeys("", "", Secret(SECRET))

    assert verify(sign(good(api_key="another", application_id="another")), keys=keys)


@pytest.mark.parametrize("header", [None, "", "  ", "Bearer", "Bearer ", "bearer  "])
def test_without_a_token_nothing_can_be_said(header: str | None) -> None:
    assert code_of(header, UnverifiedError) == "no_token"


@pytest.mark.case("T8", "F62")
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Basic ZGVtbzpkZW1v", "scheme"),
        ("Bearer x", "token"),
        ("Bearer a.b.c", "token"),
        ("Bearer " + "é" * 80, "token"),
        ("Bearer a.b." + "A" * 43, "signature"),
        (sign(good(), secret=SECRET + "!"), "signature"),
        (sign(good(), algorithm="HS512"), "token"),
        (sign(good(), algorithm="none", secret=""), "token"),
        (sign(good(), headers={"crit": ["x"], "x": 1}), "signature"),
    ],
)
def test_a_token_that_is_no_good_is_forged(header: str, code: str) -> None:
    assert code_of(header, ForgedError) == code


@pytest.mark.case("T8", "F62")
def test_another_algorithm_that_bears_the_right_form_is_forged_too() -> None:
    """The digest is right, and only the name of the algorithm is not."""
    for algorithm in ("none", "RS256", "HS384", "hs256", "", None, ["HS256"]):
        header = signed_by_hand({"alg": algorithm, "typ": "JWT"})

        assert code_of(header, ForgedError) == "signature"


def test_a_token_that_wants_to_be_read_in_some_special_way_is_forged() -> None:
    header = signed_by_hand({"alg": "HS256", "crit": ["b64"], "b64": True})

    assert code_of(header, ForgedError) == "crit"


@pytest.mark.parametrize("payload", ["[]", "1", '"x"', "{", " ", "[" * 3000])
def test_claims_that_are_no_object_are_forged(payload: str) -> None:
    token = jwt.api_jws.encode(payload.encode(), SECRET, algorithm="HS256")

    assert code_of(f"Bearer {token}", ForgedError) == "signature"


def test_one_signature_has_one_spelling() -> None:
    """Decoders pass over the last bits, and over letters that do not belong to the alphabet."""
    header = sign(good())
    last = header[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    sibling = alphabet[alphabet.index(last) + 1]

    for other in (
        header[:-1] + sibling,
        header + "=",
        header + "!",
        header[:-9] + "!" + header[-9:],
    ):
        assert code_of(other, ForgedError) == "token"


@pytest.mark.parametrize("name", ["iat", "jti", "iss", "payload_hash", "api_key"])
@pytest.mark.parametrize("value", [None, 7.5, "", [], {}, True])
def test_a_claim_that_is_missing_or_of_the_wrong_kind_is_forged(
    name: str, value: object
) -> None:
    if (name, value) == ("iat", 7.5):
        assert code_of(sign(good(iat=value)), UnverifiedError) == "too_old"
        return
    expected = "issuer" if name == "iss" else name
    assert code_of(sign(good(**{name: value})), ForgedError) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "vonage"),
        ("api_key", API_KEY.upper()),
        ("application_id", "bbbbbbbb-bbbb-4ccc-8ddd-0123456789ab"),
        ("application_id", 5),
        ("payload_hash", hashlib.sha256(BODY).hexdigest().upper()),
        ("payload_hash", hashlib.sha256(b"").hexdigest()),
        ("payload_hash", "ü" * 64),
        ("jti", "a b"),
        ("jti", "x" * 201),
        ("jti", "\ud800"),
        ("iat", 10**400),
        ("iat", float("nan")),
        ("iat", float("inf")),
        ("iat", -float("inf")),
    ],
)
def test_a_claim_that_says_something_else_is_forged(name: str, value: object) -> None:
    expected = "issuer" if name == "iss" else name

    assert code_of(sign(good(**{name: value})), ForgedError) == expected


@pytest.mark.case("F63", "F64")
@pytest.mark.parametrize(
    "body",
    [
        BODY[:-1] + b" ",
        BODY + b"\n",
        b"\xef\xbb\xbf" + BODY,
        json.dumps(json.loads(BODY), separators=(",", ":")).encode(),
        b"",
    ],
)
def test_a_body_counts_byte_for_byte(body: bytes) -> None:
    assert code_of(sign(good()), ForgedError, body) == "payload_hash"


@pytest.mark.case("F69")
@pytest.mark.parametrize("age_s", [23 * 3600, 25.9 * 3600, 0, -60, -299])
def test_a_token_of_its_time_is_good(age_s: float) -> None:
    assert verify(sign(good(iat=NOW - age_s)))


@pytest.mark.case("F69")
@pytest.mark.parametrize(
    ("age_s", "code"),
    [
        (26.1 * 3600, "too_old"),
        (50 * 365 * 86400, "too_old"),
        (-301, "too_new"),
        (-600, "too_new"),
    ],
)
def test_a_token_of_another_time_is_not_taken(age_s: float, code: str) -> None:
    """Nor called a forgery: our own clock may be wrong, and then it must come again."""
    assert code_of(sign(good(iat=int(NOW - age_s))), UnverifiedError) == code


def test_a_short_secret_is_our_own_trouble() -> None:
    keys = WebhookKeys(API_KEY, APPLICATION_ID, Secret("x" * 31))

    assert keys.is_short
    with pytest.raises(UnverifiedError) as caught:
        verify("Bearer anything", keys=keys)
    assert caught.value.code == "signature_secret_short"
    assert not WebhookKeys("", "", Secret("é" * 16)).is_short


def test_no_error_holds_a_secret() -> None:
    with pytest.raises(ForgedError) as caught:
        verify(sign(good(), secret="another-secret-of-at-least-32-bytes!"))

    assert SECRET not in repr(caught.value)
    assert SECRET not in repr(KEYS)


def test_a_path_follows_from_the_secret_and_tells_nothing_of_it() -> None:
    path, same = derive_path(Secret(SECRET)), derive_path(Secret(SECRET))
    other = derive_path(Secret(SECRET + "!"))

    assert path == same != other
    assert len(path) == 26
    assert set(path) <= set("abcdefghijklmnopqrstuvwxyz234567")


def signed_by_hand(header: object) -> str:
    """A token with this header, and with the HMAC-SHA-256 that would make it a good one."""
    signed = ".".join(_segment(json.dumps(part).encode()) for part in (header, good()))
    digest = hmac.digest(SECRET.encode(), signed.encode(), "sha256")
    return f"Bearer {signed}.{_segment(digest)}"


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
