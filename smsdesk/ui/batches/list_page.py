"""All batches, newest first, a page at a time; one that is chosen opens."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Batch, Batches
from smsdesk.desk.other_accounts import Waiting
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.batches.confirm_dialog import ConfirmDialog
from smsdesk.ui.controls import push_button
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.history.when import short_time
from smsdesk.ui.theme import GRID

PAGE = 50
MOST_ELSEWHERE = 5
"""The others come when these are done."""


class BatchListPage(QWidget):
    """Name, size and time of each; what became of one is on its page."""

    # Emitted when the person wants back to the messages.
    closed = Signal()
    # Emitted with the id of the batch that was chosen.
    opened = Signal(str)
    # Emitted with a sentence for the status bar.
    said = Signal(str)
    # Emitted when a batch of another account has been confirmed.
    confirmed_elsewhere = Signal()

    def __init__(self, batches: Batches, *, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("batches")
        self._batches = batches
        self._worker = worker
        self._shown: list[Batch] = []
        self._asked = 0
        self.elsewhere = Elsewhere()
        self.list = QListWidget()
        self.list.setObjectName("batches.list")
        self.list.setAccessibleName(_("Batches"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.more_button = QPushButton(_("&Older batches"))
        self.more_button.setObjectName("batches.more")
        self.more_button.setAccessibleName(_("Older batches"))
        self.more_button.setProperty("small", True)
        self.empty = EmptyState()
        self.empty.setObjectName("batches.empty")
        self.empty.button.setObjectName("batches.empty.act")
        back = QToolButton()
        back.setObjectName("batches.close")
        back.setAccessibleName(_("Back to the messages"))
        plain.set_tip(back, _("Back to the messages (Esc)"))
        icons.dress(back, "x", "muted")
        head = QHBoxLayout()
        head.addWidget(plain.heading(_("Batches")), 1)
        head.addWidget(back)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self.elsewhere)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.more_button.hide()
        back.clicked.connect(self.closed)
        self.list.itemActivated.connect(self._open)
        self.elsewhere.asked.connect(self._ask_confirm)
        self.more_button.clicked.connect(lambda: self._ask(self._shown[-1]))

    def open(self) -> None:
        """Read the newest anew."""
        self._ask(None)
        self.list.setFocus()
        self._worker.run(
            self._batches.elsewhere.waiting, self.elsewhere.show_waiting, self._refuse
        )

    def _ask(self, before: Batch | None) -> None:
        self._asked += 1
        ticket, batches = self._asked, self._batches

        def show(found: Sequence[Batch]) -> None:
            if ticket == self._asked:
                self._show(found, is_first=before is None)

        self._worker.run(lambda: batches.page(before=before, limit=PAGE), show, self._refuse)

    def _refuse(self, error: Exception) -> None:
        sentence = wording_batches.trouble_sentence(error)
        if sentence is None:
            raise error
        self.said.emit(sentence)

    def _show(self, found: Sequence[Batch], *, is_first: bool) -> None:
        if is_first:
            self.list.clear()
            self._shown.clear()
        now = datetime.now(UTC)
        for batch in found:
            name = plain.one_line(wording_batches.batch_name(batch))
            facts = (
                wording_batches.size_words(batch),
                short_time(batch.created_at, now=now),
                wording_batches.standing_words(batch),
            )
            item = QListWidgetItem(f"{name}\n{' · '.join(filter(None, facts))}", self.list)
            item.setData(Qt.ItemDataRole.UserRole, batch.id)
            item.setToolTip(plain.tip(wording_batches.batch_name(batch)))
        self._shown.extend(found)
        self.more_button.setVisible(len(found) == PAGE)
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        if not self._shown:
            self.empty.say(
                "message-square-text",
                _("No batches yet"),
                _("A message to several people appears here, and can be watched and paused."),
            )
        self._pages.setCurrentWidget(self.list if self._shown else self.empty)

    def _ask_confirm(self, waiting: Waiting) -> None:
        elsewhere = self._batches.elsewhere
        dialog = ConfirmDialog(
            waiting.progress,
            lambda who, pin: elsewhere.confirm(waiting, by=who, pin=pin),
            worker=self._worker,
            account=waiting.account,
            parent=self,
        )
        dialog.confirmed.connect(self._confirmed)
        dialog.finished.connect(
            lambda _result: self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
        )
        dialog.open()

    def _confirmed(self, count: int) -> None:
        self.said.emit(wording_batches.done_sentence("confirm", count))
        self.confirmed_elsewhere.emit()
        self.open()

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(Qt.ItemDataRole.UserRole))


class Elsewhere(QFrame):
    """Batches of other accounts that wait for a second person; hidden while there are none."""

    # Emitted with the Waiting that somebody wants to confirm.
    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("batches.elsewhere")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, GRID)
        self._rows.setSpacing(GRID // 2)
        heading = plain.label(_("Waiting for a second person in other accounts"), tone="warn")
        self._rows.addWidget(heading)
        self._lines: list[QWidget] = []
        self.hide()

    def show_waiting(self, found: Sequence[Waiting]) -> None:
        for line in self._lines:
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = [self._line(one) for one in found[:MOST_ELSEWHERE]]
        if (more := len(found) - MOST_ELSEWHERE) > 0:
            told = ngettext("and {n} more", "and {n} more", more).replace("{n}", grouped(more))
            self._lines.append(plain.label(told, tone="muted"))
        for line in self._lines:
            self._rows.addWidget(line)
        self.setVisible(bool(found))

    def _line(self, waiting: Waiting) -> QWidget:
        words = wording_batches.waits_elsewhere_words(waiting)
        name = plain.ElidedLabel()
        name.setText(plain.one_line(words))
        button = push_button(_("C&onfirm…"), "batches.elsewhere.confirm", small=True)
        button.setAccessibleName(f"{_('Confirm')}: {words}")
        button.clicked.connect(lambda: self.asked.emit(waiting))
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(name, 1)
        row.addWidget(button)
        return line
