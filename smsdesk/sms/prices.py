"""What an SMS costs before it is sent: parts × recipients × price, country by country.

An estimate only: the carrier's network is known for certain when a message has arrived. Where
prices come from, and how old they are allowed to be, is for others.
https://api.support.vonage.com/hc/en-us/articles/217491638: each part is billed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NetworkPrice:
    """What one part costs in one network."""

    code: str
    name: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class CountryPrices:
    """What one part of an SMS to a country costs; `default` None: Vonage has no price."""

    country: str
    currency: str
    default: Decimal | None
    networks: tuple[NetworkPrice, ...] = ()

    def price_in(self, network: str | None) -> Decimal | None:
        """The price in a network, or the country's own where that network has none."""
        named = (entry.price for entry in self.networks if entry.code == network)
        return next(named, self.default)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of a country, and when Vonage said so."""

    prices: CountryPrices
    asked_at: datetime
    is_old: bool = False
    """Older than a day: it stands in until Vonage can be asked again."""


@dataclass(frozen=True, slots=True)
class CountryCost:
    """What the recipients in one country cost together."""

    region: str | None
    """None for numbers that belong to no country."""
    recipients: int
    parts: int
    lowest: Decimal | None
    """The price of a part; None when nobody has told it."""
    highest: Decimal | None
    """Differs from `lowest` where known networks have prices of their own."""
    total: Decimal | None
    currency: str
    asked_at: datetime | None
    is_old: bool

    @property
    def is_known(self) -> bool:
        return self.total is not None


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What a draft would cost, as far as it is known."""

    countries: tuple[CountryCost, ...]

    @property
    def is_known(self) -> bool:
        """Every country has a price, all in one currency."""
        return (
            bool(self.countries)
            and all(country.is_known for country in self.countries)
            and len({country.currency for country in self.countries}) == 1
        )

    @property
    def total(self) -> Decimal | None:
        """The sum of all, or None while a part of it is unknown."""
        if not self.is_known:
            return None
        return sum((country.total or Decimal() for country in self.countries), Decimal())

    @property
    def currency(self) -> str:
        return self.countries[0].currency if self.is_known else ""

    @property
    def is_old(self) -> bool:
        """Some of the prices are more than a day old."""
        return any(country.is_old for country in self.countries)


Recipients = Mapping[tuple[str | None, str | None], int]
"""How many recipients there are by country and network; None where that is not known."""


def estimate_cost(
    recipients: Recipients, *, parts: int, lists: Mapping[str, PriceList]
) -> CostEstimate:
    """The estimate for a draft of so many parts. Countries come in the order of `recipients`."""
    regions = dict.fromkeys(region for region, _network in recipients)
    return CostEstimate(
        tuple(
            _country_cost(
                region,
                {network: n for (other, network), n in recipients.items() if other == region},
                parts,
                lists.get(region or ""),
            )
            for region in regions
        )
    )


def _country_cost(
    region: str | None,
    by_network: Mapping[str | None, int],
    parts: int,
    known: PriceList | None,
) -> CountryCost:
    count = sum(by_network.values())
    priced = {
        network: known.prices.price_in(network) if known else None for network in by_network
    }
    prices = [price for price in priced.values() if price is not None]
    is_known = len(prices) == len(priced)
    total = sum(
        ((priced[network] or Decimal()) * n * parts for network, n in by_network.items()),
        Decimal(),
    )
    return CountryCost(
        region=region,
        recipients=count,
        parts=parts,
        lowest=min(prices) if is_known else None,
        highest=max(prices) if is_known else None,
        total=total if is_known else None,
        currency=known.prices.currency if known else "",
        asked_at=known.asked_at if known else None,
        is_old=known.is_old if known else False,
    )
