"""What it costs to say into how many parts a text falls, by us or by smsutil, in microseconds."""

import json
import sys
import time
from collections.abc import Callable

import smsutil

from smsdesk.sms.segments import measure
from tests.benchmarks.figures import percentile
from tests.benchmarks.texts import TEXTS


def main() -> None:
    question = json.loads(sys.argv[1])
    count: Callable[[str], object] = measure if question["who"] == "ours" else smsutil.split
    text = TEXTS[question["text"]]
    for _ in range(100):
        count(text)
    taken = []
    for _ in range(question["count"]):
        began = time.perf_counter()
        count(text)
        taken.append((time.perf_counter() - began) * 1e6)
    print(json.dumps({"us": percentile(taken, 0.5)}))


main()
