"""Scenarios: which outcome befalls which request, by rules a person can write in a JSON file.

What an outcome does is in `outcomes`; this file only chooses one.
"""

import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from smsdesk.simulator.outcomes import OUTCOMES, TEST_NUMBERS, Outcome

MESSAGES_PATH = "/v1/messages"


class ScenarioError(ValueError):
    """A scenario file that says something else than a scenario; the text names the place."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a scenario. All conditions that are given must hold; the first rule wins."""

    outcome: Outcome
    path: str = MESSAGES_PATH
    """Requests whose path begins like this; the others are not counted either."""
    to: str | None = None
    prefix: str | None = None
    every: int | None = None
    """Each nth request that the other conditions let through."""
    first: int | None = None
    """Only the first so many requests that the other conditions let through."""
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many messages are taken in any one second; the rest is answered with 429."""

    per_second: float
    retry_after_s: int | None = 1


@dataclass(frozen=True, slots=True)
class WebhookTrouble:
    """What befalls webhooks on their way. Chances are from 0 to 1, each for itself."""

    lost: float = 0.0
    """Never brought at all; Reports knows of it all the same."""
    repeated: float = 0.0
    """Brought twice, although it was taken the first time."""
    late_s: float = 0.0
    """Each waits up to so long, so that they overtake each other."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Rules, then the test numbers, then the default."""

    rules: tuple[Rule, ...] = ()
    default: Outcome = OUTCOMES["delivered"]
    uses_test_numbers: bool = True
    rate_limit: RateLimit | None = None
    seed: int | None = None
    on_connect: str = "serve"
    """What meets a new connection: "serve" it, "hang" (before any TLS), "reset" or "close"."""
    webhooks: WebhookTrouble = WebhookTrouble()


ON_CONNECT = ("serve", "hang", "reset", "close")


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file. Raises OSError, or ScenarioError where it is not understood."""
    try:
        value = json.loads(path.read_bytes())
    except ValueError as error:
        raise ScenarioError(f"{path.name}: not JSON: {error}") from error
    return read_scenario(value)


def read_scenario(value: object) -> Scenario:
    """Turn the JSON of a scenario into a Scenario. Raises ScenarioError."""
    known = {field.name for field in fields(Scenario)} - {"uses_test_numbers"}
    known |= {"test_numbers"}
    top = _object(value, where="scenario", known=known)
    rules = top.get("rules", [])
    if not isinstance(rules, list):
        raise ScenarioError("rules: a list is expected")
    on_connect = _text(top, "on_connect", where="scenario") or "serve"
    if on_connect not in ON_CONNECT:
        raise ScenarioError(f"on_connect: one of {', '.join(ON_CONNECT)} is expected")
    return Scenario(
        rules=tuple(_read_rule(rule, where=f"rules[{n}]") for n, rule in enumerate(rules)),
        default=_find(top.get("default", "delivered"), where="default"),
        uses_test_numbers=top.get("test_numbers", True) is not False,
        rate_limit=_read_rate_limit(top.get("rate_limit")),
        seed=_whole(top, "seed", where="scenario"),
        on_connect=on_connect,
        webhooks=_read_webhooks(top.get("webhooks")),
    )


class Director:
    """Chooses the outcome of each request, keeping the counts that rules need. Thread-safe."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scenario = scenario
        self._random = random.Random(scenario.seed if seed is None else seed)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._matches: Counter[int] = Counter()
        self._tries: Counter[tuple[str, str]] = Counter()
        self._taken: deque[float] = deque()

    def choose_for_message(self, to: str) -> Outcome:
        """The outcome of one more message to the recipient `to`, in digits."""
        with self._lock:
            if (limited := self._limit()) is not None:
                return limited
            if (outcome := self._first_rule(MESSAGES_PATH, to)) is not None:
                return outcome
            if self.scenario.uses_test_numbers and to in TEST_NUMBERS:
                return self._counted(TEST_NUMBERS[to], to)
            return self.scenario.default

    def choose_for(self, path: str) -> Outcome | None:
        """What a rule says of any other request; None: it is simply answered."""
        with self._lock:
            return self._first_rule(path, "")

    def ways_of_a_webhook(self) -> tuple[float, ...]:
        """After how many seconds a webhook is brought; twice perhaps, or never."""
        trouble = self.scenario.webhooks
        with self._lock:
            if self._random.random() < trouble.lost:
                return ()
            times = 2 if self._random.random() < trouble.repeated else 1
            return tuple(trouble.late_s * self._random.random() for _ in range(times))

    def _first_rule(self, path: str, to: str) -> Outcome | None:
        for number, rule in enumerate(self.scenario.rules):
            if self._applies(number, rule, path=path, to=to):
                return self._counted(rule.outcome, to)
        return None

    def _applies(self, number: int, rule: Rule, *, path: str, to: str) -> bool:
        if not path.startswith(rule.path):
            return False
        if rule.to is not None and rule.to != to:
            return False
        if rule.prefix is not None and not to.startswith(rule.prefix):
            return False
        self._matches[number] += 1
        if rule.every is not None and self._matches[number] % rule.every:
            return False
        if rule.first is not None and self._matches[number] > rule.first:
            return False
        return rule.probability is None or self._random.random() < rule.probability

    def _counted(self, outcome: Outcome, to: str) -> Outcome:
        if outcome.tries is None:
            return outcome
        self._tries[outcome.name, to] += 1
        if self._tries[outcome.name, to] > outcome.tries:
            return OUTCOMES["delivered"]
        return outcome

    def _limit(self) -> Outcome | None:
        limit = self.scenario.rate_limit
        if limit is None:
            return None
        most = max(1, round(limit.per_second))
        now = self._monotonic()
        while self._taken and now - self._taken[0] >= most / limit.per_second:
            self._taken.popleft()
        if len(self._taken) >= most:
            return _too_fast(limit)
        self._taken.append(now)
        return None


