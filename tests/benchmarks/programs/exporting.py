"""How long a log takes into a file, and how much memory: by us, or by sqlite3 and csv alone."""

import csv
import json
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.benchmarks.programs.memory import peak_mb

QUESTION = json.loads(sys.argv[1])
DATA, TARGET = Path(QUESTION["data_dir"]), Path(QUESTION["file"])


def by_hand() -> int:
    """The columns of the table as they are, without a thought for any of them."""
    count = 0
    with (
        closing(sqlite3.connect(DATA / "smsdesk.db")) as connection,
        TARGET.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        for row in connection.execute("SELECT * FROM message ORDER BY seq DESC"):
            writer.writerow(row)
            count += 1
    return count


def by_us() -> int:
    from smsdesk.desk.exports import Form
    from smsdesk.desk.history import HistoryFilter
    from smsdesk.session import Profile, open_session

    with open_session(Profile(data_dir=DATA)) as session:
        return session.desk.exports.write(
            HistoryFilter(), TARGET, form=Form(QUESTION["form"]), may_replace=True
        )


began = time.perf_counter()
written = by_us() if QUESTION["form"] else by_hand()
took_s = time.perf_counter() - began
if written != QUESTION["messages"]:
    raise SystemExit(f"{written} messages were written")
print(
    json.dumps(
        {
            "s": took_s,
            "peak_mb": peak_mb(),
            "file_mb": TARGET.stat().st_size / 1e6,
        }
    )
)
TARGET.unlink()
