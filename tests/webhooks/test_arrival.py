"""Where a request ends, however its bytes come in, and which ones are cut at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.webhooks.arrival import LARGEST_BODY, LARGEST_HEAD, Arrival

HEAD = b"POST /x HTTP/1.1\r\nHost: a\r\n"
PLAIN = HEAD + b"Content-Length: 5\r\n\r\nhello"
CHUNKED = (
    HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1a\r\n"
    + b"x" * 26
    + b"\r\n0\r\n\r\n"
)


def fed(data: bytes, *, size: int = 0) -> Arrival:
    arrival = Arrival()
    size = size or max(1, len(data))
    for start in range(0, len(data), size):
        arrival.feed(data[start : start + size])
        if arrival.is_over:
            break
    return arrival


@pytest.mark.parametrize("size", [1, 2, 3, 7, 0])
@pytest.mark.parametrize("request_", [PLAIN, CHUNKED, HEAD + b"\r\n"])
def test_a_request_is_whole_with_its_last_byte(request_: bytes, size: int) -> None:
    assert not fed(request_[:-1], size=size).is_over

    arrival = fed(request_, size=size)

    assert arrival.is_over
    assert arrival.refusal is None
    assert arrival.request == request_


def test_what_comes_behind_a_request_is_left_out() -> None:
    assert fed(PLAIN + b"GET / HTTP/1.1\r\n").request == PLAIN
    assert fed(CHUNKED + b"more").request == CHUNKED


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (b"Content-Length: 65537", 413),
        (b"Content-Length: 9999999999", 413),
        (b"Content-Length: 99999999999", 400),
        (b"Content-Length: -1", 400),
        (b"Content-Length: +5", 400),
        (b"Content-Length: 0x5", 400),
        (b"Content-Length: 1_0", 400),
        (b"Content-Length: ", 400),
        (b"Content-Length: 5\r\nContent-Length: 5", 400),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        (b"Content-Length : 5", 400),
        (b"Transfer-Encoding: gzip, chunked", 501),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501),
        (b"A: b\r\n folded", 400),
        (b"no colon", 400),
    ],
)
def test_a_head_that_will_not_do_is_refused_before_its_body(lines: bytes, refusal: int) -> None:
    assert fed(HEAD + lines + b"\r\n\r\n").refusal == refusal


@pytest.mark.parametrize(
    ("chunks", "refusal"),
    [
        (b"g\r\n", 400),
        (b"5;x=y\r\n", 400),
        (b"-5\r\n", 400),
        (b"\r\n", 400),
        (b"000000000005", 400),
        (b"fffff\r\n", 413),
        (b"5\r\nhelloXX", 400),
        (b"0\r\nTrailer: x\r\n\r\n", 400),
        (b"8000\r\n" + b"x" * 0x8000 + b"\r\n8001\r\n", 413),
    ],
)
def test_chunks_that_will_not_do_are_refused(chunks: bytes, refusal: int) -> None:
    assert fed(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks).refusal == refusal


def test_the_largest_that_is_taken_is_taken() -> None:
    body = b"x" * LARGEST_BODY
    whole = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body

    assert fed(whole, size=1000).request == whole


def test_an_endless_head_is_cut_at_the_limit() -> None:
    arrival = Arrival()
    fed_in = 0
    while not arrival.is_over:
        arrival.feed(b"A: b\r\n" * 100)
        fed_in += 600

    assert arrival.refusal == 431
    assert fed_in <= LARGEST_HEAD + 600


def test_a_large_head_that_comes_at_once_is_cut_too() -> None:
    assert fed(HEAD + b"A: b\r\n" * 5000 + b"\r\n").refusal == 431


def test_who_waits_for_the_word_is_noticed() -> None:
    arrival = fed(HEAD + b"Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n")

    assert arrival.wants_go_ahead
    assert not arrival.is_over


@given(st.binary(max_size=300), st.integers(1, 40))
def test_no_bytes_make_it_stumble(data: bytes, size: int) -> None:
    for start in (b"", HEAD, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"):
        whole, pieces = fed(start + data), fed(start + data, size=size)

        assert (whole.is_over, whole.refusal) == (pieces.is_over, pieces.refusal)
