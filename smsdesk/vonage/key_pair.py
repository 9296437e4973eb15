"""A key pair made on this computer, of which only the public half is ever sent anywhere.

Keys that exist already are read by `auth`; who is told the public half is decided elsewhere.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from smsdesk.vonage.auth import LEAST_BITS, SigningKey, fingerprint_of
from smsdesk.vonage.errors import KeyFileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

MOST_BITS = 8192
_PUBLIC_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key that now lies at `path`, and what may be known of it."""

    path: Path
    public_pem: str
    fingerprint: str


def make_key_pair(path: Path, *, passphrase: str | None, bits: int = LEAST_BITS) -> KeyPair:
    """Make an RSA key and write it to a new file that only this user may read.

    The file holds PKCS#8 in PEM, encrypted when there is a passphrase. Nothing is ever
    overwritten. Raises KeyFileError: exists, no_folder, not_writable, disk_full.
    """
    if not LEAST_BITS <= bits <= MOST_BITS:
        raise ValueError(f"a key has {LEAST_BITS} to {MOST_BITS} bits")
    descriptor = _create(path)  # before the key is made, which takes long
    try:
        # start-up time
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

        key = generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=bits)
        with os.fdopen(descriptor, "wb") as file:
            file.write(_pem(key, passphrase or None))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        _remove(path)
        raise KeyFileError("disk_full", path) from None
    except BaseException:
        _remove(path)
        raise
    public_pem = SigningKey(key, is_encrypted=bool(passphrase)).public_pem()
    return KeyPair(path, public_pem, fingerprint_of(key.public_key()))


def public_fingerprint(pem: str) -> str | None:
    """The fingerprint of a public key in PEM, to compare with a private one's; None if it is
    no RSA key."""
    # start-up time
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.encode("utf-8"))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return fingerprint_of(key) if isinstance(key, RSAPublicKey) else None


def _create(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags, 0o600)
    except FileExistsError:
        raise KeyFileError("exists", path) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise KeyFileError("no_folder", path) from None
    except OSError:
        raise KeyFileError("not_writable", path) from None


def _remove(path: Path) -> None:
    with suppress(OSError):  # the error under way says more
        path.unlink()


def _pem(key: "RSAPrivateKey", passphrase: str | None) -> bytes:
    from cryptography.hazmat.primitives import serialization  # start-up time

    lock = (
        serialization.NoEncryption()
        if passphrase is None
        else serialization.BestAvailableEncryption(passphrase.encode("utf-8"))
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
    )
