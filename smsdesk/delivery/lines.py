"""The connections of the sender, each with the thread that waits on it.

A line opens before anything is claimed, carries one request at a time, and reports what
happened. What to submit, and what a report means, is left to `sender`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from smsdesk.store.message_log import Claim
from smsdesk.vonage.client import Client
from smsdesk.vonage.errors import NoAnswer, NotSent, VonageError
from smsdesk.vonage.exchange import Answer, Phase

FRESH_S = 2.0
"""An open line counts as ready this long; then it is looked at again before a claim."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The line is connected; nothing is claimed for it yet."""

    line: LineWorker


@dataclass(frozen=True, slots=True)
class NotOpened:
    """The line could not be connected; surely nothing was sent."""

    line: LineWorker
    error: NotSent


@dataclass(frozen=True, slots=True)
class Finished:
    """A claimed message went out, or did not."""

    line: LineWorker
    claim: Claim
    result: Answer | NotSent | NoAnswer
    claimed_at: float


@dataclass(frozen=True, slots=True)
class Probed:
    """A read-only question was answered (None), or failed."""

    line: LineWorker
    error: VonageError | None
    tells_time: bool = False
    """Vonage answered, and its `Date` has been compared with our clock."""


@dataclass(frozen=True, slots=True)
class BalanceRead:
    """The account was asked for its balance; no answer counts as no credit."""

    line: LineWorker
    has_credit: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """The line's thread met an error that nobody foresaw."""

    line: LineWorker
    error: Exception


Report = Opened | NotOpened | Finished | Probed | BalanceRead | Broken


class LineWorker:
    """One keep-alive connection and its thread.

    The owner commands it from one thread, and hears of it through `report`, which is called on
    the line's own thread.
    """

    def __init__(
        self,
        client: Client,
        report: Callable[[Report], None],
        now: Callable[[], float],
    ) -> None:
        self._client = client
        self._line = client.line()
        self._report = report
        self._now = now
        self._commands: queue.SimpleQueue[Callable[[], Report] | None] = queue.SimpleQueue()
        self.is_busy = False
        self._ready_since: float | None = None
        # A daemon: closing the program by force must not wait for an answer that may take a
        # minute. The committed attempt makes that safe.
        self._thread = threading.Thread(target=self._work, name="line", daemon=True)
        self._thread.start()

    def is_ready(self, now: float) -> bool:
        """Connected, idle, and looked at a moment ago."""
        fresh = self._ready_since is not None and now - self._ready_since < FRESH_S
        return fresh and not self.is_busy

    def open(self) -> None:
        """Connect, or make sure that the old connection still lives; then report."""
        self._command(self._open)

    def submit(self, claim: Claim, body: bytes) -> None:
        """Put a claimed message on the wire; then report."""
        claimed_at = self._now()
        self._command(lambda: self._submit(claim, body, claimed_at))

    def probe(self) -> None:
        """Ask Vonage something harmless; then report."""
        self._command(self._probe)

    def read_balance(self) -> None:
        """Ask whether there is credit; then report."""
        self._command(self._read_balance)

    def heard(self, *, is_ready: bool) -> None:
        """The owner has taken the report; `is_ready` says the connection is still good."""
        self.is_busy = False
        self._ready_since = self._now() if is_ready else None

    def abort(self) -> None:
        """Break off what is on the wire; its outcome will be reported as unknown."""
        self._line.abort()

    def close(self) -> None:
        """End the thread after what it is doing."""
        self._commands.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False when it is still at work."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _command(self, command: Callable[[], Report]) -> None:
        self.is_busy = True
        self._commands.put(command)

    def _work(self) -> None:
        while (command := self._commands.get()) is not None:
            try:
                report = command()
            except Exception as error:  # noqa: BLE001 - the loop of a service: see house rule
                report = Broken(self, error)
            self._report(report)
        self._line.close()

    def _open(self) -> Report:
        try:
            self._line.open()
        except NotSent as error:
            return NotOpened(self, error)
        return Opened(self)

    def _submit(self, claim: Claim, body: bytes, claimed_at: float) -> Report:
        result: Answer | NotSent | NoAnswer
        try:
            result = self._client.submit(self._line, body)
        except (NotSent, NoAnswer) as error:
            result = error
        except Exception:  # noqa: BLE001 - whatever broke, the claim must get its verdict
            phase = self._line.phase
            before_the_first_byte = phase < Phase.WRITING
            result = (NotSent if before_the_first_byte else NoAnswer)(phase, "local")
        return Finished(self, claim, result, claimed_at)

    def _probe(self) -> Report:
        try:
            answer = self._client.probe()
        except VonageError as error:
            return Probed(self, error)
        return Probed(self, None, tells_time=answer is not None and "date" in answer.headers)

    def _read_balance(self) -> Report:
        try:
            return BalanceRead(self, has_credit=self._client.balance().value > 0)
        except VonageError:
            return BalanceRead(self, has_credit=False)

    @property
    def stays_open(self) -> bool:
        """After an exchange: may the connection carry another one?"""
        return self._line.phase is Phase.DONE
