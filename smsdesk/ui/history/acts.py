"""What a person does with one message: cancel, send again, another time, in spite of quiet hours.

The desk does it; here it is asked for on the worker, and what came of it is said.
"""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from smsdesk.desk import wording, wording_channels, wording_times
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.history import (
    ChannelOffError,
    History,
    TextRemovedError,
    may_have_other_time,
)
from smsdesk.desk.timing import PastError
from smsdesk.sms.schedule import Plan
from smsdesk.system.i18n import _, grouped
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import MessageDialog


class MessageActs(QObject):
    """Each act takes the id of a message."""

    # Emitted with what came of an act, for the status bar.
    said = Signal(str)

    def __init__(self, history: History, *, worker: Worker, pane: QWidget) -> None:
        super().__init__(pane)
        self._pane = pane
        self._history = history
        self._worker = worker

    def cancel(self, message_id: str) -> None:
        self._worker.run(lambda: self._history.cancel(message_id), self._cancelled)

    def _cancelled(self, was_in_time: bool) -> None:
        self.said.emit(
            _("Cancelled; it will not be sent.")
            if was_in_time
            else _("Too late to cancel: it is being sent already.")
        )

    def change_time(self, message_id: str) -> None:
        """Another time for a message that waits."""
        from smsdesk.ui.time_dialog import TimeDialog  # start-up time: a calendar comes with it

        message = self._history.get(message_id)
        if message is None or not may_have_other_time(message):
            self.said.emit(_("Too late: it does not wait for a time any more."))
            return
        timing = self._history.timing
        dialog = TimeDialog(
            timing.plan_of(message),
            lambda plan: timing.outlook_of(message, plan),
            now=timing.now_here(),
            act=_("Change time"),
            worker=self._worker,
            is_for_one=True,
            parent=self._pane.window(),
        )
        if dialog.exec():
            plan = dialog.plan
            self._worker.run(
                lambda: timing.reschedule(message, plan),
                lambda is_in_time: self._changed_time(plan, is_in_time),
                self._refuse_time,
            )
        dialog.deleteLater()

    def _changed_time(self, plan: Plan, is_in_time: bool) -> None:
        now = self._history.timing.now_here()
        self.said.emit(
            wording_times.rescheduled_sentence(plan, now=now)
            if is_in_time
            else _("Too late: it does not wait for a time any more.")
        )

    def _refuse_time(self, error: Exception) -> None:
        if isinstance(error, PastError):
            self.said.emit(wording_times.past_sentence(1, 1))
        elif isinstance(error, NotStoredError):
            self.said.emit(_("Not changed: the message log does not answer. Try again."))
        else:
            raise error

    def send_anyway(self, message_id: str) -> None:
        """Do not wait for quiet hours to end: this message, or all of its Send."""
        message = self._history.get(message_id)
        if message is None:
            return
        timing, all_of_it = self._history.timing, False
        others = timing.held_back_of(message)
        if others > 1:
            answer = MessageDialog(
                _("Send in spite of quiet hours?"),
                wording_times.anyway_question(others),
                buttons=(
                    _("Only this one"),
                    _("All {count} of them").replace("{count}", grouped(others)),
                    _("Cancel"),
                ),
                default=3,
                parent=self._pane.window(),
                icon="triangle-alert",
                tone="warn",
            ).exec()
            if answer not in (1, 2):
                return
            all_of_it = answer == 2
        self._worker.run(
            lambda: timing.send_anyway(message, all_of_it=all_of_it),
            lambda count: self.said.emit(wording_times.let_through_sentence(count)),
            self._refuse_time,
        )

    def send_again(self, message_id: str) -> None:
        self._worker.run(
            lambda: self._history.send_again(message_id),
            lambda _message: self.said.emit(_("Queued again, as a new message.")),
            self._refuse_again,
        )

    def _refuse_again(self, error: Exception) -> None:
        if isinstance(error, TextRemovedError):
            self.said.emit(wording.not_sendable_sentence(error.days))
        elif isinstance(error, ChannelOffError):
            self.said.emit(wording_channels.not_again_sentence(error.channel))
        elif isinstance(error, NotStoredError):
            self.said.emit(wording.store_sentence(error.code))
        else:
            raise error
