"""Which outcome befalls which request."""

import json
from pathlib import Path

import pytest

from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import (
    Director,
    RateLimit,
    Rule,
    Scenario,
    ScenarioError,
    WebhookTrouble,
    load_scenario,
    read_scenario,
)
from tests.simulator.customer import Start, ask_reports, send

ANYBODY = "447700900000"


def names(director: Director, *recipients: str) -> list[str]:
    return [director.choose_for_message(to).name for to in recipients]


def test_without_rules_everybody_but_the_test_numbers_is_delivered() -> None:
    director = Director(Scenario())

    assert names(director, ANYBODY, "4915112345678", "447700900100") == [
        "delivered",
        "delivered",
        "undeliverable",
    ]


def test_test_numbers_can_be_switched_off() -> None:
    director = Director(Scenario(uses_test_numbers=False, default=OUTCOMES["blocked"]))

    assert names(director, "447700900100") == ["blocked"]


def test_the_first_rule_that_fits_decides_even_over_a_test_number() -> None:
    rules = (
        Rule(OUTCOMES["error-500"], to="447700900100"),
        Rule(OUTCOMES["barred"], prefix="4477"),
    )
    director = Director(Scenario(rules))

    assert names(director, "447700900100", ANYBODY, "12015550123") == [
        "error-500",
        "barred",
        "delivered",
    ]


def test_every_nth_and_only_the_first_are_counted_among_those_that_fit() -> None:
    every = Director(Scenario((Rule(OUTCOMES["reset"], prefix="44", every=2),)))
    first = Director(Scenario((Rule(OUTCOMES["reset"], first=1),)))

    recipients = (ANYBODY, "12015550123", ANYBODY, ANYBODY, ANYBODY)

    assert names(every, *recipients) == [
        "delivered",
        "delivered",
        "reset",
        "delivered",
        "reset",
    ]
    assert names(first, ANYBODY, ANYBODY) == ["reset", "delivered"]


def test_chance_can_be_repeated_with_a_seed() -> None:
    scenario = Scenario((Rule(OUTCOMES["reset"], probability=0.5),), seed=7)

    one = names(Director(scenario), *[ANYBODY] * 50)
    two = names(Director(scenario), *[ANYBODY] * 50)
    other = names(Director(scenario, seed=8), *[ANYBODY] * 50)

    assert one == two != other
    assert set(one) == {"reset", "delivered"}


def test_an_outcome_for_a_few_tries_counts_them_by_recipient() -> None:
    director = Director(Scenario((Rule(OUTCOMES["busy-2s"]),)))

    assert names(director, "1111111", "2222222", "1111111") == [
        "busy-2s",
        "busy-2s",
        "delivered",
    ]


def test_no_second_sees_more_than_the_rate_limit() -> None:
    now = [0.0]
    scenario = Scenario(rate_limit=RateLimit(3))
    director = Director(scenario, monotonic=lambda: now[0])

    burst = names(director, *[ANYBODY] * 4)
    now[0] = 0.9
    early = names(director, ANYBODY)
    now[0] = 1.0
    later = names(director, ANYBODY)

    assert burst == ["delivered"] * 3 + ["rate-limit"]
    assert early == ["rate-limit"]
    assert later == ["delivered"]


