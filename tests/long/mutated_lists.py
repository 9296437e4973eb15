"""10,000 mutated lists, each read and sent to: no traceback, no hang, no row that was not shown.

make mutated-lists
make mutated-lists ARGS="--count 1000 --seed 7"
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.desk.office import Office
from tests.desk.sheets.mutations import mutated, send_to
from tests.desk.test_bulk_mutations import TEXTS

LONGEST_S = 10.0


def main() -> int:
    """Run, say what came of it, and answer with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    became: Counter[str] = Counter()
    broken = 0
    slowest = 0.0
    with tempfile.TemporaryDirectory(prefix="smsdesk-lists-") as folder:
        office = Office(Path(folder) / "data")
        desk = office.open()
        file = Path(folder) / "list.csv"
        for number, data in enumerate(mutated(options.count, seed=options.seed)):
            file.write_bytes(data)
            began = time.monotonic()
            try:
                became[send_to(desk, file, TEXTS[number % len(TEXTS)])] += 1
            except Exception as error:  # noqa: BLE001 - what is looked for is any at all
                broken += 1
                print(f"{number}: {type(error).__name__}: {error}\n  {data[:300]!r}")
            slowest = max(slowest, time.monotonic() - began)
        office.close()
    print(f"{options.count} lists, slowest {slowest:.2f} s, {broken} broken: {dict(became)}")
    return 1 if broken or slowest > LONGEST_S else 0


if __name__ == "__main__":
    sys.exit(main())
