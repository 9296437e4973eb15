"""A public address is asked with a few bytes, within a limit, and nothing of ours goes along."""

from pathlib import Path

import pytest

from smsdesk.vonage import reach
from smsdesk.vonage.errors import NoAnswer, NotSent
from smsdesk.vonage.reach import LARGEST_ANSWER, post_probe
from tests.vonage.authority import Authority
from tests.vonage.fault_server import FaultServer, answer, serve_all, silent


def test_the_word_arrives_as_it_is_and_nothing_else_goes_along() -> None:
    with FaultServer(serve_all(answer("204 No Content", b""))) as server:
        got = post_probe(f"{server.url}/path/status", b"word", proxy=None)

    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert got.status == 204
    assert head.startswith(b"POST /path/status HTTP/1.1\r\n")
    assert body == b"word"
    assert names <= {
        b"host",
        b"user-agent",
        b"content-type",
        b"content-length",
        b"accept-encoding",
    }


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with FaultServer(serve_all(answer())) as other:
        elsewhere = answer("307 x", headers=f"Location: {other.url}/\r\n")
        with FaultServer(serve_all(elsewhere)) as server:
            got = post_probe(f"{server.url}/", b"word", proxy=None)

    assert got.status == 307
    assert other.requests == []


def test_no_more_than_a_little_of_a_strangers_answer_is_kept() -> None:
    with FaultServer(serve_all(answer("200 OK", b"x" * 500_000))) as server:
        got = post_probe(server.url, b"word", proxy=None)

    assert len(got.body) == LARGEST_ANSWER
    assert not got.is_complete


def test_a_server_that_says_nothing_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reach, "ANSWER_S", 0.2)
    with FaultServer(silent) as server, pytest.raises(NoAnswer) as error:
        post_probe(server.url, b"word", proxy=None)

    assert error.value.reason == "deadline"


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with FaultServer(serve_all(), tls=authority.server()) as server:
        with pytest.raises(NotSent) as error:
            post_probe(server.url, b"word", proxy=None)
        got = post_probe(server.url, b"word", proxy=None, trust=authority.trust())

    assert error.value.reason == "certificate"
    assert got.status == 202
