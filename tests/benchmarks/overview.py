"""The overview: how long a period takes to be counted, and whether the window answers meanwhile.

The reference is the smaller log.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path

from tests.benchmarks.big_log import MILLION, put_log
from tests.benchmarks.children import Look, ask
from tests.benchmarks.figures import Budget, Figure, Of, Section

SMALL, MIDDLE = 10_000, 100_000
ALL_DAYS = 730
METHOD = (
    f"Logs of {SMALL:,}, {MIDDLE:,} and {MILLION:,} messages, one every 45 seconds, to numbers "
    "of their own in three countries, from five senders, each with an attempt, a price and a time "
    "of delivery. It is counted on a worker, a stretch of the log at a time; the window is asked "
    "every five milliseconds whether it answers, while everything is counted and drawn."
)


def measure(look: Look) -> Section:
    folders = {size: look.folder / f"overview-{size}" for size in (SMALL, MIDDLE, MILLION)}
    for size, folder in folders.items():
        put_log(folder / "smsdesk.db", size, shelf=look.folder)
        _enrich(folder / "smsdesk.db")
    taken: dict[str, list[float]] = defaultdict(list)
    for number in range(look.runs + 1):
        for size, folder in folders.items():
            for days, has_window in ((7, False), (ALL_DAYS, False), (ALL_DAYS, True)):
                answer = ask(
                    look,
                    "looking_over",
                    _question(folder, days, has_window),
                    environment=look.screen,
                )
                if number:
                    for name, value in answer.items():
                        taken[f"{size} {days} {name}"].append(value)

    def pair(key: str, size: int = MILLION) -> tuple[list[float], list[float]]:
        return taken[f"{size} {key}"], taken[f"{SMALL} {key}"]

    figures = [
        Figure("a week counted", "ms", *pair("7 count_ms")),
        Figure(f"everything counted, {MIDDLE:,}", "ms", *pair(f"{ALL_DAYS} count_ms", MIDDLE)),
        Figure("everything counted", "ms", *pair(f"{ALL_DAYS} count_ms")),
        Figure(
            *("the window meanwhile, 99%", "ms", *pair(f"{ALL_DAYS} p99_ms")),
            Budget(16, Of.VALUE),
        ),
        Figure(
            *("the window meanwhile, worst", "ms", *pair(f"{ALL_DAYS} worst_ms")),
            Budget(50, Of.VALUE),
        ),
    ]
    return Section("The overview", METHOD, f"{SMALL:,} messages", figures)


def _enrich(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        for statement in _RICHES:
            connection.execute(statement)
        connection.execute("COMMIT")


_RICHES = (
    """
    UPDATE message SET
        price = '0.0333', currency = 'EUR', sender = 'ACME' || (seq % 5),
        status_ms = created_ms + 1000 + seq * 7919 % 60000,
        recipient = CASE seq % 3
            WHEN 0 THEN '+447' || (400000000 + seq * 7919 % 99999999)
            WHEN 1 THEN '+49151' || (10000000 + seq * 7919 % 89999999)
            ELSE '+1415' || (2000000 + seq * 7919 % 7999999) END
    """,
    """
    INSERT INTO attempt
    SELECT seq, 1, 'ref' || seq, 'boot', 'sha', created_ms + 500, created_ms + 900, 'accepted',
           202, NULL, message_uuid FROM message
    """,
)


def _question(folder: Path, days: int, has_window: bool) -> dict[str, object]:
    return {
        "days": days,
        "has_window": has_window,
        "data_dir": str(folder),
        "api_url": "http://127.0.0.1:9",
        "application_id": "",
        "private_key_path": "",
        "per_second": 1.0,
        "lines": 1,
    }
