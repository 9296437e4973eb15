"""One question about many scheduled messages whose time was missed: a line above the list, and
what a person may decide about all of them.

A few are settled one by one, in their details.
"""

from PySide6.QtCore import QObject, QTimer, Signal

from smsdesk.desk import wording_times
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.desk.overdue import ASKED_ABOVE, Overdue, OverdueCount
from smsdesk.desk.timing import PastError, Timing
from smsdesk.sms.schedule import Plan
from smsdesk.system.i18n import _, grouped
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.history.pane import HistoryPane
from smsdesk.ui.history.warning_line import WarningLine

EVERY_MS = 1000
SEND, OTHER_TIME, CANCEL, LEAVE = range(1, 5)


class OverdueLine(WarningLine):
    """Hidden while there is nothing to ask."""

    def __init__(self) -> None:
        super().__init__("history.overdue", "clock", _("&Decide…"))
        self.button.setObjectName("history.overdue.decide")
        self.button.setAccessibleName(_("Decide about overdue messages"))

    def show_count(self, count: int) -> None:
        self.say(wording_times.overdue_sentence(count) if count > ASKED_ABOVE else "")


class OverdueSide(QObject):
    """Counts on the worker, at most once a second, and asks when the person wants to decide."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)

    def __init__(
        self, overdue: Overdue, timing: Timing, pane: HistoryPane, *, worker: Worker
    ) -> None:
        super().__init__(pane)
        self._overdue = overdue
        self._timing = timing
        self._worker = worker
        self._seen: OverdueCount | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._count)
        self.line = OverdueLine()
        self.line.button.clicked.connect(self.ask)
        pane.add_line(self.line)
        self._count()

    def hear(self) -> None:
        """Messages moved on."""
        if not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """The window is closing: count no more."""
        self._timer.stop()

    def _count(self) -> None:
        self._worker.run(self._overdue.count, self._show, self._not_counted)

    def _show(self, seen: OverdueCount | None) -> None:
        self._seen = seen
        self.line.show_count(0 if seen is None else seen.count)

    def _not_counted(self, error: Exception) -> None:
        """A busy log is asked the next time; what is shown stays."""
        if not isinstance(error, NotStoredError):
            raise error

    def ask(self) -> None:
        """One question about all of them; whoever leaves it unanswered finds them as they are."""
        seen = self._seen
        if seen is None:
            return
        count = grouped(seen.count)
        now = self._timing.now_here()
        dialog = MessageDialog(
            wording_times.overdue_sentence(seen.count),
            wording_times.overdue_span(seen.first, seen.last, now=now)
            + "\n\n"
            + wording_times.overdue_question(),
            buttons=(
                _("&Send all {count} now").replace("{count}", count),
                _("Another &time…"),
                _("&Cancel all {count}").replace("{count}", count),
                _("&Leave on hold"),
            ),
            default=LEAVE,
            icon="clock",
            tone="warn",
            parent=self.line.window(),
        )
        answer = dialog.exec()
        dialog.deleteLater()
        if answer == SEND:
            self._worker.run(
                self._overdue.send_now,
                lambda moved: self.said.emit(wording_times.late_done(moved)),
                self._not_done,
            )
        elif answer == OTHER_TIME:
            self._choose_time()
        elif answer == CANCEL:
            self._worker.run(
                self._overdue.cancel,
                lambda moved: self.said.emit(wording_times.overdue_cancelled(moved)),
                self._not_done,
            )

    def _choose_time(self) -> None:
        from smsdesk.ui.time_dialog import TimeDialog  # start-up time: a calendar comes with it

        now = self._timing.now_here()
        dialog = TimeDialog(
            Plan(self._timing.quick_times()[0][1]),
            self._overdue.outlook,
            now=now,
            act=_("Change time"),
            worker=self._worker,
            parent=self.line.window(),
        )
        if dialog.exec():
            plan = dialog.plan
            self._worker.run(
                lambda: self._overdue.reschedule(plan),
                lambda moved: self.said.emit(
                    wording_times.scheduled_done(moved, plan, now=now)
                ),
                self._not_done,
            )
        dialog.deleteLater()

    def _not_done(self, error: Exception) -> None:
        if isinstance(error, PastError):
            self.said.emit(wording_times.past_sentence(0, 0))
        elif isinstance(error, NotStoredError):
            self.said.emit(_("Not changed: the message log does not answer. Try again."))
        else:
            raise error
