"""The window: history beside compose, a menu, a status bar, and what joins them.

Each pane does its own work; the window passes news to them, remembers its size, and closes the
desk in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QKeySequence,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QFrame, QMainWindow, QSplitter, QVBoxLayout, QWidget

from smsdesk import __version__
from smsdesk.desk import wording
from smsdesk.desk.account_values import AccountError
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.wording_receipts import way_in_notice
from smsdesk.sms.link import parse_sms_link
from smsdesk.system.i18n import _
from smsdesk.system.settings import ASSISTANT, SENDER, TEXT_PERCENT, THEME, WINDOW
from smsdesk.ui import dialogs, icons, names, numbers, place
from smsdesk.ui.background import Worker
from smsdesk.ui.books import Books
from smsdesk.ui.bridge import Bridge
from smsdesk.ui.bulk.side import ListSide
from smsdesk.ui.compose.pane import ComposePane
from smsdesk.ui.conversation.side import RightSide
from smsdesk.ui.demo_badge import DemoBadge
from smsdesk.ui.file_drop import FileDrop
from smsdesk.ui.notice_bar import NoticeBar
from smsdesk.ui.profiles_menu import ProfilesMenu
from smsdesk.ui.room import keep_least, on_screen, scaled
from smsdesk.ui.services import Services
from smsdesk.ui.status_bar import StatusBar
from smsdesk.ui.theme import Choice

if TYPE_CHECKING:
    from smsdesk.desk.account_values import StoredAccount
    from smsdesk.desk.alerts import Seen
    from smsdesk.desk.desk import Desk
    from smsdesk.desk.exports import Chosen
    from smsdesk.desk.history import HistoryFilter
    from smsdesk.sms.channels.received import Attachment
    from smsdesk.sms.message import Message
    from smsdesk.ui.account.onboarding.dialog import Assistant
    from smsdesk.ui.announcer import Announcer
    from smsdesk.ui.batches.side import BatchSide
    from smsdesk.ui.export.dialog import ExportDialog
    from smsdesk.ui.export.side import ExportSide
    from smsdesk.ui.history.overdue import OverdueSide
    from smsdesk.ui.history.pane import HistoryPane
    from smsdesk.ui.keys_dialog import KeysDialog
    from smsdesk.ui.manual_window import ManualWindow
    from smsdesk.ui.overview.dialog import OverviewDialog
    from smsdesk.ui.presence import Presence
    from smsdesk.ui.records.records import Records
    from smsdesk.ui.saving import SaveFileDialog, SavingSide
    from smsdesk.ui.support_dialog import SupportDialog
    from smsdesk.ui.theme import Theme

_TEXT_SIZES = (100, 125, 150, 175, 200)
"""In hundredths of the system's size."""
_SMALLEST = QSize(760, 480)
_FIRST_SIZE = (1120, 720)
_SHARES = (11, 9)
"""How history and compose share the width."""
_WIDEST_COMPOSE = 720
"""A message is read on a phone; wider lines would only be harder to write."""
_KEYRING_PATIENCE_S = 1.0
"""A keyring that asks for a password must not keep the program from ending."""
_NOT_AT_FIRST = frozenset(
    {
        *(ChangeKind.MESSAGES, ChangeKind.GLANCE, ChangeKind.OPT_OUTS),
        *(ChangeKind.WAY_IN, ChangeKind.RECEIVER),
        *(ChangeKind.CONTACTS, ChangeKind.TEMPLATES, ChangeKind.TRAIL),
    }
)
"""News that the window need not look for when it opens."""


