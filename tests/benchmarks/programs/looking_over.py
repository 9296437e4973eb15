"""How long it takes to count a period for the overview, and how late the window is meanwhile."""

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smsdesk.desk.overview_figures import Period
from tests.benchmarks.big_log import FIRST_MS
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk


def main() -> None:
    question = json.loads(sys.argv[1])
    first = datetime.fromtimestamp(FIRST_MS / 1000, UTC).date()
    period = Period(first, first + timedelta(days=question["days"] - 1))
    desk, database = open_fast_desk(question)
    if question["has_window"]:
        answer = _beside_the_window(desk, period)
    else:
        desk.overview.count(Period(first, first))  # what is loaded late is loaded now
        began = time.perf_counter()
        figures = desk.overview.count(period)
        answer = {"count_ms": (time.perf_counter() - began) * 1000}
        assert figures is not None
        assert figures.written
    database.close_thread()
    print(json.dumps(answer))


def _beside_the_window(desk: Any, period: Period) -> dict[str, float]:
    from PySide6.QtCore import QDate, QEventLoop, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from smsdesk.ui.main_window import MainWindow
    from smsdesk.ui.theme import Theme
    from tests.benchmarks.programs.probe import Probe

    app = QApplication(["looking over"])
    window = MainWindow(replace(desk, services=()), theme=Theme(app))
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    dialog = window.open_overview()
    QTest.qWait(2_000)
    before = dialog.figures
    dialog.first.setDate(QDate(period.first.year, period.first.month, period.first.day))
    dialog.last.setDate(QDate(period.last.year, period.last.month, period.last.day))
    dialog.period.setCurrentIndex(dialog.period.count() - 1)
    probe, loop, look = Probe(window), QEventLoop(), QTimer()
    look.timeout.connect(lambda: loop.quit() if dialog.figures is not before else None)
    look.start(20)
    probe.start()
    loop.exec()
    probe.stop()
    assert dialog.figures is not None
    assert dialog.figures.written
    window.close()
    return {
        "p99_ms": percentile(probe.late_ms, 0.99),
        "worst_ms": max(probe.late_ms),
    }


main()
