"""The sender: takes queued messages to Vonage, one committed intent at a time.

It tells the story: open a line, commit the claim, submit, commit the result. How a line works
is in `lines`, what a result means in `outcome`, when to wait in `gate` and `hold`.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.gate import Gate
from smsdesk.delivery.hold import Hold
from smsdesk.delivery.identity import make_client_ref, make_install_tag
from smsdesk.delivery.line_pool import LinePool
from smsdesk.delivery.lines import (
    BalanceRead,
    Broken,
    Finished,
    LineWorker,
    NotOpened,
    Opened,
    Probed,
    Report,
)
from smsdesk.delivery.outcome import NO_ID, Outcome, Verdict, of_not_sent, of_result
from smsdesk.delivery.pardon import WORTH_A_RETRY_S, SkewPardon
from smsdesk.delivery.recovery import recover
from smsdesk.delivery.refusals import RefusalWatch
from smsdesk.delivery.sender_pace import SenderPace
from smsdesk.delivery.status import SenderPhase, SenderStatus, describe
from smsdesk.delivery.throughput import Throughput
from smsdesk.delivery.waiting import (
    LATE_AFTER_MS,
    QuietDoor,
    QuietUntil,
    Reckoning,
    never_quiet,
)
from smsdesk.sms.channels.content import Leg
from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseIOError,
    DiskFullError,
    ReadOnlyError,
    StoreError,
)
from smsdesk.store.history import HistoryView
from smsdesk.store.message_log import AttemptResult, Claim, MessageLog
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import Ballast
from smsdesk.store.waiting import WaitingRoom
from smsdesk.system.clock import SETTLE_AFTER_SLEEP_S, Clock, JumpWatch, SuspendWatch
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import NotSent, VonageError
from smsdesk.vonage.payloads import write_message

_log = logging.getLogger(__name__)

IDLE_S = 0.25
"""How long the loop sleeps at most; rows that another process queued are seen this fast."""
HURRY_S = 0.05
UPKEEP_S = 1.0
LAST_WRITES_S = 10.0
"""How long a stop waits for a disk that takes no results."""
STATUS_EVERY_S = 0.2
PREFETCH = 100
FETCHES_A_STEP = 10
LONG_SILENCE_S = 60.0
"""After a longer outage sending begins slowly, for everybody comes back at once."""
BALANCE_EVERY_S = 300.0
ASK_TIME_EVERY_S = 60.0
WITHOUT_ID_AT_MOST = 2
COUNT_AT_MOST = 100_000
WAITS_FOR_CREDENTIALS = (HeldReason.AUTH, HeldReason.CONFIG, HeldReason.KEY_LOCKED)


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """What a person may set."""

    throughput_per_s: float = 10.0
    lines: int = 4
    per_sender: Mapping[str, float] = field(default_factory=dict)
    """Messages a second for a sender ID that has a limit of its own."""


@dataclass(frozen=True, slots=True)
class SenderFiles:
    """Where the sender keeps what is not in the database."""

    high_water: Path
    ballast: Path


class FirstLookup(Protocol):
    """How long to wait before the first question about a message that has just left."""

    def __call__(self, *, is_unknown: bool) -> timedelta: ...


_Departure = tuple[Claim, bytes, LineWorker]


class Sender:
    """A service: `run` works until it is told to stop.

    `connect` gives a client with the credentials of this moment, or raises
    NotConnectableError. `checkpoint` is called with the name of each point at which a test may
    want to crash.

    Every method but `run` may be called from any thread.
    """

    name = "sender"

    def __init__(
        self,
        *,
        database: Database,
        log: MessageLog,
        lock: ProcessLock,
        files: SenderFiles,
        connect: Callable[[], Client],
        settings: Callable[[], SenderSettings],
        on_status: Callable[[SenderStatus], None],
        first_lookup: FirstLookup,
        clock: Clock,
        waiting: WaitingRoom,
        quiet_until: QuietUntil = never_quiet,
        gate: Gate | None = None,
        free_bytes: Callable[[Path], int] = free_bytes,
        checkpoint: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._database = database
        self._log = log
        self._meta = Meta(database)
        self._history = HistoryView(database)
        self._lock = lock
        self._files = files
        self._settings = settings
        self._on_status = on_status
        self._first_lookup = first_lookup
        self._clock = clock
        self._free_bytes = free_bytes
        self._checkpoint = checkpoint
        self._inbox: queue.SimpleQueue[Report | Callable[[], None] | None] = queue.SimpleQueue()
        self._pool = LinePool(connect, self._inbox.put, clock.monotonic)
        self._gate = gate or Gate()
        self._hold = Hold(log, self._meta)
        self._pardon = SkewPardon()
        self._refusals = RefusalWatch()
        self._throughput = Throughput(settings().throughput_per_s, now=clock.monotonic())
        self._sender_pace = SenderPace()
        self._sender_pace.set_limits(settings().per_sender, now=clock.monotonic())
        self._door = QuietDoor(waiting, quiet_until)
        self._reckoning = Reckoning(waiting, clock)
        self._ballast = Ballast(files.ballast)
        self._suspend = SuspendWatch(clock)
        self._jumps = JumpWatch(clock)
        self._is_clock_doubted = True
        self._has_jumped = self._is_hold_due = False
        self._ask_time_at = 0.0
        self._status = SenderStatus(SenderPhase.STARTING)
        self._prefetched: deque[Message] = deque()
        self._slow_senders: frozenset[str] = frozenset()
        self._others_at = 0.0
        self._in_flight: dict[int, Message] = {}
        self._unsaved: list[AttemptResult] = []
        self._cause = ""
        self._interrupted = 0
        self._install_tag = ""
        self._patience_s = 0.0
        self._offline_since: float | None = None
        self._upkeep_at = 0.0
        self._status_at = 0.0
        self._balance_at = 0.0
        self._without_id = 0
        self._give_up_at: float | None = None

    # For other threads ----------------------------------------------------------

    @property
    def status(self) -> SenderStatus:
        """What it was doing when it last told."""
        return self._status

    def wake(self) -> None:
        """Something was queued; look now."""
        self._inbox.put(None)

    def pause(self) -> None:
        """Submit nothing more until a person resumes; survives a restart."""
        self._inbox.put(self._hold.pause)

    def resume(self) -> None:
        """A person says: go on, whatever held it."""
        self._inbox.put(self._resume)

    def reload(self) -> None:
        """Credentials or settings have changed."""
        self._inbox.put(self._reload)

    def distrust(self) -> None:
        """The log is damaged: nothing more may be sent from it."""
        self._inbox.put(lambda: self._hold.distrust(DatabaseDamagedError.code))

    def give_up(self) -> None:
        """A person ends the program without waiting: what is on the wire is in doubt from now
        on. Any thread may say so. Raises StoreError."""
        self._log.interrupt("quit", at=self._clock.now(), this_boot=True)

    # The loop -------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set and what is on the wire has been answered.

        Raises StoreError or OSError only when the log cannot be opened for sending at all.
        """
        try:
            if self._take_role(stop):
                self._start()
                while not self._has_finished(stop):
                    self._guarded_step(stop)
        finally:
            self._pool.close(timeout_s=1.0)
            self._lock.release()
            self._tell(SenderStatus(SenderPhase.STOPPED))
            self._database.close_thread()

    def _has_finished(self, stop: threading.Event) -> bool:
        """Everything on the wire is answered and written down, or cannot be written.

        What is given up here is still `sending` on disk, and the next start calls it unknown.
        """
        if not stop.is_set():
            return False
        now = self._clock.monotonic()
        self._give_up_at = self._give_up_at or now + LAST_WRITES_S
        if self._in_flight:
            self._give_up_at = now + LAST_WRITES_S
            return False
        # What a person asked for in the last moment, a pause perhaps, is done first.
        is_done = not self._unsaved and self._inbox.empty()
        return is_done or now > self._give_up_at

    def _take_role(self, stop: threading.Event) -> bool:
        """Become the one sender of this log; wait while another one is."""
        while not self._lock.try_acquire():
            waiting = self._count(State.QUEUED) + self._count(State.HELD)
            self._tell(SenderStatus(SenderPhase.ELSEWHERE, waiting=waiting))
            if self._clock.wait(stop, IDLE_S):
                return False
        return True

    def _start(self) -> None:
        self._install_tag = self._meta.get_or_set("install_tag", make_install_tag())
        found = recover(
            self._log, self._meta, high_water=self._files.high_water, at=self._clock.now()
        )
        self._interrupted = len(found.interrupted)
        self._ballast.load()
        self._hold.load()

    def _guarded_step(self, stop: threading.Event) -> None:
        """One round. Whatever goes wrong, no result and no doubt is lost."""
        try:
            self._step(stop)
        except DiskFullError:
            # The reserve is given back, so that results can still be written.
            self._ballast.drop()
            self._hold.replace(HeldReason.DISK, "disk_full")
            self._clock.wait(stop, IDLE_S)
        except DatabaseBusyError:
            self._clock.wait(stop, IDLE_S)
        except (ReadOnlyError, DatabaseIOError, DatabaseDamagedError) as error:
            if self._hold.cause != error.code:
                _log.warning("the database does not answer: %s", error.code)
            if isinstance(error, DatabaseDamagedError):
                self._hold.distrust(error.code)
            else:
                self._hold.replace(HeldReason.CONFIG, error.code)
            self._database.close_thread()
            self._clock.wait(stop, IDLE_S)
        except Exception:  # noqa: BLE001 - around a service's loop, where nothing may pass
            _log.exception("the sender met an error nobody foresaw")
            self._after_crash()

    def _step(self, stop: threading.Event) -> None:
        """Hear the lines, write results and claims in one commit, submit."""
        self._collect(HURRY_S if self._unsaved or stop.is_set() else self._patience_s)
        now = self._clock.monotonic()
        self._notice_sleep(now)
        self._upkeep(now)
        departures = [] if stop.is_set() else self._choose_departures(now)
        if self._unsaved or departures:
            self._commit(departures)
        self._tell_status(now, is_stopping=stop.is_set())

    def _commit(self, departures: list[_Departure]) -> None:
        claims = [claim for claim, _body, _line in departures]
        step = "T1" if claims else "T2"
        self._checkpoint(f"{step}.before")
        try:
            won = self._log.commit_step(self._unsaved, claims, at=self._clock.now())
        except StoreError:
            # Nobody knows whether this was committed, but surely nothing of it is on the wire.
            self._unsaved += [self._never_left(claim) for claim in claims]
            self._throughput.give_back(len(claims))
            raise
        self._unsaved = []
        self._checkpoint(f"{step}.after")
        for claim, body, line in departures:
            if claim in won:
                line.submit(claim, body)
            else:
                del self._in_flight[claim.seq]
                self._throughput.give_back(1)
        if len(won) < len(departures):
            # What was fetched with it is as old: a queue that expired must not be gone through
            # one by one.
            self._prefetched.clear()
            self._patience_s = 0.0

    def _never_left(self, claim: Claim) -> AttemptResult:
        del self._in_flight[claim.seq]
        return AttemptResult(
            seq=claim.seq,
            id=claim.id,
            n=claim.n,
            state=State.QUEUED,
            outcome=Verdict.NOT_SENT.value,
            error_type="not_committed",
        )

    # What came in ---------------------------------------------------------------

    def _collect(self, patience_s: float) -> None:
        """Wait for news, then take all there is."""
        try:
            report = self._inbox.get(timeout=patience_s)
            while True:
                self._hear(report)
                report = self._inbox.get(block=False)
        except queue.Empty:
            return

    def _hear(self, report: Report | Callable[[], None] | None) -> None:
        now = self._clock.monotonic()
        match report:
            case None:
                return
            case Finished():
                self._judge(report, now)
            case Opened(line):
                line.heard(is_ready=True)
                self._on_line(now)
            case NotOpened(line, error):
                line.heard(is_ready=False)
                self._offline_since = self._offline_since or now
                self._react(of_not_sent(error), now)
            case Probed(line, error, tells_time):
                line.heard(is_ready=False)
                if self._gate.needs_probe:
                    self._hear_probe(error, now)
                if tells_time:
                    self._compare_clocks()
            case BalanceRead(line, has_credit):
                line.heard(is_ready=False)
                if has_credit:
                    self._hold.clear((HeldReason.BALANCE,), at=self._clock.now())
            case Broken(line, error):
                line.heard(is_ready=False)
                raise error
            case command:
                self._obey(command)

    def _obey(self, command: Callable[[], None]) -> None:
        """What a person asked for is not forgotten because the disk was full just then."""
        try:
            command()
        except StoreError:
            self._inbox.put(command)
            raise

    def _on_line(self, now: float) -> None:
        if self._offline_since is not None and now - self._offline_since > LONG_SILENCE_S:
            self._throughput.ramp(now=now)
        self._offline_since = None
        self._gate.answered()

    def _hear_probe(self, error: VonageError | None, now: float) -> None:
        if error is None:
            self._gate.probe_succeeded()
        elif isinstance(error, NotSent):
            self._gate.network_failed(now=now)
        else:
            self._gate.probe_failed(now=now)

    def _judge(self, report: Finished, now: float) -> None:
        outcome = of_result(report.result, now=self._clock.now())
        report.line.heard(is_ready=report.line.stays_open)
        # First of all the result: whatever happens below, it will be written.
        self._unsaved.append(self._result(report.claim, outcome))
        message = self._in_flight.get(report.claim.seq)
        if message is None or message.attempts + 1 != report.claim.n:
            return  # an attempt given up after a crash: late news, and no part of this run
        del self._in_flight[message.seq]
        if not self._is_pardoned(outcome, report.claimed_at, now):
            self._react(outcome, now)
        if outcome.is_sound:
            self._compare_clocks()
        if message.batch_id is not None:
            self._watch_refusals(message.batch_id, outcome)

    def _is_pardoned(self, outcome: Outcome, claimed_at: float, now: float) -> bool:
        client = self._pool.client
        return client is not None and self._pardon.is_pardoned(
            outcome, claimed_at=claimed_at, skew_s=client.tokens.skew_s, now=now
        )

    def _compare_clocks(self) -> None:
        """Vonage's `Date` agrees with our clock: what waited for that may keep its time."""
        client = self._pool.client
        if not self._is_clock_doubted or client is None:
            return
        if abs(client.tokens.skew_s) < WORTH_A_RETRY_S:
            self._log.release((HeldReason.CLOCK,), at=self._clock.now())
            self._is_clock_doubted = self._has_jumped = False

    def _react(self, outcome: Outcome, now: float) -> None:
        """Let gate and hold know what an outcome says about the way to Vonage."""
        if outcome.is_sound:
            self._gate.answered()
        match outcome.verdict:
            case Verdict.ACCEPTED:
                self._gate.accepted()
                self._cause, self._without_id = "", 0
                return
            case Verdict.NOT_SENT:
                self._gate.network_failed(now=now)
            case Verdict.TOO_MANY:
                self._gate.told_to_wait(outcome.retry_after_s, now=now)
                self._throughput.slow_down(now=now)
            case Verdict.UNKNOWN:
                self._gate.ambiguous(now=now)
                self._count_without_id(outcome)
            case Verdict.REFUSED_ALL if outcome.hold is not None:
                self._hold_all(outcome.hold, outcome.cause)
        self._cause = outcome.cause

    def _count_without_id(self, outcome: Outcome) -> None:
        """Twice in a row "yes" without an id: whoever answers is not the API we know."""
        self._without_id = self._without_id + 1 if outcome.cause == NO_ID else 0
        if self._without_id >= WITHOUT_ID_AT_MOST:
            self._without_id = 0
            self._hold_all(HeldReason.CONFIG, "no_id_again")

    def _watch_refusals(self, batch_id: str, outcome: Outcome) -> None:
        is_refused = outcome.verdict is Verdict.REFUSED
        if self._refusals.is_suspicious(batch_id, is_refused=is_refused):
            self._prefetched.clear()
            reason = HeldReason.BATCH_SUSPICIOUS
            self._obey(lambda: self._hold_batch(batch_id, reason))

    def _hold_batch(self, batch_id: str, reason: HeldReason) -> None:
        self._log.hold_batch(batch_id, reason, at=self._clock.now())

    def _result(self, claim: Claim, outcome: Outcome) -> AttemptResult:
        is_unknown = outcome.state is State.UNKNOWN
        lookup_at = None
        if is_unknown or outcome.state is State.ACCEPTED:
            lookup_at = self._clock.now() + self._first_lookup(is_unknown=is_unknown)
        return AttemptResult(
            seq=claim.seq,
            id=claim.id,
            n=claim.n,
            state=outcome.state,
            outcome=outcome.verdict.value,
            http_status=outcome.http_status,
            error_type=outcome.cause or None,
            message_uuid=outcome.message_uuid,
            workflow_id=outcome.workflow_id,
            failure=outcome.failure,
            unknown_reason=outcome.cause if is_unknown else None,
            first_lookup_at=lookup_at,
        )

    # What goes out --------------------------------------------------------------

    def _choose_departures(self, now: float) -> list[_Departure]:
        """The messages that may go this moment, each with the open line it will take."""
        self._patience_s = IDLE_S
        if self._hold.reason is not None:
            self._prefetched.clear()
            self._hold.keep(at=self._clock.now())
            self._ask_balance(now)
            return []
        self._ask_time(now)
        closed = self._gate.closed(now=now)
        if closed is not None:
            self._patience_s = min(closed[1] - now, IDLE_S)
            return []
        if not self._fetch() or not self._connect():
            return []
        if self._gate.needs_probe:
            self._pool.probe()
            return []
        ready = self._pool.ready(now)
        limit = 1 if self._gate.is_careful else self._settings().lines
        wanted = min(limit - len(self._in_flight), len(self._prefetched))
        self._pool.open(wanted - len(ready), in_flight=len(self._in_flight))
        possible = max(0, min(wanted, len(ready)))
        count = self._throughput.take(possible, now=now)
        if count < possible:
            self._patience_s = min(self._throughput.wait_s(now=now), IDLE_S)
        chosen = self._choose(count, now)
        self._throughput.give_back(count - len(chosen))
        departures = [
            self._prepare(message, line) for message, line in zip(chosen, ready, strict=False)
        ]
        # Not before all are made: what fails here leaves every one of them in the queue.
        self._in_flight.update((message.seq, message) for message in chosen)
        return departures

    def _choose(self, count: int, now: float) -> list[Message]:
        """The next messages whose senders may submit now, in the order of the queue."""
        if not self._sender_pace.has_limits:
            return [self._prefetched.popleft() for _ in range(count)]
        chosen: list[Message] = []
        waiting: deque[Message] = deque()
        while self._prefetched and len(chosen) < count:
            message = self._prefetched.popleft()
            may_go = self._sender_pace.take(message.sender, now=now)
            (chosen if may_go else waiting).append(message)
        self._prefetched.extendleft(reversed(waiting))
        self._slow_senders = frozenset()
        if len(chosen) < count:
            self._slow_senders = frozenset(message.sender for message in waiting)
            self._patience_s = min(self._patience_s, HURRY_S)
        return chosen

    def _prepare(self, message: Message, line: LineWorker) -> _Departure:
        n = message.attempts + 1
        client_ref = make_client_ref(self._install_tag, message.id, n)
        first, *failover = self._legs(message)
        body = write_message(first, client_ref=client_ref, failover=failover)
        digest = hashlib.sha256(body).hexdigest()
        return Claim(message.seq, message.id, n, client_ref, digest), body, line

    def _legs(self, message: Message) -> list[Leg]:
        """Every way to its recipient, in the order in which Vonage is to try them."""
        if message.legs:
            return [news.leg for news in self._log.legs_of(message.seq)]
        return [message.as_leg()]

    def _fetch(self) -> bool:
        """See to it that there is something to send, and nothing that must wait for somebody's
        morning."""
        at = self._clock.now()
        for _try in range(FETCHES_A_STEP):
            is_new = not self._prefetched
            if is_new:
                self._prefetched.extend(self._log.next_queued(PREFETCH, at=at))
            elif self._slow_senders and self._clock.monotonic() >= self._others_at:
                # All that is here waits for its sender's pace; others need not wait behind it.
                self._others_at = self._clock.monotonic() + UPKEEP_S
                is_new = True
                self._prefetched.extend(
                    self._log.next_queued(PREFETCH, at=at, not_from=self._slow_senders)
                )
            held_back = self._door.sift(self._prefetched, at=at, is_new=is_new)
            if self._prefetched or not held_back:
                return bool(self._prefetched)
        self._patience_s = 0.0  # a whole night's worth; let others have the log in between
        return False

    def _connect(self) -> bool:
        """Connect on first need; hold the queue when there is nothing to sign with."""
        try:
            self._pool.fill(self._settings().lines)
        except NotConnectableError as error:
            self._hold_all(error.hold, error.cause)
            return False
        return True

    def _ask_balance(self, now: float) -> None:
        is_due = self._hold.reason is HeldReason.BALANCE and now >= self._balance_at
        if is_due and self._pool.read_balance():
            self._balance_at = now + BALANCE_EVERY_S

    def _ask_time(self, now: float) -> None:
        """After a jump, ask Vonage for the time even if there is nothing to send: what is
        scheduled waits for that."""
        if self._has_jumped and now >= self._ask_time_at and self._connect():
            self._ask_time_at = now + ASK_TIME_EVERY_S
            self._pool.probe()

    # Holding, resuming, crashing ------------------------------------------------

    def _hold_all(self, reason: HeldReason, cause: str) -> None:
        self._balance_at = self._clock.monotonic() + BALANCE_EVERY_S
        self._hold.put(reason, cause)

    def _resume(self) -> None:
        self._gate.try_now()
        self._refusals = RefusalWatch()
        self._forget_credentials()
        self._hold.resume(at=self._clock.now())
        self._has_jumped = False

    def _reload(self) -> None:
        now = self._clock.monotonic()
        settings = self._settings()
        self._throughput.set_limit(settings.throughput_per_s, now=now)
        self._sender_pace.set_limits(settings.per_sender, now=now)
        self._forget_credentials()
        self._door.reload(at=self._clock.now())
        self._hold.clear(WAITS_FOR_CREDENTIALS, at=self._clock.now())

    def _forget_credentials(self) -> None:
        self._pool.drop()
        self._pardon = SkewPardon()

    def _after_crash(self) -> None:
        """An unforeseen error: what is on the wire is in doubt, and a person must look."""
        self._pool.abort()
        self._in_flight.clear()
        self._prefetched.clear()
        self._hold.replace(HeldReason.CRASHED, "crashed")
        results, self._unsaved = self._unsaved, []
        now = self._clock.now()
        try:
            self._log.commit_step(results, [], at=now)
        except Exception:  # noqa: BLE001 - the second net: the first error may be in the results
            _log.warning("results could not be written after the error; they become doubt")
        try:
            self._log.interrupt("crash", at=now, this_boot=True)
        except StoreError:
            _log.warning("what was on the wire could not be marked; the next start will do it")

    # Upkeep and telling ---------------------------------------------------------

    def _notice_sleep(self, now: float) -> None:
        """Before anything leaves: a connection from before may be dead without our knowing, and
        what went over it would be in doubt. The first seconds belong to the network, and then
        one begins slowly."""
        if self._suspend.gap():
            self._pool.drop()
            self._gate.settle(SETTLE_AFTER_SLEEP_S, now=now)
            self._throughput.ramp(now=now)
            self._reckoning.hurry()

    def _upkeep(self, now: float) -> None:
        if now < self._upkeep_at:
            return
        self._upkeep_at = now + UPKEEP_S
        self._reckoning.keep()
        moment = self._clock.now()
        if self._jumps.jump():
            self._is_clock_doubted = self._has_jumped = self._is_hold_due = True
            self._ask_time_at = now
        if self._is_hold_due:
            self._log.hold_scheduled(HeldReason.CLOCK, at=moment)
            self._is_hold_due = False  # once: what is written now is written by the new clock
        if not self._has_jumped:
            # By a clock that may be wrong nothing is given up; nor is what is too old sent.
            self._log.expire(at=moment)
        self._log.promote_due(at=moment, late_after_ms=LATE_AFTER_MS)
        self._door.open(at=moment)
        if self._free_bytes(self._files.ballast.parent) < LEAST_FREE_BYTES:
            self._hold_all(HeldReason.DISK, "disk_full")
        elif self._hold.clear((HeldReason.DISK,), at=moment):
            self._ballast.load()
        due_at = self._log.next_due()
        if due_at is not None:
            # Whoever watches the seconds run down after Send sees it leave when they are over.
            left_s = (due_at - self._clock.now()).total_seconds()
            self._upkeep_at = now + min(max(left_s, 0.0), UPKEEP_S)

    def _tell_status(self, now: float, *, is_stopping: bool) -> None:
        if now < self._status_at:
            return
        self._status_at = now + STATUS_EVERY_S
        status = describe(
            is_stopping=is_stopping,
            hold=self._hold.reason,
            closed=self._gate.closed(now=now),
            cause=self._hold.cause or self._cause,
            queued=self._count(State.QUEUED),
            held=self._count(State.HELD),
            in_flight=len(self._in_flight),
            interrupted=self._interrupted,
            now=now,
            wall=self._clock.now(),
        )
        self._tell(status)

    def _count(self, state: State) -> int:
        return self._history.count((state,), at_most=COUNT_AT_MOST)

    def _tell(self, status: SenderStatus) -> None:
        if status != self._status:
            self._status = status
            self._on_status(status)
