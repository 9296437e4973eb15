"""Erasing one person: what there is of them, a second look, and the proof afterwards."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from smsdesk.desk import wording_copies
from smsdesk.desk.erasing import Erased, Erasing, ErasingError, Preview
from smsdesk.sms.phone import show_e164, written_forms
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_WIDTH = 520
_LOOK_AFTER_MS = 300


class EraseDialog(Dialog):
    """`number` is who is meant, if that is known already."""

    # Emitted with the number, and with each ID of theirs, just before anything is erased.
    begun = Signal(str)
    # Emitted with what came of it, for the status bar.
    told = Signal(str)
    # Emitted on the worker's thread: how many steps of how many are done.
    _progressed = Signal(int, int)

    def __init__(
        self,
        erasing: Erasing,
        *,
        worker: Worker,
        default_region: str | None,
        number: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Erase a person"), parent)
        self.setObjectName("erase")
        self._erasing = erasing
        self._region = default_region
        self._worker = worker
        self._errands = Errands(worker)
        self._asked = 0
        self._preview: Preview | None = None
        self.number = _line("erase.number", _("Number"))
        self.found = plain.label(name="erase.found", wraps=True)
        self.notes = plain.label(name="erase.notes", wraps=True, tone="muted")
        self.again = _line("erase.again", _("The number once more"))
        self._again_label = plain.field_label(_("&Type the number once more"), self.again)
        self.bar = QProgressBar()
        self.bar.setObjectName("erase.progress")
        self.bar.setAccessibleName(_("How far the erasing is"))
        self.bar.setTextVisible(False)
        self.said = plain.label(name="erase.said", wraps=True)
        self.erase_button = push_button(_("&Erase"), "erase.erase")
        self.close_button = push_button(_("&Close"), "erase.close")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_AFTER_MS)
        self._arrange()
        self._timer.timeout.connect(self._look)
        self.number.textChanged.connect(lambda _text: self._number_changed())
        self.again.textChanged.connect(lambda _text: self._note_again())
        self.again.returnPressed.connect(self._erase)
        self.erase_button.clicked.connect(self._erase)
        self.close_button.clicked.connect(self.reject)
        self._progressed.connect(self._show_progress)
        self.finished.connect(lambda _result: self._errands.end())
        self.number.setText(show_e164(number))
        if number:
            self._timer.stop()
            self._look()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(_("Erase a person")))
        layout.addWidget(
            plain.label(
                _(
                    "Takes everything about one number out of the log, the address book and all "
                    "backups, and then searches every file of this account for what may be left. "
                    "It cannot be undone. Files that you exported and what Vonage keeps are not "
                    "reached."
                ),
                tone="muted",
                wraps=True,
            )
        )
        layout.addSpacing(GRID // 2)
        layout.addWidget(plain.field_label(_("&Number"), self.number))
        layout.addWidget(self.number)
        for part in (self.found, self.notes, self._again_label, self.again, self.bar):
            layout.addWidget(part)
        layout.addWidget(self.said)
        layout.addStretch()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.erase_button)
        layout.addLayout(buttons)
        for hidden in (
            self.found,
            self.notes,
            self._again_label,
            self.again,
            self.bar,
            self.said,
        ):
            hidden.hide()
        self.erase_button.setEnabled(False)
        self.be_at_least(_WIDTH)
        self.number.setFocus()

    # what there is

    def _number_changed(self) -> None:
        self._preview = None
        self.again.clear()
        self._show_parts()
        self._timer.start()

    def _look(self) -> None:
        typed = self.number.text().strip()
        if not typed:
            return
        self._asked += 1
        asked = self._asked

        def show(preview: Preview) -> None:
            if asked == self._asked:
                self._show_preview(preview)

        def refuse(error: Exception) -> None:
            if asked == self._asked:
                self._refuse(error)

        self._errands.run(
            lambda: self._erasing.look(typed, default_region=self._region), show, refuse
        )

    def _show_preview(self, preview: Preview) -> None:
        self._preview = preview
        lines = wording_copies.holding_lines(preview.held)
        if lines:
            told = _("This will be erased:\n{lines}")
            self.found.setText(told.replace("{lines}", "\n".join(f"•  {one}" for one in lines)))
        else:
            self.found.setText(
                _(
                    "Nothing is kept of {number} in the log. The backups may still hold it."
                ).replace("{number}", plain.in_order(show_e164(preview.number)))
            )
        self.notes.setText("\n".join(wording_copies.preview_notes(preview)))
        if preview.held.in_doubt:
            self._say(wording_copies.in_doubt_sentence(preview.held.in_doubt), "bad")
        else:
            self.said.hide()
        self._show_parts()

    def _show_parts(self) -> None:
        preview = self._preview
        self.found.setVisible(preview is not None)
        self.notes.setVisible(preview is not None and bool(self.notes.text()))
        may_erase = preview is not None and not preview.held.in_doubt
        self._again_label.setVisible(may_erase)
        self.again.setVisible(may_erase)
        self._note_again()
        if may_erase and not self.number.isModified():
            self.again.setFocus()
        self.adjustSize()

    def _note_again(self) -> None:
        self.erase_button.setEnabled(self._is_sure())

    def _is_sure(self) -> bool:
        """The digits are the same, whatever stands between them; with or without the code. An ID
        is typed as it is."""
        preview = self._preview
        if preview is None or preview.held.in_doubt:
            return False
        if not preview.number.startswith("+"):
            return self.again.text().strip() == preview.number
        return _digits(self.again.text()) in {
            _digits(form) for form in (*written_forms(preview.number), self.number.text())
        }

    # erasing

    def _erase(self) -> None:
        preview = self._preview
        if preview is None or not self._is_sure():
            return
        for part in (self.number, self.again, self.erase_button):
            part.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say(_("Erasing, and looking through all copies…"), "muted")
        for address in (preview.number, *preview.ids):
            self.begun.emit(address)
        # What came of it is told in the status bar even when nobody waits for it here.
        self._worker.run(
            lambda: self._erasing.erase(preview.number, progress=self._progressed.emit),
            lambda erased: self._note_erased(preview, erased),
            self._refuse,
        )

    def _show_progress(self, done: int, steps: int) -> None:
        self.bar.setRange(0, steps)
        self.bar.setValue(done)

    def _note_erased(self, preview: Preview, erased: Erased) -> None:
        sentence = wording_copies.erased_sentence(preview.number, erased)
        is_proved = bool(erased.searched) and not erased.found_in
        self._preview = None
        self.bar.hide()
        self._show_parts()
        self._say(sentence, "good" if is_proved else "warn")
        self.close_button.setFocus()
        self.told.emit(sentence)

    def _refuse(self, error: Exception) -> None:
        self.bar.hide()
        for part in (self.number, self.again):
            part.setEnabled(True)
        self._note_again()
        if not isinstance(error, ErasingError):
            raise error
        self._say(wording_copies.erasing_sentence(error), "bad")

    def _say(self, sentence: str, tone: str) -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
        self.said.show()
        self.adjustSize()


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdecimal())


def _line(name: str, accessible: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(accessible)
    return line
