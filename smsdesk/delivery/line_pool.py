"""The lines of the sender together with the client behind them, made when first needed.

It keeps connections ready. What goes over them is decided in `sender`.
"""

from __future__ import annotations

from collections.abc import Callable

from smsdesk.delivery.lines import LineWorker, Report
from smsdesk.vonage.client import Client


class LinePool:
    """All lines of one client. Used by the sender's thread only.

    `connect` gives a client with the credentials of this moment, or raises
    NotConnectableError.
    """

    def __init__(
        self,
        connect: Callable[[], Client],
        report: Callable[[Report], None],
        now: Callable[[], float],
    ) -> None:
        self._connect = connect
        self._report = report
        self._now = now
        self._lines: list[LineWorker] = []
        self.client: Client | None = None

    def fill(self, count: int) -> Client:
        """Have a client and `count` lines. Raises NotConnectableError."""
        if self.client is None:
            self.client = self._connect()
        while len(self._lines) < count:
            self._lines.append(LineWorker(self.client, self._report, self._now))
        return self.client

    def ready(self, now: float) -> list[LineWorker]:
        """The lines over which a message can go this moment."""
        return [line for line in self._lines if line.is_ready(now)]

    def open(self, count: int, *, in_flight: int) -> None:
        """See to it that `count` more lines become ready; those being opened count."""
        now = self._now()
        idle = [line for line in self._lines if not line.is_busy and not line.is_ready(now)]
        opening = sum(line.is_busy for line in self._lines) - in_flight
        for line in idle[: max(0, count - max(0, opening))]:
            line.open()

    def probe(self) -> None:
        """Ask Vonage something harmless, when no line is at work."""
        if self._is_at_rest():
            self._lines[0].probe()

    def read_balance(self) -> bool:
        """Ask whether there is credit, when no line is at work; says whether it could."""
        client = self.client
        if client is None or not client.can_ask_reports or not self._is_at_rest():
            return False
        self._lines[0].read_balance()
        return True

    def drop(self) -> None:
        """Forget client and lines; a line at work finishes what it carries and reports it."""
        for line in self._lines:
            line.close()
        self._lines = []
        if self.client is not None:
            self.client.close()
        self.client = None

    def abort(self) -> None:
        """Break off whatever is on the wire, and drop everything."""
        for line in self._lines:
            line.abort()
        self.drop()

    def close(self, *, timeout_s: float) -> None:
        """Drop everything and wait for the threads, each for at most `timeout_s`."""
        lines = self._lines
        self.drop()
        for line in lines:
            line.join(timeout_s)

    def _is_at_rest(self) -> bool:
        return bool(self._lines) and not any(line.is_busy for line in self._lines)
