"""Which of Vonage's hosts answers what.

Messages may be sent through a region's host
(https://developer.vonage.com/en/api/messages); the account's own APIs have one host each.
"""

from dataclasses import dataclass

API_ORIGIN = "https://api.nexmo.com"
REST_ORIGIN = "https://rest.nexmo.com"
REGIONS = {
    "": API_ORIGIN,
    "eu": "https://api-eu.nexmo.com",
    "us": "https://api-us.nexmo.com",
    "ap": "https://api-ap.nexmo.com",
}
"""The hosts that take messages; "" lets Vonage choose."""


@dataclass(frozen=True, slots=True)
class Origins:
    """Where messages go, and where applications, reports (`api`) and the rest are asked for."""

    messages: str
    api: str
    rest: str


def origins_of(api_url: str) -> Origins:
    """The hosts behind a setting: "" or a region's host of Vonage's, or one that is all of them.

    The second is a simulator or a relay of one's own.
    """
    if api_url in ("", *REGIONS.values()):
        return Origins(api_url or API_ORIGIN, API_ORIGIN, REST_ORIGIN)
    return Origins(api_url, api_url, api_url)


def region_of(api_url: str) -> str | None:
    """The region's code in `REGIONS`, or None for a host that is not Vonage's."""
    return next((code for code, url in REGIONS.items() if url == (api_url or API_ORIGIN)), None)
