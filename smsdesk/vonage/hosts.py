"""Which of Vonage's hosts answers what.

Messages may be sent through a region's host
(https://developer.vonage.com/en/api/messages); the account's own APIs have one host each.
"""

from dataclasses import dataclass

API_ORIGIN = "https://api.nexmo.com"
REST_ORIGIN = "https://rest.nexmo.com"
SANDBOX_ORIGIN = "https://messages-sandbox.nexmo.com"
"""Takes messages only to people who have agreed to it, on some channels, one a second
(https://developer.vonage.com/en/messages/concepts/messages-api-sandbox)."""
SANDBOX_PER_SECOND = 1.0
REGIONS = {
    "": API_ORIGIN,
    "eu": "https://api-eu.nexmo.com",
    "us": "https://api-us.nexmo.com",
    "ap": "https://api-ap.nexmo.com",
}
"""The hosts that take messages; "" lets Vonage choose."""


OWN_ORIGINS = frozenset({REST_ORIGIN, SANDBOX_ORIGIN, *REGIONS.values()})
"""Vonage's hosts. Nobody else is ever shown a token."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where messages go, and where applications, reports (`api`) and the rest are asked for."""

    messages: str
    api: str
    rest: str


def origins_of(api_url: str) -> Origins:
    """The hosts behind a setting: "" or a host of Vonage's for messages, or one that is all of
    them, which is a simulator or a relay of one's own.
    """
    if api_url in ("", SANDBOX_ORIGIN, *REGIONS.values()):
        return Origins(api_url or API_ORIGIN, API_ORIGIN, REST_ORIGIN)
    return Origins(api_url, api_url, api_url)


def region_of(api_url: str) -> str | None:
    """The region's code in `REGIONS`, or None for a host that is not Vonage's."""
    return next((code for code, url in REGIONS.items() if url == (api_url or API_ORIGIN)), None)
