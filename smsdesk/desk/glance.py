"""The account at a glance: balance, sender and region, for the status bar.

The balance is asked for now and then, quietly: not while nobody looks, and not off line. Where
receipts come from is told by `desk.receipts`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from smsdesk.desk.account import Account, AccountError
from smsdesk.desk.answers import cause_of
from smsdesk.system.clock import Clock, SuspendWatch
from smsdesk.system.settings import API_URL, BALANCE_WARNING, SENDER, Settings
from smsdesk.vonage.errors import AnswerError, TransportError
from smsdesk.vonage.hosts import region_of

FIRST_S = 2.0
"""The window is drawn and used before the first question."""
EVERY_S = 300.0
LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class AccountGlance:
    """What is known of the account at this moment."""

    balance: Decimal | None
    """None until it was told for the first time."""
    currency: str
    as_of: datetime | None
    is_low: bool
    problem: str
    """Why the last question was not answered, as a code for wording; "" when it was."""
    sender: str
    region: str | None
    """"", "eu", "us" or "ap"; None for a host that is not Vonage's."""


class AccountWatch:
    """A service: `run` asks for the balance until it is told to stop.

    Every other method may be called from any thread. `on_change` is called when the glance is
    another than before.
    """

    name = "account"

    def __init__(
        self,
        *,
        account: Account,
        settings: Settings,
        clock: Clock,
        is_offline: Callable[[], bool],
        on_change: Callable[[], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._clock = clock
        self._is_offline = is_offline
        self._on_change = on_change
        self._balance: Decimal | None = None
        self._currency = ""
        self._as_of: datetime | None = None
        self._problem = ""
        self._suspend = SuspendWatch(clock)
        self._due_at = 0.0
        self._has_account = True
        self._is_paused = False

    @property
    def glance(self) -> AccountGlance:
        """What is known now."""
        warning = Decimal(str(self._settings.get(BALANCE_WARNING)))
        return AccountGlance(
            balance=self._balance,
            currency=self._currency,
            as_of=self._as_of,
            is_low=self._balance is not None and self._balance < warning,
            problem=self._problem,
            sender=self._settings.get(SENDER),
            region=region_of(self._settings.get(API_URL)),
        )

    def pause(self) -> None:
        """Nobody looks: ask nothing until `resume`."""
        self._is_paused = True

    def resume(self) -> None:
        """Somebody looks again; what is due meanwhile is asked at once."""
        self._is_paused = False

    def reload(self) -> None:
        """Another account, or other settings: what was known of the old one is forgotten."""
        self._balance, self._as_of, self._problem = None, None, ""
        self._has_account = True
        self._due_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Ask every few minutes until `stop` is set."""
        if self._clock.wait(stop, FIRST_S):
            return
        while not stop.is_set():
            self._due_at = self._suspend.soon(self._due_at)
            if self.is_due:
                self.ask()
            self._clock.wait(stop, LOOK_S)

    @property
    def is_due(self) -> bool:
        """Whether now is the time to ask."""
        is_time = self._clock.monotonic() >= self._due_at
        return is_time and self._has_account and not self._is_paused and not self._is_offline()

    def ask(self) -> None:
        """Ask for the balance now, and tell if something is new."""
        self._due_at = self._clock.monotonic() + EVERY_S
        before = self.glance
        try:
            self._has_account = self._account.can_open_account()
            if not self._has_account:
                return  # until `reload`
            with closing(self._account.open_account()) as client:
                balance = client.balance()
        except AccountError as error:
            self._problem = error.code
        except (AnswerError, TransportError) as error:
            is_refused = isinstance(error, AnswerError) and error.answer.status in (401, 403)
            self._problem = "api_secret_refused" if is_refused else cause_of(error)
        else:
            self._balance, self._currency = balance.value, balance.currency
            self._as_of, self._problem = self._clock.now(), ""
        if self.glance != before:
            self._on_change()
