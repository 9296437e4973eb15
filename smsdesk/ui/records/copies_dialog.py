"""The copies of the log: made now, checked one after another, and put back in place.

Putting back is not done here: the log must be closed for it, and so must the window.
"""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_copies
from smsdesk.desk.copies import Copies, CopiesError, Copy, Inside
from smsdesk.system.i18n import _
from smsdesk.ui import dialogs, plain
from smsdesk.ui.account.errands import Errands
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import ClippedDelegate, fit_column, push_button
from smsdesk.ui.empty_state import EmptyState
from smsdesk.ui.history.when import whole_time
from smsdesk.ui.theme import GRID

_SIZE = (760, 460)
_MADE, _WHY, _BYTES, _INSIDE = range(4)
_LONGEST_TIME = "2026-09-30 00:00:00 (UTC+00:00)"
_ITS_PATH = Qt.ItemDataRole.UserRole


class CopiesDialog(dialogs.Dialog):
    """The copies of one profile."""

    # Emitted with the copy that the person wants in the place of the log.
    restore_asked = Signal(Path)
    # Emitted with what came of a backup, for the status bar.
    told = Signal(str)

    def __init__(self, copies: Copies, *, worker: Worker, parent: QWidget | None) -> None:
        super().__init__(_("Backups"), parent)
        self.setObjectName("copies")
        self._copies = copies
        self._errands = Errands(worker)
        self._round = 0
        self.table = _make_table()
        self.empty = EmptyState()
        self.empty.setObjectName("copies.empty")
        self.empty.hide()
        self.said = plain.label(name="copies.said", wraps=True)
        self.said.hide()
        self.make_button = push_button(_("&Back up now"), "copies.make")
        self.restore_button = push_button(_("&Restore…"), "copies.restore")
        self.file_button = push_button(_("Restore a &file…"), "copies.file")
        self.folder_button = push_button(_("&Open the folder"), "copies.folder")
        self.close_button = push_button(_("&Close"), "copies.close")
        self._arrange()
        self.table.itemSelectionChanged.connect(self._note_chosen)
        self.make_button.clicked.connect(self.make)
        self.restore_button.clicked.connect(lambda: self._ask_restore(self.chosen()))
        self.file_button.clicked.connect(self._browse)
        self.folder_button.clicked.connect(self._open_folder)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(lambda _result: self._errands.end())
        self.look()

    def _arrange(self) -> None:
        explained = plain.label(
            _(
                "A copy is made and checked every day while SMS Desk runs, and before each update; "
                "the newest seven are kept, and none for longer than a week but the last."
            ),
            tone="muted",
            wraps=True,
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (
            self.make_button,
            self.restore_button,
            self.file_button,
            self.folder_button,
        ):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Backups")))
        layout.addWidget(explained)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.open_at(*_SIZE)
        self.make_button.setFocus()

    # the list

    def look(self) -> None:
        """Read which copies there are, then check one after another."""
        self._errands.run(self._copies.list, self._show, self._tell_trouble)

    def _show(self, found: list[Copy]) -> None:
        self._round += 1
        kept = self.chosen()
        self.table.setRowCount(len(found))
        for row, copy in enumerate(found):
            items = [
                QTableWidgetItem(text)
                for text in (
                    whole_time(copy.made_at),
                    wording_copies.copy_name(copy),
                    wording_copies.size_words(copy.size),
                    _("Checking…"),
                )
            ]
            items[_MADE].setData(_ITS_PATH, copy.path)
            for column, item in enumerate(items):
                item.setToolTip(plain.tip(copy.path.name))
                self.table.setItem(row, column, item)
            if copy.path == kept:
                self.table.selectRow(row)
            self._check(copy.path, items[_INSIDE], self._round)
        self.table.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.empty.say(
            "notebook-text",
            _("No copies yet"),
            _("The first is made a minute after SMS Desk has started."),
        )
        self._note_chosen()

    def _check(self, path: Path, cell: QTableWidgetItem, asked: int) -> None:
        def show(told: str) -> None:
            if asked == self._round:  # else the cell is gone
                cell.setText(told)

        def refuse(error: Exception) -> None:
            if not isinstance(error, CopiesError):
                raise error
            show(wording_copies.unfit_sentence(error))

        def tell(inside: Inside) -> None:
            show(wording_copies.inside_sentence(inside))

        self._errands.run(lambda: self._copies.look_into(path), tell, refuse)

    def chosen(self) -> Path | None:
        """The copy whose row is chosen."""
        rows = self.table.selectionModel().selectedRows(_MADE)
        item = self.table.item(rows[0].row(), _MADE) if rows else None
        path = None if item is None else item.data(_ITS_PATH)
        return path if isinstance(path, Path) else None

    def _note_chosen(self) -> None:
        self.restore_button.setEnabled(self.chosen() is not None)

    # making one

    def make(self) -> None:
        """Make a copy now."""
        self.make_button.setEnabled(False)
        self._say(_("Copying and checking…"), "muted")
        self._errands.run(self._copies.back_up, self._made, self._tell_trouble)

    def _made(self, copy: Copy) -> None:
        self.make_button.setEnabled(True)
        sentence = wording_copies.backed_up_sentence(copy)
        self._say(sentence, "good")
        self.told.emit(sentence)
        self.make_button.setFocus()
        self.look()

    # putting one back

    def _browse(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, _("Restore a copy"), str(Path.home()), _("Copies (*.db);;All files (*)")
        )
        if name:
            self._ask_restore(Path(name))

    def _ask_restore(self, path: Path | None) -> None:
        if path is not None and dialogs.ask(
            self,
            _("Put this copy in the place of the log?"),
            _("{name}\n\n{what}\n\nSMS Desk closes its window for it, and opens it again.")
            .replace("{what}", wording_copies.before_restore_sentence())
            .replace("{name}", path.name),
            act=_("&Restore it"),
        ):
            self.restore_asked.emit(path)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._copies.folder)))

    # what is said

    def _say(self, sentence: str, tone: str) -> None:
        plain.set_tone(self.said, tone)
        self.said.setText(plain.sentence(sentence))
        self.said.show()

    def _tell_trouble(self, error: Exception) -> None:
        self.make_button.setEnabled(True)
        if not isinstance(error, CopiesError):
            raise error
        self._say(wording_copies.copies_sentence(error), "bad")


def _make_table() -> QTableWidget:
    table = QTableWidget(0, 4)
    table.setObjectName("copies.table")
    table.setAccessibleName(_("Copies of the log"))
    table.setProperty("rows", True)
    table.setItemDelegate(ClippedDelegate(table))
    table.setHorizontalHeaderLabels([_("Made"), _("Why"), _("Size"), _("Checked")])
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().hide()
    columns = table.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setSectionsClickable(False)
    columns.setStretchLastSection(True)
    columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, text in (
        (_MADE, _LONGEST_TIME),
        (_WHY, "Replaced by a restore"),
        (_BYTES, "1,000,000 MB"),
    ):
        fit_column(columns, column, text)
    return table