def test_a_rate_below_one_a_second_is_kept_too() -> None:
    now = [0.0]
    scenario = Scenario(rate_limit=RateLimit(0.5))
    director = Director(scenario, monotonic=lambda: now[0])

    taken = []
    for now[0] in (0.0, 1.0, 2.0):
        taken += names(director, ANYBODY)

    assert taken == ["delivered", "rate-limit", "delivered"]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(
        json.dumps(
            {
                "seed": 7,
                "default": "no-receipt",
                "test_numbers": False,
                "rate_limit": {"per_second": 30, "retry_after_s": None},
                "on_connect": "close",
                "webhooks": {"lost": 0.1, "repeated": 1, "late_s": 3},
                "rules": [
                    {"to": "+447700900123", "outcome": "error-500"},
                    {
                        "prefix": "+44",
                        "every": 10,
                        "outcome": "opted-out",
                        "options": {
                            "code": "1280",
                            "receipt_delay_s": 3,
                            "answer_delay_s": 0.5,
                        },
                    },
                    {"path": "/v2/reports", "first": 2, "outcome": "error-503"},
                    {
                        "probability": 0.05,
                        "outcome": "busy",
                        "options": {"retry_after_s": 7, "tries": 4},
                    },
                    {"outcome": "delivered", "options": {"reply": "Yes"}},
                ],
            }
        )
    )

    scenario = load_scenario(file)

    assert scenario.seed == 7
    assert scenario.default is OUTCOMES["no-receipt"]
    assert not scenario.uses_test_numbers
    assert scenario.rate_limit == RateLimit(30.0, None)
    assert scenario.on_connect == "close"
    assert scenario.webhooks == WebhookTrouble(lost=0.1, repeated=1.0, late_s=3.0)
    exact, prefix, path, chance, reply = scenario.rules
    assert exact == Rule(OUTCOMES["error-500"], to="447700900123")
    assert (prefix.prefix, prefix.every) == ("44", 10)
    assert prefix.outcome.receipts[-1].code == "1280"
    assert prefix.outcome.receipts[-1].after_s == 3
    assert prefix.outcome.answer_delay_s == 0.5
    assert (path.path, path.first) == ("/v2/reports", 2)
    assert chance.outcome.refusal is not None
    assert chance.outcome.refusal.headers["Retry-After"] == "7"
    assert (chance.probability, chance.outcome.tries) == (0.05, 4)
    assert reply.outcome.reply == "Yes"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "scenario"),
        ({"rulez": []}, "rulez"),
        ({"rules": {}}, "rules"),
        ({"rules": [7]}, r"rules\[0\]"),
        ({"rules": [{}]}, r"rules\[0\].outcome"),
        ({"rules": [{"outcome": "magic"}]}, "magic"),
        ({"rules": [{"outcome": "busy", "if": 1}]}, "if"),
        ({"rules": [{"outcome": "busy", "to": 44}]}, "to"),
        ({"rules": [{"outcome": "busy", "every": 0}]}, "every"),
        ({"rules": [{"outcome": "busy", "every": 1.5}]}, "every"),
        ({"rules": [{"outcome": "busy", "probability": 2}]}, "probability"),
        ({"rules": [{"outcome": "busy", "probability": "half"}]}, "probability"),
        ({"rules": [{"outcome": "busy", "options": {"magic": 1}}]}, "options"),
        ({"default": "magic"}, "default"),
        ({"rate_limit": {"per_second": 0}}, "per_second"),
        ({"rate_limit": 30}, "rate_limit"),
        ({"on_connect": "dance"}, "on_connect"),
        ({"seed": "seven"}, "seed"),
        ({"webhooks": 7}, "webhooks"),
        ({"webhooks": {"burnt": 1}}, "burnt"),
        ({"webhooks": {"lost": 2}}, "webhooks.lost"),
        ({"webhooks": {"late_s": -1}}, "webhooks.late_s"),
    ],
)
def test_a_mistake_is_named_with_its_place(value: object, place: str) -> None:
    with pytest.raises(ScenarioError, match=place):
        read_scenario(value)


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text("{")

    with pytest.raises(ScenarioError, match=r"scenario\.json"):
        load_scenario(file)


def test_the_rate_limit_answers_429_with_its_headers(start: Start) -> None:
    simulator = start(scenario=Scenario(rate_limit=RateLimit(0.1, retry_after_s=3)))

    first, second = send(simulator), send(simulator)

    assert (first.status_code, second.status_code) == (202, 429)
    assert second.headers["Retry-After"] == "3"
    assert second.headers["X-RateLimit-Limit"] == "0.1"
    assert [entry.answer_plan for entry in simulator.requests] == ["delivered", "rate-limit"]


def test_other_paths_can_be_broken_too(start: Start) -> None:
    rules = (Rule(OUTCOMES["error-503"], path="/v2/reports", first=1),)
    simulator = start(scenario=Scenario(rules))

    assert send(simulator).status_code == 202
    assert ask_reports(simulator).status_code == 503
    assert ask_reports(simulator).status_code == 200


def test_other_paths_can_get_strange_answers_and_refusals(start: Start) -> None:
    rules = (
        Rule(OUTCOMES["forbidden"], path="/v2/reports", first=1),
        Rule(OUTCOMES["wrong-type"], path="/v2/reports"),
    )
    simulator = start(scenario=Scenario(rules))

    assert ask_reports(simulator).status_code == 403
    assert ask_reports(simulator).headers["Content-Type"] == "text/plain"


def test_the_scenario_can_change_while_it_is_played(start: Start) -> None:
    simulator = start(scenario=Scenario(default=OUTCOMES["error-500"]))

    before = send(simulator)
    simulator.scenario = Scenario()
    after = send(simulator)

    assert (before.status_code, after.status_code) == (500, 202)
