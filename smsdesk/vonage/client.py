"""Asks Vonage: submit a message, read reports and the balance.

What an answer means for a message is decided by who asked; nothing is logged here.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from smsdesk.vonage.account_client import BALANCE_PATH, basic_headers
from smsdesk.vonage.auth import SigningKey, TokenSource
from smsdesk.vonage.credentials import AccountCredentials, ApplicationCredentials
from smsdesk.vonage.errors import AnswerError, CredentialsError
from smsdesk.vonage.exchange import BODY_CAP, Answer
from smsdesk.vonage.hosts import origins_of
from smsdesk.vonage.payloads import (
    REPORTS_PATH,
    Balance,
    RepliesPage,
    ReportPage,
    read_balance,
    read_replies_report,
    read_report,
)
from smsdesk.vonage.transport import Line, Transport

MESSAGES_PATH = "/v1/messages"
UNSENDABLE = b"{}"
"""A request that names no channel, no recipient and no text: nothing can be sent by it."""
MOST_IDS = 20
LONGEST_WINDOW = timedelta(hours=24)
REPORT_CAP = 8_000_000  # a page holds up to 1,000 records of about 1,000 bytes
_QUESTION_DEADLINE_S = 30.0


class Client:
    """One application, and perhaps the account it belongs to.

    Submitting needs the application's key; reports and the balance need the account's
    credentials. May be used from several threads, each with a line of its own.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        reports_transport: Transport,
        rest_transport: Transport,
        tokens: TokenSource,
        account: AccountCredentials | None,
    ) -> None:
        self.tokens = tokens
        self._transport = transport
        self._reports_transport = reports_transport
        self._rest_transport = rest_transport
        self._account = account

    @property
    def can_ask_reports(self) -> bool:
        """Whether there are account credentials."""
        return self._account is not None

    def line(self) -> Line:
        """A new line for submitting, closed by whoever asked for it."""
        return self._transport.line()

    def submit(self, line: Line, body: bytes) -> Answer:
        """Posts one message, once. Raises NotSent or NoAnswer."""
        answer = line.post(
            MESSAGES_PATH,
            body=body,
            headers={
                "Authorization": f"Bearer {self.tokens.bearer()}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
        )
        self.tokens.learn(answer.headers.get("date"))
        return answer

    def try_token(self, *, is_spoilt: bool = False) -> Answer:
        """Shows a token with a request that cannot send anything, and hands out the answer.

        A token that is taken leads to 422, for the request lacks everything; one that is
        refused, to 401. A spoilt one shows that tokens are looked at first. Raises NotSent or
        NoAnswer.
        """
        token = self.tokens.bearer()
        if is_spoilt:
            signed, dot, signature = token.rpartition(".")
            token = signed + dot + signature[::-1]
        answer = self._transport.request(
            "POST",
            MESSAGES_PATH,
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            },
            body=UNSENDABLE,
            deadline_s=_QUESTION_DEADLINE_S,
        )
        self.tokens.learn(answer.headers.get("date"))
        return answer

    def report_by_ids(self, ids: Sequence[str]) -> ReportPage:
        """What is known of up to 20 messages, by `message_uuid`.

        Raises AnswerError, NotSent or NoAnswer; CredentialsError without account credentials.
        """
        if not 0 < len(ids) <= MOST_IDS:
            raise ValueError(f"between 1 and {MOST_IDS} ids can be asked for at once")
        return self._report({"id": ",".join(ids)})

    def report_window(
        self,
        start: datetime,
        end: datetime,
        next_path: str | None = None,
        *,
        to: str | None = None,
    ) -> ReportPage:
        """What was sent from `start` until before `end`, at most 24 hours, page by page.

        `to` (E.164) leaves only that recipient: every record costs money. `next_path` is the
        one of the page before, and repeats its selection. Raises as `report_by_ids`.
        """
        if not timedelta() < end - start <= LONGEST_WINDOW:
            raise ValueError("a report spans at most 24 hours")
        if next_path is not None:
            return read_report(
                self._ask(self._reports_transport, next_path, body_cap=REPORT_CAP)
            )
        selection = {"date_start": _iso(start), "date_end": _iso(end)}
        if to is not None:
            selection["to"] = to.removeprefix("+")
        return self._report(selection)

    def replies_window(
        self, start: datetime, end: datetime, next_path: str | None = None
    ) -> RepliesPage:
        """What people wrote from `start` until before `end`, at most 24 hours, page by page.

        `next_path` is the one of the page before. Raises as `report_by_ids`.
        """
        if not timedelta() < end - start <= LONGEST_WINDOW:
            raise ValueError("a report spans at most 24 hours")
        query = None
        if next_path is None:
            query = self._selection("inbound") | {
                "date_start": _iso(start),
                "date_end": _iso(end),
                "include_message": "true",
            }
        path = next_path or REPORTS_PATH
        return read_replies_report(
            self._ask(self._reports_transport, path, query=query, body_cap=REPORT_CAP)
        )

    def balance(self) -> Balance:
        """What is left on the account. Raises as `report_by_ids`."""
        answer = self._ask(self._rest_transport, BALANCE_PATH)
        balance = read_balance(answer)
        if balance is None:
            raise AnswerError(answer)
        return balance

    def probe(self) -> Answer | None:
        """Asks something harmless to see whether Vonage can be reached and works.

        The balance, when there are account credentials; else only a connection is made and
        None returned. Raises NotSent or NoAnswer, and AnswerError for 429 and 5xx.
        """
        with closing(self._transport.line()) as line:
            line.open()
        if self._account is None:
            return None
        answer = self._rest_transport.request(
            "GET",
            BALANCE_PATH,
            headers=basic_headers(self._account),
            deadline_s=_QUESTION_DEADLINE_S,
        )
        self.tokens.learn(answer.headers.get("date"))
        if answer.status == 429 or answer.status >= 500:
            raise AnswerError(answer)
        return answer

    def close(self) -> None:
        """Closes the connections that rest."""
        self._transport.close()
        self._reports_transport.close()
        self._rest_transport.close()

    def _report(self, selection: dict[str, str]) -> ReportPage:
        query = self._selection("outbound") | selection
        return read_report(
            self._ask(self._reports_transport, REPORTS_PATH, query=query, body_cap=REPORT_CAP)
        )

    def _selection(self, direction: str) -> dict[str, str]:
        if self._account is None:
            raise CredentialsError("no_account")
        return {
            "account_id": self._account.api_key,
            "product": "MESSAGES",
            "direction": direction,
        }

    def _ask(
        self,
        transport: Transport,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body_cap: int = BODY_CAP,
    ) -> Answer:
        """The answer to a question that the account may ask. Raises unless it is 200."""
        if self._account is None:
            raise CredentialsError("no_account")
        answer = transport.request(
            "GET",
            path,
            headers=basic_headers(self._account),
            query=query,
            deadline_s=_QUESTION_DEADLINE_S,
            body_cap=body_cap,
        )
        self.tokens.learn(answer.headers.get("date"))
        if answer.status != 200:
            raise AnswerError(answer)
        return answer


def open_client(
    *,
    application: ApplicationCredentials,
    key: SigningKey,
    account: AccountCredentials | None,
    api_url: str,
    proxy: str | None,
    now: Callable[[], float],
) -> Client:
    """A client for the hosts that `api_url` stands for, as `hosts.origins_of` tells.

    Nothing is connected yet. `now` is the wall clock in seconds.
    """
    origins = origins_of(api_url)
    return Client(
        transport=Transport(origins.messages, proxy=proxy),
        reports_transport=Transport(origins.api, proxy=proxy),
        rest_transport=Transport(origins.rest, proxy=proxy),
        tokens=TokenSource(application.application_id, key, now=now),
        account=account,
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
