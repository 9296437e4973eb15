"""What a part costs in each country, and the networks there; the figures are invented.

How an account is billed for it is `account`'s and `carrier`'s business.
"""

from dataclasses import dataclass
from decimal import Decimal

CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Country:
    """One destination. `network` is its largest network's MCC and MNC, with its name."""

    code: str
    name: str
    prefix: str
    price: Decimal
    network: str
    network_name: str


def _country(code: str, name: str, prefix: str, price: str, network: str) -> Country:
    number, _, network_name = network.partition(" ")
    return Country(code, name, prefix, Decimal(price), number, network_name)


COUNTRIES = (
    _country("GB", "United Kingdom", "44", "0.0412", "23410 Telefonica UK Limited"),
    _country("US", "United States", "1", "0.0068", "310260 T-Mobile USA Inc"),
    _country("IE", "Ireland", "353", "0.0589", "27201 Vodafone Ireland"),
    _country("DE", "Germany", "49", "0.0739", "26201 Telekom Deutschland GmbH"),
    _country("FR", "France", "33", "0.0599", "20801 Orange France"),
    _country("ES", "Spain", "34", "0.0679", "21407 Telefonica Moviles Espana"),
    _country("IT", "Italy", "39", "0.0730", "22201 Telecom Italia"),
    _country("NL", "Netherlands", "31", "0.0842", "20408 KPN Mobile"),
    _country("BE", "Belgium", "32", "0.0816", "20601 Proximus"),
    _country("CH", "Switzerland", "41", "0.0570", "22801 Swisscom"),
    _country("AT", "Austria", "43", "0.0730", "23201 A1 Telekom Austria"),
    _country("PL", "Poland", "48", "0.0270", "26001 Polkomtel"),
    _country("SE", "Sweden", "46", "0.0530", "24001 Telia Sverige"),
    _country("IN", "India", "91", "0.0497", "40410 Bharti Airtel"),
    _country("AU", "Australia", "61", "0.0431", "50501 Telstra"),
    _country("BR", "Brazil", "55", "0.0364", "72406 Vivo"),
    _country("ZA", "South Africa", "27", "0.0215", "65501 Vodacom"),
    _country("JP", "Japan", "81", "0.0598", "44010 NTT docomo"),
)

ELSEWHERE = _country("XX", "UNKNOWN", "", "0.0500", "00000 UNKNOWN")


def country_of(number: str) -> Country:
    """The country of a number in digits, by the longest prefix that fits."""
    fitting = [country for country in COUNTRIES if number.startswith(country.prefix)]
    return max(fitting, key=lambda country: len(country.prefix), default=ELSEWHERE)
