import base64
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from smsdesk.system.logs import (
    FILES,
    HIDDEN,
    LARGEST_BYTES,
    Logs,
    Redactor,
    log_uncaught,
    open_logs,
)

OURS = logging.getLogger("smsdesk.delivery.sender")

PASSPHRASE = 'pass "phrase" with/slash & ünï'
API_SECRET = "Zx9Kq2Lm7Rt4Wv8B"
APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
PEM_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw"
PEM = f"-----BEGIN PRIVATE KEY-----\n{PEM_BODY}\n{PEM_BODY}\n-----END PRIVATE KEY-----\n"
JWT_PAYLOAD = "eyJhcHBsaWNhdGlvbl9pZCI6ImFhYWEifQ"
JWT = f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{JWT_PAYLOAD}.c2lnbmF0dXJlLWJ5dGVz_-09"
SECRETS = (PASSPHRASE, API_SECRET, APPLICATION_ID)

# whatever of these is found in a byte that was written is a leak
CANARIES = (
    PASSPHRASE,
    json.dumps(PASSPHRASE)[1:-1],
    quote(PASSPHRASE),
    quote(PASSPHRASE, safe=""),
    quote_plus(PASSPHRASE),
    base64.b64encode(PASSPHRASE.encode()).decode(),
    API_SECRET,
    APPLICATION_ID,
    PEM_BODY,
    JWT_PAYLOAD,
    "c2lnbmF0dXJl",
    base64.b64encode(f"key:{API_SECRET}".encode()).decode(),
    "hunter22",
    "447700900123",
    "7700 900123",
    "07700 900123",
    "4477009",
)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    opened = open_logs(tmp_path, secrets=SECRETS)
    yield opened
    opened.close()


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.iterdir()))


