"""The sender: takes queued messages to Vonage, one committed intent at a time.

It holds the thread of the story: open a line, commit the claim, submit, commit the result.
How a line works is in `lines`, what a result means in `outcome`, when to wait in `gate`.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from smsdesk.delivery.gate import Gate
from smsdesk.delivery.identity import make_client_ref, make_install_tag
from smsdesk.delivery.lines import (
    Broken,
    Finished,
    LineWorker,
    NotOpened,
    Opened,
    Probed,
    Report,
)
from smsdesk.delivery.outcome import (
    Outcome,
    Verdict,
    of_answer,
    of_no_answer,
    of_not_sent,
)
from smsdesk.delivery.recovery import recover
from smsdesk.delivery.refusals import RefusalWatch
from smsdesk.delivery.status import SenderPhase, SenderStatus
from smsdesk.delivery.throughput import Throughput
from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.database import Database
from smsdesk.store.errors import DatabaseBusyError, DiskFullError, StoreError
from smsdesk.store.history import HistoryView
from smsdesk.store.message_log import AttemptResult, Claim, MessageLog
from smsdesk.store.meta import Meta
from smsdesk.store.upkeep import Ballast
from smsdesk.system.clock import Clock, SuspendWatch
from smsdesk.system.lock import ProcessLock
from smsdesk.system.paths import LEAST_FREE_BYTES, free_bytes
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import NotSent, VonageError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.payloads import write_sms

_log = logging.getLogger(__name__)

IDLE_S = 0.25
"""How long the loop sleeps at most; new rows of another process are seen this fast."""
UPKEEP_S = 1.0
PREFETCH = 100
SETTLE_AFTER_SLEEP_S = 10.0
LONG_SILENCE_S = 60.0
"""After a longer outage sending begins slowly, for everybody comes back at once."""
LATE_AFTER_MS = 30 * 60 * 1000
SKEW_WORTH_A_RETRY_S = 60.0
BALANCE_EVERY_S = 300.0
STATUS_EVERY_S = 0.2
PAUSED_KEY = "paused"


class NotConnectableError(Exception):
    """There are no usable credentials now; the queue waits with this reason."""

    def __init__(self, hold: HeldReason, cause: str) -> None:
        super().__init__(cause)
        self.hold = hold
        self.cause = cause


@dataclass(frozen=True, slots=True)
class SenderSettings:
    """What a person may set."""

    throughput_per_s: float = 10.0
    lines: int = 4


@dataclass(frozen=True, slots=True)
class SenderFiles:
    """Where the sender keeps what is not in the database."""

    high_water: Path
    ballast: Path


class Sender:
    """A service: `run` works until it is told to stop.

    `connect` gives a client with the credentials of this moment, or raises
    NotConnectableError. `first_lookup` is the wait before the first question about an accepted
    or unknown message, or None where nobody can ask. `checkpoint` is called with the name of
    each point at which a test may want to crash.

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
        first_lookup: Callable[[], timedelta | None],
        clock: Clock,
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
        self._connect = connect
        self._settings = settings
        self._on_status = on_status
        self._first_lookup = first_lookup
        self._clock = clock
        self._free_bytes = free_bytes
        self._checkpoint = checkpoint
        self._gate = gate or Gate()
        self._inbox: queue.SimpleQueue[Report | Callable[[], None] | None] = queue.SimpleQueue()
        self._status = SenderStatus(SenderPhase.STARTING)
        self._throughput = Throughput(settings().throughput_per_s, now=clock.monotonic())
        self._ballast = Ballast(files.ballast)
        self._suspend = SuspendWatch(clock)
        self._refusals = RefusalWatch()
        self._client: Client | None = None
        self._lines: list[LineWorker] = []
        self._prefetched: deque[Message] = deque()
        self._in_flight: dict[int, Claim] = {}
        self._unsaved: list[AttemptResult] = []
        self._batches: dict[int, str] = {}
        self._patience_s = IDLE_S
        self._offline_since: float | None = None
        self._cause = ""
        self._interrupted = 0
        self._install_tag = ""
        self._upkeep_at = 0.0
        self._status_at = 0.0
        self._balance_at = 0.0
        self._skew_corrected_at: float | None = None
        self._known_skew_s = 0.0

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
        self._inbox.put(self._pause)

    def resume(self) -> None:
        """A person says: go on, whatever held it."""
        self._inbox.put(self._resume)

    def reload(self) -> None:
        """Credentials or settings have changed."""
        self._inbox.put(self._reload)

    # The loop -------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set and what is on the wire has been answered.

        Raises StoreError or OSError only when the log cannot be opened for sending at all.
        """
        try:
            if not self._take_role(stop):
                return
            self._start()
            while not (stop.is_set() and not self._in_flight and not self._unsaved):
                self._guarded_step(stop)
        finally:
            self._stop()

    def _take_role(self, stop: threading.Event) -> bool:
        """Become the one sender of this log; wait while another one is."""
        while not self._lock.try_acquire():
            self._tell(SenderStatus(SenderPhase.ELSEWHERE, waiting=self._count_waiting()))
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
        if self._meta.get(PAUSED_KEY) == "1":
            self._hold(HeldReason.PAUSED, "paused")

    def _guarded_step(self, stop: threading.Event) -> None:
        try:
            self._step(stop)
        except DiskFullError:
            self._ballast.drop()
            self._gate.hold, self._cause = HeldReason.DISK, "disk_full"
            self._clock.wait(stop, IDLE_S)
        except StoreError as error:
            _log.warning("the database does not answer: %s", error.code)
            if not isinstance(error, DatabaseBusyError):
                self._gate.hold, self._cause = HeldReason.CONFIG, error.code
            self._database.close_thread()
            self._clock.wait(stop, IDLE_S)
        except Exception:  # noqa: BLE001 - around a service's loop, where nothing may pass
            _log.exception("the sender met an error nobody foresaw")
            self._after_crash()

    def _step(self, stop: threading.Event) -> None:
        """One round: hear the lines, write results and claims in one commit, submit."""
        results = self._unsaved + self._collect(stop)
        self._unsaved = results
        now = self._clock.monotonic()
        self._upkeep(now)
        claims: list[tuple[Claim, bytes, LineWorker]] = []
        if not stop.is_set():
            self._keep_held()
            claims = self._choose_claims(now)
        if results or claims:
            self._commit(results, claims)
        self._tell_status(stop, now)

    def _commit(
        self, results: list[AttemptResult], claims: list[tuple[Claim, bytes, LineWorker]]
    ) -> None:
        wanted = [claim for claim, _body, _line in claims]
        self._checkpoint("T1.before" if wanted else "T2.before")
        try:
            won = self._log.commit_step(results, wanted, at=self._clock.now())
        except StoreError:
            # Nobody knows whether this was committed, but surely nothing of it is sent.
            self._unsaved = results + [_never_left(claim) for claim in wanted]
            self._throughput.give_back(len(wanted))
            raise
        self._unsaved = []
        self._checkpoint("T1.after" if wanted else "T2.after")
        for claim, body, line in claims:
            if claim in won:
                self._in_flight[claim.seq] = claim
                line.submit(claim, body)
            else:
                self._throughput.give_back(1)

    # What came in ---------------------------------------------------------------

    def _collect(self, stop: threading.Event) -> list[AttemptResult]:
        """Wait for news, then take all there is."""
        results: list[AttemptResult] = []
        report = self._next_report(0.05 if self._unsaved or stop.is_set() else self._patience_s)
        while report is not None:
            if isinstance(report, Finished):
                results.append(self._judge(report))
            elif callable(report):
                report()
            else:
                self._hear(report)
            report = self._next_report(0.0)
        return results

    def _next_report(self, timeout_s: float) -> Report | Callable[[], None] | None:
        try:
            return (
                self._inbox.get(timeout=timeout_s) if timeout_s > 0 else self._inbox.get(False)
            )
        except queue.Empty:
            return None

    def _hear(self, report: Opened | NotOpened | Probed | Broken) -> None:
        line, now = report.line, self._clock.monotonic()
        line.heard(is_ready=isinstance(report, Opened))
        if isinstance(report, Opened):
            self._is_on_line(now)
        elif isinstance(report, NotOpened):
            self._offline_since = self._offline_since or now
            self._react(of_not_sent(report.error), now)
        elif isinstance(report, Probed):
            self._hear_probe(report.error, now)
        elif isinstance(report, Broken):
            raise report.error

    def _is_on_line(self, now: float) -> None:
        if self._offline_since is not None and now - self._offline_since > LONG_SILENCE_S:
            self._throughput.ramp(now=now)
        self._offline_since = None
        self._gate.answered()

    def _hear_probe(self, error: VonageError | None, now: float) -> None:
        if self._gate.hold is HeldReason.BALANCE:
            if error is None:
                self._resume()
        elif error is None:
            self._gate.probe_succeeded()
        elif isinstance(error, NotSent):
            self._gate.network_failed(now=now)
        else:
            self._gate.probe_failed(now=now)

    def _judge(self, report: Finished) -> AttemptResult:
        now = self._clock.monotonic()
        if isinstance(report.result, Answer):
            outcome = of_answer(report.result, now=self._clock.now())
        elif isinstance(report.result, NotSent):
            outcome = of_not_sent(report.result)
        else:
            outcome = of_no_answer(report.result)
        report.line.heard(is_ready=report.line.stays_open)
        claim = self._in_flight.pop(report.claim.seq, report.claim)
        if not self._is_forgiven(outcome, report):
            self._react(outcome, now)
        self._watch_refusals(claim, outcome)
        return self._result(claim, outcome)

    def _is_forgiven(self, outcome: Outcome, report: Finished) -> bool:
        """A 401 whose cause is our clock is corrected once, and the message waits its turn."""
        if outcome.http_status != 401 or self._client is None:
            return False
        if self._skew_corrected_at is not None and report.claimed_at <= self._skew_corrected_at:
            return True
        skew_s = self._client.tokens.skew_s
        if abs(skew_s - self._known_skew_s) <= SKEW_WORTH_A_RETRY_S:
            return False
        self._known_skew_s = skew_s
        self._skew_corrected_at = self._clock.monotonic()
        return True

    def _react(self, outcome: Outcome, now: float) -> None:
        """Let the gate know what an outcome says about the way to Vonage."""
        if outcome.is_sound:
            self._gate.answered()
        if outcome.verdict is Verdict.ACCEPTED:
            self._gate.accepted()
        elif outcome.verdict is Verdict.NOT_SENT:
            self._cause = outcome.cause
            self._gate.network_failed(now=now)
        elif outcome.verdict is Verdict.TOO_MANY:
            self._cause = outcome.cause
            self._gate.told_to_wait(outcome.retry_after_s, now=now)
            self._throughput.slow_down(now=now)
        elif outcome.verdict is Verdict.UNKNOWN:
            self._cause = outcome.cause
            self._gate.ambiguous(now=now)
        elif outcome.verdict is Verdict.REFUSED_ALL and outcome.hold is not None:
            self._hold(outcome.hold, outcome.cause)

    def _watch_refusals(self, claim: Claim, outcome: Outcome) -> None:
        batch_id = self._batches.pop(claim.seq, None)
        if batch_id is None:
            return
        is_refused = outcome.verdict is Verdict.REFUSED
        if self._refusals.is_suspicious(batch_id, is_refused=is_refused):
            self._prefetched.clear()
            self._log.hold_batch(batch_id, HeldReason.BATCH_SUSPICIOUS, at=self._clock.now())

    def _result(self, claim: Claim, outcome: Outcome) -> AttemptResult:
        wait = self._first_lookup()
        is_asked = outcome.state in (State.ACCEPTED, State.UNKNOWN) and wait is not None
        return AttemptResult(
            seq=claim.seq,
            id=claim.id,
            n=claim.n,
            state=outcome.state,
            outcome=outcome.verdict.value,
            http_status=outcome.http_status,
            error_type=outcome.cause or None,
            message_uuid=outcome.message_uuid,
            failure=outcome.failure,
            unknown_reason=outcome.cause if outcome.state is State.UNKNOWN else None,
            first_lookup_at=self._clock.now() + wait if is_asked and wait else None,
        )

    # What goes out --------------------------------------------------------------

    def _choose_claims(self, now: float) -> list[tuple[Claim, bytes, LineWorker]]:
        self._patience_s = IDLE_S
        if self._gate.hold is not None:
            self._ask_balance(now)
            return []
        closed = self._gate.closed(now=now)
        if closed is not None:
            self._patience_s = min(closed[1] - now, IDLE_S)
            return []
        if not self._fetch():
            return []
        if not self._have_lines():
            return []
        if self._gate.needs_probe:
            self._probe()
            return []
        wanted = 1 if self._gate.is_careful else len(self._lines)
        wanted = min(wanted - len(self._in_flight), len(self._prefetched))
        ready = [line for line in self._lines if line.is_ready(now)]
        self._open_lines(wanted - len(ready))
        possible = max(0, min(wanted, len(ready)))
        count = self._throughput.take(possible, now=now)
        if count < possible:
            self._patience_s = min(self._throughput.wait_s(now=now), IDLE_S)
        return [self._make_claim(line) for line in ready[:count]]

    def _make_claim(self, line: LineWorker) -> tuple[Claim, bytes, LineWorker]:
        message = self._prefetched.popleft()
        n = message.attempts + 1
        client_ref = make_client_ref(self._install_tag, message.id, n)
        body = write_sms(
            to=message.to,
            sender=message.sender,
            text=message.text,
            encoding=message.encoding,
            client_ref=client_ref,
        )
        if message.batch_id is not None:
            self._batches[message.seq] = message.batch_id
        digest = hashlib.sha256(body).hexdigest()
        return Claim(message.seq, message.id, n, client_ref, digest), body, line

    def _fetch(self) -> bool:
        if not self._prefetched:
            self._prefetched.extend(self._log.next_queued(PREFETCH, at=self._clock.now()))
        return bool(self._prefetched)

    def _have_lines(self) -> bool:
        """Connect on first need; hold the queue when there is nothing to sign with."""
        if self._client is None:
            try:
                self._client = self._connect()
            except NotConnectableError as error:
                self._hold(error.hold, error.cause)
                return False
            self._known_skew_s = self._client.tokens.skew_s
        while len(self._lines) < self._settings().lines:
            self._lines.append(LineWorker(self._client, self._inbox.put, self._clock.monotonic))
        return True

    def _open_lines(self, count: int) -> None:
        now = self._clock.monotonic()
        idle = [line for line in self._lines if not line.is_busy and not line.is_ready(now)]
        opening = sum(line.is_busy for line in self._lines) - len(self._in_flight)
        for line in idle[: max(0, count - opening)]:
            line.open()

    def _probe(self) -> None:
        if not any(line.is_busy for line in self._lines):
            self._lines[0].probe()

    def _ask_balance(self, now: float) -> None:
        if self._gate.hold is not HeldReason.BALANCE or now < self._balance_at:
            return
        if self._client is None or not self._client.can_ask_reports or not self._lines:
            return
        self._balance_at = now + BALANCE_EVERY_S
        self._probe()

    # Holding, pausing, crashing -------------------------------------------------

    def _hold(self, reason: HeldReason, cause: str) -> None:
        if self._gate.hold is None:
            self._balance_at = self._clock.monotonic() + BALANCE_EVERY_S
            self._gate.hold, self._cause = reason, cause

    def _keep_held(self) -> None:
        """While the gate is held, what gets queued is on hold too, and says why."""
        if self._gate.hold is not None:
            self._prefetched.clear()
            if self._log.next_queued(1, at=self._clock.now()):
                self._log.hold_queued(self._gate.hold, at=self._clock.now())

    def _pause(self) -> None:
        self._meta.set(PAUSED_KEY, "1")
        self._gate.hold, self._cause = HeldReason.PAUSED, "paused"

    def _resume(self) -> None:
        self._meta.set(PAUSED_KEY, "0")
        self._gate.hold, self._cause = None, ""
        self._gate.try_now()
        self._refusals = RefusalWatch()
        self._drop_client()
        self._log.release(tuple(HeldReason), at=self._clock.now())

    def _reload(self) -> None:
        self._throughput.set_limit(
            self._settings().throughput_per_s, now=self._clock.monotonic()
        )
        self._drop_client()
        waits_for_credentials = (HeldReason.AUTH, HeldReason.CONFIG, HeldReason.KEY_LOCKED)
        if self._gate.hold in waits_for_credentials:
            self._gate.hold, self._cause = None, ""
            self._log.release(waits_for_credentials, at=self._clock.now())

    def _drop_client(self) -> None:
        """Forget credentials and lines; those at work finish what they carry."""
        for line in self._lines:
            line.close()
        self._lines = []
        if self._client is not None:
            self._client.close()
        self._client = None
        self._skew_corrected_at = None

    def _after_crash(self) -> None:
        """An unforeseen error: what is on the wire is in doubt, and a person must look."""
        for line in self._lines:
            line.abort()
        self._drop_client()
        self._in_flight.clear()
        self._unsaved = []
        self._prefetched.clear()
        self._gate.hold, self._cause = HeldReason.CRASHED, "crashed"
        try:
            self._log.interrupt("crash", at=self._clock.now(), this_boot=True)
        except StoreError:
            _log.warning("what was on the wire could not be marked; the next start will do it")

    # Upkeep and telling ---------------------------------------------------------

    def _upkeep(self, now: float) -> None:
        if now < self._upkeep_at:
            return
        self._upkeep_at = now + UPKEEP_S
        if self._suspend.gap():
            self._gate.settle(SETTLE_AFTER_SLEEP_S, now=now)
            self._throughput.ramp(now=now)
        moment = self._clock.now()
        self._log.expire(at=moment)
        self._log.promote_due(at=moment, late_after_ms=LATE_AFTER_MS)
        self._check_disk()

    def _check_disk(self) -> None:
        is_full = self._free_bytes(self._files.ballast.parent) < LEAST_FREE_BYTES
        if is_full:
            self._hold(HeldReason.DISK, "disk_full")
        elif self._gate.hold is HeldReason.DISK:
            self._ballast.load()
            self._gate.hold, self._cause = None, ""
            self._log.release((HeldReason.DISK,), at=self._clock.now())

    def _tell_status(self, stop: threading.Event, now: float) -> None:
        if now < self._status_at:
            return
        self._status_at = now + STATUS_EVERY_S
        self._tell(self._describe(stop, now))

    def _describe(self, stop: threading.Event, now: float) -> SenderStatus:
        status = SenderStatus(
            SenderPhase.READY,
            waiting=self._count_waiting(),
            in_flight=len(self._in_flight),
            cause=self._cause,
            interrupted=self._interrupted,
        )
        closed = self._gate.closed(now=now)
        if stop.is_set():
            return replace(status, phase=SenderPhase.STOPPING)
        if self._gate.hold is not None:
            return replace(status, phase=SenderPhase.HELD, hold=self._gate.hold)
        if closed is not None and status.waiting:
            why, until = closed
            retry_at = self._clock.now() + timedelta(seconds=round(until - now))
            return replace(status, phase=SenderPhase.WAITING, closed=why, retry_at=retry_at)
        if status.in_flight or status.waiting:
            return replace(status, phase=SenderPhase.SENDING)
        return status

    def _count_waiting(self) -> int:
        return self._history.count((State.QUEUED, State.HELD), at_most=100_000)

    def _tell(self, status: SenderStatus) -> None:
        if status != self._status:
            self._status = status
            self._on_status(status)

    def _stop(self) -> None:
        for line in self._lines:
            line.close()
        for line in self._lines:
            line.join(1.0)
        self._drop_client()
        self._lock.release()
        self._tell(SenderStatus(SenderPhase.STOPPED))
        self._database.close_thread()


def _never_left(claim: Claim) -> AttemptResult:
    return AttemptResult(
        seq=claim.seq,
        id=claim.id,
        n=claim.n,
        state=State.QUEUED,
        outcome=Verdict.NOT_SENT.value,
        error_type="not_committed",
    )
