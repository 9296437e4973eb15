"""Exports beside the window: one dialog at a time, and a worker that is theirs alone.

A million messages are written for the better part of a minute, and neither a Send nor a search
may wait for that.
"""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from smsdesk.desk.desk import Desk
from smsdesk.desk.exports import Chosen, Form
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs
from smsdesk.ui.background import Worker
from smsdesk.ui.export.dialog import ExportDialog

_PATIENCE_S = 5.0
"""A disk that hangs must not keep the program from ending; then an unfinished file is left."""


class ExportSide(QObject):
    """Opens the dialog, and lets the window close in order while one is open."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)

    def __init__(self, desk: Desk, *, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._worker = Worker(self)
        self._folder = Path.home()
        self._form = Form.WORKBOOK
        self.dialog: ExportDialog | None = None

    def open(self, chosen: Chosen) -> ExportDialog:
        """Ask for form and place, beginning with those of the last time. While something is
        being written, show that instead."""
        if self.dialog is not None and not self.dialog.is_writing:
            self.dialog.reject()
        if self.dialog is None:
            self.dialog = ExportDialog(
                self._desk.exports,
                chosen,
                worker=self._worker,
                folder=self._folder,
                form=self._form,
                parent=self._window,
            )
            self.dialog.told.connect(self.said)
            self.dialog.finished.connect(self._forget)
            self.dialog.show()  # the window behind it can be worked in
        self.dialog.activateWindow()
        return self.dialog

    def give_up(self) -> bool:
        """The window is about to close; False if the person would rather wait for the file."""
        if self.dialog is None or not self.dialog.is_writing:
            return True
        return dialogs.ask(
            self.dialog,
            _("Stop the export?"),
            _("It is not finished. If SMS Desk is closed now, no file is left."),
            act=_("Stop and close"),
        )

    def close(self) -> None:
        """Stop what is being written, and wait a while for the page it is at."""
        if self.dialog is not None:
            self.dialog.stop()
            self.dialog.hide()
        self._worker.run(self._desk.close)
        self._worker.close(_PATIENCE_S)

    def _forget(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            self._folder, self._form = dialog.target.parent, dialog.form
            # Delete it when all that it asked for has been answered.
            self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
