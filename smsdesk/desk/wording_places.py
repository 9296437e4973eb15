"""Countries by their names, in the language that the program speaks."""

import unicodedata

from smsdesk.sms.phone import region_name, regions
from smsdesk.system.i18n import _


def country_name(region: str) -> str:
    """The name of a country; the code itself if there is no such country."""
    return _(region_name(region))


def countries_by_name() -> list[str]:
    """The codes of all countries whose numbers are known, in the order of their names."""
    return sorted(regions(), key=lambda code: unicodedata.normalize("NFD", country_name(code)))
