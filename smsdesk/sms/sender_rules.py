"""Where a sender ID cannot work: the rules of countries and numbers, each with its source.

Only rules that somebody responsible has published stand here; a country that is not named has
no rule that we know of. Everything is a warning, for rules change faster than programs do.
`docs/sender-rules.md` says the same to people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from smsdesk.sms.phone import PhoneNumberError, parse_phone
from smsdesk.sms.sender_id import SenderKind

if TYPE_CHECKING:
    from smsdesk.sms.phone import PhoneNumber
    from smsdesk.sms.sender_id import SenderId

US_RULES = "https://api.support.vonage.com/hc/en-us/articles/204017023"
CANADA_RULES = "https://help.nexmo.com/hc/en-us/articles/204024183"
INDIA_RULES = "https://api.support.vonage.com/hc/en-us/articles/204017423"
TEN_DLC = "https://api.support.vonage.com/hc/en-us/articles/203993598"
TOLL_FREE = "https://api.support.vonage.com/hc/en-us/articles/360055483251"
NUMBERS_API = "https://developer.vonage.com/en/api/numbers"
SENDER_GUIDE = "https://developer.vonage.com/en/messaging/sms/guides/custom-sender-id"

NAMES_REFUSED: Mapping[str, str] = {
    "US": US_RULES,
    "CA": CANADA_RULES,
    "PR": "https://developers.telnyx.com/docs/messaging/messages/alphanumeric-sender-id",
    "AR": "https://www.getresponse.com/help/what-are-sms-delivery-regulations-in-particular-"
    "countries.html",
}
"""Countries that let no sender names through, and who says so."""

NAMES_REGISTERED: Mapping[str, str] = {
    "IN": INDIA_RULES,
    "SG": "https://www.sgnic.sg/smsregistry/overview",
    "AU": "https://www.acma.gov.au/sms-sender-id-register",
}
"""Countries where a name must be registered first; others are blocked or marked as unsafe."""

NORTH_AMERICAN = frozenset({"US", "CA"})


@dataclass(frozen=True, slots=True)
class SenderWarning:
    """One thing about a sender that a person should know before sending."""

    code: str
    region: str | None
    """The country it is about; None: wherever the message goes."""
    source: str
    """The page that the rule is taken from."""


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What Vonage says of a number of ours."""

    e164: str
    can_send_sms: bool
    is_domestic_only: bool = False
    """It reaches phones of its own country alone."""


def sender_warnings(
    sender: SenderId,
    regions: Iterable[str | None],
    *,
    own_numbers: Mapping[str, NumberFacts],
    registered: Collection[str] = (),
) -> tuple[SenderWarning, ...]:
    """What is to be said about a sender and the countries of its recipients, in their order.

    `registered` are the US numbers of which the person says that they are registered.
    """
    found: list[SenderWarning] = []
    facts = own_numbers.get(sender.value)
    if facts is not None and not facts.can_send_sms:
        found.append(SenderWarning("number_without_sms", None, NUMBERS_API))
    number = _number_of(sender)
    for region in dict.fromkeys(regions):
        if region is None:
            continue
        if sender.kind is SenderKind.ALPHANUMERIC:
            found += _name_warnings(region)
        elif number is not None:
            found += _number_warnings(number, region, is_registered=sender.value in registered)
            if facts is not None and facts.is_domestic_only and number.region != region:
                found.append(SenderWarning("number_domestic_only", region, NUMBERS_API))
    return tuple(found)


def write_number_facts(facts: NumberFacts) -> str:
    """The facts as one short text, for keeping."""
    words = [facts.e164]
    if facts.can_send_sms:
        words.append("sms")
    if facts.is_domestic_only:
        words.append("domestic")
    return " ".join(words)


def read_number_facts(texts: Iterable[str]) -> dict[str, NumberFacts]:
    """The facts that were kept, by number."""
    found = {}
    for text in texts:
        e164, *words = text.split() or [""]
        found[e164] = NumberFacts(e164, "sms" in words, "domestic" in words)
    return found


def _name_warnings(region: str) -> Iterator[SenderWarning]:
    if region in NAMES_REFUSED:
        yield SenderWarning("name_refused", region, NAMES_REFUSED[region])
    elif region in NAMES_REGISTERED:
        code = "name_needs_dlt" if region == "IN" else "name_must_be_registered"
        yield SenderWarning(code, region, NAMES_REGISTERED[region])


def _number_warnings(
    number: PhoneNumber, region: str, *, is_registered: bool
) -> Iterator[SenderWarning]:
    if region == "IN":
        yield SenderWarning("number_replaced", region, INDIA_RULES)
    if region not in NORTH_AMERICAN:
        return
    if number.kind == "toll_free" and number.e164.startswith("+1"):
        if not is_registered:
            yield SenderWarning("toll_free_unverified", region, TOLL_FREE)
    elif number.region not in NORTH_AMERICAN:
        source = US_RULES if region == "US" else CANADA_RULES
        yield SenderWarning("number_not_local", region, source)
    elif region == "US" and number.region == "US" and not is_registered:
        yield SenderWarning("number_unregistered", region, TEN_DLC)


@lru_cache(maxsize=32)
def _number_of(sender: SenderId) -> PhoneNumber | None:
    if sender.kind is not SenderKind.LONG_NUMBER:
        return None
    try:
        return parse_phone(sender.value, default_region=None)
    except PhoneNumberError:
        return None
