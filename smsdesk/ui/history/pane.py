"""The history pane: search, filters, the list, the details below it, and the review.

Reading and changing the log is the desk's; the pane asks, and shows what comes back.
"""

from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_times
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.history import (
    FILTER_GROUPS,
    History,
    HistoryFilter,
    TextRemovedError,
    may_have_other_time,
)
from smsdesk.desk.timing import PastError
from smsdesk.sms.schedule import Plan
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, ngettext
from smsdesk.ui import icons, names, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import MessageDialog
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.history.details import Details
from smsdesk.ui.history.model import HistoryModel
from smsdesk.ui.history.review import ReviewPage
from smsdesk.ui.history.table import MessageTable
from smsdesk.ui.theme import GRID

_SEARCH_AFTER_MS = 120


class HistoryPane(QFrame):
    """Everything that has been sent, is waiting, or needs a decision."""

    # Emitted when the person wants to connect an account, from the page that says there is none.
    account_asked = Signal()
    # Emitted with a number and a sender, when the person at the number wants nothing more.
    opt_out_asked = Signal(str, str)
    # Emitted with a number that the person wants to give a name, or another one.
    contact_asked = Signal(str)
    # Emitted with the number of somebody of whom nothing is to be left.
    erase_asked = Signal(str)
    # Emitted with a sentence for the status bar.
    said = Signal(str)
    # Emitted with the person whose message has been chosen in the list.
    person_chosen = Signal(str)
    # Emitted when the person at the desk has closed what was chosen.
    person_left = Signal()

    def __init__(self, history: History, *, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("history")
        self.setProperty("ground", "base")
        self._history = history
        self._worker = worker
        self._has_account = True
        self._is_finding = False
        self._within: _Within | None = None

        self.model = HistoryModel(history, worker=worker, parent=self)
        self.search = self._make_search()
        self.filter = self._make_filter()
        self.table = MessageTable(self.model)
        self.details = Details(history)
        self.review = ReviewPage(history, worker=worker)
        self.empty = EmptyState()
        self.within_line = _WithinLine()
        self._banner = QFrame()
        self._banner_label = plain.label()
        self._banner_button = QPushButton(_("&Review"))
        self._search_timer = QTimer(self)
        self._search_timer.setSingleShot(True)
        self._search_timer.setInterval(_SEARCH_AFTER_MS)
        self.find_action = QAction(_("&Find"), self)
        self.find_action.setShortcut(QKeySequence.StandardKey.Find)
        self._arrange()
        self._connect()

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("history.search")
        search.setAccessibleName(_("Search messages"))
        search.setPlaceholderText(_("Search number, name or text"))
        self._search_icon = search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self._clear_action = search.addAction(
            icons.icon("x", theme.current().muted), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear_action.setToolTip(plain.tip(_("Clear the search (Esc)")))
        self._clear_action.setVisible(False)
        return search

    def _make_filter(self) -> QTabBar:
        tabs = QTabBar()
        tabs.setObjectName("history.filter")
        tabs.setAccessibleName(_("Show only"))
        tabs.setProperty("pills", True)
        tabs.setDrawBase(False)
        tabs.setExpanding(False)
        tabs.setElideMode(Qt.TextElideMode.ElideNone)
        tabs.setUsesScrollButtons(True)
        for group in FILTER_GROUPS:
            tabs.setTabData(tabs.addTab(wording.filter_word(group)), group)
        return tabs

    def _arrange(self) -> None:
        self._banner.setObjectName("history.review.banner")
        self._banner.setProperty("ground", "warn")
        self._banner_sign = QLabel()
        self._banner_label.setProperty("tone", "warn")
        self._banner_button.setObjectName("history.review.open")
        self._banner_button.setProperty("small", True)
        self._banner_button.setAccessibleName(_("Review"))
        row = QHBoxLayout(self._banner)
        row.setContentsMargins(GRID + GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        row.addWidget(self._banner_sign)
        row.addWidget(self._banner_label, 1)
        row.addWidget(self._banner_button)
        self._banner.hide()

        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("history.split")
        self.split.setHandleWidth(1)
        self.split.addWidget(self.table)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setChildrenCollapsible(False)
        self.details.hide()
        self.pages = QStackedWidget()
        for page in (self.split, self.empty, self.review):
            self.pages.addWidget(page)

        top = QVBoxLayout()
        top.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 0)
        top.setSpacing(GRID)
        top.addWidget(self.search)
        top.addWidget(self.filter)
        top.addWidget(self._banner)
        top.addWidget(self.within_line)
        self._top = top
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._note_search)
        self._clear_action.triggered.connect(self.search.clear)
        self._search_timer.timeout.connect(self._show_filter)
        self.search.returnPressed.connect(self._enter_list)
        self.filter.currentChanged.connect(lambda _index: self._choose_group())
        self.find_action.triggered.connect(self.start_search)
        self.addAction(self.find_action)
        self.model.loaded.connect(self._rows_changed)
        self.model.rowsInserted.connect(self._rows_changed)
        self.model.rowsRemoved.connect(self._rows_changed)
        self.model.rowsAboutToBeRemoved.connect(self._let_go)
        for known in (self.model.loaded, self.model.counted):
            known.connect(self._find_again)
        self.table.selectionModel().currentChanged.connect(self._show_current)
        self.table.clicked.connect(lambda index: self._tell_person(index.row()))
        self.table.opened.connect(self._open_details)
        for left in (self.table.dismissed, self.details.closed):
            left.connect(self.close_details)
            left.connect(self.person_left)
        self.details.contact_asked.connect(self.contact_asked)
        self.table.customContextMenuRequested.connect(self._offer)
        self.details.cancel_asked.connect(self._cancel)
        self.details.send_again_asked.connect(self._send_again)
        self.details.time_asked.connect(self._change_time)
        self.details.anyway_asked.connect(self._send_anyway)
        self.details.review_asked.connect(self.open_review)
        self.details.opt_out_asked.connect(self.opt_out_asked)
        self.review.closed.connect(self._show_list)
        self.review.said.connect(self.said)
        self._banner_button.clicked.connect(self.open_review)
        self.within_line.closed.connect(self.leave_batch)
        self.empty.acted.connect(self.account_asked)

    # what the window asks

    def load(self, *, has_account: bool) -> None:
        """Read the first page; the counts may wait until the window has been painted."""
        self._has_account = has_account
        self.model.show(self._wanted())

    def set_has_account(self, has_account: bool) -> None:
        self._has_account = has_account
        self._rows_changed()

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages moved on: show them, and what depends on them."""
        shown = self.details.message
        self.model.touch(ids)
        if shown is not None and (ids is None or shown.id in ids):
            self._refresh_details(shown.id)
        self.count()
        if self.pages.currentWidget() is self.review:
            self.review.refresh()

    def count(self) -> None:
        counts = self._history.counts()
        for index in range(self.filter.count()):
            group = self.filter.tabData(index)
            shown = counts.get(group, 0)
            title = wording.filter_word(group) + (f" {shown:,}" if shown else "")
            if self.filter.tabText(index) != title:
                self.filter.setTabText(index, title)
        unknown = counts.get("review", 0)
        self._banner_label.setText(
            ngettext(
                "{count:,} message needs review", "{count:,} messages need review", unknown
            ).format(count=unknown)
        )
        self._banner.setVisible(unknown > 0 and self.pages.currentWidget() is not self.review)
        if self._banner_sign.pixmap().isNull():
            self.show_again()

    def show_again(self) -> None:
        """After a change of colours, or of how numbers are shown."""
        colours = theme.current()
        self._search_icon.setIcon(icons.icon("search", colours.muted))
        self._clear_action.setIcon(icons.icon("x", colours.muted))
        self._banner_sign.setPixmap(
            icons.picture("triangle-alert", colours.warn, 16, self.devicePixelRatioF())
        )
        self.details.show_again()
        self.table.viewport().update()

    def start_search(self) -> None:
        self._show_list()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def open_message(self, message_id: str) -> None:
        """Show one message, and take the keyboard into its details."""
        self.show_message(message_id)
        if self.details.isVisible():
            self._enter_details()

    def add_batches(self, strip: QWidget, *pages: QWidget) -> None:
        """The lines of the batches, above the list, and pages that are shown in its place."""
        self.add_line(strip)
        for page in pages:
            self.pages.addWidget(page)

    def add_line(self, line: QWidget) -> None:
        """Something to be told above the list."""
        self._top.insertWidget(2, line)

    def show_page(self, page: QWidget) -> None:
        """Show one of the added pages in place of the list; Esc leads back."""
        self.pages.setCurrentWidget(page)
        self._show_within()

    def _show_within(self) -> None:
        """Say which batch the list is of, while it is the list that is seen."""
        if self._within is None or self._is_on_other_page:
            self.within_line.hide()
        else:
            self.within_line.show_batch(self._within.name, self._within.what)

    def show_batch(
        self,
        batch_id: str,
        name: str,
        *,
        what: str = "",
        states: frozenset[State] = frozenset(),
        failure: str | None = None,
    ) -> None:
        """List the messages of one batch; those in some states, or with one failure, if any
        are given: `what` says which."""
        self._within = _Within(batch_id, name, what, states, failure)
        with QSignalBlocker(self.search), QSignalBlocker(self.filter):
            self.search.clear()
            self.filter.setCurrentIndex(0)
        self._clear_action.setVisible(False)
        self._show_filter()
        self.table.setFocus()

    def leave_batch(self) -> None:
        """List all messages again."""
        if self._within is not None:
            self._within = None
            self._show_filter()

    def _choose_group(self) -> None:
        """Another group of the same batch: which of its states were meant is forgotten."""
        if self._within is not None:
            self._within = _Within(self._within.batch_id, self._within.name)
        self._show_filter()

    def open_review(self) -> None:
        self._banner.hide()
        self.pages.setCurrentWidget(self.review)
        self.review.open()

    @property
    def is_in_review(self) -> bool:
        return self.pages.currentWidget() is self.review

    @property
    def shown_other(self) -> str | None:
        """Whom the message in the details went to, or who wrote it; None if none is shown."""
        message = self.details.message
        if message is None or not self.details.isVisible():
            return None
        return peer_of(message)

    def show_group(self, group: str) -> None:
        """Show the messages of one group of the filter row, and nothing chosen."""
        self._show_all_of(list(FILTER_GROUPS).index(group))

    def show_message(self, message_id: str) -> None:
        """Show one message with its details, whatever is shown now. One that lies deeper in the
        log than has been read so far is shown without its row."""
        message = self._history.get(message_id)
        if message is None:
            self.said.emit(_("That message is not in the log any more."))
            return
        self._show_list()
        if self.model.row_of(message_id) is None:
            self._show_all_of(0)
        row = self.model.row_of(message_id)
        if row is None:
            self.table.clearSelection()
            self.table.selectionModel().clearCurrentIndex()
        else:
            self.table.setCurrentIndex(self.model.index(row, 0))
            self.table.scrollTo(self.table.currentIndex())
        self.pages.setCurrentWidget(self.split)
        self.details.show_message(message)
        self.details.show()
        self.person_chosen.emit(peer_of(message))

    def _show_all_of(self, tab: int) -> None:
        self._within = None
        with QSignalBlocker(self.search), QSignalBlocker(self.filter):
            self.search.clear()
            self.filter.setCurrentIndex(tab)
        self._clear_action.setVisible(False)
        self._show_filter()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back: from the review, the details, the search."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._is_on_other_page:
            self._show_list()
        elif self.details.isVisible():
            self.close_details()
            self.person_left.emit()
        elif self._within is not None and not self.search.text():
            self.leave_batch()
        else:
            self.search.clear()

    # the list

    def _wanted(self) -> HistoryFilter:
        group = self.filter.tabData(self.filter.currentIndex())
        wanted = HistoryFilter(search=self.search.text().strip(), states=FILTER_GROUPS[group])
        within = self._within
        if within is None:
            return wanted
        return replace(
            wanted,
            states=within.states or wanted.states,
            batch=within.batch_id,
            failure=within.failure,
        )

    def _note_search(self, text: str) -> None:
        self._clear_action.setVisible(bool(text))
        self._search_timer.start()

    def _show_filter(self) -> None:
        self._search_timer.stop()
        self._show_list()
        self._show_within()
        self.close_details()
        self.model.show(self._wanted())

    @property
    def _is_on_other_page(self) -> bool:
        return self.pages.currentWidget() not in (self.split, self.empty)

    def _rows_changed(self) -> None:
        if self._is_on_other_page:
            return
        has_rows = self.model.rowCount() > 0
        if not has_rows:
            self._say_empty()
        self.pages.setCurrentWidget(self.split if has_rows else self.empty)

    def _say_empty(self) -> None:
        wanted = self.model.filter
        if wanted.search:
            self.empty.say(
                "search-x",
                _("Nothing found"),
                _("No message has “{text}” in its number, name or text.").format(
                    text=wanted.search
                ),
            )
        elif wanted.states == FILTER_GROUPS["replies"]:
            self.empty.say(
                "message-square-text",
                _("No replies yet"),
                _("What people answer appears here, and beside what you wrote to them."),
            )
        elif wanted.states or wanted.batch:
            self.empty.say(
                "message-square-text",
                _("Nothing here"),
                _("No message is in this state just now."),
            )
        elif not self._has_account:
            self.empty.say(
                "plug",
                _("Connect your Vonage account"),
                _(
                    "SMS Desk needs an application id and its private key to send. "
                    "You can write already; nothing is sent before you connect."
                ),
                act=_("Connect an account…"),
            )
        else:
            self.empty.say(
                "message-square-text",
                _("No messages yet"),
                _(
                    "Write your first message on the right. It appears here the moment you "
                    "send it, and you can watch what becomes of it."
                ),
            )

    def show_list(self) -> None:
        """Back from whatever page is shown in place of the list."""
        self._show_list()
        self.table.setFocus()

    def _show_list(self) -> None:
        if self._is_on_other_page:
            self.pages.setCurrentWidget(self.split)
            self._show_within()
            self.count()
        self._rows_changed()

    def _enter_list(self) -> None:
        self._show_filter()
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus()

    # one message

    def _show_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        message = self.model.message(current.row()) if current.isValid() else None
        if message is None:
            self.details.hide()
        else:
            self.details.show_message(message)
            self.details.show()
            self._tell_person(current.row())

    def _tell_person(self, row: int) -> None:
        message = self.model.message(row)
        if message is not None and not self._is_finding and not self.table.is_restoring:
            self.person_chosen.emit(peer_of(message))

    def _let_go(self, _parent: QModelIndex, first: int, last: int) -> None:
        """The chosen message leaves the list, say because it has been sent: the details stay
        with it, and do not jump to its neighbour."""
        if first <= self.table.currentIndex().row() <= last:
            with QSignalBlocker(self.table.selectionModel()):
                self.table.setCurrentIndex(QModelIndex())

    def _find_again(self) -> None:
        """After the list has been read anew, the details' message is the current one still."""
        if self.table.currentIndex().isValid():
            return
        shown = self.details.message
        row = self.model.row_of(shown.id) if shown and self.details.isVisible() else None
        if row is not None:
            self._is_finding = True  # nobody has chosen anything
            self.table.setCurrentIndex(self.model.index(row, 0))
            self._is_finding = False

    def _offer(self, place: QPoint) -> None:
        """What can be done with the message under the pointer, or with the chosen one."""
        index = self.table.indexAt(place)
        message = self.model.message(index.row()) if index.isValid() else None
        if message is None:
            return
        other = peer_of(message)
        menu = QMenu(self.table)
        menu.setObjectName("history.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("&Details"), self._open_details)
        if other.startswith("+"):
            title = _("&Edit contact…") if names.name_of(other) else _("&Save as contact…")
            menu.addAction(title, lambda: self.contact_asked.emit(other))
            menu.addSeparator()
            menu.addAction(_("&Erase this person…"), lambda: self.erase_asked.emit(other))
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _open_details(self) -> None:
        self._show_current(self.table.currentIndex(), QModelIndex())
        self._enter_details()

    def _enter_details(self) -> None:
        self.details.setFocus()
        self.details.focusNextChild()

    def close_details(self) -> None:
        had_focus = self.details.isAncestorOf(self.focusWidget() or self)
        self.details.hide()
        self.table.clearSelection()
        self.table.selectionModel().clearCurrentIndex()
        if had_focus:
            self.table.setFocus()

    def _refresh_details(self, message_id: str) -> None:
        message = self._history.get(message_id)
        if message is not None:
            self.details.show_message(message)

    def _cancel(self, message_id: str) -> None:
        self._worker.run(lambda: self._history.cancel(message_id), self._cancelled)

    def _cancelled(self, was_in_time: bool) -> None:
        self.said.emit(
            _("Cancelled; it will not be sent.")
            if was_in_time
            else _("Too late to cancel: it is being sent already.")
        )

    def _change_time(self, message_id: str) -> None:
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
            parent=self.window(),
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

    def _send_anyway(self, message_id: str) -> None:
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
                    _("All {count}").replace("{count}", f"{others:,}"),
                    _("Cancel"),
                ),
                default=3,
                parent=self.window(),
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

    def _send_again(self, message_id: str) -> None:
        self._worker.run(
            lambda: self._history.send_again(message_id),
            lambda _message: self.said.emit(_("Queued again, as a new message.")),
            self._refuse_again,
        )

    def _refuse_again(self, error: Exception) -> None:
        if isinstance(error, TextRemovedError):
            self.said.emit(wording.not_sendable_sentence(error.days))
        elif isinstance(error, NotStoredError):
            self.said.emit(wording.store_sentence(error.code))
        else:
            raise error


@dataclass(frozen=True, slots=True)
class _Within:
    """The batch that the list is about, and what of it."""

    batch_id: str
    name: str
    what: str = ""
    states: frozenset[State] = frozenset()
    failure: str | None = None


class _WithinLine(QFrame):
    """Says that the list is of one batch only, and leads back to all messages."""

    # Emitted when the person wants all messages again.
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.batch")
        self._words = plain.ElidedLabel(tone="muted")
        self._words.setObjectName("history.batch.words")
        self.close_button = QToolButton()
        self.close_button.setObjectName("history.batch.close")
        self.close_button.setAccessibleName(_("Show all messages"))
        plain.set_tip(self.close_button, _("Show all messages (Esc)"))
        icons.dress(self.close_button, "x", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID // 2, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self.close_button)
        self.close_button.clicked.connect(self.closed)
        self.hide()

    def show_batch(self, name: str, what: str) -> None:
        title = _("Only “{name}”").replace("{name}", name)
        shown = plain.one_line(f"{title} · {what}" if what else title)
        self._words.setText(shown)
        plain.set_tip(self._words, shown)
        self.show()
