"""The second pair of eyes: what will be sent, to how many, and who says yes to it."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Progress
from smsdesk.desk.second_person import LONGEST_PIN
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_WIDTH = 440


class ConfirmDialog(Dialog):
    """Asks a second person for their name and the PIN."""

    # Emitted with how many messages go on.
    confirmed = Signal(int)

    def __init__(
        self,
        progress: Progress,
        confirm: Callable[[str, str], int],
        *,
        worker: Worker,
        account: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`confirm` is called on the worker with a name and a PIN. `account` is the one the batch
        is in, if that is another than the one that is open."""
        super().__init__(_("Confirm the batch"), parent)
        self.setObjectName("batch.confirm_dialog")
        self._confirm = confirm
        self._errands = Errands(worker)
        self.who = make_line("batch.confirm.who", _("Your name"))
        self.pin = make_line("batch.confirm.pin", _("PIN"), is_secret=True)
        self.problem = plain.label(tone="bad", name="batch.confirm.problem", wraps=True)
        self.problem.hide()
        self.act_button = QPushButton(wording_batches.missed_act(progress.can_cancel))
        self.act_button.setObjectName("batch.confirm.act")
        self.act_button.setAccessibleName(self.act_button.text())
        self.act_button.setProperty("primary", True)
        self.act_button.setDefault(True)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("batch.confirm.cancel")
        self.cancel_button.setAccessibleName(_("Cancel"))
        text = QPlainTextEdit(plain.visible(progress.batch.text))
        text.setObjectName("batch.confirm.text")
        text.setAccessibleName(_("Text of the first message"))
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFixedHeight(5 * text.fontMetrics().lineSpacing() + 2 * GRID)

        form = QGridLayout()
        form.setSpacing(GRID)
        for row, (title, line) in enumerate(
            ((_("&Your name"), self.who), (_("&PIN"), self.pin))
        ):
            form.addWidget(plain.field_label(title, line), row, 0)
            form.addWidget(line, row, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.act_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("A second pair of eyes")))
        question = plain.sentence(wording_batches.confirm_question(progress, account))
        layout.addWidget(plain.label(question, wraps=True))
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)
        self.be_at_least(_WIDTH)
        self.who.setFocus()

        self.act_button.clicked.connect(self.confirm)
        self.cancel_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())

    def confirm(self) -> None:
        """Have the PIN checked; that takes a moment, and so it is done on the worker."""
        who, pin, confirm = self.who.text(), self.pin.text(), self._confirm
        self.act_button.setEnabled(False)
        self._errands.run(lambda: confirm(who, pin), self._done, self._refuse)

    def _done(self, count: int) -> None:
        self.pin.clear()
        self.confirmed.emit(count)
        self.accept()

    def _refuse(self, error: Exception) -> None:
        sentence = wording_batches.trouble_sentence(error)
        if sentence is None:
            raise error
        self.act_button.setEnabled(True)
        self.problem.setText(plain.sentence(sentence))
        self.problem.show()
        field = self.pin if self.who.text().strip() else self.who
        field.setAccessibleDescription(sentence)
        field.setFocus()
        field.selectAll()


def make_line(name: str, title: str, *, is_secret: bool = False) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    line.setMaxLength(LONGEST_PIN if is_secret else 100)
    if is_secret:
        line.setEchoMode(QLineEdit.EchoMode.Password)
    return line
