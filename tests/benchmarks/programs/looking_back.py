"""What a page of history costs on a log of a given size, in milliseconds.

Asked for "depth", "filter", "search", "add" or "scroll"; each is a process of its own.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from smsdesk.desk.history import FILTER_GROUPS
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter, HistoryView
from tests.benchmarks.big_log import RARE_WORD
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue

_PAGE = 100
_ADDED_AT_ONCE = 30


def main() -> None:
    question = json.loads(sys.argv[1])
    if question["wants"] == "scroll":
        answer = _scroll(question)
    else:
        database = Database(Path(question["data_dir"], "smsdesk.db"))
        answer = _ASKED[question["wants"]](database, question)
        database.close_thread()
    print(json.dumps(answer))


def _depth(database: Database, question: dict[str, Any]) -> dict[str, float]:
    view, rng = HistoryView(database), random.Random(1)

    def look() -> None:
        view.page(HistoryFilter(), before_seq=rng.randrange(_PAGE, question["messages"]))

    return _timed([look] * question["count"])


def _filter(database: Database, question: dict[str, Any]) -> dict[str, float]:
    view = HistoryView(database)
    wanted = itertools.cycle(HistoryFilter(states=states) for states in FILTER_GROUPS.values())
    return _timed([lambda: view.page(next(wanted))] * question["count"])


def _search(database: Database, question: dict[str, Any]) -> dict[str, float]:
    view = HistoryView(database)
    which = HistoryFilter(search=question["word"] or RARE_WORD)
    return _timed([lambda: view.page(which)] * question["count"])


def _add(database: Database, question: dict[str, Any]) -> dict[str, float]:
    """Cancelled ones, so that no later benchmark finds work in this log."""

    def add() -> None:
        queue(database, _ADDED_AT_ONCE, on_change=lambda _ids: None, state=State.CANCELLED)

    return {
        name: value / _ADDED_AT_ONCE
        for name, value in _timed([add] * question["count"]).items()
    }


_ASKED = {"depth": _depth, "filter": _filter, "search": _search, "add": _add}


def _timed(acts: list[Callable[[], object]]) -> dict[str, float]:
    for act in acts[:5]:
        act()
    taken = []
    for act in acts:
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return {"median_ms": percentile(taken, 0.5), "p99_ms": percentile(taken, 0.99)}


def _scroll(question: dict[str, Any]) -> dict[str, float]:
    """Turn the wheel all the way through some thousands of rows, a notch a frame."""
    from dataclasses import replace

    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from smsdesk.ui.main_window import MainWindow
    from smsdesk.ui.theme import Theme

    desk, database = open_fast_desk(question)
    app = QApplication(["scrolling"])
    window = MainWindow(replace(desk, services=()), theme=Theme(app))
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    QTest.qWait(2_000)
    table = window.history.table
    notch = 3 * table.verticalHeader().defaultSectionSize()

    def turn() -> None:
        bar = table.verticalScrollBar()
        bar.setValue(bar.value() + notch)
        QApplication.processEvents()

    answer = _timed([turn] * question["count"])
    assert table.verticalScrollBar().value() > notch * question["count"] // 2
    window.close()
    database.close_thread()
    return answer


main()
