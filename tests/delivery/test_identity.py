"""Names that sort in the order they were made, and references that are surely ours."""

import re
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsdesk.delivery.identity import (
    UlidSource,
    is_client_ref,
    make_client_ref,
    make_install_tag,
    ulids,
)

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
CLIENT_REF = re.compile(r"[0-9A-Z-]{40}")


def test_ulids_have_their_form_and_rise() -> None:
    made = [ulids.make() for _ in range(2_000)]

    assert all(ULID.fullmatch(one) for one in made)
    assert made == sorted(set(made))


def test_ulids_rise_for_every_thread_and_never_repeat() -> None:
    source = UlidSource()
    made: dict[int, list[str]] = {}

    def work(number: int) -> None:
        made[number] = [source.make() for _ in range(2_000)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(own == sorted(own) for own in made.values())
    assert len({one for own in made.values() for one in own}) == 16_000


@pytest.mark.case("F59")
def test_ulids_rise_although_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    times: Iterator[int] = iter([2_000, 1_000, 2_000, 2_001, 0, 3_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(times) * 1_000_000)
    source = UlidSource()
    made = [source.make() for _ in range(6)]

    assert made == sorted(set(made))


def test_an_install_tag_is_eight_characters_and_its_own() -> None:
    tags = {make_install_tag() for _ in range(50)}

    assert len(tags) == 50
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", tag) for tag in tags)


@given(st.integers(1, 32_767))
def test_a_reference_has_exactly_forty_harmless_characters(attempt: int) -> None:
    ref = make_client_ref("ABCDEFGH", ulids.make(), attempt)

    assert CLIENT_REF.fullmatch(ref)
    assert is_client_ref(ref)


def test_each_attempt_has_a_reference_of_its_own() -> None:
    message_id = ulids.make()
    refs = {make_client_ref("ABCDEFGH", message_id, n) for n in range(1, 5_000)}

    assert len(refs) == 4_999


def test_the_check_characters_find_a_slip_of_the_hand() -> None:
    ref = make_client_ref("ABCDEFGH", "01ARZ3NDEKTSV4RRFFQ69G5FAV", 1)
    typed = [
        ref[:n] + other + ref[n + 1 :] for n in range(38) for other in "0A" if ref[n] != other
    ]
    swapped = [ref[:n] + ref[n + 1] + ref[n] + ref[n + 2 :] for n in range(37)]

    assert not any(is_client_ref(slip) for slip in typed)
    assert not any(is_client_ref(slip) for slip in swapped if slip != ref)
    assert not is_client_ref(ref[:-1])
    assert not is_client_ref("")
    assert not is_client_ref("é" * 40)
