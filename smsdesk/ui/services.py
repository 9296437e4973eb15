"""The desk's services while the window is open: started, watched, and stopped with patience.

Only what the sender has on the wire is worth waiting for, and only as long as the person likes.
Whatever else is still busy at the end (a question to Vonage, say) is left behind: it changes
nothing that the next start would not find as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import ServiceThread
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.desk import Desk
    from smsdesk.ui.background import Service

_PATIENCE_S = 65.0
"""A request on the wire has 60 s; after this the program says so and goes on waiting."""
_QUIET_FOR_MS = 700
_GRACE_MS = 1500
"""For what has nothing on the wire: most of it ends within half a second."""
_ON_THE_WIRE = "sender"
"""The one service whose work cannot be asked for a second time."""

_WIDTH = 440

_left_behind: list[ServiceThread] = []
"""Asked to stop and not waited for. Qt ends the process if one is destroyed while it runs."""


def is_any_left_behind() -> bool:
    """Whether threads are still running that nobody waits for: then the process must be ended
    without them, for Python and Qt would both wait or complain."""
    for thread in tuple(_left_behind):
        if thread.isFinished():
            thread.wait()
            _left_behind.remove(thread)
    return bool(_left_behind)


class Services(QObject):
    """A thread for each service."""

    # Emitted with the name of a service that ended with an error, before it is begun again.
    crashed = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._threads: list[ServiceThread] = []

    def steps(self) -> Iterator[Callable[[], None]]:
        """Each begins one of the desk's services, in their order."""
        for service in self._desk.services:
            yield partial(self.begin, service)

    def begin(self, service: Service) -> None:
        """One more service, which is stopped with the others."""
        thread = ServiceThread(service, self)
        thread.crashed.connect(self.crashed)
        self._threads.append(thread)
        thread.start()

    def stop(self, *, also: str = "") -> bool:
        """Ask all to stop. What is on the wire is finished first; if that takes a while, a small
        window counts the seconds, says `also`, and offers not to wait. True if the person took the
        offer."""
        for thread in self._threads:
            thread.ask_to_stop()
        is_cut_short = self._finish_what_is_on_the_wire(also)
        if not is_cut_short:
            _wait_for(self._threads, at_most_ms=_GRACE_MS)
        for thread in self._threads:
            if thread.isFinished():
                thread.wait()
            else:
                thread.setParent(None)
                _left_behind.append(thread)
        self._threads.clear()
        return is_cut_short

    def _finish_what_is_on_the_wire(self, also: str) -> bool:
        """True if the person did not want to wait for it."""
        threads = [thread for thread in self._threads if thread.objectName() == _ON_THE_WIRE]
        if _wait_for(threads, at_most_ms=_QUIET_FOR_MS):
            return False
        dialog = _FinishingDialog(also)
        dialog.show()
        is_finished = _wait_for(threads, unless=dialog.quit_asked)
        dialog.hide()
        dialog.deleteLater()
        return not is_finished


def _wait_for(
    threads: list[ServiceThread],
    *,
    at_most_ms: int | None = None,
    unless: SignalInstance | None = None,
) -> bool:
    """Wait until all of them have ended, while the window goes on hearing; False if time or
    the signal `unless` came first."""
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
    if waiting:
        if at_most_ms is not None:
            QTimer.singleShot(at_most_ms, loop, loop.quit)
        if unless is not None:
            unless.connect(loop.quit)
        loop.exec()
    return not waiting


class _FinishingDialog(Dialog):
    """Says what the program is still waiting for, and for how long."""

    # Emitted when the person does not want to wait.
    quit_asked = Signal()

    def __init__(self, also: str) -> None:
        super().__init__(_("SMS Desk"), None)
        self.setObjectName("finishing")
        heading = _("Finishing what is being sent…")
        why = _("SMS Desk waits for Vonage's answer, so that nothing is left in doubt.")
        self.setAccessibleName(heading)
        self.setAccessibleDescription(why)
        self._ends_at = time.monotonic() + _PATIENCE_S
        self._left = plain.label(tone="muted")
        self.quit_button = QPushButton(_("&Quit now"))
        self.quit_button.setObjectName("finishing.quit")
        self.quit_button.setAutoDefault(False)  # Enter, pressed too often, must not choose it
        price = _(
            "If you quit now, what is on its way will need your review at the next start; "
            "nothing is sent twice."
        )
        self.quit_button.setAccessibleName(_("Quit now"))
        self.quit_button.setAccessibleDescription(price)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self._left, 1)
        row.addWidget(self.quit_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(heading, points=1.0))
        layout.addWidget(_paragraph(why))
        layout.addWidget(_paragraph(price))
        if also:
            layout.addWidget(_paragraph(also))
        layout.addSpacing(GRID)
        layout.addLayout(row)
        self.quit_button.clicked.connect(self.quit_asked)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count)
        self._timer.start()
        self._count()
        self.setFocus()

    def reject(self) -> None:
        """Esc must not leave the program without a window while it is still working."""

    def _count(self) -> None:
        left = max(0, round(self._ends_at - time.monotonic()))
        self._left.setText(_("At most {seconds} seconds more.").format(seconds=left))


def _paragraph(text: str) -> QLabel:
    made = plain.label(text, wraps=True)
    made.setMinimumWidth(scaled(_WIDTH))
    return made
