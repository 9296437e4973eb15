"""Opens the dialogs of this room for the window, and has a worker of its own for them: to look
through all copies takes minutes, for which nobody else may wait."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from smsdesk.desk.desk import Desk
from smsdesk.ui.background import Worker

if TYPE_CHECKING:
    from smsdesk.ui.records.copies_dialog import CopiesDialog
    from smsdesk.ui.records.erase_dialog import EraseDialog
    from smsdesk.ui.records.trail_dialog import TrailDialog

_Dialog = TypeVar("_Dialog", bound=QDialog)

_PATIENCE_S = 10.0
"""An erasure that takes longer is finished by the next start."""


class Records(QObject):
    """One dialog of each kind at a time; the window goes on behind it."""

    # Emitted with the copy that the person wants in the place of the log.
    restore_asked = Signal(Path)
    # Emitted with the number of somebody who is about to be erased.
    erasing = Signal(str)
    # Emitted with a sentence for the status bar.
    said = Signal(str)

    def __init__(self, desk: Desk, *, news: SignalInstance, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._news = news
        self._window = window
        self._worker = Worker(self)
        self._open: dict[str, QDialog] = {}

    def open_trail(self) -> "TrailDialog":
        """What persons did."""
        from smsdesk.ui.records.trail_dialog import TrailDialog  # start-up time

        def make() -> TrailDialog:
            dialog = TrailDialog(
                self._desk.trail, worker=self._worker, news=self._news, parent=self._window
            )
            dialog.told.connect(self.said)
            return dialog

        return self._show("trail", make)

    def open_copies(self) -> "CopiesDialog":
        """The backups, and the ways to make one and to put one back."""
        from smsdesk.ui.records.copies_dialog import CopiesDialog  # start-up time

        def make() -> CopiesDialog:
            dialog = CopiesDialog(self._desk.copies, worker=self._worker, parent=self._window)
            dialog.told.connect(self.said)
            dialog.restore_asked.connect(self.restore_asked)
            return dialog

        return self._show("copies", make)

    def open_erase(self, number: str = "") -> "EraseDialog":
        """Erase somebody; `number` is whose, if it is known."""
        from smsdesk.ui.records.erase_dialog import EraseDialog  # start-up time

        def make() -> EraseDialog:
            dialog = EraseDialog(
                self._desk.erasing,
                worker=self._worker,
                default_region=self._desk.compose.default_region,
                number=number,
                parent=self._window,
            )
            dialog.told.connect(self.said)
            dialog.begun.connect(self.erasing)
            return dialog

        return self._show("erase", make)

    def close(self) -> None:
        """The window closes: so do they, and what is under way is waited for a while."""
        for dialog in tuple(self._open.values()):
            dialog.reject()
        self._worker.run(self._desk.close)
        self._worker.close(_PATIENCE_S)

    def _show(self, kind: str, make: Callable[[], _Dialog]) -> _Dialog:
        dialog = self._open.get(kind)
        if dialog is None:
            dialog = make()
            self._open[kind] = dialog
            dialog.finished.connect(lambda _result: self._put_away(kind))
            dialog.open()
        return cast(_Dialog, dialog)

    def _put_away(self, kind: str) -> None:
        """Delete it when all that it asked the worker for has been answered."""
        dialog = self._open.pop(kind)
        self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
