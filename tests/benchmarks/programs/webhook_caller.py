"""Brings receipts to a receiver as Vonage does, and says how long that took.

What it is to do is read from standard input, as one JSON object.
"""

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from smsdesk.vonage.credentials import Secret
from smsdesk.vonage.signature import derive_path
from tests.benchmarks.figures import percentile
from tests.webhooks.station import SECRET, raw_call, read_all, status_body

_HALF_A_HEAD = b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def main() -> None:
    question = json.loads(sys.stdin.read())
    address = ("127.0.0.1", question["port"])
    path = f"/{derive_path(Secret(SECRET))}/status"
    slow = question["slow"]
    # A status more is told of those that were delivered before.
    status = "read" if slow else "delivered"
    calls = [
        raw_call(status_body(message_uuid=message_uuid, status=status), path)
        for message_uuid in question["uuids"]
    ]

    def bring(call: bytes) -> float:
        began = time.perf_counter()
        with socket.create_connection(address, timeout=30) as sock:
            sock.sendall(call)
            answered = read_all(sock)
        assert answered.startswith(b"HTTP/1.1 200 "), answered
        return time.perf_counter() - began

    began = time.perf_counter()
    if slow:
        times: list[float] = []
        with ExitStack() as stack:
            for number in range(slow):
                sock = stack.enter_context(socket.create_connection(address, timeout=30))
                sock.sendall(_HALF_A_HEAD)
                if number % (slow // len(calls) or 1) == 0 and len(times) < len(calls):
                    times.append(bring(calls[len(times)]))
    else:
        with ThreadPoolExecutor(question["callers"]) as pool:
            times = list(pool.map(bring, calls))
    seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "per_second": len(calls) / seconds,
                "slow_ms": percentile(times, 0.99) * 1000,
                "longest_ms": max(times) * 1000,
            }
        )
    )


main()
