"""How many records Vonage's reports have given on which day: each of them is paid for."""

from __future__ import annotations

from datetime import date

from smsdesk.store.database import Database
from smsdesk.store.errors import translated


class ReportCost:
    """A count for each day, in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def on(self, day: date) -> int:
        """The records of one day."""
        with translated():
            row = self._database.connection.execute(
                "SELECT records FROM report_cost WHERE day = ?", (day.isoformat(),)
            ).fetchone()
        return 0 if row is None else int(row["records"])

    def add(self, day: date, records: int) -> None:
        """Count more records."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO report_cost VALUES (:day, :n) "
                "ON CONFLICT (day) DO UPDATE SET records = records + :n",
                {"day": day.isoformat(), "n": records},
            )
