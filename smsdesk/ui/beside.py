"""Long work in Python beside a window that answers, and a long list let go piece by piece.

Both are about the interpreter, of which only one thread has its turn at a time. What the work is,
and on which worker it is done, is for whoever asks.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QTimer

from smsdesk.ui.background import Worker

_TURN_S = 0.0001
_PIECE = 1000
"""So many objects are freed in about a millisecond."""

_guard = threading.Lock()
_turns: list[float] = []
"""What the turn was, once for each thread that is in `short_turns`."""
_lists: list[int] = []
"""The threads that are in `beside_the_window`."""


@contextmanager
def short_turns() -> Iterator[None]:
    """While a worker has much to do in Python, the window must get its turn.

    A table that is painted asks for each of its cells in Python, and would wait for the usual
    5 ms of the interpreter's turn each time.
    """
    with _guard:
        _turns.append(sys.getswitchinterval() if not _turns else _turns[0])
        sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        with _guard:
            turn = _turns.pop()
            if not _turns:
                sys.setswitchinterval(turn)


@contextmanager
def beside_the_window() -> Iterator[None]:
    """The same while a long list is gone through, and held.

    A list is a million objects without cycles: to look for cycles among them again and again
    would hold up every thread, for the better part of a second each time. What there is at the
    end is left out of that until `look_for_cycles`.
    """
    with short_turns():
        with _guard:
            _lists.append(threading.get_ident())
            gc.disable()
        try:
            yield
        finally:
            with _guard:
                gc.freeze()
                _lists.pop()
                if not _lists:
                    gc.enable()


def look_for_cycles() -> None:
    """No list is left: what came about meanwhile is collected again like everything else."""
    gc.unfreeze()


class Large(Protocol):
    """Something with very many parts."""

    def groups(self) -> Iterable[Iterable[object]]:
        """All the parts that are worth freeing by themselves."""


def let_go(worker: Worker, held: list[Large]) -> None:
    """Have these freed on the worker, some parts at a time.

    Freed as a whole, a hundred thousand rows would hold up every thread for tenths of a second.
    `held` must come to have the only reference, as soon as what runs now has returned.
    """
    QTimer.singleShot(0, lambda: worker.run(lambda: _take_apart(held)))


def _take_apart(held: list[Large]) -> None:
    parts: list[object] = []
    while held:
        one = held.pop()
        for group in one.groups():
            parts.extend(group)
            del group
        del one
    while parts:
        del parts[-_PIECE:]
