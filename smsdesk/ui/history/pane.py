"""The history pane: search, filters, the list, the details below it, and the review.

Reading and changing the log is the desk's; the pane asks, and shows what comes back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_history
from smsdesk.desk.acting import Selection
from smsdesk.desk.conversations import can_be_written_to, peer_of
from smsdesk.desk.history import FILTER_GROUPS, History, HistoryFilter
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import icons, names, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.history.acts import MessageActs
from smsdesk.ui.history.details import Details
from smsdesk.ui.history.head import Head
from smsdesk.ui.history.many import ManyLine
from smsdesk.ui.history.model import HistoryModel
from smsdesk.ui.history.narrowing import Narrowing
from smsdesk.ui.history.review import ReviewPage
from smsdesk.ui.history.saved import SavedButton
from smsdesk.ui.history.table import MessageTable
from smsdesk.ui.history.warning_line import WarningLine
from smsdesk.ui.pages import Pages
from smsdesk.ui.theme import GRID


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
    # Emitted with a message, and the Attachment of it that is to be saved.
    save_asked = Signal(object, object)
    # Emitted with a sentence for the status bar.
    said = Signal(str)
    # Emitted with the person whose message has been chosen in the list.
    person_chosen = Signal(str)
    # Emitted when the person at the desk has closed what was chosen.
    person_left = Signal()

    def __init__(self, history: History, *, worker: Worker, reader: Worker) -> None:
        """`reader` searches and counts, which may take longer than a click can wait."""
        super().__init__()
        self.setObjectName("history")
        self.setProperty("ground", "base")
        self._history = history
        self._worker = worker
        self._has_account = True
        self._is_finding = False

        self.model = HistoryModel(history, worker=reader, parent=self)
        self.head = Head()
        self.search, self.filter = self.head.search, self.head.filter
        self.table = MessageTable(self.model)
        self.details = Details(history)
        self.review = ReviewPage(history, worker=worker, via_of=self.model.via_of)
        self.empty = EmptyState()
        self.saved = SavedButton(history.saved, lambda: self.head.wanted, worker=worker)
        self.export_button = self._make_export()
        self.many = ManyLine(history.acting, worker=worker)
        self.acts = MessageActs(history, worker=worker, pane=self)
        self.recent_batches: Callable[[], Sequence[tuple[str, str]]] = tuple
        """Ids and names of the newest batches, asked for on the worker."""
        self.default_region: Callable[[], str | None] = lambda: None
        """The country of numbers that are typed the national way."""
        self._banner = WarningLine("history.review.banner", "triangle-alert", _("Revie&w"))
        self._trouble = WarningLine(
            "history.trouble", "triangle-alert", _("Tr&y again"), wraps=True
        )
        self.find_action = QAction(_("&Find"), self)
        self.find_action.setShortcut(QKeySequence.StandardKey.Find)
        self.next_action = QAction(_("&Next message"), self)
        self.next_action.setShortcut(QKeySequence("Alt+Down"))
        self.previous_action = QAction(_("&Previous message"), self)
        self.previous_action.setShortcut(QKeySequence("Alt+Up"))
        self.export_action = QAction(_("&Export messages…"), self)
        self.export_action.setShortcut(QKeySequence("Ctrl+Shift+E"))
        self.export_action.setVisible(False)
        self._arrange()
        self._connect()

    def _make_export(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("history.export")
        button.setAccessibleName(_("Export"))
        plain.set_tip(button, _("Write what the list shows to a file (Ctrl+Shift+E)"))
        icons.dress(button, "download", "muted")
        button.hide()
        return button

    def _arrange(self) -> None:
        self._banner.button.setObjectName("history.review.open")
        self._trouble.button.setObjectName("history.trouble.again")

        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("history.split")
        self.split.setHandleWidth(1)
        self.split.addWidget(self.table)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setChildrenCollapsible(False)
        self.details.hide()
        self.pages = Pages()
        for page in (self.split, self.empty, self.review):
            self.pages.addWidget(page)

        self.head.lines.insertWidget(2, self._trouble)
        self.head.lines.insertWidget(3, self._banner)
        before = self.head.more_button
        for button in (self.saved, self.export_button):
            self.head.row.addWidget(button)
            QWidget.setTabOrder(before, button)
            before = button
        QWidget.setTabOrder(before, self.filter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.head)
        layout.addWidget(self.many)
        layout.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.head.changed.connect(self._show_filter)
        self.head.entered.connect(self._enter_list)
        self.head.choices_asked.connect(self._offer_choices)
        self.find_action.triggered.connect(self.start_search)
        self.next_action.triggered.connect(lambda: self.walk(1))
        self.previous_action.triggered.connect(lambda: self.walk(-1))
        for action in (self.next_action, self.previous_action):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.addActions(
            [self.find_action, self.next_action, self.previous_action, self.export_action]
        )
        self.export_button.clicked.connect(self.export_action.trigger)
        self.saved.chosen.connect(self.show_search)
        self.model.loaded.connect(self._rows_changed)
        self.model.rowsInserted.connect(self._rows_changed)
        self.model.rowsRemoved.connect(self._rows_changed)
        self.model.rowsAboutToBeRemoved.connect(self._let_go)
        for known in (self.model.loaded, self.model.counted):
            known.connect(self._find_again)
        self.model.counted.connect(self._rows_changed)
        for other in (self.table.selected, self.model.loaded, self.model.renewed):
            other.connect(self._note_selected)
        self.many.selection = self._selection
        self.many.left.connect(self.close_details)
        self.many.said.connect(self.said)
        self.acts.said.connect(self.said)
        self.table.selectionModel().currentChanged.connect(self._show_current)
        self.table.clicked.connect(lambda index: self._tell_person(index.row()))
        self.table.opened.connect(self._open_details)
        for left in (self.table.dismissed, self.details.closed):
            left.connect(self.close_details)
            left.connect(self.person_left)
        self.details.contact_asked.connect(self.contact_asked)
        self.details.erase_asked.connect(self.erase_asked)
        self.details.save_asked.connect(self.save_asked)
        self.table.customContextMenuRequested.connect(self._offer)
        self.details.cancel_asked.connect(self.acts.cancel)
        self.details.send_again_asked.connect(self.acts.send_again)
        self.details.time_asked.connect(self.acts.change_time)
        self.details.anyway_asked.connect(self.acts.send_anyway)
        self.details.review_asked.connect(self.open_review)
        self.details.opt_out_asked.connect(self.opt_out_asked)
        self.review.closed.connect(self._show_list)
        self.review.said.connect(self.said)
        self._banner.button.clicked.connect(self.open_review)
        self._trouble.button.clicked.connect(self.model.try_again)
        self.model.troubled.connect(self._tell_trouble)
        self.empty.acted.connect(self._act_on_empty)

    # what the window asks

    def load(self, *, has_account: bool) -> None:
        """Read the first page; the counts may wait until the window has been painted."""
        self._has_account = has_account
        self.model.show(self.head.wanted)

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
        self.head.show_counts(counts)
        unknown = counts.get("review", 0)
        said = ngettext(
            "{count} message needs review", "{count} messages need review", unknown
        ).format(count=grouped(unknown))
        self._banner.say(said if unknown and not self.is_in_review else "")

    def show_again(self) -> None:
        """After a change of colours, or of how numbers are shown."""
        self.head.show_again()
        for line in (self._banner, self._trouble):
            line.show_again()
        self.details.show_again()
        self.table.viewport().update()

    def start_search(self) -> None:
        self._show_list()
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_search(self, which: HistoryFilter) -> None:
        """List what fits a whole filter, say a saved one."""
        self.head.show_wanted(which)
        self.table.setFocus()

    def walk(self, by: int) -> None:
        """On to the next older message, or the next newer one; the details follow."""
        current = self.table.currentIndex()
        row = current.row() + by if current.isValid() else 0
        if 0 <= row < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row, 0))

    def add_export(
        self, export: Callable[[HistoryFilter | tuple[str, ...], int], None]
    ) -> None:
        """Offer to write messages into a file: `export` is given what is to be written, as the
        filter in force or as the ids of what is selected, and how many that are."""

        def ask() -> None:
            count = self.table.selected_count
            if 1 < count < self.model.rowCount():
                self.many.read_ids(lambda ids: export(ids, len(ids)))
            else:
                export(self.model.filter, self.model.rowCount())

        self.export_action.triggered.connect(ask)
        self.export_action.setVisible(True)
        self.export_button.show()
        self.many.export_asked.connect(ask)
        self.many.export_action.setVisible(True)

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
        lines = self.head.lines
        lines.insertWidget(lines.indexOf(self._banner), line)

    def show_page(self, page: QWidget) -> None:
        """Show one of the added pages in place of the list; Esc leads back."""
        self.pages.setCurrentWidget(page)
        self.many.hide()

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
        which = HistoryFilter(batch=batch_id, states=states, failure=failure)
        self.head.show_only(Narrowing(which, name, what))
        self.table.setFocus()

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
        self.head.show_only(Narrowing(), group=group)

    def show_message(self, message_id: str) -> None:
        """Show one message with its details, whatever is shown now. One that lies deeper in the
        log than has been read so far is shown without its row."""
        message = self._history.get(message_id)
        if message is None:
            self.said.emit(_("That message is not in the log any more."))
            return
        self._show_list()
        if self.model.row_of(message_id) is None:
            self.head.clear()
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back: from the review, the details, the search."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._is_on_other_page:
            self._show_list()
        elif self.details.isVisible():
            self.close_details()
            self.person_left.emit()
        elif self.search.text():
            self.search.clear()
        else:
            self.head.narrow(Narrowing())

    # the list

    def _show_filter(self) -> None:
        self._show_list()
        self.close_details()
        self.details.mark(self.search.text().strip())
        self.model.show(self.head.wanted)
        self._rows_changed()

    def _offer_choices(self) -> None:
        """What the panel with more filters can offer is read from the log."""
        from smsdesk.ui.history.more_filters import Choices  # start-up time

        history, batches, region = self._history, self.recent_batches, self.default_region()

        def offer(choices: Choices) -> None:
            if self.head.panel is not None:
                self.head.panel.offer(choices)

        self._worker.run(
            lambda: Choices(
                history.senders(), history.channels(), batches(), history.failures(), region
            ),
            offer,
        )

    @property
    def _is_on_other_page(self) -> bool:
        return self.pages.currentWidget() not in (self.split, self.empty)

    def _rows_changed(self) -> None:
        if self._is_on_other_page:
            return
        has_rows = self.model.rowCount() > 0
        if self.model.is_waiting:
            self.head.show_waiting(is_stuck=self.model.trouble is not None)
            return
        self.head.show_count(self.model.rowCount(), is_all=self.model.is_counted)
        if not has_rows:
            self._say_empty()
        self.pages.setCurrentWidget(self.split if has_rows else self.empty)

    def _tell_trouble(self) -> None:
        error = self.model.trouble
        self._trouble.say("" if error is None else wording_history.unread_sentence(error))
        self._rows_changed()

    def _say_empty(self) -> None:
        wanted = self.model.filter
        chips = [words for _key, words in self.head.narrowing.chips()]
        if not self.head.narrowing.which.states and self.head.group != "all":
            chips.append(wording.filter_word(self.head.group))
        is_alone = replace(wanted, states=frozenset()) == HistoryFilter()
        if self.model.trouble is not None:
            self.empty.say("triangle-alert", _("Nothing can be shown"), "")
        elif wanted.search or not is_alone:
            self.empty.say(
                "search-x",
                _("Nothing found"),
                wording_history.nothing_sentence(chips, wanted.search),
                act=_("Clear the search and all filters") if len(chips) > 0 else "",
            )
        elif wanted.states == FILTER_GROUPS["replies"]:
            self.empty.say(
                "message-square-text",
                _("No replies yet"),
                _("What people answer appears here, and beside what you wrote to them."),
            )
        elif wanted.states:
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

    def _act_on_empty(self) -> None:
        if self.head.is_narrowed:
            self.head.clear()
            self.search.setFocus()
        else:
            self.account_asked.emit()

    def show_list(self) -> None:
        """Back from whatever page is shown in place of the list."""
        self._show_list()
        self.table.setFocus()

    def _show_list(self) -> None:
        if self._is_on_other_page:
            self.pages.setCurrentWidget(self.split)
            self._note_selected()
            self.count()
        self._rows_changed()

    def _enter_list(self) -> None:
        self.head.tell_now()
        self._show_list()
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus()

    # one message

    def _show_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        message = self.model.message(current.row()) if current.isValid() else None
        if message is None or self.table.selected_count > 1:
            self.details.hide()
        else:
            self.details.show_message(message)
            self.details.show()
            self._tell_person(current.row())

    def _tell_person(self, row: int) -> None:
        message = self.model.message(row)
        if message is not None and not self._is_finding and not self.table.is_restoring:
            self.person_chosen.emit(peer_of(message))

    def _note_selected(self) -> None:
        """Several have a line of acts, and no details: those are of one."""
        count = self.table.selected_count
        self.many.show_count(0 if self._is_on_other_page else count)
        if count > 1:
            self.details.hide()

    def _selection(self) -> Selection | None:
        if self.model.is_waiting:
            return None  # the rows are of another filter still
        spans = self.table.selected_spans()
        return None if spans is None else Selection(self.model.filter, tuple(spans))

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
        if can_be_written_to(other, message.channel):
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
