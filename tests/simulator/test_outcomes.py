"""The test numbers, and the page that tells of them."""

import re
from pathlib import Path

import pytest

from smsdesk.simulator.outcomes import OUTCOMES, TEST_NUMBERS
from tests.simulator.customer import Start, send

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"
ROW = re.compile(
    r"^\| \+(44 7700 900\d{3}|91 10000 \d{5}) \| `([a-z0-9-]+)` \| (.+) \|$", re.MULTILINE
)


def test_the_page_tells_of_every_test_number_and_of_no_other() -> None:
    page = PAGE.read_text(encoding="utf-8")

    told = {number.replace(" ", ""): (name, means) for number, name, means in ROW.findall(page)}

    assert told == {to: (o.name, o.means) for to, o in TEST_NUMBERS.items()}


def test_every_outcome_can_be_met_by_a_number() -> None:
    assert set(OUTCOMES) == {"delivered", *(o.name for o in TEST_NUMBERS.values())}


def test_every_test_number_lies_in_the_range_that_belongs_to_nobody() -> None:
    free = re.compile(r"447700900\d{3}|9110000\d{5}")
    assert all(free.fullmatch(number) for number in TEST_NUMBERS)


@pytest.mark.parametrize(
    ("to", "statuses"),
    [
        ("447700900401", [401]),
        ("447700900402", [402]),
        ("447700900403", [403]),
        ("447700900404", [404]),
        ("447700900411", [401]),
        ("447700900418", [418]),
        ("447700900422", [422]),
        ("447700900423", [422]),
        ("447700900428", [429, 202]),
        ("447700900429", [429, 429, 429, 202]),
        ("447700900430", [429, 429]),
        ("447700900500", [500]),
        ("447700900502", [502]),
        ("447700900503", [503]),
        ("447700900504", [504]),
    ],
)
def test_a_test_number_is_refused_as_its_digits_say(
    start: Start, to: str, statuses: list[int]
) -> None:
    simulator = start()

    answers = [send(simulator, to=to) for _ in statuses]

    assert [answer.status_code for answer in answers] == statuses
    assert len(simulator.messages) == statuses.count(202)


def test_a_limit_with_a_time_to_wait_says_how_long(start: Start) -> None:
    headers = send(start(), to="447700900428").headers

    assert headers["Retry-After"] == "2"
    assert headers["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in send(start(), to="447700900430").headers


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ({}, ("rejected", "1480")),
        ({"entity_id": ""}, ("rejected", "1480")),
        ({"content_id": "1707161234567890123"}, ("rejected", "1480")),
        ({"entity_id": "1201159100000001234"}, ("delivered", None)),
    ],
)
def test_india_lets_only_registered_senders_through(
    start: Start, options: dict[str, str], end: tuple[str, str | None]
) -> None:
    simulator = start()

    assert send(simulator, to="911000001480", sms=options).status_code == 202

    assert simulator.wait_for_messages(lambda records: records[0].is_final)
    (record,) = simulator.messages
    assert (record.status, record.error_code) == end
    assert record.entity_id == options.get("entity_id")
    assert record.content_id == options.get("content_id")


def test_an_id_of_the_register_is_a_text(start: Start) -> None:
    answer = send(start(), to="911000001480", sms={"entity_id": 1201159100000001234})

    assert answer.status_code == 422
    assert answer.json()["invalid_parameters"][0]["name"] == "sms.entity_id"
