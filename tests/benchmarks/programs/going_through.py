"""The list of messages on a long log: a notch of the wheel, a jump by the scroll bar, a message
that moves on, and a new one at the top; each until Qt has nothing left to paint."""

import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.benchmarks.figures import percentile
from tests.benchmarks.programs.fast_desk import open_fast_desk, queue
from tests.benchmarks.programs.memory import peak_mb

_LONGEST_COUNT_S = 60.0


def main() -> None:
    question = json.loads(sys.argv[1])
    desk, database = open_fast_desk(question)
    app = QApplication(["going through"])
    window = MainWindow(replace(desk, services=()), theme=Theme(app))
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    began = time.perf_counter()
    model = window.history.model
    while not model.is_counted and time.perf_counter() - began < _LONGEST_COUNT_S:
        QTest.qWait(10)
    assert model.rowCount() >= question["messages"]
    QTest.qWait(1_000)
    before = peak_mb()
    rng = random.Random(1)
    bar = window.history.table.verticalScrollBar()
    notch = 3 * window.history.table.row_height

    def turn() -> None:
        bar.setValue(bar.value() + notch)

    def jump() -> None:
        bar.setValue(rng.randrange(bar.maximum()))

    def change() -> None:
        seen = model.message(bar.value() // window.history.table.row_height + 2)
        assert seen is not None
        _change(database, seen.id)
        window.history.model.touch(frozenset({seen.id}))

    def add() -> None:
        queue(database, 1, on_change=model.touch, state=State.CANCELLED)

    answer: dict[str, float] = {}
    for name, act in (("turn", turn), ("jump", jump), ("change", change), ("add", add)):
        taken = _timed(act, question["count"])
        answer |= {
            f"{name}_median_ms": percentile(taken, 0.5),
            f"{name}_p99_ms": percentile(taken, 0.99),
        }
    answer["grown_mb"] = max(0.0, peak_mb() - before)
    window.close()
    database.close_thread()
    print(json.dumps(answer))


def _change(database: Database, message_id: str) -> None:
    with database.transaction() as connection:
        connection.execute(
            "UPDATE message SET updated_ms = updated_ms + 1 WHERE id = ?", (message_id,)
        )


def _timed(act: Callable[[], Any], count: int) -> list[float]:
    taken = []
    for number in range(count + 5):
        began = time.perf_counter()
        act()
        QApplication.processEvents()
        if number >= 5:
            taken.append((time.perf_counter() - began) * 1000)
    return taken


main()
