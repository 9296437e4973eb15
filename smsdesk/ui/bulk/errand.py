"""One long call at a time on the worker: a new one stops the one before it, whose answer nobody
wants any more.

What is called is for whoever starts it; it is given a way to ask whether to stop, and one to tell
how far it is.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from smsdesk.desk.sheets.table import ReadingStoppedError
from smsdesk.ui.background import Worker
from smsdesk.ui.beside import beside_the_window

_T = TypeVar("_T")
_TELL_EVERY_S = 0.1

Stop = Callable[[], bool]
Tell = Callable[[object], None]


class Errand(QObject):
    """Of all the calls that were started only the last one answers, and only until `stop`."""

    # Emitted with what the call tells on its way.
    told = Signal(object)
    # Emitted on the worker with the number of the call, and what it tells.
    _telling = Signal(int, object)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._number = 0
        self._is_stopped = threading.Event()
        self.is_busy = False
        self._telling.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        call: Callable[[Stop, Tell], _T],
        then: Callable[[_T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.stop()
        number, is_stopped = self._number, threading.Event()
        self._is_stopped = is_stopped
        self.is_busy = True

        last = [0.0]

        def tell(told: object) -> None:
            is_count, now = isinstance(told, tuple), time.monotonic()
            if is_count and now - last[0] < _TELL_EVERY_S:
                return  # more than anybody could see would only keep the window busy
            last[0] = now
            self._telling.emit(number, told)

        def work() -> _T:
            if is_stopped.is_set():
                raise ReadingStoppedError
            with beside_the_window():
                return call(is_stopped.is_set, tell)

        def answer(value: _T) -> None:
            if number == self._number:
                self.is_busy = False
                then(value)

        def trouble(error: Exception) -> None:
            if number == self._number:
                self.is_busy = False
                failed(error)

        self._worker.run(work, answer, trouble)

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._number += 1
        self._is_stopped.set()
        self.is_busy = False

    def _pass_on(self, number: int, told: object) -> None:
        if number == self._number:
            self.told.emit(told)
