"""The key file is judged before it is used, and tokens keep Vonage's rules (T1, T2, F76 to F78)."""

import os
import stat
import sys
import threading
import traceback
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import PrivateFormat

from smsdesk.vonage.auth import (
    LARGEST_KEY_FILE,
    SigningKey,
    TokenSource,
    close_to_others,
    load_private_key,
)
from smsdesk.vonage.errors import KeyFileError
from tests.vonage import keys
from tests.vonage.authority import Authority

APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
NOW = 1_800_000_000.0


def refusal(path: Path, passphrase: str | None = None) -> KeyFileError:
    with pytest.raises(KeyFileError) as caught:
        load_private_key(path, passphrase=passphrase)
    assert caught.value.path == path
    return caught.value


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (keys.pkcs8(), None),
        (keys.pkcs8(), "not needed"),
        (keys.pkcs8(is_locked=True), keys.PASSPHRASE),
        (keys.pkcs1(), None),
        (keys.pkcs1(is_locked=True), keys.PASSPHRASE),
        (keys.pkcs8().replace(b"\n", b"\r\n"), None),
        (b"\xef\xbb\xbf" + keys.pkcs8(), None),
        (b"a note above\n\n" + keys.pkcs8() + b"\n\n", None),
        (keys.public_key() + keys.pkcs8(), None),
    ],
    ids=[
        "pkcs8",
        "needless passphrase",
        "locked pkcs8",
        "pkcs1",
        "locked pkcs1",
        "CRLF",
        "BOM",
        "note",
        "both halves",
    ],
)
def test_a_right_key_is_loaded(tmp_path: Path, content: bytes, passphrase: str | None) -> None:
    key = load_private_key(keys.write_key(tmp_path, content), passphrase=passphrase)

    assert key.bits == 2048
    assert key.public_pem() == keys.public_key().decode()


@pytest.mark.case("T2", "F78")
@pytest.mark.parametrize(
    ("content", "passphrase", "code"),
    [
        (lambda: b"", None, "empty"),
        (lambda: b" \r\n\t", None, "empty"),
        (lambda: b"PNG\x00\xff\xfe binary", None, "not_pem"),
        (keys.der, None, "not_pem"),
        (lambda: keys.pkcs8().decode().encode("utf-16"), None, "not_pem"),
        (keys.public_key, None, "public_key"),
        (keys.public_ssh_key, None, "public_key"),
        (keys.openssh, None, "openssh"),
        (keys.elliptic, None, "not_rsa"),
        (lambda: keys.elliptic(PrivateFormat.TraditionalOpenSSL), None, "not_rsa"),
        (keys.ed25519_key, None, "not_rsa"),
        (lambda: keys.pkcs8(bits=1024), None, "too_small"),
        (lambda: keys.damaged(keys.pkcs8()), None, "damaged"),
        (lambda: keys.damaged(keys.pkcs1()), None, "damaged"),
        (lambda: keys.pkcs8()[:800], None, "damaged"),
        (
            lambda: (
                keys.pkcs8(is_locked=True)[:200] + b"%%%" + keys.pkcs8(is_locked=True)[200:]
            ),
            "x",
            "damaged",
        ),
        (lambda: keys.pkcs8(is_locked=True), None, "needs_passphrase"),
        (lambda: keys.pkcs8(is_locked=True), "", "needs_passphrase"),
        (lambda: keys.pkcs1(is_locked=True), None, "needs_passphrase"),
        (lambda: keys.pkcs8(is_locked=True), "wrong", "wrong_passphrase"),
        (lambda: keys.pkcs8(is_locked=True), "\ud800", "wrong_passphrase"),
        (lambda: keys.pkcs8(is_locked=True), "x" * 5000, "wrong_passphrase"),
        (lambda: keys.pkcs1(is_locked=True), "wrong", "wrong_passphrase"),
        (lambda: b"x" * (LARGEST_KEY_FILE + 1), None, "too_large"),
    ],
)
def test_each_wrong_file_has_its_own_name(
    tmp_path: Path, content: Callable[[], bytes], passphrase: str | None, code: str
) -> None:
    error = refusal(keys.write_key(tmp_path, content()), passphrase)

    assert error.code == code
    shown = "".join(traceback.format_exception(error))
    assert "cryptography" not in shown
    assert keys.PASSPHRASE not in shown


@pytest.mark.case("T2")
def test_a_certificate_is_no_private_key(tmp_path: Path, authority: Authority) -> None:
    path = keys.write_key(tmp_path, authority.root_file.read_bytes())

    assert refusal(path).code == "certificate"


@pytest.mark.case("F76")
def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing").code == "missing"
    assert refusal(keys.write_key(tmp_path, b"x") / "below").code == "missing"
    assert refusal(Path("a\0b")).code == "missing"


