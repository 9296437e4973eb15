"""Asks the account's own APIs: applications, numbers, balance and prices.

It needs the API key and secret and no application, so it works before there is one. It changes
only what its callers ask it to change.
"""

import base64
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode

from smsdesk.sms.prices import CountryPrices
from smsdesk.vonage.account_payloads import (
    Application,
    OwnedNumber,
    is_done,
    read_application,
    read_applications,
    read_numbers,
    read_prices,
    write_new_application,
    write_number_link,
    write_public_key,
    write_webhooks,
)
from smsdesk.vonage.credentials import AccountCredentials
from smsdesk.vonage.errors import AnswerError
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.hosts import origins_of
from smsdesk.vonage.payloads import Balance, read_balance
from smsdesk.vonage.transport import Transport

APPLICATIONS_PATH = "/v2/applications"
NUMBERS_PATH = "/account/numbers"
UPDATE_NUMBER_PATH = "/number/update"
BALANCE_PATH = "/account/get-balance"
PRICES_PATH = "/account/get-pricing/outbound/sms"
PAGE = 100
MOST_PAGES = 100
"""Of an account with more applications or numbers than this, the first are shown."""
_DEADLINE_S = 30.0


class AccountClient:
    """One account. Every method raises AnswerError, NotSent or NoAnswer."""

    def __init__(
        self,
        *,
        api: Transport,
        rest: Transport,
        account: AccountCredentials,
        now: Callable[[], float],
    ) -> None:
        self._api = api
        self._rest = rest
        self._account = account
        self._now = now
        self.skew_s: float | None = None
        """How far the server's clock was ahead of ours in the last answer, if it said."""

    # Applications ---------------------------------------------------------------

    def applications(self) -> list[Application]:
        """All applications of the account, page by page."""
        found: list[Application] = []
        page, pages = 1, 1
        while page <= min(pages, MOST_PAGES):
            query = {"page_size": str(PAGE), "page": str(page)}
            answer = self._ask(self._api, "GET", APPLICATIONS_PATH, query=query)
            read = read_applications(answer)
            if read is None:
                raise AnswerError(answer)
            found += read.applications
            page, pages = page + 1, read.total_pages
        return found

    def application(self, application_id: str) -> Application:
        """One application as it is now."""
        return self._application("GET", self._path_of(application_id))

    def create_application(
        self, *, name: str, public_key: str, inbound_url: str = "", status_url: str = ""
    ) -> Application:
        """A new application with the Messages capability and this public key."""
        body = write_new_application(
            name=name, public_key=public_key, inbound_url=inbound_url, status_url=status_url
        )
        return self._application("POST", APPLICATIONS_PATH, body)

    def set_webhooks(
        self, application_id: str, *, inbound_url: str, status_url: str
    ) -> Application:
        """Read the application, change its two addresses, and write it back."""
        body = write_webhooks(
            self.application(application_id), inbound_url=inbound_url, status_url=status_url
        )
        return self._application("PUT", self._path_of(application_id), body)

    def replace_public_key(self, application_id: str, public_key: str) -> Application:
        """Read the application, change its key, and write it back.

        From then on Vonage refuses whatever the old key signs.
        """
        body = write_public_key(self.application(application_id), public_key)
        return self._application("PUT", self._path_of(application_id), body)

    # Numbers --------------------------------------------------------------------

    def numbers(self) -> list[OwnedNumber]:
        """All numbers of the account, page by page."""
        found: list[OwnedNumber] = []
        for index in range(1, MOST_PAGES + 1):
            query = {"size": str(PAGE), "index": str(index)}
            answer = self._ask(self._rest, "GET", NUMBERS_PATH, query=query)
            read = read_numbers(answer)
            if read is None:
                raise AnswerError(answer)
            count, numbers = read
            found += numbers
            if index * PAGE >= count:
                break
        return found

    def link_number(self, number: OwnedNumber, application_id: str) -> None:
        """Link a number to an application, and leave its other settings as they are."""
        answer = self._ask(
            self._rest,
            "POST",
            UPDATE_NUMBER_PATH,
            body=urlencode(write_number_link(number, application_id)).encode("ascii"),
            content_type="application/x-www-form-urlencoded",
        )
        if not is_done(answer):
            raise AnswerError(answer)

    # Money ----------------------------------------------------------------------

    def balance(self) -> Balance:
        """What is left on the account."""
        answer = self._ask(self._rest, "GET", BALANCE_PATH)
        balance = read_balance(answer)
        if balance is None:
            raise AnswerError(answer)
        return balance

    def prices(self, country: str) -> CountryPrices:
        """What an SMS to a country (two letters) costs. Ask at most once a second."""
        answer = self._ask(self._rest, "GET", PRICES_PATH, query={"country": country})
        prices = read_prices(answer, country)
        if prices is None:
            raise AnswerError(answer)
        return prices

    def close(self) -> None:
        """Closes the connections that rest."""
        self._api.close()
        self._rest.close()

    def _application(self, method: str, path: str, body: bytes | None = None) -> Application:
        answer = self._ask(self._api, method, path, body=body)
        application = read_application(answer)
        if application is None:
            raise AnswerError(answer)
        return application

    def _ask(
        self,
        transport: Transport,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> Answer:
        headers = basic_headers(self._account)
        if body is not None:
            headers["Content-Type"] = content_type
        answer = transport.request(
            method, path, headers=headers, query=query, body=body, deadline_s=_DEADLINE_S
        )
        self._note_time(answer)
        if answer.status not in (200, 201) or not answer.is_complete:
            raise AnswerError(answer)
        return answer

    def _note_time(self, answer: Answer) -> None:
        try:
            said = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (ValueError, OverflowError):
            return
        self.skew_s = said + 0.5 - self._now()  # `Date` leaves out the fraction of its second

    @staticmethod
    def _path_of(application_id: str) -> str:
        return f"{APPLICATIONS_PATH}/{quote(application_id, safe='')}"


def open_account_client(
    account: AccountCredentials,
    *,
    api_url: str,
    proxy: str | None,
    now: Callable[[], float],
) -> AccountClient:
    """A client for Vonage's own hosts, or for the one origin that stands for all of them.

    Nothing is connected yet. `now` is the wall clock in seconds.
    """
    origins = origins_of(api_url)
    return AccountClient(
        api=Transport(origins.api, proxy=proxy),
        rest=Transport(origins.rest, proxy=proxy),
        account=account,
        now=now,
    )


def basic_headers(account: AccountCredentials) -> dict[str, str]:
    """What every request of the account's carries."""
    pair = f"{account.api_key}:{account.api_secret.reveal()}".encode()
    return {
        "Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}",
        "Accept": "application/json",
    }
