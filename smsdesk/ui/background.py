"""Work away from the GUI thread: the desk's services, and one worker for what may be slow.

Services and calls know no Qt; here they are only given a thread and asked to stop. What is done
with their results is for whoever asked.
"""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_LONGEST_PAUSE_S = 30.0


class Service(Protocol):
    """What the desk wants running for as long as the window is open."""

    @property
    def name(self) -> str: ...

    def run(self, stop: threading.Event) -> None: ...


class ServiceThread(QThread):
    """Holds one service. Stopping is asking and waiting; a thread is never killed."""

    # Emitted with the service's name each time an error nobody foresaw has ended its loop,
    # before the loop is begun again.
    crashed = Signal(str)

    def __init__(self, service: Service, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._stop = threading.Event()
        self.setObjectName(service.name)

    def run(self) -> None:
        pause_s = 1.0
        while not self._stop.is_set():
            try:
                self._service.run(self._stop)
            except Exception:  # the top of a service's loop: nothing above could do more
                log.exception("the service %s ended with an error", self._service.name)
                self.crashed.emit(self._service.name)
                self._stop.wait(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            else:
                return

    def ask_to_stop(self) -> None:
        self._stop.set()


class Worker(QObject):
    """Runs calls one after another on a thread of its own; answers come back on the GUI's."""

    # Emitted on the worker's thread with what is to be called on the GUI's, and its argument.
    _answered = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._is_started = False
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        call: Callable[[], _T],
        then: Callable[[_T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Call `call` on the worker; then `then` with its value, or `failed` with its error.

        Without `failed` an error goes to the log.
        """

        def work() -> None:
            try:
                value = call()
            except Exception as error:  # handed to whoever asked, on their own thread
                if failed is None:
                    log.exception("a call on the worker failed")
                else:
                    self._answered.emit(failed, error)
            else:
                if then is not None:
                    self._answered.emit(then, value)

        if not self._is_started:
            self._is_started = True
            self._thread.start()
        self._calls.put(work)

    def close(self, timeout_s: float | None = None) -> bool:
        """Finish what was asked for, then end. False if that took longer than `timeout_s`."""
        if not self._is_started:
            return True
        self._calls.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            del call  # with it goes all that it holds, and not only when there is another

    def _answer(self, callback: Callable[[Any], None], value: object) -> None:
        callback(value)
