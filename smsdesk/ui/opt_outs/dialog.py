"""Who wants no more messages: the list, searched, and the ways to change it.

The desk keeps the list and reads and writes the files; each runs on the worker given, which is
not the one that Send waits for.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.opt_out_files import write_file
from smsdesk.desk.opt_outs import Added, Entered, Key, OptOuts, key_of
from smsdesk.sms.suppression import Suppression
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.numbers import show_number
from smsdesk.ui.opt_outs.entry_dialogs import AddDialog, RemoveDialog
from smsdesk.ui.opt_outs.import_dialog import ImportDialog
from smsdesk.ui.opt_outs.model import NUMBER, SENDER, SINCE, OptOutModel
from smsdesk.ui.theme import GRID

_SIZE = (760, 520)
_SEARCH_AFTER_MS = 120
_LOOK_AFTER_MS = 250
"""When many opt out at once, the list is read anew four times a second and not more often."""


class OptOutsDialog(Dialog):
    """The list of one profile. `sender` is the one that is being written from."""

    # Emitted with what came of a change, for the status bar.
    told = Signal(str)

    def __init__(
        self,
        opt_outs: OptOuts,
        *,
        worker: Worker,
        news: SignalInstance,
        sender: str,
        default_region: Callable[[], str | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Opt-outs"), parent)
        self.setObjectName("opt_outs")
        self._opt_outs = opt_outs
        self._worker = worker
        self._sender = sender
        self._default_region = default_region
        self._kept: tuple[Key | None, int] = (None, 0)
        self._import: ImportDialog | None = None

        self.model = OptOutModel(opt_outs, worker=worker, parent=self)
        self.search = QLineEdit()
        self.search.setObjectName("opt_outs.search")
        self.search.setAccessibleName(_("Search the opt-outs"))
        self.search.setPlaceholderText(_("Search any part of a number"))
        self.search.setClearButtonEnabled(False)
        self.search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.table = _Table()
        self.table.setModel(self.model)
        self.table.set_columns()
        self.empty = EmptyState()
        self.empty.setObjectName("opt_outs.empty")
        self.empty.button.setObjectName("opt_outs.empty.act")
        self.count = plain.label(tone="muted", name="opt_outs.count")
        self.said = plain.label(name="opt_outs.said", wraps=True)
        self.said.hide()
        self.add_button = _button(_("&Add…"), "opt_outs.add")
        self.remove_button = _button(_("&Take off…"), "opt_outs.remove")
        self.import_button = _button(_("&Import…"), "opt_outs.import")
        self.export_button = _button(_("&Export…"), "opt_outs.export")
        self.close_button = _button(_("&Close"), "opt_outs.close")
        self._search_timer = _timer(self, _SEARCH_AFTER_MS, self._show_search)
        self._look_timer = _timer(self, _LOOK_AFTER_MS, self._look_again)
        self._arrange()
        self._connect()
        news.connect(self._follow)
        self.model.show("")

    def _arrange(self) -> None:
        explained = plain.label(
            _(
                "Nobody on this list is written to. Who writes STOP comes onto it by itself, and "
                "so does whom Vonage refuses because they opted out."
            ),
            tone="muted",
            wraps=True,
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.search, 1)
        top.addWidget(self.count)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (
            self.add_button,
            self.remove_button,
            self.import_button,
            self.export_button,
        ):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Opt-outs")))
        layout.addWidget(explained)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.remove_button.setEnabled(False)
        self.resize(*_SIZE)
        self.search.setFocus()

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._search_timer.start())
        self.search.returnPressed.connect(self._enter_list)
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._tell_trouble)
        self.table.selectionModel().currentRowChanged.connect(self._note_current)
        self.table.doubleClicked.connect(lambda _index: self.open_remove())
        self.add_button.clicked.connect(lambda: self.open_add())
        self.empty.acted.connect(lambda: self.open_add())
        self.remove_button.clicked.connect(self.open_remove)
        self.import_button.clicked.connect(self._browse_import)
        self.export_button.clicked.connect(self._browse_export)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self._start_search)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.open_remove)

    # the list

    def _follow(self, change: Change) -> None:
        if change.kind is ChangeKind.OPT_OUTS and not self._look_timer.isActive():
            self._look_timer.start()

    def _look_again(self) -> None:
        if self.isVisible():
            self.model.look_again()

    def _show_search(self) -> None:
        self._search_timer.stop()
        self.model.show(self.search.text())

    def _start_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _enter_list(self) -> None:
        self._show_search()
        self.table.setFocus()
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _keep_place(self) -> None:
        """Before the list is read anew: what is chosen, and what is on top."""
        chosen = self.chosen()
        self._kept = (
            None if chosen is None else key_of(chosen),
            self.table.verticalScrollBar().value(),
        )

    def _loaded(self) -> None:
        key, scrolled = self._kept
        row = None if key is None else self.model.row_of(key)
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self.table.verticalScrollBar().setValue(scrolled)
        self._note_current()
        count = self.model.rowCount()
        self.count.setText(
            wording_opt_outs.count_sentence(count, searched=bool(self.model.search))
        )
        self.export_button.setEnabled(count > 0 or bool(self.model.search))
        if not count:
            self._say_empty()
        self.pages.setCurrentWidget(self.table if count else self.empty)

    def _say_empty(self) -> None:
        if self.model.search:
            text = plain.one_line(self.model.search)
            self.empty.say(
                "search-x",
                _("Nothing found"),
                _("No number on the list has “{text}” in it.").format(text=text),
            )
        else:
            self.empty.say(
                "ban",
                _("Nobody has opted out"),
                _("Who answers STOP appears here, and is not written to any more."),
                act=_("Add a number…"),
            )

    def chosen(self) -> Suppression | None:
        index = self.table.currentIndex()
        return self.model.entry(index.row()) if index.isValid() else None

    def _note_current(self, *_indexes: QModelIndex) -> None:
        self.remove_button.setEnabled(self.table.currentIndex().isValid())

    # one entry

    def open_add(self, number: str = "", *, sender: str = "") -> None:
        """Ask whom to add; `number` is who is meant already."""
        dialog = AddDialog(
            self._opt_outs,
            worker=self._worker,
            sender=sender or self._sender,
            default_region=self._default_region,
            number=number,
            parent=self,
        )
        dialog.added.connect(self._added)
        self._open(dialog)

    def _added(self, added: Added) -> None:
        shown = plain.one_line(show_number(added.entry.number))
        self._say(wording_opt_outs.added_sentence(added, shown=shown))

    def open_remove(self) -> None:
        entry = self.chosen()
        if entry is None:
            return
        dialog = RemoveDialog(self._opt_outs, entry, worker=self._worker, parent=self)
        dialog.removed.connect(self._removed)
        self._open(dialog)

    def _removed(self, entry: Suppression, was_there: bool) -> None:
        shown = plain.one_line(show_number(entry.number))
        self._say(wording_opt_outs.removed_sentence(shown=shown, was_there=was_there))

    def _open(self, dialog: QDialog) -> None:
        self.said.hide()
        dialog.finished.connect(lambda _result: self._put_away(dialog))
        dialog.open()

    def _put_away(self, dialog: QDialog) -> None:
        """Delete it when all that it asked the worker for has been answered."""
        if dialog is self._import:
            self._import = None
        self._worker.run(lambda: None, lambda _none: dialog.deleteLater())

    # files

    def _browse_import(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self,
            _("Import opt-outs"),
            str(Path.home()),
            _("Lists (*.csv *.txt *.tsv);;All files (*)"),
        )
        if path:
            self.import_file(Path(path))

    def import_file(self, path: Path) -> None:
        """Read a file, and show what it would bring in."""
        self._import = ImportDialog(
            self._opt_outs,
            path,
            worker=self._worker,
            default_region=self._default_region(),
            parent=self,
        )
        self._import.brought_in.connect(self._brought_in)
        self._open(self._import)

    def _brought_in(self, entered: Entered) -> None:
        self._say(wording_opt_outs.brought_in_sentence(entered))

    def _browse_export(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Export opt-outs"),
            str(Path.home() / "opt-outs.csv"),
            _("CSV files (*.csv);;All files (*)"),
        )
        if path:
            self.export_file(Path(path))

    def export_file(self, path: Path) -> None:
        """Write the whole list, whatever is searched for just now."""
        self._say(_("Writing {path}…").replace("{path}", str(path)))
        self.export_button.setEnabled(False)
        self._worker.run(
            lambda: write_file(self._opt_outs, path),
            lambda count: self._written(wording_opt_outs.written_sentence(count, str(path))),
            self._not_written,
        )

    def _written(self, sentence: str) -> None:
        self.export_button.setEnabled(True)
        self._say(sentence)

    def _not_written(self, error: Exception) -> None:
        self.export_button.setEnabled(True)
        self._tell_trouble(error)

    # what is said, and the end

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.visible(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()
        if not tone:
            self.told.emit(sentence)

    def _tell_trouble(self, error: Exception) -> None:
        sentence = wording_opt_outs.trouble_sentence(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")

    def reject(self) -> None:
        """A file that is being read is not wanted any more either."""
        if self._import is not None:
            self._import.reject()
        super().reject()


class _Table(QTableView):
    """Rows of one height, so that a list of any length can be scrolled through."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("opt_outs.table")
        self.setAccessibleName(_("Opt-outs"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID + GRID // 2)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def set_columns(self) -> None:
        """Wide enough for the longest number and name; the reason takes what is left."""
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, widest in (
            (NUMBER, "+880 1000 000 000 000"),
            (SENDER, "+44 7700 900000"),
            (SINCE, "Yesterday 00:00"),
        ):
            width = self.fontMetrics().horizontalAdvance(widest) + 3 * GRID
            columns.resizeSection(column, width)


def _button(title: str, name: str) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName(name)
    button.setAccessibleName(title.replace("&", "").rstrip("…"))
    button.setAutoDefault(False)
    return button


def _timer(parent: QWidget, milliseconds: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
