"""Short turns of the interpreter, for as long as a worker has much to do in Python.

Only one thread runs at a time, and the window would wait for the usual 5 ms whenever it wants to
go on: with a list that is painted cell by cell in Python, that is several times a frame.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TURN_S = 0.0005

_guard = threading.Lock()
_usual: list[float] = []
"""What the turn was at first, once for each thread that is in `short_turns`."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Until the last thread has left this, no thread keeps another one waiting for long."""
    with _guard:
        _usual.append(_usual[0] if _usual else sys.getswitchinterval())
        sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        with _guard:
            usual = _usual.pop()
            if not _usual:
                sys.setswitchinterval(usual)