def _too_fast(limit: RateLimit) -> Outcome:
    headers = {
        "X-RateLimit-Limit": f"{limit.per_second:g}",
        "X-RateLimit-Remaining": "0",
    }
    if limit.retry_after_s is not None:
        headers["Retry-After"] = str(limit.retry_after_s)
    busy = OUTCOMES["busy"]
    assert busy.refusal is not None
    return replace(busy, name="rate-limit", refusal=replace(busy.refusal, headers=headers))


def _read_rule(value: object, *, where: str) -> Rule:
    conditions = {condition.name for condition in fields(Rule)}
    rule = _object(value, where=where, known=conditions | {"options"})
    outcome = _find(rule.get("outcome"), where=f"{where}.outcome")
    if "options" in rule:
        outcome = _with_options(outcome, rule["options"], where=f"{where}.options")
    to = _text(rule, "to", where=where)
    prefix = _text(rule, "prefix", where=where)
    every, first = _whole(rule, "every", where=where), _whole(rule, "first", where=where)
    if every is not None and every < 1:
        raise ScenarioError(f"{where}.every: at least 1 is expected")
    probability = _number(rule, "probability", where=where)
    if probability is not None and not 0 <= probability <= 1:
        raise ScenarioError(f"{where}.probability: a number from 0 to 1 is expected")
    return Rule(
        outcome,
        path=_text(rule, "path", where=where) or MESSAGES_PATH,
        to=None if to is None else to.lstrip("+"),
        prefix=None if prefix is None else prefix.lstrip("+"),
        every=every,
        first=first,
        probability=probability,
    )


def _with_options(outcome: Outcome, value: object, *, where: str) -> Outcome:
    known = {"answer_delay_s", "receipt_delay_s", "retry_after_s", "code", "tries", "reply"}
    options = _object(value, where=where, known=known)
    delay_s = _number(options, "answer_delay_s", where=where)
    if delay_s is not None:
        outcome = replace(outcome, answer_delay_s=delay_s)
    receipt_s = _number(options, "receipt_delay_s", where=where)
    if receipt_s is not None and outcome.receipts:
        last = replace(outcome.receipts[-1], after_s=receipt_s)
        outcome = replace(outcome, receipts=(*outcome.receipts[:-1], last))
    retry_after = _whole(options, "retry_after_s", where=where)
    if retry_after is not None and outcome.refusal is not None:
        headers = {**outcome.refusal.headers, "Retry-After": str(retry_after)}
        outcome = replace(outcome, refusal=replace(outcome.refusal, headers=headers))
    code = _text(options, "code", where=where)
    if code is not None and outcome.receipts:
        receipts = tuple(replace(r, code=code) if r.code else r for r in outcome.receipts)
        outcome = replace(outcome, receipts=receipts)
    tries = _whole(options, "tries", where=where)
    if tries is not None:
        outcome = replace(outcome, tries=tries)
    reply = _text(options, "reply", where=where)
    if reply is not None:
        outcome = replace(outcome, reply=reply)
    return outcome


def _read_rate_limit(value: object) -> RateLimit | None:
    if value is None:
        return None
    limit = _object(value, where="rate_limit", known={"per_second", "retry_after_s"})
    per_second = _number(limit, "per_second", where="rate_limit")
    if per_second is None or per_second <= 0:
        raise ScenarioError("rate_limit.per_second: a number above 0 is expected")
    if "retry_after_s" not in limit:
        return RateLimit(per_second)
    return RateLimit(per_second, _whole(limit, "retry_after_s", where="rate_limit"))


def _read_webhooks(value: object) -> WebhookTrouble:
    if value is None:
        return WebhookTrouble()
    known = {field.name for field in fields(WebhookTrouble)}
    trouble = _object(value, where="webhooks", known=known)
    numbers = {name: _number(trouble, name, where="webhooks") or 0.0 for name in known}
    for name in ("lost", "repeated"):
        if not 0 <= numbers[name] <= 1:
            raise ScenarioError(f"webhooks.{name}: a number from 0 to 1 is expected")
    if numbers["late_s"] < 0:
        raise ScenarioError("webhooks.late_s: 0 or more is expected")
    return WebhookTrouble(**numbers)


def _find(name: object, *, where: str) -> Outcome:
    if not isinstance(name, str) or name not in OUTCOMES:
        raise ScenarioError(f"{where}: {name!r} is no outcome; known: {', '.join(OUTCOMES)}")
    return OUTCOMES[name]


def _object(value: object, *, where: str, known: set[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ScenarioError(f"{where}: a JSON object is expected")
    if unknown := sorted(set(value) - known):
        raise ScenarioError(f"{where}: unknown {', '.join(map(str, unknown))}")
    return value


def _text(value: dict[str, object], name: str, *, where: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise ScenarioError(f"{where}.{name}: a text is expected")
    return found


def _number(value: dict[str, object], name: str, *, where: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ScenarioError(f"{where}.{name}: a number is expected")
    return float(found)


def _whole(value: dict[str, object], name: str, *, where: str) -> int | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int):
        raise ScenarioError(f"{where}.{name}: a whole number is expected")
    return found
