"""A list that is searched, changed, brought in from files and written to them.

The desk keeps it, and reads and writes the files; each runs on the worker given, which is not
the one that Send waits for. What is on the list, and how all is arranged, is for the dialogs
that are made of this one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QWidget,
)

from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import fit_column, push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.import_dialog import ImportDialog
from smsdesk.ui.paged_model import PagedModel
from smsdesk.ui.theme import GRID

_SEARCH_AFTER_MS = 120
_LOOK_AFTER_MS = 250
"""When much changes at once, the list is read anew four times a second and not more often."""

_Model = TypeVar("_Model", bound=PagedModel[Any, Any])


class ListTable(QTableView):
    """Rows of one height, so that a list of any length can be scrolled through."""

    def __init__(self, name: str, accessible: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + GRID + GRID // 2)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)

    def set_columns(self, *widest: tuple[int, str]) -> None:
        """Each column as wide as a text; the last one takes what is left."""
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, text in widest:
            fit_column(columns, column, text)


class ListDialog(Dialog, Generic[_Model]):
    """Has the parts of every such dialog, and does what all of them do alike."""

    # Emitted with what came of a change, for the status bar.
    told = Signal(str)

    def __init__(
        self,
        title: str,
        name: str,
        *,
        model: _Model,
        table: ListTable,
        export: str,
        worker: Worker,
        follows: ChangeKind,
        parent: QWidget | None,
    ) -> None:
        """`name` begins the name of every part; `export` is written on that button; after
        changes of the kind `follows` the list is read anew."""
        super().__init__(title, parent)
        self.setObjectName(name)
        self._worker = worker
        self._follows = follows
        self._scrolled = 0
        self._import: ImportDialog | None = None
        self.model = model
        self.model.setParent(self)
        self.search = QLineEdit()
        self.search.setObjectName(f"{name}.search")
        self.search.addAction(
            icons.icon("search", theme.current().muted),
            QLineEdit.ActionPosition.LeadingPosition,
        )
        self.table = table
        self.table.setModel(self.model)
        self.empty = EmptyState()
        self.empty.setObjectName(f"{name}.empty")
        self.empty.button.setObjectName(f"{name}.empty.act")
        self.pages = QStackedWidget()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        self.count = plain.label(tone="muted", name=f"{name}.count")
        self.said = plain.label(name=f"{name}.said", wraps=True)
        self.said.hide()
        self.add_button = push_button(_("&Add…"), f"{name}.add")
        self.import_button = push_button(_("&Import…"), f"{name}.import")
        self.export_button = push_button(export, f"{name}.export")
        self.close_button = push_button(_("&Close"), f"{name}.close")
        self._search_timer = _timer(self, _SEARCH_AFTER_MS, self._show_search)
        self._look_timer = _timer(self, _LOOK_AFTER_MS, self._look_again)

    def _connect(self, news: SignalInstance) -> None:
        news.connect(self._follow)
        self.search.textChanged.connect(lambda _text: self._search_timer.start())
        self.search.returnPressed.connect(self._enter_list)
        self.model.modelAboutToBeReset.connect(self._keep_place)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._tell_trouble)
        self.add_button.clicked.connect(lambda: self.open_add())
        self.empty.acted.connect(lambda: self.open_add())
        self.import_button.clicked.connect(self._browse_import)
        self.export_button.clicked.connect(self._browse_export)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Find, self, self._start_search)

    # what each list does in its own way

    def _show_search(self) -> None:
        """Ask the model for what is searched for now."""
        raise NotImplementedError

    def _remember_chosen(self) -> None:
        """Before the list is read anew."""
        raise NotImplementedError

    def _row_of_chosen(self) -> int | None:
        """Where what was remembered is now."""
        raise NotImplementedError

    def _note_chosen(self) -> None:
        """Let the buttons fit what is chosen."""
        raise NotImplementedError

    def _count_sentence(self, count: int) -> str:
        raise NotImplementedError

    def _say_empty(self) -> None:
        """Why there are no rows."""
        raise NotImplementedError

    def _explain(self, error: Exception) -> str | None:
        """An error in a sentence; None for one that nobody foresaw."""
        raise NotImplementedError

    def open_add(self) -> None:
        """Ask what is to be added."""
        raise NotImplementedError

    def _browse_import(self) -> None:
        raise NotImplementedError

    def _browse_export(self) -> None:
        raise NotImplementedError

    # the list

    def _follow(self, change: Change) -> None:
        if change.kind is self._follows and not self._look_timer.isActive():
            self._look_timer.start()

    def _look_again(self) -> None:
        if self.isVisible():
            self.model.look_again()

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
        self._remember_chosen()
        self._scrolled = self.table.verticalScrollBar().value()

    def _loaded(self) -> None:
        row = self._row_of_chosen()
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, 0))
        self.table.verticalScrollBar().setValue(self._scrolled)
        count = self.model.rowCount()
        self.count.setText(self._count_sentence(count))
        self.export_button.setEnabled(count > 0 or bool(self.model.search))
        if not count:
            self._say_empty()
        self.pages.setCurrentWidget(self.table if count else self.empty)
        self._note_chosen()

    # a dialog in front of this one

    def _open(self, dialog: QDialog) -> None:
        self.said.hide()
        dialog.finished.connect(lambda _result: self._put_away(dialog))
        dialog.open()

    def _open_import(self, dialog: ImportDialog) -> None:
        self._import = dialog
        self._open(dialog)

    def _put_away(self, dialog: QDialog) -> None:
        """Delete it when all that it asked the worker for has been answered."""
        if dialog is self._import:
            self._import = None
        self._worker.run(lambda: None, lambda _none: dialog.deleteLater())

    # files

    def _ask_source(self, title: str, filters: str) -> Path | None:
        """Which file is to be read; None for none after all."""
        path, _filter = QFileDialog.getOpenFileName(self, title, str(Path.home()), filters)
        return Path(path) if path else None

    def _ask_target(self, title: str, name: str, filters: str) -> Path | None:
        """Which file is to be written; None for none after all."""
        path, _filter = QFileDialog.getSaveFileName(
            self, title, str(Path.home() / name), filters
        )
        return Path(path) if path else None

    def _write(self, write: Callable[[], int], tell: Callable[[int], str]) -> None:
        """Call `write` on the worker; `tell` says what its number means."""
        self.export_button.setEnabled(False)
        self._worker.run(write, lambda count: self._written(tell(count)), self._not_written)

    def _written(self, sentence: str) -> None:
        self.export_button.setEnabled(True)
        self._say(sentence)

    def _not_written(self, error: Exception) -> None:
        self.export_button.setEnabled(True)
        self._tell_trouble(error)

    # what is said, and the end

    def _say(self, sentence: str, tone: str = "") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()
        if not tone:
            self.told.emit(sentence)

    def _tell_trouble(self, error: Exception) -> None:
        sentence = self._explain(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")

    def reject(self) -> None:
        """A file that is being read is not wanted any more either."""
        if self._import is not None:
            self._import.reject()
        super().reject()


def _timer(parent: QWidget, milliseconds: int, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    return timer
