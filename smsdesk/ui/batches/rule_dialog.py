"""The rule of two pairs of eyes: from how many messages on, and the PIN of the second person."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Batches
from smsdesk.desk.second_person import PinError
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.batches.confirm_dialog import make_line
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_WIDTH = 480
MOST = 1_000_000


class RuleDialog(Dialog):
    """Where there is a PIN, it is asked for before anything is changed."""

    # Emitted when the rule is another now.
    changed = Signal()

    def __init__(
        self, batches: Batches, *, worker: Worker, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Two pairs of eyes"), parent)
        self.setObjectName("rule")
        self._batches = batches
        self._errands = Errands(worker)
        has_pin = batches.second_person.has_pin
        self.above = make_line("rule.above", _("More messages than"))
        self.above.setValidator(QIntValidator(0, MOST, self.above))
        self.above.setText(str(batches.second_person.above))
        self.old_pin = make_line("rule.old_pin", _("PIN so far"), is_secret=True)
        self.new_pin = make_line("rule.new_pin", _("New PIN"), is_secret=True)
        self.repeated = make_line("rule.repeated", _("New PIN again"), is_secret=True)
        if has_pin:
            self.new_pin.setPlaceholderText(_("Empty keeps the one there is"))
        self.problem = plain.label(tone="bad", name="rule.problem", wraps=True)
        self.problem.hide()
        self.save_button = QPushButton(_("&Save"))
        self.save_button.setObjectName("rule.save")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("rule.cancel")
        for button in (self.save_button, self.cancel_button):
            button.setAccessibleName(button.text().replace("&", ""))
        self._arrange(has_pin=has_pin)
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())
        (self.old_pin if has_pin else self.above).setFocus()

    def _arrange(self, *, has_pin: bool) -> None:
        form = QGridLayout()
        form.setSpacing(GRID)
        lines: list[tuple[str, QLineEdit]] = [
            (_("&More messages than"), self.above),
            (_("&New PIN"), self.new_pin),
            (_("New PIN &again"), self.repeated),
        ]
        if has_pin:
            lines.insert(0, (_("&PIN so far"), self.old_pin))
        else:
            self.old_pin.hide()
        self.old_pin.setParent(self)
        labels: list[QLabel] = []
        for row, (title, line) in enumerate(lines):
            labels.append(plain.field_label(title, line))
            form.addWidget(labels[-1], row, 0)
            form.addWidget(line, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Two pairs of eyes")))
        layout.addWidget(
            plain.label(
                _(
                    "A batch of more messages than this waits until a second person types the "
                    "PIN. 0 sends a batch of any size at once. Give the PIN to those who may "
                    "confirm, and not to those who send."
                ),
                tone="muted",
                wraps=True,
            )
        )
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self.be_at_least(_WIDTH)

    def save(self) -> None:
        """Have it checked and stored; hashing takes a moment, so on the worker."""
        new_pin, old_pin = self.new_pin.text(), self.old_pin.text()
        if new_pin != self.repeated.text():
            self._say(_("The new PIN is not the same both times."), self.repeated)
            return
        try:
            above = int(self.above.text() or "0")
        except ValueError:
            above = MOST + 1
        if not 0 <= above <= MOST:
            self._say(_("Enter a whole number from 0 to 1,000,000."), self.above)
            return
        self.save_button.setEnabled(False)
        self._errands.run(
            lambda: self._batches.change_rule(above, old_pin=old_pin, new_pin=new_pin),
            lambda _none: self._done(),
            self._refuse,
        )

    def _done(self) -> None:
        for line in (self.old_pin, self.new_pin, self.repeated):
            line.clear()
        self.changed.emit()
        self.accept()

    def _refuse(self, error: Exception) -> None:
        sentence = wording_batches.trouble_sentence(error)
        if sentence is None:
            raise error
        self.save_button.setEnabled(True)
        is_new = isinstance(error, PinError) and error.code in ("short", "missing")
        self._say(sentence, self.new_pin if is_new else self.old_pin)

    def _say(self, sentence: str, field: QLineEdit) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        field.setAccessibleDescription(sentence)
        field.setFocus()
        field.selectAll()
