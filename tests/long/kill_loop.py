"""`make kill-loop`: the kill loop at full length, 1,000 kills during 10,000 messages."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.kill_loop.loop import Plan, run_kill_loop
from tests.kill_loop.worker import Bug


def main() -> int:
    """Run, say what came of it, and answer with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bug", type=Bug, choices=list(Bug), default=Bug.NONE)
    parser.add_argument("--keep", type=Path, help="a new folder for ledger and database")
    options = parser.parse_args()
    plan = Plan(options.kills, options.messages, seed=options.seed, bug=options.bug)
    began = time.monotonic()
    if options.keep is not None:
        options.keep.mkdir(mode=0o700)
        outcome = run_kill_loop(options.keep, plan)
    else:
        with tempfile.TemporaryDirectory(prefix="smsdesk-kill-loop-") as folder:
            outcome = run_kill_loop(Path(folder), plan)
    print(f"{time.monotonic() - began:.0f} s. {outcome}")
    for breach in outcome.breaches[:50]:
        print(f"  {breach.promise}: {breach.who}")
    return 1 if outcome.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
