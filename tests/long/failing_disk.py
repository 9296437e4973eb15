"""`make failing-disk`: each of the first 2,000 writes and syncs fails, once and for good."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.store.test_failing_disk import broken_promises

AT_ONCE = 100


def main() -> int:
    """Run, say what came of it, and answer with 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=2_000)
    calls = parser.parse_args().calls
    began = time.monotonic()
    broken: list[str] = []
    noticed = 0
    for is_sticky in (False, True):
        for first in range(1, calls + 1, AT_ONCE):
            last = min(first + AT_ONCE, calls + 1)
            with tempfile.TemporaryDirectory(prefix="smsdesk-failing-disk-") as folder:
                found, failed = broken_promises(
                    Path(folder), first=first, last=last, every=1, is_sticky=is_sticky
                )
            broken += found
            noticed += failed
    print(
        f"{time.monotonic() - began:.0f} s. {calls:,} calls, each failing once and for good; "
        f"{noticed:,} failures noticed. {len(broken)} promises broken."
    )
    print("\n".join(broken[:50]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
