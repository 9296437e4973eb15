"""The receiver as the desk has it: with the account's keys, the person's settings, and the
addresses that Vonage is to be told.

How a webhook is judged, and what becomes of what it brings, is known in the rooms below.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from smsdesk.desk.account import Account
from smsdesk.desk.account_values import AccountError
from smsdesk.system.clock import Clock
from smsdesk.system.settings import PUBLIC_URL, RECEIVER, RECEIVER_PORT, Settings
from smsdesk.vonage.signature import SHORTEST_SECRET, WebhookKeys, derive_path
from smsdesk.webhooks.probe import Probe
from smsdesk.webhooks.receiver import Event, Receiver
from smsdesk.webhooks.routes import paths_with
from smsdesk.webhooks.status import ReceiverPhase, ReceiverSettings, ReceiverStatus

__all__ = ["SHORTEST_SECRET", "Probe", "ReceiverPhase", "ReceiverStatus", "Receiving"]


class Receiving:
    """A service: `run` listens for webhooks while the person wants that.

    `take` stores what was heard and may raise; `on_status` is called on the service's thread.
    """

    def __init__(
        self,
        *,
        account: Account,
        settings: Settings,
        take: Callable[[Sequence[Event]], Sequence[bool]],
        on_status: Callable[[], None],
        clock: Clock,
        close_thread: Callable[[], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._is_insisted_on = False
        self._port: int | None = None
        self._receiver = Receiver(
            read_keys=lambda: account.webhook_keys(),
            settings=self._read_settings,
            take=take,
            on_status=lambda _status: on_status(),
            clock=clock,
            close_thread=close_thread,
        )

    @property
    def name(self) -> str:
        return self._receiver.name

    @property
    def status(self) -> ReceiverStatus:
        """How it stands now."""
        return self._receiver.status

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set."""
        self._receiver.run(stop)

    def reload(self) -> None:
        """Settings or credentials have changed."""
        self._receiver.reload()

    def insist(self, *, port: int | None = None) -> None:
        """Listen whatever the setting says, for as long as the program runs; on another port
        than the setting's, if one is named."""
        self._is_insisted_on, self._port = True, port
        self.reload()

    def urls(self, public_url: str = "") -> tuple[str, str]:
        """The addresses for replies and for receipts, as Vonage is to call them.

        `public_url` is where calls are passed on from; without one they are the addresses on this
        computer, which only a program here can call. It may ask the keyring, and so take seconds.
        Raises AccountError where no good signature secret is stored.
        """
        status = self.status
        if status.phase is ReceiverPhase.LISTENING:
            inbound_path, status_path = status.inbound_path, status.status_path
        else:
            paths = paths_with(derive_path(self._good_keys().signature_secret))
            inbound_path, status_path = paths.inbound, paths.status
        base = (
            public_url.strip().rstrip("/") or f"http://127.0.0.1:{status.port or self._wanted}"
        )
        return f"{base}{inbound_path}", f"{base}{status_path}"

    def address_on_this_computer(self) -> str:
        """Where the simulator of a demo brings what people send: a report of it would not tell
        what a picture was. "" while nobody listens, which is then begun."""
        if self.status.phase is not ReceiverPhase.LISTENING:
            self.insist(port=0)
            return ""
        try:
            return self.urls()[0]
        except AccountError:
            return ""

    def expect_probe(self, nonce: str) -> Probe:
        """Listen for a word that comes to the status address, to find out whether that leads
        here. Raises ValueError for a word that could be guessed."""
        return self._receiver.expect_probe(nonce)

    def _good_keys(self) -> WebhookKeys:
        keys = self._account.webhook_keys()
        if keys is None:
            raise AccountError("signature_secret", "signature_secret_empty")
        if keys.is_short:
            raise AccountError("signature_secret", "signature_secret_short")
        return keys

    def _read_settings(self) -> ReceiverSettings:
        return ReceiverSettings(
            is_on=self._is_insisted_on or self._settings.get(RECEIVER),
            port=self._wanted,
            public_host=_host_of(self._settings.get(PUBLIC_URL)),
        )

    @property
    def _wanted(self) -> int:
        return self._settings.get(RECEIVER_PORT) if self._port is None else self._port


def _host_of(url: str) -> str:
    """The name in an address, as it stands in a request for it; "" for what is none."""
    try:
        host = urlsplit(url.strip()).hostname or ""
        return f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    except ValueError:
        return ""
