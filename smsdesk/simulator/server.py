"""The simulator as a whole: it opens the port, and brings every request to whom it concerns.

The rooms behind it know what is answered; the command line is `cli`'s business.
"""

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from smsdesk.simulator import applications, reports
from smsdesk.simulator.account import OPENING_BALANCE, Account
from smsdesk.simulator.applications import Applications
from smsdesk.simulator.book import MessageBook, MessageRecord
from smsdesk.simulator.carrier import Carrier, WebhookUrls
from smsdesk.simulator.connection import Exchange, HttpServer
from smsdesk.simulator.ledger import Ledger, LedgerEntry
from smsdesk.simulator.messages import InvalidMessageError, read_submission
from smsdesk.simulator.outcomes import OUTCOMES, Outcome
from smsdesk.simulator.reports import Reports
from smsdesk.simulator.scenarios import MESSAGES_PATH, Director, Scenario
from smsdesk.simulator.timetable import Timetable
from smsdesk.simulator.tokens import Caller, Doorkeeper, RefusedError
from smsdesk.simulator.webhooks import Postman, WebhookCall
from smsdesk.simulator.wire import Json, Reply, Request, json_reply, problem

DEMO_SIGNATURE_SECRET = "simulator-signature-secret-not-for-real-use-0123456789abcdefghij"


