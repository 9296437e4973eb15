"""The kill loop: the real sender is killed again and again while it works off a queue.

The simulator lives in this process and outlives every sender, so its ledger sees it all. What
the run proves is for `verdict` to say.
"""

from __future__ import annotations

import multiprocessing
import random
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.simulator.applications import make_key_pair
from smsdesk.simulator.outcomes import OUTCOMES
from smsdesk.simulator.scenarios import Rule, Scenario
from smsdesk.simulator.server import Simulator
from smsdesk.sms.message import Draft
from smsdesk.system.clock import Clock
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import Settings
from smsdesk.system.vault import SessionVault
from tests.kill_loop.verdict import (
    MESSAGES_PATH,
    Breach,
    judge,
    read_ledger,
    read_log,
)
from tests.kill_loop.worker import LINES_OPEN, Accused, Bug, work

BATCH = 50
ANSWER_DELAY_S = 0.02
"""On loopback an answer is there at once; a kill shall find requests on the wire."""
FAULTS: Mapping[str, float] = {
    "busy": 0.015,
    "lost-answer": 0.02,
    "reset": 0.01,
    "cut": 0.005,
    "error-503": 0.003,
}
"""How often each befalls a request: rarely enough that the breaker seldom trips in a life."""
AMBIGUOUS = frozenset(FAULTS) - {"busy"}
STANDSTILL_S = 60.0
"""When nothing has moved for so long at the end, nothing will."""

