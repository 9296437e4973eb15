"""Long work gives the window its turns, and leaves the interpreter as it was."""

import gc
import sys
import threading
import weakref
from collections.abc import Iterable, Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from smsdesk.ui.background import Worker
from smsdesk.ui.beside import beside_the_window, let_go, look_for_cycles, short_turns


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    yield
    look_for_cycles()


class Part:
    """Notes on which thread it is freed."""

    def __init__(self, freed: list[str]) -> None:
        self._freed = freed

    def __del__(self) -> None:
        self._freed.append(threading.current_thread().name)


class Whole:
    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts

    def groups(self) -> Iterable[Iterable[object]]:
        return (self.parts,)


def test_turns_are_short_while_two_work_and_as_before_when_the_last_has_done() -> None:
    before = sys.getswitchinterval()

    with beside_the_window():
        short = sys.getswitchinterval()
        with beside_the_window():
            pass
        assert sys.getswitchinterval() == short < before
        assert not gc.isenabled()

    assert sys.getswitchinterval() == before
    assert gc.isenabled()


def test_short_turns_alone_leave_cycles_to_be_looked_for() -> None:
    before = sys.getswitchinterval()

    with short_turns():
        with beside_the_window():
            pass
        assert sys.getswitchinterval() < before
        assert gc.isenabled()

    assert sys.getswitchinterval() == before


def test_an_error_brings_the_usual_turns_back_too() -> None:
    before = sys.getswitchinterval()

    with pytest.raises(ZeroDivisionError), short_turns():
        raise ZeroDivisionError

    assert sys.getswitchinterval() == before


def test_what_came_about_is_looked_through_again_once_no_list_is_left() -> None:
    class Knot:
        itself: object = None

    with beside_the_window():
        knot = Knot()
        knot.itself = knot
    seen = weakref.ref(knot)
    del knot
    gc.collect()
    assert seen() is not None

    look_for_cycles()
    gc.collect()

    assert seen() is None


def test_a_large_thing_is_freed_on_the_worker(qtbot: QtBot) -> None:
    freed: list[str] = []
    worker = Worker()
    held = Whole(tuple(Part(freed) for _ in range(2500)))

    let_go(worker, [held])
    del held

    qtbot.waitUntil(lambda: len(freed) == 2500)
    assert set(freed) == {"worker"}
    assert worker.close(5)


def test_a_worker_keeps_nothing_of_a_call_that_is_done(qtbot: QtBot) -> None:
    freed: list[str] = []
    worker = Worker()
    part = Part(freed)

    worker.run(partial(str, part))
    del part

    qtbot.waitUntil(lambda: bool(freed))
    assert worker.close(5)
