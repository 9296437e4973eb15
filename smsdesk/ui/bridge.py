"""Brings the desk's news to the GUI thread, gathered so that a busy sender cannot drown it.

What a change means for a widget is the widget's matter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from smsdesk.desk.changes import Change

if TYPE_CHECKING:
    from smsdesk.desk.changes import ChangeKind, Changes

_GAP_MS = 50
"""At most twenty flushes a second, however many messages move on."""


class Bridge(QObject):
    """One Qt signal for all news. The first word after a silence is passed on at once."""

    # Emitted on the GUI thread, once a kind of news and flush; its ids are all that changed.
    changed = Signal(object)
    # Emitted on any thread when the first news since the last flush is waiting.
    _woken = Signal()

    def __init__(self, changes: Changes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[ChangeKind, frozenset[str] | None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GAP_MS)
        self._timer.timeout.connect(self._flush)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe: Callable[[], None] = changes.subscribe(self._note)

    def close(self) -> None:
        self._unsubscribe()
        self._timer.stop()

    def _note(self, change: Change) -> None:
        """Called on whatever thread made the change."""
        with self._lock:
            is_first = not self._waiting
            known = self._waiting.get(change.kind, frozenset())
            self._waiting[change.kind] = (
                None if known is None or change.ids is None else known | change.ids
            )
        if is_first:
            self._woken.emit()

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for kind, ids in waiting.items():
            self.changed.emit(Change(kind, ids))
        if waiting:
            self._timer.start()