_PRELOADED = [
    *("smsdesk.desk.opening", "smsdesk.vonage.transport.wire", "smsdesk.vonage.auth"),
    *("cryptography.hazmat.primitives.serialization", "phonenumbers", "ssl"),
    "tests.kill_loop.worker",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a run is, and what is wrong with its sender."""

    kills: int
    messages: int
    seed: int = 1
    bug: Bug = Bug.NONE
    faults: Mapping[str, float] | None = None
    longest_life_s: float = 1.5
    """A life ends then at the latest, also when nothing moves. On a busy machine a sender has
    hardly begun by that time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    breaches: list[Breach]
    states: Counter[str]
    """How many messages ended in each state."""
    kills: int
    on_the_wire: int
    """How many attempts a kill interrupted."""
    ambiguous: int
    """How many answers the simulator withheld or spoilt."""
    requests: int

    def __str__(self) -> str:
        states = ", ".join(f"{count:,} {state}" for state, count in sorted(self.states.items()))
        broken = Counter(breach.promise for breach in self.breaches)
        judged = ", ".join(f"{count:,} × {promise}" for promise, count in broken.items())
        return (
            f"{self.kills:,} kills, {self.requests:,} requests received, "
            f"{self.on_the_wire:,} attempts interrupted, {self.ambiguous:,} answers spoilt: "
            f"{states}. {judged or 'No promise broken.'}"
        )


def run_kill_loop(folder: Path, plan: Plan) -> Outcome:
    """Kill the sender `plan.kills` times while it sends, let it finish, and judge."""
    rng = random.Random(plan.seed)
    with open_scene(folder, plan) as scene:
        for kill in range(plan.kills):
            scene.keep_queue_filled(kills_left=plan.kills - kill)
            scene.live_and_die(rng)
        scene.keep_queue_filled(kills_left=0)
        scene.finish()
    return scene.judged()


@contextmanager
def open_scene(folder: Path, plan: Plan) -> Iterator[Scene]:
    """A simulator, an empty log and a key for the sender."""
    private_key, public_key = make_key_pair()
    key_file = folder / "private.key"
    key_file.touch(mode=0o600)
    key_file.write_text(private_key, encoding="ascii")
    application_id = str(uuid.uuid4())
    simulator = Simulator(
        application_id=application_id,
        public_key_pem=public_key,
        ledger=folder / "ledger.jsonl",
        seed=plan.seed,
        pace=0.2,
        scenario=_scenario(FAULTS if plan.faults is None else plan.faults),
    )
    paths = find_paths(data_dir=folder / "data", profile="default")
    with simulator:
        desk = open_desk(
            paths=paths, settings=Settings(None), vault=SessionVault({}), profile="default"
        )
        accused = Accused(paths.root, simulator.url, application_id, key_file, bug=plan.bug)
        try:
            yield Scene(plan, folder, simulator, desk, accused)
        finally:
            desk.close()


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender's process, and the pipe by which it is told to stop."""

    process: BaseProcess
    pipe: Connection

    def live(self, seconds: float) -> None:
        """Let it work for a while; it must not end by itself."""
        self.process.join(seconds)
        assert self.process.exitcode is None, f"ended by itself: {self.process.exitcode}"

    def replay(self) -> None:
        """Let it hear once more what became of each message, the last news first."""
        self.pipe.send("replay")
        assert self.pipe.recv() == "replayed"

    def stop(self) -> None:
        """Tell it to end in good order, and wait for that."""
        self.pipe.send("stop")
        self.process.join(30)
        assert self.process.exitcode == 0

    def wait_for_death(self) -> int | None:
        """The exit code of a sender that is to die by itself."""
        self.process.join(30)
        return self.process.exitcode


class Scene:
    """One run: the queue, the simulator, and one sender after another."""

    def __init__(
        self, plan: Plan, folder: Path, simulator: Simulator, desk: Desk, accused: Accused
    ) -> None:
        self.simulator = simulator
        self.desk = desk
        self.accused = accused
        self.queued: list[str] = []
        self._plan = plan
        self._folder = folder
        self._clock = Clock()
        self._context = _context()
        self._kills = 0

    def send(self, count: int) -> None:
        """Queue so many messages, each to a number of its own."""
        first = len(self.queued)
        numbers = (f"+4474{number:08d}" for number in range(first, first + count))
        text = f"Batch that begins at {first}"
        result = self.desk.compose.send(Draft("SMSDesk", "\n".join(numbers), text))
        self.queued += [message.id for message in result.messages]

    def keep_queue_filled(self, *, kills_left: int) -> None:
        """Queue the next batch when it is due; the last one long before the last kill."""
        left = self._plan.messages - len(self.queued)
        due = left - self._plan.messages * kills_left // (self._plan.kills + 1)
        while left > 0 and (due > 0 or self.desk.history.counts()["waiting"] < BATCH // 2):
            count = min(BATCH, left)
            self.send(count)
            left -= count
            due -= count

    @contextmanager
    def a_sender(self, *, crash_at: str = "") -> Iterator[Sender]:
        """A sender from the moment it begins; it is dead at the end, one way or the other."""
        ours, theirs = self._context.Pipe()
        accused = replace(self.accused, crash_at=crash_at)
        process = _process(self._context, accused, theirs)
        process.start()
        theirs.close()
        try:
            ours.recv()
            yield Sender(process, ours)
        finally:
            process.kill()
            process.join()
            ours.close()

    def live_and_die(self, rng: random.Random) -> None:
        """One life of the sender, ended without warning at any moment of it."""
        before = sum(entry.path == MESSAGES_PATH for entry in self.simulator.requests)
        with self.a_sender() as sender:
            if rng.random() < 0.15:
                sender.live(rng.uniform(0.0, 0.1))  # killed while it opens and recovers
            else:
                left = self._plan.messages - before
                per_life = left // (self._plan.kills - self._kills)  # some for every kill
                self.simulator.wait_for_requests(
                    before + rng.randint(1, max(1, 3 * per_life // 2)),
                    timeout_s=self._plan.longest_life_s,
                    path=MESSAGES_PATH,
                )
                sender.live(rng.uniform(0.0, 0.03))
        self._kills += 1

    def finish(self) -> None:
        """Without faults, until nothing waits and every doubt that can end has ended; then all
        receipts once more."""
        self.simulator.scenario = _scenario({})
        with self.a_sender() as sender:
            counts, moved_at = self.desk.history.counts(), self._clock.monotonic()
            while not self._is_done() and self._clock.monotonic() - moved_at < STANDSTILL_S:
                sender.live(0.1)
                if (now := self.desk.history.counts()) != counts:
                    counts, moved_at = now, self._clock.monotonic()
            sender.replay()
            sender.stop()

    def judged(self) -> Outcome:
        """Ledger against log, once every process has ended."""
        ledger = read_ledger(self._folder / "ledger.jsonl")
        log = read_log(self._folder / "data" / "smsdesk.db")
        ambiguous = self._count_ambiguous()
        breaches = judge(
            queued=self.queued,
            ledger=ledger,
            log=log,
            doubts_at_most=self._kills * LINES_OPEN + ambiguous,
        )
        return Outcome(
            breaches=breaches,
            states=Counter(row.state for row in log.rows),
            kills=self._kills,
            on_the_wire=sum(a.outcome == "interrupted" for a in log.attempts),
            ambiguous=ambiguous,
            requests=len(ledger),
        )

    def _is_done(self) -> bool:
        counts = self.desk.history.counts()
        if counts["waiting"]:
            return False
        taken = {record.client_ref for record in self.simulator.messages}
        in_doubt = self.desk.history.review(limit=10_000)
        refs = self.desk.history.client_refs(in_doubt)
        return not any(taken.intersection(refs[message.seq]) for message in in_doubt)

    def _count_ambiguous(self) -> int:
        return sum(entry.answer_plan in AMBIGUOUS for entry in self.simulator.requests)


def _scenario(faults: Mapping[str, float]) -> Scenario:
    rules = tuple(
        Rule(OUTCOMES[name], probability=probability) for name, probability in faults.items()
    )
    normal = replace(OUTCOMES["delivered"], answer_delay_s=ANSWER_DELAY_S)
    return Scenario(rules=rules, default=normal, uses_test_numbers=False)


def _context() -> BaseContext:
    """Where the system can fork, a sender begins in milliseconds, with its imports done."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _process(context: BaseContext, accused: Accused, pipe: Connection) -> BaseProcess:
    process: BaseProcess = context.Process(  # type: ignore[attr-defined]
        target=work, args=(accused, pipe), name="sender", daemon=True
    )
    return process