def leaks(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


LEAKY = (
    f"the passphrase is {PASSPHRASE}",
    f"in JSON {json.dumps({'passphrase': PASSPHRASE})}",
    f"in Python { ({'passphrase': PASSPHRASE}) }",
    f"in a URL ?p={quote(PASSPHRASE)}&q={quote(PASSPHRASE, safe='')}",
    f"in a form p={quote_plus(PASSPHRASE)}",
    f"in Base64 {base64.b64encode(PASSPHRASE.encode()).decode()}",
    f"api secret {API_SECRET}, application {APPLICATION_ID}",
    f"key {PEM} after",
    f"key {PEM!r} after",
    f"key cut {PEM[:60]}",
    f"key encrypted {PEM.replace('PRIVATE', 'ENCRYPTED PRIVATE')}",
    f"token {JWT}",
    f"token cut {JWT[:-10]}",
    f"header Authorization: Bearer {JWT}",
    f"headers {{'Authorization': 'Bearer {JWT}', 'Accept': '*/*'}}",
    f"bytes {f'authorization: Bearer {JWT}'.encode()!r}",
    "header Authorization: Digest hunter22, more hunter22",
    f"Basic {base64.b64encode(f'key:{API_SECRET}'.encode()).decode()}",
    "GET /account/get-balance?api_key=abc&api_secret=hunter22 HTTP/1.1",
    "proxy http://anna:hunter22@proxy.example:3128/",
    "to +447700900123",
    "to 447700900123 and 00447700900123",
    "to +44 7700 900123",
    "to 07700 900123, to 07700-900123",
    "to +44 (0)7700 900123",
    "to tel447700900123x",
    "to \u0664\u0664\u0667\u0667\u0660\u0660\u0669\u0660\u0660\u0661\u0662\u0663",
)


@pytest.mark.case("T6")
@pytest.mark.parametrize("leaky", LEAKY)
def test_no_secret_and_no_number_is_written(logs: Logs, tmp_path: Path, leaky: str) -> None:
    library = logging.getLogger("urllib3.connectionpool")

    OURS.info(leaky)
    OURS.info("as argument %s", leaky)
    library.warning("as %r", {"value": leaky})
    OURS.error("with its place", stack_info=True, extra={"leaky": leaky})
    try:
        raise ValueError(leaky)
    except ValueError as error:
        OURS.exception("as exception")
        try:
            raise OSError(leaky, leaky) from error
        except OSError as second:
            second.add_note(leaky)
            OURS.exception("as chain")

    text = written(tmp_path)
    assert leaks(text) == []
    assert text.count("Z ") == 6
    assert "\u0664\u0664\u0667" not in text


@pytest.mark.case("T6")
def test_a_traceback_shows_no_local_variable(logs: Logs, tmp_path: Path) -> None:
    def fail(unspoken: str) -> None:
        raise RuntimeError("row 17")

    try:
        fail("".join(["kept ", "to ", "itself"]))
    except RuntimeError:
        OURS.exception("failed")

    assert "RuntimeError: row 17" in written(tmp_path)
    assert "kept to itself" not in written(tmp_path)


def test_a_secret_learnt_later_is_masked_from_then_on(logs: Logs, tmp_path: Path) -> None:
    logs.add_secret("swordfish-17")

    OURS.warning("it is swordfish-17")

    assert f"it is {HIDDEN}" in written(tmp_path)


def test_of_two_secrets_the_longer_is_masked_whole() -> None:
    redactor = Redactor(["sword", "swordfish"])

    assert redactor.redact("swordfish and sword") == f"{HIDDEN} and {HIDDEN}"


@pytest.mark.parametrize("secret", ["", "a", "abc"])
def test_a_secret_too_short_to_look_for_does_not_spoil_the_log(secret: str) -> None:
    assert Redactor([secret]).redact("a b c abc") == "a b c abc"


@pytest.mark.parametrize(
    "harmless",
    [
        "message 0190b3a2-1111-7222-8333-123456789012 is queued",
        "message 12345678123412341234123456789012 is queued",
        "smsdesk.delivery.sender: 202 after 1.25 s, attempt 3 of 1000",
        "at 2026-11-23T18:07:43.123Z and 08:07:43, version 6.8.2",
        "file /home/anna/smsdesk/smsdesk.db, line 123456",
        "authorization failed: 401, the basis of the token bucket: 10.0",
    ],
)
def test_what_is_no_secret_stays(harmless: str) -> None:
    assert Redactor().redact(harmless) == harmless


@pytest.mark.parametrize("number", ["+447700900123", "447700900123", "07700 900123", "1234523"])
def test_of_a_number_the_last_two_digits_stay(number: str) -> None:
    assert Redactor().redact(f"to {number}.") == f"to …{number[-2:]}."


def test_a_text_from_outside_cannot_pass_for_a_line_of_the_log(
    logs: Logs, tmp_path: Path
) -> None:
    OURS.warning("answer: %s", "bad\n2026-01-01T00:00:00.000Z INFO all is well\x1b[2J\r\u2028x")

    first, second = written(tmp_path).splitlines()
    assert first.endswith("answer: bad")
    assert second == "    2026-01-01T00:00:00.000Z INFO all is well?[2J??x"


def test_libraries_are_written_from_warning_up_and_we_from_info_up(
    logs: Logs, tmp_path: Path
) -> None:
    for name in ("urllib3", "requests", "keyring.backend", "jwt", "smsdeskless", "new.one"):
        library = logging.getLogger(name)
        library.setLevel(logging.DEBUG)
        library.info("chatter")
        library.setLevel(logging.NOTSET)
    logging.getLogger("urllib3").warning("worth it")
    OURS.debug("chatter")
    OURS.info("worth it too")

    text = written(tmp_path)
    assert "chatter" not in text
    assert "WARNING MainThread urllib3: worth it" in text
    assert "INFO MainThread smsdesk.delivery.sender: worth it too" in text


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_every_file_is_private_and_five_are_kept(logs: Logs, tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        for _ in range(7 * 11):
            OURS.info("x" * (LARGEST_BYTES // 10))
    finally:
        os.umask(former)

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["smsdesk.log", *(f"smsdesk.log.{n}" for n in range(1, FILES))]
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.stat().st_size <= LARGEST_BYTES


def emit(message: str, *arguments: object) -> None:
    """Hands an entry to the file alone: what the test runner would also keep of it, it could
    not always show."""
    files = (h for h in logging.getLogger().handlers if isinstance(h, RotatingFileHandler))
    next(files).emit(OURS.makeRecord("smsdesk", 40, "f", 1, message, arguments, None))


def test_a_lone_surrogate_does_not_stop_the_log(logs: Logs, tmp_path: Path) -> None:
    emit("half %s", "\ud83d")

    assert "half \\ud83d" in written(tmp_path)


def test_an_entry_that_cannot_be_written_is_dropped_in_silence(
    logs: Logs, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    emit("%d is no number", API_SECRET)

    out, err = capfd.readouterr()
    assert out + err + written(tmp_path) == ""


def test_after_closing_nothing_is_written(tmp_path: Path) -> None:
    logs = open_logs(tmp_path)

    logs.close()
    OURS.error("too late")

    assert written(tmp_path) == ""
    assert logging.getLogger("smsdesk").level == logging.NOTSET


def test_many_threads_may_write_and_add_secrets(logs: Logs, tmp_path: Path) -> None:
    def work(number: int) -> None:
        for round_ in range(20):
            secret = f"thread-{number}-secret-{round_}"
            logs.add_secret(secret)
            OURS.info("mine: %s", secret)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert written(tmp_path).count(f"mine: {HIDDEN}\n") == 160


CRASH = """
import gc, sys, threading
from pathlib import Path
from smsdesk.system.logs import keep_secrets_out_of_dumps, log_uncaught, open_logs

keep_secrets_out_of_dumps()
logs = open_logs(Path(sys.argv[1]), secrets=[sys.stdin.readline().strip()])
secret = "".join(["Zx9Kq2Lm", "7Rt4Wv8B"])
told = []
log_uncaught(lambda error: told.append(type(error).__name__))

def fail():
    raise ValueError(secret)

class Dying:
    def __del__(self):
        raise KeyError(secret)

thread = threading.Thread(target=fail, name="sender")
thread.start()
thread.join()
leaving = threading.Thread(target=sys.exit)
leaving.start()
leaving.join()
dying = Dying()
del dying
gc.collect()
print(told)
if sys.platform != "win32":
    import resource
    print(resource.getrlimit(resource.RLIMIT_CORE))
raise OSError(secret)
"""


@pytest.mark.skipif(os.name != "posix", reason="core files are POSIX")
def test_what_nobody_caught_is_logged_masked_and_printed_nowhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        input=API_SECRET + "\n",
        capture_output=True,
        text=True,
        check=False,
    )

    text = written(tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["['ValueError', 'KeyError']", "(0, 0)"]
    assert leaks(text + done.stdout) == []
    for place, error in (
        ("sender", "ValueError"),
        ("a place that cannot raise", "KeyError"),
        ("the main thread", "OSError"),
    ):
        assert f"uncaught in {place}" in text
        assert f"{error}: " in text
    assert text.count("CRITICAL") == 3


def test_the_former_hooks_can_be_put_back() -> None:
    former = sys.excepthook, threading.excepthook, sys.unraisablehook

    put_back = log_uncaught(lambda error: None)
    changed = sys.excepthook, threading.excepthook, sys.unraisablehook
    put_back()

    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == former
    assert all(new is not old for new, old in zip(changed, former, strict=True))


def test_a_log_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "smsdesk.log").mkdir()

    with pytest.raises(OSError, match=r"directory|denied"):
        open_logs(tmp_path)
