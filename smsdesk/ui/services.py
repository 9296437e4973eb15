"""The desk's services while the window is open: started, watched, and stopped with patience."""

import time

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout

from smsdesk.desk.desk import Desk
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import ServiceThread
from smsdesk.ui.dialogs import Dialog

_PATIENCE_S = 65.0
"""A request on the wire has 60 s; after this the program says so and goes on waiting."""
_QUIET_FOR_MS = 700


class Services(QObject):
    """A thread for each service."""

    # Emitted with the name of a service that ended with an error, before it is begun again.
    crashed = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._threads: list[ServiceThread] = []

    def start(self) -> None:
        for service in self._desk.services:
            thread = ServiceThread(service, self)
            thread.crashed.connect(self.crashed)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ask all to stop and wait for each. What is on the wire is finished first; if that
        takes a while, a small window counts the seconds."""
        for thread in self._threads:
            thread.ask_to_stop()
        running = [thread for thread in self._threads if not thread.isFinished()]
        if running:
            _wait_for(running)
        self._threads.clear()


def _wait_for(threads: list[ServiceThread]) -> None:
    loop = QEventLoop()
    waiting = set(threads)

    def note_end(thread: ServiceThread) -> None:
        waiting.discard(thread)
        if not waiting:
            loop.quit()

    for thread in threads:
        thread.finished.connect(lambda thread=thread: note_end(thread))
        if thread.isFinished():
            note_end(thread)
    if not waiting:
        return
    dialog = _FinishingDialog()
    QTimer.singleShot(_QUIET_FOR_MS, dialog, dialog.show)
    loop.exec()
    dialog.close()
    for thread in threads:
        thread.wait()


class _FinishingDialog(Dialog):
    """Says what the program is still waiting for, and for how long."""

    def __init__(self) -> None:
        super().__init__(_("SMS Desk"), None)
        self.setObjectName("finishing")
        self._ends_at = time.monotonic() + _PATIENCE_S
        self._left = plain.label(tone="muted")
        layout = QVBoxLayout(self)
        layout.addWidget(plain.heading(_("Finishing what is being sent…"), points=1.0))
        layout.addWidget(
            plain.label(
                _("SMS Desk waits for Vonage's answer, so that nothing is left in doubt."),
                wraps=True,
            )
        )
        layout.addWidget(self._left)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count)
        self._timer.start()
        self._count()

    def reject(self) -> None:
        """Esc must not leave the program without a window while it is still working."""

    def _count(self) -> None:
        left = max(0, round(self._ends_at - time.monotonic()))
        self._left.setText(_("At most {seconds} seconds more.").format(seconds=left))
