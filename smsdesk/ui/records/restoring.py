"""Stands in the window's place while a copy is put in the place of the log."""

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar, QVBoxLayout

from smsdesk.desk import wording_copies
from smsdesk.desk.copies import CopiesError, Restored
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.theme import GRID


class RestoringDialog(dialogs.Dialog):
    """Runs `restore` on a thread of its own; it cannot be closed before that has ended."""

    def __init__(self, restore: Callable[[], Restored]) -> None:
        super().__init__(_("SMS Desk"), None)
        self.setObjectName("restoring")
        self._worker = Worker(self)
        self.heading = ""
        self.sentence = ""
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setAccessibleName(_("Restoring"))
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(_("Restoring the copy…")))
        layout.addWidget(plain.label(_("It is checked first. The present log is set aside.")))
        layout.addWidget(bar)
        self.be_at_least(380)
        self._worker.run(restore, self._note_restored, self._note_trouble)

    def reject(self) -> None:
        """Not before it has ended."""

    def _note_restored(self, restored: Restored) -> None:
        self._end(_("The copy is in place"), wording_copies.restored_sentence(restored))

    def _note_trouble(self, error: Exception) -> None:
        if not isinstance(error, CopiesError):
            self._end(
                _("Nothing was restored"),
                _("Something went wrong inside SMS Desk. The log is as it was."),
            )
            raise error
        self._end(_("Nothing was restored"), wording_copies.copies_sentence(error))

    def _end(self, heading: str, sentence: str) -> None:
        self.heading, self.sentence = heading, sentence
        self._worker.close()
        self.done(1)


def restore_and_tell(restore: Callable[[], Restored]) -> None:
    """Do it, and say what came of it."""
    dialog = RestoringDialog(restore)
    dialog.exec()
    dialogs.tell(None, dialog.heading, dialog.sentence)