class Simulator:
    """A pretend Vonage on loopback. Also a context manager: open while inside.

    `pace` scales every delay. `status_url` and `inbound_url` are the account's webhooks, used
    when neither the message nor its application names one. `certificate` (certificate file,
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
        inbound_url: str | None = None,
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
        self._account_urls = WebhookUrls(status_url or "", inbound_url or "")
        self._ledger = Ledger(ledger)
        self._book = MessageBook(records)
        self._timetable = Timetable(pace=pace)
        self._applications = Applications(
            application_id=application_id, public_key_pem=public_key_pem
        )
        self._doorkeeper = Doorkeeper(
            self._applications, api_key=api_key, api_secret=api_secret, now=now
        )
        self._postman = Postman(
            self._timetable, api_key=api_key, signature_secret=signature_secret, now=now
        )
        self._carrier = Carrier(
            book=self._book,
            timetable=self._timetable,
            postman=self._postman,
            webhook_urls=self._webhook_urls,
            now=now,
            pace=pace,
        )
        self._account = Account(self._book, opening_balance=opening_balance)
        self._reports = Reports(
            self._book,
            account_id=api_key,
            now=now,
            page_size=reports_page_size,
            lag_s=reports_lag_s * pace,
        )
        self._director = Director(scenario or Scenario(), seed=seed)
        self._http: HttpServer | None = None
        self._listener: threading.Thread | None = None

    def start(self) -> None:
        """Open the port and begin to answer. Raises OSError when the port can't be had."""
        self._http = HttpServer(
            self._address,
            exchange=self._exchange,
            on_connect=lambda: self.scenario.on_connect,
            now=self._now,
            pace=self._pace,
            tls=self._tls,
        )
        self._timetable.start()
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
        if self._http is None:
            raise RuntimeError("the simulator is not started")
        host, port = self._http.server_address[:2]
        host = f"[{host!s}]" if ":" in str(host) else host
        return f"{'https' if self._tls else 'http'}://{host!s}:{port}"

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

    @property
    def webhook_calls(self) -> list[WebhookCall]:
        """Every webhook call made so far."""
        return list(self._postman.calls)

    @property
    def scenario(self) -> Scenario:
        """What is being played; may be replaced at any moment, which starts its counts anew."""
        return self._director.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._director = Director(scenario, seed=self._seed)

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

    def _exchange(self, request: Request) -> Exchange:
        """Decide, enter into the ledger, act, and only then answer."""
        body = request.json_object() if request.path == MESSAGES_PATH else None
        to = (body or {}).get("to")
        outcome = self._director.choose(request.path, to if isinstance(to, str) else "")
        caller, refused = self._admit(request)
        if outcome is not None and outcome.skips_checks:
            decision = _Decision(outcome.name, _refusal_reply(outcome), outcome)
        elif refused is not None:
            decision = _Decision("unauthorized", refused)
        elif request.path == MESSAGES_PATH and request.method == "POST":
            decision = self._decide_message(body, outcome or OUTCOMES["delivered"], caller)
        else:
            decision = self._decide_other(request, outcome)
        self._ledger.append(
            request,
            now=self._now(),
            answer_plan=decision.plan,
            status=decision.reply.status,
            application_id=caller.application_id if caller else None,
            message_uuid=decision.record.message_uuid if decision.record else None,
        )
        if decision.outcome is None:
            return Exchange(decision.reply)
        if decision.record is not None:
            self._carrier.carry(decision.record, decision.outcome)
        return Exchange(decision.reply, decision.outcome.fault, decision.outcome.answer_delay_s)

    def _decide_message(
        self, body: Json | None, outcome: Outcome, caller: Caller | None
    ) -> "_Decision":
        try:
            submission = read_submission(body)
        except InvalidMessageError as error:
            return _Decision("invalid", error.reply)
        if self.balance <= 0:
            outcome = OUTCOMES["low-balance"]
        if outcome.refusal is not None:
            return _Decision(outcome.name, _refusal_reply(outcome), outcome)
        record = self._carrier.accept(
            submission, outcome, application_id=caller.application_id if caller else None
        )
        accepted = json_reply({"message_uuid": record.message_uuid}, status=202)
        return _Decision(outcome.name, _instead(accepted, outcome), outcome, record)

    def _decide_other(self, request: Request, outcome: Outcome | None) -> "_Decision":
        if outcome is None:
            return _Decision("answered", self._route(request))
        if outcome.refusal is not None:
            return _Decision(outcome.name, _refusal_reply(outcome), outcome)
        return _Decision(outcome.name, _instead(self._route(request), outcome), outcome)

    def _route(self, request: Request) -> Reply:
        path = request.path
        if path == MESSAGES_PATH:
            return problem(405, "Method Not Allowed", anchor="#method-not-allowed")
        if path == reports.PATH and request.method == "GET":
            return self._reports.answer(request.query)
        if path.startswith(applications.PATH):
            return self._applications.answer(request)
        reply = self._account.answer(request)
        return reply or problem(
            404, "Not Found", detail="Nothing is known here.", anchor="#not-found"
        )

    def _admit(self, request: Request) -> tuple[Caller | None, Reply | None]:
        """The caller, or why there is none. Only the Messages API takes tokens."""
        authorization = request.headers.get("authorization", "")
        try:
            if request.path.startswith(MESSAGES_PATH):
                return self._doorkeeper.admit(authorization), None
            return self._doorkeeper.admit_account(authorization), None
        except RefusedError as error:
            reply = problem(401, "Unauthorized", detail=str(error), anchor=error.anchor)
            return None, reply

    def _webhook_urls(self, application_id: str | None) -> WebhookUrls:
        """The application's addresses, each filled up from the account's."""
        if application_id is None:
            return self._account_urls
        own = self._applications.webhook_urls(application_id)
        return WebhookUrls(
            status=own.status or self._account_urls.status,
            inbound=own.inbound or self._account_urls.inbound,
        )


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a request will get; `plan` is its name in the ledger."""

    plan: str
    reply: Reply
    outcome: Outcome | None = None
    record: MessageRecord | None = None


def _refusal_reply(outcome: Outcome) -> Reply:
    """The reply of an outcome that refuses; a broken line has none, so any will do."""
    refusal = outcome.refusal
    if refusal is None:
        return Reply(503)
    if refusal.body is not None:
        return Reply(refusal.status, refusal.body, refusal.content_type, refusal.headers)
    return problem(
        refusal.status,
        refusal.title,
        detail=refusal.detail,
        anchor=refusal.anchor,
        invalid=list(refusal.invalid),
        headers=refusal.headers,
    )


def _instead(reply: Reply, outcome: Outcome) -> Reply:
    """The good reply, or what the outcome puts in its place."""
    answer = outcome.answer
    if answer is None:
        return reply
    body = reply.body if answer.body is None else answer.body
    return Reply(answer.status, body, answer.content_type, answer.headers)


def _tls_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
