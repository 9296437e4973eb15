"""A word that is sent to the public address comes back here, once."""

import threading

import pytest

from smsdesk.webhooks.probe import GOOD_FOR_S, Probes
from tests.support import TurnedClock

NONCE = "a-word-that-nobody-knows"


def test_a_word_that_is_listened_for_arrives_once() -> None:
    probes = Probes(TurnedClock().monotonic)
    probe = probes.expect(NONCE)

    assert not probe.wait(0)
    assert probes.take(NONCE.encode())
    assert probe.wait(0)
    assert not probes.take(NONCE.encode())


@pytest.mark.parametrize("body", [b"", b"a-word-that-nobody-know", NONCE.encode() + b"\n"])
def test_another_word_is_none(body: bytes) -> None:
    probes = Probes(TurnedClock().monotonic)
    probe = probes.expect(NONCE)

    assert not probes.take(body)
    assert not probe.wait(0)


def test_a_word_is_good_for_a_minute() -> None:
    clock = TurnedClock()
    probes = Probes(clock.monotonic)
    probe = probes.expect(NONCE)

    clock.turn(GOOD_FOR_S + 1)

    assert not probes.take(NONCE.encode())
    assert not probe.wait(0)


def test_a_word_that_could_be_guessed_is_not_listened_for() -> None:
    with pytest.raises(ValueError, match="16"):
        Probes(TurnedClock().monotonic).expect("short")


def test_whoever_waits_is_woken() -> None:
    probes = Probes(TurnedClock().monotonic)
    probe = probes.expect(NONCE)
    woken: list[bool] = []
    waiter = threading.Thread(target=lambda: woken.append(probe.wait(20)))
    waiter.start()

    probes.take(NONCE.encode())
    waiter.join()

    assert woken == [True]


def test_only_the_newest_words_are_remembered() -> None:
    probes = Probes(TurnedClock().monotonic)
    words = [f"{NONCE}-{number}" for number in range(20)]
    for word in words:
        probes.expect(word)

    assert [probes.take(word.encode()) for word in words] == [False] * 4 + [True] * 16