class MainWindow(QMainWindow):
    """One window, two panes. Nothing heavy is loaded before it has been painted once."""

    # Emitted once, after the first paint, when the draft is in its fields.
    painted = Signal()
    # Emitted once, when all that works behind the window has been begun.
    settled = Signal()
    # Emitted when the window has been closed and nothing of it is working any more.
    closed = Signal()
    # Emitted when the person wants the demo instead of this profile.
    demo_asked = Signal()
    # Emitted with the name of the profile that the person wants instead of this one.
    profile_asked = Signal(str)
    # Emitted when all is to be built once more, in letters of another size.
    anew_asked = Signal()
    # Emitted in the demo, when the person wants an account of their own.
    account_asked = Signal()
    # Emitted with the path of the copy that is to take the log's place, for which all is closed.
    restore_asked = Signal(object)
    # Emitted, on any thread, when an error has come through that nobody foresaw.
    troubled = Signal()

    def __init__(self, desk: Desk, *, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("window")
        self._desk = desk
        self._theme = theme
        self._is_painted = False
        self._is_in_background = False
        self._is_closing = False
        self._is_closed = False
        self._has_told_of_interruption = False
        self._account: StoredAccount | None = None
        self._assistant: Assistant | None = None
        self._presence: Presence | None = None
        self._announcer: Announcer | None = None
        self.is_cut_short = False
        """The person did not want to wait for what was on the wire, and wants the program gone."""
        self._records: Records | None = None
        self._support: SupportDialog | None = None
        self._manual: ManualWindow | None = None
        self._worker = Worker(self)
        self._keyring_worker = Worker(
            self
        )  # a keyring may ask for minutes; a Send may not wait
        self._list_worker = Worker(self)  # a long list is read for seconds; a Send may not wait
        self._reader = Worker(self)  # a million messages are counted; a Send may not wait
        self._overview: OverviewDialog | None = None
        self._batch_worker = Worker(self)  # a pause may not wait for a long list
        self.batches: BatchSide | None = None
        self.overdue: OverdueSide | None = None
        self.exports: ExportSide | None = None
        self.saving: SavingSide | None = None
        self._bridge = Bridge(desk.changes, self)
        self._services = Services(desk, self)
        names.use(desk.contacts.names_of)

        self._history: HistoryPane | None = None
        self.compose = ComposePane(
            desk.compose,
            contacts=desk.contacts,
            templates=desk.templates,
            prices=desk.prices,
            worker=self._worker,
        )
        self.side = RightSide(
            desk.conversations, desk.history, compose=self.compose, worker=self._worker
        )
        worker, news = self._list_worker, self._bridge.changed
        self.books = Books(desk, self.compose, worker=worker, news=news, window=self)
        self.lists = ListSide(desk, self.compose, worker=worker, news=news, window=self)
        self._drop = FileDrop(self)
        self.status = StatusBar(desk)
        self.notice = NoticeBar()
        self._arrange()
        self._make_menus()
        self._connect()
        self._restore()

    def _arrange(self) -> None:
        title = _("SMS Desk")
        if self._desk.profile != "default":
            # Qt puts the name of the program behind a title that does not end with it.
            title = f"{self._desk.profile} – {title}"
        self.setWindowTitle(title)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("window.split")
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self._ground = QFrame()
        self._ground.setProperty("ground", "base")
        for half in (self._ground, self.side):
            self.split.addWidget(half)
        self.split.setStretchFactor(0, _SHARES[0])
        self.split.setStretchFactor(1, _SHARES[1])
        self.side.setMaximumWidth(scaled(_WIDEST_COMPOSE))

        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.notice)
        if self._desk.is_demo:
            badge = DemoBadge(self._desk.demo_hints)
            badge.chosen.connect(self.compose.add_recipient)
            whole.addWidget(badge)
        whole.addWidget(self.split, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status)
        for code in self._desk.notices:
            self.notice.say(wording.notice_sentence(code))

    def _make_menus(self) -> None:
        file = self.menuBar().addMenu(_("&File"))
        self.connect_action = file.addAction(_("&Connect an account…"))
        self.demo_action = file.addAction(_("Try the &demo"))
        self.demo_action.setVisible(not self._desk.is_demo)
        self.profiles_menu = ProfilesMenu(
            self._desk.profiles, self, worker=self._keyring_worker
        )
        file.addMenu(self.profiles_menu)
        file.addSeparator()
        self.settings_action = file.addAction(_("Se&ttings…"))
        self.settings_action.setShortcut(QKeySequence("Ctrl+,"))
        self.settings_action.setMenuRole(QAction.MenuRole.PreferencesRole)
        file.addSeparator()
        self.copies_action = file.addAction(_("&Backups…"))
        self.trail_action = file.addAction(_("A&udit trail…"))
        self.erase_action = file.addAction(_("&Erase a person…"))
        file.addSeparator()
        self.quit_action = file.addAction(_("&Quit"))
        self.quit_action.setShortcut(QKeySequence("Ctrl+Q"))
        self.quit_action.setMenuRole(QAction.MenuRole.QuitRole)

        message = self.menuBar().addMenu(_("&Message"))
        self.new_action = message.addAction(_("&New message"))
        self.new_action.setShortcut(QKeySequence.StandardKey.New)
        message.addAction(self.side.reply_action)
        message.addAction(self.compose.send_action)
        message.addAction(self.compose.later_action)
        message.addAction(self.compose.undo_action)
        message.addSeparator()
        self.list_action = message.addAction(_("Send to a l&ist…"))
        self.list_action.setShortcut(QKeySequence("Ctrl+Shift+I"))
        self.contacts_action = message.addAction(_("&Address book…"))
        self.contacts_action.setShortcut(QKeySequence("Ctrl+Shift+B"))
        self.templates_action = message.addAction(_("&Templates…"))
        message.addSeparator()
        self.pause_action = message.addAction(_("&Pause sending"))
        self.pause_action.setCheckable(True)
        self.review_action = message.addAction(_("&Review messages in doubt"))
        self.batches_action = message.addAction(_("&Batches"))
        self.opt_outs_action = message.addAction(_("&Opt-outs…"))
        message.addSeparator()
        self._message_menu = message

        view = self.menuBar().addMenu(_("&View"))
        self._view_menu = view
        view.addAction(self.side.go_action)
        self.overview_action = view.addAction(_("&Overview…"))
        self.overview_action.setShortcut(QKeySequence("Ctrl+Shift+O"))
        view.addSeparator()
        choices = QActionGroup(self)
        for choice, name in (
            (Choice.SYSTEM, _("As the &system is")),
            (Choice.LIGHT, _("&Light")),
            (Choice.DARK, _("&Dark")),
        ):
            action = view.addAction(name)
            action.setCheckable(True)
            action.setChecked(self._theme.choice is choice)
            action.setData(choice)
            choices.addAction(action)
        choices.triggered.connect(lambda action: self.choose_theme(Choice(action.data())))
        self._theme_choices = choices
        view.addSeparator()
        self.larger_action = view.addAction(_("Lar&ger text"))
        self.larger_action.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        self.smaller_action = view.addAction(_("S&maller text"))
        self.smaller_action.setShortcut(QKeySequence("Ctrl+-"))
        self.usual_action = view.addAction(_("&Usual text size"))
        self.usual_action.setShortcut(QKeySequence("Ctrl+0"))
        percent = self._desk.settings.get(TEXT_PERCENT)
        self.larger_action.setEnabled(percent < _TEXT_SIZES[-1])
        self.smaller_action.setEnabled(percent > _TEXT_SIZES[0])
        self.usual_action.setEnabled(percent != _TEXT_SIZES[0])

        help_menu = self.menuBar().addMenu(_("&Help"))
        self.manual_action = help_menu.addAction(_("&Manual"))
        self.manual_action.setShortcut(QKeySequence("F1"))
        self.keys_action = help_menu.addAction(_("&Keyboard shortcuts"))
        self.keys_action.setShortcut(QKeySequence("Ctrl+?"))
        self.support_action = help_menu.addAction(_("&Support bundle…"))
        self.about_action = help_menu.addAction(_("&About SMS Desk"))
        self.about_action.setMenuRole(QAction.MenuRole.AboutRole)

    def _connect(self) -> None:
        self._bridge.changed.connect(self._pass_on)
        self._theme.changed.connect(self._show_theme)
        self.status.settings_asked.connect(self._open_settings_or_assistant)
        self.connect_action.triggered.connect(self.open_assistant)
        self.demo_action.triggered.connect(self.demo_asked)
        self.profiles_menu.chosen.connect(self.profile_asked)
        self.settings_action.triggered.connect(self.open_settings)
        self.side.details_asked.connect(
            lambda message_id: self.history.open_message(message_id)
        )
        self.compose.contact_asked.connect(self.books.edit_contact)
        self.compose.templates_asked.connect(self.books.open_templates)
        self.contacts_action.triggered.connect(lambda: self.books.open_contacts())
        self.templates_action.triggered.connect(lambda: self.books.open_templates())
        self.overview_action.triggered.connect(lambda: self.open_overview())
        self.quit_action.triggered.connect(self.close)
        self.new_action.triggered.connect(self.compose.recipients.setFocus)
        self.pause_action.triggered.connect(self.status.pause_or_resume)
        self.review_action.triggered.connect(lambda: self.history.open_review())
        self.batches_action.triggered.connect(self._open_batches)
        self.list_action.triggered.connect(lambda: self.lists.open())
        self.compose.list_asked.connect(lambda: self.lists.open())
        self._drop.dropped.connect(lambda path: self.lists.open().read_file(path))
        self.opt_outs_action.triggered.connect(lambda: self.books.open_opt_outs())
        self.copies_action.triggered.connect(lambda: self.records().open_copies())
        self.trail_action.triggered.connect(lambda: self.records().open_trail())
        self.erase_action.triggered.connect(lambda: self.records().open_erase())
        self.side.erase_asked.connect(self._erase_person)
        self.manual_action.triggered.connect(lambda: self.open_manual())
        self.side.save_asked.connect(self.open_saving)
        self.keys_action.triggered.connect(lambda: self.open_keys())
        self.support_action.triggered.connect(lambda: self.open_support())
        self.about_action.triggered.connect(self._tell_about)
        self.larger_action.triggered.connect(lambda: self._resize_text(+1))
        self.smaller_action.triggered.connect(lambda: self._resize_text(-1))
        self.usual_action.triggered.connect(lambda: self._resize_text(0))
        for helper in (self.books, self.lists):
            helper.said.connect(self.status.say)
        self.books.erase_asked.connect(self._erase_person)
        self._services.crashed.connect(lambda _name: self.troubled.emit())
        self.troubled.connect(self._note_trouble, Qt.ConnectionType.QueuedConnection)

    def show_in_background(self) -> None:
        """Work without being looked at: in the tray, or minimised where there is none."""
        from smsdesk.ui.tray import is_there_a_tray  # start-up time

        self._is_in_background = True
        if not is_there_a_tray():
            self.showMinimized()
        self._is_painted = True  # nothing is, and nobody waits for it
        self._watch_while_seen()
        QTimer.singleShot(0, self._wake)

    def event(self, event: QEvent) -> bool:
        is_taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            keep_least(self, _SMALLEST)
        return is_taken

    @property
    def history(self) -> HistoryPane:
        """What has been sent and received. Most of what a start costs: it is built when the
        person can write already, or when it is asked for sooner."""
        if self._history is None:
            self._history = self._make_history()
        return self._history

    def _make_history(self) -> HistoryPane:
        from smsdesk.ui.history.pane import HistoryPane  # start-up time

        history = HistoryPane(self._desk.history, worker=self._worker, reader=self._reader)
        history.default_region = lambda: self._desk.compose.default_region
        history.model.names_channels = lambda: not self._desk.compose.channels.is_only_sms
        history.account_asked.connect(self.open_assistant)
        history.said.connect(self.status.say)
        history.person_chosen.connect(self.side.choose)
        history.person_left.connect(self.side.leave)
        history.contact_asked.connect(self.books.edit_contact)
        history.opt_out_asked.connect(self.books.add_opt_out)
        history.erase_asked.connect(self._erase_person)
        history.save_asked.connect(self.open_saving)
        history.add_export(self._export)
        self._message_menu.addAction(history.export_action)
        self._view_menu.insertActions(
            self.side.go_action,
            [history.find_action, history.next_action, history.previous_action],
        )
        history.split.restoreState(self._kept("details"))
        history.load(has_account=True)
        sizes = self.split.sizes()
        self.split.replaceWidget(0, history)
        self.split.setStretchFactor(0, _SHARES[0])
        self.split.setSizes(sizes)
        self._ground.deleteLater()
        self.setTabOrder(history, self.side)
        return history

    # from the first paint on

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self._wake)

    def _wake(self) -> None:
        """What may wait until there is something to see."""
        if self._is_closing:
            return
        self.compose.restore(self._desk.compose.load_draft())
        self.compose.recipients.setFocus()
        self.painted.emit()
        # what was typed until now comes first
        QTimer.singleShot(0, self, lambda: self._go_on(self._steps()))

    def _steps(self) -> Iterator[Callable[[], object]]:
        """What is begun once the person can write, the most urgent first."""
        yield self._load_log
        yield self._load_history
        yield lambda: self.history
        yield lambda: self._drop.watch(self.side, *self.compose.text_places)
        yield lambda: self._worker.run(numbers.warm, lambda _none: self._show_numbers())
        yield self._be_present  # before there is anything to tell
        yield from self._services.steps()
        yield self.history.count
        yield self._watch_batches
        yield self._watch_overdue
        yield self._look_at_all
        yield self.settled.emit

    def _go_on(self, steps: Iterator[Callable[[], object]]) -> None:
        """One step in each turn of the event loop: what is typed meanwhile comes in between."""
        step = None if self._is_closing else next(steps, None)
        if step is not None:
            QTimer.singleShot(0, self, lambda: self._go_on(steps))
            step()

    def _load_log(self) -> None:
        import smsdesk.desk.history  # noqa: F401 - start-up time

    def _load_history(self) -> None:
        import smsdesk.ui.history.pane  # noqa: F401 - start-up time

    def _look_at_all(self) -> None:
        for kind in ChangeKind:
            if kind not in _NOT_AT_FIRST:
                self._pass_on(Change(kind))

    def _show_numbers(self) -> None:
        if self._history is not None:
            self._history.show_again()
        self.side.show_again()

    def _be_present(self) -> None:
        from smsdesk.ui.announcer import Announcer  # start-up time
        from smsdesk.ui.presence import Presence

        presence = Presence(
            self._desk,
            window=self,
            worker=self._worker,
            begin=self._services.begin,
            look=self._what_is_seen,
        )
        presence.open_asked.connect(self._open_from_outside)
        if presence.tray is not None:
            presence.tray.show_asked.connect(self.raise_up)
            presence.tray.pause_asked.connect(self.status.pause_or_resume)
            presence.tray.quit_asked.connect(self.close)
        self._presence = presence
        self._announcer = Announcer(self._desk.history, window=self, worker=self._reader)

    def _watch_batches(self) -> None:
        from smsdesk.ui.batches.side import BatchSide  # start-up time

        self.batches = BatchSide(self._desk.batches, self.history, worker=self._batch_worker)
        self.batches.said.connect(self.status.say)
        self.batches.waits_elsewhere.connect(
            lambda sentence: self.notice.say_for_now("elsewhere", sentence)
        )
        self.batches.export_asked.connect(self._export_batch)

    def _watch_overdue(self) -> None:
        from smsdesk.ui.history.overdue import OverdueSide  # start-up time

        self.overdue = OverdueSide(
            self._desk.overdue,
            self._desk.compose.timing,
            self.history,
            worker=self._batch_worker,
        )
        self.overdue.said.connect(self.status.say)

    def _open_batches(self) -> None:
        if self.batches is not None:
            self.batches.open_list()

    def _what_is_seen(self) -> Seen:
        from smsdesk.desk.alerts import NOTHING_SEEN, Seen  # start-up time

        if not self.isActiveWindow():
            return NOTHING_SEEN
        return Seen(
            self.side.shown_peer or self.history.shown_other,
            is_review=self.history.is_in_review,
        )

    def _open_from_outside(self, target: str) -> None:
        """A notification was clicked: show what it was about."""
        from smsdesk.desk.alerts import AlertKind  # start-up time

        self.raise_up()
        if target == AlertKind.DOUBT:
            self.history.open_review()
        elif target == AlertKind.FAILED:
            self.history.show_group("failed")
        else:
            self.history.show_message(target)

    def _pass_on(self, change: Change) -> None:
        match change.kind:
            case ChangeKind.MESSAGES:
                self.history.touch(change.ids)
                self.side.touch(change.ids)
                if self.batches is not None:
                    self.batches.hear()
                if self.overdue is not None:
                    self.overdue.hear()
                if self._presence is not None:
                    self._presence.hear_messages()
                if self._announcer is not None:
                    self._announcer.hear_messages(change.ids)
            case ChangeKind.SENDER:
                self._show_sender()
            case ChangeKind.RECEIPTS | ChangeKind.RECEIVER:
                self.status.show_receipts()
            case ChangeKind.GLANCE:
                self.status.show_glance()
            case ChangeKind.WAY_IN:
                self._show_way_in()
            case ChangeKind.PRICES:
                self.compose.cost.look_again()
            case ChangeKind.OPT_OUTS:
                self.compose.check_again()
            case ChangeKind.CONTACTS:
                self._show_numbers()
                self.compose.show_names()
                self.side.show_people()
            case ChangeKind.ACCOUNT:
                self._keyring_worker.run(
                    self._desk.account.load, self._show_account, self._show_no_account
                )

    def _show_sender(self) -> None:
        self.status.show_sender()
        self.pause_action.setChecked(self.status.is_held)
        if self._presence is not None:
            self._presence.hear_sender()
        if self._announcer is not None:
            self._announcer.hear_sender(
                self.status.sending.accessibleName(), is_held=self.status.is_held
            )
        interrupted = self._desk.sender.status.interrupted
        if interrupted and not self._has_told_of_interruption:
            self._has_told_of_interruption = True
            self.notice.say(wording.interrupted_sentence(interrupted))

    def _show_way_in(self) -> None:
        sentence = way_in_notice(self._desk.way_in.status)
        self.notice.say_for_now("way_in", sentence)
        self.status.show_receipts()

    def _show_account(self, account: StoredAccount) -> None:
        self._account = account
        self.status.show_account(account)
        self.history.set_has_account(account.is_configured)
        is_new = not account.is_configured and self._desk.settings.get(ASSISTANT) == "new"
        if is_new and not self._is_in_background:
            self._begin_assistant(account)

    def _show_no_account(self, error: Exception) -> None:
        if not isinstance(error, AccountError):
            raise error
        sentence = wording.account_sentence(error)
        self.status.show_no_account(sentence)
        self.notice.say(sentence)

    def _note_trouble(self) -> None:
        self.notice.say(
            _(
                "Something went wrong inside SMS Desk. It is noted in the log, and nothing "
                "that was queued is lost."
            )
        )

    # what the menus do

    def open_settings(self) -> None:
        from smsdesk.ui.account.preferences import Preferences  # start-up time

        dialog = Preferences(
            self._desk, worker=self._keyring_worker, theme=self._theme, parent=self
        )
        dialog.exec()
        self._put_away(dialog)
        self._show_choice()
        self.compose.show_settings()
        self.compose.when.look_again()
        self.history.show_again()

    def _open_settings_or_assistant(self) -> None:
        if self._account is not None and not self._account.is_configured:
            self.open_assistant()
        else:
            self.open_settings()

    def open_assistant(self) -> None:
        """Connect an account, page by page. The demo has one already, and is left for it."""
        if self._desk.is_demo:
            self.account_asked.emit()
            return
        self._keyring_worker.run(
            self._desk.account.load, self._begin_assistant, self._tell_no_account
        )

    def _begin_assistant(self, account: StoredAccount) -> None:
        if self._assistant is not None or self._is_closing:
            return
        from smsdesk.ui.account.onboarding.dialog import Assistant  # start-up time

        self._note_assistant()
        self._assistant = Assistant(
            self._desk,
            stored=account,
            worker=self._keyring_worker,
            news=self._bridge.changed,
            parent=self,
        )
        self._assistant.demo_asked.connect(self.demo_asked)
        self._assistant.finished.connect(self._forget_assistant)
        self._assistant.open()

    def _tell_no_account(self, error: Exception) -> None:
        if not isinstance(error, AccountError):
            raise error
        dialogs.tell(self, _("The keyring cannot be read"), wording.account_sentence(error))

    def _note_assistant(self) -> None:
        """It comes by itself only once, whatever becomes of it."""
        try:
            self._desk.settings.set(ASSISTANT, "shown")
        except OSError:
            return  # then it comes once more

    def _forget_assistant(self) -> None:
        if self._assistant is not None:
            self._put_away(self._assistant)
            self._assistant = None
            self.compose.show_settings()
            self.compose.take_sender(self._desk.settings.get(SENDER))

    def records(self) -> Records:
        """The trail, the copies, and erasing somebody; made when first asked for."""
        if self._records is None:
            from smsdesk.ui.records.records import Records  # start-up time

            self._records = Records(self._desk, news=self._bridge.changed, window=self)
            self._records.said.connect(self.status.say)
            self._records.erasing.connect(self.compose.forget_person)
            self._records.restore_asked.connect(self.restore_asked)
        return self._records

    def _erase_person(self, number: str) -> None:
        self.records().open_erase(number)

    def open_export(self, chosen: Chosen) -> ExportDialog:
        """Write messages to a file; the window goes on behind it."""
        if self.exports is None:
            from smsdesk.ui.export.side import ExportSide  # start-up time

            self.exports = ExportSide(self._desk, window=self)
            self.exports.said.connect(self.status.say)
        return self.exports.open(chosen)

    def open_saving(self, message: Message, attachment: Attachment) -> SaveFileDialog:
        """Save something that somebody has sent along; the window goes on behind it."""
        if self.saving is None:
            from smsdesk.ui.saving import SavingSide  # start-up time

            self.saving = SavingSide(self._desk, window=self)
            self.saving.said.connect(self.status.say)
        return self.saving.open(message, attachment)

    def _export(self, what: HistoryFilter | tuple[str, ...], _count: int) -> None:
        from smsdesk.desk.exports import Picked  # start-up time

        self.open_export(Picked(what) if isinstance(what, tuple) else what)

    def _export_batch(self, batch_id: str) -> None:
        from smsdesk.desk.exports import WholeBatch  # start-up time

        self.open_export(WholeBatch(batch_id))

    def open_overview(self) -> OverviewDialog:
        """What became of the messages of a period. It is kept with what was chosen in it."""
        if self._overview is None:
            from smsdesk.ui.overview.dialog import OverviewDialog  # start-up time

            self._overview = OverviewDialog(
                self._desk.overview, worker=self._list_worker, parent=self
            )
            self._overview.said.connect(self.status.say)
            self._overview.asked.connect(self.history.show_search)
            self._overview.opt_outs_asked.connect(lambda: self.books.open_opt_outs())
        if not self._overview.isVisible():
            self._overview.open()
            self._overview.count()
        return self._overview

    def _put_away(self, dialog: QDialog) -> None:
        """Delete it when all that it asked the keyring for has been answered."""
        self._keyring_worker.run(lambda: None, lambda _none: dialog.deleteLater())

    def choose_theme(self, choice: Choice) -> None:
        self._desk.settings.set(THEME, choice.value)
        self._theme.choose(choice)

    def _resize_text(self, step: int) -> None:
        """The next size, or with 0 the system's. All is built anew in it: much is measured once."""
        now = self._desk.settings.get(TEXT_PERCENT)
        beyond = [size for size in _TEXT_SIZES if (size - now) * step > 0]
        wanted = min(beyond, key=lambda size: abs(size - now), default=now)
        self._desk.settings.set(TEXT_PERCENT, wanted if step else _TEXT_SIZES[0])
        self.anew_asked.emit()

    def _show_theme(self) -> None:
        icons.dress_again()
        self._show_choice()
        if self._history is not None:
            self._history.show_again()
        self.side.show_again()
        self.compose.show_again()
        self.notice.show_again()
        if self.batches is not None:
            self.batches.show_again()
        if self.overdue is not None:
            self.overdue.line.show_again()
        if self._manual is not None:
            self._manual.show_again()

    def _show_choice(self) -> None:
        for action in self._theme_choices.actions():
            action.setChecked(action.data() == self._theme.choice)

    def open_manual(self) -> ManualWindow:
        """The manual, beside the window."""
        from smsdesk.desk.manual import Manual  # start-up time: here and below
        from smsdesk.ui.manual_window import ManualWindow

        if self._manual is None:
            self._manual = ManualWindow(Manual(), self)
        self._manual.show()
        self._manual.activateWindow()
        return self._manual

    def open_keys(self) -> KeysDialog:
        """The keyboard shortcuts; the window goes on behind them."""
        from smsdesk.ui.keys_dialog import KeysDialog  # start-up time

        dialog = KeysDialog(self.menuBar(), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def open_support(self) -> SupportDialog:
        """What somebody who helps needs to know; looked at before it is saved."""
        from smsdesk.ui.support_dialog import SupportDialog  # start-up time

        # Its doctor opens the keyring.
        dialog = SupportDialog(self._desk.support, worker=self._keyring_worker, parent=self)
        dialog.finished.connect(self._put_support_away)
        self._support = dialog
        dialog.open()
        return dialog

    def _put_support_away(self) -> None:
        dialog, self._support = self._support, None
        if dialog is not None:
            dialog.deleteLater()

    def _tell_about(self) -> None:
        dialogs.tell(
            self,
            _("SMS Desk {version}").format(version=__version__),
            _(
                "Write an SMS, send it through the Vonage Messages API, and know what became "
                "of it."
            ),
        )

    # size, and the end

    def _restore(self) -> None:
        kept = self._desk.settings.get(WINDOW)
        place.restore(self, kept, first_size=on_screen(*_FIRST_SIZE))
        self.split.setSizes([_FIRST_SIZE[0] * share for share in _SHARES])
        self.split.restoreState(self._kept("split"))
        self.side.restoreState(self._kept("side"))

    def _kept(self, key: str) -> QByteArray:
        """How a part was left; Qt takes what is empty or spoiled for nothing."""
        value = self._desk.settings.get(WINDOW).get(key)
        return QByteArray.fromBase64(str(value or "").encode("ascii", "ignore"))

    def _remember(self) -> None:
        parts = {
            "split": self.split.saveState(),
            "side": self.side.saveState(),
            "details": self._kept("details"),
        }
        if self._history is not None:
            parts["details"] = self._history.split.saveState()
        before = self._desk.settings.get(WINDOW)
        kept = {key: bytes(part.toBase64().data()).decode() for key, part in parts.items()}
        try:
            self._desk.settings.set(WINDOW, {**place.remembered(self, before), **kept})
        except OSError:
            return  # a full disk keeps no size; that is no reason not to close

    def open_address(self, address: str) -> None:
        """Fill the draft from an `sms:` address; never more than that."""
        draft = parse_sms_link(address)
        if draft is None:
            self.status.say(_("That is not an address of a message."))
        elif not self.compose.fill(draft):
            self.status.say(_("The address had a text too; yours was kept."))

    def raise_up(self, address: str = "") -> None:
        """Come to the front, because the program was started a second time."""
        if address:
            self.open_address(address)
        self._is_in_background = False
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        place.keep_on_screen(self)  # the screen it was on may be gone
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch_while_seen()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._watch_while_seen()
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._greet()

    def _greet(self) -> None:
        if self._presence is not None:
            self._presence.greet()

    def _watch_while_seen(self) -> None:
        """The balance is nobody's concern while nobody can see it."""
        if not self._is_painted:
            return
        for watch in (self._desk.watch, self._desk.way_in):
            if self.isMinimized() or self.isHidden():
                watch.pause()
            else:
                watch.resume()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide at once; what is on the wire is waited for, and only then the desk is closed."""
        if self._is_closing:
            event.setAccepted(self._is_closed)
            return
        if not self.lists.give_up():
            event.ignore()
            return
        if self.exports is not None and not self.exports.give_up():
            event.ignore()
            return
        self._is_closing = True
        self.lists.close()
        self.books.close()
        if self._assistant is not None:
            self._assistant.reject()
        for dialog in (self._overview, self._support):
            if dialog is not None:
                dialog.done(0)  # what was not saved was not asked to be
        if self._records is not None:
            self._records.close()
        self.compose.save()
        self._remember()
        self._bridge.close()
        if self._presence is not None:
            self._presence.close()
        if self._announcer is not None:
            self._announcer.close()
        self.hide()
        self.is_cut_short = self._services.stop(also=self.compose.undo.said_at_the_end)
        if self.is_cut_short:
            self._worker.run(self._desk.sender.give_up)
        self._worker.run(self._desk.close)  # each thread puts away what it opened
        self._worker.close()
        self._list_worker.run(self._desk.close)
        self._list_worker.close()
        names.use(None)
        if self.exports is not None:
            self.exports.close()
        if self.saving is not None:
            self.saving.close()
        if self.batches is not None:
            self.batches.close()
        if self.overdue is not None:
            self.overdue.close()
        if self._history is not None:
            self._history.model.stop_reading()
        self._reader.run(self._desk.close)
        self._reader.close()
        self._batch_worker.run(self._desk.close)
        self._batch_worker.close()
        self._keyring_worker.close(_KEYRING_PATIENCE_S)
        self._is_closed = True
        event.accept()
        self.closed.emit()
