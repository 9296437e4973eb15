"""In which time zones a number's owner may be.

The library's tables name a zone for each range of numbers, with two faults that this file mends:
some of their names stand for a neighbour whose clocks have since gone another way (Morocco is
filed under the Canaries), and a mobile number's country is too broad or too narrow for them (an
Antiguan number could be anywhere from Guam to Bermuda, an Indonesian one only in Jakarta). What
is said here instead is the zones of that country in the tz database
(https://data.iana.org/time-zones/tzdb/zone.tab).

A number says where it was given out, and not where its owner is today.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from smsdesk.sms.phone import PhoneNumberError, library_zones, parse_phone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from smsdesk.sms.phone import PhoneNumber


class Whereabouts(NamedTuple):
    """All that decides when a time on the wall comes for somebody. Those who share it are
    reckoned together, however many they are."""

    region: str
    """"" for numbers of no country."""
    zones: tuple[str, ...]
    """As of `zones_of`."""


def whereabouts(number: PhoneNumber) -> Whereabouts:
    """Where a number's owner may be. Some tens of microseconds."""
    return Whereabouts(number.region or "", tuple(known_zones(_zones(number))))


@lru_cache(maxsize=16_384)
def zones_of(e164: str) -> tuple[str, ...]:
    """The names of the zones its owner may live in, in no order; () if nothing is known."""
    try:
        number = parse_phone(e164, default_region=None)
    except PhoneNumberError:
        return ()
    return whereabouts(number).zones


@lru_cache(maxsize=16_384)
def region_of(e164: str) -> str | None:
    """The country a number belongs to."""
    try:
        return parse_phone(e164, default_region=None).region
    except PhoneNumberError:
        return None


def known_zones(names: Iterable[str]) -> list[str]:
    """Those names that this computer has the rules of."""
    return [name for name in names if zone(name) is not None]


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo | None:
    """The rules of a zone; None where this computer has none of that name."""
    from zoneinfo import ZoneInfo  # start-up time

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def forget_zones() -> None:
    """The tz database may be another now: read the rules anew."""
    from zoneinfo import ZoneInfo

    ZoneInfo.clear_cache()
    zone.cache_clear()
    zones_of.cache_clear()


def _zones(number: PhoneNumber) -> tuple[str, ...]:
    region = number.region or ""
    if region in _OF_COUNTRY:
        return (_OF_COUNTRY[region],)
    if region in _OF_MOBILES and number.kind not in _PLACED:
        return _OF_MOBILES[region]
    return library_zones(number.e164)


_PLACED = ("fixed_line",)

_OF_COUNTRY = {
    "AG": "America/Antigua",
    "AI": "America/Anguilla",
    "AS": "Pacific/Pago_Pago",
    "BB": "America/Barbados",
    "BM": "Atlantic/Bermuda",
    "BS": "America/Nassau",
    "CC": "Indian/Cocos",
    "CX": "Indian/Christmas",
    "DM": "America/Dominica",
    "DO": "America/Santo_Domingo",
    "DZ": "Africa/Algiers",
    "EH": "Africa/El_Aaiun",
    "GD": "America/Grenada",
    "GU": "Pacific/Guam",
    "JM": "America/Jamaica",
    "KN": "America/St_Kitts",
    "KY": "America/Cayman",
    "KZ": "Asia/Almaty",
    "LC": "America/St_Lucia",
    "LY": "Africa/Tripoli",
    "MA": "Africa/Casablanca",
    "MP": "Pacific/Saipan",
    "MS": "America/Montserrat",
    "NI": "America/Managua",
    "PR": "America/Puerto_Rico",
    "RE": "Indian/Reunion",
    "SS": "Africa/Juba",
    "SX": "America/Lower_Princes",
    "TC": "America/Grand_Turk",
    "TT": "America/Port_of_Spain",
    "VC": "America/St_Vincent",
    "VG": "America/Tortola",
    "VI": "America/St_Thomas",
    "YT": "Indian/Mayotte",
}
"""Countries with one clock, where the tables have another or many. All of Kazakhstan has kept
UTC+5 since March 2024."""

_OF_MOBILES = {
    "AU": (
        "Australia/Sydney",
        "Australia/Brisbane",
        "Australia/Adelaide",
        "Australia/Darwin",
        "Australia/Perth",
    ),
    "CL": ("America/Santiago", "America/Punta_Arenas", "Pacific/Easter"),
    "FM": ("Pacific/Chuuk", "Pacific/Pohnpei"),
    "GL": ("America/Nuuk", "America/Danmarkshavn", "America/Scoresbysund", "America/Thule"),
    "ID": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "PG": ("Pacific/Port_Moresby", "Pacific/Bougainville"),
    "RU": (
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Omsk",
        "Asia/Krasnoyarsk",
        "Asia/Irkutsk",
        "Asia/Yakutsk",
        "Asia/Vladivostok",
        "Asia/Magadan",
        "Asia/Kamchatka",
    ),
}
"""Countries with several clocks, whose mobile numbers do not say which is their owner's. Zones
of a few thousand people are left out (Eucla, Lord Howe Island)."""
