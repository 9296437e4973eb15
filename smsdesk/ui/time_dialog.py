"""A date and a time, by our clock or by the recipient's, with what that means said at once.

What it means, the desk says; who is asked about, and what becomes of it, is for the caller.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QDate, Qt, QTime, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_times
from smsdesk.desk.timing import Outlook
from smsdesk.sms.schedule import Plan
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import DateEdit
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.room import line_height, scaled
from smsdesk.ui.theme import GRID

_AFTER_MS = 150
_MOST_DOUBTS = 5


class TimeDialog(Dialog):
    """`plan` is what is chosen, once `exec()` has been accepted."""

    def __init__(
        self,
        plan: Plan,
        outlook: Callable[[Plan], Outlook],
        *,
        now: datetime,
        act: str,
        worker: Worker,
        is_for_one: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("When to send it"), parent)
        self.setObjectName("time")
        self._outlook = outlook
        self._now = now
        self._worker = worker
        self._asked = 0
        self.date = DateEdit(QDate(plan.local.year, plan.local.month, plan.local.day))
        self.date.setObjectName("time.date")
        self.date.setAccessibleName(_("Date"))
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat("ddd d MMMM yyyy")
        self.date.setMinimumDate(QDate(now.year, now.month, now.day))
        self.date.setMaximumDate(QDate(now.year + 1, 12, 31))
        self.time = QTimeEdit(QTime(plan.local.hour, plan.local.minute))
        self.time.setObjectName("time.time")
        self.time.setAccessibleName(_("Time"))
        self.time.setDisplayFormat("HH:mm")
        self.ours = QRadioButton(_("&Our time"))
        self.ours.setObjectName("time.ours")
        self.theirs = QRadioButton(
            _("The &recipient’s local time")
            if is_for_one
            else _("Each &recipient’s local time")
        )
        self.theirs.setObjectName("time.theirs")
        (self.theirs if plan.is_recipients else self.ours).setChecked(True)
        self._whose = QButtonGroup(self)
        for button in (self.ours, self.theirs):
            self._whose.addButton(button)
        self.words = plain.label(name="time.words", wraps=True)
        self.notes = plain.label(tone="muted", name="time.notes", wraps=True)
        self.doubts = plain.label(tone="warn", name="time.doubts", wraps=True)
        self.quiet = plain.label(tone="warn", name="time.quiet", wraps=True)
        self.act_button = QPushButton(act)
        self.act_button.setObjectName("time.act")
        self.act_button.setProperty("primary", True)
        self.act_button.setDefault(True)
        self.cancel_button = QPushButton(_("Cancel"))
        self.cancel_button.setObjectName("time.cancel")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._arrange()
        self._timer.timeout.connect(self._ask)
        self.date.dateChanged.connect(self._changed)
        self.time.timeChanged.connect(self._changed)
        self._whose.buttonToggled.connect(self._changed)
        self.act_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self._changed()
        self.date.setFocus()

    def _arrange(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(2 * GRID)
        fields.setVerticalSpacing(GRID)
        fields.setColumnStretch(1, 1)
        fields.addWidget(plain.field_label(_("&Date"), self.date), 0, 0)
        fields.addWidget(self.date, 0, 1)
        fields.addWidget(plain.field_label(_("&Time"), self.time), 1, 0)
        fields.addWidget(self.time, 1, 1, Qt.AlignmentFlag.AlignLeft)
        fields.addWidget(plain.label(_("By"), tone="muted"), 2, 0)
        fields.addWidget(self.ours, 2, 1)
        fields.addWidget(self.theirs, 3, 1)
        said = QVBoxLayout()
        said.setSpacing(GRID // 2)
        for label in (self.words, self.notes, self.doubts, self.quiet):
            said.addWidget(label)
        said.addStretch()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch()
        row.addWidget(self.cancel_button)
        row.addWidget(self.act_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * GRID)
        layout.addLayout(fields)
        layout.addLayout(said, 1)
        layout.addLayout(row)
        self.time.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # hours before minutes
        self.time.setMinimumSize(scaled(12 * GRID), line_height(self.time))
        # Room for what may be said, so that the buttons do not move while one chooses.
        lines = self.words.fontMetrics().lineSpacing()
        self.be_at_least(440, self.sizeHint().height() + 4 * lines)
        QWidget.setTabOrder(self.theirs, self.cancel_button)
        QWidget.setTabOrder(self.cancel_button, self.act_button)

    @property
    def plan(self) -> Plan:
        """What is chosen now."""
        date, time = self.date.date(), self.time.time()
        local = datetime(  # noqa: DTZ001 - a time on the wall has no zone
            date.year(), date.month(), date.day(), time.hour(), time.minute()
        )
        return Plan(local, is_recipients=self.theirs.isChecked())

    def _changed(self) -> None:
        self._asked += 1
        self.words.setText(wording_times.plan_sentence(self.plan, now=self._now))
        self._timer.start()

    def _ask(self) -> None:
        plan, ticket = self.plan, self._asked

        def show(outlook: Outlook) -> None:
            if ticket == self._asked:
                self._show(outlook)

        self._worker.run(lambda: self._outlook(plan), show)

    def _show(self, outlook: Outlook) -> None:
        for label, text in (
            (self.notes, wording_times.spread_sentence(outlook, now=self._now)),
            (self.doubts, "\n".join(wording_times.plan_doubts(outlook)[:_MOST_DOUBTS])),
            (self.quiet, wording_times.quiet_sentence(outlook)),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        plain.set_tone(self.doubts, "bad" if outlook.is_past else "warn")
        self.act_button.setDisabled(outlook.is_past)
