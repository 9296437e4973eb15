"""Saving what somebody has sent along: from whose host, how much of it, under which name.

One dialog at a time, and a worker that is theirs alone: a server may be slow for minutes, and
neither a Send nor a search may wait for that. The desk fetches and writes.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_attachments, wording_channels, wording_export
from smsdesk.desk.attachments import Attachments, NotSavedError, Saving
from smsdesk.desk.desk import Desk
from smsdesk.desk.sheets.table import SheetError
from smsdesk.sms.channels.received import Attachment
from smsdesk.sms.message import Message
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_WIDTH = 540
_LOOK_EVERY_MS = 100
_STEPS = 1000
_PATIENCE_S = 5.0
"""A disk that hangs must not keep the program from ending; then an unfinished file is left."""


class SaveFileDialog(Dialog):
    """Tells what would be fetched; does so when asked to. While it comes, Esc stops that."""

    # Emitted with what came of it, for the status bar.
    told = Signal(str)

    def __init__(
        self,
        attachments: Attachments,
        message: Message,
        attachment: Attachment,
        *,
        worker: Worker,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Save file"), parent)
        self.setObjectName("saving")
        self._attachments = attachments
        self._message = message
        self._attachment = attachment
        self._worker = worker
        self._saving: Saving | None = None
        self._done: tuple[int, int | None] = (0, None)
        self.offer = offer = attachments.look(attachment)
        name = wording_attachments.suggested_name(attachment, offer, at=message.created_at)
        self.facts = plain.heading(
            plain.one_line(wording_channels.attachment_sentence(attachment)), points=1.0
        )
        self.facts.setObjectName("saving.facts")
        self.facts.setWordWrap(True)
        self.path = QLineEdit(str(folder / name))
        self.path.setObjectName("saving.path")
        self.path.setAccessibleName(_("File"))
        self.choose_button = push_button(_("C&hoose…"), "saving.choose")
        self.warning = plain.label(
            plain.visible(wording_attachments.offer_sentence(offer)),
            name="saving.offer",
            wraps=True,
        )
        self.program = plain.label(
            wording_attachments.program_sentence(),
            tone="warn",
            name="saving.program",
            wraps=True,
        )
        self.program.setVisible(offer.is_program)
        self.bar = QProgressBar()
        self.bar.setObjectName("saving.progress")
        self.bar.setAccessibleName(_("How much has come"))
        self.bar.setTextVisible(False)
        self.said = plain.label(name="saving.said", wraps=True)
        self.said.setMinimumHeight(3 * self.said.fontMetrics().lineSpacing())
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.cancel_button = push_button(_("Cancel"), "saving.cancel")
        self.save_button = push_button(_("&Save"), "saving.save")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._arrange()
        self._connect()
        self._say(wording_attachments.problem_sentence(offer), "bad")
        self._fit_buttons()

    def _arrange(self) -> None:
        sign = QLabel()
        sign.setPixmap(
            icons.picture("triangle-alert", theme.current().warn, 16, self.devicePixelRatioF())
        )
        warning = QHBoxLayout()
        warning.setSpacing(GRID)
        warning.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        warning.addWidget(self.warning, 1)
        where = QGridLayout()
        where.setHorizontalSpacing(GRID)
        where.setVerticalSpacing(GRID // 2)
        where.addWidget(plain.field_label(_("&File"), self.path), 0, 0)
        where.addWidget(self.path, 1, 0)
        where.addWidget(self.choose_button, 1, 1)
        room = self.bar.sizePolicy()
        room.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(room)
        self.bar.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self.facts)
        layout.addLayout(warning)
        layout.addWidget(self.program)
        layout.addLayout(where)
        layout.addWidget(self.bar)
        layout.addWidget(self.said)
        layout.addStretch()
        layout.addLayout(buttons)
        self.setMinimumWidth(_WIDTH)

    def _connect(self) -> None:
        self.path.textChanged.connect(lambda _text: self._offer_again())
        self.choose_button.clicked.connect(self._choose)
        self.save_button.clicked.connect(lambda: self.save())
        self.cancel_button.clicked.connect(self.reject)
        self._timer.timeout.connect(self._show_progress)

    @property
    def is_saving(self) -> bool:
        return self._saving is not None

    @property
    def target(self) -> Path:
        """The file as it is typed: within the home folder unless another one is said."""
        typed = self.path.text().strip()
        return Path.home() / (typed[2:] if typed.startswith("~/") else typed)

    def _offer_again(self) -> None:
        self.save_button.show()
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        may_ask = not self.offer.problem and not self.is_saving
        self.save_button.setEnabled(may_ask and bool(self.path.text().strip()))

    def _choose(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Save file"),
            str(self.target),
            _("All files (*)"),
            # We ask ourselves, for the name may also be typed.
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.path.setText(path)

    # saving

    def save(self, *, may_replace: bool = False) -> None:
        """Fetch and write the file; what is there already is replaced only after a question."""
        saving = self._attachments.saving(self._message.id, self._attachment)
        path = self.target
        self._done = (0, None)
        self._set_saving(saving)
        self._worker.run(
            lambda: saving.save(path, may_replace=may_replace, tell=self._note_progress),
            self._saved,
            self._refuse,
        )

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self._saving is not None:
            self._saving.cancel()

    def _note_progress(self, done: int, of: int | None) -> None:
        self._done = done, of  # on the worker; the timer looks at it

    def _set_saving(self, saving: Saving | None) -> None:
        self._saving = saving
        for part in (self.path, self.choose_button):
            part.setEnabled(saving is None)
        self._fit_buttons()
        self.bar.setVisible(self.is_saving)
        if self.is_saving:
            self._name_cancel(_("&Stop"))
            self.cancel_button.setFocus()
            self._show_progress()
            self._timer.start()
        else:
            self._name_cancel(_("Cancel"))
            self._timer.stop()

    def _name_cancel(self, title: str) -> None:
        self.cancel_button.setText(title)
        self.cancel_button.setAccessibleName(title.replace("&", ""))

    def _show_progress(self) -> None:
        done, of = self._done
        self.bar.setRange(0, _STEPS if of else 0)
        self.bar.setValue(_STEPS * done // of if of else 0)
        self._say(wording_attachments.progress_sentence(done, of), "muted")

    def _saved(self, path: Path) -> None:
        self._set_saving(None)
        sentence = wording_attachments.saved_sentence(path)
        self._say(sentence, "good")
        self.told.emit(sentence)
        self.save_button.hide()
        self._name_cancel(_("&Close"))
        self.cancel_button.setFocus()

    def _refuse(self, error: Exception) -> None:
        self._set_saving(None)
        self.save_button.setFocus()
        if isinstance(error, SheetError) and error.code == "exists":
            self._say("")
            self._ask_to_replace(error.path)
            return
        sentence = wording_attachments.not_saved_sentence(error)
        if sentence is None:
            raise error
        was_wanted = isinstance(error, NotSavedError) and error.code == "cancelled"
        self._say(sentence, "" if was_wanted else "bad")

    def _ask_to_replace(self, path: Path) -> None:
        if dialogs.ask(
            self,
            _("Replace the file?"),
            wording_export.replace_question(path),
            act=_("Replace"),
        ):
            self.save(may_replace=True)

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.visible(sentence))
        plain.set_tone(self.said, tone)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its words are at this width; before now nobody knows their font."""
        layout = self.layout()
        if layout is not None and not event.spontaneous():
            layout.activate()
            self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
        super().showEvent(event)

    def reject(self) -> None:
        """While it comes: stop, and stay until it is known whether that was in time."""
        if self.is_saving:
            self.stop()
        else:
            super().reject()


class SavingSide(QObject):
    """Opens the dialog, and lets the window close in order while one is open."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)

    def __init__(self, desk: Desk, *, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._worker = Worker(self)
        self._folder = Path.home()
        self.dialog: SaveFileDialog | None = None

    def open(self, message: Message, attachment: Attachment) -> SaveFileDialog:
        """Offer to save this. While something is coming, show that instead."""
        if self.dialog is not None and not self.dialog.is_saving:
            self.dialog.reject()
        if self.dialog is None:
            self.dialog = SaveFileDialog(
                self._desk.attachments,
                message,
                attachment,
                worker=self._worker,
                folder=self._folder,
                parent=self._window,
            )
            self.dialog.told.connect(self.said)
            self.dialog.finished.connect(self._forget)
            self.dialog.show()  # the window behind it can be worked in
        self.dialog.activateWindow()
        return self.dialog

    def close(self) -> None:
        """Stop what is coming: it can be had again. Nothing of it is left."""
        if self.dialog is not None:
            self.dialog.stop()
            self.dialog.hide()
        self._worker.run(self._desk.close)
        self._worker.close(_PATIENCE_S)

    def _forget(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            self._folder = dialog.target.parent
            # Delete it when all that it asked for has been answered.
            self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
