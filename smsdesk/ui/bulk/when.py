"""When the messages of a list leave: the third part's question before Send.

Choosing a time and what is said about it are those of a single message; only the rows of which
the time zone is uncertain are a list's own.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.timing import Outlook, Timing
from smsdesk.sms.schedule import Plan
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.bulk.models import DoubtfulModel
from smsdesk.ui.bulk.parts import Rows, button
from smsdesk.ui.compose.later import LaterButton, Look, Run, WhenLine
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.theme import GRID

_SIZE = (800, 440)


class WhenPart(QWidget):
    """At once, until another time is chosen. `look` and `run` are those of WhenLine."""

    # Emitted when another time has been chosen, or the chosen one dropped.
    changed = Signal()
    # Emitted when the person wants to see whose time zone is uncertain.
    rows_asked = Signal()

    def __init__(
        self, timing: Timing, *, look: Callable[[], Look | None], run: Run, worker: Worker
    ) -> None:
        super().__init__()
        self.setObjectName("bulk.when")
        self._timing = timing
        self._look = look
        self._worker = worker
        self._outlook: Outlook | None = None
        self._title = plain.heading(_("When it leaves"), points=0.0)
        self._at_once = plain.label(_("At once."), name="bulk.when.at_once")
        self.later = LaterButton(timing, name="bulk.when.later")
        self.later.setAutoDefault(False)
        self.line = WhenLine(timing, look=look, run=run, name="bulk.when.line", by_country=True)
        self.rows = button(_("Sh&ow uncertain rows…"), "bulk.when.rows", small=True)
        self.rows.setAccessibleName(_("Show the rows whose time zone is uncertain"))
        self._arrange()
        self.later.chosen.connect(self.choose)
        self.later.pick_asked.connect(self.pick)
        self.line.dropped.connect(lambda: self.choose(None))
        self.line.seen.connect(self._note)
        self.rows.clicked.connect(self.rows_asked)

    def _arrange(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(GRID + GRID // 2)
        first.addWidget(self._title)
        first.addWidget(self._at_once, 1)
        first.addStretch()
        first.addWidget(self.later)
        last = QHBoxLayout()
        last.addWidget(self.rows)
        last.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(first)
        layout.addWidget(self.line)
        layout.addLayout(last)
        self.rows.hide()
        QWidget.setTabOrder(self.later, self.line.drop_button)
        QWidget.setTabOrder(self.line.drop_button, self.line.anyway)
        QWidget.setTabOrder(self.line.anyway, self.rows)

    @property
    def plan(self) -> Plan | None:
        """The time that is chosen; None for at once."""
        return self.line.plan

    @property
    def past(self) -> tuple[int, int]:
        """For how many of how many recipients the chosen time is over, as far as is known."""
        outlook = self._outlook
        if outlook is None or outlook.forecast is None:
            return 0, 0
        return outlook.forecast.past, outlook.recipients

    def choose(self, plan: Plan | None) -> None:
        self._outlook = None
        self.rows.hide()
        self._at_once.setVisible(plan is None)
        self.line.choose(plan)
        self.changed.emit()
        self.later.setFocus()

    def pick(self) -> None:
        """Let the person write the time down."""
        from smsdesk.ui.time_dialog import TimeDialog  # a calendar comes with it

        look = self._look()
        if look is None:
            return
        dialog = TimeDialog(
            self.plan or Plan(self._timing.quick_times()[0][1]),
            look,
            now=self._timing.now_here(),
            act=_("Choose"),
            worker=self._worker,
            parent=self.window(),
        )
        if dialog.exec():
            self.choose(dialog.plan)
        dialog.deleteLater()

    def look_again(self) -> None:
        """The messages or the settings may be others."""
        self.line.look_again()

    def _note(self, outlook: Outlook) -> None:
        self._outlook = outlook
        seen = outlook.forecast
        self.rows.setVisible(seen is not None and bool(seen.uncertain))


class DoubtfulDialog(Dialog):
    """The rows whose time zone is uncertain, each with the one that is taken."""

    def __init__(self, rows: Sequence[DoubtfulTime], parent: QWidget | None) -> None:
        super().__init__(_("Uncertain time zones"), parent)
        self.setObjectName("bulk.doubtful")
        self.words: QLabel = plain.label(
            _(
                "A number says where it was given out. Where that leaves several time zones, the "
                "latest time is taken, so that nobody is written to earlier than you chose."
            ),
            tone="muted",
            wraps=True,
        )
        self.model = DoubtfulModel(rows)
        self.table = Rows(self.model, "bulk.doubtful.rows", _("Uncertain time zones"))
        self.table.set_widths("100,000", "+49 1512 3456789 0", _("International numbers"))
        close = button(_("&Close"), "bulk.doubtful.close")
        close.clicked.connect(self.accept)
        last = QHBoxLayout()
        last.addStretch()
        last.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)
        layout.addLayout(last)
        self.open_at(*_SIZE)
