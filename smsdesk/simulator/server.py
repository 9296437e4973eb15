"""The simulator as a whole: put together, started and stopped, looked into by tests.

What is answered is found by `switchboard`; the command line is `cli`'s business.
"""

import ssl
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from smsdesk.simulator.account import OPENING_BALANCE, Account
from smsdesk.simulator.applications import Applications
from smsdesk.simulator.book import MessageBook, MessageRecord
from smsdesk.simulator.carrier import Carrier, WebhookUrls
from smsdesk.simulator.connection import HttpServer
from smsdesk.simulator.ledger import Ledger, LedgerEntry
from smsdesk.simulator.reports import Reports
from smsdesk.simulator.scenarios import Director, Scenario
from smsdesk.simulator.switchboard import Switchboard
from smsdesk.simulator.timetable import Timetable
from smsdesk.simulator.tokens import Doorkeeper
from smsdesk.simulator.webhooks import Postman, WebhookCall

DEMO_SIGNATURE_SECRET = "simulator-signature-secret-not-for-real-use-0123456789abcdefghij"


class Simulator:
    """A pretend Vonage on loopback. Also a context manager: open while inside.

    `pace` scales every delay. `status_url` and `inbound_url` are the account's webhooks, used
    when neither the message nor its application names one; the second may also be asked for
    each time. `certificate` (certificate file,
    key file) makes it speak TLS. `now` is the clock it judges tokens by and shows in Date.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        application_id: str | None = None,
        public_key_pem: str | None = None,
        api_key: str = "demo",
        api_secret: str = "demo",
        signature_secret: str = DEMO_SIGNATURE_SECRET,
        scenario: Scenario | None = None,
        ledger: Path | None = None,
        records: Path | None = None,
        status_url: str | None = None,
        inbound_url: str | Callable[[], str] | None = None,
        seed: int | None = None,
        pace: float = 1.0,
        certificate: tuple[Path, Path] | None = None,
        opening_balance: Decimal = OPENING_BALANCE,
        reports_lag_s: float = 0.0,
        reports_page_size: int = 1000,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._address = (host, port)
        self._pace = pace
        self._now = now
        self._seed = seed
        self._tls = _tls_context(certificate) if certificate else None
        self._status_url = status_url or ""
        self._inbound_url = inbound_url or ""
        self._ledger = Ledger(ledger)
        self._book = MessageBook(records)
        # Statuses come about one after another; calling a slow webhook holds up none of them.
        self._timetable = Timetable(pace=pace, workers=1)
        self._calls = Timetable(pace=pace, workers=4)
        self._applications = Applications(
            application_id=application_id, public_key_pem=public_key_pem
        )
        self._postman = Postman(
            self._calls,
            api_key=api_key,
            signature_secret=signature_secret,
            now=now,
            ways=lambda: self._switchboard.director.ways_of_a_webhook(),
        )
        self._carrier = Carrier(
            book=self._book,
            timetable=self._timetable,
            postman=self._postman,
            webhook_urls=self._webhook_urls,
            outcome_of=lambda to: self._switchboard.director.choose_for_message(to),
            base_url=lambda: self.url,
            now=now,
            pace=pace,
        )
        self._account = Account(self._book, opening_balance=opening_balance)
        self._switchboard = Switchboard(
            director=Director(scenario or Scenario(), seed=seed),
            doorkeeper=Doorkeeper(
                self._applications, api_key=api_key, api_secret=api_secret, now=now
            ),
            carrier=self._carrier,
            reports=Reports(
                self._book,
                account_id=api_key,
                now=now,
                page_size=reports_page_size,
                lag_s=reports_lag_s * pace,
            ),
            applications=self._applications,
            account=self._account,
            ledger=self._ledger,
            now=now,
        )
        self._http: HttpServer | None = None
        self._listener: threading.Thread | None = None

    def start(self) -> None:
        """Open the files and the port and begin to answer. Raises OSError.

        May be called again after `stop`: the port, the ledger and the messages are the same.
        """
        try:
            self._ledger.open()
            self._book.open()
            self._http = HttpServer(
                self._address,
                exchange=self._switchboard.exchange,
                on_connect=lambda: self.scenario.on_connect,
                now=self._now,
                pace=self._pace,
                tls=self._tls,
            )
        except OSError:
            self._ledger.close()
            self._book.close()
            raise
        self._address = (self._address[0], self._http.server_address[1])
        self._postman.open()
        self._timetable.start()
        self._calls.start()
        self._carrier.resume()
        self._listener = threading.Thread(
            target=self._http.serve_forever,
            args=(0.05,),
            name="simulator-listener",
            daemon=True,
        )
        self._listener.start()

    def stop(self) -> None:
        """Hang up, drop what was planned, and leave no thread behind."""
        if self._http is None or self._listener is None:
            return
        self._http.close()
        self._listener.join()
        self._postman.close()
        self._timetable.stop()
        self._calls.stop()
        self._book.close()
        self._ledger.close()
        self._http = self._listener = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end; known once started."""
        host, port = self._address
        if not port:
            raise RuntimeError("the simulator was not started yet")
        scheme = "https" if self._tls else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    @property
    def requests(self) -> list[LedgerEntry]:
        """Every fully received request so far, oldest first."""
        return self._ledger.entries

    def wait_for_requests(self, count: int, *, timeout_s: float = 10.0, path: str = "") -> bool:
        """Wait until so many requests to paths beginning with `path` have come in."""
        return self._ledger.wait_for(count, timeout_s=timeout_s, path=path)

    @property
    def messages(self) -> list[MessageRecord]:
        """Every message both ways, as it stands now."""
        return self._book.records

    def wait_for_messages(
        self, holds: Callable[[list[MessageRecord]], bool], *, timeout_s: float = 10.0
    ) -> bool:
        """Wait until `holds` says so of all messages, for example that one was delivered."""
        return self._book.wait_for(holds, timeout_s=timeout_s)

    @property
    def webhook_calls(self) -> list[WebhookCall]:
        """Every webhook call made so far."""
        return list(self._postman.calls)

    @property
    def scenario(self) -> Scenario:
        """What is being played; may be replaced at any moment, which starts its counts anew."""
        return self._switchboard.director.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._switchboard.director = Director(scenario, seed=self._seed)

    @property
    def balance(self) -> Decimal:
        return self._account.balance

    @balance.setter
    def balance(self, value: Decimal) -> None:
        self._account.set_balance(value)

    def receive(self, *, sender: str, to: str, text: str) -> MessageRecord:
        """A person writes an SMS to one of the account's numbers (digits, or with +)."""
        to = to.lstrip("+")
        return self._carrier.receive(
            sender=sender.lstrip("+"),
            to=to,
            text=text,
            application_id=self._account.application_of(to),
        )

    def _webhook_urls(self, application_id: str | None) -> WebhookUrls:
        """The application's addresses, each filled up from the account's."""
        own = WebhookUrls()
        if application_id is not None:
            own = self._applications.webhook_urls(application_id)
        inbound = self._inbound_url
        if not own.inbound and not isinstance(inbound, str):
            inbound = inbound()
        return WebhookUrls(
            status=own.status or self._status_url, inbound=own.inbound or str(inbound)
        )


def _tls_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
