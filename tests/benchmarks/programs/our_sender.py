"""Our sender, end to end: from storing a batch to the commit of the last answer.

Says how many messages a second that came to, and what one cost in time of the processor.
"""

import json
import sys
import threading
import time

from smsdesk.desk.changes import Change, ChangeKind
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue

LONGEST_S = 240.0
_NEWS_A_MESSAGE = 3
"""Each message is heard of when it is stored, when it is claimed, and when it is answered."""


class Tally:
    """Counts the news of messages, each told after its commit."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._left = 0

    def note(self, change: Change) -> None:
        if change.kind is ChangeKind.MESSAGES and change.ids is not None:
            with self._condition:
                self._left -= len(change.ids)
                self._condition.notify()

    def expect(self, messages: int) -> None:
        with self._condition:
            self._left = messages * _NEWS_A_MESSAGE

    def wait(self) -> None:
        with self._condition:
            assert self._condition.wait_for(lambda: self._left <= 0, LONGEST_S), self._left


def main() -> None:
    question = json.loads(sys.argv[1])
    desk, database = open_fast_desk(question)
    tally = Tally()
    desk.changes.subscribe(tally.note)
    stop = threading.Event()
    sender = threading.Thread(target=desk.services[0].run, args=(stop,))
    sender.start()

    def send(count: int) -> None:
        tally.expect(count)
        queue(database, count, on_change=desk.changes.announce_messages)
        desk.sender.wake()
        tally.wait()

    try:
        send(question["warm_up"])
        began, cpu = time.monotonic(), time.process_time()
        send(question["count"])
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    finally:
        stop.set()
        desk.sender.wake()
        sender.join()
        database.close_thread()
        desk.close()
    count = question["count"]
    print(json.dumps({"per_second": count / seconds, "cpu_ms": cpu / count * 1000}))


main()
