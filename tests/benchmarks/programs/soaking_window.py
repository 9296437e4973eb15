"""The main window while messages leave for a long time: what it takes, and how late it is.

The time is divided into equal spans. For each it says how much memory the window took at its
end, how late its event loop was, and how many messages had left.
"""

import json
import sys
import threading

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from smsdesk.desk.desk import Desk
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryView
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue
from tests.benchmarks.programs.memory import pss_mb
from tests.benchmarks.programs.probe import Probe

_IN_STORE = 3_000
_AT_A_TIME = 500
_LOOK_EVERY_S = 0.2


def main() -> None:
    question = json.loads(sys.argv[1])
    desk, database = open_fast_desk(question)
    app = QApplication(["soak"])
    window = MainWindow(desk, theme=Theme(app))
    probe = Probe(window)
    stop = threading.Event()
    feeder = threading.Thread(target=_feed, args=(desk, database, stop))
    spans: list[dict[str, float]] = []
    left = [0]
    timer = QTimer()
    timer.setInterval(int(question["span_s"] * 1000))

    def note() -> None:
        late = probe.take()
        before, left[0] = left[0], _count_answers(database)
        spans.append(
            {
                "memory_mb": pss_mb(),
                "p99_ms": percentile(late, 0.99),
                "worst_ms": max(late),
                "per_second": (left[0] - before) / question["span_s"],
            }
        )
        print(json.dumps(spans[-1]), flush=True)
        if len(spans) == question["spans"]:
            timer.stop()
            stop.set()
            window.close()

    timer.timeout.connect(note)
    window.settled.connect(probe.start)
    window.settled.connect(timer.start)
    window.closed.connect(app.quit)
    feeder.start()
    window.show()
    app.exec()
    feeder.join()
    database.close_thread()


def _feed(desk: Desk, database: Database, stop: threading.Event) -> None:
    """There is always something to send."""
    view = HistoryView(database)
    while not stop.wait(_LOOK_EVERY_S):
        while view.count((State.QUEUED,), at_most=_IN_STORE) < _IN_STORE and not stop.is_set():
            queue(database, _AT_A_TIME, on_change=desk.changes.announce_messages)
            desk.sender.wake()
    database.close_thread()


def _count_answers(database: Database) -> int:
    query = "SELECT count(*) FROM attempt WHERE finished_ms IS NOT NULL"
    return int(database.connection.execute(query).fetchone()[0])


main()
