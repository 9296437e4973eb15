"""`make forged-webhooks`: a hundred thousand forged and spoilt webhooks, and none accepted.

A tenth of them comes over real sockets, with good ones in between.
"""

from __future__ import annotations

import argparse
import logging
import resource
import sys
import time

from tests.webhooks.forgery import Forger
from tests.webhooks.station import Station

_GOOD_EVERY = 1_000
_MEANT = frozenset({400, 401, 403, 404, 405, 503})


def main() -> int:
    """Run, say what came of it, and answer with 1 when something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    began, before = time.monotonic(), _memory_mb()
    wrong: list[str] = []
    times: list[float] = []
    with Station().running() as station:
        forger = Forger(station.status.status_path, station.status.inbound_path)
        good = 0
        for number in range(options.count):
            forgery = forger.forge(number, seed=options.seed)
            if number % 10:
                started = time.perf_counter()
                answer = station.receiver.answer(forgery.call)
                times.append(time.perf_counter() - started)
            else:
                started = time.perf_counter()
                answered = station.say(forgery.as_bytes()).split()
                times.append(time.perf_counter() - started)
                answer = int(answered[1]) if answered else 0
            if answer not in _MEANT:
                wrong.append(f"number {number} ({forgery.way}) was answered {answer}")
            if number % _GOOD_EVERY == 0:
                good += 1
                if station.receiver.answer(forger.good(number)) != 200:
                    wrong.append(f"the good one after number {number} was refused")
        heard = len(station.heard)
    if heard != good:
        wrong.append(f"{heard} were heard, and {good} were good")
    times.sort()
    slow_ms = times[len(times) * 99 // 100] * 1000
    print(
        f"{time.monotonic() - began:.0f} s. {options.count} forged, {good} good ones among them; "
        f"{len(wrong)} wrong. 99 of 100 took at most {slow_ms:.1f} ms; "
        f"memory grew by {_memory_mb() - before:.0f} MB."
    )
    for line in wrong[:50]:
        print(f"  {line}")
    if not wrong:
        print("None was accepted.")
    return 1 if wrong else 0


def _memory_mb() -> float:
    """The most this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
