"""The whole core on one thread: a desk whose clock, wire, Vonage and process are a test's own.

Nothing in it waits. The sender takes a step when it is told to, a request is answered when and
how it is told to be, and the process dies wherever it is told to. What reaches Vonage is written
down there; a promise that is broken at the moment something leaves is noted in `breaches`.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, cast
from unittest import mock

from smsdesk.delivery import line_pool
from smsdesk.delivery.gate import Gate
from smsdesk.delivery.heard import Heard
from smsdesk.delivery.identity import ulids
from smsdesk.delivery.lines import LineWorker, Report
from smsdesk.delivery.sender import Sender
from smsdesk.desk.desk import Desk
from smsdesk.desk.opening import open_desk
from smsdesk.sms.state import HeldReason
from smsdesk.store.errors import DiskFullError
from smsdesk.store.message_log import AttemptResult, Claim, NewMessage
from smsdesk.system.clock import Clock
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import find_paths
from smsdesk.system.settings import DEFAULT_REGION, LINES, THROUGHPUT, Settings
from smsdesk.system.vault import SessionVault
from smsdesk.vonage.auth import TokenSource
from smsdesk.vonage.client import Client
from smsdesk.vonage.credentials import AccountCredentials, Secret
from smsdesk.vonage.errors import NoAnswer, NotSent
from smsdesk.vonage.exchange import Answer, Phase
from smsdesk.vonage.transport import Transport
from tests.support import NOW

US = "+447700900001"
PEOPLE = ("+447400123456", "+447400123457", "+447400123458")
LINES_OPEN = 2
DOUBTS, WITHIN_S = 3, 60.0
"""So many answers in doubt within so long, and nothing leaves before Vonage has been asked."""
JSON = {"content-type": "application/json"}


class Died(BaseException):
    """The process is gone: nothing in it runs any more, not even what handles errors."""


class TurnedHands(Clock):
    """Three clocks that move only when they are told to."""

    def __init__(self) -> None:
        self._passed = self._slept = self._set = 0.0

    def epoch(self) -> float:
        return NOW.timestamp() + self._passed + self._slept + self._set

    def monotonic(self) -> float:
        return 1000.0 + self._passed

    def since_boot(self) -> float | None:
        return 1000.0 + self._passed + self._slept

    def read_zone_again(self) -> None:
        """The zone stays."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.tick(seconds)
        return event.is_set()

    def tick(self, seconds: float) -> None:
        """So much time passes."""
        self._passed += seconds

    def sleep(self, seconds: float) -> None:
        """The computer sleeps for so long."""
        self._slept += seconds

    def set(self, seconds: float) -> None:
        """Somebody sets the clock on the wall, forward or back."""
        self._set += seconds


# What Vonage does with a request, and what is seen of it


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a request may end."""

    arrives: bool = True
    takes: bool = False
    """Vonage has the message, whatever it answers."""
    status: int | None = None
    body: Callable[[str], bytes] = lambda _uuid: b"{}"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    error: NotSent | NoAnswer | None = None


def _problem(title: str, kind: str = "https://example.com/#x") -> Callable[[str], bytes]:
    return lambda _uuid: json.dumps({"title": title, "type": kind, "detail": "no"}).encode()


def _yes(uuid: str) -> bytes:
    return json.dumps({"message_uuid": uuid}).encode()


WAYS: Mapping[str, Way] = {
    "accepted": Way(takes=True, status=202, body=_yes),
    # Vonage has it, and nobody here can know.
    "closed": Way(takes=True, error=NoAnswer(Phase.WAITING, "closed")),
    "deadline": Way(takes=True, error=NoAnswer(Phase.HEADERS, "deadline")),
    "cut": Way(takes=True, status=202, body=lambda uuid: _yes(uuid)[:20]),
    "no id": Way(takes=True, status=202),
    "garbled": Way(takes=True, status=202, body=lambda _uuid: b"\xff\x00<html>"),
    "took it and stumbled": Way(takes=True, status=500),
    # Vonage does not have it, and nobody here can know.
    "reset": Way(error=NoAnswer(Phase.WAITING, "reset")),
    "half written": Way(arrives=False, error=NoAnswer(Phase.WRITING, "timeout")),
    "stumbled": Way(status=503),
    "too early": Way(status=425),
    "a middle box": Way(status=418, body=lambda _uuid: b"teapot", headers={}),
    # Surely not sent.
    "handshake": Way(arrives=False, error=NotSent(Phase.CONNECTING, "tls")),
    "certificate": Way(arrives=False, error=NotSent(Phase.CONNECTING, "certificate")),
    "invalid": Way(status=422, body=_problem("Invalid")),
    "bad": Way(status=400, body=_problem("Bad")),
    "no such number": Way(status=403, body=_problem("1120", "https://example.com/#1120")),
    "opted out there": Way(status=403, body=_problem("1240", "https://example.com/#1240")),
    "refused": Way(status=401, body=_problem("Unauthorised")),
    "no credit": Way(status=402, body=_problem("Low balance")),
    "not there": Way(status=404, body=_problem("Not found")),
    "elsewhere": Way(status=307, headers={"location": "http://example.com/"}),
    "portal": Way(status=511),
    "too many": Way(status=429, headers=JSON | {"retry-after": "7"}),
    "too many, no time": Way(status=429),
}
TAKEN = tuple(name for name, way in WAYS.items() if way.takes)


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached Vonage in full."""

    ref: str
    to: str
    sha256: str
    uuid: str | None
    """Given where Vonage took the message."""
    at: float = 0.0
    """When it came, on the clock that only runs on."""


