"""What a page of history costs on a log of a given size, in milliseconds.

What is asked for is a process of its own.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from smsdesk.desk.history import FILTER_GROUPS
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.history import HistoryFilter, HistoryView
from smsdesk.store.search_index import SearchIndex
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue

_PAGE = 100
_ADDED_AT_ONCE = 30
_SHORTEST = 3
_TIMES = 10


def main() -> None:
    question = json.loads(sys.argv[1])
    if question["wants"] == "scroll":
        answer = _scroll(question)
    else:
        database = Database(Path(question["data_dir"], "smsdesk.db"))
        index = SearchIndex(database)
        while index.step():
            pass  # what another job has added, as the program would have by now
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


def _open(database: Database, question: dict[str, Any]) -> dict[str, float]:
    def look() -> None:
        database.close_thread()
        HistoryView(database).page(HistoryFilter())

    return _timed([look] * question["count"])


def _jump(database: Database, question: dict[str, Any]) -> dict[str, float]:
    view, rng = HistoryView(database), random.Random(2)
    extent = view.extent(HistoryFilter())
    assert extent is not None

    def look() -> None:
        share = rng.random()
        moment = extent.oldest_at + share * (extent.newest_at - extent.oldest_at)
        seq = view.first_seq_at(HistoryFilter(), moment)
        assert seq is not None
        assert len(view.page(HistoryFilter(), after_seq=seq - 1)) > 0

    return _timed([look] * question["count"])


def _other_filter(database: Database, question: dict[str, Any]) -> dict[str, float]:
    view = HistoryView(database)
    extent = view.extent(HistoryFilter())
    assert extent is not None
    middle = extent.oldest_at + (extent.newest_at - extent.oldest_at) / 2
    wanted = itertools.cycle(
        (
            HistoryFilter(sender="ACME"),
            HistoryFilter(sender="NOBODY"),
            HistoryFilter(batch="no such"),
            HistoryFilter(channel="viber"),
            HistoryFilter(channel="sms", direction=Direction.OUTBOUND),
            HistoryFilter(since=middle, until=middle + timedelta(days=2)),
            HistoryFilter(until=middle, states=FILTER_GROUPS["failed"]),
        )
    )
    return _timed([lambda: view.page(next(wanted))] * question["count"])


def _search(database: Database, question: dict[str, Any]) -> dict[str, float]:
    """Everything is typed letter after letter, ten times."""
    view = HistoryView(database)
    states = frozenset(State(one) for one in question.get("states", ()))
    typed = [
        text[:length]
        for text in question["typed"]
        for length in range(question.get("shortest", _SHORTEST), len(text) + 1)
    ]

    def look(text: str) -> Callable[[], object]:
        return lambda: view.page(HistoryFilter(search=text, states=states))

    return _timed([look(text) for text in typed] * _TIMES)


def _add(database: Database, question: dict[str, Any]) -> dict[str, float]:
    """Cancelled ones, so that no later benchmark finds work in this log."""

    def add() -> None:
        queue(database, _ADDED_AT_ONCE, on_change=lambda _ids: None, state=State.CANCELLED)

    return {
        name: value / _ADDED_AT_ONCE
        for name, value in _timed([add] * question["count"]).items()
    }


_ASKED = {
    "open": _open,
    "depth": _depth,
    "jump": _jump,
    "filter": _filter,
    "other_filter": _other_filter,
    "search": _search,
    "add": _add,
}


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
