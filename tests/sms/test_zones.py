"""Where a number's owner may be."""

import pytest

from smsdesk.sms.zones import forget_zones, region_of, zone, zones_of


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+14155550123", {"America/Los_Angeles"}),
        ("+33612345678", {"Europe/Paris"}),
        ("+6857212345", {"Pacific/Apia"}),
        ("+212650123456", {"Africa/Casablanca"}),  # filed under the Canaries
        ("+12684641234", {"America/Antigua"}),  # filed under forty zones
        ("+77710009998", {"Asia/Almaty"}),
        ("+80012345678", set()),
        ("no number", set()),
    ],
)
def test_a_number_has_the_zone_of_its_place(number: str, zones: set[str]) -> None:
    assert set(zones_of(number)) == zones


def test_a_mobile_number_may_be_anywhere_in_a_wide_country_and_a_landline_may_not() -> None:
    assert len(zones_of("+62812345678")) == 3
    assert len(zones_of("+61412345678")) == 5
    assert "Australia/Sydney" not in zones_of("+61891234567")


def test_a_number_kept_for_fiction_lives_where_its_country_is() -> None:
    assert "Europe/London" in zones_of("+447700900123")


def test_every_zone_that_we_name_has_rules() -> None:
    from smsdesk.sms import zones

    named = [
        *zones._OF_COUNTRY.values(),
        *(z for row in zones._OF_MOBILES.values() for z in row),
    ]
    assert [name for name in named if zone(name) is None] == []


def test_the_rules_are_read_anew_when_asked() -> None:
    before = zone("Europe/London")
    forget_zones()

    assert zone("Europe/London") is not before
    assert zone("../etc/passwd") is None
    assert zone("Moon/Tycho") is None


def test_a_number_says_its_country() -> None:
    assert (region_of("+14155550123"), region_of("+80012345678")) == ("US", None)
    assert region_of("no number") is None
