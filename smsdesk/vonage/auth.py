"""The private key and the tokens signed with it.

The one file that knows PyJWT, and with `key_pair` the one that knows cryptography. Where the key
file lies is chosen elsewhere, and sentences about what is wrong with it are made elsewhere.
"""

import base64
import binascii
import hashlib
import os
import re
import stat
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smsdesk.vonage.errors import KeyFileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

LARGEST_KEY_FILE = 64 * 1024
LEAST_BITS = 2048
TOKEN_LIFE_S = 900
RENEW_BEFORE_END_S = 60
BACKDATE_S = 30
NOTABLE_SKEW_S = 2.0
_STALE_SKEW_S = 30.0

_PEM_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_PEM_START = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
_ENCRYPTED_PKCS1 = b"Proc-Type: 4,ENCRYPTED"
_RSA_LABELS = {b"PRIVATE KEY", b"RSA PRIVATE KEY", b"ENCRYPTED PRIVATE KEY"}


class SigningKey:
    """An RSA private key, loaded once and never shown."""

    __slots__ = ("_key", "bits", "fingerprint", "is_encrypted")

    def __init__(self, key: "RSAPrivateKey", *, is_encrypted: bool) -> None:
        self._key = key
        self.bits = key.key_size
        self.fingerprint = fingerprint_of(key.public_key())
        self.is_encrypted = is_encrypted
        """Whether the file it came from asks for a passphrase."""

    def __repr__(self) -> str:
        return f"SigningKey({self.bits} bits, hidden)"

    def public_pem(self) -> str:
        """The public half, as Vonage's dashboard takes it."""
        from cryptography.hazmat.primitives import serialization  # start-up time

        return (
            self._key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode("ascii")
        )

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A JWT of these claims, signed with RS256."""
        import jwt  # start-up time

        return jwt.encode(dict(claims), self._key, algorithm="RS256")


def load_private_key(
    path: Path, *, passphrase: str | None, ignore_mode: bool = False
) -> SigningKey:
    """The key in a PEM file: PKCS#8 or PKCS#1, plain or encrypted.

    The file must be a regular one of this user's that nobody else may read; a link is followed
    and its target judged. Raises KeyFileError with one of these codes: missing, unreadable,
    not_a_file, other_owner, open_to_others, too_large, empty, public_key, certificate, openssh,
    not_rsa, too_small, needs_passphrase, wrong_passphrase, not_pem, damaged. `ignore_mode`
    leaves out open_to_others, so that a key can be looked at before it is repaired.
    """
    content = _read_guarded(path, ignore_mode=ignore_mode)
    try:
        return _parse(content, passphrase or None)
    except _UnusableKeyError as error:
        raise KeyFileError(error.code, path) from None


def fingerprint_of(key: "RSAPublicKey") -> str:
    """SHA-256 of a public key (its SubjectPublicKeyInfo), in groups of four hex digits."""
    from cryptography.hazmat.primitives import serialization  # start-up time

    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digits = hashlib.sha256(spki).hexdigest()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def close_to_others(path: Path) -> None:
    """Takes everybody else's rights from a key file (mode 0600). Raises KeyFileError."""
    try:
        if not path.is_file():
            raise KeyFileError("not_a_file" if path.exists() else "missing", path)
        path.chmod(0o600)
    except PermissionError:
        raise KeyFileError("other_owner", path) from None
    except OSError:
        raise KeyFileError("unreadable", path) from None


class TokenSource:
    """Bearer tokens, made when needed and used again until shortly before they end.

    `now` is the wall clock in seconds. The server's own time, seen in its answers, corrects
    it: a wrong clock is a common cause of refused tokens
    (https://api.support.vonage.com/hc/en-us/articles/360000958367). May be used from any
    thread.
    """

    def __init__(
        self, application_id: str, key: SigningKey, *, now: Callable[[], float]
    ) -> None:
        self._application_id = application_id
        self._key = key
        self._now = now
        self._lock = threading.Lock()
        self._skew_s = 0.0
        self._token = ""
        self._made_at = 0.0

    @property
    def skew_s(self) -> float:
        """How far the server's clock is ahead of ours; 0 while it hardly matters."""
        return self._skew_s

    def bearer(self) -> str:
        """A token that is good for another minute at least."""
        with self._lock:
            now = self._now() + self._skew_s
            age = now - self._made_at
            if not self._token or not 0 <= age < TOKEN_LIFE_S - RENEW_BEFORE_END_S:
                issued_at = int(now) - BACKDATE_S
                self._token = self._key.sign(
                    {
                        "application_id": self._application_id,
                        "iat": issued_at,
                        "exp": issued_at + BACKDATE_S + TOKEN_LIFE_S,
                        "jti": str(uuid.uuid4()),
                    }
                )
                self._made_at = now
            return self._token

    def learn(self, date_header: str | None, *, received_at: float | None = None) -> None:
        """Learns the server's time from the `Date` of an answer; nonsense is passed over."""
        if date_header is None:
            return
        try:
            date = parsedate_to_datetime(date_header)
            said = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            return
        seen = self._now() if received_at is None else received_at
        skew = said + 0.5 - seen  # `Date` leaves out the fraction of its second
        with self._lock:
            skew = skew if abs(skew) > NOTABLE_SKEW_S else 0.0
            if abs(skew - self._skew_s) > _STALE_SKEW_S:
                self._token = ""  # made by a clock that we now know to be wrong
            self._skew_s = skew

    def renew(self) -> None:
        """Makes the next token a new one."""
        with self._lock:
            self._token = ""


