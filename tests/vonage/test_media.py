"""What a stranger has sent is fetched from where it may be, whole, and with no more than is due."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from smsdesk.vonage import media
from smsdesk.vonage.auth import TokenSource, load_private_key
from smsdesk.vonage.errors import MediaError, NoAnswer, NotSent
from smsdesk.vonage.media import MediaFetch, check_address
from smsdesk.vonage.transport import connection
from tests.vonage.authority import Authority
from tests.vonage.fault_server import Behaviour, FaultServer, Peer, answer, reply_once, silent
from tests.vonage.keys import pkcs8, write_key

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(5_000)
APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


def reply(
    body: bytes = PICTURE, *, kind: str = "image/png", status: str = "200 OK", more: str = ""
) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def fetch(url: str, *, own: str | None = None, kind: str = "image", **more: object) -> bytes:
    one = MediaFetch(
        url,
        kind,
        own_origin=url.rpartition("/")[0] if own is None else own,
        tokens=more.get("tokens"),  # type: ignore[arg-type]
        proxy_of=lambda _origin: None,
        trust=more.get("trust"),  # type: ignore[arg-type]
    )
    with one.opened() as coming:
        return b"".join(coming.pieces)


def code_of(behave: Behaviour, *, kind: str = "image") -> str:
    with FaultServer(behave) as server, pytest.raises(MediaError) as error:
        fetch(f"{server.url}/1", kind=kind)
    return error.value.code


@pytest.fixture
def tokens(tmp_path: Path) -> TokenSource:
    key = load_private_key(write_key(tmp_path, pkcs8()), passphrase=None)
    return TokenSource(APPLICATION_ID, key, now=lambda: 1_700_000_000.0)


def test_a_file_comes_whole() -> None:
    with FaultServer(reply_once(reply())) as server:
        assert fetch(f"{server.url}/1") == PICTURE

    (asked,) = server.requests
    assert asked.startswith(b"GET /1 HTTP/1.1\r\n")
    assert b"uthorization" not in asked, "there was no token to show"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://media.example.com/1", "not_https"),
        ("ftp://media.example.com/1", "not_https"),
        ("file:///etc/passwd", "malformed"),
        ("https://", "malformed"),
        ("https://exa mple.com/1", "malformed"),
        ("https://example.com\\@evil.example.com/", "malformed"),
        ("https://\u0430pple.com/1", "malformed"),
        ("https://api.nexmo.com@evil.example.com/1", "has_password"),
        ("https://localhost/1", "private_host"),
        ("https://router.lan/1", "private_host"),
        ("https://192.168.1.1/1", "private_host"),
        ("https://169.254.169.254/latest", "private_host"),
        ("https://[::1]/1", "private_host"),
        ("https://[fe80::1]/1", "private_host"),
        ("https://2130706433/1", "private_host"),
        ("https://127.1/1", "private_host"),
        ("https://127.0.0.1./1", "private_host"),
        ("http://127.0.0.1:8421/1", "not_https"),
    ],
)
def test_an_address_that_must_not_be_asked_is_not(url: str, code: str) -> None:
    with pytest.raises(MediaError) as error:
        check_address(url, own_origin="http://127.0.0.1:8420")

    assert error.value.code == code


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1"),
        *("::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fe80::1%eth0"),
    ],
)
def test_a_name_that_leads_into_a_network_of_ones_own_is_not_followed(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args: found)

    with pytest.raises(NotSent) as error:
        fetch("https://media.example.com/1", own="")

    assert error.value.reason == "private"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert connection.is_public(address)


def test_the_token_goes_to_vonage_and_not_along_with_a_redirect(
    authority: Authority, tokens: TokenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "is_private_host", lambda _host: False)
    monkeypatch.setattr(connection, "is_public", lambda _address: True)
    with FaultServer(reply_once(reply()), tls=authority.server()) as other:
        away = answer("302 Found", b"", headers=f"Location: {other.url}/there?x=1\r\n")
        with FaultServer(reply_once(away)) as vonage:
            got = fetch(f"{vonage.url}/1", tokens=tokens, trust=authority.trust())

    assert got == PICTURE
    assert b"Authorization: Bearer ey" in vonage.requests[0]
    assert other.requests[0].startswith(b"GET /there?x=1 HTTP/1.1\r\n")
    assert b"uthorization" not in other.requests[0]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://media.example.com/1", "not_https"),
        ("file:///etc/passwd", "malformed"),
        ("https://10.0.0.1/1", "private_host"),
        ("https://me:pass@media.example.com/", "has_password"),
        ("/1", "many_redirects"),
    ],
)
def test_a_redirect_leads_nowhere_that_may_not_be_asked(to: str, code: str) -> None:
    def behave(peer: Peer) -> None:
        while peer.read_request():
            peer.send(answer("302 Found", b"", headers=f"Location: {to}\r\n"))

    assert code_of(behave) == code


@pytest.mark.parametrize(
    ("sent", "kind", "code"),
    [
        (reply(b"<html>", kind="text/html; charset=utf-8"), "image", "other_kind"),
        (reply(b"<html>", kind="text/html"), "file", "other_kind"),
        (reply(b"  <!DOCTYPE html>", kind="image/png"), "image", "other_kind"),
        (reply(b"%PDF", kind="application/pdf"), "image", "other_kind"),
        (reply(status="410 Gone"), "image", "gone"),
        (reply(status="404 Not Found"), "image", "gone"),
        (reply(status="401 Unauthorized"), "image", "refused"),
        (reply(status="503 Busy"), "image", "answered"),
        (reply(more="Content-Encoding: gzip\r\n"), "image", "answered"),
    ],
)
def test_what_is_not_the_file_is_not_taken_for_it(sent: bytes, kind: str, code: str) -> None:
    assert code_of(reply_once(sent), kind=kind) == code


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file", "vcard", "sticker"])
def test_a_server_that_names_no_kind_is_believed(kind: str) -> None:
    with FaultServer(reply_once(reply(kind="application/octet-stream"))) as server:
        assert fetch(f"{server.url}/1", kind=kind) == PICTURE


def test_what_says_that_it_is_too_large_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LARGEST_FILE", 1_000)

    assert code_of(reply_once(reply())) == "too_large"


def test_what_grows_too_large_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "LARGEST_FILE", 100_000)
    chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"

    def behave(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            peer.send(chunk)

    assert code_of(behave) == "too_large"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (answer("200 OK", PICTURE, length=9_000), "cut"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + PICTURE, "cut"),
    ],
)
def test_what_is_cut_is_not_taken_for_the_whole(sent: bytes, reason: str) -> None:
    sent = sent.replace(b"application/json", b"image/png")
    with FaultServer(reply_once(sent)) as server, pytest.raises(NoAnswer) as error:
        fetch(f"{server.url}/1")

    assert error.value.reason == reason


def _drip(peer: Peer) -> None:
    peer.read_request()
    peer.send(reply()[:300])
    peer.wait_closed()


@pytest.mark.parametrize("behave", [silent, _drip])
def test_a_slow_server_is_not_waited_for_long(
    behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "STALL_S", 0.2)
    with FaultServer(behave) as server, pytest.raises(NoAnswer) as error:
        fetch(f"{server.url}/1")

    assert error.value.reason == "deadline"


@pytest.mark.parametrize("behave", [silent, _drip])
def test_whoever_waits_wakes_up_when_it_is_cancelled(behave: Callable[[Peer], None]) -> None:
    asked = threading.Event()

    def behave_and_tell(peer: Peer) -> None:
        asked.set()
        behave(peer)

    with FaultServer(behave_and_tell) as server:
        one = MediaFetch(
            f"{server.url}/1",
            "image",
            own_origin=server.url,
            tokens=None,
            proxy_of=lambda _origin: None,
        )

        def cancel() -> None:
            asked.wait(10)
            one.cancel()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        with pytest.raises(MediaError) as error, one.opened() as coming:
            list(coming.pieces)
        canceller.join()

    assert error.value.code == "cancelled"


def test_what_was_cancelled_before_it_began_asks_nobody() -> None:
    with FaultServer(reply_once(reply())) as server:
        one = MediaFetch(
            f"{server.url}/1",
            "image",
            own_origin=server.url,
            tokens=None,
            proxy_of=lambda _origin: None,
        )
        one.cancel()
        with pytest.raises(MediaError) as error, one.opened():
            pass

    assert error.value.code == "cancelled"
    assert server.requests == []