def test_only_a_regular_file_will_do(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "not_a_file"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes, pipes or owners")
class TestRights:
    def test_a_named_pipe_is_refused_without_waiting(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe", 0o600)

        assert refusal(tmp_path / "pipe").code == "not_a_file"

    @pytest.mark.case("T1", "F77")
    @pytest.mark.parametrize("mode", [0o640, 0o644, 0o604, 0o660, 0o666, 0o601, 0o777])
    def test_a_key_that_others_may_read_is_refused_and_repaired(
        self, tmp_path: Path, mode: int
    ) -> None:
        path = keys.write_key(tmp_path, keys.pkcs8(), mode=mode)

        assert refusal(path).code == "open_to_others"
        assert load_private_key(path, passphrase=None, ignore_mode=True).bits == 2048
        close_to_others(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert load_private_key(path, passphrase=None).bits == 2048

    @pytest.mark.parametrize("mode", [0o600, 0o400])
    def test_a_key_of_ones_own_is_accepted(self, tmp_path: Path, mode: int) -> None:
        path = keys.write_key(tmp_path, keys.pkcs8(), mode=mode)

        assert load_private_key(path, passphrase=None).bits == 2048

    @pytest.mark.case("T1")
    def test_a_link_is_followed_and_its_target_judged(self, tmp_path: Path) -> None:
        target = keys.write_key(tmp_path, keys.pkcs8(), mode=0o644)
        link = tmp_path / "link"
        link.symlink_to(target)

        assert refusal(link).code == "open_to_others"
        target.chmod(0o600)
        assert load_private_key(link, passphrase=None).bits == 2048

    @pytest.mark.case("T1")
    def test_a_key_of_somebody_else_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = keys.write_key(tmp_path, keys.pkcs8())
        monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)

        assert refusal(path).code == "other_owner"

    @pytest.mark.case("F76")
    def test_a_file_that_may_not_be_read_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = keys.write_key(tmp_path, keys.pkcs8())

        def refuse(*args: object) -> int:
            raise PermissionError

        monkeypatch.setattr(os, "open", refuse)

        assert refusal(path).code == "unreadable"


def test_nothing_to_repair_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="missing"):
        close_to_others(tmp_path / "nothing")
    with pytest.raises(KeyFileError, match="not_a_file"):
        close_to_others(tmp_path)


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(keys.rsa_key(), is_encrypted=False)


def test_a_key_shows_a_fingerprint_and_hides_itself(key: SigningKey) -> None:
    groups = key.fingerprint.split(" ")

    assert len(groups) == 16
    assert all(len(group) == 4 and int(group, 16) >= 0 for group in groups)
    assert key.fingerprint == SigningKey(keys.rsa_key(), is_encrypted=True).fingerprint
    assert repr(key) == "SigningKey(2048 bits, hidden)"


class Clock:
    """A wall clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def claims(token: str) -> dict[str, object]:
    public: rsa.RSAPublicKey = keys.rsa_key().public_key()
    options = {"verify_exp": False, "verify_iat": False}
    return dict(jwt.decode(token, public, algorithms=["RS256"], options=options))  # type: ignore[arg-type]


def test_a_token_says_what_vonage_asks_for(key: SigningKey) -> None:
    token = TokenSource(APPLICATION, key, now=Clock()).bearer()

    said = claims(token)
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}
    assert set(said) == {"application_id", "iat", "exp", "jti"}
    assert said["application_id"] == APPLICATION
    assert said["iat"] == NOW - 30
    assert said["exp"] == NOW + 900


def test_a_token_is_used_until_a_minute_before_its_end(key: SigningKey) -> None:
    clock = Clock()
    tokens = TokenSource(APPLICATION, key, now=clock)
    first = tokens.bearer()

    clock.now += 839
    assert tokens.bearer() == first
    clock.now += 1
    second = tokens.bearer()

    assert second != first
    assert claims(second)["jti"] != claims(first)["jti"]


def test_a_token_is_not_trusted_after_the_clock_went_back(key: SigningKey) -> None:
    clock = Clock()
    tokens = TokenSource(APPLICATION, key, now=clock)
    first = tokens.bearer()

    clock.now -= 3600

    assert tokens.bearer() != first


def test_renewing_drops_the_token(key: SigningKey) -> None:
    tokens = TokenSource(APPLICATION, key, now=Clock())
    first = tokens.bearer()

    tokens.renew()

    assert tokens.bearer() != first


def test_a_wrong_clock_is_corrected_by_the_servers_date(key: SigningKey) -> None:
    clock = Clock()
    tokens = TokenSource(APPLICATION, key, now=clock)
    wrong = tokens.bearer()

    tokens.learn(formatdate(NOW - 600, usegmt=True), received_at=NOW)

    assert tokens.skew_s == pytest.approx(-599.5)
    assert tokens.bearer() != wrong
    assert claims(tokens.bearer())["iat"] == NOW - 600 - 30


def test_a_small_difference_is_no_skew(key: SigningKey) -> None:
    tokens = TokenSource(APPLICATION, key, now=Clock())
    first = tokens.bearer()

    tokens.learn(formatdate(NOW - 2, usegmt=True))

    assert tokens.skew_s == 0
    assert tokens.bearer() == first


def test_a_corrected_clock_is_believed_again(key: SigningKey) -> None:
    tokens = TokenSource(APPLICATION, key, now=Clock())
    tokens.learn(formatdate(NOW + 100, usegmt=True))

    tokens.learn(formatdate(NOW, usegmt=True))

    assert tokens.skew_s == 0


@pytest.mark.parametrize("header", [None, "", "yesterday", "Mon, 99 Foo 20000 99:99:99 GMT"])
def test_a_date_that_is_none_teaches_nothing(key: SigningKey, header: str | None) -> None:
    tokens = TokenSource(APPLICATION, key, now=Clock())

    tokens.learn(header)

    assert tokens.skew_s == 0


def test_threads_share_one_token(key: SigningKey) -> None:
    tokens = TokenSource(APPLICATION, key, now=Clock())
    together = threading.Barrier(8, timeout=30)
    got: list[str] = []

    def ask() -> None:
        together.wait()
        got.append(tokens.bearer())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 8
    assert len(set(got)) == 1
