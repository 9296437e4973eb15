"""Makes the system's request to end (SIGTERM, SIGINT) close the window in order."""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class ShutdownSignals(QObject):
    """Python hears a signal only while it runs, and Qt's loop does not run Python: the kernel
    writes the signal's number into a socket, and Qt listens to that."""

    def __init__(self, close: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._close = close
        self._ours, self._kernels = socket.socketpair()
        self._kernels.setblocking(False)
        self._former_fd = signal.set_wakeup_fd(self._kernels.fileno())
        self._former = {
            number: signal.signal(number, lambda _number, _frame: None)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)

    def put_back(self) -> None:
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._former_fd)
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._ours.close()
        self._kernels.close()

    def _hear(self) -> None:
        self._ours.recv(64)
        self._close()
