"""Thousands of forged and spoilt webhooks: none is accepted, none breaks anything (T8, F62).

`make forged-webhooks` sends a hundred thousand.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.webhooks.forgery import WAYS, Forger
from tests.webhooks.station import Station

INSIDE = 4_700
OVER_SOCKETS = 300
MEANT = {400, 401, 403, 404, 405, 503}


@pytest.fixture
def station() -> Iterator[Station]:
    with Station().running() as station:
        yield station


@pytest.fixture
def forger(station: Station) -> Forger:
    return Forger(station.status.status_path, station.status.inbound_path)


def test_what_they_are_made_from_is_accepted(station: Station, forger: Forger) -> None:
    assert {station.receiver.answer(forger.good(number)) for number in range(20)} == {200}


@pytest.mark.case("T8", "F62", "G5")
def test_no_forgery_is_accepted(
    station: Station, forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("ERROR")  # each of the others says a word
    ways: Counter[str] = Counter()
    for number in range(INSIDE):
        forgery = forger.forge(number)
        answer = station.receiver.answer(forgery.call)
        assert answer in MEANT, (number, forgery)
        ways[forgery.way] += 1

    assert set(ways) == WAYS
    assert station.heard == []
    assert caplog.records == []


@pytest.mark.case("T8", "G5")
def test_no_forgery_is_accepted_over_a_socket(station: Station, forger: Forger) -> None:
    for number in range(INSIDE, INSIDE + OVER_SOCKETS):
        forgery = forger.forge(number)
        answered = station.say(forgery.as_bytes())
        assert answered.startswith(b"HTTP/1.1 "), (number, forgery)
        assert int(answered.split()[1]) in MEANT, (number, forgery)

    assert station.heard == []
    assert station.receiver.answer(forger.good(1)) == 200
