"""Brings the database at a path up to date and indexes it, and is killed on the way.

    python -m tests.store.updater PATH KILLED_AT

It looks every few operations of SQLite, and kills itself at look number KILLED_AT; with 0 it
lives, and prints how many looks there were.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from smsdesk.store import migrations, search_index
from smsdesk.store.database import Database
from smsdesk.store.search_index import SearchIndex

OPERATIONS = 40


def main(path: Path, killed_at: int) -> None:
    search_index.SMALL, search_index.LARGE = 8, 32
    database, looks = Database(path), count(1)
    seen = 0

    def look() -> None:
        nonlocal seen
        seen = next(looks)
        if seen == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    database.connection.set_progress_handler(look, OPERATIONS)
    migrations.migrate(database)
    index = SearchIndex(database)
    while index.step():
        pass
    print(seen)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
