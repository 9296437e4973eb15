"""Prices before sending: what a draft would cost, from what Vonage told within the last day.

`estimate` reads memory alone, so that it may be asked at every keystroke. What it lacks is asked
for in the background, one country a second (https://developer.vonage.com/en/api/pricing).
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from smsdesk.desk.account import Account, AccountError
from smsdesk.sms.message import Preview
from smsdesk.sms.prices import CostEstimate, PriceList, Recipients, estimate_cost
from smsdesk.sms.recipients import RecipientEntry
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.history import HistoryView
from smsdesk.store.prices import PriceShelf
from smsdesk.system.clock import Clock
from smsdesk.vonage.account_client import AccountClient
from smsdesk.vonage.errors import VonageError

_log = logging.getLogger(__name__)

FRESH_FOR = timedelta(days=1)
PACE_S = 1.0
"""Vonage answers one question about prices a second."""
PATIENCE_S = 300.0
"""After a failure nothing is asked for so long; prices are worth no hurry."""
LOOK_S = 0.5
FEW = 20
"""Up to so many recipients their networks are looked up in the log."""


class Prices:
    """A service that asks, and the memory that it fills.

    `estimate` may be called from any thread; `run` works until it is told to stop.
    `on_change` is called when prices have come.
    """

    name = "prices"

    def __init__(
        self,
        *,
        database: Database,
        history: HistoryView,
        account: Account,
        clock: Clock,
        on_change: Callable[[], None],
    ) -> None:
        self._database = database
        self._shelf = PriceShelf(database)
        self._history = history
        self._account = account
        self._clock = clock
        self._on_change = on_change
        self._lock = threading.Lock()
        self._lists: dict[str, PriceList] | None = None
        self._wanted: dict[str, None] = {}
        self._not_before = 0.0
        self._valid_since: datetime | None = None
        self._grouped: tuple[tuple[RecipientEntry, ...], Recipients] = ((), {})

    # For the compose pane -------------------------------------------------------

    def estimate(self, preview: Preview) -> CostEstimate:
        """What the draft would cost, as far as it is known now.

        Countries without a fresh price are noted, and asked for in the background.
        """
        recipients = self._group(preview)
        lists = self._known(region for region, _network in recipients)
        return estimate_cost(recipients, parts=preview.measure.parts, lists=lists)

    def price_lists(self, regions: Iterable[str | None]) -> Mapping[str, PriceList]:
        """What a part costs in these countries, as far as it is known now; the others are
        noted, and asked for in the background."""
        return self._known(regions)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to be asked for."""
        return not self._wanted

    def reload(self) -> None:
        """Another account may have other prices: what is kept counts as old."""
        with self._lock:
            self._valid_since = self._clock.now()
            self._not_before = 0.0

    # The service ----------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Ask for what is wanted, one country a second, until `stop` is set."""
        try:
            while not self._clock.wait(stop, LOOK_S):
                if self._wanted and self._may_ask():
                    self.ask_wanted(stop)
        finally:
            self._database.close_thread()

    def ask_wanted(self, stop: threading.Event, *, at_most: int = 100) -> int:
        """Ask for what was noted; returns for how many countries prices came.

        Ends early when `stop` is set, or when Vonage cannot be asked now.
        """
        told = 0
        try:
            with closing(self._account.open_account()) as client:
                while told < at_most and not stop.is_set() and (region := self._next_wanted()):
                    self._ask(client, region)
                    told += 1
                    self._on_change()
                    self._clock.wait(stop, PACE_S if self._wanted else 0.0)
        except (AccountError, VonageError, StoreError) as error:
            _log.info("no prices for now: %s", type(error).__name__)
            with self._lock:
                self._not_before = self._clock.monotonic() + PATIENCE_S
                self._wanted.clear()  # noted again by the next estimate
        return told

    def _ask(self, client: AccountClient, region: str) -> None:
        prices = client.prices(region)
        now = self._clock.now()
        self._shelf.save(prices, at=now)
        with self._lock:
            self._loaded()[region] = PriceList(prices, asked_at=now)
            self._wanted.pop(region, None)

    def _may_ask(self) -> bool:
        return self._clock.monotonic() >= self._not_before

    def _next_wanted(self) -> str | None:
        with self._lock:
            return next(iter(self._wanted), None)

    # What is known --------------------------------------------------------------

    def _known(self, regions: Iterable[str | None]) -> Mapping[str, PriceList]:
        """The prices of these countries, marked where they are old; the others are noted."""
        found: dict[str, PriceList] = {}
        due: list[str] = []
        now = self._clock.now()
        with self._lock:
            lists = self._loaded()
            for region in dict.fromkeys(regions):
                if region is None:
                    continue
                known = lists.get(region)
                is_old = known is None or self._is_old(known, now)
                if known is not None:
                    found[region] = replace(known, is_old=is_old)
                if is_old and region not in self._wanted:
                    due.append(region)
            self._wanted.update(dict.fromkeys(due))
        return found

    def _is_old(self, known: PriceList, now: datetime) -> bool:
        # A clock that was set back must not make old prices young for ever.
        is_fresh = abs(now - known.asked_at) < FRESH_FOR
        before = self._valid_since is not None and known.asked_at < self._valid_since
        return not is_fresh or before

    def _loaded(self) -> dict[str, PriceList]:
        """What is in memory; read from the disk once. The lock is held."""
        if self._lists is None:
            try:
                self._lists = self._shelf.load()
            except StoreError:
                self._lists = {}
        return self._lists

    def _group(self, preview: Preview) -> Recipients:
        """How many recipients there are by country and network; kept while they rest."""
        if not preview.channel.goes_by_country:
            return {}  # Vonage's price list is that of SMS
        entries, grouped = self._grouped
        if entries is preview.recipients:
            return grouped
        numbers = preview.numbers
        networks: Mapping[str, str] = {}
        if len(numbers) <= FEW:
            try:
                networks = self._history.networks_of([number.e164 for number in numbers])
            except StoreError:
                networks = {}
        counted = Counter((number.region, networks.get(number.e164)) for number in numbers)
        self._grouped = (preview.recipients, counted)
        return counted
