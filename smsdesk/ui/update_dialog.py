"""Says, while the log of an earlier version is prepared for this one, how far that has come."""

import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QProgressBar, QVBoxLayout

from smsdesk.desk import wording
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

PATIENCE_S = 0.4
"""A short log is prepared before anybody could read why."""
_WIDTH = 440


class UpdateDialog(Dialog):
    """Shown before there is a window. It cannot be closed: the log is not to be left half-way,
    and ending the program does no harm."""

    def __init__(self) -> None:
        super().__init__(_("SMS Desk"), None)
        self.setObjectName("updating")
        self.bar = QProgressBar()
        self.bar.setObjectName("updating.bar")
        self.bar.setAccessibleName(_("How far it has come"))
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setSpacing(GRID)
        column.addWidget(plain.heading(_("Preparing the message log")))
        column.addWidget(plain.label(wording.updating_sentence(), wraps=True))
        column.addSpacing(GRID)
        column.addWidget(self.bar)
        self.be_at_least(_WIDTH)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)


class UpdateNews:
    """Called with what is done, from 0 to 1; makes the dialog when it takes more than a moment.

    The log is opened on the thread of the window, which is not there yet; so this lets Qt paint.
    """

    def __init__(self) -> None:
        self._began: float | None = None
        self._dialog: UpdateDialog | None = None

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if self._began is None:
            self._began = now
        if self._dialog is None and now - self._began >= PATIENCE_S and share < 1:
            self._dialog = UpdateDialog()
            self._dialog.show()
        if self._dialog is not None:
            self._dialog.bar.setValue(round(1000 * share))
            QApplication.processEvents()

    def end(self) -> None:
        """The log is open, or cannot be opened."""
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.deleteLater()
            self._dialog = None
