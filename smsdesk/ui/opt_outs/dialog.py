"""Who wants no more messages: the list, searched, and the ways to change it.

The desk keeps the list and reads and writes the files; each runs on the worker given, which is
not the one that Send waits for.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_opt_outs
from smsdesk.desk.changes import ChangeKind
from smsdesk.desk.opt_out_files import write_file
from smsdesk.desk.opt_outs import Added, Entered, Key, OptOuts, key_of
from smsdesk.sms.suppression import Suppression
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import push_button
from smsdesk.ui.list_dialog import ListDialog, ListTable
from smsdesk.ui.numbers import show_number
from smsdesk.ui.opt_outs.entry_dialogs import AddDialog, RemoveDialog
from smsdesk.ui.opt_outs.import_dialog import ImportDialog
from smsdesk.ui.opt_outs.model import NUMBER, SENDER, SINCE, OptOutModel
from smsdesk.ui.theme import GRID

_SIZE = (760, 520)


class OptOutsDialog(ListDialog[OptOutModel]):
    """The list of one profile. `sender` is the one that is being written from."""

    _import: ImportDialog | None

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
        super().__init__(
            _("Opt-outs"),
            "opt_outs",
            model=OptOutModel(opt_outs, worker=worker),
            table=ListTable("opt_outs.table", _("Opt-outs")),
            export=_("&Export…"),
            worker=worker,
            follows=ChangeKind.OPT_OUTS,
            parent=parent,
        )
        self._opt_outs = opt_outs
        self._sender = sender
        self._default_region = default_region
        self._kept: Key | None = None
        self.search.setAccessibleName(_("Search the opt-outs"))
        self.search.setPlaceholderText(_("Search any part of a number"))
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_columns(
            (NUMBER, "+880 1000 000 000 000"),
            (SENDER, "+44 7700 900000"),
            (SINCE, "Yesterday 00:00"),
        )
        self.remove_button = push_button(_("&Take off…"), "opt_outs.remove")
        self._arrange()
        self._connect(news)
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
        self.open_at(*_SIZE)
        self.search.setFocus()

    def _connect(self, news: SignalInstance) -> None:
        super()._connect(news)
        self.table.selectionModel().currentRowChanged.connect(self._note_chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_remove())
        self.remove_button.clicked.connect(self.open_remove)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table, self.open_remove)

    # the list

    def _show_search(self) -> None:
        self._search_timer.stop()
        self.model.show(self.search.text())

    def _remember_chosen(self) -> None:
        chosen = self.chosen()
        self._kept = None if chosen is None else key_of(chosen)

    def _row_of_chosen(self) -> int | None:
        return None if self._kept is None else self.model.row_of(self._kept)

    def _count_sentence(self, count: int) -> str:
        told = wording_opt_outs.count_sentence(count, searched=bool(self.model.search))
        erased = wording_opt_outs.erased_sentence(self._opt_outs.count_erased())
        return f"{told}, {erased}" if erased else told

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

    def _note_chosen(self, *_indexes: QModelIndex) -> None:
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

    # files

    def _browse_import(self) -> None:
        path = self._ask_source(
            _("Import opt-outs"), _("Lists (*.csv *.txt *.tsv);;All files (*)")
        )
        if path is not None:
            self.import_file(path)

    def import_file(self, path: Path) -> None:
        """Read a file, and show what it would bring in."""
        dialog = ImportDialog(
            self._opt_outs,
            path,
            worker=self._worker,
            default_region=self._default_region(),
            parent=self,
        )
        dialog.brought_in.connect(self._brought_in)
        self._open_import(dialog)

    def _brought_in(self, entered: Entered) -> None:
        self._say(wording_opt_outs.brought_in_sentence(entered))

    def _browse_export(self) -> None:
        path = self._ask_target(
            _("Export opt-outs"), "opt-outs.csv", _("CSV files (*.csv);;All files (*)")
        )
        if path is not None:
            self.export_file(path)

    def export_file(self, path: Path) -> None:
        """Write the whole list, whatever is searched for just now."""
        self._say(_("Writing {path}…").replace("{path}", str(path)))
        self._write(
            lambda: write_file(self._opt_outs, path),
            lambda count: wording_opt_outs.written_sentence(count, str(path)),
        )

    def _explain(self, error: Exception) -> str | None:
        return wording_opt_outs.trouble_sentence(error)
