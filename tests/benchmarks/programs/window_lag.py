"""How late the window's event loop is while the sender works in the same process.

A timer is set to go off in five milliseconds, again and again; how much later it does is how
long a key or a click would have had to wait.
"""

import json
import sys
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryView
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue
from tests.benchmarks.programs.probe import Probe


def main() -> None:
    question = json.loads(sys.argv[1])
    desk, database = open_fast_desk(question)
    app = QApplication(["lag"])
    window = MainWindow(desk, theme=Theme(app))
    probe = Probe(window)
    if question["queued"]:
        queue(database, question["queued"], on_change=desk.changes.announce_messages)
    accepted = [0.0]

    def begin() -> None:
        accepted[0] = _count_answers(database)
        QTimer.singleShot(int(question["seconds"] * 1000), end)
        probe.start()

    def end() -> None:
        probe.stop()
        accepted.append(_count_answers(database))
        _check_queue(database, question)
        window.close()
        app.quit()

    window.painted.connect(lambda: QTimer.singleShot(int(question["warm_up_s"] * 1000), begin))
    window.show()
    app.exec()
    _clear_queue(database)
    database.close_thread()
    answer = {
        "median_ms": percentile(probe.late_ms, 0.5),
        "p99_ms": percentile(probe.late_ms, 0.99),
        "worst_ms": max(probe.late_ms),
        "per_second": (accepted[1] - accepted[0]) / question["seconds"],
    }
    print(json.dumps(answer))


def _count_answers(database: Database) -> float:
    query = "SELECT count(*) FROM attempt WHERE finished_ms IS NOT NULL"
    return float(database.connection.execute(query).fetchone()[0])


def _check_queue(database: Database, question: dict[str, Any]) -> None:
    """The sender must not have run out of work, or the figures would flatter."""
    left = HistoryView(database).count((State.QUEUED,), at_most=1)
    assert left or not question["queued"], "the queue ran dry"


def _clear_queue(database: Database) -> None:
    """The next run finds no work left over from this one."""
    with database.transaction() as connection:
        connection.execute("UPDATE message SET state = 'cancelled' WHERE state = 'queued'")


main()
