"""The prices that Vonage told, kept so that the next start and a day off line have some."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from smsdesk.sms.prices import CountryPrices, NetworkPrice, PriceList
from smsdesk.store.database import Database
from smsdesk.store.errors import translated
from smsdesk.store.rows import from_ms, to_ms


class PriceShelf:
    """Keeps the newest prices of each country."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[str, PriceList]:
        """All that is kept, by country."""
        with translated():
            connection = self._database.connection
            countries = connection.execute(
                "SELECT country, currency, price, asked_ms FROM price_list ORDER BY country"
            ).fetchall()
            networks = connection.execute(
                "SELECT country, network, name, price FROM network_price "
                "ORDER BY country, network"
            ).fetchall()
        by_country: dict[str, list[NetworkPrice]] = {}
        for row in networks:
            entry = NetworkPrice(row["network"], row["name"], Decimal(row["price"]))
            by_country.setdefault(row["country"], []).append(entry)
        return {
            row["country"]: PriceList(
                CountryPrices(
                    row["country"],
                    row["currency"],
                    None if row["price"] is None else Decimal(row["price"]),
                    tuple(by_country.get(row["country"], ())),
                ),
                asked_at=from_ms(row["asked_ms"]),
            )
            for row in countries
        }

    def save(self, prices: CountryPrices, *, at: datetime) -> None:
        """Put a country's prices in the place of those kept before."""
        default = None if prices.default is None else str(prices.default)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM network_price WHERE country = ?", (prices.country,))
            connection.execute(
                "INSERT OR REPLACE INTO price_list (country, currency, price, asked_ms) "
                "VALUES (?, ?, ?, ?)",
                (prices.country, prices.currency, default, to_ms(at)),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO network_price (country, network, name, price) "
                "VALUES (?, ?, ?, ?)",
                [
                    (prices.country, entry.code, entry.name, str(entry.price))
                    for entry in prices.networks
                ],
            )
