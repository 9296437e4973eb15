"""Fetches replies from Vonage's reports, for desks that no webhook reaches.

It is late and it costs: Vonage charges for every record, and knows a reply only after a while. So
it is off until a person switches it on. What a reply does is left to `heard`.
https://developer.vonage.com/en/api/reports
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.gate import Backoff
from smsdesk.delivery.heard import Heard
from smsdesk.delivery.report_budget import ReportBudget
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.meta import Meta
from smsdesk.system.clock import Clock, SuspendWatch
from smsdesk.vonage.client import LONGEST_WINDOW, Client
from smsdesk.vonage.errors import VonageError

_log = logging.getLogger(__name__)

EVERY_S = 300.0
EVERY_IN_DEMO_S = 3.0
LAG = timedelta(minutes=10)
"""A record may be this late; so much is asked for again each time. With one question in five
minutes a reply is paid for three times."""
LOOK_BACK = timedelta(days=7)
"""After a longer pause, older replies are not fetched: nobody waits for an answer any more."""
LOOK_S = 0.5
PAGES_AT_MOST = 50
_KEPT = "replies_asked_until_ms"


class ReplyLookup:
    """A service: `run` asks for replies every few minutes, while that is wanted."""

    name = "replies"

    def __init__(
        self,
        *,
        database: Database,
        heard: Heard,
        budget: ReportBudget,
        connect: Callable[[], Client],
        is_wanted: Callable[[], bool],
        every_s: float,
        clock: Clock,
    ) -> None:
        self._database = database
        self._meta = Meta(database)
        self._heard = heard
        self._budget = budget
        self._connect = connect
        self._is_wanted = is_wanted
        self._every_s = every_s
        self._clock = clock
        self._backoff = Backoff(30.0, 1800.0, random.Random())
        self._suspend = SuspendWatch(clock)
        self._due_at = 0.0
        self._has_changed = threading.Event()

    def reload(self) -> None:
        """Credentials or settings have changed: ask soon."""
        self._has_changed.set()

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop` is set. What fails is tried again, ever more slowly."""
        try:
            while not self._clock.wait(stop, LOOK_S):
                self._due_at = self._suspend.soon(self._due_at)
                if self._has_changed.is_set():
                    self._has_changed.clear()
                    self._due_at = 0.0
                if self._is_wanted() and self._clock.monotonic() >= self._due_at:
                    self._due_at = self._clock.monotonic() + self._try()
        finally:
            self._database.close_thread()

    def _try(self) -> float:
        """Ask once; returns the seconds until the next time."""
        try:
            self.ask()
        except NotConnectableError:
            return self._every_s
        except (VonageError, StoreError) as error:
            _log.warning("replies could not be fetched: %s", type(error).__name__)
            return self._backoff.next_s()
        except Exception:  # noqa: BLE001 - around a service's loop; asking again at once costs
            _log.exception("the look-up of replies met an error nobody foresaw")
            return self._backoff.next_s()
        self._backoff.reset()
        return self._every_s

    def ask(self) -> None:
        """Fetch what came since the last time. Raises NotConnectableError, VonageError or
        StoreError; the next time begins where this one had come to."""
        client = self._connect()
        try:
            if client.can_ask_reports:
                self._fetch(client)
        finally:
            client.close()

    def _fetch(self, client: Client) -> None:
        now = self._clock.now()
        start = self._begin(now)
        while start < now and self._budget.left():
            end = min(start + LONGEST_WINDOW, now + timedelta(seconds=1))
            if not self._read_window(client, start, end):
                return
            asked_until = min(end, now - LAG)
            self._meta.set(_KEPT, str(int(asked_until.timestamp() * 1000)))
            start = end

    def _read_window(self, client: Client, start: datetime, end: datetime) -> bool:
        """Whether a window was read to its end."""
        next_path: str | None = None
        for _page in range(PAGES_AT_MOST):
            self._budget.wait_for_turn()
            page = client.replies_window(start, end, next_path)
            self._budget.spend(page.records)
            if page.replies:
                self._heard.take(page.replies)
            next_path = page.next_path
            if next_path is None:
                return True
            if not self._budget.left():
                return False
        return False

    def _begin(self, now: datetime) -> datetime:
        """Where the last time ended; the first time asks only about the last minutes."""
        kept = self._meta.get(_KEPT)
        if kept is None:
            return now - LAG
        last = datetime.fromtimestamp(int(kept) / 1000, tz=now.tzinfo)
        return max(min(last, now - LAG), now - LOOK_BACK)
