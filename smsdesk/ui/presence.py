"""The program on the desktop outside its window: title, tray and notifications.

What deserves to be told is decided in `desk.alerts`, in the words of `desk.wording_alerts`.
Made after the first paint.
"""

import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from smsdesk.desk import wording_alerts
from smsdesk.desk.alerts import Alert, Alerts, Seen
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.desk import Desk, SenderPhase
from smsdesk.sms.state import HeldReason
from smsdesk.system.i18n import _
from smsdesk.system.notifications import Notification, Notifier
from smsdesk.system.paths import resource
from smsdesk.ui import plain
from smsdesk.ui.background import Service, Worker
from smsdesk.ui.tray import Mark, Tray, is_there_a_tray

_log = logging.getLogger(__name__)

_GATHER_MS = 1000
"""What comes within this time is told in one."""
_REST_MS = 4000
"""After something was told, further news waits longer: nobody reads faster."""
_COUNT_AT_MOST = 10_000


class Presence(QObject):
    """Title, tray and notifications of one window.

    `begin` starts a service beside the desk's; `look` says what the person sees just now.
    """

    # Emitted on the GUI's thread with what is to be opened: the id of a message, or an
    # `AlertKind` for all of that kind. The window is to come to the front.
    open_asked = Signal(str)
    # Emitted on the notifier's thread with a token, and the desktop's leave to come forward.
    _opened = Signal(str, str)

    def __init__(
        self,
        desk: Desk,
        *,
        window: QWidget,
        worker: Worker,
        begin: Callable[[Service], None],
        look: Callable[[], Seen],
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._worker = worker
        self._begin = begin
        self._look = look
        self._title = window.windowTitle()
        self._unread = 0
        self._in_doubt = 0
        self._is_counting = False
        self._must_count_again = False
        self._is_closed = False
        self._said = ""
        self._notifier: Notifier | None = None
        self._alerts = Alerts(
            history=desk.history, settings=desk.settings, changes=desk.changes
        )
        self.tray = Tray(window) if is_there_a_tray() else None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._tell)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._opened.connect(self._open, Qt.ConnectionType.QueuedConnection)
        QApplication.instance().applicationStateChanged.connect(  # type: ignore[union-attr]
            self._note_attention
        )
        self._note_attention(QApplication.applicationState())
        if self.tray is not None:
            self.tray.said_clicked.connect(lambda: self.open_asked.emit(self._said))
            self.tray.show()
        self.hear_messages()

    def close(self) -> None:
        """Hear, tell and show nothing more."""
        self._is_closed = True
        self._alerts.close()
        self._gather.stop()
        if self._notifier is not None:
            self._notifier.withdraw()
        if self.tray is not None:
            self.tray.hide()

    def hear_messages(self) -> None:
        """Messages have moved on."""
        if not self._gather.isActive():
            # What comes while the last news is still being read waits for it.
            self._gather.start(max(_GATHER_MS, self._rest.remainingTime()))
        self._must_count_again = True
        self._count()

    def hear_sender(self) -> None:
        """The sender does something else than before."""
        self._show()

    def greet(self) -> None:
        """The person is at the window: what was told has been heard."""
        self._alerts.begin_anew()
        if self._notifier is not None:
            self._notifier.withdraw()

    def _note_attention(self, state: Qt.ApplicationState) -> None:
        self._desk.attention.note(is_here=state is Qt.ApplicationState.ApplicationActive)

    # counting

    def _count(self) -> None:
        """Ask the log how much waits for the person; one question at a time."""
        if self._is_counting or not self._must_count_again or self._is_closed:
            return
        self._is_counting, self._must_count_again = True, False
        history = self._desk.history

        def read() -> tuple[int, int]:
            unread = history.unread(at_most=wording_alerts.UNREAD_SHOWN + 1)
            return unread, history.in_doubt(at_most=_COUNT_AT_MOST)

        self._worker.run(read, self._take_counts, self._miss_counts)

    def _take_counts(self, counts: tuple[int, int]) -> None:
        self._is_counting = False
        if self._is_closed:
            return
        self._unread, self._in_doubt = counts
        self._window.setWindowTitle(wording_alerts.titled(self._title, unread=self._unread))
        self._show()
        self._count()

    def _miss_counts(self, error: Exception) -> None:
        """With the next news it is asked again."""
        self._is_counting = False
        _log.warning("what waits could not be counted: %s", type(error).__name__)

    def _show(self) -> None:
        if self.tray is None or self._is_closed:
            return
        status = self._desk.sender.status
        lines = wording_alerts.tray_lines(
            status, unread=self._unread, in_doubt=self._in_doubt, now=datetime.now(UTC)
        )
        self.tray.show_state(self._mark(), lines, is_held=status.hold is not None)

    def _mark(self) -> Mark:
        """The most urgent of what is true. A pause is a person's own wish, and waits behind the
        replies; any other hold is trouble."""
        status = self._desk.sender.status
        is_held = status.phase is SenderPhase.HELD
        if self._in_doubt:
            return Mark.REVIEW
        if is_held and status.hold is not HeldReason.PAUSED:
            return Mark.HELD
        if self._unread:
            return Mark.UNREAD
        return Mark.HELD if is_held else Mark.READY

    # telling

    def _tell(self) -> None:
        if self._is_closed:
            return
        seen = self._look()
        self._worker.run(lambda: self._alerts.look(seen), self._show_alerts)

    def _show_alerts(self, alerts: tuple[Alert, ...]) -> None:
        if self._is_closed or not alerts:
            return
        self._rest.start(_REST_MS)
        names = self._desk.contacts.names_of(peer_of(alert.newest) for alert in alerts)
        for alert in alerts:
            name = names.get(peer_of(alert.newest), "")
            words = wording_alerts.alert_words(alert, name=name)
            self._show_alert(alert, plain.visible(words.title), _joined(words.lines))

    def _show_alert(self, alert: Alert, title: str, body: str) -> None:
        if sys.platform == "linux":
            self._notify(Notification(alert.kind.value, title, body, alert.target))
        elif self.tray is not None:
            self._said = alert.target
            self.tray.say(title, body)

    def _notify(self, notification: Notification) -> None:
        """The bus is not spoken to before there is something to say."""
        if self._notifier is None:
            self._notifier = Notifier(
                program=_("SMS Desk"),
                open_word=_("Open"),
                icon=resource("icons/smsdesk.svg"),
                on_open=self._opened.emit,
            )
            self._begin(self._notifier)
        self._notifier.show(notification)

    def _open(self, token: str, activation: str) -> None:
        if self._is_closed:
            return
        if activation:
            # Where windows may not come forward by themselves, Qt looks for the leave here.
            os.environ["XDG_ACTIVATION_TOKEN"] = activation
        self.open_asked.emit(token)


def _joined(lines: tuple[str, ...]) -> str:
    """Each line for itself: foreign text must not turn its neighbours round."""
    return "\n".join(plain.one_line(line) for line in lines)
