"""The two questions about one entry: who is to be added, and why somebody is to be taken off.

What may be entered is the desk's to say; what it says is shown beside the field.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.opt_outs import Added, OptOutEntryError, OptOuts
from smsdesk.sms.suppression import ALL_SENDERS, Suppression
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import ComboBox
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.numbers import show_number
from smsdesk.ui.theme import GRID

_WIDTH = 440
LONGEST_REASON = 200


class AddDialog(Dialog):
    """Asks whom to enter, for which sender, and why."""

    # Emitted with what came of it.
    added = Signal(object)

    def __init__(
        self,
        opt_outs: OptOuts,
        *,
        worker: Worker,
        sender: str,
        default_region: Callable[[], str | None],
        number: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Add to the opt-outs"), parent)
        self.setObjectName("opt_outs.add_dialog")
        self._opt_outs = opt_outs
        self._worker = worker
        self._default_region = default_region
        who = _("&Number or ID") if opt_outs.takes_ids else _("&Number")
        self.number = _line("opt_outs.add.number", who.replace("&", ""))
        self.number.setText(number)
        self.scope = ComboBox()
        self.scope.setObjectName("opt_outs.add.scope")
        self.scope.setAccessibleName(_("For"))
        self.scope.addItem(_("All senders"), ALL_SENDERS)
        if sender:
            shown = show_number(sender) if sender.startswith("+") else sender
            self.scope.addItem(_("Only {sender}").format(sender=plain.one_line(shown)), sender)
        self.why = _line("opt_outs.add.why", _("Why"))
        self.why.setMaxLength(LONGEST_REASON)
        self.why.setPlaceholderText(_("Asked by phone, for instance"))
        self.problems = {
            "number": _problem("opt_outs.add.number_problem"),
            "why": _problem("opt_outs.add.why_problem"),
        }
        self.trouble = _problem("opt_outs.add.trouble")
        self.act = QPushButton(_("&Add"))
        form = _form(
            (
                (who, self.number, self.problems["number"]),
                (_("&For"), self.scope, None),
                (_("&Why"), self.why, self.problems["why"]),
            )
        )
        explained = plain.label(
            _("Nobody on the list is written to, and messages that wait for them fail."),
            tone="muted",
            wraps=True,
        )
        _arrange(self, explained, form, self.trouble, self.act, name="opt_outs.add.act")
        self.act.clicked.connect(self._add)
        for line in (self.number, self.why):
            line.textEdited.connect(self._forget_problems)
        (self.why if number else self.number).setFocus()

    def _add(self) -> None:
        self._forget_problems()
        number, why = self.number.text(), self.why.text()
        sender, region = self.scope.currentData(), self._default_region()
        self.act.setEnabled(False)
        self._worker.run(
            lambda: self._opt_outs.add(number, sender=sender, why=why, default_region=region),
            self._added,
            self._refused,
        )

    def _added(self, added: Added) -> None:
        self.accept()
        self.added.emit(added)

    def _refused(self, error: Exception) -> None:
        self.act.setEnabled(True)
        if isinstance(error, OptOutEntryError):
            field = error.field if error.field in self.problems else "number"
            typed = self.scope.currentData() if error.field == "sender" else self.number.text()
            _say(self.problems[field], wording_opt_outs.entry_sentence(error, typed))
            line = self.why if field == "why" else self.number
            plain.set_style_property(line, "wrong", True)
            line.setAccessibleDescription(self.problems[field].text())
            line.setFocus()
            return
        _say_trouble(self.trouble, error)

    def _forget_problems(self) -> None:
        for label in (*self.problems.values(), self.trouble):
            label.hide()
        for line in (self.number, self.why):
            plain.set_style_property(line, "wrong", False)
            line.setAccessibleDescription("")


class RemoveDialog(Dialog):
    """Asks why somebody may be written to again."""

    # Emitted with the entry, and whether it was still there.
    removed = Signal(object, bool)

    def __init__(
        self,
        opt_outs: OptOuts,
        entry: Suppression,
        *,
        worker: Worker,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Take off the opt-outs"), parent)
        self.setObjectName("opt_outs.remove_dialog")
        self._opt_outs = opt_outs
        self._worker = worker
        self._entry = entry
        self.why = _line("opt_outs.remove.why", _("Why"))
        self.why.setMaxLength(LONGEST_REASON)
        self.why.setPlaceholderText(_("They asked for messages again, for instance"))
        self.problem = _problem("opt_outs.remove.why_problem")
        self.trouble = _problem("opt_outs.remove.trouble")
        self.act = QPushButton(_("&Take off"))
        number = plain.one_line(show_number(entry.number))
        reason = plain.sentence(wording_opt_outs.reason_sentence(entry))
        explained = plain.label(
            _(
                "{number} can then be written to again. Why they are on the list: {reason}. Your "
                "own reason is noted for good."
            ).format(number=number, reason=reason.rstrip(".")),
            wraps=True,
        )
        form = _form(((_("&Why"), self.why, self.problem),))
        _arrange(self, explained, form, self.trouble, self.act, name="opt_outs.remove.act")
        self.act.clicked.connect(self._remove)
        self.why.textEdited.connect(self._forget_problem)
        self.why.setFocus()

    def _remove(self) -> None:
        self._forget_problem()
        entry, why = self._entry, self.why.text()
        self.act.setEnabled(False)
        self._worker.run(
            lambda: self._opt_outs.remove(entry, why=why), self._done, self._refused
        )

    def _done(self, was_there: bool) -> None:
        self.accept()
        self.removed.emit(self._entry, was_there)

    def _refused(self, error: Exception) -> None:
        self.act.setEnabled(True)
        if isinstance(error, OptOutEntryError):
            _say(self.problem, wording_opt_outs.remove_needs_reason())
            plain.set_style_property(self.why, "wrong", True)
            self.why.setAccessibleDescription(self.problem.text())
            self.why.setFocus()
            return
        _say_trouble(self.trouble, error)

    def _forget_problem(self) -> None:
        self.problem.hide()
        self.trouble.hide()
        plain.set_style_property(self.why, "wrong", False)
        self.why.setAccessibleDescription("")


def _line(name: str, spoken: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(spoken)
    return line


def _problem(name: str) -> QLabel:
    label = plain.label(tone="bad", name=name, wraps=True)
    label.hide()
    return label


def _say(label: QLabel, sentence: str) -> None:
    label.setText(plain.sentence(sentence))
    label.show()


def _say_trouble(label: QLabel, error: Exception) -> None:
    sentence = wording_opt_outs.trouble_sentence(error)
    if sentence is None:
        raise error
    _say(label, sentence)


def _form(rows: tuple[tuple[str, QWidget, QLabel | None], ...]) -> QVBoxLayout:
    """Each field below its name, and its problem below it."""
    form = QVBoxLayout()
    form.setSpacing(GRID // 2)
    for title, field, problem in rows:
        form.addWidget(plain.field_label(title, field))
        form.addWidget(field)
        if problem is not None:
            form.addWidget(problem)
        form.addSpacing(GRID // 2)
    return form


def _arrange(
    dialog: Dialog,
    explained: QLabel,
    form: QVBoxLayout,
    trouble: QLabel,
    act: QPushButton,
    *,
    name: str,
) -> None:
    act.setObjectName(name)
    act.setAccessibleName(act.text().replace("&", ""))
    act.setProperty("primary", True)
    act.setDefault(True)
    cancel = QPushButton(_("Cancel"))
    cancel.setObjectName(f"{name.rpartition('.')[0]}.cancel")
    cancel.setAccessibleName(_("Cancel"))
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    buttons = QHBoxLayout()
    buttons.setSpacing(GRID)
    buttons.addStretch()
    buttons.addWidget(cancel)
    buttons.addWidget(act)
    layout = QVBoxLayout(dialog)
    layout.setSpacing(GRID + GRID // 2)
    heading = plain.heading(dialog.windowTitle())
    layout.addWidget(heading)
    layout.addWidget(explained)
    layout.addLayout(form)
    layout.addWidget(trouble)
    layout.addLayout(buttons)
    dialog.be_at_least(_WIDTH)
