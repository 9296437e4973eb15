"""Things to be done later."""

import logging
import queue

import pytest

from smsdesk.simulator.timetable import Timetable


def test_what_is_due_first_is_done_first_and_equals_keep_their_order() -> None:
    done: queue.Queue[str] = queue.Queue()
    timetable = Timetable(pace=0.001, workers=1)
    timetable.after(20, lambda: done.put("last"))
    timetable.after(0, lambda: done.put("first"))
    timetable.after(0, lambda: done.put("second"))

    timetable.start()

    assert [done.get(timeout=10) for _ in range(3)] == ["first", "second", "last"]
    timetable.stop()


def test_one_failure_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    done: queue.Queue[str] = queue.Queue()
    timetable = Timetable(pace=1, workers=1)
    timetable.start()

    with caplog.at_level(logging.CRITICAL):
        timetable.after(0, lambda: [][0])
        timetable.after(0, lambda: done.put("done"))

        assert done.get(timeout=10) == "done"
    timetable.stop()


def test_stopping_drops_what_was_planned() -> None:
    timetable = Timetable(pace=1)
    timetable.start()
    timetable.after(3600, lambda: None)

    timetable.stop()
