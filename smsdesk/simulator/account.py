"""The account: balance, settings, prices and numbers, as the older REST endpoints tell them.

Applications are in `applications`; what a message costs is entered by `carrier`.
"""

from decimal import Decimal

from smsdesk.simulator.book import MessageBook
from smsdesk.simulator.prices import COUNTRIES, CURRENCY, Country
from smsdesk.simulator.wire import Json, Reply, Request, json_reply

OPENING_BALANCE = Decimal("10000.0000")
_PRICING = "/account/get-pricing/outbound/"
_PREFIX_PRICING = "/account/get-prefix-pricing/outbound/"
_FULL_PRICING = "/account/get-full-pricing/outbound/"
_SUCCESS = {"error-code": "200", "error-code-label": "success"}
_FAILED = {"error-code": "420", "error-code-label": "method failed"}


class Account:
    """One account: money that shrinks as messages are charged, and numbers that it owns."""

    def __init__(
        self, book: MessageBook, *, opening_balance: Decimal = OPENING_BALANCE
    ) -> None:
        self._book = book
        self._opening_balance = opening_balance
        self._settings: Json = {
            "mo-callback-url": "",
            "dr-callback-url": "",
            "max-outbound-request": 30,
            "max-inbound-request": 30,
            "max-calls-per-second": 30,
        }
        self._numbers = {number["msisdn"]: number for number in _own_numbers()}

    @property
    def balance(self) -> Decimal:
        """What is left, in euro; it may fall below zero by the messages on their way."""
        return self._opening_balance - self._book.spent

    def set_balance(self, value: Decimal) -> None:
        self._opening_balance = value + self._book.spent

    def answer(self, request: Request) -> Reply | None:
        """Answer a request that came with good credentials; None for an unknown path."""
        path = request.path
        match request.method, path:
            case "GET", "/account/get-balance":
                return json_reply({"value": float(self.balance), "autoReload": False})
            case "POST", "/account/settings":
                return self._change_settings(request.form())
            case "GET", "/account/numbers":
                return self._list_numbers(request.query)
            case "POST", "/number/update":
                return self._update_number(request.form())
        if request.method == "GET":
            return _prices(path, request.query)
        return None

    def _change_settings(self, form: dict[str, str]) -> Reply:
        for field, name in (
            ("moCallBackUrl", "mo-callback-url"),
            ("drCallBackUrl", "dr-callback-url"),
        ):
            if field in form:
                self._settings[name] = form[field]
        return json_reply(self._settings)

    def _list_numbers(self, query: dict[str, str]) -> Reply:
        try:
            index, size = int(query.get("index", 1)), int(query.get("size", 10))
        except ValueError:
            return json_reply(_FAILED, status=420)
        if index < 1 or not 1 <= size <= 100:
            return json_reply(_FAILED, status=420)
        fitting = [number for number in self._numbers.values() if _fits(number, query)]
        if not fitting:
            return json_reply({})
        page = fitting[(index - 1) * size : index * size]
        return json_reply({"count": len(fitting), "numbers": page})

    def _update_number(self, form: dict[str, str]) -> Reply:
        number = self._numbers.get(form.get("msisdn", ""))
        if number is None or number["country"] != form.get("country"):
            return json_reply(_FAILED, status=420)
        for field in ("app_id", "moHttpUrl", "voiceCallbackType", "voiceCallbackValue"):
            number.pop(field, None)
            if form.get(field):
                number[field] = form[field]
        return json_reply(_SUCCESS)

    def application_of(self, number: str) -> str | None:
        """The application that a number of ours is linked to."""
        app_id = self._numbers.get(number, {}).get("app_id")
        return app_id if isinstance(app_id, str) else None


def _own_numbers() -> list[Json]:
    return [
        {
            "country": "GB",
            "msisdn": "447700900000",
            "type": "mobile-lvn",
            "features": ["SMS", "VOICE"],
        },
        {
            "country": "US",
            "msisdn": "12015550123",
            "type": "mobile-lvn",
            "features": ["SMS", "VOICE", "MMS"],
            "limitations": [{"feature": "SMS", "type": "OUTBOUND", "reach": "DOMESTIC"}],
        },
        {
            "country": "GB",
            "msisdn": "442079460000",
            "type": "landline",
            "features": ["VOICE"],
        },
    ]


def _fits(number: Json, query: dict[str, str]) -> bool:
    msisdn = str(number["msisdn"])
    if query.get("application_id") and number.get("app_id") != query["application_id"]:
        return False
    has_application = query.get("has_application")
    if has_application and ("app_id" in number) != (has_application.lower() == "true"):
        return False
    if query.get("country") and number["country"] != query["country"]:
        return False
    pattern = query.get("pattern", "")
    match query.get("search_pattern", "0"):
        case "1":
            return pattern in msisdn
        case "2":
            return msisdn.endswith(pattern)
    return msisdn.startswith(pattern)


def _prices(path: str, query: dict[str, str]) -> Reply | None:
    if path.startswith(_PRICING):
        wanted = query.get("country", "").upper()
        found = [country for country in COUNTRIES if country.code == wanted]
        return json_reply(_price(found[0])) if found else json_reply({})
    if path.startswith(_PREFIX_PRICING):
        prefix = query.get("prefix", "")
        found = [country for country in COUNTRIES if country.prefix == prefix]
    elif path.startswith(_FULL_PRICING):
        found = list(COUNTRIES)
    else:
        return None
    return json_reply({"count": len(found), "countries": [_price(c) for c in found]})


def _price(country: Country) -> Json:
    price = f"{country.price:.8f}"
    return {
        "countryCode": country.code,
        "countryName": country.name,
        "countryDisplayName": country.name,
        "currency": CURRENCY,
        "defaultPrice": price,
        "dialingPrefix": country.prefix,
        "networks": [
            {
                "type": "mobile",
                "price": price,
                "currency": CURRENCY,
                "mcc": country.network[:3],
                "mnc": country.network[3:],
                "networkCode": country.network,
                "networkName": country.network_name,
            }
        ],
    }
