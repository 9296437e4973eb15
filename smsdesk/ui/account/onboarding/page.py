"""What the assistant's pages have in common: a heading, fields with room for what is wrong with
them, and calls to the desk during which the page waits.

Which page follows which is the dialog's matter.
"""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from smsdesk.desk import wording
from smsdesk.desk.account import AccountError
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.room import line_height
from smsdesk.ui.theme import GRID

T = TypeVar("T")


class Page(QWidget):
    """One step. `next_title` names what its main button does, marked for translation."""

    # Emitted with True when a call is under way, with False when the page may be used again.
    waiting = Signal(bool)
    # Emitted when the main button would do something else than before.
    title_changed = Signal()
    # Emitted when all that this page is for has been done.
    done = Signal()

    step = 0
    next_title = ""

    def __init__(self, title: str, sentence: str, *, errands: Errands) -> None:
        super().__init__()
        self._errands = errands
        self._problems: dict[str, tuple[QLabel, QWidget]] = {}
        self._focused: QWidget | None = None
        self.title = title
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(GRID + GRID // 2)
        self.said = plain.label(tone="muted", name="assistant.said", wraps=True)
        self.said.setMinimumHeight(self.said.fontMetrics().height())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(plain.heading(title))
        layout.addWidget(plain.label(sentence, tone="muted", wraps=True))
        layout.addSpacing(GRID)
        layout.addWidget(self.content, 1)
        layout.addWidget(self.said)

    def enter(self) -> None:
        """The page is shown now."""

    def go_on(self) -> None:
        """The main button was pressed."""
        self.done.emit()

    # fields

    def add_form(self) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setHorizontalSpacing(2 * GRID)
        form.setVerticalSpacing(GRID)
        self.body.addLayout(form)
        return form

    def add_field(self, form: QFormLayout, title: str, field: QWidget, name: str) -> None:
        """A row: the label, the field, and below it room for what is wrong with it."""
        problem = plain.label(tone="bad", name=f"assistant.{name}.problem", wraps=True)
        problem.hide()
        self._problems[name] = problem, field
        both = QVBoxLayout()
        both.setSpacing(GRID // 2)
        both.addWidget(field)
        both.addWidget(problem)
        side = plain.field_label(title, field)
        side.setFixedHeight(line_height(side))
        side.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignVCenter))
        form.addRow(side, both)

    # waiting for the desk

    def ask(self, saying: str, call: Callable[[], T], then: Callable[[T], None]) -> None:
        """Wait for `call`, which runs on the worker; what goes wrong is said on the page."""

        def answer(value: T) -> None:
            self._stop_waiting()
            then(value)

        self.clear_problems()
        self._focused = QApplication.focusWidget()
        self.content.setEnabled(False)
        self.say(saying)
        self.waiting.emit(True)
        self._errands.run(call, answer, self._fail)

    def _fail(self, error: Exception) -> None:
        self._stop_waiting()
        if not isinstance(error, AccountError):
            self.say(_("That did not work, because of an error inside SMS Desk."), tone="bad")
            raise error
        self.refuse(error)

    def _stop_waiting(self) -> None:
        self.content.setEnabled(True)
        self.say("")
        self.waiting.emit(False)
        if self._focused is not None and self.content.isAncestorOf(self._focused):
            self._focused.setFocus()

    # what is said

    def say(self, sentence: str, *, tone: str = "muted") -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))

    def refuse(self, error: AccountError) -> None:
        """Say what will not do beside the field it is about, or below all of them."""
        sentence = wording.account_sentence(error)
        if error.field in self._problems:
            self.refuse_field(error.field, sentence)
        else:
            self.say(sentence, tone="bad")

    def refuse_field(self, name: str, sentence: str) -> None:
        problem, field = self._problems[name]
        problem.setText(plain.sentence(sentence))
        problem.show()
        line = field if isinstance(field, QLineEdit) else field.focusProxy()
        if isinstance(line, QLineEdit):
            plain.set_style_property(line, "wrong", True)
            line.setAccessibleDescription(problem.text())
        field.setFocus()

    def clear_problems(self) -> None:
        self.say("")
        for problem, field in self._problems.values():
            problem.hide()
            line = field if isinstance(field, QLineEdit) else field.focusProxy()
            if isinstance(line, QLineEdit):
                plain.set_style_property(line, "wrong", False)
                line.setAccessibleDescription("")


def make_line(name: str, title: str, *, hint: str = "") -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(f"assistant.{name}")
    line.setAccessibleName(title)
    plain.set_hint(line, hint)
    return line
