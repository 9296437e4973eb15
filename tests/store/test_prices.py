"""Prices are kept with all their digits, and replaced as a whole."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from smsdesk.sms.prices import CountryPrices, NetworkPrice
from smsdesk.store.database import Database
from smsdesk.store.prices import PriceShelf
from tests.support import NOW

GB = CountryPrices(
    "GB",
    "EUR",
    Decimal("0.04120000"),
    (NetworkPrice("23410", "O2", Decimal("0.05")), NetworkPrice("23415", "V", Decimal("0.06"))),
)


def test_what_is_saved_is_loaded_with_the_moment_it_was_told(database: Database) -> None:
    shelf = PriceShelf(database)
    shelf.save(GB, at=NOW)
    shelf.save(CountryPrices("AQ", "EUR", None), at=NOW)

    kept = shelf.load()
    assert kept["GB"].prices == GB
    assert str(kept["GB"].prices.default) == "0.04120000"
    assert kept["GB"].asked_at == NOW
    assert kept["AQ"].prices.default is None


def test_new_prices_replace_all_the_old_ones_of_their_country(database: Database) -> None:
    shelf = PriceShelf(database)
    shelf.save(GB, at=NOW)
    later = NOW + timedelta(days=1)
    shelf.save(replace(GB, networks=GB.networks[:1]), at=later)

    kept = shelf.load()["GB"]
    assert [entry.code for entry in kept.prices.networks] == ["23410"]
    assert kept.asked_at == later
