"""What the account's own APIs say: applications, numbers and prices, as values.

https://developer.vonage.com/en/api/application.v2, https://developer.vonage.com/en/api/numbers
and https://developer.vonage.com/en/api/pricing. Read as forgivingly as in `payloads`, but for one
thing: an application is written back as it came, so its whole object is kept.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from smsdesk.sms.prices import CountryPrices, NetworkPrice
from smsdesk.vonage.exchange import Answer
from smsdesk.vonage.fields import decimal_of, object_of, read_json, text_of

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGITS = re.compile(r"[0-9]{3,15}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LONGEST_NAME = 200
_LONGEST_LINK = 2000
_LONGEST_KEY = 8000
_MOST_PAGES = 1000
_MOST_FEATURES = 20
_MOST_NETWORKS = 500


@dataclass(frozen=True, slots=True)
class Application:
    """One application. `raw` is all that Vonage said of it, for writing it back."""

    id: str
    name: str
    public_key: str
    has_messages: bool
    """It may use the Messages API at all."""
    inbound_url: str
    status_url: str
    improve_ai: bool
    """Vonage may use its content to train its models."""
    raw: Mapping[str, Any] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """Some of the applications, and how many pages of them there are."""

    applications: tuple[Application, ...]
    total_pages: int


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """A number that the account rents. `voice` are the settings that an update must repeat."""

    msisdn: str
    country: str
    kind: str
    """`landline`, `mobile-lvn`, `landline-toll-free`, or what else Vonage calls it."""
    features: frozenset[str]
    """`SMS`, `VOICE`, `MMS`."""
    limitations: tuple["Limitation", ...]
    application_id: str
    kept: tuple[tuple[str, str], ...] = ()
    """Settings besides the application, under their names in an update."""

    @property
    def can_send_sms(self) -> bool:
        return "SMS" in self.features


@dataclass(frozen=True, slots=True)
class Limitation:
    """Where a number cannot go: `reach` is what is left to it, such as `DOMESTIC`."""

    feature: str
    direction: str
    reach: str


# Applications -----------------------------------------------------------------------------


def read_application(answer: Answer) -> Application | None:
    """The application in an answer, or None if there is none to be recognised."""
    return _application(object_of(read_json(answer.body)))


def read_applications(answer: Answer) -> ApplicationPage | None:
    """One page of applications; those that cannot be recognised are left out."""
    body = read_json(answer.body)
    if not isinstance(body, dict):
        return None
    listed = object_of(body.get("_embedded")).get("applications")
    if listed is None and body.get("total_items") == 0:
        listed = []
    if not isinstance(listed, list):
        return None
    found = (_application(object_of(entry)) for entry in listed)
    pages = _whole(body.get("total_pages")) or 1
    return ApplicationPage(tuple(one for one in found if one), min(pages, _MOST_PAGES))


def write_new_application(
    *, name: str, public_key: str, inbound_url: str, status_url: str
) -> bytes:
    """A new application for messages alone, whose content Vonage may not learn from."""
    body: dict[str, Any] = {
        "name": name,
        "keys": {"public_key": public_key},
        "capabilities": {"messages": {"version": "v1", "webhooks": {}}},
        "privacy": {"improve_ai": False},
    }
    return _json(_with_webhooks(body, inbound_url=inbound_url, status_url=status_url))


def write_webhooks(application: Application, *, inbound_url: str, status_url: str) -> bytes:
    """The application as it came, but for its two addresses; "" takes one away."""
    return _json(
        _with_webhooks(_rewritable(application), inbound_url=inbound_url, status_url=status_url)
    )


def write_public_key(application: Application, public_key: str) -> bytes:
    """The application as it came, but for its key."""
    body = _rewritable(application)
    return _json({**body, "keys": {**object_of(body.get("keys")), "public_key": public_key}})


def _rewritable(application: Application) -> dict[str, Any]:
    """All that an update may say: a PUT replaces, so what is left out would be lost."""
    return {
        name: value for name, value in application.raw.items() if name not in ("id", "_links")
    }


def _with_webhooks(
    body: dict[str, Any], *, inbound_url: str, status_url: str
) -> dict[str, Any]:
    capabilities = object_of(body.get("capabilities"))
    messages = object_of(capabilities.get("messages"))
    webhooks = dict(object_of(messages.get("webhooks")))
    for name, address in (("inbound_url", inbound_url), ("status_url", status_url)):
        if address:
            known = object_of(webhooks.get(name))
            webhooks[name] = {"http_method": "POST", **known, "address": address}
        else:
            webhooks.pop(name, None)
    return {
        **body,
        "capabilities": {**capabilities, "messages": {**messages, "webhooks": webhooks}},
    }


def _application(body: Mapping[str, Any]) -> Application | None:
    application_id = text_of(body.get("id"), 40).lower()
    if not _UUID.fullmatch(application_id):
        return None
    capabilities = object_of(body.get("capabilities"))
    webhooks = object_of(object_of(capabilities.get("messages")).get("webhooks"))
    return Application(
        id=application_id,
        name=text_of(body.get("name"), _LONGEST_NAME),
        public_key=text_of(object_of(body.get("keys")).get("public_key"), _LONGEST_KEY),
        has_messages=isinstance(capabilities.get("messages"), dict),
        inbound_url=_address(webhooks.get("inbound_url")),
        status_url=_address(webhooks.get("status_url")),
        improve_ai=object_of(body.get("privacy")).get("improve_ai") is True,
        raw=body,
    )


def _address(value: object) -> str:
    return text_of(object_of(value).get("address"), _LONGEST_LINK)


# Numbers ----------------------------------------------------------------------------------


def read_numbers(answer: Answer) -> tuple[int, tuple[OwnedNumber, ...]] | None:
    """How many numbers there are in all, and those of this page. No numbers are `{}`."""
    body = read_json(answer.body)
    if not isinstance(body, dict):
        return None
    listed = body.get("numbers", [])
    if not isinstance(listed, list):
        return None
    found = (_number(object_of(entry)) for entry in listed)
    return _whole(body.get("count")), tuple(one for one in found if one)


def write_number_link(number: OwnedNumber, application_id: str) -> Mapping[str, str]:
    """The form that links a number: what it has besides is repeated, or it would be lost."""
    return {
        "country": number.country,
        "msisdn": number.msisdn,
        **dict(number.kept),
        "app_id": application_id,
    }


def is_done(answer: Answer) -> bool:
    """Whether an update was carried out: the body has a code of its own."""
    body = object_of(read_json(answer.body))
    return answer.status == 200 and text_of(body.get("error-code"), 10) == "200"


_KEPT = (
    "moHttpUrl",
    "moSmppSysType",
    "voiceCallbackType",
    "voiceCallbackValue",
    "voiceStatusCallback",
)


def _number(body: Mapping[str, Any]) -> OwnedNumber | None:
    msisdn = text_of(body.get("msisdn"), 20).lstrip("+")
    country = text_of(body.get("country"), 2).upper()
    if not _DIGITS.fullmatch(msisdn) or not _COUNTRY.fullmatch(country):
        return None
    kept = ((name, text_of(body.get(name), _LONGEST_LINK)) for name in _KEPT)
    return OwnedNumber(
        msisdn=msisdn,
        country=country,
        kind=text_of(body.get("type"), 50),
        features=frozenset(
            text_of(feature, 20).upper() for feature in _list(body.get("features"))
        )
        - {""},
        limitations=tuple(_limitations(body.get("limitations"))),
        application_id=text_of(body.get("app_id"), 40).lower(),
        kept=tuple((name, value) for name, value in kept if value),
    )


def _limitations(value: object) -> Iterator[Limitation]:
    for entry in _list(value):
        fields = object_of(entry)
        yield Limitation(
            feature=text_of(fields.get("feature"), 20).upper(),
            direction=text_of(fields.get("type"), 20).upper(),
            reach=text_of(fields.get("reach"), 20).upper(),
        )


# Prices -----------------------------------------------------------------------------------


def read_prices(answer: Answer, country: str) -> CountryPrices | None:
    """The prices of a country. A good answer about nothing says that there are none."""
    body = read_json(answer.body)
    if not isinstance(body, dict):
        return None
    said = text_of(body.get("countryCode"), 2).upper()
    if said and said != country:
        return None
    return CountryPrices(
        country=country,
        currency=text_of(body.get("currency"), 3).upper() or "EUR",
        default=_price(body.get("defaultPrice")),
        networks=tuple(_networks(body.get("networks"))),
    )


def _networks(value: object) -> Iterator[NetworkPrice]:
    for entry in value[:_MOST_NETWORKS] if isinstance(value, list) else ():
        fields = object_of(entry)
        code = text_of(fields.get("networkCode"), 10) or (
            text_of(fields.get("mcc"), 3) + text_of(fields.get("mnc"), 3)
        )
        price = _price(fields.get("price"))
        if code and price is not None:
            yield NetworkPrice(code, text_of(fields.get("networkName"), _LONGEST_NAME), price)


def _price(value: object) -> Decimal | None:
    price = decimal_of(value)
    return price if price is not None and price >= 0 else None


def _list(value: object) -> list[object]:
    return value[:_MOST_FEATURES] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _json(body: Mapping[str, Any]) -> bytes:
    # Numbers with a fraction were read as Decimal.
    return json.dumps(body, default=float, separators=(",", ":")).encode("utf-8")
