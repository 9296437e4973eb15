"""Asks Vonage's Reports API what became of messages: delivery status behind any firewall.

It asks by id, in groups, ever more slowly; and about doubtful messages by recipient and time,
looking for our own reference. What an answer does to a row is left to `store.events`.
https://developer.vonage.com/en/api/reports
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.gate import Backoff
from smsdesk.delivery.heard import Heard
from smsdesk.delivery.report_budget import ReportBudget
from smsdesk.delivery.status import ReceiptSource, ReceiptsStatus, ReportEstimate
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.errors import StoreError
from smsdesk.store.lookups import LookupTable, Waiting
from smsdesk.store.message_log import OnChange
from smsdesk.system.clock import Clock
from smsdesk.vonage.client import LONGEST_WINDOW, Client
from smsdesk.vonage.errors import AnswerError, VonageError
from smsdesk.vonage.payloads import ReportPage

_log = logging.getLogger(__name__)

GROUP = 20
"""As many ids as one report request may name."""
SEARCHES = 4
BREATH_S = 1.0
"""Reports takes ten questions a second: one for a group of ids, and two for each doubt."""
BEFORE, AFTER = timedelta(minutes=10), timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=72)
"""Vonage makes a final receipt by itself after 72 hours; later there is nothing to hear."""
LOOK_S = 0.5
REFUSED_WAIT_S = 600.0
SPENT_WAIT_S = 60.0
NO_SECRET_WAIT_S = 60.0
"""A locked keyring asks the person each time it is looked at; new credentials are told at once."""
PAGES_AT_MOST = 50
_ABOUT_THE_IDS = frozenset({400, 404, 422})


@dataclass(frozen=True, slots=True)
class Timetable:
    """Seconds between the questions about one message; the last number repeats."""

    accepted_s: tuple[float, ...]
    unknown_s: tuple[float, ...]

    def wait(self, *, is_unknown: bool, asked: int) -> timedelta:
        """How long to wait before the next question, `asked` having been put already."""
        steps = self.unknown_s if is_unknown else self.accepted_s
        return timedelta(seconds=steps[min(asked, len(steps) - 1)])

    def questions(self, until: timedelta) -> int:
        """How often a message is asked about that has no end for so long."""
        asked, waited = 0, timedelta()
        while waited <= until:
            waited += self.wait(is_unknown=False, asked=asked)
            asked += 1
        return asked


PATIENT = Timetable(
    accepted_s=(15, 45, 240, 1500, 5400, 14_400, 43_200, 86_400),
    unknown_s=(20, 120, 600, 3600, 3600, 7200, 14_400, 43_200),
)
"""For the real thing, where each record that is returned costs a little: after 15 seconds, 1 and
5 minutes, half an hour, 2, 6, 18, 42, 66 and 90 hours."""
BESIDE_WEBHOOKS = Timetable(
    accepted_s=(1800, 5400, 14_400, 43_200, 86_400), unknown_s=PATIENT.unknown_s
)
"""Where webhooks bring the news, reports are asked only about what they did not bring."""
QUICK = Timetable(accepted_s=(1, 1, 1, 2, 3, 5, 10, 30), unknown_s=(2, 3, 5, 10, 30))
"""For the simulator, where asking costs nothing and somebody is watching."""


class ReportLookup:
    """A service: `run` asks for what is due until it is told to stop.

    `connect` gives a client with the credentials of this moment, or raises
    NotConnectableError. `timetable` is looked at before each question.
    """

    name = "receipts"

    def __init__(
        self,
        *,
        database: Database,
        heard: Heard,
        budget: ReportBudget,
        on_change: OnChange,
        connect: Callable[[], Client],
        timetable: Callable[[], Timetable],
        is_wanted: Callable[[], bool],
        on_status: Callable[[ReceiptsStatus], None],
        clock: Clock,
    ) -> None:
        self._database = database
        self._heard = heard
        self._budget = budget
        self._on_change = on_change
        self._table = LookupTable(database)
        self._connect = connect
        self._timetable = timetable
        self._is_wanted = is_wanted
        self._on_status = on_status
        self._clock = clock
        self._client: Client | None = None
        self._has_changed = threading.Event()
        self._backoff = Backoff(2.0, 300.0, random.Random())
        self._status = ReceiptsStatus(ReceiptSource.OFF)

    @property
    def status(self) -> ReceiptsStatus:
        """How it stood when it last told."""
        return self._status

    def estimate(self) -> ReportEstimate:
        """What asking has cost today, and may cost yet. Quick; raises StoreError."""
        questions = self._timetable().questions(GIVE_UP_AFTER)
        open_messages, at_most_more = self._table.questions_left(questions)
        return ReportEstimate(
            today=self._budget.spent(),
            most_a_day=self._budget.most_a_day,
            open_messages=open_messages,
            at_most_more=at_most_more,
        )

    def reload(self) -> None:
        """Credentials or settings have changed; forget what was refused."""
        self._has_changed.set()

    def run(self, stop: threading.Event) -> None:
        """Ask until `stop` is set. Errors are told as status and tried again later."""
        started = False
        try:
            while not stop.is_set():
                try:
                    if not started:
                        self._table.start(at=self._clock.now())
                        started = True
                    wait_s = self._step()
                except StoreError as error:
                    _log.warning("receipts cannot be stored now: %s", error.code)
                    self._database.close_thread()
                    wait_s = self._backoff.next_s()
                except Exception:  # noqa: BLE001 - around a service's loop
                    _log.exception("the report look-up met an error nobody foresaw")
                    wait_s = REFUSED_WAIT_S
                self._wait(stop, wait_s)
        finally:
            self._forget_client()
            self._database.close_thread()

    def _wait(self, stop: threading.Event, seconds: float) -> None:
        """Sleep, but wake for a stop, or for news of other credentials."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            if self._clock.wait(stop, min(left, LOOK_S)):
                return
            if self._has_changed.is_set():
                self._has_changed.clear()
                self._forget_client()
                return

    def _step(self) -> float:
        """Ask one group of questions; returns the seconds until the next look."""
        if not self._is_wanted():
            self._tell(ReceiptsStatus(ReceiptSource.OFF))
            return LOOK_S
        client = self._connected()
        if client is None:
            return NO_SECRET_WAIT_S
        now = self._clock.now()
        left = self._budget.left()
        known = self._table.due(at=now, limit=min(GROUP, left), is_known=True)
        doubtful = self._table.due(
            at=now, limit=min(SEARCHES, left - len(known)), is_known=False
        )
        if not left:
            self._tell(ReceiptsStatus(ReceiptSource.SPENT, self._status.last_at))
            return SPENT_WAIT_S
        if not known and not doubtful:
            return LOOK_S
        try:
            self._ask(client, known, doubtful)
        except AnswerError as error:
            return self._refused(error)
        except VonageError:
            self._tell(ReceiptsStatus(ReceiptSource.UNREACHABLE, self._status.last_at))
            return self._backoff.next_s()
        self._backoff.reset()
        self._tell(ReceiptsStatus(ReceiptSource.REPORTS, self._clock.now()))
        is_more = len(known) == GROUP or len(doubtful) == SEARCHES
        return BREATH_S if is_more else LOOK_S

    def _connected(self) -> Client | None:
        if self._client is None:
            try:
                self._client = self._connect()
            except NotConnectableError as error:
                self._tell(ReceiptsStatus(ReceiptSource.NO_SECRET, cause=error.cause))
                return None
        if not self._client.can_ask_reports:
            self._tell(ReceiptsStatus(ReceiptSource.NO_SECRET, cause="no_api_secret"))
            return None
        if self._status.source in (ReceiptSource.OFF, ReceiptSource.NO_SECRET):
            self._tell(ReceiptsStatus(ReceiptSource.REPORTS, self._status.last_at))
        return self._client

    def _refused(self, error: AnswerError) -> float:
        cause = f"status_{error.answer.status}"
        if error.answer.status == 429 or error.answer.status >= 500:
            self._tell(ReceiptsStatus(ReceiptSource.UNREACHABLE, self._status.last_at, cause))
            return self._backoff.next_s()
        self._tell(ReceiptsStatus(ReceiptSource.REFUSED, self._status.last_at, cause))
        return REFUSED_WAIT_S

    def _ask(
        self, client: Client, known: Sequence[Waiting], doubtful: Sequence[Waiting]
    ) -> None:
        if known:
            self._ask_by_id(client, known)
        for waiting in doubtful:
            if not self._budget.left():
                return  # it stays due
            self._search(client, waiting)
            self._schedule([waiting])

    def _ask_by_id(self, client: Client, known: Sequence[Waiting]) -> None:
        """Ask about a group; when the group is refused, about each, so that one id which
        Reports does not like keeps no other from its news."""
        ids = [waiting.message_uuid for waiting in known if waiting.message_uuid]
        try:
            self._store(self._by_ids(client, ids).receipts)
        except AnswerError as error:
            if error.answer.status not in _ABOUT_THE_IDS:
                raise
            if len(known) > 1:
                for waiting in known:
                    self._ask_by_id(client, [waiting])
                return
            _log.warning("Reports refuses the id of message %s", known[0].id)
        self._schedule(known)

    def _search(self, client: Client, waiting: Waiting) -> None:
        """Look for an attempt's reference among what Vonage took for that number then."""
        start, end = _window_of(waiting, now=self._clock.now())
        receipts, is_complete = self._read_window(client, start, end, to=waiting.to)
        ours = [found for found in receipts if found.client_ref in waiting.client_refs]
        if ours:
            self._store(ours)
            return
        if waiting.state is not State.UNKNOWN:
            return  # no doubt, only the next of several channels that is not tried yet
        self._table.note_empty(
            waiting.seq,
            at=self._clock.now(),
            is_complete=is_complete,
            control_found=self._is_control_found(client, start, end),
        )
        self._on_change(frozenset({waiting.id}))

    def _is_control_found(self, client: Client, start: datetime, end: datetime) -> bool:
        """Does the report know a message of that time which surely was accepted?

        An empty answer only means something if the records of that time have arrived.
        """
        known = self._table.accepted_between(start, end) if self._budget.left() else []
        return bool(known) and bool(self._by_ids(client, known[:1]).receipts)

    def _read_window(
        self, client: Client, start: datetime, end: datetime, *, to: str
    ) -> tuple[list[DeliveryReceipt], bool]:
        """All pages of a window, and whether every one was whole."""
        receipts: list[DeliveryReceipt] = []
        is_complete = True
        next_path: str | None = None
        for _page in range(PAGES_AT_MOST):
            self._budget.wait_for_turn()
            page = self._paid(client.report_window(start, end, to=to, next_path=next_path))
            receipts += page.receipts
            is_complete = is_complete and page.is_complete
            next_path = page.next_path
            if next_path is None:
                return receipts, is_complete
            if not self._budget.left():
                break
        return receipts, False

    def _by_ids(self, client: Client, ids: Sequence[str]) -> ReportPage:
        self._budget.wait_for_turn()
        return self._paid(client.report_by_ids(ids))

    def _paid(self, page: ReportPage) -> ReportPage:
        self._budget.spend(page.records)
        return page

    def _store(self, receipts: Sequence[DeliveryReceipt]) -> None:
        if receipts:
            self._heard.take(receipts)

    def _schedule(self, asked: Sequence[Waiting]) -> None:
        now = self._clock.now()
        self._table.schedule([(waiting.seq, self._next_at(waiting, now)) for waiting in asked])

    def _next_at(self, waiting: Waiting, now: datetime) -> datetime | None:
        if now - waiting.opened_at > GIVE_UP_AFTER:
            return None
        is_unknown = waiting.message_uuid is None
        timetable = self._timetable()
        return now + timetable.wait(is_unknown=is_unknown, asked=waiting.lookups + 1)

    def _forget_client(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def _tell(self, status: ReceiptsStatus) -> None:
        status = replace(status, records_today=self._budget.spent())
        if status != self._status:
            self._status = status
            self._on_status(status)


def _window_of(waiting: Waiting, *, now: datetime) -> tuple[datetime, datetime]:
    """When the attempt may have reached Vonage, as far as one report can span.

    An attempt that a crash interrupted is only finished by the next start, days later perhaps;
    and a clock that was set back puts it into the future. What is tried after another channel
    reaches Vonage when that one has refused it, and not when it was submitted.
    """
    if waiting.refused_at is not None:
        start = waiting.refused_at - BEFORE
        return start, max(
            min(now + timedelta(seconds=1), start + LONGEST_WINDOW),
            start + timedelta(seconds=1),
        )
    start = waiting.opened_at - BEFORE
    # Reports counts in whole seconds: the one that is running belongs to the window too.
    end = min((waiting.finished_at or waiting.opened_at) + AFTER, now + timedelta(seconds=1))
    return start, max(min(end, start + LONGEST_WINDOW), start + timedelta(seconds=1))