@dataclass
class PretendVonage:
    """Takes requests, and remembers every one."""

    clock: Clock
    ledger: list[Request] = field(default_factory=list)
    unreachable: str | None = None
    """Why no connection can be made."""
    is_well: bool = True
    """What it says when it is asked something harmless."""

    def arrive(self, body: bytes, *, takes: bool) -> Request:
        said = json.loads(body)
        uuid = f"aaaaaaaa-bbbb-4ccc-8ddd-{len(self.ledger):012}" if takes else None
        digest = hashlib.sha256(body).hexdigest()
        request = Request(
            said["client_ref"], f"+{said['to']}", digest, uuid, self.clock.monotonic()
        )
        self.ledger.append(request)
        return request

    @property
    def taken(self) -> list[Request]:
        return [request for request in self.ledger if request.uuid]


class PretendLine:
    """A connection; what becomes of the next post is said beforehand."""

    def __init__(self, vonage: PretendVonage) -> None:
        self._vonage = vonage
        self.phase = Phase.IDLE
        self.way = WAYS["accepted"]
        self.early: Request | None = None
        """What has arrived while its answer is still awaited."""

    def open(self) -> None:
        if self._vonage.unreachable:
            raise NotSent(Phase.CONNECTING, self._vonage.unreachable)
        self.phase = Phase.CONNECTED

    def post(self, _path: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
        way, request = self.way, self.early
        self.early = None
        if request is None and way.arrives:
            request = self._vonage.arrive(body, takes=way.takes)
        if way.error is not None:
            self.phase = way.error.phase
            raise way.error
        assert way.status is not None
        assert request is not None
        self.phase = Phase.DONE
        date = datetime.fromtimestamp(self._vonage.clock.epoch(), UTC)
        headers = {"date": date.strftime("%a, %d %b %Y %H:%M:%S GMT")} | dict(way.headers)
        return Answer(way.status, headers, way.body(request.uuid or ""))

    def abort(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class PretendTransport:
    """Makes those lines; asked something harmless, it answers at once."""

    vonage: PretendVonage

    def line(self) -> PretendLine:
        return PretendLine(self.vonage)

    def request(self, *_args: object, **_kwargs: object) -> Answer:
        if self.vonage.unreachable:
            raise NotSent(Phase.CONNECTING, self.vonage.unreachable)
        if not self.vonage.is_well:
            return Answer(503, {}, b"")
        return Answer(200, JSON, b'{"value": 5.0}')

    def close(self) -> None: ...


class PretendTokens:
    """Signing costs a millisecond, and is tested elsewhere."""

    skew_s = 0.0

    def bearer(self) -> str:
        return "a token"

    def learn(self, _date: str | None) -> None: ...


class SteppedLine(LineWorker):
    """A line without a thread: its command is carried out when the rehearsal says so."""

    def __init__(
        self,
        rehearsal: Rehearsal,
        client: Client,
        report: Callable[[Report], None],
        now: Callable[[], float],
    ) -> None:
        self._client = client
        self._line = client.line()
        self._report = report
        self._now = now
        self._rehearsal = rehearsal
        self.is_busy = False
        self._ready_since: float | None = None
        self._waiting: Callable[[], Report] | None = None
        self.body: bytes | None = None
        """What is on the wire, while something is."""
        rehearsal.lines.append(self)

    @property
    def wire(self) -> PretendLine:
        return cast(PretendLine, self._line)

    def submit(self, claim: Claim, body: bytes) -> None:
        self._rehearsal.look_at_departure(claim, body)
        self.body = body
        super().submit(claim, body)

    def carry_out(self) -> None:
        command, self._waiting, self.body = self._waiting, None, None
        if command is not None:
            self._report(command())

    def close(self) -> None: ...

    def join(self, timeout_s: float) -> bool:
        return True

    def _command(self, command: Callable[[], Report]) -> None:
        self.is_busy = True
        self._waiting = command


@cache
def new_log() -> Path:
    """An empty log; made once, copied often."""
    paths = find_paths(
        data_dir=Path(tempfile.mkdtemp(prefix="smsdesk-rehearsal-")), profile="default"
    )
    open_desk(
        paths=paths, settings=Settings(None), vault=SessionVault(), profile="default"
    ).close()
    return paths.database


# One profile, and the processes that come and go on it


@dataclass
class Rules:
    """What a person has said, and is kept to whatever happens."""

    is_paused: bool = False
    paused_batches: set[str] = field(default_factory=set)
    opted_out: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    """Messages that have failed or were cancelled."""


class Rehearsal:
    """The core at work; see the head of this file."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.paths = find_paths(data_dir=folder, profile="default")
        self.paths.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(log, self.paths.database)
        self.paths.database.chmod(0o600)
        self.settings = Settings(None)
        self.settings.set(DEFAULT_REGION, "GB")
        self.settings.set(LINES, LINES_OPEN)
        self.settings.set(THROUGHPUT, 30.0)
        self.clock = TurnedHands()
        self.vonage = PretendVonage(self.clock)
        self.rules = Rules()
        self.lines: list[SteppedLine] = []
        self.breaches: list[str] = []
        self.dies_at: str | None = None
        self.disk_fails: str | None = None
        """`before` or `after` the next commit of the sender."""
        self.told_to_wait_until = 0.0
        self.doubts: list[float] = []
        self.must_ask_first = False
        self._start()
        self._line_patch = mock.patch.object(
            line_pool, "LineWorker", partial(SteppedLine, self)
        )
        self._line_patch.start()
        # Another process's eyes: they see what has been committed, and nothing else.
        self.judge = sqlite3.connect(
            f"{self.paths.database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
        )
        self.judge.row_factory = sqlite3.Row

    def close(self) -> None:
        self.judge.close()
        self._sender._lock.release()
        self.desk.close()
        self._line_patch.stop()

    def _start(self) -> None:
        self.desk: Desk = open_desk(
            paths=self.paths,
            settings=self.settings,
            vault=SessionVault(),
            profile="default",
            clock=self.clock,
            checkpoint=self._pass,
        )
        self.desk.sender.wake()  # from now on it is there
        self._sender: Sender = cast(Any, self.desk.sender)._built
        # A process that dies leaves to the system what it has written: no sync is needed to
        # see what the next one finds. Power cuts are tested in tests/store.
        database = self._sender._database
        database.connection.execute("PRAGMA synchronous = OFF")
        self.heard = Heard(
            database=database,
            on_change=self.desk.changes.announce_messages,
            on_list=self.desk.opt_outs.forget_answers,
            clock=self.clock,
        )
        self._sender._gate = Gate(random.Random(0))
        self._sender._pool._connect = self._connect
        self._sender._log.commit_step = self._failing(self._sender._log.commit_step)
        self._stop = threading.Event()
        assert self._sender._take_role(self._stop)
        self._sender._start()
        self.told_to_wait_until, self.must_ask_first = 0.0, False
        self.doubts.clear()

    def _connect(self) -> Client:
        transport = cast(Transport, PretendTransport(self.vonage))
        return Client(
            transport=transport,
            reports_transport=transport,
            rest_transport=transport,
            tokens=cast(TokenSource, PretendTokens()),
            account=AccountCredentials("demo", Secret("demo")),
        )

    def _pass(self, point: str) -> None:
        if point == self.dies_at:
            self.dies_at = None
            raise Died

    def _failing(self, commit: Callable[..., list[Claim]]) -> Callable[..., list[Claim]]:
        def commit_step(
            results: list[AttemptResult], claims: list[Claim], *, at: datetime
        ) -> list[Claim]:
            fails, self.disk_fails = self.disk_fails, None
            if fails == "before":
                raise DiskFullError
            won = commit(results, claims, at=at)
            if fails == "after":
                raise DiskFullError
            return won

        return commit_step

    # What happens

    def work(self, steps: int = 2) -> None:
        """The sender takes steps; lines are opened and harmless questions answered at once."""
        for _step in range(steps):
            self.step()
            for line in self.lines:
                if line.body is None:
                    line.carry_out()
        self.step()

    def step(self) -> None:
        """One round of the sender, which may be its last."""
        self._sender.wake()
        was_asking = self._sender._gate.needs_probe
        try:
            self._sender._guarded_step(self._stop)
        except Died:
            self.die(arrives=True)
            return
        if self._sender._hold.reason is HeldReason.CRASHED:
            self.breaches.append("an error that nobody foresaw")
        if was_asking and not self._sender._gate.needs_probe:
            self.must_ask_first = False
            self.doubts.clear()

    def die(self, *, arrives: bool) -> None:
        """Kill the process, and start another; what was on the wire arrives, or does not."""
        for line in self.on_the_wire():
            if arrives and line.wire.early is None:
                assert line.body is not None
                self.vonage.arrive(line.body, takes=True)
        self.lines.clear()
        # The kernel does as much: it frees the lock, and closes the file with what it holds.
        self._sender._lock.release()
        self._sender._database.close_thread()
        self._start()

    @property
    def is_held(self) -> bool:
        """Nothing goes out until somebody, or something, lets it."""
        return self._sender._hold.reason is not None or self.vonage.unreachable is not None

    def queue(self, messages: list[NewMessage]) -> None:
        """Store them as one batch."""
        self._sender._log.add_batch(ulids.make(), messages, at=self.clock.now())

    def on_the_wire(self) -> list[SteppedLine]:
        return [line for line in self.lines if line.body is not None]

    def reach(self, line: SteppedLine) -> None:
        """A request reaches Vonage, which takes it; the answer is still to come."""
        assert line.body is not None
        if line.wire.early is None:
            line.wire.early = self.vonage.arrive(line.body, takes=True)

    def answer(self, line: SteppedLine, name: str) -> None:
        """A request ends in this way, and the sender hears of it."""
        way = WAYS[name]
        if line.wire.early is not None and not way.takes:
            way = WAYS["closed"]
        line.wire.way = way
        line.carry_out()
        line.wire.way = WAYS["accepted"]
        now = self.clock.monotonic()
        if way.status == 429 and "retry-after" in way.headers:
            until = now + float(way.headers["retry-after"])
            self.told_to_wait_until = max(self.told_to_wait_until, until)
        if isinstance(way.error, NoAnswer) or name in _DOUBTFUL:
            self.doubts = [*self.doubts[1 - DOUBTS :], now]
            if len(self.doubts) == DOUBTS and now - self.doubts[0] <= WITHIN_S:
                self.must_ask_first = True
        self.step()

    # What must hold the moment something leaves

    def look_at_departure(self, claim: Claim, body: bytes) -> None:
        """Note what is wrong with it; raising here would only look like a fault of the line."""
        self.breaches += self._wrong_with(claim, body)

    def _wrong_with(self, claim: Claim, body: bytes) -> Iterator[str]:
        row = self.judge.execute(
            "SELECT message.*, request_sha256, n FROM message "
            "LEFT JOIN attempt ON attempt.message = seq AND client_ref = ? WHERE id = ?",
            (claim.client_ref, claim.id),
        ).fetchone()
        if row["request_sha256"] != hashlib.sha256(body).hexdigest():
            yield "I6: it leaves before its attempt is stored"
        if row["state"] not in ("sending", "unknown"):
            yield f"it leaves as {row['state']}"
        if self.rules.is_paused:
            yield "it leaves although a person has paused"
        if row["batch_id"] in self.rules.paused_batches:
            yield "it leaves although its batch is paused or cancelled"
        if claim.id in self.rules.ended:
            yield "it leaves after it was cancelled or has failed"
        if row["recipient"] in self.rules.opted_out:
            yield "it leaves for somebody who has opted out"
        if self.clock.monotonic() < self.told_to_wait_until:
            yield "it leaves before the time that Vonage asked for"
        if self.must_ask_first:
            yield "I8: it leaves while the breaker is open"
        other = ProcessLock(self.paths.sender_lock)
        if other.try_acquire():
            other.release()
            yield "I7: another process could send as well"

    def rows(self) -> list[Any]:
        """Every message that is ours, oldest first."""
        return self.judge.execute(
            "SELECT seq, id, state, held_reason, attempts, message_uuid, alarm, batch_id, "
            "recipient FROM message WHERE direction = 'outbound' ORDER BY seq"
        ).fetchall()

    def attempts(self) -> list[Any]:
        return self.judge.execute(
            "SELECT message.id, n, client_ref, outcome FROM attempt "
            "JOIN message ON message.seq = attempt.message ORDER BY seq, n"
        ).fetchall()


_DOUBTFUL = frozenset(
    {"cut", "no id", "garbled", "took it and stumbled", "stumbled", "too early", "a middle box"}
)