class _UnusableKeyError(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _read_guarded(path: Path, *, ignore_mode: bool) -> bytes:
    """The file's bytes, after the very file that was opened has been judged."""
    # Opening a named pipe must not wait for a writer. Windows has neither flag nor need.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise KeyFileError("missing", path) from None
    except OSError:
        raise KeyFileError("not_a_file" if path.is_dir() else "unreadable", path) from None
    try:
        _judge(os.fstat(descriptor), path, ignore_mode=ignore_mode)
        return _read_all(descriptor)
    except OSError:
        raise KeyFileError("unreadable", path) from None
    finally:
        os.close(descriptor)


def _judge(facts: os.stat_result, path: Path, *, ignore_mode: bool) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise KeyFileError("not_a_file", path)
    if hasattr(os, "geteuid"):  # on Windows neither owner nor rights are in these facts
        if facts.st_uid != os.geteuid():
            raise KeyFileError("other_owner", path)
        if stat.S_IMODE(facts.st_mode) & ~0o600 and not ignore_mode:
            raise KeyFileError("open_to_others", path)
    if facts.st_size > LARGEST_KEY_FILE:
        raise KeyFileError("too_large", path)


def _read_all(descriptor: int) -> bytes:
    content = b""
    while len(content) < LARGEST_KEY_FILE and (some := os.read(descriptor, LARGEST_KEY_FILE)):
        content += some
    return content


def _parse(content: bytes, passphrase: str | None) -> SigningKey:
    label, block = _find_private_key(content)
    is_encrypted = label.startswith(b"ENCRYPTED") or _ENCRYPTED_PKCS1 in block
    if is_encrypted and passphrase is None:
        raise _UnusableKeyError("needs_passphrase")
    key = _load(block, passphrase if is_encrypted else None)
    if key.key_size < LEAST_BITS:
        raise _UnusableKeyError("too_small")
    return SigningKey(key, is_encrypted=is_encrypted)


def _find_private_key(content: bytes) -> tuple[bytes, bytes]:
    """The label and the PEM block of the first private key, or the name of what is there."""
    if not content.strip():
        raise _UnusableKeyError("empty")
    for block in _PEM_BLOCK.finditer(content):
        if block[1] in _RSA_LABELS:
            return block[1], block[0]
    labels = {label[1] for label in _PEM_START.finditer(content)}
    if labels & _RSA_LABELS:
        raise _UnusableKeyError("damaged")  # it begins, and does not end
    if b"OPENSSH PRIVATE KEY" in labels:
        raise _UnusableKeyError("openssh")
    if any(label.endswith(b"PRIVATE KEY") for label in labels):
        raise _UnusableKeyError("not_rsa")
    if any(label.startswith((b"CERTIFICATE", b"X509", b"TRUSTED")) for label in labels):
        raise _UnusableKeyError("certificate")
    if any(label.endswith(b"PUBLIC KEY") for label in labels) or content.startswith(b"ssh-"):
        raise _UnusableKeyError("public_key")
    raise _UnusableKeyError("not_pem")


def _load(block: bytes, passphrase: str | None) -> "RSAPrivateKey":
    """cryptography's key object; its own exceptions and their texts end here."""
    # start-up time
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        secret = passphrase.encode("utf-8") if passphrase is not None else None
        key = load_pem_private_key(block, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        is_locked = passphrase is not None and _is_base64(block)
        raise _UnusableKeyError("wrong_passphrase" if is_locked else "damaged") from None
    if not isinstance(key, RSAPrivateKey):
        raise _UnusableKeyError("not_rsa")
    return key


def _is_base64(block: bytes) -> bool:
    """Whether the lines of a PEM block, its header lines left out, can be decoded at all."""
    lines = [line.strip() for line in block.splitlines()[1:-1] if b":" not in line]
    try:
        base64.b64decode(b"".join(lines), validate=True)
    except binascii.Error:
        return False
    return True
