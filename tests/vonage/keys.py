"""Key files for tests, right ones and wrong ones, made once for the run."""

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat

PASSPHRASE = "correct horse ✓"
_PLAIN = serialization.NoEncryption()
_LOCKED = serialization.BestAvailableEncryption(PASSPHRASE.encode())


@cache
def _rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def rsa_key() -> rsa.RSAPrivateKey:
    return _rsa_key(2048)


def pkcs8(*, is_locked: bool = False, bits: int = 2048) -> bytes:
    return _rsa_key(bits).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, _LOCKED if is_locked else _PLAIN
    )


def pkcs1(*, is_locked: bool = False) -> bytes:
    return rsa_key().private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _LOCKED if is_locked else _PLAIN
    )


def openssh() -> bytes:
    return rsa_key().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, _PLAIN)


def der() -> bytes:
    return rsa_key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, _PLAIN)


def public_key() -> bytes:
    return rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_ssh_key() -> bytes:
    return rsa_key().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)


def elliptic(private_format: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, private_format, _PLAIN)


def ed25519_key() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, _PLAIN
    )


def damaged(pem: bytes) -> bytes:
    """One line of the base64 is missing, as after a bad copy."""
    lines = pem.splitlines(keepends=True)
    return b"".join(lines[:5] + lines[6:])


def write_key(folder: Path, content: bytes, *, mode: int = 0o600) -> Path:
    path = folder / "private.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path
