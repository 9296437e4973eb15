"""The change of the private key, step by step: made, uploaded, tested, put in use.

What is done, and what may be repeated, is `desk.rotation`'s. This dialog may be closed at any
moment: it begins again where the change stands.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.desk.connecting import MadeKey, Proof
from smsdesk.desk.desk import Desk
from smsdesk.desk.rotation import RotationState, RotationStep
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, icons, plain, theme
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.account.secret_field import SecretField
from smsdesk.ui.account.settings.page import make_line
from smsdesk.ui.background import Worker
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

_LETTERS = 82
_SIGN = 16


class RotationDialog(dialogs.Dialog):
    """Says what will happen, does it, and says how far it has come."""

    # Emitted on the worker, when Vonage has taken the new key and the test begins.
    _uploaded = Signal()

    def __init__(self, desk: Desk, *, worker: Worker, parent: QWidget) -> None:
        super().__init__(_("Change the private key"), parent)
        self.setObjectName("rotation")
        self._desk = desk
        self._rotation = desk.rotation
        self._errands = Errands(worker)
        self._is_over = False
        self._is_copied = False
        self._next: Callable[[], object] = self._begin
        self.words = plain.label(wraps=True, name="rotation.words")
        self.path = make_line("new_key_path", _("File for the new key"))
        self.path.setObjectName("rotation.new_key_path")
        self.browse_button = QPushButton(_("Br&owse…"))
        self.passphrase = SecretField("rotation.passphrase", _("Passphrase of the new key"))
        self.said = plain.label(name="rotation.said", wraps=True)
        self.steps = _Steps()
        self.close_button = QPushButton(_("Close"))
        self.back_button = QPushButton(_("Go back to the &old key"))
        self.next_button = QPushButton()
        self._arrange()
        self._connect()
        self._show()
        if self._state.step is RotationStep.NONE:
            self._propose()

    def _arrange(self) -> None:
        for button, name in (
            (self.browse_button, "browse"),
            (self.close_button, "close"),
            (self.back_button, "back"),
            (self.next_button, "next"),
        ):
            button.setObjectName(f"rotation.{name}")
            button.setAutoDefault(False)
        icons.dress(self.browse_button, "folder-open")
        self.browse_button.setAccessibleName(_("Choose where the new key is kept"))
        self.close_button.setAccessibleName(_("Close"))
        self.next_button.setProperty("primary", True)
        self.next_button.setDefault(True)
        self._place = QWidget()
        place = QHBoxLayout(self._place)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(GRID)
        place.addWidget(self.path, 1)
        place.addWidget(self.browse_button)
        self._place.setFocusProxy(self.path)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID)
        for title, field in (
            (_("New key &file"), self._place),
            (_("&Passphrase"), self.passphrase),
        ):
            side = plain.field_label(title, field)
            side.setFixedHeight(field.sizeHint().height())
            side.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignVCenter))
            self.form.addRow(side, field)
        bottom = QHBoxLayout()
        bottom.setSpacing(GRID)
        bottom.addWidget(self.back_button)
        bottom.addStretch()
        bottom.addWidget(self.close_button)
        bottom.addWidget(self.next_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addWidget(plain.heading(_("Change the private key")))
        layout.addWidget(self.words)
        layout.addWidget(self.steps)
        layout.addLayout(self.form)
        layout.addWidget(self.said)
        layout.addStretch()
        layout.addLayout(bottom)
        self.words.setMinimumWidth(_LETTERS * self.fontMetrics().averageCharWidth())

    def _connect(self) -> None:
        self.browse_button.clicked.connect(self._browse)
        self.close_button.clicked.connect(self.reject)
        self.back_button.clicked.connect(self._press_back)
        self.next_button.clicked.connect(lambda: self._next())
        self._uploaded.connect(self._note_uploaded, Qt.ConnectionType.QueuedConnection)
        self.finished.connect(lambda _result: self._errands.end())

    @property
    def _state(self) -> RotationState:
        return self._rotation.state

    # what the buttons do

    def _press_back(self) -> None:
        if self._state.step is RotationStep.SWITCHED:
            self._wait(_("Storing…"))
            self._errands.run(
                self._rotation.keep_old, lambda _none: self.accept(), self._refuse
            )
        else:
            self._go_back()

    def _begin(self) -> None:
        path, passphrase = self.path.text().strip(), self.passphrase.value()
        if not path:
            self._say(_("Choose a file for the new key."), "bad")
            self.path.setFocus()
            return

        def go_on(made: MadeKey) -> None:
            self._is_copied = made.is_in_sync_folder
            self._go_on()

        self._show_acts(RotationStep.NONE)
        self.steps.show_step(RotationStep.NONE, is_working=True)
        self._wait(_("Making the new key…"))
        self._errands.run(lambda: self._rotation.begin(path, passphrase), go_on, self._fail)

    def _go_on(self) -> None:
        passphrase = self.passphrase.value()
        step = self._state.step
        self._show_acts(step)
        self.steps.show_step(step, is_working=True)
        if step is RotationStep.MADE:
            self._wait(_("Giving its public half to Vonage…"))
        else:
            self._note_uploaded()
        self._errands.run(
            lambda: self._rotation.go_on(passphrase, on_uploaded=self._uploaded.emit),
            self._note_switched,
            self._fail,
        )

    def _note_uploaded(self) -> None:
        if self._state.step is RotationStep.UPLOADED:
            self.steps.show_step(RotationStep.UPLOADED, is_working=True)
            self._wait(_("Signing with it, to see that Vonage takes it…"))

    def _note_switched(self, proof: Proof) -> None:
        self.passphrase.set_stored(False)
        self._show()
        if not (proof.is_signature_proved or proof.is_compared):
            self._say(
                _("Vonage did not say yet whether the key fits; the next Send shows."), "warn"
            )

    def _go_back(self) -> None:
        state = self._state

        def show(_none: None) -> None:
            self._is_over = True
            self._show()
            self._say(
                _(
                    "Nothing has changed: the old key is in use, here and at Vonage. The new file "
                    "{path} is of no use; you may delete it."
                ).replace("{path}", plain.one_line(state.new_path)),
                "good",
            )

        self._wait(_("Giving the old key back to Vonage…"))
        self._errands.run(self._rotation.go_back, show, self._refuse)

    def _remove_old(self) -> None:
        path = self._state.old_path
        if not dialogs.ask(
            self,
            _("Remove the old key file?"),
            _(
                "{path} is deleted for good. Vonage refuses that key already; the new one stays "
                "in its file."
            ).replace("{path}", plain.one_line(path)),
            act=_("&Remove it"),
        ):
            return

        def show(_none: None) -> None:
            self._is_over = True
            self._show()
            self._say(_("Removed. The new key is the only one now."), "good")

        self._wait(_("Removing the old file…"))
        self._errands.run(self._rotation.remove_old, show, self._refuse)

    def _browse(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Keep the new key in"),
            self.path.text() or str(Path.home()),
            _("Key files (*.key *.pem)"),
        )
        if path:
            self.path.setText(path)

    def _propose(self) -> None:
        self._wait(_("Reading from the keyring…"))

        def show(found: tuple[str, bool]) -> None:
            path, has_account = found
            self.path.setText(path)
            self._show()
            if not has_account:
                self._say(
                    _(
                        "It needs the API key and secret: enter them on the page Account, save, "
                        "and come back."
                    ),
                    "warn",
                )
                self.next_button.setEnabled(False)

        def refuse(error: Exception) -> None:
            self._next = self._propose
            self._fail(error)

        connecting = self._desk.connecting
        self._errands.run(
            lambda: (self._rotation.propose_path(), connecting.has_account()), show, refuse
        )

    # what is shown

    def _wait(self, sentence: str) -> None:
        for part in (self._place, self.passphrase, self.back_button, self.next_button):
            part.setEnabled(False)
        self._say(sentence, "muted")

    def _fail(self, error: Exception) -> None:
        """The step under way did not succeed, and may be tried again."""
        again = self._next
        self._show()
        self._next = again
        self.steps.show_step(self._state.step, has_failed=True)
        self.next_button.setText(_("&Try again"))
        self.next_button.setAccessibleName(_("Try again"))
        self._tell(error)

    def _refuse(self, error: Exception) -> None:
        """Something beside the steps did not succeed; all is where it was."""
        self._show()
        self._tell(error)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, AccountError):
            self._say(_("That did not work, because of an error inside SMS Desk."), "bad")
            raise error
        self._say(wording.account_sentence(error), "bad")
        if "passphrase" in error.code:
            self.passphrase.setFocus()

    def _show(self) -> None:
        """How far it has come, and what can be done next."""
        step = self._state.step
        is_new = step is RotationStep.NONE and not self._is_over
        for part in (self._place, self.passphrase, self.back_button, self.next_button):
            part.setEnabled(True)
        self.steps.show_step(step)
        self.steps.setVisible(not self._is_over)
        self._show_field(self._place, is_shown=is_new)
        is_unfinished = step in (RotationStep.MADE, RotationStep.UPLOADED)
        self._show_field(self.passphrase, is_shown=is_new or is_unfinished)
        self.passphrase.line.setPlaceholderText(
            _("If you like; it goes into the keyring")
            if is_new
            else _("If the new key has one")
        )
        self.words.setText(self._explanation())
        self.words.setVisible(not self._is_over)
        self.close_button.setVisible(not self._is_over)
        self._show_acts(step)
        self._say("", "muted")
        self.next_button.setFocus()

    def _show_acts(self, step: RotationStep) -> None:
        title, back = {
            RotationStep.NONE: (_("&Change the key"), ""),
            RotationStep.MADE: (_("&Go on"), _("Go back to the &old key")),
            RotationStep.UPLOADED: (_("&Go on"), _("Go back to the &old key")),
            RotationStep.SWITCHED: (_("&Remove the old key file…"), _("&Keep the old file")),
        }[step]
        self._next = self._go_on
        if self._is_over:
            self._next, title, back = self.accept, _("&Done"), ""
        elif step is RotationStep.NONE:
            self._next = self._begin
        elif step is RotationStep.SWITCHED:
            self._next = self._remove_old
        self.next_button.setText(title)
        self.next_button.setAccessibleName(title.replace("&", ""))
        self.back_button.setText(back)
        self.back_button.setAccessibleName(back.replace("&", ""))
        self.back_button.setVisible(bool(back))

    def _explanation(self) -> str:
        state = self._state
        if state.step is RotationStep.NONE:
            return _(
                "A new key is made on this computer, and Vonage is given its public half. From "
                "then on Vonage refuses the old key, on every computer that still uses it. What "
                "is waiting here goes out with the new one."
            )
        said = wording.rotation_sentence(state)
        path = state.new_path
        if state.step is RotationStep.SWITCHED:
            said += " " + _(
                "Vonage refuses the old key, so its file is of no use to anybody: {path}"
            )
            path = state.old_path
        else:
            said += " " + _("It is in {path}")
        return said.replace("{path}", plain.one_line(path))

    def _show_field(self, field: QWidget, *, is_shown: bool) -> None:
        self.form.setRowVisible(field, is_shown)

    def _say(self, sentence: str, tone: str) -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
        self.said.setVisible(bool(sentence))


class _Steps(QWidget):
    """Four sentences, each with a sign of whether it is done."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rotation.steps")
        self.setAccessibleName(_("Steps"))
        self._rows: list[tuple[QLabel, QLabel]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for sentence in (
            _("The new key is made, in a file that only you can read"),
            _("Vonage is given its public half"),
            _("A signature of it is tried"),
            _("This computer signs with it"),
        ):
            sign, words = QLabel(), plain.label(sentence, wraps=True)
            sign.setFixedSize(scaled(_SIGN), scaled(_SIGN))
            row = QHBoxLayout()
            row.setSpacing(GRID)
            row.addWidget(sign)
            row.addWidget(words, 1)
            layout.addLayout(row)
            self._rows.append((sign, words))

    def show_step(
        self, step: RotationStep, *, is_working: bool = False, has_failed: bool = False
    ) -> None:
        """`step` is what has been reached; the next one is under way, or has failed."""
        done = {
            RotationStep.NONE: 0,
            RotationStep.MADE: 1,
            RotationStep.UPLOADED: 2,
            RotationStep.SWITCHED: len(self._rows),
        }[step]
        for number, (sign, words) in enumerate(self._rows):
            icon, tone, said = "dot", "muted", _("To come: {step}")
            if number < done:
                icon, tone, said = "check", "good", _("Done: {step}")
            elif number == done and has_failed:
                icon, tone, said = "circle-x", "bad", _("Failed: {step}")
            elif number == done and is_working:
                icon, tone, said = "clock", "accent", _("Under way: {step}")
            colour = getattr(theme.current(), tone)
            sign.setPixmap(icons.picture(icon, colour, scaled(_SIGN), self.devicePixelRatioF()))
            plain.set_tone(words, "" if number < done else tone)
            words.setAccessibleName(said.replace("{step}", words.text()))
