"""Parts × recipients × price, country by country; what is not known is said to be so."""

from dataclasses import replace
from decimal import Decimal

from smsdesk.sms.prices import CountryPrices, NetworkPrice, PriceList, estimate_cost
from tests.support import NOW

GB = PriceList(
    CountryPrices(
        "GB", "EUR", Decimal("0.04"), (NetworkPrice("23410", "O2", Decimal("0.05")),)
    ),
    NOW,
)
FR = PriceList(CountryPrices("FR", "EUR", Decimal("0.06")), NOW, is_old=True)
NOWHERE = PriceList(CountryPrices("AQ", "EUR", None), NOW)
LISTS = {"GB": GB, "FR": FR, "AQ": NOWHERE}


def test_each_part_to_each_recipient_is_paid_for() -> None:
    estimate = estimate_cost({("GB", None): 3}, parts=2, lists=LISTS)

    assert (estimate.total, estimate.currency) == (Decimal("0.24"), "EUR")
    assert (estimate.countries[0].recipients, estimate.countries[0].parts) == (3, 2)
    assert not estimate.is_old


def test_a_known_network_has_its_own_price() -> None:
    estimate = estimate_cost({("GB", "23410"): 1, ("GB", None): 1}, parts=1, lists=LISTS)
    (cost,) = estimate.countries

    assert cost.total == Decimal("0.09")
    assert (cost.lowest, cost.highest) == (Decimal("0.04"), Decimal("0.05"))


def test_a_network_without_a_price_costs_what_the_country_does() -> None:
    estimate = estimate_cost({("GB", "99999"): 1}, parts=1, lists=LISTS)

    assert estimate.total == Decimal("0.04")


def test_countries_are_added_up_in_their_order() -> None:
    estimate = estimate_cost({("FR", None): 1, ("GB", None): 2}, parts=1, lists=LISTS)

    assert [cost.region for cost in estimate.countries] == ["FR", "GB"]
    assert estimate.total == Decimal("0.14")
    assert estimate.is_old


def test_one_unknown_country_makes_the_sum_unknown() -> None:
    for region in ("DE", "AQ", None):
        estimate = estimate_cost({("GB", None): 1, (region, None): 1}, parts=1, lists=LISTS)

        assert (estimate.is_known, estimate.total) == (False, None)
        assert [cost.is_known for cost in estimate.countries] == [True, False]


def test_currencies_are_not_added_to_each_other() -> None:
    dollars = replace(FR, prices=replace(FR.prices, currency="USD"))
    estimate = estimate_cost(
        {("GB", None): 1, ("FR", None): 1}, parts=1, lists={"GB": GB, "FR": dollars}
    )

    assert (estimate.is_known, estimate.total) == (False, None)


def test_nobody_costs_nothing_that_could_be_said() -> None:
    estimate = estimate_cost({}, parts=1, lists=LISTS)

    assert (estimate.is_known, estimate.total, estimate.countries) == (False, None, ())
